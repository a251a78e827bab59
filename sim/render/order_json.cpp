#include "sim/render/order_json.hpp"

#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

// An amount of the base asset, and one of the quote asset (a price is one, too).
template <class Tag>
void base(JsonOut& out, std::string_view name, Decimal<Tag> value, const SymbolSpec& symbol) {
  out.key(name).decimal(value, symbol.base_precision);
}
template <class Tag>
void quote(JsonOut& out, std::string_view name, Decimal<Tag> value, const SymbolSpec& symbol) {
  out.key(name).decimal(value, symbol.quote_precision);
}

void field_or_none(JsonOut& out, std::string_view name, const std::optional<WallTime>& time) {
  if (time) {
    out.field(name, *time);
  } else {
    out.field(name, -1);
  }
}

void add_peg(JsonOut& out, const SymbolSpec& symbol, const Order& order) {
  if (!order.peg.is_set()) return;
  out.field("pegPriceType", venue_text(order.peg.price_type));
  if (order.peg.has_offset) {
    out.field("pegOffsetType", "PRICE_LEVEL").field("pegOffsetValue", order.peg.offset_levels);
  }
  quote(out, "peggedPrice", order.pegged_px, symbol);
}

// What placements, cancels and queries share.
void add_terms(JsonOut& out, const SymbolSpec& symbol, const Order& order) {
  quote(out, "price", order.px, symbol);
  add_peg(out, symbol, order);
  // The pending orders of an OPO list have none before the working order is filled.
  if (!order.qty.is_zero() || !order.quote_order_qty.is_zero()) {
    base(out, "origQty", order.qty, symbol);
  }
  base(out, "executedQty", order.cum_qty, symbol);
  quote(out, "origQuoteOrderQty", order.quote_order_qty, symbol);
  quote(out, "cummulativeQuoteQty", order.cum_quote, symbol);
  out.field("status", venue_text(order.status))
      .field("timeInForce", venue_text(order.tif))
      .field("type", venue_text(order.type))
      .field("side", venue_text(order.side));
}

void add_triggers(JsonOut& out, const SymbolSpec& symbol, const Order& order, bool shows_zeros) {
  const bool has_trigger = is_contingent(order.type);
  if (has_trigger || shows_zeros) quote(out, "stopPrice", order.stop_px, symbol);
  if (!order.iceberg_qty.is_zero() || shows_zeros) {
    base(out, "icebergQty", order.iceberg_qty, symbol);
  }
  if (!order.trailing_bips) return;
  out.field("trailingDelta", *order.trailing_bips);
  field_or_none(out, "trailingTime", order.trailing_time);
}

void add_strategy(JsonOut& out, const Order& order) {
  if (order.strategy_id) out.field("strategyId", *order.strategy_id);
  if (order.strategy_type) out.field("strategyType", *order.strategy_type);
}

void add_prevention(JsonOut& out, const SymbolSpec& symbol, const Order& order) {
  if (order.prevented_qty.is_zero()) return;
  if (order.prevented_match_id) out.field("preventedMatchId", *order.prevented_match_id);
  base(out, "preventedQuantity", order.prevented_qty, symbol);
}

void add_expiry_reason(JsonOut& out, const Order& order) {
  if (order.expiry_reason == ExpiryReason::kNone) return;
  out.field("expiryReason", venue_text(order.expiry_reason));
}

void add_fills(JsonOut& out, const SymbolSpec& symbol, const std::vector<Fill>& fills) {
  out.key("fills").open_array();
  for (const Fill& fill : fills) {
    out.open_object();
    quote(out, "price", fill.px, symbol);
    base(out, "qty", fill.qty, symbol);
    out.field("commission", fill.fee)
        .field("commissionAsset", fill.fee_asset)
        .field("tradeId", fill.trade_id)
        .close_object();
  }
  out.close_array();
}

void add_prevented_matches(JsonOut& out, const SymbolSpec& symbol, const PlaceResult& placed) {
  if (placed.prevented.empty()) return;
  out.key("preventedMatches").open_array();
  std::int64_t group = -1;
  for (const PreventedMatch& match : placed.prevented) {
    out.open_object()
        .field("preventedMatchId", match.prevented_match_id)
        .field("makerSymbol", symbol.symbol)
        .field("makerOrderId", match.maker_order_id);
    quote(out, "price", match.px, symbol);
    if (!match.taker_prevented_qty.is_zero()) {
      base(out, "takerPreventedQuantity", match.taker_prevented_qty, symbol);
    }
    if (!match.maker_prevented_qty.is_zero()) {
      base(out, "makerPreventedQuantity", match.maker_prevented_qty, symbol);
    }
    out.close_object();
    group = match.trade_group_id;
  }
  out.close_array();
  if (group != -1) out.field("tradeGroupId", group);
}

