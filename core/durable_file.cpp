#include "core/durable_file.hpp"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <unistd.h>

#include <zlib.h>

#include "core/errno_text.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

namespace {

std::unexpected<std::string> failure(const char* call, const std::string& path) {
  return std::unexpected{path + ": " + call + ": " + errno_text(errno) +
                         "; check the directory's space and permissions"};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool write_all(int fd, std::string_view content) noexcept {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::expected<void, std::string> sync_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return failure("fsync of the directory", directory);
  return {};
}

std::expected<void, std::string> replace_file_durably(const std::string& path,
                                                      std::string_view content) {
  const std::string temporary = path + ".new";
  {
    const UniqueFd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)};
    if (!fd) return failure("open", temporary);
    if (!write_all(fd.get(), content)) return failure("write", temporary);
    if (::fsync(fd.get()) != 0) return failure("fsync", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failure("rename", path);
  return sync_directory_of(path);
}

std::expected<void, std::string> remove_file_durably(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure("unlink", path);
  return sync_directory_of(path);
}

std::expected<std::string, ReadFailure> read_small_file(const std::string& path,
                                                        std::size_t bytes_max) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd) {
    return std::unexpected{errno == ENOENT ? ReadFailure::kMissing : ReadFailure::kUnreadable};
  }
  std::string content(bytes_max + 1, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t count = ::read(fd.get(), content.data() + length, content.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected{ReadFailure::kUnreadable};
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  if (length > bytes_max) return std::unexpected{ReadFailure::kTooLarge};
  content.resize(length);
  return content;
}

std::string crc32_hex(std::string_view content) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  auto crc = static_cast<std::uint32_t>(::crc32_z(0, bytes, content.size()));
  std::string text(8, '0');
  for (std::size_t i = text.size(); i-- > 0; crc >>= 4) text[i] = "0123456789abcdef"[crc & 0xF];
  return text;
}

}  // namespace portcullis
