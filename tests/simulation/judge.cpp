#include "tests/simulation/judge.hpp"

#include <algorithm>
#include <set>

#include "oms/order_recovery.hpp"

namespace portcullis::simulation {

namespace {

OrderState state_of(sim::OrderStatus status) {
  switch (status) {
    case sim::OrderStatus::kNew:
    case sim::OrderStatus::kPendingNew: return OrderState::kNew;
    case sim::OrderStatus::kPartiallyFilled: return OrderState::kPartiallyFilled;
    case sim::OrderStatus::kFilled: return OrderState::kFilled;
    case sim::OrderStatus::kCanceled: return OrderState::kCanceled;
    case sim::OrderStatus::kRejected: return OrderState::kRejected;
    case sim::OrderStatus::kExpired:
    case sim::OrderStatus::kExpiredInMatch: return OrderState::kExpired;
  }
  return OrderState::kUnknown;
}

std::string text_of(Qty qty) {
  std::array<char, kDecimalTextMax> text{};
  return {text.data(), qty.format(text.data())};
}

bool is_same_side(const feeds::L2Book& book, Side side, const std::vector<sim::Level>& levels) {
  if (book.level_count(side) != levels.size()) return false;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const feeds::BookLevel level = book.level(side, i);
    if (level.px != levels[i].px || level.qty != levels[i].qty) return false;
  }
  return true;
}

// Everything an accounting knows for good, as one text.
void write_order(std::string& out, const oms::Order& order) {
  const auto add = [&out](auto number) { out += std::to_string(number) + " "; };
  add(order.id.raw());
  add(static_cast<int>(order.state));
  add(order.venue_order_id.raw());
  add(order.ref.raw());
  add(order.px.raw());
  add(order.qty.raw());
  add(order.cum_qty.raw());
  add(order.venue_cum_qty.raw());
  add(order.reserved.raw());
  add(order.cum_quote.raw());
  add(static_cast<int>(order.has_reserve));
  out += "\n";
}

std::set<std::string> describe(oms::OrderAccounting& accounting) {
  std::set<std::string> lines;
  const auto take = [&lines](const oms::Order& order) {
    std::string line;
    write_order(line, order);
    lines.insert(std::move(line));
  };
  for (std::size_t i = 0; i < accounting.store().open_count(); ++i) {
    take(accounting.store().open_at(i));
  }
  accounting.store().for_each_closed(take);
  for (std::size_t i = 0; i < accounting.positions().size(); ++i) {
    const oms::Position& position =
        accounting.positions().at(SymbolId{static_cast<SymbolId::rep>(i)});
    lines.insert("position " + std::to_string(i) + " " + text_of(position.qty()) + " " +
                 text_of(position.bought()) + " " + text_of(position.sold()) + " " +
                 text_of(position.fee_in_base()) + " " +
                 std::to_string(position.fee_in_quote().raw()));
  }
  lines.insert("fills " + std::to_string(accounting.ledger().size()));
  return lines;
}

}  // namespace

bool Judge::may_have_forgotten() const {
  return world_.has_lost_power_ &&
         world_.settings_.journal.durability == journal::Durability::kAsync;
}

OrderId Judge::our_id(std::string_view client_order_id) const {
  return cl_ord_ids_.decode(client_order_id).value_or(OrderId{});
}

void Judge::judge() {
  take_truth();
  judge_limits();
  judge_manners();
  hash_history();
  if (world_.gateway_ == nullptr) return;
  compare_replay();
  judge_orders();
  judge_missing();
  judge_intents();
  judge_positions();
  judge_fees();
  judge_kill();
  judge_books();
}

void Judge::take_truth() {
  for (const auto& [key, order] : world_.venue_.core.truth.orders()) {
    if (order.account != world_.venue_.account()) continue;
    const OrderId id = our_id(order.client_order_id);
    if (!truth_.emplace(id, order).second) {
      complain("I2", "the venue has accepted order " + std::to_string(id.raw()) + " twice");
    }
  }
  world_.outcome_.orders = truth_.size();
  world_.outcome_.fills = world_.venue_.core.truth.fills().size();
  world_.outcome_.requests = world_.venue_.core.truth.requests().size();
}

