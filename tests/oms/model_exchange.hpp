#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {

// What is true at the venue, and a line to it that loses, repeats, delays and reorders what it
// says. A seed gives the same history. `is_faithful` turns every fault off.
class ModelExchange {
 public:
  struct TrueFill {
    std::uint64_t trade_id;
    Qty quantity;
    Fee fee;
    AssetId fee_asset;
    Qty cum_after;
  };
  struct TrueOrder {
    SymbolId symbol{};
    Side side{Side::kBuy};
    Qty quantity{};
    Qty cum{};
    OrderState state{OrderState::kNotPlaced};  // until accepted, if ever
    MonoTime accepted_at{};                    // when a delayed acceptance happens; zero: never
    std::vector<TrueFill> fills;
  };

  ModelExchange(OmsWorld& world, std::uint64_t seed) : world_{world}, random_{seed} {
    world_.has_no_trades = false;
  }

  // Takes up everything sent since the last call.
  void take_requests() {
    const std::vector<FakeVenue::Sent> taken = world_.venue.sent;
    world_.venue.sent.clear();
    for (const FakeVenue::Sent& request : taken) take(request);
  }

  void match_one() {
    std::vector<OrderId> open;
    for (const auto& [id, order] : orders) {
      if (is_open(order)) open.push_back(id);
    }
    if (!open.empty()) fill(open[below(open.size())]);
  }

  void accept_delayed() {
    for (auto& [id, order] : orders) {
      if (order.accepted_at == MonoTime{} || world_.now_mono < order.accepted_at) continue;
      order.accepted_at = MonoTime{};
      accept(id, order);
    }
  }

  // One event off the line, any of those under way.
  void deliver_one() {
    if (line_.empty()) return;
    const std::size_t at = is_faithful ? 0 : below(line_.size());
    VenueReport report = line_[at];
    line_.erase(line_.begin() + static_cast<std::ptrdiff_t>(at));
    report.received = world_.now_mono;
    tell(report);
    if (chance(20)) tell(report);
  }
  void drop_line() {
    line_.clear();
    nameless_.clear();
  }
  [[nodiscard]] bool is_quiet() const { return line_.empty(); }

