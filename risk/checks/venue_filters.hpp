#pragma once

#include <cstdint>

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The venue's own filters, judged here so that an order that cannot be accepted costs neither a
// round trip nor one of the venue's request budgets (Binance: "Filters").

[[nodiscard]] inline Verdict check_px_rule(Price px, const VenueRules& rules) noexcept {
  const auto reject = [px](Price bound) noexcept {
    return order_reject(RejectReason::kPriceFilter, RejectUnit::kPrice, bound, px);
  };
  if (px < rules.px_min) return reject(rules.px_min);
  if (px > rules.px_max) return reject(rules.px_max);
  if (!rules.tick_divisor.divides(static_cast<std::uint64_t>(px.raw()))) {
    return reject(rules.tick_size);
  }
  return {};
}

// PRICE_FILTER: min <= price <= max and a whole number of ticks. Market and pegged orders, and what
// becomes a market order, have no price.
[[nodiscard]] inline Verdict check_price_filter(const NewOrderSingle& order,
                                                const VenueRules& rules) noexcept {
  if (order.px.is_zero()) return {};
  return check_px_rule(order.px, rules);
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
// and a whole number of steps, counted from zero. The venue cuts what it makes of a quote quantity
// to whole steps itself.
[[nodiscard]] inline Verdict check_lot_size(const NewOrderSingle& order,
                                            const VenueRules& rules) noexcept {
  if (order.is_by_quote()) [[unlikely]]
    return {};
  if (const Verdict no = check_lot_rule(order.qty, rules.lot)) return no;
  if (order.type == OrdType::kMarket) return check_lot_rule(order.qty, rules.market_lot);
  return {};
}

// What an order is worth at `px`, as a product of raw numbers; a quote quantity is worth itself.
[[nodiscard]] inline Int128 product_of(const NewOrderSingle& order, Price px) noexcept {
  if (order.is_by_quote()) [[unlikely]]
    return static_cast<Int128>(order.terms.quote_qty.raw()) * kDecimalScale;
  return static_cast<Int128>(px.raw()) * order.qty.raw();
}
// The same for the text of a reject.
[[nodiscard]] inline Notional notional_of(const NewOrderSingle& order, Price px,
                                          Rounding rounding) noexcept {
  return order.is_by_quote() ? order.terms.quote_qty : notional(px, order.qty, rounding);
}

// NOTIONAL and MIN_NOTIONAL: min <= price * quantity <= max. `px` is the price to judge by; for a
// market order the venue uses an average of its own, and the far side is our nearest to it. A stop
// without a limit price is judged like a market order.
[[nodiscard]] inline Verdict check_venue_notional(const NewOrderSingle& order, Price px,
                                                  const VenueRules& rules) noexcept {
  const NotionalRule& rule = has_limit_px(order.type) ? rules.notional : rules.market_notional;
  const Int128 product = product_of(order, px);
  if (product < rule.product_min) {
    return order_reject(RejectReason::kVenueNotional, RejectUnit::kNotional, rule.min,
                        notional_of(order, px, Rounding::kDown));
  }
  if (product > rule.product_max) {
    return order_reject(RejectReason::kVenueNotional, RejectUnit::kNotional, rule.max,
                        notional_of(order, px, Rounding::kUp));
  }
  return {};
}

}  // namespace portcullis::risk
