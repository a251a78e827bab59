#include "oms/binance/report_builder.hpp"

#include "oms/binance/enums_text.hpp"

namespace portcullis::oms::binance {

namespace {

template <class Number>
[[nodiscard]] bool parse_decimal(std::string_view text, Number& out) noexcept {
  const auto parsed = Number::parse(text);
  if (!parsed) return false;
  out = *parsed;
  return true;
}
// A price or a quantity: there are no negative ones on spot.
template <class Number>
[[nodiscard]] bool parse_amount(std::string_view text, Number& out) noexcept {
  return parse_decimal(text, out) && !out.is_negative();
}

constexpr std::uint64_t id_of(std::int64_t number) noexcept {
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);  // the venue says -1 for none
}

[[nodiscard]] bool push(const VenueReport& report, DecodedMessage& out) noexcept {
  if (out.reports.size() == DecodedMessage::kEntriesMax) return false;
  out.reports.push_back(report);
  return true;
}

// Waits for another order of its list.
constexpr bool is_pending_new(std::string_view status) noexcept {
  return status == "PENDING_NEW";
}

[[nodiscard]] bool read_amounts(const OrderFields& stated, VenueReport& report) noexcept {
  if (!parse_amount(stated.px, report.px) || !parse_amount(stated.cum_qty, report.cum_qty) ||
      !parse_decimal(stated.cum_quote, report.cum_quote)) {
    return false;
  }
  // What sells another's proceeds has no quantity until these are there, nor if it ends before.
  const bool is_unsized = stated.qty.empty() && stated.list_id >= 0 && report.cum_qty.is_zero();
  return is_unsized || parse_amount(stated.qty, report.qty);
}

// One fill of a new order, with what has been executed up to and including it.
[[nodiscard]] bool advance(VenueReport& running, const VenueReport& fill, Qty order_qty) noexcept {
  const auto cum_qty = checked_add(running.cum_qty, fill.last_qty);
  const auto cum_quote = checked_add(running.cum_quote, notional(fill.last_px, fill.last_qty));
  if (!cum_qty || !cum_quote) return false;
  running.cum_qty = *cum_qty;
  running.cum_quote = *cum_quote;
  running.exec_type = ExecType::kTrade;
  running.state = *cum_qty >= order_qty ? OrderState::kFilled : OrderState::kPartiallyFilled;
  running.last_px = fill.last_px;
  running.last_qty = fill.last_qty;
  running.fee = fill.fee;
  running.fee_asset = fill.fee_asset;
  running.trade_id = fill.trade_id;
  running.liquidity = fill.liquidity;
  return true;
}

// The answer to a new order states where it ended; the seam wants the facts that led there.
[[nodiscard]] bool spread_new_order(const VenueReport& order, std::size_t first,
                                    DecodedMessage& out) noexcept {
  const std::size_t last = out.reports.size();
  if (last == first + 1 && !order.cum_qty.is_zero()) {
    out.reports[first] = order;  // executed, and no fills stated
    return true;
  }
  VenueReport running = order;
  running.exec_type = ExecType::kNew;
  running.state = OrderState::kNew;
  running.cum_qty = {};
  running.cum_quote = {};
  out.reports[first] = running;
  for (std::size_t i = first + 1; i < last; ++i) {
    if (!advance(running, out.reports[i], order.qty)) return false;
    // The venue's own sum where ours has come as far: it rounded each product its way.
    if (i + 1 == last && running.cum_qty == order.cum_qty) running.cum_quote = order.cum_quote;
    out.reports[i] = running;
  }
  if (!is_terminal(order.state) || order.state == OrderState::kFilled) return true;
  return push(order, out);
}

}  // namespace

SymbolId ReportBuilder::find_symbol(std::string_view text) noexcept {
  if (last_symbol_ != kNoSymbol && instruments_->at(last_symbol_).symbol == text) {
    return last_symbol_;
  }
  const auto found = instruments_->find(text);
  if (!found) return kNoSymbol;
  return last_symbol_ = *found;
}

