#include "sim/order_json.hpp"

#include "sim/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr const char* kStpMode = "EXPIRE_MAKER";
constexpr Qty kZero{};

bool is_immediate(const Order& order) {
  return order.type == OrdType::kMarket || order.tif != TimeInForce::kGtc;
}

const char* expiry_reason(const Order& order) {
  if (order.type == OrdType::kMarket) return "INSUFFICIENT_LIQUIDITY";
  if (order.tif == TimeInForce::kIoc) return "UNFILLED_IOC_QUANTITY_EXPIRED";
  if (order.tif == TimeInForce::kFok) return "UNFILLED_FOK_ORDER_EXPIRED";
  return nullptr;
}

void add_expiry_reason(JsonOut& out, const char* key, const Order& order) {
  if (order.state != OrderState::kExpired) return;
  if (const char* reason = expiry_reason(order)) out.field(key, reason);
}

// What replies and queries share.
void add_terms(JsonOut& out, const Order& order) {
  out.field("price", order.px)
      .field("origQty", order.qty)
      .field("executedQty", order.cum_qty)
      .field("origQuoteOrderQty", kZero)
      .field("cummulativeQuoteQty", order.cum_quote)
      .field("status", status_text(order))
      .field("timeInForce", venue_text(order.tif))
      .field("type", venue_text(order.type))
      .field("side", venue_text(order.side));
}

}  // namespace

const char* venue_text(Side side) noexcept {
  return side == Side::kBuy ? "BUY" : "SELL";
}

const char* venue_text(OrdType type) noexcept {
  switch (type) {
    case OrdType::kLimit: return "LIMIT";
    case OrdType::kMarket: return "MARKET";
    case OrdType::kLimitMaker: return "LIMIT_MAKER";
  }
  return "LIMIT";
}

const char* venue_text(TimeInForce tif) noexcept {
  switch (tif) {
    case TimeInForce::kGtc: return "GTC";
    case TimeInForce::kIoc: return "IOC";
    case TimeInForce::kFok: return "FOK";
  }
  return "GTC";
}

const char* status_text(const Order& order) noexcept {
  switch (order.state) {
    case OrderState::kPartiallyFilled: return "PARTIALLY_FILLED";
    case OrderState::kFilled: return "FILLED";
    case OrderState::kCanceled: return "CANCELED";
    case OrderState::kExpired: return is_immediate(order) ? "EXPIRED" : "EXPIRED_IN_MATCH";
    case OrderState::kRejected: return "REJECTED";
    case OrderState::kNew:
    case OrderState::kPendingNew:
    case OrderState::kUnknown:
    case OrderState::kNotPlaced:
    case OrderState::kCount: break;
  }
  return "NEW";
}

const char* execution_type_text(const AccountEvent& event) noexcept {
  switch (event.type) {
    case AccountEvent::Type::kNew: return "NEW";
    case AccountEvent::Type::kTrade: return "TRADE";
    case AccountEvent::Type::kCanceled: return "CANCELED";
    case AccountEvent::Type::kExpired: break;
  }
  return is_immediate(event.order) ? "EXPIRED" : "TRADE_PREVENTION";
}

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
  out.field("selfTradePreventionMode", kStpMode);
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
  return out.field("selfTradePreventionMode", kStpMode).close_object().take();
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
      .field("isWorking", order.was_working)
      .field("workingTime", order.created)
      .field("selfTradePreventionMode", kStpMode);
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
      .field("x", execution_type_text(event))
      .field("X", status_text(order))
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
  const bool is_on_book =
      event.type == AccountEvent::Type::kNew || (order.is_open() && order.type != OrdType::kMarket);
  out.field("I", event.execution_id)
      .field("w", is_on_book)
      .field("m", is_trade && fill.is_maker)
      .field("M", is_trade)
      .field("O", order.created)
      .field("Z", order.cum_quote)
      .field("Y", fill.quote)
      .field("Q", kZero)
      .field("W", order.created)
      .field("V", kStpMode);
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
