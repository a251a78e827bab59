#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/enums.hpp"
#include "core/messages.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

inline constexpr std::uint8_t kPegOffsetLevelsMax = 100;  // Binance: pegOffsetValue

// True when the enumeration holds one of its enumerators. Orders come out of memory that another
// program may write, so a byte outside the list is an input like any other.
template <class E>
[[nodiscard]] constexpr bool is_enumerator(E value, E last) noexcept {
  static_assert(std::is_unsigned_v<std::underlying_type_t<E>>);
  return std::to_underlying(value) <= std::to_underlying(last);
}

// A peg takes the place of the limit price. PRIMARY_PEG waits at the best of its own side, which a
// limit order can do only until cancelled; MARKET_PEG takes from the far side, which a post-only
// order cannot (Binance: pegged orders).
[[nodiscard]] constexpr bool is_peg_right(const NewOrderSingle& order) noexcept {
  const OrderTerms& terms = order.terms;
  switch (terms.peg) {
    case PegKind::kNone: return terms.peg_offset_levels == 0;
    case PegKind::kPrimary:
      if (order.type == OrdType::kLimit && order.tif != TimeInForce::kGtc) return false;
      break;
    case PegKind::kMarket:
      if (order.type == OrdType::kLimitMaker) return false;
      break;
  }
  return has_limit_px(order.type) && terms.peg_offset_levels <= kPegOffsetLevelsMax;
}

// A contingent order is triggered by a price, by a distance, or by the distance once the price has
// been reached; other types have neither.
[[nodiscard]] constexpr bool is_trigger_right(const NewOrderSingle& order) noexcept {
  const bool has_trigger =
      order.terms.stop_px.is_positive() || order.terms.trailing_delta_bips != 0;
  return has_trigger == is_contingent(order.type) && !order.terms.stop_px.is_negative();
}

// Parts of an order can only be shown of one that rests: a limit price, and good till cancelled.
[[nodiscard]] constexpr bool is_iceberg_right(const NewOrderSingle& order) noexcept {
  const Qty iceberg_qty = order.terms.iceberg_qty;
  if (iceberg_qty.is_zero()) return true;
  return iceberg_qty.is_positive() && iceberg_qty < order.qty && has_limit_px(order.type) &&
         order.tif == TimeInForce::kGtc;
}

// The form of an order that is not plain: which parameters its type needs and which it forbids
// (Binance: "New order", parameters by type). Enumerators of side, type and time in force are known
// here, and the symbol is named.
[[nodiscard]] inline Verdict check_terms_form(const NewOrderSingle& order) noexcept {
  constexpr Reject kMalformed{.reason = RejectReason::kMalformedOrder};
  const OrderTerms& terms = order.terms;
  if (!is_enumerator(terms.peg, PegKind::kMarket) ||
      !is_enumerator(terms.stp, StpMode::kExpireBoth)) {
    return kMalformed;
  }
  if (order.is_by_quote()) {
    if (order.type != OrdType::kMarket || !order.qty.is_zero()) return kMalformed;
    if (!terms.quote_qty.is_positive()) {
      return order_reject(RejectReason::kMalformedOrder, RejectUnit::kNotional, Notional{},
                          terms.quote_qty);
    }
  } else if (!order.qty.is_positive()) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kQty, Qty{}, order.qty);
  }
  const bool needs_px = has_limit_px(order.type) && terms.peg == PegKind::kNone;
  if (needs_px ? !order.px.is_positive() : !order.px.is_zero()) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kPrice, Price{}, order.px);
  }
  if (!is_trigger_right(order)) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kPrice, Price{}, terms.stop_px);
  }
  if (!is_iceberg_right(order)) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kQty, order.qty,
                        terms.iceberg_qty);
  }
  if (!is_peg_right(order)) return kMalformed;
  return {};
}

}  // namespace portcullis::risk
