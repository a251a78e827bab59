#include "sim/exchange/matching_engine.hpp"

#include <algorithm>
#include <utility>

#include "sim/exchange/fees.hpp"
#include "sim/exchange/order_rules.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

namespace {

// The venue makes 22 letters and digits when a client sends no id of its own.
std::string make_client_order_id(std::size_t symbol, std::uint64_t order_id) {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 22;
  Random random{symbol << 48U ^ order_id};
  std::string id(kLength, '0');
  for (char& letter : id) letter = kAlphabet[random.next() % kAlphabet.size()];
  return id;
}

// A resting price of `side` that an order limited at `limit` on the other side may take.
bool is_takeable(Side side, Price resting, Price limit) {
  return side == Side::kSell ? resting <= limit : resting >= limit;
}

Qty leaves_of(const Order& order) {
  return order.qty - order.cum_qty;
}

Qty as_qty(Notional value) {
  return Qty::from_raw(value.raw());
}

bool is_immediate(const Order& order) {
  return order.type == OrderType::kMarket || order.tif != TimeInForce::kGtc;
}

OrderStatus ended_status(AccountEvent::Type type) {
  if (type == AccountEvent::Type::kCanceled) return OrderStatus::kCanceled;
  return type == AccountEvent::Type::kTradePrevention ? OrderStatus::kExpiredInMatch
                                                      : OrderStatus::kExpired;
}

ExpiryReason expiry_reason(const Order& order) {
  if (order.status != OrderStatus::kExpired) return ExpiryReason::kNone;
  if (order.type == OrderType::kMarket) return ExpiryReason::kInsufficientLiquidity;
  return order.tif == TimeInForce::kFok ? ExpiryReason::kUnfilledFok : ExpiryReason::kUnfilledIoc;
}

}  // namespace

MatchingEngine::MatchingEngine(std::size_t symbol, const SymbolSpec& spec, Accounts& accounts,
                               Outbox& outbox)
    : symbol_{symbol},
      spec_{spec},
      accounts_{accounts},
      outbox_{outbox},
      base_{accounts.intern(spec.base_asset)},
      quote_{accounts.intern(spec.quote_asset)},
      book_{spec.tick_size()} {
}

std::expected<PlaceResult, VenueError> MatchingEngine::place(SimAccountId account,
                                                             const NewOrder& order, WallTime now) {
  if (auto error = refusal(account, order)) return std::unexpected{*std::move(error)};
  // Of the crowd only what rests is kept; an account's order goes into its history at once.
  Entry passing{.order = accept(account, order, now), .fills = {}};
  Entry& taker = account == kCrowd ? passing : history_for(account).add(passing.order);
  if (account != kCrowd) {
    taker.locked = lock_needed(taker.order);
    accounts_.lock(account, lock_asset(order.side), taker.locked);
  }
  tell(taker, EventType::kNew);
  const bool is_fok = order.type == OrderType::kLimit && order.tif == TimeInForce::kFok;
  if (!is_fok || reach(account, order).qty == order.qty) match(taker, now);
  finish(taker, now);
  return PlaceResult{.order = taker.order, .fills = taker.fills, .prevented = {}};
}

std::expected<Order, VenueError> MatchingEngine::cancel(SimAccountId account,
                                                        const CancelRequest& request,
                                                        WallTime now) {
  if (account == kCrowd) return cancel_crowd(request.target.order_id, now);
  const auto found =
      look_up(account, request.target.order_id, request.target.client_order_id, unknown_order());
  if (!found) return std::unexpected{found.error()};
  Entry& entry = **found;
  if (!entry.order.is_open()) return std::unexpected{unknown_order()};
  const bool is_new = entry.order.status == OrderStatus::kNew;
  if (request.restriction != CancelRestriction::kNone &&
      is_new != (request.restriction == CancelRestriction::kOnlyNew)) {
    return std::unexpected{
        VenueError{400, -2011, "Order was not canceled due to cancel restrictions."}};
  }
  end(entry, EventType::kCanceled, request.cancel_client_order_id, now);
  return entry.order;
}

std::expected<Order, VenueError> MatchingEngine::cancel_crowd(std::uint64_t order_id,
                                                              WallTime now) {
  const auto resting = crowd_orders_.extract(order_id);
  if (resting.empty()) return std::unexpected{unknown_order()};
  end(resting.mapped(), EventType::kCanceled, {}, now);
  return resting.mapped().order;
}

std::expected<std::vector<Order>, VenueError> MatchingEngine::cancel_all(SimAccountId account,
                                                                         WallTime now) {
  std::vector<Order> canceled;
  if (OrderHistory* history = history_of(account)) {
    const std::vector<std::uint64_t> open(history->open().begin(), history->open().end());
    for (const std::uint64_t order_id : open) {
      Entry& entry = *history->find(order_id);
      end(entry, EventType::kCanceled, {}, now);
      canceled.push_back(entry.order);
    }
  }
  if (canceled.empty()) return std::unexpected{unknown_order()};
  return canceled;
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
}

