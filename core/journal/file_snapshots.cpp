#include "core/journal/file_snapshots.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/durable_file.hpp"
#include "core/errno_text.hpp"
#include "core/journal/numbered_files.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::journal {

namespace {

constexpr std::string_view kSuffix = ".snapshot";

std::unexpected<std::string> failure(const std::string& path, const char* call, int error) {
  return std::unexpected{path + ": " + call + ": " + errno_text(error) +
                         "; check the disk's space and state, and the permissions"};
}

// What processes that were killed while they wrote have left.
void sweep_up(const std::string& directory) {
  const std::string suffix = std::string{kSuffix} + ".new";
  std::error_code error;
  std::filesystem::directory_iterator entries{directory, error};
  for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
    const std::string path = entries->path().string();
    if (path.ends_with(suffix)) ::unlink(path.c_str());
  }
}

class FileWriting final : public SnapshotWriting {
 public:
  FileWriting(std::string path, UniqueFd file, std::vector<std::byte> bytes) noexcept
      : path_{std::move(path)},
        temporary_{path_ + ".new"},
        file_{std::move(file)},
        bytes_{std::move(bytes)} {}
  ~FileWriting() override {
    if (file_) ::unlink(temporary_.c_str());
  }
  FileWriting(const FileWriting&) = delete;
  FileWriting& operator=(const FileWriting&) = delete;

  [[nodiscard]] std::expected<bool, std::string> step(std::size_t bytes) override {
    if (done_ < bytes_.size()) return write_some(bytes);
    if (file_) {
      if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failure(path_, "rename", errno);
      file_ = UniqueFd{};
      return false;
    }
    if (auto synced = sync_directory_of(path_); !synced) return std::unexpected{synced.error()};
    return true;
  }

 private:
  std::expected<bool, std::string> write_some(std::size_t bytes) {
    std::span<const std::byte> piece =
        std::span{bytes_}.subspan(done_, std::min(bytes, bytes_.size() - done_));
    done_ += piece.size();
    while (!piece.empty()) {
      const ssize_t written = ::write(file_.get(), piece.data(), piece.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return failure(temporary_, "write", written < 0 ? errno : ENOSPC);
      piece = piece.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(file_.get()) != 0) return failure(temporary_, "fsync", errno);
    return false;
  }

  std::string path_;
  std::string temporary_;
  UniqueFd file_;  // none once it has its name
  std::vector<std::byte> bytes_;
  std::size_t done_{0};
};

}  // namespace

std::string FileSnapshots::name_of(std::uint64_t number) const {
  return numbered_path(directory_, number, kSuffix);
}

std::expected<std::vector<std::uint64_t>, std::string> FileSnapshots::list() {
  return list_numbered(directory_, kSuffix);
}

std::expected<std::vector<std::byte>, std::string> FileSnapshots::read(std::uint64_t number) {
  const std::string path = name_of(number);
  const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return failure(path, "open", errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failure(path, "fstat", errno);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(path, "read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

std::expected<std::unique_ptr<SnapshotWriting>, std::string> FileSnapshots::begin(
    std::uint64_t number, std::vector<std::byte> bytes) {
  const std::string path = name_of(number);
  const std::string temporary = path + ".new";
  sweep_up(directory_);
  UniqueFd file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)};
  if (!file) return failure(temporary, "open", errno);
  return std::make_unique<FileWriting>(path, std::move(file), std::move(bytes));
}

std::expected<void, std::string> FileSnapshots::remove(std::uint64_t number) {
  return remove_file_durably(name_of(number));
}

}  // namespace portcullis::journal