AssetId ReportBuilder::find_asset(std::string_view text) noexcept {
  if (last_asset_ != kNoAsset && instruments_->asset_name(last_asset_) == text) return last_asset_;
  const auto found = instruments_->find_asset(text);
  if (!found) return kNoAsset;
  return last_asset_ = *found;
}

bool ReportBuilder::open_order(MonoTime received, ReportSource source,
                               DecodedMessage& out) noexcept {
  return push({.received = received, .source = source}, out);
}

bool ReportBuilder::read_fill(const FillFields& stated, VenueReport& report) noexcept {
  if (!parse_amount(stated.px, report.last_px) || !parse_amount(stated.qty, report.last_qty) ||
      !parse_decimal(stated.fee, report.fee)) {
    return false;
  }
  report.exec_type = ExecType::kTrade;
  report.trade_id = TradeId{id_of(stated.trade_id)};
  report.fee_asset = find_asset(stated.fee_asset);
  return true;
}

bool ReportBuilder::add_fill(const FillFields& stated, DecodedMessage& out) noexcept {
  VenueReport fill{.liquidity = Liquidity::kTaker};  // what fills at once has taken
  return read_fill(stated, fill) && push(fill, out);
}

bool ReportBuilder::complete_order(const OrderFields& stated, std::size_t first,
                                   DecodedMessage& out) noexcept {
  const RequestTag tag = out.request.tag;
  VenueReport report = out.reports[first];
  const bool is_ack = stated.status.empty() && tag == RequestTag::kNewOrder;
  const auto state = is_ack ? OrderState::kNew : parse_order_status(stated.status);
  const auto side = is_ack ? Side::kBuy : parse_side(stated.side);
  if (!state || !side || stated.order_id < 0 || stated.symbol.empty()) return false;
  report.symbol = find_symbol(stated.symbol);
  report.venue_order_id = VenueOrderId{id_of(stated.order_id)};
  report.venue_time = wall_of_ms(stated.time_ms);
  report.side = *side;
  report.state = *state;
  report.is_waiting = is_pending_new(stated.status);
  report.exec_type = exec_type_of(*state);
  // On a cancel `clientOrderId` names the cancel request, `origClientOrderId` the order.
  const auto client_id = stated.orig_client_id.empty() ? stated.client_id : stated.orig_client_id;
  report.order_id = out.request.order_id();
  if (report.order_id == OrderId{}) {
    report.order_id = cl_ord_ids_.decode(client_id).value_or(OrderId{});
  }
  // An acknowledgement states no amounts; whatever states a status states all of them, and one that
  // is missing is not a zero.
  if (!is_ack && !read_amounts(stated, report)) {
    // Another symbol's numbers may leave our range; they are nobody's loss here.
    out.reports.resize(first);
    return report.symbol == kNoSymbol && report.order_id == OrderId{};
  }
  if (tag == RequestTag::kNewOrder && *state != OrderState::kRejected) {
    return spread_new_order(report, first, out);
  }
  out.reports.resize(first + 1);
  out.reports[first] = report;
  return true;
}

bool ReportBuilder::add_trade(const TradeFields& stated, MonoTime received,
                              DecodedMessage& out) noexcept {
  VenueReport trade{
      .received = received, .state = OrderState::kPartiallyFilled, .source = ReportSource::kQuery};
  if (stated.fill.trade_id < 0 || stated.order_id < 0 || !read_fill(stated.fill, trade)) {
    return false;
  }
  trade.order_id = out.request.order_id();
  trade.symbol = find_symbol(stated.symbol);
  trade.venue_order_id = VenueOrderId{id_of(stated.order_id)};
  trade.venue_time = wall_of_ms(stated.time_ms);
  trade.side = stated.is_buyer ? Side::kBuy : Side::kSell;
  trade.liquidity = stated.is_maker ? Liquidity::kMaker : Liquidity::kTaker;
  return push(trade, out);
}

