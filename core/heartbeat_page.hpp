#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

// Where the process is in its life. Whatever ends without kStopped has died.
enum class LifeState : std::uint32_t {
  kStarting = 1,  // no thread of an agent runs yet
  kRunning = 2,
  kStopped = 3,  // on purpose, and with nothing left to look after
};
[[nodiscard]] const char* to_string(LifeState state) noexcept;

// How long a line may stand still before its thread counts as hung: a hot thread turns all the
// time, a cold one may wait for a disk or a terminal.
enum class LineKind : std::uint32_t { kHot = 1, kCold = 2 };

// One thread's line in a heartbeat page, moved once a turn. A default-made one moves nothing.
class Heartbeat {
 public:
  Heartbeat() noexcept = default;
  // The line's own thread, at the end of a turn that began at `now`.
  void beat(MonoTime now) noexcept {
    if (line_ == nullptr) return;
    line_->beats.store(++beats_, std::memory_order_relaxed);
    line_->last_ns.store(count_ns(now), std::memory_order_relaxed);
  }

 private:
  friend class HeartbeatPage;
  // By itself on a pair of cache lines; its name stands in the page's table.
  struct Line {
    std::atomic<std::uint64_t> beats;
    std::atomic<std::int64_t> last_ns;
  };
  explicit Heartbeat(Line* line) noexcept : line_{line} {}
  Line* line_{nullptr};
  std::uint64_t beats_{0};
};

// What a watcher has to know beside the lines; one writer, the trading thread.
class TradingSigns {
 public:
  TradingSigns() noexcept = default;
  void tell(bool is_venue_up, bool may_have_orders) noexcept {
    if (cell_ == nullptr) return;
    cell_->is_venue_up.store(is_venue_up ? 1 : 0, std::memory_order_relaxed);
    cell_->may_have_orders.store(may_have_orders ? 1 : 0, std::memory_order_relaxed);
  }

 private:
  friend class HeartbeatPage;
  struct Cell {
    std::atomic<std::uint32_t> is_venue_up;
    std::atomic<std::uint32_t> may_have_orders;
  };
  explicit TradingSigns(Cell* cell) noexcept : cell_{cell} {}
  Cell* cell_{nullptr};
};

// A file by which a process shows others on the same machine that each of its threads is alive: a
// line a thread, mapped into memory, so that showing costs two stores and no system call. The file
// is locked as long as the process lives; the kernel gives the lock back whatever ends it.
//
// Mapped and written by one process; others read it with read_heartbeat_page. Layout: the .cpp.
class HeartbeatPage {
 public:
  static constexpr std::size_t kLinesMax = 64;
  static constexpr std::size_t kNameMax = 47;  // of a line or a symbol; cut beyond

  // Replaces the file, in the state kStarting. `may_have_orders`: of an earlier life, say. The
  // caller has made sure that it is the only one (the gateway: by its journal's lock).
  static std::expected<HeartbeatPage, std::string> create(const std::string& path,
                                                          const std::vector<std::string>& symbols,
                                                          bool may_have_orders);
  HeartbeatPage(HeartbeatPage&& other) noexcept;
  HeartbeatPage& operator=(HeartbeatPage&& other) noexcept;
  ~HeartbeatPage();
  HeartbeatPage(const HeartbeatPage&) = delete;
  HeartbeatPage& operator=(const HeartbeatPage&) = delete;

  // Start-up, one thread. A line that is not watched is shown and judged by nobody.
  [[nodiscard]] Heartbeat add_line(std::string_view name, LineKind kind, bool is_watched = true);
  [[nodiscard]] TradingSigns trading_signs() noexcept;
  // Any thread, one at a time.
  void set_state(LifeState state) noexcept;

 private:
  HeartbeatPage() noexcept = default;

  void* memory_{nullptr};
  std::size_t bytes_{0};
  UniqueFd fd_;  // holds the lock
};

// What a page says at one moment.
struct HeartbeatReading {
  struct Line {
    std::string name;
    LineKind kind{LineKind::kHot};
    bool is_watched{true};
    std::uint64_t beats{0};
    MonoTime last{};  // when its last whole turn began; zero: it has made none
  };
  std::int64_t pid{0};
  std::uint64_t start_ticks{0};  // of the process since the machine's start (proc_pid_stat(5), 22)
  WallTime started{};
  LifeState state{LifeState::kStarting};
  bool is_alive{false};  // the file's lock is held
  bool is_venue_up{false};
  bool may_have_orders{true};
  std::vector<Line> lines;
  std::vector<std::string> symbols;

  // Two pages of one process's life.
  [[nodiscard]] bool is_same_life(const HeartbeatReading& other) const noexcept {
    return pid == other.pid && start_ticks == other.start_ticks && started == other.started;
  }
};

struct HeartbeatProblem {
  bool is_missing{false};  // there is no such file: nobody has ever run here
  std::string text;
};

// Any process. Never by mapping: a file cut short while mapped would end the reader.
[[nodiscard]] std::expected<HeartbeatReading, HeartbeatProblem> read_heartbeat_page(
    const std::string& path);

// Of a process that runs; zero when there is none with this id.
[[nodiscard]] std::uint64_t process_start_ticks(std::int64_t pid);

}  // namespace portcullis