void add_legs(JsonOut& out, const SymbolSpec& symbol, const OrderList& list) {
  out.key("orders").open_array();
  for (const OrderList::Leg& leg : list.legs) {
    out.open_object()
        .field("symbol", symbol.symbol)
        .field("orderId", leg.order_id)
        .field("clientOrderId", leg.client_order_id)
        .close_object();
  }
  out.close_array();
}

void add_list(JsonOut& out, const SymbolSpec& symbol, const OrderList& list) {
  out.field("orderListId", list.list_id)
      .field("contingencyType", venue_text(list.kind))
      .field("listStatusType", venue_text(list.status_type))
      .field("listOrderStatus", venue_text(list.order_status))
      .field("listClientOrderId", list.list_client_order_id)
      .field("transactionTime", list.time)
      .field("symbol", symbol.symbol);
  add_legs(out, symbol, list);
}

}  // namespace

void write_placed(JsonOut& out, const SymbolSpec& symbol, const PlaceResult& placed,
                  ReplyShape shape) {
  const Order& order = placed.order;
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", order.order_id)
      .field("orderListId", order.list_id)
      .field("clientOrderId", order.client_order_id)
      .field("transactTime", order.updated);
  if (shape != ReplyShape::kAck) {
    add_terms(out, symbol, order);
    add_triggers(out, symbol, order, false);
    add_strategy(out, order);
    field_or_none(out, "workingTime", order.working_time);
    if (shape == ReplyShape::kFull) {
      add_fills(out, symbol, placed.fills);
      add_prevented_matches(out, symbol, placed);
    }
    out.field("selfTradePreventionMode", venue_text(order.stp));
    if (!order.prevented_qty.is_zero()) {
      base(out, "preventedQuantity", order.prevented_qty, symbol);
    }
    add_expiry_reason(out, order);
  }
  out.close_object();
}

void write_canceled(JsonOut& out, const SymbolSpec& symbol, const Order& order,
                    std::string_view cancel_client_order_id) {
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("origClientOrderId", order.client_order_id)
      .field("orderId", order.order_id)
      .field("orderListId", order.list_id)
      .field("clientOrderId", cancel_client_order_id)
      .field("transactTime", order.updated);
  add_terms(out, symbol, order);
  add_triggers(out, symbol, order, false);
  add_strategy(out, order);
  out.field("selfTradePreventionMode", venue_text(order.stp));
  add_prevention(out, symbol, order);
  add_expiry_reason(out, order);
  out.close_object();
}

void write_cancel(JsonOut& out, const SymbolSpec& symbol, const CancelResult& canceled) {
  if (!canceled.list) {
    return write_canceled(out, symbol, canceled.orders.front(), canceled.cancel_client_order_id);
  }
  out.open_object();
  add_list(out, symbol, *canceled.list);
  out.key("orderReports").open_array();
  for (const Order& order : canceled.orders) {
    write_canceled(out, symbol, order, canceled.cancel_client_order_id);
  }
  out.close_array().close_object();
}

void write_order(JsonOut& out, const SymbolSpec& symbol, const Order& order) {
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", order.order_id)
      .field("orderListId", order.list_id)
      .field("clientOrderId", order.client_order_id);
  add_terms(out, symbol, order);
  add_triggers(out, symbol, order, true);
  out.field("time", order.created)
      .field("updateTime", order.updated)
      .field("isWorking", order.is_working());
  field_or_none(out, "workingTime", order.working_time);
  add_strategy(out, order);
  out.field("selfTradePreventionMode", venue_text(order.stp));
  add_prevention(out, symbol, order);
  add_expiry_reason(out, order);
  out.close_object();
}