bool ReportBuilder::add_balance(const BalanceFields& stated, DecodedMessage& out) noexcept {
  VenueBalance balance{.asset = find_asset(stated.asset)};
  if (balance.asset == kNoAsset) {  // an asset that no instrument of ours trades
    if (out.parked.name.empty()) out.parked = {.name = stated.asset, .text = {}, .is_state = true};
    return true;
  }
  if (!parse_decimal(stated.free, balance.free) || !parse_decimal(stated.locked, balance.locked) ||
      out.balances.size() == DecodedMessage::kEntriesMax) {
    return false;
  }
  out.balances.push_back(balance);
  return true;
}

bool ReportBuilder::add_balance_change(const BalanceChangeFields& stated, bool is_lock,
                                       DecodedMessage& out) noexcept {
  if (stated.asset.empty()) return false;
  VenueBalanceChange change{.asset = find_asset(stated.asset), .is_lock = is_lock};
  if (change.asset == kNoAsset) {
    out.parked = {.name = stated.asset, .text = {}};
    out.kind = MessageKind::kParkedEvent;
    return true;
  }
  if (!parse_decimal(stated.delta, change.delta) || stated.time_ms < 0) return false;
  change.venue_time = wall_of_ms(stated.time_ms);
  out.balance_change = change;
  out.kind = MessageKind::kBalanceChange;
  return true;
}

bool ReportBuilder::add_list_status(const ListStatusFields& stated, DecodedMessage& out) noexcept {
  if (stated.symbol.empty() || stated.client_id.empty()) return false;
  out.list_status = {.list_id = cl_ord_ids_.decode(stated.client_id).value_or(OrderId{}),
                     .is_done = stated.status_type == "ALL_DONE"};
  out.kind = MessageKind::kListEvent;
  return true;
}

bool ReportBuilder::add_execution_report(const EventFields& stated, MonoTime received,
                                         DecodedMessage& out) noexcept {
  if (stated.symbol.empty()) return false;
  if (find_symbol(stated.symbol) == kNoSymbol) {
    out.parked = {.name = stated.symbol, .text = {}};
    out.kind = MessageKind::kParkedEvent;
    return true;
  }
  VenueReport report{.received = received, .symbol = find_symbol(stated.symbol)};
  // On a cancel `c` names the cancel request and `C` the order; before 2018 `C` was "null".
  const bool has_orig = !stated.orig_client_id.empty() && stated.orig_client_id != "null";
  const auto client_id = has_orig ? stated.orig_client_id : stated.client_id;
  report.order_id = cl_ord_ids_.decode(client_id).value_or(OrderId{});
  if (!read_execution_report(stated, report)) return false;
  out.kind = MessageKind::kOrderEvent;
  return push(report, out);
}

bool ReportBuilder::read_execution_report(const EventFields& stated, VenueReport& report) noexcept {
  const auto state = parse_order_status(stated.status);
  const auto side = parse_side(stated.side);
  if (!state || !side || stated.order_id < 0 || stated.time_ms < 0) return false;
  const auto exec_type = parse_execution_type(stated.exec_type, *state);
  if (!exec_type || !parse_amount(stated.px, report.px) || !parse_amount(stated.qty, report.qty) ||
      !parse_amount(stated.cum_qty, report.cum_qty) ||
      !parse_decimal(stated.cum_quote, report.cum_quote)) {
    return false;
  }
  report.venue_order_id = VenueOrderId{id_of(stated.order_id)};
  report.exec_id = ExecId{id_of(stated.exec_id)};
  report.venue_time = wall_of_ms(stated.time_ms);
  report.side = *side;
  report.state = *state;
  report.is_waiting = is_pending_new(stated.status);
  report.exec_type = *exec_type;
  if (*exec_type != ExecType::kTrade) return true;
  if (stated.fill.trade_id < 0 || !read_fill(stated.fill, report)) return false;
  report.liquidity = stated.is_maker ? Liquidity::kMaker : Liquidity::kTaker;
  return true;
}

}  // namespace portcullis::oms::binance
