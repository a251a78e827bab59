#include <array>
#include <string>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/api/order_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/account_json.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

ApiResult place(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const SymbolSpec& spec = call.spec(*symbol);
  const auto request = read_new_order(call.params, spec);
  if (!request) return std::unexpected{request.error()};
  if (auto error = enter_engine(call, 1)) return std::unexpected{*std::move(error)};
  auto placed = call.venue.exchange.place(call.account, *symbol, request->order, call.now);
  const std::string& name = placed ? placed->order.client_order_id : request->order.client_order_id;
  record(call, "order.place", *symbol, name, placed ? nullptr : &placed.error());
  if (!placed) return std::unexpected{std::move(placed.error())};
  JsonOut out = call.json();
  write_placed(out, spec, *placed, request->shape);
  return out.take();
}

std::expected<bool, VenueError> wants_commission(const Params& params) {
  const auto wish = params.boolean("computeCommissionRates");
  if (!wish) return std::unexpected{wish.error()};
  return wish->value_or(false);
}

ApiResult test(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read_new_order(call.params, call.spec(*symbol));
  if (!request) return std::unexpected{request.error()};
  const auto tells_commission = wants_commission(call.params);
  if (!tells_commission) return std::unexpected{tells_commission.error()};
  const auto tested = call.venue.exchange.test(call.account, *symbol, request->order, call.now);
  if (!tested) return std::unexpected{tested.error()};
  if (!*tells_commission) return "{}";
  JsonOut out = call.json();
  write_order_commission(out, call.venue.exchange, call.account, *symbol, request->order.side);
  return out.take();
}

int test_weight(const Params& params) {
  return params.find("computeCommissionRates") == "true" ? 20 : 1;
}

// Nobody routes orders between symbols here, as at a venue whose exchangeInfo has no "sors".
ApiResult place_by_router(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read_new_order(call.params, call.spec(*symbol));
  if (!request) return std::unexpected{request.error()};
  return std::unexpected{VenueError{400, -1013, "SOR is not supported for this symbol."}};
}

ApiResult cancel(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto name = read_order_name(call.params);
  if (!name) return std::unexpected{name.error()};
  const auto cancel_id = call.params.client_id("newClientOrderId");
  if (!cancel_id) return std::unexpected{cancel_id.error()};
  const auto restriction = read_cancel_restriction(call.params);
  if (!restriction) return std::unexpected{restriction.error()};
  if (auto error = enter_engine(call, 0)) return std::unexpected{*std::move(error)};
  const CancelRequest request{.target = *name,
                              .cancel_client_order_id = std::string{cancel_id->value_or("")},
                              .restriction = *restriction};
  auto canceled = call.venue.exchange.cancel(call.account, *symbol, request, call.now);
  const std::string& target =
      canceled ? canceled->orders.front().client_order_id : name->client_order_id;
  record(call, "order.cancel", *symbol, target, canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{std::move(canceled.error())};
  JsonOut out = call.json();
  write_cancel(out, call.spec(*symbol), *canceled);
  return out.take();
}

ApiResult cancel_all(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  if (auto error = enter_engine(call, 0)) return std::unexpected{*std::move(error)};
  auto canceled = call.venue.exchange.cancel_all(call.account, *symbol, call.now);
  record(call, "openOrders.cancelAll", *symbol, "", canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{std::move(canceled.error())};
  JsonOut out = call.json();
  out.open_array();
  for (const CancelResult& each : *canceled) write_cancel(out, call.spec(*symbol), each);
  return out.close_array().take();
}

ApiResult status(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto name = read_order_name(call.params);
  if (!name) return std::unexpected{name.error()};
  const auto order = call.venue.exchange.find_order(call.account, *symbol, *name);
  if (!order) return std::unexpected{order.error()};
  JsonOut out = call.json();
  write_order(out, call.spec(*symbol), *order);
  return out.take();
}

ApiResult open_orders(const Call& call) {
  std::optional<std::size_t> only;
  if (call.params.has("symbol")) {
    const auto symbol = symbol_of(call);
    if (!symbol) return std::unexpected{symbol.error()};
    only = *symbol;
  }
  JsonOut out = call.json();
  out.open_array();
  for (const Order& order : call.venue.exchange.open_orders(call.account, only)) {
    write_order(out, call.spec(order.symbol), order);
  }
  return out.close_array().take();
}

int open_orders_weight(const Params& params) {
  return params.has("symbol") ? 6 : 80;
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 3> kNewMandatory{"symbol", "side", "type"};
constexpr auto kNewOptional = joined(
    kPlainNames.optional(), std::array<Names, 4>{"quantity", "quoteOrderQty", "newOrderRespType",
                                                 "selfTradePreventionMode"});
constexpr auto kTestOptional = joined(kNewOptional, std::array<Names, 1>{"computeCommissionRates"});
constexpr std::array<Names, 2> kOrderName{"orderId", "origClientOrderId"};
constexpr auto kCancelOptional =
    joined(kOrderName, std::array<Names, 2>{"newClientOrderId", "cancelRestrictions"});

constexpr ParamNames kNewNames{kNewMandatory, kNewOptional};
constexpr ParamNames kTestNames{kNewMandatory, kTestOptional};
constexpr ParamNames kCancelNames{kSymbol, kCancelOptional};
constexpr ParamNames kSymbolNames{kSymbol, {}};
constexpr ParamNames kStatusNames{kSymbol, kOrderName};
constexpr ParamNames kOpenNames{{}, kSymbol};

constexpr std::array<Method, 8> kMethods{{
    {.rule = {.name = "order.place",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .counts_orders = true,
              .params = &kNewNames,
              .way_in = LatencyLeg::kOrderIn},
     .carry_out = place},
    {.rule = {.name = "order.test", .security = Security::kTrade, .params = &kTestNames},
     .carry_out = test,
     .weight = test_weight},
    {.rule = {.name = "order.cancel",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .params = &kCancelNames,
              .way_in = LatencyLeg::kCancelIn},
     .carry_out = cancel},
    {.rule = {.name = "openOrders.cancelAll",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .params = &kSymbolNames,
              .way_in = LatencyLeg::kCancelIn},
     .carry_out = cancel_all},
    {.rule = {.name = "order.status",
              .security = Security::kUserData,
              .weight = 4,
              .params = &kStatusNames},
     .carry_out = status},
    {.rule = {.name = "openOrders.status",
              .security = Security::kUserData,
              .weight = 6,
              .params = &kOpenNames},
     .carry_out = open_orders,
     .weight = open_orders_weight},
    {.rule = {.name = "sor.order.place",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .counts_orders = true,
              .params = &kNewNames,
              .way_in = LatencyLeg::kOrderIn},
     .carry_out = place_by_router},
    {.rule = {.name = "sor.order.test", .security = Security::kTrade, .params = &kTestNames},
     .carry_out = place_by_router,
     .weight = test_weight},
}};

}  // namespace

std::span<const Method> order_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
