#pragma once

#include <cstdint>

#include "core/enums.hpp"
#include "core/messages.hpp"
#include "risk/limits.hpp"
#include "risk/scope_exposure.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// How many orders are open, and what they are worth.

[[nodiscard]] inline Verdict check_open_orders(std::uint32_t open_count, std::uint32_t max,
                                               RiskScope scope) noexcept {
  if (open_count < max) [[likely]]
    return {};
  return count_reject(RejectReason::kMaxOpenOrders, scope, max, open_count,
                      std::int64_t{open_count} + 1);
}

// MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ICEBERG_ORDERS.
[[nodiscard]] inline Verdict check_venue_open_orders(const NewOrderSingle& order,
                                                     const SymbolExposure& exposure,
                                                     std::uint32_t algo_count,
                                                     std::uint32_t iceberg_count,
                                                     const VenueRules& rules) noexcept {
  const auto judge = [](std::int64_t count, std::int64_t max) noexcept -> Verdict {
    if (max == 0 || count < max) return {};
    return count_reject(RejectReason::kVenueOpenOrders, RiskScope::kSymbol, max, count, count + 1);
  };
  const std::int64_t open = std::int64_t{exposure.buy_order_count} + exposure.sell_order_count;
  if (const Verdict no = judge(open, rules.open_orders_max)) return no;
  if (is_contingent(order.type)) [[unlikely]] {
    if (const Verdict no = judge(algo_count, rules.open_algo_orders_max)) return no;
  }
  if (order.terms.iceberg_qty.is_zero()) [[likely]]
    return {};
  return judge(iceberg_count, rules.open_iceberg_orders_max);
}

// MAX_POSITION, buys only: what is held, every open buy, and the order. `baseline` is what of the
// holding does not count as position.
[[nodiscard]] inline Verdict check_venue_position(const NewOrderSingle& order,
                                                  const SymbolExposure& exposure, Qty baseline,
                                                  const VenueRules& rules) noexcept {
  if (rules.position_max.is_zero() || order.side == Side::kSell) [[likely]]
    return {};
  const Int128 worst =
      Int128{exposure.position.raw()} + baseline.raw() + exposure.working_buy.raw();
  const Int128 projected = worst + order.qty.raw();
  if (projected <= Int128{rules.position_max.raw()}) return {};
  return Reject{.reason = RejectReason::kVenueMaxPosition,
                .unit = RejectUnit::kQty,
                .scope = RiskScope::kSymbol,
                .limit = rules.position_max.raw(),
                .value = saturate(worst),
                .projected = saturate(projected)};
}

// What all open orders of a scope are worth, this one with them.
[[nodiscard]] inline Verdict check_open_value(Value open, Value projected, Notional max,
                                              RiskScope scope) noexcept {
  if (projected <= limit_value(max)) [[likely]]
    return {};
  return value_reject(RejectReason::kMaxOpenValue, scope, max, open, projected);
}

// Traded today, still open, and this order: so the day's limit cannot be passed by what works.
[[nodiscard]] inline Verdict check_daily_value(Value used, Value projected, Notional max,
                                               RiskScope scope) noexcept {
  if (projected <= limit_value(max)) [[likely]]
    return {};
  return value_reject(RejectReason::kDailyValue, scope, max, used, projected);
}

[[nodiscard]] inline Verdict check_daily_qty(const NewOrderSingle& order, Qty traded,
                                             const SymbolExposure& exposure, Qty max) noexcept {
  const Int128 used =
      Int128{traded.raw()} + exposure.working_buy.raw() + exposure.working_sell.raw();
  const Int128 projected = used + order.qty.raw();
  if (projected <= Int128{max.raw()} || max == kOffQty) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kDailyQty,
                .unit = RejectUnit::kQty,
                .scope = RiskScope::kSymbol,
                .limit = max.raw(),
                .value = saturate(used),
                .projected = saturate(projected)};
}

}  // namespace portcullis::risk
