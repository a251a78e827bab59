#include "sim/api/order_params.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace portcullis::sim {

namespace {

std::expected<Side, VenueError> read_side(const Params& params) {
  const auto text = params.required("side");
  if (!text) return std::unexpected{text.error()};
  if (*text == "BUY") return Side::kBuy;
  if (*text == "SELL") return Side::kSell;
  return std::unexpected{VenueError{400, -1117, "Invalid side."}};
}

std::expected<OrderType, VenueError> read_type(const Params& params) {
  struct Unsupported {
    std::string_view type;
    const char* message;
  };
  constexpr std::array<Unsupported, 4> kUnsupported{{
      {"STOP_LOSS", "Stop loss orders are not supported for this symbol."},
      {"STOP_LOSS_LIMIT", "Stop loss limit orders are not supported for this symbol."},
      {"TAKE_PROFIT", "Take profit orders are not supported for this symbol."},
      {"TAKE_PROFIT_LIMIT", "Take profit limit orders are not supported for this symbol."},
  }};
  const auto text = params.required("type");
  if (!text) return std::unexpected{text.error()};
  if (*text == "LIMIT") return OrderType::kLimit;
  if (*text == "MARKET") return OrderType::kMarket;
  if (*text == "LIMIT_MAKER") return OrderType::kLimitMaker;
  const auto* known = std::ranges::find(kUnsupported, *text, &Unsupported::type);
  if (known != kUnsupported.end()) return std::unexpected{VenueError{400, -2010, known->message}};
  return std::unexpected{VenueError{400, -1116, "Invalid orderType."}};
}

std::expected<TimeInForce, VenueError> read_tif(const Params& params) {
  const auto text = params.required("timeInForce");
  if (!text) return std::unexpected{text.error()};
  if (*text == "GTC") return TimeInForce::kGtc;
  if (*text == "IOC") return TimeInForce::kIoc;
  if (*text == "FOK") return TimeInForce::kFok;
  return std::unexpected{VenueError{400, -1115, "Invalid timeInForce."}};
}

std::expected<ReplyShape, VenueError> read_shape(const Params& params, OrderType type) {
  const auto text = params.find("newOrderRespType");
  if (!text) return type == OrderType::kLimitMaker ? ReplyShape::kAck : ReplyShape::kFull;
  if (*text == "ACK") return ReplyShape::kAck;
  if (*text == "RESULT") return ReplyShape::kResult;
  if (*text == "FULL") return ReplyShape::kFull;
  return std::unexpected{
      VenueError{400, -1130, "Data sent for parameter 'newOrderRespType' is not valid."}};
}

std::optional<VenueError> not_required(const Params& params, std::string_view name) {
  if (!params.has(name)) return std::nullopt;
  return VenueError{400, -1106, "Parameter '" + std::string{name} + "' sent when not required."};
}

std::optional<VenueError> refuse_unsupported(const Params& params) {
  if (params.has("stopPrice") || params.has("trailingDelta")) {
    const char* name = params.has("stopPrice") ? "stopPrice" : "trailingDelta";
    return not_required(params, name);
  }
  if (params.has("icebergQty")) {
    return VenueError{400, -2010, "Iceberg orders are not supported for this symbol."};
  }
  if (params.has("pegPriceType")) {
    return VenueError{400, -2010, "Pegged orders are not supported for this symbol."};
  }
  const auto stp = params.find("selfTradePreventionMode");
  if (stp && *stp != "EXPIRE_MAKER") {
    return VenueError{400, -1013,
                      "This symbol does not allow the specified self-trade prevention mode."};
  }
  return std::nullopt;
}

// Price, quantity and time in force as the type wants them.
std::expected<void, VenueError> read_terms(const Params& params, NewOrder& order) {
  if (order.type == OrderType::kLimit) {
    const auto tif = read_tif(params);
    if (!tif) return std::unexpected{tif.error()};
    order.tif = *tif;
  } else if (const auto error = not_required(params, "timeInForce")) {
    return std::unexpected{*error};
  }
  const auto qty = params.fixed8("quantity");
  if (!qty) return std::unexpected{qty.error()};
  const bool is_market = order.type == OrderType::kMarket;
  if (!*qty && is_market && params.has("quoteOrderQty")) {
    return std::unexpected{
        VenueError{400, -2010, "Quote order qty market orders are not support for this symbol."}};
  }
  if (!*qty && is_market) {
    return std::unexpected{VenueError{400, -1102,
                                      "Param 'quantity' or 'quoteOrderQty' must be sent, but both "
                                      "were empty/null!"}};
  }
  if (!*qty) return std::unexpected{missing_parameter("quantity")};
  order.qty = Qty::from_raw(**qty);
  if (is_market) {
    if (const auto error = not_required(params, "price")) return std::unexpected{*error};
    return {};
  }
  const auto px = params.fixed8("price");
  if (!px) return std::unexpected{px.error()};
  if (!*px) return std::unexpected{missing_parameter("price")};
  order.px = Price::from_raw(**px);
  return {};
}

}  // namespace

std::expected<NewOrderCall, VenueError> read_new_order(const Params& params) {
  NewOrderCall call;
  const auto side = read_side(params);
  if (!side) return std::unexpected{side.error()};
  const auto type = read_type(params);
  if (!type) return std::unexpected{type.error()};
  call.order.side = *side;
  call.order.type = *type;
  if (const auto terms = read_terms(params, call.order); !terms) {
    return std::unexpected{terms.error()};
  }
  if (auto error = refuse_unsupported(params)) return std::unexpected{std::move(*error)};
  const auto client_id = params.client_id("newClientOrderId");
  if (!client_id) return std::unexpected{client_id.error()};
  if (*client_id) call.order.client_order_id = **client_id;
  const auto strategy_type = params.whole("strategyType");
  if (!strategy_type) return std::unexpected{strategy_type.error()};
  if (*strategy_type && **strategy_type < 1'000'000) {
    return std::unexpected{VenueError{400, -1134, "`strategyType` was less than 1000000."}};
  }
  const auto shape = read_shape(params, *type);
  if (!shape) return std::unexpected{shape.error()};
  call.shape = *shape;
  return call;
}

std::expected<OrderName, VenueError> read_order_name(const Params& params) {
  const auto order_id = params.whole("orderId");
  if (!order_id) return std::unexpected{order_id.error()};
  const auto client_id = params.client_id("origClientOrderId");
  if (!client_id) return std::unexpected{client_id.error()};
  if (!*order_id && !*client_id) {
    return std::unexpected{VenueError{400, -1102,
                                      "Param 'origClientOrderId' or 'orderId' must be sent, but "
                                      "both were empty/null!"}};
  }
  return OrderName{order_id->value_or(0), std::string{client_id->value_or("")}};
}

std::expected<CancelRestriction, VenueError> read_cancel_restriction(const Params& params) {
  const auto wish = params.find("cancelRestrictions");
  if (!wish) return CancelRestriction::kNone;
  if (*wish == "ONLY_NEW") return CancelRestriction::kOnlyNew;
  if (*wish == "ONLY_PARTIALLY_FILLED") return CancelRestriction::kOnlyPartiallyFilled;
  return std::unexpected{VenueError{400, -1145, "Invalid cancelRestrictions"}};
}

}  // namespace portcullis::sim
