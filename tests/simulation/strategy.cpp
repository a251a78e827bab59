#include "tests/simulation/strategy.hpp"

#include <algorithm>
#include <array>

#include "tests/simulation/order_lists.hpp"
#include "tests/simulation/special_orders.hpp"

namespace portcullis::simulation {

void RandomStrategy::do_work(Gateway& gateway) {
  ++turn_;
  ExecutionReport report;
  while (gateway.ports[port_].reports.try_pop(report)) hear(report);
  if (is_resting_) return;
  constexpr std::uint64_t kCancelAllEvery = 50;
  if (is_winding_down_) {
    if (turn_ % kCancelAllEvery == 0) cancel_all(gateway);
    return;
  }
  if (random_.below(1'000) < orders_per_mille && working_.size() < working_max) place(gateway);
  if (random_.below(1'000) < lists_per_mille && working_.size() < working_max) place_list(gateway);
  if (random_.below(1'000) < cancels_per_mille) cancel_one(gateway);
  if (random_.below(1'000) < changes_per_mille) {
    random_.chance(50) ? amend_one(gateway) : replace_one(gateway);
  }
  constexpr std::int64_t kSweepEvery = 4'000;
  if (random_.below(kSweepEvery) == 0) sweep(gateway);
}

void RandomStrategy::forget() {
  intents_.clear();
  working_.clear();
  last_ref_ += 1'000'000;
}

void RandomStrategy::hear(const ExecutionReport& report) {
  if (report.exec_type == ExecType::kRestated) {  // of a life before this one
    Intent& intent = intents_[report.ref.raw()];
    intent.id = report.order_id;
    intent.order.qty = report.qty;
    intent.order.symbol = report.symbol;
    intent.state = report.state;
    intent.traded = report.cum_qty;
    working_.push_back(report.ref.raw());
    return;
  }
  const auto found = intents_.find(report.ref.raw());
  // Of an earlier life, already ended; or a cancel of something unknown.
  if (found != intents_.end()) hear_of(found->second, report);
}

void RandomStrategy::hear_of(Intent& intent, const ExecutionReport& report) {
  if (report.exec_type == ExecType::kDenied) {
    intent.is_denied = true;
    if (intent.id != OrderId{} && intent.state != OrderState::kPendingNew) {
      complain(report, "denied after it was sent");
    }
    std::erase(working_, report.ref.raw());
    return;
  }
  if (intent.id == OrderId{}) {
    intent.id = report.order_id;
    working_.push_back(report.ref.raw());
  }
  if (intent.id != report.order_id) complain(report, "another id");
  if (report.exec_type == ExecType::kCancelRejected) return;
  if (report.exec_type == ExecType::kAmendRejected) return;
  if (report.exec_type == ExecType::kReplaced) {
    if (report.qty >= intent.order.qty && intent.order.qty.is_positive()) {
      complain(report, "amended and not smaller");
    }
    intent.order.qty = report.qty;
  }
  const bool is_trade = report.exec_type == ExecType::kTrade;
  if (is_trade) intent.traded += report.last_qty;
  if (report.cum_qty != intent.traded) complain(report, "cum_qty is not the sum of its trades");
  const bool was_over = is_terminal(intent.state);
  if (was_over && !is_trade) complain(report, "moved after its end");
  intent.state = report.state;
  if (!was_over && is_terminal(report.state)) {
    ++intent.ends;
    std::erase(working_, report.ref.raw());
  }
}

void RandomStrategy::complain(const ExecutionReport& report, const char* what) {
  complaints_.push_back("order " + std::to_string(report.order_id.raw()) + ": " + what + " (" +
                        to_string(report.exec_type) + ", " + to_string(report.state) + ")");
}

void RandomStrategy::place(Gateway& gateway) {
  const SymbolId symbol{static_cast<SymbolId::rep>(random_.below(2))};
  const std::optional<NewOrderSingle> order = make_order(gateway, symbol);
  if (!order) return;
  OrderCommand command;
  command.kind = OrderCommandKind::kNew;
  command.order = *order;
  if (gateway.ports[port_].commands.try_push(command)) intents_[order->ref.raw()].order = *order;
}

// Any order of the symbol; none while the market is not known.
std::optional<NewOrderSingle> RandomStrategy::make_order(Gateway& gateway, SymbolId symbol) {
  MarketSnapshot market;
  if (!gateway.market.read(symbol, market) || !market.top.is_complete()) return {};
  const Instrument& instrument = instruments_.at(symbol);
  const std::int64_t tick = std::max<std::int64_t>(instrument.tick_size.raw(), 1);
  const std::int64_t bid = market.top.bid_px.raw();
  const std::int64_t spread = std::max(market.top.ask_px.raw() - bid, tick);
  NewOrderSingle order;
  order.ref = StrategyRef{++last_ref_};
  order.symbol = symbol;
  order.side = random_.chance(50) ? Side::kBuy : Side::kSell;
  static constexpr std::array kSizes{2'000'000, 10'000'000, 25'000'000, 60'000'000};
  order.qty = Qty::from_raw(kSizes[static_cast<std::size_t>(random_.below(4))]);
  // From a spread behind the near side to one through the far side.
  const std::int64_t px = bid + spread * (random_.below(41) - 20) / 10;
  order.px = Price::from_raw(px / tick * tick);
  const std::int64_t dice = random_.below(100);
  if (dice < 12) {
    order.tif = TimeInForce::kIoc;
  } else if (dice < 18) {
    order.tif = TimeInForce::kFok;
  } else if (dice < 28) {
    order.type = OrdType::kLimitMaker;
  } else if (dice < 36) {
    order.type = OrdType::kMarket;
    order.px = Price{};
  } else if (dice < 46) {
    make_special(order, market, instrument, random_);
  }
  if (random_.below(100) < 3) order.terms.stp = StpMode::kExpireBoth;
  return order;
}

void RandomStrategy::place_list(Gateway& gateway) {
  const SymbolId symbol{static_cast<SymbolId::rep>(random_.below(2))};
  MarketSnapshot market;
  const std::optional<NewOrderSingle> like = make_order(gateway, symbol);
  if (!like || !gateway.market.read(symbol, market)) return;
  NewOrderSingle first = *like;
  if (!first.qty.is_positive()) first.qty = Qty::from_raw(10'000'000);  // it was by quote quantity
  const NewOrderList list = make_list(first, market, instruments_.at(symbol), random_);
  last_ref_ += NewOrderList::kLegsMax;
  SpscRing<OrderCommand>& commands = gateway.ports[port_].commands;
  if (commands.size_estimate() + list.size() > commands.capacity()) return;
  for (std::size_t i = 0; i < list.size(); ++i) {
    (void)commands.try_push(leg_command(list, i));
    intents_[list.orders[i].ref.raw()].order = list.orders[i];
  }
}

const RandomStrategy::Intent* RandomStrategy::draw_working() {
  if (working_.empty()) return nullptr;
  const auto at =
      static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(working_.size())));
  return &intents_.at(working_[at]);
}

void RandomStrategy::cancel_one(Gateway& gateway) {
  const Intent* intent = draw_working();
  if (intent == nullptr) return;
  // Refused where it is no list's.
  const bool is_list = random_.chance(20);
  push_cancel(gateway, intent->id,
              is_list ? OrderCommandKind::kListCancel : OrderCommandKind::kCancel);
}

// To any quantity below the present one, what has been filled already included.
void RandomStrategy::amend_one(Gateway& gateway) {
  const Intent* intent = draw_working();
  if (intent == nullptr || !intent->order.qty.is_positive()) return;
  const std::int64_t lot =
      std::max<std::int64_t>(instruments_.at(intent->order.symbol).lot_size.raw(), 1);
  OrderCommand command;
  command.kind = OrderCommandKind::kAmend;
  command.amend = OrderAmendRequest{};
  command.amend.order_id = intent->id;
  command.amend.qty = Qty::from_raw(random_.below(intent->order.qty.raw()) / lot * lot);
  (void)gateway.ports[port_].commands.try_push(command);
}

void RandomStrategy::replace_one(Gateway& gateway) {
  const Intent* intent = draw_working();
  if (intent == nullptr) return;
  const OrderId old = intent->id;
  const std::optional<NewOrderSingle> order = make_order(gateway, intent->order.symbol);
  if (!order) return;
  OrderCommand command;
  command.kind = OrderCommandKind::kReplace;
  command.replace = OrderReplaceRequest{};
  command.replace.order = *order;
  command.replace.old_order_id = old;
  command.replace.mode =
      random_.chance(50) ? ReplaceMode::kStopOnFailure : ReplaceMode::kAllowFailure;
  if (gateway.ports[port_].commands.try_push(command)) intents_[order->ref.raw()].order = *order;
}

// Everything in a symbol, or in all of them.
void RandomStrategy::sweep(Gateway& gateway) {
  OrderCommand command;
  command.kind = OrderCommandKind::kMassCancel;
  command.mass_cancel = OrderMassCancelRequest{};
  const std::int64_t dice = random_.below(3);
  if (dice < 2) command.mass_cancel.symbol = SymbolId{static_cast<SymbolId::rep>(dice)};
  (void)gateway.ports[port_].commands.try_push(command);
}

void RandomStrategy::cancel_all(Gateway& gateway) {
  for (const std::uint64_t ref : working_) push_cancel(gateway, intents_.at(ref).id);
}

void RandomStrategy::push_cancel(Gateway& gateway, OrderId id, OrderCommandKind kind) {
  OrderCommand command;
  command.kind = kind;
  command.cancel = OrderCancelRequest{};
  command.cancel.order_id = id;
  (void)gateway.ports[port_].commands.try_push(command);
}

}  // namespace portcullis::simulation
