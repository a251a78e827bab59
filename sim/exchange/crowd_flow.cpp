// The crowd's own orders: background flow.
#include <algorithm>

#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

// Among the crowd nobody is looked up, paid or reported to: a trade is its print.
struct MatchingEngine::CrowdTaker {
  MatchingEngine& engine;
  Side side;
  Price limit;
  Qty left;
  WallTime now;
  Notional paid{};

  [[nodiscard]] bool has_enough() const noexcept { return !left.is_positive(); }
  [[nodiscard]] Meeting meet(OrderBook::Handle, const OrderBook::Resting& resting) const noexcept {
    if (!may_trade_at(side, limit, resting.px)) return Meeting::stop();
    return Meeting::trade(std::min(left, resting.leaves));
  }
  void on_trade(OrderBook::Handle maker, const OrderBook::Resting& resting, Qty qty) {
    left -= qty;
    paid += notional(resting.px, qty);
    engine.crowd_trade(maker, resting, qty, now);
  }
};

std::optional<Exchange::CrowdPlaced> MatchingEngine::place_crowd(const Exchange::CrowdOrder& order,
                                                                 WallTime now) {
  if (spec_.status != SymbolStatus::kTrading || !order.qty.is_positive()) return std::nullopt;
  const auto placed = work_crowd(order, order.px.is_positive(), now);
  settle_deferred(now);
  return placed;
}

Exchange::CrowdPlaced MatchingEngine::work_crowd(const Exchange::CrowdOrder& order, bool may_rest,
                                                 WallTime now) {
  const Price limit = order.px.is_zero() ? any_price(order.side) : order.px;
  CrowdTaker taker{
      .engine = *this, .side = order.side, .limit = limit, .left = order.qty, .now = now};
  const std::uint64_t order_id = next_order_id_++;
  ++taker_sequence_;
  match(book_, order.side, taker);
  const Qty filled = order.qty - taker.left;
  const bool rests = may_rest && taker.left.is_positive();
  if (rests) {
    book_.add({.order_id = order_id,
               .account = kCrowd,
               .side = order.side,
               .px = order.px,
               .leaves = taker.left});
  }
  return {.order_id = rests ? order_id : 0, .filled = filled, .paid = taker.paid};
}

// The crowd takes: from itself, or from an account.
void MatchingEngine::crowd_trade(OrderBook::Handle handle, const OrderBook::Resting& resting,
                                 Qty qty, WallTime now) {
  const Settlement::Trade trade = make_trade(resting, qty, now);
  if (resting.account != kCrowd) leg_starts(orders_.entry_of(resting), now);
  publish(trade, resting.side == Side::kBuy);
  if (resting.account != kCrowd) settle_maker(handle, resting, trade, true);
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
  const TakerTerms terms{.account = kCrowd,
                         .side = order.side,
                         .limit = is_market ? any_price(order.side) : order.px,
                         .qty = order.qty};
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

}  // namespace portcullis::sim
