#include "sim/api/truth_file.hpp"

#include <cerrno>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

#include "core/errno_text.hpp"

namespace portcullis::sim {

namespace {

constexpr std::size_t kBufferMax = std::size_t{1} << 20;

}  // namespace

std::expected<std::unique_ptr<TruthFile>, std::string> TruthFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected{"cannot write " + path + ": " + errno_text(errno)};
  return std::unique_ptr<TruthFile>{new TruthFile{fd}};
}

TruthFile::~TruthFile() {
  flush();
  ::close(fd_);
}

void TruthFile::write(std::string_view line) {
  buffer_ += line;
  buffer_ += '\n';
  if (buffer_.size() >= kBufferMax) flush();
}

void TruthFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !has_failed_) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      // Once: an oracle with a hole must not look whole.
      std::cerr << "portcullis-sim: the truth file ends here: " << errno_text(errno) << '\n';
      has_failed_ = true;
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

}  // namespace portcullis::sim
