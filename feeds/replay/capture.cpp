#include "feeds/replay/capture.hpp"

#include "feeds/replay/capture_reader.hpp"

namespace portcullis::feeds::replay {

std::expected<Capture, std::string> Capture::load(std::span<const std::string> paths) {
  constexpr std::size_t kSlack = 64;
  Capture capture;
  for (const std::string& path : paths) {
    auto reader = CaptureReader::open(path);
    if (!reader) return std::unexpected{reader.error()};
    CaptureLine line;
    for (;;) {
      const auto has_line = reader->next(line);
      if (!has_line) return std::unexpected{has_line.error()};
      if (!*has_line) break;
      capture.frames_.push_back({line.received, capture.bytes_.size(), line.payload.size()});
      capture.bytes_.insert(capture.bytes_.end(), line.payload.begin(), line.payload.end());
    }
  }
  // The slack of a frame is the frames after it; only the last one needs some of its own.
  capture.bytes_.insert(capture.bytes_.end(), kSlack, '\0');
  return capture;
}

}  // namespace portcullis::feeds::replay
