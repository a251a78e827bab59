#include "core/journal/file_segments.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <random>
#include <span>
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
#include "core/journal/numbered_files.hpp"

namespace portcullis::journal {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kPathMarkDigits = 8;  // of the CRC that stands for the path in a twin's name
constexpr std::size_t kZeroChunk = std::size_t{1} << 20;

std::unexpected<std::string> failure(const std::string& path, const char* call, int error) {
  return std::unexpected{path + ": " + call + ": " + errno_text(error) +
                         "; check the disk's space and state, and the permissions"};
}

// Zeros, written: a hole or an unwritten extent would have to be filled in by the first sync, which
// costs it more, and space that is only promised is no space on every file system.
int write_zeros(int fd, std::size_t from, std::size_t bytes) {
  static const std::array<char, kZeroChunk> zeros{};
  std::size_t done = 0;
  while (done < bytes) {
    const std::size_t size = std::min(zeros.size(), bytes - done);
    const ssize_t written = ::pwrite(fd, zeros.data(), size, static_cast<off_t>(from + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    done += static_cast<std::size_t>(written);
  }
  return 0;
}

int write_at(int fd, std::span<const std::byte> bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  return 0;
}

// A file mapped whole; nothing for an empty one.
class Mapping {
 public:
  static std::expected<Mapping, std::string> map(const std::string& path, int fd, int protection) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return failure(path, "fstat", errno);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return Mapping{{}};
    void* at = ::mmap(nullptr, size, protection, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (at == MAP_FAILED) return failure(path, "mmap", errno);
    return Mapping{{static_cast<std::byte*>(at), size}};
  }
  Mapping(Mapping&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
  }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

 private:
  explicit Mapping(std::span<std::byte> bytes) noexcept : bytes_{bytes} {}
  std::span<std::byte> bytes_;
};

// To be looked at: the twin where there is one, the file otherwise.
class ReadSegment final : public Segment {
 public:
  ReadSegment(std::string path, Mapping mapping) noexcept
      : path_{std::move(path)},
        mapping_{std::move(mapping)} {}
  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return mapping_.bytes(); }
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }
  [[nodiscard]] std::expected<void, std::string> sync(std::size_t) override {
    return std::unexpected{path_ + ": opened to be read"};
  }
  void retire() noexcept override {}

 private:
  std::string path_;
  Mapping mapping_;
};

class TwinSegment final : public Segment {
 public:
  TwinSegment(std::string path, UniqueFd file, std::string twin_path, Mapping twin) noexcept
      : path_{std::move(path)},
        file_{std::move(file)},
        twin_path_{std::move(twin_path)},
        twin_{std::move(twin)} {}
  [[nodiscard]] std::span<std::byte> bytes() noexcept override { return twin_.bytes(); }
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }
  [[nodiscard]] std::expected<void, std::string> sync(std::size_t end) override {
    const auto fresh = twin_.bytes().subspan(written_, end - written_);
    if (const int error = write_at(file_.get(), fresh, written_); error != 0) {
      return failure(path_, "write", error);
    }
    if (::fdatasync(file_.get()) != 0) return failure(path_, "fdatasync", errno);
    written_ = end;
    return {};
  }
  void retire() noexcept override { ::unlink(twin_path_.c_str()); }

 private:
  std::string path_;
  UniqueFd file_;
  std::string twin_path_;
  Mapping twin_;
  std::size_t written_{0};
};

// Space in memory that is really there: a write to a page that cannot be had kills the process.
std::expected<Mapping, std::string> make_twin(const std::string& path, std::size_t bytes) {
  const UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!fd) return failure(path, "open", errno);
  const int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes));
  auto twin = error == 0 ? Mapping::map(path, fd.get(), PROT_READ | PROT_WRITE)
                         : failure(path, "reserving memory", error);
  if (!twin) ::unlink(path.c_str());
  return twin;
}

// What tells this journal's files in memory from those of another one that was at the same path.
std::expected<std::string, std::string> read_or_make_token(const std::string& directory) {
  const std::string path = directory + "/token";
  constexpr std::size_t kTokenMax = 64;
  const auto found = read_small_file(path, kTokenMax);
  if (found) return *found;
  if (found.error() != ReadFailure::kMissing) {
    return std::unexpected{path +
                           ": cannot be read; what a killed gateway left in memory is found "
                           "by it: mend its permissions"};
  }
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i) {
    const auto word = random();
    token += crc32_hex({reinterpret_cast<const char*>(&word), sizeof word});
  }
  auto written = replace_file_durably(path, token);
  if (!written) return std::unexpected{written.error()};
  return token;
}