void write_amended(JsonOut& out, const SymbolSpec& symbol, const AmendResult& amended) {
  const Order& order = amended.order;
  out.open_object()
      .field("transactTime", order.updated)
      .field("executionId", amended.execution_id)
      .key("amendedOrder")
      .open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", order.order_id)
      .field("orderListId", order.list_id)
      .field("origClientOrderId", amended.orig_client_order_id)
      .field("clientOrderId", order.client_order_id);
  quote(out, "price", order.px, symbol);
  add_peg(out, symbol, order);
  base(out, "qty", order.qty, symbol);
  base(out, "executedQty", order.cum_qty, symbol);
  base(out, "preventedQty", order.prevented_qty, symbol);
  quote(out, "quoteOrderQty", order.quote_order_qty, symbol);
  quote(out, "cumulativeQuoteQty", order.cum_quote, symbol);  // one m here
  out.field("status", venue_text(order.status))
      .field("timeInForce", venue_text(order.tif))
      .field("type", venue_text(order.type))
      .field("side", venue_text(order.side));
  add_triggers(out, symbol, order, false);
  add_strategy(out, order);
  if (order.working_time) out.field("workingTime", *order.working_time);
  out.field("selfTradePreventionMode", venue_text(order.stp));
  add_prevention(out, symbol, order);
  add_expiry_reason(out, order);
  out.close_object();
  if (amended.list) {
    out.key("listStatus")
        .open_object()
        .field("orderListId", amended.list->list_id)
        .field("contingencyType", venue_text(amended.list->kind))
        .field("listOrderStatus", venue_text(amended.list->order_status))
        .field("listClientOrderId", amended.list->list_client_order_id)
        .field("symbol", symbol.symbol);
    add_legs(out, symbol, *amended.list);
    out.close_object();
  }
  out.close_object();
}

void write_amendment(JsonOut& out, const SymbolSpec& symbol, const Amendment& amendment) {
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", amendment.order_id)
      .field("executionId", amendment.execution_id)
      .field("origClientOrderId", amendment.orig_client_order_id)
      .field("newClientOrderId", amendment.new_client_order_id);
  base(out, "origQty", amendment.orig_qty, symbol);
  base(out, "newQty", amendment.new_qty, symbol);
  out.field("time", amendment.time).close_object();
}

void write_trade(JsonOut& out, const SymbolSpec& symbol, const Fill& fill) {
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("id", fill.trade_id)
      .field("orderId", fill.order_id)
      .field("orderListId", fill.list_id);
  quote(out, "price", fill.px, symbol);
  base(out, "qty", fill.qty, symbol);
  quote(out, "quoteQty", fill.quote, symbol);
  out.field("commission", fill.fee)
      .field("commissionAsset", fill.fee_asset)
      .field("time", fill.time)
      .field("isBuyer", fill.side == Side::kBuy)
      .field("isMaker", fill.is_maker)
      .field("isBestMatch", true)
      .close_object();
}

void write_prevented_match(JsonOut& out, const SymbolSpec& symbol, const PreventedMatch& match) {
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("preventedMatchId", match.prevented_match_id)
      .field("takerOrderId", match.taker_order_id)
      .field("makerSymbol", symbol.symbol)
      .field("makerOrderId", match.maker_order_id)
      .field("tradeGroupId", match.trade_group_id)
      .field("selfTradePreventionMode", venue_text(match.mode));
  quote(out, "price", match.px, symbol);
  if (!match.taker_prevented_qty.is_zero()) {
    base(out, "takerPreventedQuantity", match.taker_prevented_qty, symbol);
  }
  if (!match.maker_prevented_qty.is_zero()) {
    base(out, "makerPreventedQuantity", match.maker_prevented_qty, symbol);
  }
  out.field("transactTime", match.time).close_object();
}

void write_list(JsonOut& out, const SymbolSpec& symbol, const OrderList& list) {
  out.open_object();
  add_list(out, symbol, list);
  out.close_object();
}

void write_placed_list(JsonOut& out, const SymbolSpec& symbol, const PlaceListResult& placed,
                       ReplyShape shape) {
  out.open_object();
  add_list(out, symbol, placed.list);
  out.key("orderReports").open_array();
  for (const PlaceResult& report : placed.reports) write_placed(out, symbol, report, shape);
  out.close_array().close_object();
}

std::string order_json(const SymbolSpec& symbol, const Order& order) {
  JsonOut out;
  write_order(out, symbol, order);
  return out.take();
}

std::string trade_json(const SymbolSpec& symbol, const Fill& fill) {
  JsonOut out;
  write_trade(out, symbol, fill);
  return out.take();
}

}  // namespace portcullis::sim