// ---- I1

void Judge::judge_orders() {
  oms::OrderStore& store = world_.gateway_->accounting().store();
  for (std::size_t i = 0; i < store.open_count(); ++i) judge_order(store.open_at(i));
  store.for_each_closed([this](const oms::Order& order) { judge_order(order); });
}

void Judge::judge_order(const oms::Order& order) {
  const auto found = truth_.find(order.id);
  const bool is_absent_here =
      order.state == OrderState::kNotPlaced || order.state == OrderState::kRejected;
  if (found == truth_.end()) {
    if (!is_absent_here) {
      complain("I1", "order " + std::to_string(order.id.raw()) + " is " + to_string(order.state) +
                         " here and never was at the venue");
    }
    return;
  }
  const sim::Order& truth = found->second;
  // The new half of a cancelReplace: the venue tells of its refusal once and keeps nothing of it.
  const bool is_refusal_unheard =
      order.state == OrderState::kNotPlaced && truth.status == sim::OrderStatus::kRejected;
  if (order.state != state_of(truth.status) && !is_refusal_unheard) {
    complain("I1", "order " + std::to_string(order.id.raw()) + " is " + to_string(order.state) +
                       " here and " + to_string(state_of(truth.status)) + " at the venue");
  }
  if (order.cum_qty != truth.cum_qty) {
    complain("I1", "order " + std::to_string(order.id.raw()) + " has filled " +
                       text_of(order.cum_qty) + " here and " + text_of(truth.cum_qty) +
                       " at the venue");
  }
}

void Judge::judge_missing() {
  oms::OrderStore& store = world_.gateway_->accounting().store();
  for (const auto& [id, truth] : truth_) {
    if (id != OrderId{} && store.find(id) != nullptr) continue;
    if (truth.is_open()) {
      complain("I1", "order " + std::to_string(id.raw()) + " works at the venue and is unknown");
    } else if (!may_have_forgotten()) {
      complain("I1", "order " + std::to_string(id.raw()) + " was at the venue and is unknown");
    }
  }
}

void Judge::judge_intents() {
  for (const std::string& what : world_.strategy_.complaints()) complain("I1", "told: " + what);
  for (const auto& [ref, intent] : world_.strategy_.intents()) {
    if (intent.is_denied) continue;
    if (intent.ends != 1) {
      complain("I1", "the strategy's order " + std::to_string(ref) + " (" +
                         std::to_string(intent.id.raw()) + ") has ended " +
                         std::to_string(intent.ends) + " times, last " + to_string(intent.state));
    }
  }
}

// ---- I3

std::map<Judge::FillKey, Qty> Judge::fees_in_base() const {
  std::map<FillKey, Qty> fees;
  for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
    const sim::Fill& fill = record.fill;
    const sim::SymbolSpec& spec = world_.venue_.core.exchange.symbols()[fill.symbol];
    if (fill.fee_asset != spec.base_asset) continue;
    fees[{fill.symbol, fill.trade_id, fill.order_id}] = Qty::from_raw(fill.fee.raw());
  }
  return fees;
}