// Of every journal that has been at this path.
std::string twin_prefix_of(const std::string& directory, const std::string& memory_folder) {
  std::error_code error;
  const fs::path whole = fs::canonical(directory, error);
  return memory_folder + "/portcullis-" + crc32_hex(whole.string()) + "-";
}

// The files whose path begins so.
std::vector<std::string> files_beginning(const std::string& prefix) {
  std::vector<std::string> found;
  std::error_code error;
  fs::directory_iterator entries{fs::path{prefix}.parent_path(), error};
  for (; !error && entries != fs::directory_iterator{}; entries.increment(error)) {
    if (entries->path().string().starts_with(prefix)) found.push_back(entries->path().string());
  }
  return found;
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

class FileMaking final : public SegmentMaking {
 public:
  FileMaking(std::string path, UniqueFd file, std::string twin_path, std::size_t bytes) noexcept
      : path_{std::move(path)},
        file_{std::move(file)},
        twin_path_{std::move(twin_path)},
        bytes_{bytes} {}
  ~FileMaking() override {
    if (file_) ::unlink(path_.c_str());
  }
  FileMaking(const FileMaking&) = delete;
  FileMaking& operator=(const FileMaking&) = delete;

  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> step(
      std::size_t bytes) override {
    const std::size_t piece = std::min(bytes, bytes_ - done_);
    int error = write_zeros(file_.get(), done_, piece);
    // The file's size is among what is synced: it grows for the last time before it is used.
    if (error == 0 && ::fsync(file_.get()) != 0) error = errno;
    if (error != 0) return failure(path_, "preallocation", error);
    done_ += piece;
    if (done_ < bytes_) return nullptr;
    if (auto made = sync_directory_of(path_); !made) return std::unexpected{made.error()};
    auto twin = make_twin(twin_path_, bytes_);
    if (!twin) return std::unexpected{twin.error()};
    return std::make_unique<TwinSegment>(path_, std::move(file_), twin_path_, std::move(*twin));
  }

 private:
  std::string path_;
  UniqueFd file_;  // none once it is the segment's
  std::string twin_path_;
  std::size_t bytes_;
  std::size_t done_{0};
};

}  // namespace

FileSegments::FileSegments(std::string directory, std::string twin_prefix, UniqueFd lock) noexcept
    : directory_{std::move(directory)},
      twin_prefix_{std::move(twin_prefix)},
      lock_{std::move(lock)} {
}

std::expected<std::unique_ptr<FileSegments>, FileSegments::OpenError> FileSegments::open_to_write(
    const std::string& directory, const std::string& memory_folder) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return std::unexpected{
        OpenError{Failure::kUnusable, directory + ": cannot be made: " + error.message() +
                                          "; check the path and its permissions"}};
  }
  auto lock = take_lock(directory);
  if (!lock) return std::unexpected{std::move(lock.error())};
  const auto token = read_or_make_token(directory);
  if (!token) return std::unexpected{OpenError{Failure::kUnusable, token.error()}};
  const std::string prefix = twin_prefix_of(directory, memory_folder);
  for (const std::string& path : files_beginning(prefix)) {
    if (!path.starts_with(prefix + *token)) ::unlink(path.c_str());
  }
  std::unique_ptr<FileSegments> store{
      new FileSegments{directory, prefix + *token + "-", std::move(*lock)}};
  store->take_over_moved_twins();
  if (auto settled = store->settle_twins(); !settled) {
    return std::unexpected{OpenError{Failure::kUnusable, settled.error()}};
  }
  return store;
}

std::expected<std::unique_ptr<FileSegments>, FileSegments::OpenError> FileSegments::open_to_read(
    const std::string& directory, const std::string& memory_folder) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return std::unexpected{OpenError{
        Failure::kUnusable, directory + ": no such directory; a journal is the folder `journal` "
                                        "under the gateway's state_dir"}};
  }
  // Without a token nobody has written there with twins: they are found under no name.
  const auto token = read_small_file(directory + "/token", 64);
  return std::unique_ptr<FileSegments>{new FileSegments{
      directory, twin_prefix_of(directory, memory_folder) + token.value_or("none") + "-",
      UniqueFd{}}};
}

