#pragma once

#include <cstdint>

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The venue's own filters, judged here so that an order that cannot be accepted costs neither a
// round trip nor one of the venue's request budgets (Binance: "Filters").

// PRICE_FILTER: min <= price <= max and a whole number of ticks. Market orders have no price.
[[nodiscard]] inline Verdict check_price_filter(const NewOrderSingle& order,
                                                const VenueRules& rules) noexcept {
  if (order.type == OrdType::kMarket) return {};
  const auto reject = [&order](Price bound) noexcept {
    return order_reject(RejectReason::kPriceFilter, RejectUnit::kPrice, bound, order.px);
  };
  if (order.px < rules.px_min) return reject(rules.px_min);
  if (order.px > rules.px_max) return reject(rules.px_max);
  if (!rules.tick_divisor.divides(static_cast<std::uint64_t>(order.px.raw()))) {
    return reject(rules.tick_size);
  }
  return {};
}

[[nodiscard]] inline Verdict check_lot_rule(Qty qty, const LotRule& rule) noexcept {
  const auto reject = [qty](Qty bound) noexcept {
    return order_reject(RejectReason::kLotSize, RejectUnit::kQty, bound, qty);
  };
  if (qty < rule.min) return reject(rule.min);
  if (qty > rule.max) return reject(rule.max);
  if (!rule.step_divisor.divides(static_cast<std::uint64_t>(qty.raw()))) return reject(rule.step);
  return {};
}

// LOT_SIZE for every order, MARKET_LOT_SIZE for market orders on top of it: min <= quantity <= max
// and a whole number of steps, counted from zero.
[[nodiscard]] inline Verdict check_lot_size(const NewOrderSingle& order,
                                            const VenueRules& rules) noexcept {
  if (const Verdict no = check_lot_rule(order.qty, rules.lot)) return no;
  if (order.type == OrdType::kMarket) return check_lot_rule(order.qty, rules.market_lot);
  return {};
}

// NOTIONAL and MIN_NOTIONAL: min <= price * quantity <= max. `px` is the price to judge by; for a
// market order the venue uses an average of its own, and the far side is our nearest to it.
[[nodiscard]] inline Verdict check_venue_notional(const NewOrderSingle& order, Price px,
                                                  const VenueRules& rules) noexcept {
  const NotionalRule& rule =
      order.type == OrdType::kMarket ? rules.market_notional : rules.notional;
  const Int128 product = static_cast<Int128>(px.raw()) * order.qty.raw();
  if (product < rule.product_min) {
    return order_reject(RejectReason::kVenueNotional, RejectUnit::kNotional, rule.min,
                        notional(px, order.qty, Rounding::kDown));
  }
  if (product > rule.product_max) {
    return order_reject(RejectReason::kVenueNotional, RejectUnit::kNotional, rule.max,
                        notional(px, order.qty, Rounding::kUp));
  }
  return {};
}

}  // namespace portcullis::risk