// After each event at the venue: what we hold and what may still fill stays within the limits.
void Judge::judge_limits() {
  struct Sum {
    Qty position{};
    Qty buying{};
    Qty selling{};
  };
  std::vector<Sum> sums(world_.instruments_.size());
  const auto fees = fees_in_base();
  std::map<std::uint64_t, Qty> leaves;  // by symbol and order
  std::set<std::size_t> told;
  for (const sim::OrderEventRecord& event : world_.venue_.core.truth.events()) {
    if (event.account != world_.venue_.account() || event.symbol >= sums.size()) continue;
    Sum& sum = sums[event.symbol];
    Qty& left = leaves[event.order_id << 4U | event.symbol];
    const bool is_open = sim::is_open(event.status);
    const Qty now_left = is_open ? event.qty - event.cum_qty : Qty{};
    (event.side == Side::kBuy ? sum.buying : sum.selling) += now_left - left;
    left = now_left;
    if (event.type == sim::AccountEvent::Type::kTrade) {
      sum.position += event.side == Side::kBuy ? event.last_qty : -event.last_qty;
      const auto fee = fees.find({event.symbol, event.trade_id, event.order_id});
      if (fee != fees.end()) sum.position -= fee->second;
    }
    const risk::SymbolLimits& limits =
        world_.settings_.limits.of(SymbolId{static_cast<SymbolId::rep>(event.symbol)});
    const bool is_over = sum.position + sum.buying > limits.max_long_position ||
                         sum.selling - sum.position > limits.max_short_position;
    if (is_over && told.insert(event.symbol).second) {
      complain("I3", "symbol " + std::to_string(event.symbol) + " holds " + text_of(sum.position) +
                         ", buys " + text_of(sum.buying) + " and sells " + text_of(sum.selling) +
                         " at the venue: beyond its limit");
    }
    if (event.qty > limits.max_order_qty) complain("I3", "an order is larger than allowed");
  }
}

// Nobody does anything any more: each order that works holds in the limits what it may still fill.
void Judge::judge_reserves() {
  for (const sim::Order& truth :
       world_.venue_.core.exchange.open_orders(world_.venue_.account(), std::nullopt)) {
    const OrderId id = our_id(truth.client_order_id);
    const oms::Order* order = world_.gateway_->accounting().store().find(id);
    if (order == nullptr) continue;  // I1 says so
    if (order->reserved < truth.leaves()) {
      complain("I3", "order " + std::to_string(id.raw()) + " may still fill " +
                         text_of(truth.leaves()) + " and holds " + text_of(order->reserved));
    }
  }
}

// ---- I4

void Judge::judge_positions() {
  Gateway& gateway = *world_.gateway_;
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const std::string& asset = world_.instruments_.at(symbol).base_asset_name;
    const Qty held = world_.venue_.holding(asset) - SimulatedVenue::initial(asset);
    const Qty believed = gateway.exposure().at(symbol).position;
    if (believed != held) {
      complain("I4", asset + ": the limits count " + text_of(believed) + ", the account holds " +
                         text_of(held));
    }
    const risk::SymbolExposure& exposure = gateway.exposure().at(symbol);
    if (!exposure.working_buy.is_zero() || !exposure.working_sell.is_zero()) {
      complain("I3", asset + ": nothing works any more and " + text_of(exposure.working_buy) +
                         " and " + text_of(exposure.working_sell) + " are reserved");
    }
    const Qty booked = gateway.accounting().positions().at(symbol).qty();
    if (booked != held) {
      complain("I4", asset + ": our fills make " + text_of(booked) + ", the account holds " +
                         text_of(held));
    }
  }
}

void Judge::judge_fees() {
  std::map<std::string, std::int64_t> paid;
  for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
    if (record.fill.account == world_.venue_.account()) {
      paid[record.fill.fee_asset] += record.fill.fee.raw();
    }
  }
  const auto fees = world_.gateway_->accounting().positions().fees_by_asset();
  for (const auto& [asset, sum] : paid) {
    const auto id = world_.instruments_.find_asset(asset);
    if (!id) continue;  // no instrument of ours has to do with it
    if (fees[id->raw()].raw() != sum) {
      complain("I4", asset + ": fees of " + std::to_string(fees[id->raw()].raw()) + "e-8 here, " +
                         std::to_string(sum) + "e-8 at the venue");
    }
  }
}

// ---- I5

void Judge::judge_market() {
  MarketEvent event;
  while (world_.gateway_->events.try_pop(event)) {
    const bool is_bad = event.kind == MarketEventKind::kTopOfBook &&
                        event.book_state == BookState::kSynced && event.top.is_complete() &&
                        event.top.is_crossed();
    if (is_bad) complain("I5", "a crossed top of book was published as synced");
  }
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const auto& builder =
        world_.gateway_->feed_agent().builder(SymbolId{static_cast<SymbolId::rep>(i)});
    if (builder.state() != BookState::kSynced) continue;
    const std::uint64_t update_id = builder.update_id().raw();
    if (world_.judged_books_[i] == update_id) continue;
    world_.judged_books_[i] = update_id;
    const sim::DepthSnapshot* truth = world_.venue_.book_at(i, update_id);
    if (truth == nullptr) continue;  // of a snapshot between two differences
    ++world_.outcome_.books;
    if (is_same_side(builder.book(), Side::kBuy, truth->bids) &&
        is_same_side(builder.book(), Side::kSell, truth->asks)) {
      continue;
    }
    complain("I5", "symbol " + std::to_string(i) + ": the book at update " +
                       std::to_string(update_id) + " is not the venue's");
  }
}

