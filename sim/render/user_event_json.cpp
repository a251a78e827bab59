#include "sim/render/user_event_json.hpp"

#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

using Type = AccountEvent::Type;

template <class Tag>
void base(JsonOut& out, std::string_view name, Decimal<Tag> value, const SymbolSpec& symbol) {
  out.key(name).decimal(value, symbol.base_precision);
}
template <class Tag>
void quote(JsonOut& out, std::string_view name, Decimal<Tag> value, const SymbolSpec& symbol) {
  out.key(name).decimal(value, symbol.quote_precision);
}

// The client id of the message that caused the event, and the one the order had before it.
std::string_view own_id(const AccountEvent& event) {
  return event.type == Type::kCanceled ? event.cancel_client_order_id : event.order.client_order_id;
}
std::string_view original_id(const AccountEvent& event) {
  if (event.type == Type::kCanceled) return event.order.client_order_id;
  return event.type == Type::kReplaced ? std::string_view{event.orig_client_order_id}
                                       : std::string_view{};
}

void add_order(JsonOut& out, const SymbolSpec& symbol, const AccountEvent& event) {
  const Order& order = event.order;
  out.field("c", own_id(event))
      .field("S", venue_text(order.side))
      .field("o", venue_text(order.type))
      .field("f", venue_text(order.tif));
  base(out, "q", order.qty, symbol);
  quote(out, "p", order.px, symbol);
  quote(out, "P", order.stop_px, symbol);
  base(out, "F", order.iceberg_qty, symbol);
  out.field("g", order.list_id)
      .field("C", original_id(event))
      .field("x", venue_text(event.type))
      .field("X", venue_text(order.status))
      .field("r", venue_text(event.reject_reason))
      .field("i", order.order_id);
}

void add_fill(JsonOut& out, const SymbolSpec& symbol, const AccountEvent& event) {
  const Fill none{};
  const Fill& fill = event.fill ? *event.fill : none;
  base(out, "l", fill.qty, symbol);
  base(out, "z", event.order.cum_qty, symbol);
  quote(out, "L", fill.px, symbol);
  if (event.fill) {
    out.field("n", fill.fee).field("N", fill.fee_asset);
  } else {
    out.field("n", "0").key("N").null();
  }
  out.field("T", event.order.updated);
  if (event.fill) {
    out.field("t", fill.trade_id);
  } else {
    out.field("t", -1);
  }
}

bool is_on_book(const AccountEvent& event) {
  const Order& order = event.order;
  if (order.status == OrderStatus::kPendingNew) return false;
  if (is_contingent(order.type) && !order.is_working()) return false;
  return event.type == Type::kNew || (order.is_open() && order.type != OrderType::kMarket);
}

void add_prevention(JsonOut& out, const SymbolSpec& symbol, const AccountEvent& event) {
  const Order& order = event.order;
  if (event.prevented) {
    const bool is_taker = event.prevented->taker_order_id == order.order_id &&
                          event.prevented->taker_account == order.account;
    out.field("v", event.prevented->prevented_match_id)
        .field("u", event.prevented->trade_group_id)
        .field("U", is_taker ? event.prevented->maker_order_id : event.prevented->taker_order_id)
        .field("Cs", symbol.symbol);
    base(out, "pl", event.last_prevented_qty, symbol);
    quote(out, "pL", event.prevented->px, symbol);
    quote(out, "pY", notional(event.prevented->px, event.last_prevented_qty), symbol);
  }
  if (order.prevented_qty.is_zero()) return;
  base(out, "A", order.prevented_qty, symbol);
  if (event.prevented) base(out, "B", event.last_prevented_qty, symbol);
}