void MatchingEngine::print_crowd_trade(Side aggressor, Level print, WallTime now) {
  const Qty rest = print.qty - take_from_accounts(opposite(aggressor), print, now);
  last_trade_px_ = print.px;
  if (!rest.is_positive()) return;
  outbox_.add(PublicTrade{.symbol = symbol_,
                          .trade_id = next_trade_id_++,
                          .px = print.px,
                          .qty = rest,
                          .quote = notional(print.px, rest),
                          .buyer_is_maker = aggressor == Side::kSell,
                          .time = now});
}

std::expected<Order, VenueError> MatchingEngine::find_order(
    SimAccountId account, std::uint64_t order_id, std::string_view client_order_id) const {
  const auto found = look_up(account, order_id, client_order_id, no_such_order());
  if (!found) return std::unexpected{found.error()};
  return (*found)->order;
}

void MatchingEngine::append_open(SimAccountId account, std::vector<Order>& out) const {
  OrderHistory* history = history_of(account);
  if (history == nullptr) return;
  for (const std::uint64_t order_id : history->open()) {
    out.push_back(history->find(order_id)->order);
  }
}

std::vector<Fill> MatchingEngine::fills(SimAccountId account, std::uint64_t order_id,
                                        std::size_t limit) const {
  OrderHistory* history = history_of(account);
  if (history == nullptr) return {};
  const auto newest = [limit](const auto& all) {
    const std::size_t count = std::min(limit, all.size());
    return std::vector<Fill>(all.end() - static_cast<std::ptrdiff_t>(count), all.end());
  };
  if (order_id == 0) return newest(history->fills());
  const Entry* entry = history->find(order_id);
  return entry == nullptr ? std::vector<Fill>{} : newest(entry->fills);
}

// ---- look-ups -----------------------------------------------------------------------------------

OrderHistory* MatchingEngine::history_of(SimAccountId account) const {
  return account.raw() < histories_.size() ? histories_[account.raw()].get() : nullptr;
}

OrderHistory& MatchingEngine::history_for(SimAccountId account) {
  if (account.raw() >= histories_.size()) histories_.resize(account.raw() + 1);
  auto& history = histories_[account.raw()];
  if (!history) history = std::make_unique<OrderHistory>();
  return *history;
}

MatchingEngine::Entry* MatchingEngine::entry_of(const OrderBook::Resting& resting) {
  if (resting.order_id == 0) return nullptr;
  if (resting.account != kCrowd) return history_of(resting.account)->find(resting.order_id);
  return &crowd_orders_.at(resting.order_id);
}

std::expected<MatchingEngine::Entry*, VenueError> MatchingEngine::look_up(
    SimAccountId account, std::uint64_t order_id, std::string_view client_order_id,
    const VenueError& absent) const {
  if (order_id == 0 && client_order_id.empty()) return std::unexpected{no_order_id_given()};
  OrderHistory* history = history_of(account);
  if (history == nullptr) return std::unexpected{absent};
  Entry* entry = order_id != 0 ? history->find(order_id) : history->find(client_order_id);
  if (entry == nullptr) return std::unexpected{absent};
  if (!client_order_id.empty() && entry->order.client_order_id != client_order_id) {
    return std::unexpected{ids_disagree()};
  }
  return entry;
}

// ---- before an order is accepted
// ------------------------------------------------------------------

std::optional<VenueError> MatchingEngine::refusal(SimAccountId account,
                                                  const NewOrder& order) const {
  if (spec_.status != SymbolStatus::kTrading) return market_is_closed();
  if (auto error = check_filters(spec_, order, reference_price(order.side))) return error;
  const OrderHistory* history = history_of(account);
  if (history != nullptr && !order.client_order_id.empty() &&
      history->is_open(order.client_order_id)) {
    return duplicate_order();
  }
  if (order.type == OrderType::kLimitMaker && book_.is_crossed_by(order.side, order.px)) {
    return would_match_and_take();
  }
  if (account != kCrowd && !has_funds(account, order)) return insufficient_balance();
  return std::nullopt;
}

bool MatchingEngine::has_funds(SimAccountId account, const NewOrder& order) const {
  const Qty free = accounts_.free(account, lock_asset(order.side));
  if (order.side == Side::kSell) return order.qty <= free;
  if (order.type == OrderType::kMarket) return as_qty(reach(account, order).cost) <= free;
  return as_qty(notional(order.px, order.qty, Rounding::kUp)) <= free;
}

