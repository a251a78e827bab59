#include "core/journal/file_segments.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/durable_file.hpp"
#include "core/errno_text.hpp"

namespace portcullis::journal {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kNumberDigits = 12;
constexpr std::size_t kZeroChunk = std::size_t{1} << 20;

std::unexpected<std::string> failure(const std::string& path, const char* call, int error) {
  return std::unexpected{path + ": " + call + ": " + errno_text(error) +
                         "; check the disk's space and state, and the permissions"};
}

// Zeros, written: a hole or an unwritten extent would have to be filled in by the first sync, which
// costs it more, and space that is only promised is no space on every file system.
int write_zeros(int fd, std::size_t bytes) {
  static const std::array<char, kZeroChunk> zeros{};
  std::size_t done = 0;
  while (done < bytes) {
    const std::size_t size = std::min(zeros.size(), bytes - done);
    const ssize_t written = ::pwrite(fd, zeros.data(), size, static_cast<off_t>(done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    done += static_cast<std::size_t>(written);
  }
  return 0;
}

class MappedSegment final : public Segment {
 public:
  MappedSegment(std::string path, UniqueFd fd, std::span<std::byte> bytes) noexcept
      : path_{std::move(path)},
        fd_{std::move(fd)},
        bytes_{bytes} {}
  ~MappedSegment() override {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
  }
  MappedSegment(const MappedSegment&) = delete;
  MappedSegment& operator=(const MappedSegment&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return bytes_; }
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }
  [[nodiscard]] std::expected<void, std::string> sync() override {
    if (::fdatasync(fd_.get()) != 0) return failure(path_, "fdatasync", errno);
    return {};
  }

 private:
  std::string path_;
  UniqueFd fd_;
  std::span<std::byte> bytes_;
};

std::expected<std::unique_ptr<Segment>, std::string> map(const std::string& path, UniqueFd fd,
                                                         std::size_t bytes, int protection) {
  if (bytes == 0) {
    return std::make_unique<MappedSegment>(path, std::move(fd), std::span<std::byte>{});
  }
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED | MAP_POPULATE, fd.get(), 0);
  if (at == MAP_FAILED) return failure(path, "mmap", errno);
  return std::make_unique<MappedSegment>(path, std::move(fd),
                                         std::span{static_cast<std::byte*>(at), bytes});
}

std::expected<UniqueFd, FileSegments::OpenError> take_lock(const std::string& directory) {
  using enum FileSegments::Failure;
  const std::string path = directory + "/lock";
  UniqueFd lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!lock) {
    return std::unexpected{FileSegments::OpenError{
        kUnusable, path + ": open: " + errno_text(errno) + "; the journal must be writable"}};
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return std::unexpected{FileSegments::OpenError{
        kInUse, directory +
                    ": another process writes this journal; stop that gateway first, or give "
                    "this one its own state directory and gateway id"}};
  }
  return lock;
}

}  // namespace

FileSegments::FileSegments(std::string directory, UniqueFd lock) noexcept
    : directory_{std::move(directory)},
      lock_{std::move(lock)} {
}

std::expected<std::unique_ptr<FileSegments>, FileSegments::OpenError> FileSegments::open_to_write(
    const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return std::unexpected{
        OpenError{Failure::kUnusable, directory + ": cannot be made: " + error.message() +
                                          "; check the path and its permissions"}};
  }
  auto lock = take_lock(directory);
  if (!lock) return std::unexpected{std::move(lock.error())};
  return std::unique_ptr<FileSegments>{new FileSegments{directory, std::move(*lock)}};
}

std::expected<std::unique_ptr<FileSegments>, FileSegments::OpenError> FileSegments::open_to_read(
    const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return std::unexpected{OpenError{
        Failure::kUnusable, directory + ": no such directory; a journal is the folder `journal` "
                                        "under the gateway's state_dir"}};
  }
  return std::unique_ptr<FileSegments>{new FileSegments{directory, UniqueFd{}}};
}

std::string FileSegments::path_of(std::uint64_t number) const {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%0*llu", static_cast<int>(kNumberDigits),
                static_cast<unsigned long long>(number));
  return directory_ + "/" + digits.data() + std::string{kSuffix};
}

std::expected<std::vector<std::uint64_t>, std::string> FileSegments::list() {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  fs::directory_iterator entries{directory_, error};
  for (; !error && entries != fs::directory_iterator{}; entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.size() != kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix)) continue;
    std::uint64_t number = 0;
    const char* end = name.data() + kNumberDigits;
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end) numbers.push_back(number);
  }
  if (error) {
    return std::unexpected{directory_ + ": cannot be listed: " + error.message() +
                           "; check that it is there and its permissions"};
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::expected<std::unique_ptr<Segment>, std::string> FileSegments::create(std::uint64_t number,
                                                                          std::size_t bytes) {
  const std::string path = path_of(number);
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
  if (!fd) return failure(path, "open", errno);
  int error = write_zeros(fd.get(), bytes);
  if (error == 0 && ::fsync(fd.get()) != 0) error = errno;
  auto made = error == 0 ? sync_directory_of(path) : failure(path, "preallocation", error);
  if (!made) {
    ::unlink(path.c_str());
    return std::unexpected{made.error()};
  }
  return map(path, std::move(fd), bytes, PROT_READ | PROT_WRITE);
}

std::expected<std::unique_ptr<Segment>, std::string> FileSegments::open(std::uint64_t number) {
  const std::string path = path_of(number);
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return failure(path, "open", errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failure(path, "fstat", errno);
  return map(path, std::move(fd), static_cast<std::size_t>(status.st_size), PROT_READ);
}

std::expected<void, std::string> FileSegments::set_aside(std::uint64_t number) {
  const std::string path = path_of(number);
  std::string aside;
  for (int i = 1; aside.empty() || fs::exists(aside); ++i) {
    aside = path + ".cut" + std::to_string(i);
  }
  if (::rename(path.c_str(), aside.c_str()) != 0) return failure(path, "rename", errno);
  return sync_directory_of(path);
}

std::expected<void, std::string> FileSegments::remove(std::uint64_t number) {
  return remove_file_durably(path_of(number));
}

std::expected<void, std::string> FileSegments::trim(std::uint64_t number, std::size_t bytes) {
  const std::string path = path_of(number);
  if (::truncate(path.c_str(), static_cast<off_t>(bytes)) != 0) {
    return failure(path, "truncate", errno);
  }
  return {};
}

}  // namespace portcullis::journal
