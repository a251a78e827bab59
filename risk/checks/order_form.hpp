#pragma once

#include "core/enums.hpp"
#include "core/messages.hpp"
#include "risk/checks/order_terms.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Time in force that the type can keep: a post-only order rests or is refused, and a market order
// takes what there is and drops the rest, so neither can promise what it does not do. What becomes
// a market order when it is triggered takes no time in force at all.
[[nodiscard]] constexpr bool is_keepable(OrdType type, TimeInForce tif) noexcept {
  if (type == OrdType::kLimitMaker) return tif == TimeInForce::kGtc;
  if (type == OrdType::kMarket) return tif != TimeInForce::kFok;
  if (type == OrdType::kStopLoss || type == OrdType::kTakeProfit) return tif == TimeInForce::kGtc;
  return true;
}

// Whether the order makes sense by itself, before anything is compared with it: enumerators known,
// a positive quantity, a positive price exactly where the type has one, a symbol named, and of the
// other parameters those that the type needs and none that it forbids.
[[nodiscard]] inline Verdict check_order_form(const NewOrderSingle& order) noexcept {
  constexpr Reject kMalformed{.reason = RejectReason::kMalformedOrder};
  if (!is_enumerator(order.side, Side::kSell) ||
      !is_enumerator(order.type, OrdType::kTakeProfitLimit) ||
      !is_enumerator(order.tif, TimeInForce::kFok) || !is_keepable(order.type, order.tif)) {
    return kMalformed;
  }
  if (order.symbol == kNoSymbol) return kMalformed;
  if (!order.is_plain()) return check_terms_form(order);
  if (!order.qty.is_positive()) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kQty, Qty{}, order.qty);
  }
  const bool is_px_right =
      order.type == OrdType::kMarket ? order.px.is_zero() : order.px.is_positive();
  if (!is_px_right) {
    return order_reject(RejectReason::kMalformedOrder, RejectUnit::kPrice, Price{}, order.px);
  }
  return {};
}

}  // namespace portcullis::risk