// The venue values market orders at an average of past trades; the last trade stands for it here.
Price MatchingEngine::reference_price(Side taker_side) const {
  if (!last_trade_px_.is_zero()) return last_trade_px_;
  return book_.best_level(opposite(taker_side)).px;
}

MatchingEngine::Reach MatchingEngine::reach(SimAccountId account, const NewOrder& order) const {
  const Side side = opposite(order.side);
  Reach out;
  for (auto handle = book_.best(side); handle != OrderBook::kNoHandle;
       handle = book_.next(handle)) {
    const OrderBook::Resting& resting = book_.at(handle);
    const bool is_limited = order.type != OrderType::kMarket;
    if (out.qty == order.qty || (is_limited && !is_takeable(side, resting.px, order.px))) break;
    if (resting.account == account && account != kCrowd) continue;
    const Qty qty = std::min(order.qty - out.qty, resting.leaves);
    out.qty += qty;
    out.cost += notional(resting.px, qty);
  }
  return out;
}

// ---- the life of an order
// ---------------------------------------------------------------------------

Order MatchingEngine::accept(SimAccountId account, const NewOrder& order, WallTime now) {
  const std::uint64_t order_id = next_order_id_++;
  Order accepted{.order_id = order_id,
                 .client_order_id = order.client_order_id,
                 .account = account,
                 .symbol = symbol_,
                 .side = order.side,
                 .type = order.type,
                 .tif = order.type == OrderType::kLimit ? order.tif : TimeInForce::kGtc,
                 .px = order.type == OrderType::kMarket ? Price{} : order.px,
                 .qty = order.qty,
                 .stp = StpMode::kExpireMaker,
                 .created = now,
                 .updated = now,
                 .working_time = now};
  if (accepted.client_order_id.empty() && account != kCrowd) {
    accepted.client_order_id = make_client_order_id(symbol_, order_id);
  }
  return accepted;
}

void MatchingEngine::match(Entry& taker, WallTime now) {
  const Order& order = taker.order;
  const Side side = opposite(order.side);
  while (leaves_of(order).is_positive()) {
    const OrderBook::Handle handle = book_.best(side);
    if (handle == OrderBook::kNoHandle) return;
    const OrderBook::Resting resting = book_.at(handle);
    const bool is_limited = order.type != OrderType::kMarket;
    if (is_limited && !is_takeable(side, resting.px, order.px)) return;
    if (resting.account == order.account && order.account != kCrowd) {
      end(*entry_of(resting), EventType::kTradePrevention, {}, now);  // self-trade: the maker goes
    } else {
      trade(&taker, handle, std::min(leaves_of(order), resting.leaves), now);
    }
  }
}

void MatchingEngine::finish(Entry& taker, WallTime now) {
  if (leaves_of(taker.order).is_zero()) {
    close(taker);
  } else if (is_immediate(taker.order)) {
    end(taker, EventType::kExpired, {}, now);
  } else {
    rest(taker);
  }
}

void MatchingEngine::rest(Entry& entry) {
  const Order& order = entry.order;
  entry.handle = book_.add({.order_id = order.order_id,
                            .account = order.account,
                            .side = order.side,
                            .px = order.px,
                            .leaves = leaves_of(order)});
  if (order.account == kCrowd) crowd_orders_.emplace(order.order_id, entry);
}

void MatchingEngine::trade(Entry* taker, OrderBook::Handle maker_handle, Qty qty, WallTime now) {
  const OrderBook::Resting resting = book_.at(maker_handle);
  Entry* maker = entry_of(resting);
  book_.reduce(maker_handle, qty);
  const bool is_maker_gone = qty == resting.leaves;
  if (maker != nullptr && is_maker_gone) maker->handle = OrderBook::kNoHandle;

  const Trade trade{.trade_id = next_trade_id_++,
                    .px = resting.px,
                    .qty = qty,
                    .quote = notional(resting.px, qty),
                    .time = now};
  last_trade_px_ = trade.px;
  outbox_.add(PublicTrade{.symbol = symbol_,
                          .trade_id = trade.trade_id,
                          .px = trade.px,
                          .qty = trade.qty,
                          .quote = trade.quote,
                          .buyer_is_maker = resting.side == Side::kBuy,
                          .time = now});
  const SimAccountId taker_account = taker == nullptr ? kCrowd : taker->order.account;
  settle({.account = taker_account, .entry = taker, .side = opposite(resting.side)}, trade);
  settle({.account = resting.account, .entry = maker, .side = resting.side, .is_maker = true},
         trade);
  if (maker != nullptr && is_maker_gone) close(*maker);
}

