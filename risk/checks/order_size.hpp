#pragma once

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "risk/checks/venue_filters.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The fat-finger limits of one order. A limit of zero refuses every order by itself: quantity and
// notional are positive here.

[[nodiscard]] inline Verdict check_order_qty(const NewOrderSingle& order, Qty max,
                                             RiskScope scope) noexcept {
  if (order.qty <= max) [[likely]]
    return {};
  Reject reject = order_reject(RejectReason::kMaxOrderQty, RejectUnit::kQty, max, order.qty);
  reject.scope = scope;
  return reject;
}

// `px` is the price to judge by: the order's own, or the far side for a market order. Products are
// compared, exactly; only the text of a reject is rounded (up, so that it shows as above).
[[nodiscard]] inline Verdict check_order_notional(const NewOrderSingle& order, Price px,
                                                  const SymbolLimits& limits) noexcept {
  const Int128 product = product_of(order, px);
  if (product <= limit_value(limits.max_order_notional)) [[likely]]
    return {};
  Reject reject = order_reject(RejectReason::kMaxOrderNotional, RejectUnit::kNotional,
                               limits.max_order_notional, notional_of(order, px, Rounding::kUp));
  reject.scope = RiskScope::kSymbol;
  return reject;
}

// The same in the reference currency, for every scope that an order has.
[[nodiscard]] inline Verdict check_order_value(Value value, Notional max,
                                               RiskScope scope) noexcept {
  if (value <= limit_value(max)) [[likely]]
    return {};
  return value_reject(RejectReason::kMaxOrderValue, scope, max, value, value);
}

}  // namespace portcullis::risk
