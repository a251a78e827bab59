#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "risk/checks/collar.hpp"
#include "risk/checks/venue_filters.hpp"
#include "risk/limits.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// What the venue asks of orders that are not plain, judged here for the same reason as its other
// filters. Each passes a plain order.

// Whether the symbol takes the type and each parameter that is used (exchangeInfo: orderTypes,
// icebergAllowed, ...).
[[nodiscard]] inline Verdict check_offered(const NewOrderSingle& order,
                                           const VenueRules& rules) noexcept {
  constexpr Reject kNotOffered{.reason = RejectReason::kNotOffered};
  if ((rules.ord_types & bit_of(order.type)) == 0) return kNotOffered;
  if (order.is_plain()) [[likely]]
    return {};
  const OrderTerms& terms = order.terms;
  const bool is_stp_offered =
      terms.stp == StpMode::kVenueDefault || (rules.stp_modes & bit_of(terms.stp)) != 0;
  const bool is_offered = (terms.iceberg_qty.is_zero() || rules.has_iceberg) &&
                          (!order.is_by_quote() || rules.has_quote_qty) &&
                          (terms.trailing_delta_bips == 0 || rules.has_trailing_stop) &&
                          (terms.peg == PegKind::kNone || rules.has_peg) && is_stp_offered;
  if (is_offered) return {};
  return kNotOffered;
}

// PRICE_FILTER holds for the stop price as for the price.
[[nodiscard]] inline Verdict check_stop_filter(const NewOrderSingle& order,
                                               const VenueRules& rules) noexcept {
  if (order.terms.stop_px.is_zero()) [[likely]]
    return {};
  return check_px_rule(order.terms.stop_px, rules);
}

// LOT_SIZE of the part that is shown, and ICEBERG_PARTS: ceil(quantity / part) <= limit.
[[nodiscard]] inline Verdict check_iceberg(const NewOrderSingle& order,
                                           const VenueRules& rules) noexcept {
  const Qty part = order.terms.iceberg_qty;
  if (part.is_zero()) [[likely]]
    return {};
  if (const Verdict no = check_lot_rule(part, rules.lot)) return no;
  const std::int64_t parts = (order.qty.raw() - 1) / part.raw() + 1;
  if (rules.iceberg_parts_max == 0 || parts <= rules.iceberg_parts_max) return {};
  return Reject{.reason = RejectReason::kIcebergParts,
                .unit = RejectUnit::kCount,
                .limit = rules.iceberg_parts_max,
                .value = parts,
                .projected = parts};
}

// TRAILING_DELTA: "above" bounds what is triggered by a rise, "below" what is by a fall.
[[nodiscard]] inline Verdict check_trailing_delta(const NewOrderSingle& order,
                                                  const VenueRules& rules) noexcept {
  const std::int64_t bips = order.terms.trailing_delta_bips;
  if (bips == 0) [[likely]]
    return {};
  const TrailingRule& rule =
      is_triggered_above(order.type, order.side) ? rules.trailing_above : rules.trailing_below;
  const auto reject = [bips](std::int64_t bound) noexcept {
    return Reject{.reason = RejectReason::kTrailingDelta,
                  .unit = RejectUnit::kCount,
                  .limit = bound,
                  .value = bips,
                  .projected = bips};
  };
  if (bips < rule.bips_min) return reject(rule.bips_min);
  if (rule.bips_max != 0 && bips > rule.bips_max) return reject(rule.bips_max);
  return {};
}

// Where a stop price must lie: beyond the last trade, in the direction that triggers it; else the
// venue refuses it ("Order would trigger immediately."). Until a trade was seen, the touch that the
// market has certainly passed stands in: the bid for what rises, the ask for what falls.
[[nodiscard]] inline Verdict check_stop_side(const NewOrderSingle& order,
                                             const MarketSnapshot& market) noexcept {
  const Price stop_px = order.terms.stop_px;
  if (stop_px.is_zero()) [[likely]]
    return {};
  const bool is_above = is_triggered_above(order.type, order.side);
  const Price touch = is_above ? market.top.bid_px : market.top.ask_px;
  const Price reached = market.last_trade_px.is_positive() ? market.last_trade_px : touch;
  if (is_above ? stop_px > reached : stop_px < reached) return {};
  return order_reject(RejectReason::kStopSide, RejectUnit::kPrice, reached, stop_px);
}

// The price collar of a stop price: a digit lost there is as bad as in a price. What trails without
// one is held by TRAILING_DELTA.
[[nodiscard]] inline Verdict check_stop_collar(const NewOrderSingle& order, const TopOfBook& top,
                                               const SymbolLimits& limits) noexcept {
  if (order.terms.stop_px.is_zero()) [[likely]]
    return {};
  return check_collar(order.terms.stop_px, top, limits);
}

// The most base quantity that a quote quantity can buy or sell: at the lowest price that the collar
// lets pass, a step more for the venue's rounding. Zero when there is no bound: a collar of 100 %
// or more, or a quantity out of range. The book is complete and not crossed here.
[[nodiscard]] inline Qty qty_bound_of_quote(Notional quote_qty, const TopOfBook& top,
                                            const SymbolLimits& limits,
                                            const VenueRules& rules) noexcept {
  if (limits.collar_width_ppm == 0 || limits.collar_width_ppm >= kPartsPerMillion) return {};
  const Int128 px_min = collar_bound(top, limits.collar_width_ppm, false).raw();
  if (px_min <= 0) return {};
  const Int128 scaled = static_cast<Int128>(quote_qty.raw()) * kDecimalScale;
  const Int128 qty = (scaled + px_min - 1) / px_min + rules.lot.step.raw();
  if (qty > std::numeric_limits<std::int64_t>::max()) return {};
  return Qty::from_raw(static_cast<std::int64_t>(qty));
}

// Without a bound there is nothing to reserve, and so nothing to send.
[[nodiscard]] inline Verdict check_bounded(const NewOrderSingle& sized) noexcept {
  if (sized.qty.is_positive()) return {};
  return order_reject(RejectReason::kUnboundedQty, RejectUnit::kNotional, Notional{},
                      sized.terms.quote_qty);
}

}  // namespace portcullis::risk
