// The taker phase: trades, self-trade prevention, and what is left of an order after it.
#include <algorithm>
#include <utility>

#include "sim/exchange/matching_engine.hpp"

namespace portcullis::sim {

namespace {

Price scaled(Price px, MultiplierPpm multiplier) {
  return Price::from_raw(
      static_cast<std::int64_t>(static_cast<Int128>(px.raw()) * multiplier / 1'000'000));
}

// The taker's mode decides, except that a transfer needs the maker's consent (Binance: STP FAQ).
StpMode effective_mode(const Order& taker, const Order& maker) {
  const bool is_refused = taker.stp == StpMode::kTransfer && maker.stp != StpMode::kTransfer;
  return is_refused ? StpMode::kDecrement : taker.stp;
}

bool expires_taker(StpMode mode) {
  return mode == StpMode::kExpireTaker || mode == StpMode::kExpireBoth;
}
bool expires_maker(StpMode mode) {
  return mode == StpMode::kExpireMaker || mode == StpMode::kExpireBoth;
}

Qty visible_of(const Order& order) {
  return order.iceberg_qty.is_zero() ? order.leaves() : std::min(order.iceberg_qty, order.leaves());
}

}  // namespace

TakerTerms MatchingEngine::taker_terms(const Order& order, WallTime now) const {
  return {.account = order.account,
          .stp = order.stp,
          .side = order.side,
          .limit = is_market_like(order.type) ? any_price(order.side) : order.limit_px(),
          .qty = order.leaves(),
          .band = price_band(order.side, now)};
}

PriceBand MatchingEngine::price_band(Side side, WallTime now) const {
  if (!spec_.price_range) return {};
  const auto reference = reference_price(now);
  if (!reference) return {};
  const bool is_buy = side == Side::kBuy;
  const PriceRangeRule& rule = *spec_.price_range;
  return {.low = scaled(*reference, is_buy ? rule.bid_down : rule.ask_down),
          .high = scaled(*reference, is_buy ? rule.bid_up : rule.ask_up)};
}

class MatchingEngine::AccountTaker {
 public:
  AccountTaker(MatchingEngine& engine, Entry& entry, const TakerTerms& terms, WallTime now,
               std::vector<PreventedMatch>* prevented)
      : engine_{engine},
        entry_{entry},
        terms_{terms},
        now_{now},
        prevented_{prevented} {
    const Order& order = entry.order;
    if (order.side == Side::kBuy) quote_left_ = order.quote_order_qty;
    is_by_quote_ = quote_left_.is_positive();
  }

  // Self-trade prevention may have ended the order.
  [[nodiscard]] bool has_enough() const {
    return !entry_.order.is_open() || !entry_.order.leaves().is_positive();
  }
  [[nodiscard]] bool is_out_of_band() const noexcept { return is_out_of_band_; }

  Meeting meet(OrderBook::Handle maker, const OrderBook::Resting& resting) {
    if (!terms_.takes(resting.px)) return Meeting::stop();
    if (!terms_.band.contains(resting.px)) {
      is_out_of_band_ = true;
      return Meeting::stop();
    }
    if (is_self_trade(resting)) {
      const PreventedMatch match = engine_.prevent(entry_, maker, now_);
      if (prevented_ != nullptr) prevented_->push_back(match);
      return Meeting::again();
    }
    const Qty qty = affordable(std::min(entry_.order.leaves(), resting.leaves), resting.px);
    return qty.is_positive() ? Meeting::trade(qty) : Meeting::stop();
  }

  void on_trade(OrderBook::Handle maker, const OrderBook::Resting& resting, Qty qty) {
    const Settlement::Trade trade = engine_.make_trade(resting, qty, now_);
    if (is_by_quote_) quote_left_ -= trade.quote;
    // A pair's other leg goes before this one trades.
    if (resting.account != kCrowd) engine_.leg_starts(engine_.orders_.entry_of(resting), now_);
    engine_.publish(trade, resting.side == Side::kBuy);
    engine_.fill(entry_, trade, false);
    engine_.settle_maker(maker, resting, trade, false);
  }

 private:
  [[nodiscard]] bool is_self_trade(const OrderBook::Resting& resting) const {
    return resting.account != kCrowd && terms_.stp != StpMode::kNone &&
           engine_.venue_.is_one_owner(terms_.account, resting.account);
  }
  // Of an order by quote quantity, what the rest of it buys in whole lots.
  [[nodiscard]] Qty affordable(Qty qty, Price px) const {
    if (!is_by_quote_ || notional(px, qty) <= quote_left_) return qty;
    const auto raw = static_cast<std::int64_t>(static_cast<Int128>(quote_left_.raw()) *
                                               kDecimalScale / px.raw());
    return Qty::from_raw(raw - raw % engine_.spec_.lot_size().raw());
  }

