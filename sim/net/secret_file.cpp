#include "sim/net/secret_file.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "core/errno_text.hpp"

namespace portcullis::sim {

std::expected<void, std::string> write_secret_file(const std::string& path, std::string_view text) {
  const auto failed = [&path] {
    return std::unexpected{"cannot write " + path + ": " + errno_text(errno) +
                           "; check that the state directory exists and is writable"};
  };
  const std::string temporary = path + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed();
  const bool is_written = ::write(file, text.data(), text.size()) == std::ssize(text);
  const bool is_closed = ::close(file) == 0;
  if (!is_written || !is_closed) return failed();
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed();
  return {};
}

std::expected<std::string, std::string> read_text_file(const std::string& path) {
  const std::ifstream in{path, std::ios::binary};
  if (!in) return std::unexpected{"cannot read " + path + ": " + errno_text(errno)};
  std::ostringstream text;
  text << in.rdbuf();
  std::string content = text.str();
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) {
    content.pop_back();
  }
  return content;
}

}  // namespace portcullis::sim
