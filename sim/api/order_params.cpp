#include "sim/api/order_params.hpp"

#include <array>
#include <optional>
#include <utility>

namespace portcullis::sim {

namespace {

template <class T>
using Word = std::pair<std::string_view, T>;

constexpr std::array<Word<OrderType>, 7> kTypes{{
    {"LIMIT", OrderType::kLimit},
    {"MARKET", OrderType::kMarket},
    {"LIMIT_MAKER", OrderType::kLimitMaker},
    {"STOP_LOSS_LIMIT", OrderType::kStopLossLimit},
    {"TAKE_PROFIT_LIMIT", OrderType::kTakeProfitLimit},
    {"STOP_LOSS", OrderType::kStopLoss},
    {"TAKE_PROFIT", OrderType::kTakeProfit},
}};
constexpr std::array<Word<Side>, 2> kSides{{{"BUY", Side::kBuy}, {"SELL", Side::kSell}}};
constexpr std::array<Word<TimeInForce>, 3> kTifs{
    {{"GTC", TimeInForce::kGtc}, {"IOC", TimeInForce::kIoc}, {"FOK", TimeInForce::kFok}}};
constexpr std::array<Word<ReplyShape>, 3> kShapes{
    {{"ACK", ReplyShape::kAck}, {"RESULT", ReplyShape::kResult}, {"FULL", ReplyShape::kFull}}};
constexpr std::array<Word<StpMode>, 6> kStpModes{{
    {"NONE", StpMode::kNone},
    {"EXPIRE_TAKER", StpMode::kExpireTaker},
    {"EXPIRE_MAKER", StpMode::kExpireMaker},
    {"EXPIRE_BOTH", StpMode::kExpireBoth},
    {"DECREMENT", StpMode::kDecrement},
    {"TRANSFER", StpMode::kTransfer},
}};
constexpr std::array<Word<PegPriceType>, 2> kPegTypes{
    {{"PRIMARY_PEG", PegPriceType::kPrimary}, {"MARKET_PEG", PegPriceType::kMarket}}};
constexpr std::array<Word<bool>, 1> kPegOffsetTypes{{{"PRICE_LEVEL", true}}};
constexpr std::array<Word<CancelRestriction>, 2> kRestrictions{{
    {"ONLY_NEW", CancelRestriction::kOnlyNew},
    {"ONLY_PARTIALLY_FILLED", CancelRestriction::kOnlyPartiallyFilled},
}};

using Done = std::expected<void, VenueError>;

bool takes_tif(OrderType type) {
  return has_limit_price(type) && type != OrderType::kLimitMaker;
}

// Required when the type has one, refused when it has none.
template <class T>
std::expected<std::optional<T>, VenueError> expect_as_typed(
    std::expected<std::optional<T>, VenueError> value, std::string_view name, bool is_wanted) {
  if (!value) return value;
  if (*value && !is_wanted) return std::unexpected{not_required(name)};
  if (!*value && is_wanted) return std::unexpected{missing_parameter(name)};
  return value;
}

Done read_tif(const Params& params, const OrderParamNames& names, NewOrder& order) {
  const auto tif =
      expect_as_typed(params.choice<TimeInForce>(names.tif, kTifs, -1115, "Invalid timeInForce."),
                      names.tif, takes_tif(order.type));
  if (!tif) return std::unexpected{tif.error()};
  order.tif = tif->value_or(TimeInForce::kGtc);
  return {};
}

Done read_peg(const Params& params, const OrderParamNames& names, NewOrder& order) {
  const auto type =
      params.choice<PegPriceType>(names.peg_price_type, kPegTypes, -1210, "Invalid pegPriceType.");
  if (!type) return std::unexpected{type.error()};
  const auto offset_type =
      params.choice<bool>(names.peg_offset_type, kPegOffsetTypes, -1211, "Invalid pegOffsetType.");
  if (!offset_type) return std::unexpected{offset_type.error()};
  const auto offset = params.whole(names.peg_offset_value);
  if (!offset) return std::unexpected{offset.error()};
  constexpr std::uint64_t kOffsetMax = 100;
  if (offset->value_or(0) > kOffsetMax)
    return std::unexpected{invalid_data(names.peg_offset_value)};
  const bool has_offset = offset->has_value();
  if (has_offset != offset_type->has_value()) {
    return std::unexpected{VenueError{400, -1128,
                                      "Combination of optional fields invalid. Recommendation: '" +
                                          std::string{names.peg_offset_type} + "' and '" +
                                          std::string{names.peg_offset_value} +
                                          "' must both be sent."}};
  }
  if (has_offset && !*type) return std::unexpected{not_required(names.peg_offset_type)};
  order.peg = {.price_type = type->value_or(PegPriceType::kNone),
               .offset_levels = static_cast<int>(offset->value_or(0)),
               .has_offset = has_offset};
  return {};
}

Done read_prices(const Params& params, const SymbolSpec& symbol, const OrderParamNames& names,
                 NewOrder& order) {
  const bool has_limit = has_limit_price(order.type);
  auto px = params.fixed8(names.px, symbol.quote_precision);
  // A pegged order takes its price from the book; one of its own is allowed.
  const bool may_lack = order.peg.is_set() && px && !*px;
  if (!may_lack) px = expect_as_typed(std::move(px), names.px, has_limit);
  if (!px) return std::unexpected{px.error()};
  order.px = Price::from_raw(px->value_or(0));

  const auto stop_px = params.fixed8(names.stop_px, symbol.quote_precision);
  if (!stop_px) return std::unexpected{stop_px.error()};
  const auto trailing = params.whole(names.trailing);
  if (!trailing) return std::unexpected{trailing.error()};
  if (!is_contingent(order.type)) {
    if (*stop_px) return std::unexpected{not_required(names.stop_px)};
    if (*trailing) return std::unexpected{not_required(names.trailing)};
    return {};
  }
  if (!*stop_px && !*trailing) return std::unexpected{missing_both(names.stop_px, names.trailing)};
  order.stop_px = Price::from_raw(stop_px->value_or(0));
  if (*trailing) order.trailing_bips = static_cast<std::int64_t>(**trailing);
  return {};
}

Done read_iceberg(const Params& params, const SymbolSpec& symbol, const OrderParamNames& names,
                  NewOrder& order) {
  const auto iceberg = params.fixed8(names.iceberg, symbol.base_precision);
  if (!iceberg) return std::unexpected{iceberg.error()};
  if (!*iceberg) return {};
  if (!has_limit_price(order.type)) return std::unexpected{not_required(names.iceberg)};
  order.iceberg_qty = Qty::from_raw(**iceberg);
  if (order.tif != TimeInForce::kGtc && !order.iceberg_qty.is_zero()) {
    return std::unexpected{VenueError{400, -1160,
                                      "Parameter '" + std::string{names.iceberg} +
                                          "' is not supported if `" + std::string{names.tif} +
                                          "` is not GTC."}};
  }
  return {};
}

Done read_names(const Params& params, const OrderParamNames& names, NewOrder& order) {
  const auto client_id = params.client_id(names.client_id);
  if (!client_id) return std::unexpected{client_id.error()};
  order.client_order_id = client_id->value_or("");
  const auto strategy_id = params.whole(names.strategy_id);
  if (!strategy_id) return std::unexpected{strategy_id.error()};
  if (*strategy_id) order.strategy_id = static_cast<std::int64_t>(**strategy_id);
  const auto strategy_type = params.whole(names.strategy_type);
  if (!strategy_type) return std::unexpected{strategy_type.error()};
  constexpr std::uint64_t kStrategyTypeMin = 1'000'000;
  if (*strategy_type && **strategy_type < kStrategyTypeMin) {
    return std::unexpected{VenueError{
        400, -1134, "`" + std::string{names.strategy_type} + "` was less than 1000000."}};
  }
  if (*strategy_type) order.strategy_type = static_cast<std::int64_t>(**strategy_type);
  return {};
}

// A market order states what it wants in one of the two assets.
Done read_market_size(const Params& params, const SymbolSpec& symbol, NewOrder& order) {
  const auto qty = params.fixed8("quantity", symbol.base_precision);
  if (!qty) return std::unexpected{qty.error()};
  const auto quote_qty = params.fixed8("quoteOrderQty", symbol.quote_precision);
  if (!quote_qty) return std::unexpected{quote_qty.error()};
  if (*qty && *quote_qty) return std::unexpected{not_required("quoteOrderQty")};
  if (!*qty && !*quote_qty) return std::unexpected{missing_both("quantity", "quoteOrderQty")};
  order.qty = Qty::from_raw(qty->value_or(0));
  order.quote_order_qty = Notional::from_raw(quote_qty->value_or(0));
  return {};
}

Done read_size(const Params& params, const SymbolSpec& symbol, NewOrder& order) {
  if (order.type == OrderType::kMarket) return read_market_size(params, symbol, order);
  if (params.has("quoteOrderQty")) return std::unexpected{not_required("quoteOrderQty")};
  const auto qty = read_quantity(params, symbol, "quantity");
  if (!qty) return std::unexpected{qty.error()};
  order.qty = *qty;
  return {};
}

}  // namespace

std::expected<Side, VenueError> read_side(const Params& params, std::string_view name) {
  const auto side = params.choice<Side>(name, kSides, -1117, "Invalid side.");
  if (!side) return std::unexpected{side.error()};
  if (!*side) return std::unexpected{missing_parameter(name)};
  return **side;
}

std::expected<OrderType, VenueError> read_type(const Params& params, std::string_view name) {
  const auto type = params.choice<OrderType>(name, kTypes, -1116, "Invalid orderType.");
  if (!type) return std::unexpected{type.error()};
  if (!*type) return std::unexpected{missing_parameter(name)};
  return **type;
}

std::expected<Qty, VenueError> read_quantity(const Params& params, const SymbolSpec& symbol,
                                             std::string_view name) {
  const auto qty = params.fixed8(name, symbol.base_precision);
  if (!qty) return std::unexpected{qty.error()};
  if (!*qty) return std::unexpected{missing_parameter(name)};
  return Qty::from_raw(**qty);
}

std::expected<void, VenueError> read_terms(const Params& params, const SymbolSpec& symbol,
                                           const OrderParamNames& names, NewOrder& order) {
  Done done = read_tif(params, names, order);
  if (done) done = read_peg(params, names, order);
  if (done) done = read_prices(params, symbol, names, order);
  if (done) done = read_iceberg(params, symbol, names, order);
  if (done) done = read_names(params, names, order);
  return done;
}

std::expected<std::optional<StpMode>, VenueError> read_stp(const Params& params) {
  return params.choice<StpMode>("selfTradePreventionMode", kStpModes);
}

std::expected<ReplyShape, VenueError> read_shape(const Params& params, ReplyShape usual) {
  const auto shape = params.choice<ReplyShape>("newOrderRespType", kShapes);
  if (!shape) return std::unexpected{shape.error()};
  return shape->value_or(usual);
}

std::expected<NewOrderCall, VenueError> read_new_order(const Params& params,
                                                       const SymbolSpec& symbol) {
  NewOrderCall call;
  const auto side = read_side(params, "side");
  if (!side) return std::unexpected{side.error()};
  const auto type = read_type(params, "type");
  if (!type) return std::unexpected{type.error()};
  call.order.side = *side;
  call.order.type = *type;
  Done done = read_terms(params, symbol, kPlainNames, call.order);
  if (done) done = read_size(params, symbol, call.order);
  if (!done) return std::unexpected{done.error()};
  const auto stp = read_stp(params);
  if (!stp) return std::unexpected{stp.error()};
  call.order.stp = *stp;
  const bool is_full = *type == OrderType::kLimit || *type == OrderType::kMarket;
  const auto shape = read_shape(params, is_full ? ReplyShape::kFull : ReplyShape::kAck);
  if (!shape) return std::unexpected{shape.error()};
  call.shape = *shape;
  return call;
}

std::expected<OrderName, VenueError> read_order_name(const Params& params, std::string_view id_name,
                                                     std::string_view client_id_name) {
  const auto order_id = params.whole(id_name);
  if (!order_id) return std::unexpected{order_id.error()};
  const auto client_id = params.client_id(client_id_name);
  if (!client_id) return std::unexpected{client_id.error()};
  if (!*order_id && !*client_id) return std::unexpected{missing_both(client_id_name, id_name)};
  return OrderName{order_id->value_or(0), std::string{client_id->value_or("")}};
}

std::expected<CancelRestriction, VenueError> read_cancel_restriction(const Params& params) {
  const auto restriction = params.choice<CancelRestriction>("cancelRestrictions", kRestrictions,
                                                            -1145, "Invalid cancelRestrictions");
  if (!restriction) return std::unexpected{restriction.error()};
  return restriction->value_or(CancelRestriction::kNone);
}

}  // namespace portcullis::sim