  MatchingEngine& engine_;
  Entry& entry_;
  const TakerTerms& terms_;
  WallTime now_;
  std::vector<PreventedMatch>* prevented_;
  bool is_by_quote_{false};
  Notional quote_left_{};
  bool is_out_of_band_{false};
};

void MatchingEngine::work(Entry& entry, WallTime now, std::vector<PreventedMatch>* prevented) {
  const Order& order = entry.order;
  const TakerTerms terms = taker_terms(order, now);
  AccountTaker taker{*this, entry, terms, now, prevented};
  const bool is_fok = order.tif == TimeInForce::kFok && !is_market_like(order.type);
  ++taker_sequence_;
  if (!is_fok || liquidity_.reach(terms).qty == order.leaves()) match(book_, order.side, taker);
  finish(entry, taker.is_out_of_band(), now);
}

Settlement::Trade MatchingEngine::make_trade(const OrderBook::Resting& resting, Qty qty,
                                             WallTime now) {
  return {.trade_id = next_trade_id_++,
          .px = resting.px,
          .qty = qty,
          .quote = notional(resting.px, qty),
          .time = now};
}

// Among the crowd nobody gains and nobody loses.
void MatchingEngine::settle_maker(OrderBook::Handle handle, const OrderBook::Resting& resting,
                                  const Settlement::Trade& trade, bool is_taker_crowd) {
  const bool is_gone = trade.qty == resting.leaves;
  if (resting.account == kCrowd) {
    if (is_taker_crowd) return;
    settlement_.settle_crowd(resting.side, trade);
    if (resting.order_id == 0) {
      mirror_.on_taken(resting.side, {.px = trade.px, .qty = trade.qty}, venue_.mirror_rules,
                       trade.time);
    }
    return;
  }
  if (is_taker_crowd) settlement_.settle_crowd(opposite(resting.side), trade);
  Entry& maker = orders_.entry_of(resting);
  maker.handle = is_gone ? OrderBook::kNoHandle : handle;
  fill(maker, trade, true);
  if (!maker.order.leaves().is_positive()) {
    close_filled(maker, trade.time);
  } else if (is_gone) {
    rest(maker);  // an iceberg's next slice queues at the back
  }
}

void MatchingEngine::fill(Entry& entry, const Settlement::Trade& trade, bool is_maker) {
  Order& order = entry.order;
  order.cum_qty += trade.qty;
  order.cum_quote += trade.quote;
  order.updated = trade.time;
  order.status = order.leaves().is_zero() ? OrderStatus::kFilled : OrderStatus::kPartiallyFilled;
  ListEntry* list = list_of(entry);
  Qty* hold = list != nullptr && list->is_opo() && list->is_phase_one ? &list->received : nullptr;
  const Fill made = settlement_.settle(entry, trade, is_maker, hold);
  orders_.history_of(order.account)->add_fill(entry, made);
  tell(entry, {.type = EventType::kTrade, .fill = made});
}

void MatchingEngine::publish(const Settlement::Trade& trade, bool buyer_is_maker) {
  prices_.on_trade(trade.px, trade.qty, trade.quote, trade.time);
  venue_.outbox.add(PublicTrade{.symbol = symbol_,
                                .trade_id = trade.trade_id,
                                .px = trade.px,
                                .qty = trade.qty,
                                .quote = trade.quote,
                                .buyer_is_maker = buyer_is_maker,
                                .taker_sequence = taker_sequence_,
                                .time = trade.time});
  if (stops_.empty() || spec_.status != SymbolStatus::kTrading) return;
  const std::size_t before = triggered_.size();
  stops_.on_trade(trade.px, trade.time, triggered_);
  for (std::size_t i = before; i < triggered_.size(); ++i) triggered_[i]->is_waiting = false;
}

PreventedMatch MatchingEngine::prevent(Entry& entry, OrderBook::Handle handle, WallTime now) {
  const OrderBook::Resting resting = book_.at(handle);
  Entry& maker = orders_.entry_of(resting);
  const StpMode mode = effective_mode(entry.order, maker.order);
  const bool moves_money = mode == StpMode::kTransfer && entry.order.account != maker.order.account;
  if (moves_money) leg_starts(maker, now);
  const bool takes_both = mode == StpMode::kDecrement || mode == StpMode::kTransfer;
  PreventedMatch match{.prevented_match_id = next_prevented_id_++,
                       .symbol = symbol_,
                       .taker_order_id = entry.order.order_id,
                       .maker_order_id = maker.order.order_id,
                       .taker_account = entry.order.account,
                       .maker_account = maker.order.account,
                       .mode = mode,
                       .px = resting.px,
                       .match_qty = std::min(entry.order.leaves(), resting.leaves),
                       .time = now};
  match.trade_group_id = venue_.of_account[entry.order.account.raw()].settings.trade_group_id;
  if (takes_both) {
    match.taker_prevented_qty = match.maker_prevented_qty = match.match_qty;
  } else {
    if (expires_taker(mode)) match.taker_prevented_qty = entry.order.leaves();
    if (expires_maker(mode)) match.maker_prevented_qty = maker.order.leaves();
  }
  orders_.history_of(match.taker_account)->add_prevented(match);
  if (match.maker_account != match.taker_account) {
    orders_.history_of(match.maker_account)->add_prevented(match);
  }
  if (takes_both) book_.reduce(handle, match.match_qty);
  if (takes_both && match.match_qty == resting.leaves) maker.handle = OrderBook::kNoHandle;
  entry.order.prevented_qty += match.taker_prevented_qty;
  maker.order.prevented_qty += match.maker_prevented_qty;
  if (moves_money) {
    const bool is_buy = entry.order.side == Side::kBuy;
    settlement_.transfer(is_buy ? entry : maker, is_buy ? maker : entry,
                         notional(match.px, match.match_qty), match.match_qty);
  }
  take_prevented(entry, match, match.taker_prevented_qty, now);
  take_prevented(maker, match, match.maker_prevented_qty, now);
  return match;
}

// Reports what one order has lost to the match, and ends it when nothing is left.
void MatchingEngine::take_prevented(Entry& entry, const PreventedMatch& match, Qty qty,
                                    WallTime now) {
  if (!qty.is_positive()) return;
  Order& order = entry.order;
  order.prevented_match_id = match.prevented_match_id;
  order.updated = now;
  if (order.leaves().is_zero()) {
    end(entry,
        {.event = EventType::kTradePrevention,
         .status = OrderStatus::kExpiredInMatch,
         .prevented = &match,
         .last_prevented_qty = qty},
        now);
    return;
  }
  const bool is_maker = order.order_id == match.maker_order_id;
  Entry* sibling = nullptr;
  if (ListEntry* list = list_of(entry)) sibling = sibling_of(entry, *list);
  if (sibling != nullptr) {
    lock_pair(entry, *sibling);
  } else {
    settlement_.relock(entry, std::min(entry.locked, Settlement::lock_needed(order)));
  }
  tell(entry, {.type = EventType::kTradePrevention, .prevented = match, .last_prevented_qty = qty});
  if (is_maker && entry.handle == OrderBook::kNoHandle) rest(entry);
}

void MatchingEngine::finish(Entry& entry, bool is_out_of_band, WallTime now) {
  const Order& order = entry.order;
  if (!order.is_open() && order.status != OrderStatus::kFilled) return;
  if (order.leaves().is_zero()) {
    close_filled(entry, now);
  } else if (is_out_of_band) {
    end(entry, {.reason = ExpiryReason::kPriceRangeExceeded}, now);
  } else if (is_market_like(order.type)) {
    end(entry, {.reason = ExpiryReason::kInsufficientLiquidity}, now);
  } else if (order.tif == TimeInForce::kIoc) {
    end(entry, {.reason = ExpiryReason::kUnfilledIoc}, now);
  } else if (order.tif == TimeInForce::kFok) {
    end(entry, {.reason = ExpiryReason::kUnfilledFok}, now);
  } else if (!checked_add(book_.qty_at(order.side, order.limit_px()), visible_of(order))) {
    // A level's total is an amount like any other, and this one has no number.
    end(entry, {.reason = ExpiryReason::kExchangeCanceled}, now);
  } else {
    rest(entry);
  }
}

void MatchingEngine::rest(Entry& entry) {
  const Order& order = entry.order;
  entry.handle = book_.add({.order_id = order.order_id,
                            .account = order.account,
                            .side = order.side,
                            .px = order.limit_px(),
                            .leaves = visible_of(order)});
}

}  // namespace portcullis::sim
