#include "core/counters.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/check.hpp"
#include "core/clock.hpp"
#include "core/errno_text.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis {

// Native byte order: the file is for tools on the same machine. Header (one cell), label table
// (64 bytes each, zero-terminated), values (128 bytes apart).
struct CounterFileHeader {
  static constexpr std::uint64_t kMagic = 0x3153'5254'4E43'4350;  // "PCCNTRS1"
  static constexpr std::uint32_t kVersion = 1;

  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t pid;
  std::uint64_t capacity;
  std::int64_t start_wall_ns;
  std::uint64_t used;  // through atomic_ref: entries below it are complete
};

namespace {

using Header = CounterFileHeader;
using Label = std::array<char, CounterFile::kLabelMax + 1>;

constexpr std::size_t kHeaderBytes = kNoFalseSharing;
constexpr std::size_t kCapacityMax = std::size_t{1} << 16;
static_assert(sizeof(Header) <= kHeaderBytes);

constexpr std::size_t round_up(std::size_t bytes) {
  return (bytes + kNoFalseSharing - 1) / kNoFalseSharing * kNoFalseSharing;
}
constexpr std::size_t label_offset(std::size_t index) {
  return kHeaderBytes + index * sizeof(Label);
}
constexpr std::size_t cell_offset(std::size_t capacity, std::size_t index) {
  return round_up(label_offset(capacity)) + index * kNoFalseSharing;
}
constexpr std::size_t file_bytes(std::size_t capacity) {
  return cell_offset(capacity, capacity);
}

std::unexpected<std::string> failure(const std::string& path, const std::string& cause) {
  return std::unexpected{path + ": " + cause};
}

std::unexpected<std::string> system_failure(const std::string& path, const char* call) {
  return failure(path, std::string{call} + ": " + errno_text(errno) +
                           "; the directory must exist, be writable and have space");
}

// Reads at an offset, whole or not at all. Never by mapping: a file cut short while mapped would
// end the reader with SIGBUS.
bool read_at(int fd, std::size_t offset, void* out, std::size_t size) noexcept {
  auto* cursor = static_cast<char*>(out);
  while (size > 0) {
    const ssize_t count = ::pread(fd, cursor, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    cursor += count;
    offset += static_cast<std::size_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

std::optional<Header> read_header(int fd) noexcept {
  Header header{};
  if (!read_at(fd, 0, &header, sizeof header)) return std::nullopt;
  const bool is_sound = header.magic == Header::kMagic && header.version == Header::kVersion &&
                        header.capacity > 0 && header.capacity <= kCapacityMax &&
                        header.used <= header.capacity;
  if (!is_sound) return std::nullopt;
  return header;
}

Header* header_of(void* memory) noexcept {
  return static_cast<Header*>(memory);
}

std::string_view label_text(const Label& label) noexcept {
  return {label.data(), ::strnlen(label.data(), label.size())};
}

}  // namespace

std::expected<CounterFile, std::string> CounterFile::create(const std::string& path,
                                                            std::size_t capacity) {
  PORTCULLIS_CHECK(capacity > 0 && capacity <= kCapacityMax, "number of counters");
  CounterFile file;
  file.bytes_ = file_bytes(capacity);
  const std::string temporary = path + ".new";
  int flags = MAP_SHARED | MAP_POPULATE;
  UniqueFd fd;
  if (path.empty()) {
    flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
  } else {
    fd = UniqueFd{::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (!fd) return system_failure(temporary, "open");
    // Blocks are taken now: a full disk is an error here, not a SIGBUS at some later count.
    errno = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(file.bytes_));
    if (errno != 0) return system_failure(temporary, "reserve space");
  }
  void* memory = ::mmap(nullptr, file.bytes_, PROT_READ | PROT_WRITE, flags, fd.get(), 0);
  if (memory == MAP_FAILED) return system_failure(path, "mmap");
  file.memory_ = memory;
  new (memory) Header{.magic = Header::kMagic,
                      .version = Header::kVersion,
                      .pid = static_cast<std::uint32_t>(::getpid()),
                      .capacity = capacity,
                      .start_wall_ns = count_ns(wall_now()),
                      .used = 0};
  if (!path.empty() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    return system_failure(path, "rename");
  }
  return file;
}

std::expected<CounterFile, std::string> CounterFile::open(const std::string& path) {
  CounterFile file;
  file.fd_ = UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.fd_) {
    return failure(path, std::string{"open: "} + errno_text(errno) +
                             "; is the gateway running, with this counters file configured?");
  }
  struct stat status{};
  const auto header = read_header(file.fd_.get());
  if (!header || ::fstat(file.fd_.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::size_t>(status.st_size) != file_bytes(header->capacity)) {
    return failure(path,
                   "not a counters file of this version, or cut short; name the file that "
                   "the running gateway writes");
  }
  return file;
}

CounterFile::CounterFile(CounterFile&& other) noexcept
    : memory_{std::exchange(other.memory_, nullptr)},
      bytes_{std::exchange(other.bytes_, 0)},
      fd_{std::move(other.fd_)} {
}

CounterFile& CounterFile::operator=(CounterFile&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  fd_ = std::move(other.fd_);
  return *this;
}

CounterFile::~CounterFile() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

Counter CounterFile::allocate(std::string_view label) {
  PORTCULLIS_CHECK(memory_ != nullptr, "counters are allocated in a file of one's own");
  PORTCULLIS_CHECK(!label.empty() && label.size() <= kLabelMax, "length of a counter's label");
  Header& header = *header_of(memory_);
  PORTCULLIS_CHECK(header.used < header.capacity, "the counters file is full");
  auto* base = static_cast<char*>(memory_);
  for (std::size_t i = 0; i < header.used; ++i) {
    Label taken;
    std::memcpy(taken.data(), base + label_offset(i), sizeof taken);
    PORTCULLIS_CHECK(label_text(taken) != label, "two counters with one label");
  }
  label.copy(base + label_offset(header.used), label.size());
  auto* cell = new (base + cell_offset(header.capacity, header.used)) std::atomic<std::int64_t>{0};
  std::atomic_ref{header.used}.store(header.used + 1, std::memory_order_release);
  return Counter{cell};
}

std::vector<CounterFile::Entry> CounterFile::read_all() const {
  std::vector<Entry> entries;
  if (memory_ == nullptr) return read_from_file();
  const auto* base = static_cast<const char*>(memory_);
  const Header& header = *header_of(memory_);
  const std::uint64_t used =
      std::atomic_ref{header_of(memory_)->used}.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < used; ++i) {
    Label label;
    std::memcpy(label.data(), base + label_offset(i), sizeof label);
    const auto* cell =
        reinterpret_cast<const std::atomic<std::int64_t>*>(base + cell_offset(header.capacity, i));
    entries.push_back(
        {.label = std::string{label_text(label)}, .value = cell->load(std::memory_order_relaxed)});
  }
  return entries;
}

std::vector<CounterFile::Entry> CounterFile::read_from_file() const {
  std::vector<Entry> entries;
  const auto header = read_header(fd_.get());
  if (!header) return entries;
  for (std::size_t i = 0; i < header->used; ++i) {
    Label label;
    std::int64_t value = 0;
    if (!read_at(fd_.get(), label_offset(i), label.data(), sizeof label) ||
        !read_at(fd_.get(), cell_offset(header->capacity, i), &value, sizeof value)) {
      break;
    }
    std::string text{label_text(label)};
    std::ranges::replace_if(text, [](char c) { return c <= ' ' || c >= 0x7F; }, '?');
    entries.push_back({.label = std::move(text), .value = value});
  }
  return entries;
}

std::int64_t CounterFile::read(std::string_view label) const {
  const std::vector<Entry> entries = read_all();
  const auto it = std::ranges::find(entries, label, &Entry::label);
  return it != entries.end() ? it->value : 0;
}

}  // namespace portcullis
