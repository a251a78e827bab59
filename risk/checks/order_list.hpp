#pragma once

#include <cstddef>

#include "core/enums.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "risk/checks/order_terms.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// What makes several orders a list that the venue takes (Binance: "Place new Order list"); what
// each of them must be by itself is judged by itself.

[[nodiscard]] constexpr bool is_stop_loss(OrdType type) noexcept {
  return type == OrdType::kStopLoss || type == OrdType::kStopLossLimit;
}

// Where the market reaches an order of a pair: its trigger, or the price of the post-only one.
// Zero: the venue works it out (a trailing stop, a peg).
[[nodiscard]] constexpr Price reached_at(const NewOrderSingle& order) noexcept {
  return is_contingent(order.type) ? order.terms.stop_px : order.px;
}

// A pair lies around the market: on one side a stop loss, on the other what takes the profit, a
// post-only order or one that waits for it.
[[nodiscard]] constexpr bool is_pair(const NewOrderSingle& above,
                                     const NewOrderSingle& below) noexcept {
  const bool is_buy = above.side == Side::kBuy;
  const OrdType stop = is_buy ? above.type : below.type;
  const OrdType profit = is_buy ? below.type : above.type;
  const bool takes_profit = profit == OrdType::kLimitMaker || profit == OrdType::kTakeProfit ||
                            profit == OrdType::kTakeProfitLimit;
  const Price upper = reached_at(above);
  const Price lower = reached_at(below);
  return above.side == below.side && above.qty == below.qty && is_stop_loss(stop) && takes_profit &&
         (upper.is_zero() || lower.is_zero() || upper > lower);
}

// The form of a list: its kind known, its orders of one symbol and one prevention mode (the request
// names them once), and of the types, sides and quantities that the kind takes.
[[nodiscard]] inline Verdict check_list_form(const NewOrderList& list) noexcept {
  constexpr Reject kNoList{.reason = RejectReason::kOrderList};
  if (!is_enumerator(list.kind, ListKind::kOpoco)) return kNoList;
  const NewOrderSingle& first = list.orders[0];
  const bool is_paid = is_paid_by_working(list.kind);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const NewOrderSingle& leg = list.orders[i];
    const bool is_alike = leg.symbol == first.symbol && leg.terms.stp == first.terms.stp;
    if (!is_alike || leg.is_by_quote()) return kNoList;
    const bool is_unsized = is_paid && list.is_pending(i);
    if (is_unsized && (!leg.qty.is_zero() || leg.side != Side::kSell)) return kNoList;
  }
  if (has_pending_legs(list.kind)) {
    const bool may_work = first.type == OrdType::kLimit || first.type == OrdType::kLimitMaker;
    if (!may_work || (is_paid && first.side != Side::kBuy)) return kNoList;
  }
  const std::size_t pair = list.kind == ListKind::kOco ? 0 : 1;
  if (list.size() == pair + 2 && !is_pair(list.orders[pair], list.orders[pair + 1])) return kNoList;
  return {};
}

// Of a pair that works at once the post-only order must lie on its side of the last trade, as the
// stops must (check_stop_side): "The relationship of the prices for the orders is not correct."
// Until a trade was seen its own side's best stands in.
[[nodiscard]] inline Verdict check_pair_side(const NewOrderList& list,
                                             const MarketSnapshot& market) noexcept {
  if (list.kind != ListKind::kOco) return {};
  for (const NewOrderSingle& leg : list.legs()) {
    if (leg.type != OrdType::kLimitMaker || leg.px.is_zero()) continue;
    const bool is_buy = leg.side == Side::kBuy;
    const Price best = is_buy ? market.top.ask_px : market.top.bid_px;
    const Price last = market.last_trade_px.is_positive() ? market.last_trade_px : best;
    if (is_buy ? leg.px < last : leg.px > last) continue;
    return order_reject(RejectReason::kOrderList, RejectUnit::kPrice, last, leg.px);
  }
  return {};
}

}  // namespace portcullis::risk