  [[nodiscard]] Qty true_holding(SymbolId symbol) const {
    Qty sum;
    for (const auto& [id, order] : orders) {
      if (order.symbol != symbol) continue;
      for (const TrueFill& f : order.fills) {
        sum += order.side == Side::kBuy ? f.quantity : -f.quantity;
        if (f.fee_asset == base_of(symbol)) sum -= Qty::from_raw(f.fee.raw());
      }
    }
    return sum;
  }
  // With what was deposited and withdrawn, which no order traded.
  [[nodiscard]] Qty true_balance(SymbolId symbol) const {
    return true_holding(symbol) + transferred_[symbol.raw()];
  }
  // Told at once, to an agent that is listening.
  void transfer() {
    const SymbolId symbol = below(2) == 0 ? kBtc : kEth;
    const Qty amount = Qty::from_raw(static_cast<std::int64_t>(below(1'000'000)) - 500'000);
    transferred_[symbol.raw()] += amount;
    told_[symbol.raw()] += amount;
    world_.agent->on_balance_change({.asset = world_.instruments.at(symbol).base_asset,
                                     .delta = amount,
                                     .venue_time = world_.now().wall},
                                    world_.now());
  }
  // Of the unique fills that were told.
  [[nodiscard]] Qty told_position(SymbolId symbol) const { return told_[symbol.raw()]; }

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  bool chance(std::size_t percent) { return !is_faithful && below(100) < percent; }

  std::map<OrderId, TrueOrder> orders;
  bool is_faithful{false};

 private:
  static constexpr std::size_t kPageSize = 8;
  struct TrueTrade {
    OrderId order_id;
    TrueFill fill;
  };

  static bool is_open(const TrueOrder& order) {
    return order.state == OrderState::kNew || order.state == OrderState::kPartiallyFilled;
  }

  void take(const FakeVenue::Sent& request) {
    switch (request.kind) {
      case RequestKind::kNewOrder: return take_new(request);
      case RequestKind::kCancel: return take_cancel(request.order_id);
      case RequestKind::kQuery: return answer_query(request.order_id);
      case RequestKind::kTrades: return answer_trades(request.order_id);
      case RequestKind::kTradesSince: return answer_trades_since(request);
      case RequestKind::kOrderLookup: return answer_lookup(request.venue_order_id);
      case RequestKind::kOpenOrders: return answer_open_orders();
      case RequestKind::kAccount: return answer_account();
      case RequestKind::kMassCancel:
      case RequestKind::kAmend:
      case RequestKind::kReplaceCancel:
      case RequestKind::kNewList:
      case RequestKind::kListCancel: return;
    }
  }

  void take_new(const FakeVenue::Sent& request) {
    TrueOrder& order = orders[request.order_id];
    const Order* record = world_.agent->accounting().store().find(request.order_id);
    order.symbol = request.symbol;
    order.side = record->side;
    order.quantity = record->qty;
    order.state = OrderState::kNotPlaced;
    if (chance(10)) {  // never arrives
      if (chance(50)) world_.fail(RequestKind::kNewOrder, FailureClass::kUnknown, request.order_id);
      return;
    }
    if (chance(10)) {
      order.state = OrderState::kRejected;
      if (!chance(30)) {
        world_.fail(RequestKind::kNewOrder, FailureClass::kRejected, request.order_id, -2010);
      } else {
        say(request.order_id, ExecType::kRejected, ReportSource::kStream);
      }
      return;
    }
    if (chance(10)) {  // "execution status unknown", and then it happens
      order.accepted_at = world_.now_mono + Nanos{below(9'900'000'000)};
      world_.fail(RequestKind::kNewOrder, FailureClass::kUnknown, request.order_id, -1007);
      return;
    }
    accept(request.order_id, order);
  }

  void accept(OrderId id, TrueOrder& order) {
    order.state = OrderState::kNew;
    if (!chance(15)) say(id, ExecType::kNew, ReportSource::kReply);
    if (!chance(10)) say(id, ExecType::kNew, ReportSource::kStream);
  }

  void fill(OrderId id) {
    TrueOrder& order = orders[id];
    const Qty leaves = order.quantity - order.cum;
    const Qty part = below(2) == 0 ? leaves : Qty::from_raw(leaves.raw() / 3 + 1);
    const Fee fee = Fee::from_raw(below(3) == 0 ? part.raw() / 1'000 : 0);
    order.cum += part;
    order.state = order.cum == order.quantity ? OrderState::kFilled : OrderState::kPartiallyFilled;
    order.fills.push_back({++last_trade_, part, fee, fee_asset_of(order.symbol), order.cum});
    trades_.push_back({.order_id = id, .fill = order.fills.back()});
    if (!chance(10)) line_.push_back(report_of(id, order.fills.back(), ReportSource::kStream));
    if (chance(20)) line_.push_back(report_of(id, order.fills.back(), ReportSource::kReply));
  }

  void take_cancel(OrderId id) {
    TrueOrder& order = orders[id];
    if (!is_open(order)) {
      if (!chance(10)) world_.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
      return;
    }
    order.state = OrderState::kCanceled;
    if (!chance(20)) say(id, ExecType::kCanceled, ReportSource::kReply);
    if (!chance(20)) say(id, ExecType::kCanceled, ReportSource::kStream);
  }

  void answer_query(OrderId id) {
    if (chance(15)) return;
    if (chance(5)) return world_.fail(RequestKind::kQuery, FailureClass::kUnknown, id, -1000);
    const TrueOrder& order = orders[id];
    const bool is_known =
        order.state != OrderState::kNotPlaced && order.state != OrderState::kRejected;
    if (!is_known) return world_.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
    tell(statement_of(id, ExecType::kNew, ReportSource::kQuery));
  }

  void answer_trades(OrderId id) {
    if (chance(15)) return;
    for (const TrueFill& f : orders[id].fills) {
      VenueReport report = report_of(id, f, ReportSource::kQuery);
      report.state = OrderState::kNew;
      report.cum_qty = Qty{};
      tell(report);
    }
    world_.complete(RequestKind::kTrades, id);
  }

  // In small pages, so that there are many.
  void answer_trades_since(const FakeVenue::Sent& request) {
    if (chance(3)) return;
    if (chance(10)) return world_.fail(RequestKind::kTradesSince, FailureClass::kUnknown);
    TradesPage page{.symbol = request.symbol, .from = request.from};
    std::vector<VenueReport> listed;
    for (const TrueTrade& trade : trades_) {
      const bool is_asked = orders[trade.order_id].symbol == request.symbol &&
                            TradeId{trade.fill.trade_id} >= request.from;
      if (!is_asked) continue;
      VenueReport report = report_of(trade.order_id, trade.fill, ReportSource::kQuery);
      report.order_id = OrderId{};
      report.cum_qty = Qty{};
      if (request.from == TradeId{}) listed.clear();  // the newest alone
      listed.push_back(report);
      page.is_full = request.from != TradeId{} && listed.size() == kPageSize;
      if (page.is_full) break;
    }
    for (const VenueReport& report : listed) tell_listed(report);
    world_.agent->on_trades_page(page, world_.now());
  }

  // The agent waits for the name of an order that it does not know; whatever names it will do.
  void tell_listed(const VenueReport& report) {
    OrderStore& store = world_.agent->accounting().store();
    if (store.find_at_venue(report.symbol, report.venue_order_id) != nullptr) return tell(report);
    nameless_.push_back(report);
    world_.tell(report);
  }

  void answer_lookup(VenueOrderId venue_order_id) {
    if (chance(3)) return;
    if (chance(10)) return world_.fail(RequestKind::kOrderLookup, FailureClass::kUnknown);
    const OrderId id{venue_order_id.raw() - 1'000};
    tell(statement_of(id, ExecType::kNew, ReportSource::kQuery));
  }

  void answer_open_orders() {
    if (chance(10)) return world_.fail(RequestKind::kOpenOrders, FailureClass::kUnknown);
    if (chance(10)) return;
    for (const auto& [id, order] : orders) {
      if (is_open(order)) tell(statement_of(id, ExecType::kNew, ReportSource::kQuery));
    }
    world_.complete(RequestKind::kOpenOrders);
  }

  void answer_account() {
    if (chance(10)) return world_.fail(RequestKind::kAccount, FailureClass::kUnknown);
    for (const SymbolId symbol : {kBtc, kEth}) {
      world_.agent->on_balance({.asset = world_.instruments.at(symbol).base_asset,
                                .free = true_balance(symbol),
                                .locked = {}},
                               world_.now());
    }
    world_.complete(RequestKind::kAccount);
  }

  void say(OrderId id, ExecType type, ReportSource source) {
    line_.push_back(statement_of(id, type, source));
  }
  VenueReport statement_of(OrderId id, ExecType type, ReportSource source) {
    const TrueOrder& order = orders[id];
    VenueReport report = world_.says(id, type, order.state, "0", source);
    report.symbol = order.symbol;
    report.side = order.side;
    report.qty = order.quantity;
    report.cum_qty = order.cum;
    return report;
  }
  VenueReport report_of(OrderId id, const TrueFill& f, ReportSource source) {
    const TrueOrder& order = orders[id];
    VenueReport report =
        world_.trade(id, f.trade_id, "0", "0", OrderState::kPartiallyFilled, source);
    report.symbol = order.symbol;
    report.side = order.side;
    report.qty = order.quantity;
    report.last_qty = f.quantity;
    report.cum_qty = f.cum_after;
    if (f.cum_after == order.quantity) report.state = OrderState::kFilled;
    report.fee = f.fee;
    report.fee_asset = f.fee_asset;
    return report;
  }
  [[nodiscard]] AssetId base_of(SymbolId symbol) const {
    return world_.instruments.at(symbol).base_asset;
  }
  // Mostly in base; else in an asset whose price a book tells, or in one of unknown price.
  AssetId fee_asset_of(SymbolId symbol) {
    if (below(4) != 0) return base_of(symbol);
    return symbol == kBtc ? base_of(kEth) : world_.bnb;
  }
  void tell(const VenueReport& report) {
    note_told(report);
    std::erase_if(nameless_, [&](const VenueReport& listed) {
      const bool is_named = listed.venue_order_id == report.venue_order_id;
      if (is_named) note_told(listed);
      return is_named;
    });
    world_.tell(report);
  }
  void note_told(const VenueReport& report) {
    if (report.exec_type == ExecType::kTrade &&
        told_ids_.insert({report.symbol, report.trade_id, report.side}).second) {
      told_[report.symbol.raw()] += report.side == Side::kBuy ? report.last_qty : -report.last_qty;
      if (report.fee_asset == base_of(report.symbol)) {
        told_[report.symbol.raw()] -= Qty::from_raw(report.fee.raw());
      }
    }
  }

  OmsWorld& world_;
  std::mt19937_64 random_;
  std::vector<VenueReport> line_;
  std::uint64_t last_trade_{0};
  std::vector<TrueTrade> trades_;      // in the order of their ids
  std::vector<VenueReport> nameless_;  // listed to an agent that has asked whose they are
  std::set<std::tuple<SymbolId, TradeId, Side>> told_ids_;
  std::array<Qty, 2> told_{};
  std::array<Qty, 2> transferred_{};
};

}  // namespace portcullis::oms::test
