#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace portcullis::oms {

// A rehearsal of the way from the control thread to the orders: the trading thread takes note of
// the question as it would of a kill, looks at each order as if it were to be cancelled, and says
// when. Nothing is halted, cancelled or sent.
class KillDrill {
 public:
  struct Result {
    MonoTime asked{};
    MonoTime seen{};    // by the trading thread
    MonoTime walked{};  // each open order has been looked at
    std::uint32_t order_count{0};
  };

  // ---- control thread. One at a time: false while one is out.
  bool ask(MonoTime now) noexcept {
    if (asked_.load(std::memory_order_relaxed) != answered_.load(std::memory_order_acquire)) {
      return false;
    }
    asked_at_ = now;
    asked_.fetch_add(1, std::memory_order_release);
    return true;
  }
  // Nothing while the trading thread has not answered.
  [[nodiscard]] std::optional<Result> result() const noexcept {
    const std::uint32_t answered = answered_.load(std::memory_order_acquire);
    if (answered == 0 || answered != asked_.load(std::memory_order_relaxed)) return std::nullopt;
    return result_;
  }

  // ---- trading thread
  [[nodiscard]] bool is_asked() const noexcept {
    return asked_.load(std::memory_order_relaxed) != answered_.load(std::memory_order_relaxed);
  }
  void answer(MonoTime seen, MonoTime walked, std::uint32_t order_count) noexcept {
    const std::uint32_t asked = asked_.load(std::memory_order_acquire);
    result_ = {.asked = asked_at_, .seen = seen, .walked = walked, .order_count = order_count};
    answered_.store(asked, std::memory_order_release);
  }

 private:
  MonoTime asked_at_{};  // written before asked_, read behind it
  Result result_{};      // written before answered_, read behind it
  std::atomic<std::uint32_t> asked_{0};
  std::atomic<std::uint32_t> answered_{0};
};

}  // namespace portcullis::oms
