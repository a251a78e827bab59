#include "core/heartbeat_page.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <new>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/check.hpp"
#include "core/clock.hpp"
#include "core/durable_file.hpp"
#include "core/errno_text.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis {

namespace {

using Name = std::array<char, HeartbeatPage::kNameMax + 1>;

// Native byte order: for programs on the same machine. Header, table of the lines' names, table of
// the symbols' names, the trading signs, the lines; the last two on cache-line pairs of their own.
struct Header {
  static constexpr std::uint64_t kMagic = 0x3154'4145'4254'4350;  // "PCTBEAT1"
  static constexpr std::uint32_t kVersion = 1;

  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t pid;
  std::uint64_t start_ticks;
  std::int64_t start_wall_ns;
  std::uint32_t symbol_count;
  std::uint32_t line_count;  // through atomic_ref: lines below it are complete
  std::uint32_t state;       // through atomic_ref
};

struct LineTitle {
  Name name;
  std::uint32_t kind;
  std::uint32_t is_watched;
};

constexpr std::size_t kHeaderBytes = kNoFalseSharing;
constexpr std::size_t kSymbolsMax = 4'096;
static_assert(sizeof(Header) <= kHeaderBytes);

constexpr std::size_t round_up(std::size_t bytes) {
  return (bytes + kNoFalseSharing - 1) / kNoFalseSharing * kNoFalseSharing;
}
constexpr std::size_t title_offset(std::size_t index) {
  return kHeaderBytes + index * sizeof(LineTitle);
}
constexpr std::size_t symbol_offset(std::size_t index) {
  return title_offset(HeartbeatPage::kLinesMax) + index * sizeof(Name);
}
constexpr std::size_t signs_offset(std::size_t symbol_count) {
  return round_up(symbol_offset(symbol_count));
}
constexpr std::size_t line_offset(std::size_t symbol_count, std::size_t index) {
  return signs_offset(symbol_count) + (1 + index) * kNoFalseSharing;
}
constexpr std::size_t file_bytes(std::size_t symbol_count) {
  return line_offset(symbol_count, HeartbeatPage::kLinesMax);
}

Header& header_of(void* memory) noexcept {
  return *static_cast<Header*>(memory);
}

std::unexpected<std::string> system_failure(const std::string& path, const char* call, int error) {
  return std::unexpected{path + ": " + call + ": " + errno_text(error) +
                         "; the directory must exist, be writable and have space"};
}

// Of the open file, not of the process: gone with the last descriptor, and no other reader of the
// file in this process can give it back by closing his.
struct flock whole_file(short type) noexcept {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool is_locked(int fd) noexcept {
  struct flock lock = whole_file(F_RDLCK);
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::string text_of(const Name& name) {
  return {name.data(), ::strnlen(name.data(), name.size())};
}

void put_name(Name& out, std::string_view name) noexcept {
  out = {};
  name.copy(out.data(), HeartbeatPage::kNameMax);
}

// A value at a place of a file's content that is known to be long enough.
template <class T>
T take(const std::string& content, std::size_t offset) noexcept {
  T value;
  std::memcpy(&value, content.data() + offset, sizeof value);
  return value;
}

bool is_sound(const std::string& content) noexcept {
  if (content.size() < kHeaderBytes) return false;
  const auto header = take<Header>(content, 0);
  return header.magic == Header::kMagic && header.symbol_count <= kSymbolsMax &&
         header.line_count <= HeartbeatPage::kLinesMax &&
         header.state >= std::to_underlying(LifeState::kStarting) &&
         header.state <= std::to_underlying(LifeState::kStopped) &&
         content.size() == file_bytes(header.symbol_count);
}

HeartbeatReading::Line line_at(const std::string& content, std::size_t symbol_count,
                               std::size_t index) {
  const auto title = take<LineTitle>(content, title_offset(index));
  const std::size_t offset = line_offset(symbol_count, index);
  return {
      .name = text_of(title.name),
      .kind = title.kind == std::to_underlying(LineKind::kCold) ? LineKind::kCold : LineKind::kHot,
      .is_watched = title.is_watched != 0,
      .beats = take<std::uint64_t>(content, offset),
      .last = mono_time(take<std::int64_t>(content, offset + sizeof(std::uint64_t)))};
}

HeartbeatReading parse(const std::string& content, bool is_alive) {
  const auto header = take<Header>(content, 0);
  const std::size_t signs = signs_offset(header.symbol_count);
  HeartbeatReading reading{
      .pid = header.pid,
      .start_ticks = header.start_ticks,
      .started = wall_time(header.start_wall_ns),
      .state = static_cast<LifeState>(header.state),
      .is_alive = is_alive,
      .is_venue_up = take<std::uint32_t>(content, signs) != 0,
      .may_have_orders = take<std::uint32_t>(content, signs + sizeof(std::uint32_t)) != 0,
      .lines = {},
      .symbols = {}};
  for (std::size_t i = 0; i < header.line_count; ++i) {
    reading.lines.push_back(line_at(content, header.symbol_count, i));
  }
  for (std::size_t i = 0; i < header.symbol_count; ++i) {
    reading.symbols.push_back(text_of(take<Name>(content, symbol_offset(i))));
  }
  return reading;
}

}  // namespace

const char* to_string(LifeState state) noexcept {
  switch (state) {
    case LifeState::kStarting: return "starting";
    case LifeState::kRunning: return "running";
    case LifeState::kStopped: return "stopped";
  }
  return "?";
}

std::expected<HeartbeatPage, std::string> HeartbeatPage::create(
    const std::string& path, const std::vector<std::string>& symbols, bool may_have_orders) {
  PORTCULLIS_CHECK(symbols.size() <= kSymbolsMax, "number of symbols in a heartbeat page");
  HeartbeatPage page;
  page.bytes_ = file_bytes(symbols.size());
  const std::string temporary = path + ".new";
  page.fd_ = UniqueFd{::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!page.fd_) return system_failure(temporary, "open", errno);
  // Blocks are taken now: a full disk is an error here, not a SIGBUS at some later beat.
  const int error = ::posix_fallocate(page.fd_.get(), 0, static_cast<off_t>(page.bytes_));
  if (error != 0) return system_failure(temporary, "reserve space", error);
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(page.fd_.get(), F_OFD_SETLK, &lock) != 0) {
    return system_failure(temporary, "lock", errno);
  }
  void* memory = ::mmap(nullptr, page.bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                        page.fd_.get(), 0);
  if (memory == MAP_FAILED) return system_failure(temporary, "mmap", errno);
  page.memory_ = memory;
  auto* base = static_cast<char*>(memory);
  new (memory) Header{.magic = Header::kMagic,
                      .version = Header::kVersion,
                      .pid = static_cast<std::uint32_t>(::getpid()),
                      .start_ticks = process_start_ticks(::getpid()),
                      .start_wall_ns = count_ns(wall_now()),
                      .symbol_count = static_cast<std::uint32_t>(symbols.size()),
                      .line_count = 0,
                      .state = std::to_underlying(LifeState::kStarting)};
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    put_name(*new (base + symbol_offset(i)) Name, symbols[i]);
  }
  new (base + signs_offset(symbols.size())) TradingSigns::Cell{};
  page.trading_signs().tell(false, may_have_orders);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_failure(path, "rename", errno);
  return page;
}

