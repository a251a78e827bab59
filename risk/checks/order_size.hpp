#pragma once

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "risk/checks/venue_filters.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The fat-finger limits of one order. A limit of zero refuses every order by itself: quantity and
// notional are positive here.

[[nodiscard]] inline Verdict check_order_qty(const NewOrderSingle& order,
                                             const SymbolLimits& limits) noexcept {
  if (order.qty <= limits.max_order_qty) [[likely]]
    return {};
  return order_reject(RejectReason::kMaxOrderQty, RejectUnit::kQty, limits.max_order_qty,
                      order.qty);
}

// `px` is the price to judge by: the order's own, or the far side for a market order. Products are
// compared, exactly; only the text of a reject is rounded (up, so that it shows as above).
[[nodiscard]] inline Verdict check_order_notional(const NewOrderSingle& order, Price px,
                                                  const SymbolLimits& limits) noexcept {
  const Int128 product = product_of(order, px);
  const Int128 product_max = static_cast<Int128>(limits.max_order_notional.raw()) * kDecimalScale;
  if (product <= product_max) [[likely]]
    return {};
  return order_reject(RejectReason::kMaxOrderNotional, RejectUnit::kNotional,
                      limits.max_order_notional, notional_of(order, px, Rounding::kUp));
}

}  // namespace portcullis::risk
