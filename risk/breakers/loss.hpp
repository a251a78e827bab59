#pragma once

#include <cstdint>

#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/finding.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::risk {

// Row 35. Losses of one scope, as positive values; a gain is negative.
struct LossFigures {
  Value realized{};    // today
  Value unrealized{};  // now
  Value daily{};
  Value rolling{};
  Value drawdown{};
  std::uint32_t losses_in_row{0};
};

namespace detail {

[[nodiscard]] constexpr Finding judge_one_loss(RejectReason rule, Value loss, Notional max,
                                               std::uint32_t soft_percent,
                                               RiskScope scope) noexcept {
  constexpr Value kPercent = 100;
  if (max == kOffNotional || loss <= 0) return {};
  // Of 2^100 at most: the products fit.
  const Value limit = limit_value(max);
  const bool is_hard = loss > limit;
  if (!is_hard && loss * kPercent < limit * Value{soft_percent}) return {};
  const Reject what{.reason = rule,
                    .unit = RejectUnit::kNotional,
                    .scope = scope,
                    .limit = max.raw(),
                    .value = notional_raw(loss),
                    .projected = notional_raw(loss)};
  return is_hard ? hard(what) : soft(what);
}

}  // namespace detail

// The first that is beyond its limit; else the first that is near it. Pure, exact.
[[nodiscard]] constexpr Finding judge_losses(const LossFigures& figures, const LossLimits& limits,
                                             RiskScope scope) noexcept {
  using enum RejectReason;
  const Finding findings[] = {
      detail::judge_one_loss(kRealizedLoss, figures.realized, limits.realized_max,
                             limits.soft_percent, scope),
      detail::judge_one_loss(kUnrealizedLoss, figures.unrealized, limits.unrealized_max,
                             limits.soft_percent, scope),
      detail::judge_one_loss(kDailyLoss, figures.daily, limits.daily_max, limits.soft_percent,
                             scope),
      detail::judge_one_loss(kRollingLoss, figures.rolling, limits.rolling_max, limits.soft_percent,
                             scope),
      detail::judge_one_loss(kDrawdown, figures.drawdown, limits.drawdown_max, limits.soft_percent,
                             scope),
      judge_count(kLossesInRow, scope, figures.losses_in_row, limits.losses_in_row_max),
  };
  Finding worst;
  for (const Finding& finding : findings) {
    if (finding.severity > worst.severity) worst = finding;
  }
  return worst;
}

// Losses one after the other, order by order: the fills of one order that close something are one
// result together.
class LossesInRow {
 public:
  // `result`: what closing brought, net of its fee. Quote units of any asset: only its sign counts.
  constexpr void on_closed(std::uint64_t order_id, Int128 result) noexcept {
    if (order_id != order_id_) {
      order_id_ = order_id;
      result_ = 0;
      before_ = count_;
    }
    result_ += result;
    if (result_ < 0) {
      count_ = before_ + 1;
    } else {
      count_ = result_ > 0 ? 0 : before_;
    }
  }
  [[nodiscard]] constexpr std::uint32_t count() const noexcept { return count_; }
  constexpr void set(std::uint32_t count) noexcept { *this = LossesInRow{}, count_ = count; }

 private:
  std::uint64_t order_id_{0};
  Int128 result_{0};
  std::uint32_t before_{0};  // when this order began to close
  std::uint32_t count_{0};
};

}  // namespace portcullis::risk
