#include "sim/render/order_json.hpp"

#include "sim/json/json_out.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

constexpr Qty kZero{};

void add_expiry_reason(JsonOut& out, const char* key, const Order& order) {
  if (order.expiry_reason == ExpiryReason::kNone) return;
  out.field(key, venue_text(order.expiry_reason));
}

// What replies and queries share.
void add_terms(JsonOut& out, const Order& order) {
  out.field("price", order.px)
      .field("origQty", order.qty)
      .field("executedQty", order.cum_qty)
      .field("origQuoteOrderQty", kZero)
      .field("cummulativeQuoteQty", order.cum_quote)
      .field("status", venue_text(order.status))
      .field("timeInForce", venue_text(order.tif))
      .field("type", venue_text(order.type))
      .field("side", venue_text(order.side));
}

}  // namespace

std::string placed_json(const SymbolSpec& symbol, const PlaceResult& placed, ReplyShape shape) {
  const Order& order = placed.order;
  JsonOut out;
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", order.order_id)
      .field("orderListId", -1)
      .field("clientOrderId", order.client_order_id)
      .field("transactTime", order.updated);
  if (shape == ReplyShape::kAck) return out.close_object().take();
  add_terms(out, order);
  out.field("workingTime", order.created);
  if (shape == ReplyShape::kFull) {
    out.key("fills").open_array();
    for (const Fill& fill : placed.fills) {
      out.open_object()
          .field("price", fill.px)
          .field("qty", fill.qty)
          .field("commission", fill.fee)
          .field("commissionAsset", fill.fee_asset)
          .field("tradeId", fill.trade_id)
          .close_object();
    }
    out.close_array();
  }
  out.field("selfTradePreventionMode", venue_text(order.stp));
  add_expiry_reason(out, "expiryReason", order);
  return out.close_object().take();
}

std::string canceled_json(const SymbolSpec& symbol, const Order& order,
                          std::string_view cancel_client_order_id) {
  JsonOut out;
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("origClientOrderId", order.client_order_id)
      .field("orderId", order.order_id)
      .field("orderListId", -1)
      .field("clientOrderId", cancel_client_order_id)
      .field("transactTime", order.updated);
  add_terms(out, order);
  return out.field("selfTradePreventionMode", venue_text(order.stp)).close_object().take();
}

std::string order_json(const SymbolSpec& symbol, const Order& order) {
  JsonOut out;
  out.open_object()
      .field("symbol", symbol.symbol)
      .field("orderId", order.order_id)
      .field("orderListId", -1)
      .field("clientOrderId", order.client_order_id);
  add_terms(out, order);
  out.field("stopPrice", kZero)
      .field("icebergQty", kZero)
      .field("time", order.created)
      .field("updateTime", order.updated)
      .field("isWorking", order.is_working())
      .field("workingTime", order.created)
      .field("selfTradePreventionMode", venue_text(order.stp));
  add_expiry_reason(out, "expiryReason", order);
  return out.close_object().take();
}

std::string trade_json(const SymbolSpec& symbol, const Fill& fill) {
  return JsonOut{}
      .open_object()
      .field("symbol", symbol.symbol)
      .field("id", fill.trade_id)
      .field("orderId", fill.order_id)
      .field("orderListId", -1)
      .field("price", fill.px)
      .field("qty", fill.qty)
      .field("quoteQty", fill.quote)
      .field("commission", fill.fee)
      .field("commissionAsset", fill.fee_asset)
      .field("time", fill.time)
      .field("isBuyer", fill.side == Side::kBuy)
      .field("isMaker", fill.is_maker)
      .field("isBestMatch", true)
      .close_object()
      .take();
}

std::string execution_report_json(const SymbolSpec& symbol, const AccountEvent& event,
                                  WallTime now) {
  const Order& order = event.order;
  const bool is_cancel = event.type == AccountEvent::Type::kCanceled;
  const bool is_trade = event.fill.has_value();
  const Fill fill = event.fill.value_or(Fill{});
  // Not a conditional expression: that would make a string of its own, gone at the semicolon.
  std::string_view cancel_id = kMassCancelId;
  if (!event.cancel_client_order_id.empty()) cancel_id = event.cancel_client_order_id;
  JsonOut out;
  out.open_object()
      .field("e", "executionReport")
      .field("E", now)
      .field("s", symbol.symbol)
      .field("c", is_cancel ? cancel_id : std::string_view{order.client_order_id})
      .field("S", venue_text(order.side))
      .field("o", venue_text(order.type))
      .field("f", venue_text(order.tif))
      .field("q", order.qty)
      .field("p", order.px)
      .field("P", kZero)
      .field("F", kZero)
      .field("g", -1)
      .field("C", is_cancel ? std::string_view{order.client_order_id} : std::string_view{})
      .field("x", venue_text(event.type))
      .field("X", venue_text(order.status))
      .field("r", "NONE")
      .field("i", order.order_id)
      .field("l", fill.qty)
      .field("z", order.cum_qty)
      .field("L", fill.px);
  if (is_trade) {
    out.field("n", fill.fee).field("N", fill.fee_asset);
  } else {
    out.field("n", "0").key("N").null();
  }
  out.field("T", order.updated);
  if (is_trade) {
    out.field("t", fill.trade_id);
  } else {
    out.field("t", -1);
  }
  const bool is_on_book = event.type == AccountEvent::Type::kNew ||
                          (order.is_open() && order.type != OrderType::kMarket);
  out.field("I", event.execution_id)
      .field("w", is_on_book)
      .field("m", is_trade && fill.is_maker)
      .field("M", is_trade)
      .field("O", order.created)
      .field("Z", order.cum_quote)
      .field("Y", fill.quote)
      .field("Q", kZero)
      .field("W", order.created)
      .field("V", venue_text(order.stp));
  if (event.type == AccountEvent::Type::kExpired) add_expiry_reason(out, "eR", order);
  return out.close_object().take();
}

std::string account_position_json(const std::vector<Balance>& balances, WallTime updated,
                                  WallTime now) {
  JsonOut out;
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

std::string list_status_json(const SymbolSpec& symbol, const OrderList& list, WallTime now) {
  return JsonOut{}
      .open_object()
      .field("e", "listStatus")
      .field("E", now)
      .field("s", symbol.symbol)
      .field("g", list.list_id)
      .field("C", list.list_client_order_id)
      .field("T", list.time)
      .close_object()
      .take();
}

std::string balance_update_json(std::string_view asset, Qty delta, WallTime now) {
  return JsonOut{}
      .open_object()
      .field("e", "balanceUpdate")
      .field("E", now)
      .field("a", asset)
      .field("d", delta)
      .field("T", now)
      .close_object()
      .take();
}

}  // namespace portcullis::sim
