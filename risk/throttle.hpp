#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/time.hpp"
#include "risk/limits.hpp"

namespace portcullis::risk {

// A token bucket in integer nanoseconds, kept as the moment at which it will be full again (the
// "generic cell rate algorithm"): taking a token is one comparison and one addition, with no
// division and no refill. One owner thread.
//
// Unset, or configured with any zero, it refuses everything.
class Throttle {
 public:
  Throttle() noexcept = default;
  Throttle(std::uint32_t rate_max, Nanos window, std::uint32_t burst_max) noexcept {
    configure(rate_max, window, burst_max);
  }

  // `rate_max` tokens come back per `window`, up to `burst_max` of them; kOffCount: no limit. What
  // was taken before stays taken, so that a change of limits is no second helping.
  void configure(std::uint32_t rate_max, Nanos window, std::uint32_t burst_max) noexcept {
    interval_ns_ = 0;
    tolerance_ns_ = 0;
    is_off_ = rate_max == kOffCount;
    if (is_off_ || rate_max == 0 || burst_max == 0 || window.count() <= 0) return;
    // Rounded up: never more than the rate.
    const std::int64_t interval = (window.count() - 1) / rate_max + 1;
    std::int64_t tolerance = 0;
    if (__builtin_mul_overflow(interval, std::int64_t{burst_max} - 1, &tolerance)) return;
    interval_ns_ = interval;
    tolerance_ns_ = tolerance;
  }

  // Whether there is a token. A clock that goes back only makes it stricter.
  [[nodiscard]] bool has_token(MonoTime now) const noexcept {
    if (interval_ns_ == 0) return is_off_;
    const std::int64_t now_ns = count_ns(now);
    return full_at_ns_ <= now_ns || full_at_ns_ - now_ns <= tolerance_ns_;
  }
  // Takes one; only after has_token() has said that there is one.
  void take(MonoTime now) noexcept {
    full_at_ns_ = std::max(full_at_ns_, count_ns(now)) + interval_ns_;
  }
  // Takes a token, or says that there is none.
  [[nodiscard]] bool try_take(MonoTime now) noexcept {
    if (!has_token(now)) return false;
    take(now);
    return true;
  }

  // The token that was taken last, at this very moment.
  void give_back() noexcept { full_at_ns_ -= interval_ns_; }

  // Tokens taken and not yet back. Divides: for a reject's text and for the panel.
  [[nodiscard]] std::int64_t in_use(MonoTime now) const noexcept {
    if (interval_ns_ == 0 || full_at_ns_ <= count_ns(now)) return 0;
    return (full_at_ns_ - count_ns(now) - 1) / interval_ns_ + 1;
  }

 private:
  std::int64_t interval_ns_{0};   // between two tokens; 0 refuses everything, or nothing
  std::int64_t tolerance_ns_{0};  // how far ahead of its time a token may be taken
  std::int64_t full_at_ns_{std::numeric_limits<std::int64_t>::min()};
  bool is_off_{false};
};

}  // namespace portcullis::risk
