#pragma once

#include <atomic>
#include <cstdint>

#include "core/time.hpp"

namespace portcullis::oms {

// How a kill (or a drain) went, as moments; zero means not yet.
struct KillReport {
  std::uint32_t number{0};       // of a part: which kill (risk::ModeBoard::State::number)
  MonoTime seen{};               // the trading thread noticed
  MonoTime first_cancel_sent{};  // the first cancel was handed to the kernel
  MonoTime last_cancel_sent{};   // the most recent one
  MonoTime verified_zero{};      // the venue lists no order of ours, and none is in doubt
};

// The trading thread writes, the control thread reads; each moment is whole by itself.
class KillReportCell {
 public:
  // Behind clear() and before the rest: whoever reads this number reads nothing older.
  void set_number(std::uint32_t number) noexcept {
    number_.store(number, std::memory_order_release);
  }
  void set_seen(MonoTime at) noexcept { store(seen_, at); }
  void set_cancel_sent(MonoTime at) noexcept {
    if (first_.load(std::memory_order_relaxed) == 0) store(first_, at);
    store(last_, at);
  }
  void set_verified(MonoTime at) noexcept { store(verified_, at); }
  void clear() noexcept {
    for (auto* cell : {&seen_, &first_, &last_, &verified_}) store(*cell, MonoTime{});
  }

  [[nodiscard]] KillReport read() const noexcept {
    return {.number = number_.load(std::memory_order_acquire),
            .seen = load(seen_),
            .first_cancel_sent = load(first_),
            .last_cancel_sent = load(last_),
            .verified_zero = load(verified_)};
  }

 private:
  using Cell = std::atomic<std::int64_t>;
  static void store(Cell& cell, MonoTime at) noexcept {
    cell.store(count_ns(at), std::memory_order_release);
  }
  static MonoTime load(const Cell& cell) noexcept {
    return mono_time(cell.load(std::memory_order_acquire));
  }

  std::atomic<std::uint32_t> number_{0};
  Cell seen_{0};
  Cell first_{0};
  Cell last_{0};
  Cell verified_{0};
};

}  // namespace portcullis::oms