Qty MatchingEngine::take_from_accounts(Side side, Level limit, WallTime now) {
  Qty taken{};
  OrderBook::Handle handle = book_.best(side);
  while (handle != OrderBook::kNoHandle && taken < limit.qty) {
    const OrderBook::Resting resting = book_.at(handle);
    if (!is_takeable(side, resting.px, limit.px)) break;
    const OrderBook::Handle next = book_.next(handle);  // the trade may end this one
    if (resting.account != kCrowd) {
      const Qty qty = std::min(limit.qty - taken, resting.leaves);
      trade(nullptr, handle, qty, now);
      taken += qty;
    }
    handle = next;
  }
  return taken;
}

void MatchingEngine::settle(const Leg& leg, const Trade& trade) {
  if (leg.entry != nullptr) {
    Order& order = leg.entry->order;
    order.cum_qty += trade.qty;
    order.cum_quote += trade.quote;
    order.updated = trade.time;
    order.status =
        leaves_of(order).is_zero() ? OrderStatus::kFilled : OrderStatus::kPartiallyFilled;
  }
  if (leg.account == kCrowd) {
    settle_crowd(leg, trade);
  } else {
    settle_account(leg, trade);
  }
}

void MatchingEngine::settle_crowd(const Leg& leg, const Trade& trade) {
  const bool is_buy = leg.side == Side::kBuy;
  accounts_.credit(kCrowd, base_, is_buy ? trade.qty : -trade.qty);
  accounts_.credit(kCrowd, quote_, is_buy ? -as_qty(trade.quote) : as_qty(trade.quote));
}

void MatchingEngine::settle_account(const Leg& leg, const Trade& trade) {
  Entry& entry = *leg.entry;
  const bool is_buy = leg.side == Side::kBuy;
  const Qty spent = is_buy ? as_qty(trade.quote) : trade.qty;
  const Qty received = is_buy ? trade.qty : as_qty(trade.quote);
  const Accounts::Asset received_asset = lock_asset(opposite(leg.side));

  // A better price than the limit gives its difference back; a market buy had nothing locked.
  const Qty still_locked = lock_needed(entry.order);
  accounts_.unlock(leg.account, lock_asset(leg.side), entry.locked - still_locked);
  accounts_.credit(leg.account, lock_asset(leg.side), -spent);
  entry.locked = still_locked;

  const std::int64_t ppm =
      leg.is_maker ? spec_.commission.standard.maker_ppm : spec_.commission.standard.taker_ppm;
  const Fee fee = fee_on(received.raw(), ppm);
  accounts_.credit(leg.account, received_asset, received - Qty::from_raw(fee.raw()));
  accounts_.collect_fee(received_asset, Qty::from_raw(fee.raw()));

  const Fill fill{.trade_id = trade.trade_id,
                  .order_id = entry.order.order_id,
                  .symbol = symbol_,
                  .account = leg.account,
                  .side = leg.side,
                  .px = trade.px,
                  .qty = trade.qty,
                  .quote = trade.quote,
                  .fee = fee,
                  .fee_asset = accounts_.name(received_asset),
                  .is_maker = leg.is_maker,
                  .time = trade.time};
  history_of(leg.account)->add_fill(entry, fill);
  tell(entry, EventType::kTrade, &fill);
}

Qty MatchingEngine::lock_needed(const Order& order) {
  if (order.side == Side::kSell) return leaves_of(order);
  if (order.type == OrderType::kMarket) return {};
  return as_qty(notional(order.px, leaves_of(order), Rounding::kUp));
}

void MatchingEngine::end(Entry& entry, EventType type, std::string_view cancel_client_order_id,
                         WallTime now) {
  Order& order = entry.order;
  if (entry.handle != OrderBook::kNoHandle) {
    book_.remove(std::exchange(entry.handle, OrderBook::kNoHandle));
  }
  order.status = ended_status(type);
  order.expiry_reason = expiry_reason(order);
  order.updated = now;
  if (order.account != kCrowd) {
    accounts_.unlock(order.account, lock_asset(order.side), std::exchange(entry.locked, Qty{}));
  }
  tell(entry, type, nullptr, cancel_client_order_id);
  close(entry);
}

void MatchingEngine::close(Entry& entry) {
  if (entry.order.account != kCrowd) {
    history_of(entry.order.account)->close(entry);
  } else {
    const std::uint64_t order_id = entry.order.order_id;  // the entry may be what is erased
    crowd_orders_.erase(order_id);
  }
}

void MatchingEngine::tell(const Entry& entry, EventType type, const Fill* fill,
                          std::string_view cancel_client_order_id) {
  if (entry.order.account == kCrowd) return;
  const std::uint64_t execution_id = next_execution_id_++;
  if (!outbox_.has_listener()) return;
  AccountEvent event;
  event.type = type;
  event.order = entry.order;
  if (fill != nullptr) event.fill = *fill;
  event.cancel_client_order_id = cancel_client_order_id;
  event.execution_id = execution_id;
  outbox_.add(entry.order.account, std::move(event), base_, quote_);
}

}  // namespace portcullis::sim