// The market has stood still for a second: everything that was said of it has come.
void Judge::judge_books() {
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const std::string& name = world_.instruments_.at(symbol).symbol;
    MarketSnapshot market;
    const bool is_there = world_.gateway_->market.read(symbol, market);
    if (!is_there || market.book_state != BookState::kSynced) {
      complain("I5", name + ": the book is not whole, long after the last fault");
      continue;
    }
    const sim::BestPrices best = world_.venue_.core.exchange.best(i);
    const bool is_same = market.top.bid_px == best.bid.px && market.top.ask_px == best.ask.px &&
                         market.top.bid_qty == best.bid.qty && market.top.ask_qty == best.ask.qty;
    if (!is_same) complain("I5", name + ": the top of book is not the venue's");
  }
}

// ---- I6

void Judge::judge_kill() {
  if (!world_.is_killed_ || !world_.sent_at_kill_) return;
  Gateway& gateway = *world_.gateway_;
  const std::int64_t sent = gateway.counter("venue.binance.new_orders_sent");
  if (sent != *world_.sent_at_kill_) {
    complain("I6", std::to_string(sent - *world_.sent_at_kill_) + " orders were sent after a kill");
  }
  if (!gateway.kill_switch().is_killed()) complain("I6", "the kill was forgotten");
  if (world_.venue_.open_order_count() != 0) complain("I6", "orders are left after a kill");
}

// ---- I7, I8

void Judge::compare_replay() {
  auto recovered = oms::RecoveredOrders::read(world_.machine_.disk, world_.settings_.orders);
  if (!recovered) return complain("I7", recovered.error());
  if (world_.gateway_->journal().lost_count() > 0) return;  // it said so
  const std::set<std::string> lived = describe(world_.gateway_->accounting());
  const std::set<std::string> told = describe((*recovered)->accounting());
  for (const std::string& line : lived) {
    if (!told.contains(line)) return complain("I8", "the journal does not tell: " + line);
  }
  for (const std::string& line : told) {
    if (!lived.contains(line)) return complain("I8", "the journal tells: " + line);
  }
}

// ---- I12

void Judge::judge_manners() {
  const bool is_provoked = std::ranges::any_of(world_.outcome_.faults, [](const Fault& fault) {
    return fault.kind == FaultKind::kSlowDown || fault.kind == FaultKind::kBan;
  });
  if (is_provoked) return;
  for (const sim::RequestRecord& request : world_.venue_.core.truth.requests()) {
    constexpr int kTooManyOrders = -1015;
    if (request.status == 429 || request.status == 418 || request.code == kTooManyOrders) {
      return complain("I12", "the venue answered " + request.method + " with " +
                                 std::to_string(request.status));
    }
  }
}

// FNV-1a over what the accounts did, in its order.
void Judge::hash_history() {
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto mix = [&hash](std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ (number >> shift & 0xFFU)) * 0x100000001B3U;
    }
  };
  for (const sim::OrderEventRecord& event : world_.venue_.core.truth.events()) {
    mix(static_cast<std::uint64_t>(count_ns(event.time)));
    mix(event.order_id);
    mix(event.execution_id);
    mix(static_cast<std::uint64_t>(event.cum_qty.raw()));
  }
  for (const sim::RequestRecord& request : world_.venue_.core.truth.requests()) {
    mix(static_cast<std::uint64_t>(count_ns(request.in)));
    mix(static_cast<std::uint64_t>(request.code));
  }
  world_.outcome_.history = hash;
}

}  // namespace portcullis::simulation
