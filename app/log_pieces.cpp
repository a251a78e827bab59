#include "app/log_pieces.hpp"

#include <algorithm>
#include <cstddef>

namespace portcullis::app {

void log_in_pieces(LogRing& log, LogLevel level, MonoTime now, const char* message,
                   std::string_view text) {
  constexpr std::size_t kPiece = 46;
  for (bool is_first = true; !text.empty(); is_first = false) {
    std::size_t length = std::min(kPiece, text.size());
    const std::size_t space = text.substr(0, length).rfind(' ');
    if (length < text.size() && space != std::string_view::npos) length = space + 1;
    log.post_text(level, now, is_first ? message : "  {s}", text.substr(0, length));
    text.remove_prefix(length);
  }
}

}  // namespace portcullis::app
