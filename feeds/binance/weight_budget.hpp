#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/budget_window.hpp"
#include "core/time.hpp"

namespace portcullis::feeds::binance {

// Weight of GET /api/v3/depth by its limit (Binance: Order book).
[[nodiscard]] constexpr int depth_request_weight(int limit) noexcept {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  if (limit <= 1000) return 50;
  return 250;
}

// Request weight within the venue's window of one clock minute, of one thread that asks one thing
// at a time. What the venue states and what other threads use is in it. One cold thread.
class WeightBudget {
 public:
  // `edge_margin`: how well the moments told to it are the venue's.
  explicit WeightBudget(int weight_per_minute, Nanos edge_margin = {}) noexcept
      : margin_{edge_margin} {
    window_.configure(weight_per_minute, std::chrono::minutes{1});
  }

  // What other threads of the process have begun to use since the start, and what of it is
  // answered.
  void observe_others(std::int64_t begun, std::int64_t finished) noexcept {
    window_.observe_others(begun, finished);
  }
  // How long to wait before a request of this weight; zero: now. A request above the whole budget
  // waits for a window of its own rather than for ever.
  [[nodiscard]] Nanos wait_for(int weight, WallTime now) noexcept {
    window_.roll(now, margin_);
    const std::int64_t used = window_.used();
    if (used == 0 || used + weight <= window_.limit()) return Nanos{0};
    return window_.over_at() - now;
  }
  void on_request(int weight, WallTime now) noexcept {
    close({}, now);
    window_.roll(now, margin_);
    weight_ = weight;
    stamp_ = window_.on_sent(weight);
  }
  // The value of X-MBX-USED-WEIGHT-1M of the answer; negative values are seen in the wild and mean
  // nothing.
  void on_reported(int used, WallTime now) noexcept {
    window_.roll(now, margin_);
    close(used >= 0 ? std::optional<std::int64_t>{used} : std::nullopt, now);
  }

 private:
  void close(std::optional<std::int64_t> used, WallTime now) noexcept {
    const std::int64_t weight = std::exchange(weight_, 0);
    if (weight > 0) window_.on_answer(stamp_, weight, weight, used, now);
  }

  BudgetWindow window_;
  BudgetWindow::Stamp stamp_{};
  Nanos margin_;
  std::int64_t weight_{0};  // of the request under way
};

}  // namespace portcullis::feeds::binance
