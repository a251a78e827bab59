// The crowd: background flow and mirrored books.
#include <algorithm>

#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

std::optional<Exchange::CrowdPlaced> MatchingEngine::place_crowd(const Exchange::CrowdOrder& order,
                                                                 WallTime now) {
  if (spec_.status != SymbolStatus::kTrading || !order.qty.is_positive()) return std::nullopt;
  const auto placed = work_crowd(order, order.px.is_positive(), now);
  settle_deferred(now);
  return placed;
}

Exchange::CrowdPlaced MatchingEngine::work_crowd(const Exchange::CrowdOrder& order, bool may_rest,
                                                 WallTime now) {
  Taker taker{
      .account = kCrowd,
      .terms = {.account = kCrowd, .side = order.side, .limit = order.px, .qty = order.qty}};
  const std::uint64_t order_id = next_order_id_++;
  if (book_.best(opposite(order.side)) != OrderBook::kNoHandle) match(taker, now);
  const Qty rest = taker.terms.qty;
  const Exchange::CrowdPlaced gone{.filled = order.qty - rest, .paid = taker.paid};
  if (!may_rest || !rest.is_positive()) return gone;
  book_.add({.order_id = order_id,
             .account = kCrowd,
             .side = order.side,
             .px = order.px,
             .leaves = rest});
  return {.order_id = order_id, .filled = gone.filled, .paid = gone.paid};
}

bool MatchingEngine::cancel_crowd(std::uint64_t order_id) {
  const OrderBook::Handle handle = order_id == 0 ? OrderBook::kNoHandle : book_.find(order_id);
  if (handle == OrderBook::kNoHandle || book_.at(handle).account != kCrowd) return false;
  book_.remove(handle);
  return true;
}

// For callers that speak of the crowd as of an account: all kinds of limit and market orders.
std::expected<PlaceResult, VenueError> MatchingEngine::place_as_crowd(const NewOrder& order,
                                                                      WallTime now) {
  if (spec_.status != SymbolStatus::kTrading) {
    return std::unexpected{request_refused(refusal::kMarketClosed)};
  }
  const bool is_market = order.type == OrderType::kMarket;
  if (order.type == OrderType::kLimitMaker && book_.is_crossed_by(order.side, order.px)) {
    return std::unexpected{order_refused(refusal::kWouldMatch)};
  }
  const Exchange::CrowdOrder crowd{
      .side = order.side, .px = is_market ? Price{} : order.px, .qty = order.qty};
  const bool is_fok = !is_market && order.tif == TimeInForce::kFok;
  const TakerTerms terms{
      .account = kCrowd, .side = order.side, .limit = crowd.px, .qty = order.qty};
  PlaceResult placed;
  placed.order = {.order_id = next_order_id_,
                  .account = kCrowd,
                  .symbol = symbol_,
                  .side = order.side,
                  .type = order.type,
                  .tif = order.tif,
                  .px = crowd.px,
                  .qty = order.qty,
                  .created = now,
                  .updated = now,
                  .working_time = now};
  if (is_fok && liquidity_.reach(terms).qty != order.qty) {
    ++next_order_id_;
    placed.order.status = OrderStatus::kExpired;
    return placed;
  }
  const bool may_rest = !is_market && order.tif == TimeInForce::kGtc;
  const auto done = work_crowd(crowd, may_rest, now);
  placed.order.cum_qty = done.filled;
  placed.order.cum_quote = done.paid;
  if (done.filled == order.qty) {
    placed.order.status = OrderStatus::kFilled;
  } else if (!may_rest) {
    placed.order.status = OrderStatus::kExpired;
  } else if (done.filled.is_positive()) {
    placed.order.status = OrderStatus::kPartiallyFilled;
  }
  settle_deferred(now);
  return placed;
}

void MatchingEngine::set_crowd_levels(std::span<const Level> bids, std::span<const Level> asks,
                                      WallTime now) {
  const auto remove = [this](Side side, std::span<const Level> levels) {
    for (const Level& level : levels) {
      if (level.qty.is_zero()) book_.set_mirrored(side, level.px, {});
    }
  };
  const auto set = [this, now](Side side, std::span<const Level> levels) {
    for (const Level& level : levels) {
      if (level.qty.is_zero()) continue;
      const Qty taken = take_from_accounts(opposite(side), level, now);
      book_.set_mirrored(side, level.px, level.qty - taken);
    }
  };
  remove(Side::kBuy, bids);
  remove(Side::kSell, asks);
  set(Side::kBuy, bids);
  set(Side::kSell, asks);
  settle_deferred(now);
}

void MatchingEngine::print_crowd_trade(Side aggressor, Level print, WallTime now) {
  const Qty rest = print.qty - take_from_accounts(opposite(aggressor), print, now);
  if (rest.is_positive()) {
    publish({.trade_id = next_trade_id_++,
             .px = print.px,
             .qty = rest,
             .quote = notional(print.px, rest),
             .time = now},
            aggressor == Side::kSell);
  }
  prices_.set_last(print.px);
  settle_deferred(now);
}

Qty MatchingEngine::take_from_accounts(Side side, Level limit, WallTime now) {
  Taker crowd{
      .account = kCrowd,
      .terms = {.account = kCrowd, .side = opposite(side), .limit = limit.px, .qty = limit.qty}};
  ++taker_sequence_;
  OrderBook::Handle handle = book_.best(side);
  while (handle != OrderBook::kNoHandle && crowd.terms.qty.is_positive()) {
    const OrderBook::Resting resting = book_.at(handle);
    if (!crowd.terms.may_trade_at(resting.px)) break;
    OrderBook::Handle next = book_.next(handle);  // the trade may end this one
    if (resting.account != kCrowd) {
      trade(crowd, handle, std::min(crowd.terms.qty, resting.leaves), now);
      // An iceberg that was last in line is last in line again.
      const OrderBook::Handle again = orders_.entry_of(resting).handle;
      const bool is_last = next == OrderBook::kNoHandle || book_.at(next).px != resting.px;
      if (is_last && again != OrderBook::kNoHandle) next = again;
    }
    handle = next;
  }
  return limit.qty - crowd.terms.qty;
}

}  // namespace portcullis::sim
