#pragma once

#include <cstdint>
#include <limits>

#include "core/decimal.hpp"
#include "core/market_view.hpp"
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

// The nearest that we know to what the venue compares with: what it has told, the last trade where
// that is its rule, and else the mid.
[[nodiscard]] inline Price percent_reference(const MarketSnapshot& market,
                                             const VenueRules& rules) noexcept {
  if (market.venue_reference_px.is_positive()) return market.venue_reference_px;
  if (rules.is_percent_of_last_trade && market.last_trade_px.is_positive()) {
    return market.last_trade_px;
  }
  if (!market.top.is_complete()) return {};
  const Int128 sum = Int128{market.top.bid_px.raw()} + market.top.ask_px.raw();
  return Price::from_raw(static_cast<std::int64_t>(sum >> 1));
}

// MAX_NUM_ORDER_AMENDS.
[[nodiscard]] inline Verdict check_amend_count(std::uint32_t amend_count,
                                               const VenueRules& rules) noexcept {
  if (rules.amends_max == 0 || std::int64_t{amend_count} < rules.amends_max) return {};
  return count_reject(RejectReason::kAmendCount, RiskScope::kOrder, rules.amends_max, amend_count,
                      std::int64_t{amend_count} + 1);
}

// PERCENT_PRICE and PERCENT_PRICE_BY_SIDE: reference * down <= price <= reference * up. The venue's
// reference is its own; ours is the nearest that we know, so that a price close to the bound is
// still the venue's to judge. None known: the venue judges alone.
[[nodiscard]] inline Verdict check_percent_price(const NewOrderSingle& order, Price reference,
                                                 const VenueRules& rules) noexcept {
  if (order.px.is_zero() || !reference.is_positive()) return {};
  const PercentRule& rule = order.side == Side::kBuy ? rules.buy_percent : rules.sell_percent;
  const Int128 scaled = Int128{order.px.raw()} * kDecimalScale;
  const auto reject = [&](PriceFactor factor) noexcept {
    const Int128 bound = Int128{reference.raw()} * factor.raw() / kDecimalScale;
    constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
    const Int128 held = bound > kMax ? kMax : bound;
    return order_reject(RejectReason::kPercentPrice, RejectUnit::kPrice,
                        Price::from_raw(static_cast<std::int64_t>(held)), order.px);
  };
  if (scaled < Int128{reference.raw()} * rule.min.raw()) return reject(rule.min);
  if (!rule.max.is_zero() && scaled > Int128{reference.raw()} * rule.max.raw()) {
    return reject(rule.max);
  }
  return {};
}

}  // namespace portcullis::risk
