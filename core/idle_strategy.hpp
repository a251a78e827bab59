#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portcullis {

// What a thread does with a cycle that found no work.
enum class IdleKind : std::uint8_t {
  kBusySpin,  // never gives the CPU away: for an isolated core
  kYield,     // sched_yield every time: shares a core with other busy threads
  kBackoff,   // spins, then yields, then sleeps 50 to 400 us: for shared boxes and cold threads
};

// "busy_spin", "yield", "backoff": the words of the configuration.
[[nodiscard]] const char* to_string(IdleKind kind) noexcept;
[[nodiscard]] std::optional<IdleKind> parse_idle_kind(std::string_view text) noexcept;

// One a thread. Any work at all starts the back-off anew.
class IdleStrategy {
 public:
  explicit IdleStrategy(IdleKind kind) noexcept : kind_{kind} {}
  void idle(int work_count) noexcept;

 private:
  void back_off() noexcept;

  IdleKind kind_;
  int idle_cycles_{0};
};

}  // namespace portcullis
