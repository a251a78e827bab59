#include "sim/api/order_list_params.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sim/api/order_params.hpp"

namespace portcullis::sim {

namespace {

using Done = std::expected<void, VenueError>;
using Names = std::string_view;

using Above = Leg<"above">;
using Below = Leg<"below">;
using Working = Leg<"working">;
using Pending = Leg<"pending">;
using PendingAbove = Leg<"pendingAbove">;
using PendingBelow = Leg<"pendingBelow">;

bool is_stop_loss(OrderType type) {
  return type == OrderType::kStopLoss || type == OrderType::kStopLossLimit;
}
bool is_take_profit(OrderType type) {
  return type == OrderType::kTakeProfit || type == OrderType::kTakeProfitLimit;
}

VenueError refuse(int code, const char* text) {
  return {400, code, text};
}

// What the whole list states: its name, the prevention mode of all its legs, the reply.
Done read_list(const Params& params, ListKind kind, NewListCall& call) {
  call.list.kind = kind;
  const auto client_id = params.client_id("listClientOrderId");
  if (!client_id) return std::unexpected{client_id.error()};
  call.list.list_client_order_id = client_id->value_or("");
  const auto stp = read_stp(params);
  if (!stp) return std::unexpected{stp.error()};
  for (NewOrder& order : call.list.orders) order.stp = *stp;
  const auto shape = read_shape(params, ReplyShape::kResult);
  if (!shape) return std::unexpected{shape.error()};
  call.shape = *shape;
  return {};
}

std::expected<NewOrder, VenueError> read_leg(const Params& params, const SymbolSpec& symbol,
                                             const OrderParamNames& names, Side side, Qty qty) {
  const auto type = read_type(params, names.type);
  if (!type) return std::unexpected{type.error()};
  NewOrder order;
  order.side = side;
  order.type = *type;
  order.qty = qty;
  const Done terms = read_terms(params, symbol, names, order);
  if (!terms) return std::unexpected{terms.error()};
  return order;
}

// One leg on each side of the market; at least one of them waits for its trigger.
std::optional<VenueError> check_pair(const NewOrder& above, const NewOrder& below) {
  if (above.type == OrderType::kMarket || below.type == OrderType::kMarket ||
      above.type == OrderType::kLimit || below.type == OrderType::kLimit) {
    return refuse(-1158, "Order type not supported in OCO.");
  }
  if (!is_contingent(above.type) && !is_contingent(below.type)) {
    return refuse(-1168, "At least one OCO order must be contingent.");
  }
  if (above.side == Side::kBuy) {
    if (above.type == OrderType::kLimitMaker) {
      return refuse(-1165, "A limit order in a buy OCO must be below.");
    }
    if (is_stop_loss(below.type)) {
      return refuse(-1196, "A stop loss order in a buy OCO must be above.");
    }
    if (is_take_profit(above.type)) {
      return refuse(-1198, "A take profit order in a buy OCO must be below.");
    }
    return std::nullopt;
  }
  if (below.type == OrderType::kLimitMaker) {
    return refuse(-1166, "A limit order in a sell OCO must be above.");
  }
  if (is_stop_loss(above.type)) {
    return refuse(-1197, "A stop loss order in a sell OCO must be below.");
  }
  if (is_take_profit(below.type)) {
    return refuse(-1199, "A take profit order in a sell OCO must be above.");
  }
  return std::nullopt;
}

Done read_pair(const Params& params, const SymbolSpec& symbol, const OrderParamNames& above_names,
               const OrderParamNames& below_names, Side side, Qty qty, NewListCall& call) {
  auto above = read_leg(params, symbol, above_names, side, qty);
  if (!above) return std::unexpected{above.error()};
  auto below = read_leg(params, symbol, below_names, side, qty);
  if (!below) return std::unexpected{below.error()};
  if (auto error = check_pair(*above, *below)) return std::unexpected{*std::move(error)};
  call.list.orders.push_back(*std::move(above));
  call.list.orders.push_back(*std::move(below));
  return {};
}

Done read_working(const Params& params, const SymbolSpec& symbol, NewListCall& call) {
  const auto side = read_side(params, Working::kName<"Side">);
  if (!side) return std::unexpected{side.error()};
  const auto qty = read_quantity(params, symbol, Working::kName<"Quantity">);
  if (!qty) return std::unexpected{qty.error()};
  auto order = read_leg(params, symbol, Working::kNames, *side, *qty);
  if (!order) return std::unexpected{order.error()};
  if (order->type != OrderType::kLimit && order->type != OrderType::kLimitMaker) {
    return std::unexpected{refuse(-1014, "Unsupported order combination.")};
  }
  call.list.orders.push_back(*std::move(order));
  return {};
}

// The quantity of a pending order; of an OPO it is what the working order will have brought.
std::expected<Qty, VenueError> read_pending_quantity(const Params& params, const SymbolSpec& symbol,
                                                     bool is_opo) {
  if (is_opo) return Qty{};
  return read_quantity(params, symbol, Pending::kName<"Quantity">);
}

std::optional<VenueError> check_opo(const NewOrder& working, Side pending_side) {
  if (working.side != Side::kBuy) {
    return refuse(-1222, "Working order in an OPO list must be a bid.");
  }
  if (pending_side != Side::kSell) {
    return refuse(-1223, "Pending orders in an OPO list must be asks.");
  }
  return std::nullopt;
}

std::expected<NewListCall, VenueError> read_one_pending(const Params& params,
                                                        const SymbolSpec& symbol, ListKind kind) {
  const bool is_opo = kind == ListKind::kOpo;
  NewListCall call;
  if (const Done done = read_working(params, symbol, call); !done) {
    return std::unexpected{done.error()};
  }
  const auto side = read_side(params, Pending::kName<"Side">);
  if (!side) return std::unexpected{side.error()};
  if (is_opo) {
    if (auto error = check_opo(call.list.orders.front(), *side)) {
      return std::unexpected{*std::move(error)};
    }
  }
  const auto qty = read_pending_quantity(params, symbol, is_opo);
  if (!qty) return std::unexpected{qty.error()};
  auto pending = read_leg(params, symbol, Pending::kNames, *side, *qty);
  if (!pending) return std::unexpected{pending.error()};
  call.list.orders.push_back(*std::move(pending));
  if (const Done done = read_list(params, kind, call); !done) return std::unexpected{done.error()};
  return call;
}

std::expected<NewListCall, VenueError> read_pending_pair(const Params& params,
                                                         const SymbolSpec& symbol, ListKind kind) {
  const bool is_opo = kind == ListKind::kOpoco;
  NewListCall call;
  Done done = read_working(params, symbol, call);
  if (!done) return std::unexpected{done.error()};
  const auto side = read_side(params, Pending::kName<"Side">);
  if (!side) return std::unexpected{side.error()};
  if (is_opo) {
    if (auto error = check_opo(call.list.orders.front(), *side)) {
      return std::unexpected{*std::move(error)};
    }
  }
  const auto qty = read_pending_quantity(params, symbol, is_opo);
  if (!qty) return std::unexpected{qty.error()};
  done = read_pair(params, symbol, PendingAbove::kNames, PendingBelow::kNames, *side, *qty, call);
  if (done) done = read_list(params, kind, call);
  if (!done) return std::unexpected{done.error()};
  return call;
}

// The old form's names for its two legs.
constexpr OrderParamNames kOldLimitNames{.client_id = "limitClientOrderId",
                                         .type = {},
                                         .tif = {},
                                         .px = "price",
                                         .stop_px = {},
                                         .trailing = {},
                                         .iceberg = "limitIcebergQty",
                                         .strategy_id = "limitStrategyId",
                                         .strategy_type = "limitStrategyType",
                                         .peg_price_type = {},
                                         .peg_offset_type = {},
                                         .peg_offset_value = {}};
constexpr OrderParamNames kOldStopNames{.client_id = "stopClientOrderId",
                                        .type = {},
                                        .tif = "stopLimitTimeInForce",
                                        .px = "stopLimitPrice",
                                        .stop_px = "stopPrice",
                                        .trailing = "trailingDelta",
                                        .iceberg = "stopIcebergQty",
                                        .strategy_id = "stopStrategyId",
                                        .strategy_type = "stopStrategyType",
                                        .peg_price_type = {},
                                        .peg_offset_type = {},
                                        .peg_offset_value = {}};

constexpr std::array<Names, 3> kListOptional{"listClientOrderId", "newOrderRespType",
                                             "selfTradePreventionMode"};
constexpr std::array<Names, 5> kOcoMandatory{"symbol", "side", "quantity", Above::kName<"Type">,
                                             Below::kName<"Type">};
constexpr auto kOcoOptional =
    joined(kListOptional, Above::kNames.optional(), Below::kNames.optional());
constexpr std::array<Names, 4> kWorkingMandatory{
    "symbol", Working::kName<"Type">, Working::kName<"Side">, Working::kName<"Quantity">};
constexpr std::array<Names, 2> kPendingMandatory{Pending::kName<"Side">, Pending::kName<"Type">};
constexpr std::array<Names, 2> kPairMandatory{Pending::kName<"Side">, PendingAbove::kName<"Type">};
constexpr std::array<Names, 1> kPendingQuantity{Pending::kName<"Quantity">};
constexpr std::array<Names, 1> kPairBelowType{PendingBelow::kName<"Type">};
constexpr std::array<Names, 4> kOldMandatory{"symbol", "side", "quantity", "price"};
constexpr std::array<Names, 14> kOldOptional{
    "listClientOrderId",    "limitClientOrderId", "limitStrategyId",   "limitStrategyType",
    "limitIcebergQty",      "trailingDelta",      "stopClientOrderId", "stopPrice",
    "stopStrategyId",       "stopStrategyType",   "stopLimitPrice",    "stopIcebergQty",
    "stopLimitTimeInForce", "newOrderRespType"};
constexpr std::array<Names, 1> kStp{"selfTradePreventionMode"};

constexpr auto kOtoMandatory = joined(kWorkingMandatory, kPendingMandatory, kPendingQuantity);
constexpr auto kOpoMandatory = joined(kWorkingMandatory, kPendingMandatory);
constexpr auto kOtoOptional =
    joined(kListOptional, Working::kNames.optional(), Pending::kNames.optional());
constexpr auto kOtocoMandatory = joined(kWorkingMandatory, kPairMandatory, kPendingQuantity);
constexpr auto kOpocoMandatory = joined(kWorkingMandatory, kPairMandatory);
constexpr auto kOtocoOptional =
    joined(kListOptional, Working::kNames.optional(), kPairBelowType,
           PendingAbove::kNames.optional(), PendingBelow::kNames.optional());
constexpr auto kOldAllOptional = joined(kOldOptional, kStp);

}  // namespace

const ParamNames kOcoNames{kOcoMandatory, kOcoOptional};
const ParamNames kOtoNames{kOtoMandatory, kOtoOptional};
const ParamNames kOtocoNames{kOtocoMandatory, kOtocoOptional};
const ParamNames kOpoNames{kOpoMandatory, kOtoOptional};
const ParamNames kOpocoNames{kOpocoMandatory, kOtocoOptional};
const ParamNames kOldOcoNames{kOldMandatory, kOldAllOptional};

std::expected<NewListCall, VenueError> read_oco(const Params& params, const SymbolSpec& symbol) {
  NewListCall call;
  const auto side = read_side(params, "side");
  if (!side) return std::unexpected{side.error()};
  const auto qty = read_quantity(params, symbol, "quantity");
  if (!qty) return std::unexpected{qty.error()};
  Done done = read_pair(params, symbol, Above::kNames, Below::kNames, *side, *qty, call);
  if (done) done = read_list(params, ListKind::kOco, call);
  if (!done) return std::unexpected{done.error()};
  return call;
}

std::expected<NewListCall, VenueError> read_oto(const Params& params, const SymbolSpec& symbol) {
  return read_one_pending(params, symbol, ListKind::kOto);
}

std::expected<NewListCall, VenueError> read_opo(const Params& params, const SymbolSpec& symbol) {
  return read_one_pending(params, symbol, ListKind::kOpo);
}

std::expected<NewListCall, VenueError> read_otoco(const Params& params, const SymbolSpec& symbol) {
  return read_pending_pair(params, symbol, ListKind::kOtoco);
}

std::expected<NewListCall, VenueError> read_opoco(const Params& params, const SymbolSpec& symbol) {
  return read_pending_pair(params, symbol, ListKind::kOpoco);
}

std::expected<NewListCall, VenueError> read_old_oco(const Params& params,
                                                    const SymbolSpec& symbol) {
  NewListCall call;
  const auto side = read_side(params, "side");
  if (!side) return std::unexpected{side.error()};
  const auto qty = read_quantity(params, symbol, "quantity");
  if (!qty) return std::unexpected{qty.error()};
  NewOrder limit;
  limit.type = OrderType::kLimitMaker;
  NewOrder stop;
  stop.type = params.has("stopLimitPrice") ? OrderType::kStopLossLimit : OrderType::kStopLoss;
  limit.side = stop.side = *side;
  limit.qty = stop.qty = *qty;
  Done done = read_terms(params, symbol, kOldLimitNames, limit);
  if (done) done = read_terms(params, symbol, kOldStopNames, stop);
  if (!done) return std::unexpected{done.error()};
  const bool is_buy = *side == Side::kBuy;
  call.list.orders.push_back(is_buy ? stop : limit);
  call.list.orders.push_back(is_buy ? limit : stop);
  done = read_list(params, ListKind::kOco, call);
  if (!done) return std::unexpected{done.error()};
  return call;
}

}  // namespace portcullis::sim