void add_conditional(JsonOut& out, const SymbolSpec& symbol, const AccountEvent& event) {
  const Order& order = event.order;
  if (order.trailing_bips) {
    out.field("d", *order.trailing_bips);
    if (order.trailing_time) out.field("D", *order.trailing_time);
  }
  if (order.strategy_id) out.field("j", *order.strategy_id);
  if (order.strategy_type) out.field("J", *order.strategy_type);
  add_prevention(out, symbol, event);
  if (order.peg.is_set()) {
    out.field("gP", venue_text(order.peg.price_type));
    if (order.peg.has_offset) {
      out.field("gOT", "PRICE_LEVEL").field("gOV", order.peg.offset_levels);
    }
    quote(out, "gp", order.pegged_px, symbol);
  }
  if (order.expiry_reason != ExpiryReason::kNone) {
    out.field("eR", venue_text(order.expiry_reason));
  }
}

}  // namespace

std::string execution_report_json(const SymbolSpec& symbol, const AccountEvent& event, WallTime now,
                                  TimeUnit unit) {
  const Order& order = event.order;
  JsonOut out{unit};
  out.open_object().field("e", "executionReport").field("E", now).field("s", symbol.symbol);
  add_order(out, symbol, event);
  add_fill(out, symbol, event);
  out.field("I", event.execution_id)
      .field("w", is_on_book(event))
      .field("m", event.fill && event.fill->is_maker)
      .field("M", event.fill.has_value())
      .field("O", order.created);
  quote(out, "Z", order.cum_quote, symbol);
  quote(out, "Y", event.fill ? event.fill->quote : Notional{}, symbol);
  quote(out, "Q", order.quote_order_qty, symbol);
  if (order.working_time) out.field("W", *order.working_time);
  out.field("V", venue_text(order.stp));
  add_conditional(out, symbol, event);
  return out.close_object().take();
}

std::string account_position_json(const std::vector<Balance>& balances, WallTime updated,
                                  WallTime now, TimeUnit unit) {
  JsonOut out{unit};
  out.open_object()
      .field("e", "outboundAccountPosition")
      .field("E", now)
      .field("u", updated)
      .key("B")
      .open_array();
  for (const Balance& balance : balances) {
    out.open_object()
        .field("a", balance.asset)
        .field("f", balance.free)
        .field("l", balance.locked)
        .close_object();
  }
  return out.close_array().close_object().take();
}

std::string list_status_json(const SymbolSpec& symbol, const OrderList& list, WallTime now,
                             TimeUnit unit) {
  JsonOut out{unit};
  out.open_object()
      .field("e", "listStatus")
      .field("E", now)
      .field("s", symbol.symbol)
      .field("g", list.list_id)
      .field("c", venue_text(list.kind))
      .field("l", venue_text(list.status_type))
      .field("L", venue_text(list.order_status))
      .field("r", "NONE")
      .field("C", list.list_client_order_id)
      .field("T", list.time)
      .key("O")
      .open_array();
  for (const OrderList::Leg& leg : list.legs) {
    out.open_object()
        .field("s", symbol.symbol)
        .field("i", leg.order_id)
        .field("c", leg.client_order_id)
        .close_object();
  }
  return out.close_array().close_object().take();
}

namespace {

std::string asset_delta_json(const char* event, std::string_view asset, Qty delta, WallTime now,
                             TimeUnit unit) {
  return JsonOut{unit}
      .open_object()
      .field("e", event)
      .field("E", now)
      .field("a", asset)
      .field("d", delta)
      .field("T", now)
      .close_object()
      .take();
}

}  // namespace

std::string balance_update_json(std::string_view asset, Qty delta, WallTime now, TimeUnit unit) {
  return asset_delta_json("balanceUpdate", asset, delta, now, unit);
}

std::string external_lock_json(std::string_view asset, Qty delta, WallTime now, TimeUnit unit) {
  return asset_delta_json("externalLockUpdate", asset, delta, now, unit);
}

std::string stream_terminated_json(WallTime now, TimeUnit unit) {
  return JsonOut{unit}
      .open_object()
      .field("e", "eventStreamTerminated")
      .field("E", now)
      .close_object()
      .take();
}

}  // namespace portcullis::sim
