#pragma once

#include <cstdint>

#include "core/enums.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/finding.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Judges of what the venue and the way to it do. Pure.

// Row 39: too many orders whose outcome is not known. No new ones while it is so.
[[nodiscard]] constexpr Finding judge_unknown_count(std::uint32_t unknown,
                                                    const AccountBreakers& limits) noexcept {
  return judge_count(RejectReason::kUnknownOrders, RiskScope::kAccount, unknown,
                     limits.unknown_max);
}

namespace detail {
[[nodiscard]] constexpr Finding judge_time(RejectReason rule, RiskScope scope, Nanos time,
                                           Nanos max) noexcept {
  if (max == kOffAge || time <= max) [[likely]]
    return {};
  return hard({.reason = rule,
               .unit = RejectUnit::kNanos,
               .scope = scope,
               .limit = max.count(),
               .value = time.count(),
               .projected = time.count()});
}
}  // namespace detail

// Row 39, and the sixth rule of the UNKNOWN procedure: one that is unknown for too long.
[[nodiscard]] constexpr Finding judge_unknown_age(Nanos age,
                                                  const AccountBreakers& limits) noexcept {
  return detail::judge_time(RejectReason::kUnknownOrderAge, RiskScope::kSymbol, age,
                            limits.unknown_age_max);
}

// Row 38. Soft from 70 % on.
[[nodiscard]] constexpr Finding judge_latency(Nanos smoothed,
                                              const AccountBreakers& limits) noexcept {
  constexpr Nanos::rep kSoftPercent = 70;
  constexpr Nanos::rep kPercent = 100;
  const Nanos max = limits.latency_max;
  Finding finding =
      detail::judge_time(RejectReason::kVenueLatency, RiskScope::kAccount, smoothed, max);
  if (finding.severity == Severity::kHard || max == kOffAge) return finding;
  if (smoothed.count() * kPercent < max.count() * kSoftPercent) return {};
  return soft({.reason = RejectReason::kVenueLatency,
               .unit = RejectUnit::kNanos,
               .scope = RiskScope::kAccount,
               .limit = max.count(),
               .value = smoothed.count(),
               .projected = smoothed.count()});
}

// Row 37: the clock has refused orders for longer than it may.
[[nodiscard]] constexpr Finding judge_clock(Nanos lost_for,
                                            const AccountBreakers& limits) noexcept {
  return detail::judge_time(RejectReason::kClockLost, RiskScope::kAccount, lost_for,
                            limits.clock_grace);
}

// R10: a result that is not known for longer than it may.
[[nodiscard]] constexpr Finding judge_unknown_result(Nanos unknown_for, Nanos grace,
                                                     RiskScope scope) noexcept {
  return detail::judge_time(RejectReason::kResultUnknown, scope, unknown_for, grace);
}

// Row 15: a book that is out of sequence, stale, one-sided or crossed. Told, not stopped: the gate
// refuses orders on it in any case.
[[nodiscard]] constexpr Finding judge_book(Nanos bad_for, const SymbolBreakers& limits) noexcept {
  return detail::judge_time(RejectReason::kBookHealth, RiskScope::kSymbol, bad_for,
                            limits.book_alert_after);
}

// Row 43: what the venue says is held against what our fills say.
[[nodiscard]] constexpr Finding judge_position_mismatch(Qty venue, Qty believed,
                                                        Qty tolerance) noexcept {
  const Int128 difference = Int128{venue.raw()} - believed.raw();
  const Int128 magnitude = difference < 0 ? -difference : difference;
  if (tolerance == kOffQty || magnitude <= tolerance.raw()) return {};
  return hard({.reason = RejectReason::kPositionMismatch,
               .unit = RejectUnit::kQty,
               .scope = RiskScope::kAccount,
               .limit = tolerance.raw(),
               .value = saturate(magnitude),
               .projected = saturate(magnitude)});
}

// Row 42: a fill as the venue states it, against the order as it was sent.
struct FillFacts {
  Qty order_qty{};
  Qty cum_qty{};     // with this fill
  Price order_px{};  // zero: no limit price that the venue is bound to
  Price fill_px{};
  Side order_side{Side::kBuy};
  Side fill_side{Side::kBuy};
};
[[nodiscard]] constexpr Finding judge_fill(const FillFacts& fill) noexcept {
  Reject what{.reason = RejectReason::kFillMismatch, .scope = RiskScope::kAccount};
  if (fill.cum_qty > fill.order_qty) {
    what.unit = RejectUnit::kQty;
    what.limit = fill.order_qty.raw();
    what.value = what.projected = fill.cum_qty.raw();
    return hard(what);
  }
  if (fill.fill_side != fill.order_side) return hard(what);
  if (!fill.order_px.is_positive()) return {};
  const bool is_worse =
      fill.order_side == Side::kBuy ? fill.fill_px > fill.order_px : fill.fill_px < fill.order_px;
  if (!is_worse) return {};
  what.unit = RejectUnit::kPrice;
  what.limit = fill.order_px.raw();
  what.value = what.projected = fill.fill_px.raw();
  return hard(what);
}

}  // namespace portcullis::risk
