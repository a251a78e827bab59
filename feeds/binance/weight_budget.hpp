#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/time.hpp"

namespace portcullis::feeds::binance {

// Weight of GET /api/v3/depth by its limit (Binance: Order book).
[[nodiscard]] constexpr int depth_request_weight(int limit) noexcept {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  if (limit <= 1000) return 50;
  return 250;
}

// Request weight within the venue's window of one clock minute. The venue's own count, which others
// on the same address add to, overrides ours when it is higher. One cold thread.
class WeightBudget {
 public:
  explicit WeightBudget(int weight_per_minute) noexcept : weight_max_{weight_per_minute} {}

  // How long to wait before a request of this weight; zero: now. A request above the whole budget
  // waits for a window of its own rather than for ever.
  [[nodiscard]] Nanos wait_for(int weight, WallTime now) noexcept {
    roll_over(now);
    if (used_ == 0 || used_ + weight <= weight_max_) return Nanos{0};
    return wall_time((minute_ + 1) * kMinuteNs) - now;
  }
  void on_request(int weight, WallTime now) noexcept {
    roll_over(now);
    used_ += weight;
  }
  // The value of X-MBX-USED-WEIGHT-1M; negative values are seen in the wild and mean nothing.
  void on_reported(int used, WallTime now) noexcept {
    roll_over(now);
    used_ = std::max(used_, used);
  }

 private:
  static constexpr std::int64_t kMinuteNs = 60'000'000'000;

  void roll_over(WallTime now) noexcept {
    const std::int64_t minute = count_ns(now) / kMinuteNs;
    if (minute != minute_) used_ = 0;
    minute_ = minute;
  }

  int weight_max_;
  int used_{0};
  std::int64_t minute_{0};
};

}  // namespace portcullis::feeds::binance
