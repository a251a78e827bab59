#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "risk/limits.hpp"

namespace portcullis::risk {

// Hands whole sets of limits from the cold thread that makes them to the trading thread that judges
// by them. A set never changes; the trading thread goes from one to the next between two orders, by
// one pointer, and never frees. A set that was replaced lives until the trading thread has said
// that it looks at another.
class LimitsMailbox {
 public:
  // `first` is in force from the start.
  explicit LimitsMailbox(std::unique_ptr<const Limits> first)
      : in_force_{std::move(first)},
        offered_{in_force_.get()},
        taken_{in_force_.get()} {}
  LimitsMailbox(const LimitsMailbox&) = delete;
  LimitsMailbox& operator=(const LimitsMailbox&) = delete;

  // ---- the cold thread
  // False, and nothing has changed, while the set offered before has not been taken.
  [[nodiscard]] bool offer(std::unique_ptr<const Limits> next) {
    if (!is_settled()) return false;
    next_ = std::move(next);
    offered_.store(next_.get(), std::memory_order_release);
    return true;
  }
  // Whether what was offered last is in force; frees what it has replaced.
  [[nodiscard]] bool is_settled() {
    if (next_ == nullptr) return true;
    if (taken_.load(std::memory_order_acquire) != next_.get()) return false;
    in_force_ = std::exchange(next_, nullptr);
    return true;
  }
  // What the trading thread has acknowledged, as far as is_settled() has looked.
  [[nodiscard]] const Limits& in_force() const noexcept { return *in_force_; }

  // ---- the trading thread
  // The set to judge by from now on, or null when it is still the same one: a load.
  [[nodiscard]] const Limits* incoming() const noexcept {
    const Limits* const offered = offered_.load(std::memory_order_acquire);
    return offered == taken_.load(std::memory_order_relaxed) ? nullptr : offered;
  }
  // It looks at nothing of an earlier set any more.
  void acknowledge(const Limits* taken) noexcept { taken_.store(taken, std::memory_order_release); }

 private:
  std::unique_ptr<const Limits> in_force_;  // cold thread, as the next
  std::unique_ptr<const Limits> next_;      // offered, not acknowledged
  alignas(64) std::atomic<const Limits*> offered_;
  alignas(64) std::atomic<const Limits*> taken_;
};

}  // namespace portcullis::risk
