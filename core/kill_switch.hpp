#pragma once

#include <atomic>
#include <cstdint>

namespace portcullis {

// What the gateway as a whole may do now, as signals and start-up see it; risk/mode_board.hpp has
// the modes of it and of its parts. Only ever escalates, but for a human's word; a human's re-arm
// between two runs is the one way down from kHalted.
enum class TradingState : std::uint8_t {
  kStarting,  // not reconciled yet, or not guarded: no new orders, cancels pass
  kTrading,
  kDraining,    // SIGTERM/SIGINT: no new orders, cancel, wait, exit 0
  kCancelOnly,  // SIGUSR2: no new orders until restart
  kHalted,      // killed: latched
};

[[nodiscard]] const char* to_string(TradingState state) noexcept;

// One word, several writers, escalation by fetch_or: safe in a signal handler. Read by the gate for
// each order, so that nothing new leaves once a bit is set.
class KillSwitch {
 public:
  // Any thread or signal handler.
  void kill() noexcept { raise(kKillBit); }
  void cancel_only() noexcept { raise(kCancelOnlyBit); }
  void drain() noexcept { raise(kDrainBit); }
  // Control thread, at a human's word (risk/mode_board.hpp): cancel-only is over.
  void end_cancel_only() noexcept { bits_.fetch_and(~kCancelOnlyBit, std::memory_order_acq_rel); }
  // Trading thread, when the venue session is up and reconciled; withdrawn when it is not.
  void set_ready(bool ready) noexcept {
    if (ready) {
      raise(kReadyBit);
    } else {
      bits_.fetch_and(~kReadyBit, std::memory_order_acq_rel);
    }
  }
  // Control thread: the watchdog that the configuration demands is not watching. Not ready while
  // so.
  void set_unguarded(bool unguarded) noexcept {
    if (unguarded) {
      raise(kUnguardedBit);
    } else {
      bits_.fetch_and(~kUnguardedBit, std::memory_order_acq_rel);
    }
  }
  // Control thread, once the kill is in the latch file (core/kill_latch.hpp).
  void mark_latched() noexcept { raise(kLatchedBit); }

  [[nodiscard]] TradingState state() const noexcept {
    const std::uint32_t bits = bits_.load(std::memory_order_acquire);
    if ((bits & kKillBit) != 0) return TradingState::kHalted;
    if ((bits & kDrainBit) != 0) return TradingState::kDraining;
    if ((bits & kCancelOnlyBit) != 0) return TradingState::kCancelOnly;
    if ((bits & (kReadyBit | kUnguardedBit)) == kReadyBit) return TradingState::kTrading;
    return TradingState::kStarting;
  }
  [[nodiscard]] bool may_open() const noexcept {
    return bits_.load(std::memory_order_acquire) == kReadyBit;
  }
  [[nodiscard]] bool is_killed() const noexcept { return has(kKillBit); }
  [[nodiscard]] bool is_draining() const noexcept { return has(kDrainBit); }
  [[nodiscard]] bool is_cancel_only() const noexcept { return has(kCancelOnlyBit); }
  [[nodiscard]] bool is_latched() const noexcept { return has(kLatchedBit); }
  [[nodiscard]] bool is_ready() const noexcept { return has(kReadyBit); }
  [[nodiscard]] bool is_unguarded() const noexcept { return has(kUnguardedBit); }

 private:
  static constexpr std::uint32_t kReadyBit = 1;
  static constexpr std::uint32_t kCancelOnlyBit = 2;
  static constexpr std::uint32_t kDrainBit = 4;
  static constexpr std::uint32_t kKillBit = 8;
  static constexpr std::uint32_t kLatchedBit = 16;
  static constexpr std::uint32_t kUnguardedBit = 32;

  void raise(std::uint32_t bit) noexcept { bits_.fetch_or(bit, std::memory_order_acq_rel); }
  [[nodiscard]] bool has(std::uint32_t bit) const noexcept {
    return (bits_.load(std::memory_order_acquire) & bit) != 0;
  }

  std::atomic<std::uint32_t> bits_{0};
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "used in a signal handler");
};

}  // namespace portcullis