std::expected<void, std::string> FileSegments::settle_twins() {
  const auto numbers = list();
  if (!numbers) return std::unexpected{numbers.error()};
  for (const std::uint64_t number : *numbers) {
    const std::string twin_path = twin_of(number);
    const UniqueFd twin_fd{::open(twin_path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!twin_fd && errno == ENOENT) continue;
    if (!twin_fd) return failure(twin_path, "open", errno);
    const std::string path = path_of(number);
    auto twin = Mapping::map(twin_path, twin_fd.get(), PROT_READ);
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!twin) return std::unexpected{twin.error()};
    if (!file) return failure(path, "open", errno);
    int error = write_at(file.get(), twin->bytes(), 0);
    if (error == 0 && ::fdatasync(file.get()) != 0) error = errno;
    if (error != 0) return failure(path, "copying what was left in memory", error);
  }
  // Those without a file were never begun.
  for (const std::string& path : files_beginning(twin_prefix_)) ::unlink(path.c_str());
  return {};
}

std::string FileSegments::twin_of(std::uint64_t number) const {
  return twin_prefix_ + std::to_string(number);
}

// The journal may have been moved since its gateway was killed: then its twins have another path's
// name, and its own token in it.
void FileSegments::take_over_moved_twins() const {
  const std::size_t token_at = twin_prefix_.rfind('-', twin_prefix_.size() - 2);
  const std::string_view token = std::string_view{twin_prefix_}.substr(token_at);
  const std::string beginning = twin_prefix_.substr(0, token_at - kPathMarkDigits);
  for (const std::string& path : files_beginning(beginning)) {
    const std::size_t found = path.find(token, beginning.size());
    if (found != beginning.size() + kPathMarkDigits || path.starts_with(twin_prefix_)) continue;
    ::rename(path.c_str(), (twin_prefix_ + path.substr(found + token.size())).c_str());
  }
}

// Said, not left to the closing: a child that somebody has just forked has the descriptor too.
FileSegments::~FileSegments() {
  if (lock_) ::flock(lock_.get(), LOCK_UN);
}

std::string FileSegments::path_of(std::uint64_t number) const {
  return numbered_path(directory_, number, kSuffix);
}

std::expected<std::vector<std::uint64_t>, std::string> FileSegments::list() {
  return list_numbered(directory_, kSuffix);
}

std::expected<std::unique_ptr<SegmentMaking>, std::string> FileSegments::begin(std::uint64_t number,
                                                                               std::size_t bytes) {
  const std::string path = path_of(number);
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
  if (!fd) return failure(path, "open", errno);
  return std::make_unique<FileMaking>(path, std::move(fd), twin_of(number), bytes);
}

std::expected<std::unique_ptr<Segment>, std::string> FileSegments::open(std::uint64_t number) {
  const std::string path = path_of(number);
  UniqueFd fd{::open(twin_of(number).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) fd = UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return failure(path, "open", errno);
  auto mapping = Mapping::map(path, fd.get(), PROT_READ);
  if (!mapping) return std::unexpected{mapping.error()};
  return std::make_unique<ReadSegment>(path, std::move(*mapping));
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

std::expected<void, std::string> FileSegments::archive(std::uint64_t number) {
  const std::string path = path_of(number);
  const std::string folder = directory_ + "/" + kArchiveFolder;
  std::error_code error;
  const bool is_made = fs::create_directory(folder, error);
  if (error) return failure(folder, "mkdir", error.value());
  if (is_made) {
    if (auto synced = sync_directory_of(folder); !synced) return synced;
  }
  const std::string archived = numbered_path(folder, number, kSuffix);
  if (fs::exists(archived)) {
    return std::unexpected{archived + ": is there already; move it away, and the segment follows"};
  }
  if (::rename(path.c_str(), archived.c_str()) != 0) return failure(path, "rename", errno);
  if (auto synced = sync_directory_of(archived); !synced) return synced;
  return sync_directory_of(path);
}

std::expected<void, std::string> FileSegments::remove(std::uint64_t number) {
  return remove_file_durably(path_of(number));
}

std::expected<void, std::string> FileSegments::trim(std::uint64_t number, std::size_t bytes) {
  const std::string path = path_of(number);
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!fd) return failure(path, "open", errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failure(path, "fstat", errno);
  // A hole, not a shorter file, which somebody may have mapped to look at. A file system that makes
  // none keeps the zeros.
  const auto from = static_cast<off_t>(bytes);
  if (from < status.st_size) {
    (void)::fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from,
                      status.st_size - from);
  }
  return {};
}

}  // namespace portcullis::journal