HeartbeatPage::HeartbeatPage(HeartbeatPage&& other) noexcept
    : memory_{std::exchange(other.memory_, nullptr)},
      bytes_{std::exchange(other.bytes_, 0)},
      fd_{std::move(other.fd_)} {
}

HeartbeatPage& HeartbeatPage::operator=(HeartbeatPage&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  fd_ = std::move(other.fd_);
  return *this;
}

HeartbeatPage::~HeartbeatPage() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

Heartbeat HeartbeatPage::add_line(std::string_view name, LineKind kind, bool is_watched) {
  Header& header = header_of(memory_);
  PORTCULLIS_CHECK(header.line_count < kLinesMax, "the heartbeat page is full");
  auto* base = static_cast<char*>(memory_);
  const std::size_t index = header.line_count;
  auto* title = new (base + title_offset(index))
      LineTitle{.name = {},
                .kind = std::to_underlying(kind),
                .is_watched = is_watched ? std::uint32_t{1} : std::uint32_t{0}};
  put_name(title->name, name);
  auto* line = new (base + line_offset(header.symbol_count, index)) Heartbeat::Line{};
  std::atomic_ref{header.line_count}.store(header.line_count + 1, std::memory_order_release);
  return Heartbeat{line};
}

TradingSigns HeartbeatPage::trading_signs() noexcept {
  auto* base = static_cast<char*>(memory_);
  return TradingSigns{
      reinterpret_cast<TradingSigns::Cell*>(base + signs_offset(header_of(memory_).symbol_count))};
}

void HeartbeatPage::set_state(LifeState state) noexcept {
  std::atomic_ref{header_of(memory_).state}.store(std::to_underlying(state),
                                                  std::memory_order_release);
}

std::expected<HeartbeatReading, HeartbeatProblem> read_heartbeat_page(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd) {
    return std::unexpected{
        HeartbeatProblem{.is_missing = errno == ENOENT, .text = path + ": " + errno_text(errno)}};
  }
  // Before the content: who holds it now may have written that he is done by then.
  const bool is_alive = is_locked(fd.get());
  struct stat status{};
  (void)::fstat(fd.get(), &status);
  std::string content(
      std::clamp<std::size_t>(static_cast<std::size_t>(status.st_size), 0, file_bytes(kSymbolsMax)),
      '\0');
  const ssize_t length = ::pread(fd.get(), content.data(), content.size(), 0);
  content.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  if (!is_sound(content)) {
    return std::unexpected{HeartbeatProblem{
        .text = path + ": not a whole heartbeat page; name the state_dir of the gateway"}};
  }
  if (const auto version = take<Header>(content, 0).version; version != Header::kVersion) {
    return std::unexpected{
        HeartbeatProblem{.text = path + ": of version " + std::to_string(version) +
                                 ", and this program knows " + std::to_string(Header::kVersion) +
                                 "; install gateway and watchdog of one release"}};
  }
  return parse(content, is_alive);
}

std::uint64_t process_start_ticks(std::int64_t pid) {
  constexpr std::size_t kStatMax = 4'096;
  constexpr int kFieldsAfterName = 19;  // the name is the second field, the start the 22nd
  const auto stat = read_small_file("/proc/" + std::to_string(pid) + "/stat", kStatMax);
  if (!stat) return 0;
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos) return 0;
  std::size_t at = name_end + 2;
  for (int field = 0; field < kFieldsAfterName && at != 0; ++field) at = stat->find(' ', at) + 1;
  std::uint64_t ticks = 0;
  if (at != 0) std::from_chars(stat->data() + at, stat->data() + stat->size(), ticks);
  return ticks;
}

}  // namespace portcullis
