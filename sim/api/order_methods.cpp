#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/api/order_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

void record(const Call& call, const char* method, std::size_t symbol,
            std::string_view client_order_id, const VenueError* error) {
  call.venue.truth.on_message({.time = call.now,
                               .account = call.account,
                               .method = method,
                               .symbol = call.venue.exchange.symbols()[symbol].symbol,
                               .client_order_id = std::string{client_order_id},
                               .code = error != nullptr ? error->code : 0});
}

ApiResult place(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read_new_order(call.params);
  if (!request) return std::unexpected{request.error()};
  call.venue.usage.add_order(call.account, call.now);
  const auto placed = call.venue.exchange.place(call.account, *symbol, request->order, call.now);
  const std::string& name = placed ? placed->order.client_order_id : request->order.client_order_id;
  record(call, "order.place", *symbol, name, placed ? nullptr : &placed.error());
  if (!placed) return std::unexpected{placed.error()};
  return placed_json(call.venue.exchange.symbols()[*symbol], *placed, request->shape);
}

ApiResult test(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read_new_order(call.params);
  if (!request) return std::unexpected{request.error()};
  const auto tested =
      call.venue.exchange.test(call.account, *symbol, request->order, call.now);
  if (!tested) return std::unexpected{tested.error()};
  return "{}";
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
  const CancelRequest request{.target = *name,
                              .cancel_client_order_id = std::string{cancel_id->value_or("")},
                              .restriction = *restriction};
  const auto canceled = call.venue.exchange.cancel(call.account, *symbol, request, call.now);
  const std::string& target =
      canceled ? canceled->orders.front().client_order_id : name->client_order_id;
  record(call, "order.cancel", *symbol, target, canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{canceled.error()};
  const std::string own_id =
      request.cancel_client_order_id.empty() ? kMassCancelId : request.cancel_client_order_id;
  return canceled_json(call.venue.exchange.symbols()[*symbol], canceled->orders.front(), own_id);
}

ApiResult cancel_all(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto canceled = call.venue.exchange.cancel_all(call.account, *symbol, call.now);
  record(call, "openOrders.cancelAll", *symbol, "", canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{canceled.error()};
  JsonOut out;
  out.open_array();
  for (const CancelResult& each : *canceled) {
    for (const Order& order : each.orders) {
      out.raw(canceled_json(call.venue.exchange.symbols()[*symbol], order, kMassCancelId));
    }
  }
  return out.close_array().take();
}

ApiResult order_status(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto name = read_order_name(call.params);
  if (!name) return std::unexpected{name.error()};
  const auto order =
      call.venue.exchange.find_order(call.account, *symbol, *name);
  if (!order) return std::unexpected{order.error()};
  return order_json(call.venue.exchange.symbols()[*symbol], *order);
}

ApiResult open_orders(const Call& call) {
  std::optional<std::size_t> symbol;
  if (call.params.has("symbol")) {
    const auto found = symbol_of(call);
    if (!found) return std::unexpected{found.error()};
    symbol = *found;
  }
  JsonOut out;
  out.open_array();
  for (const Order& order : call.venue.exchange.open_orders(call.account, symbol)) {
    out.raw(order_json(call.venue.exchange.symbols()[order.symbol], order));
  }
  return out.close_array().take();
}

int open_orders_weight(const Params& params) {
  return params.has("symbol") ? 6 : 80;
}

constexpr std::array<Method, 6> kMethods{{
    {.rule = {.name = "order.place", .is_signed = true, .is_order_action = true},
     .carry_out = place},
    {.rule = {.name = "order.test", .is_signed = true}, .carry_out = test},
    {.rule = {.name = "order.cancel", .is_signed = true, .is_order_action = true},
     .carry_out = cancel},
    {.rule = {.name = "openOrders.cancelAll", .is_signed = true, .is_order_action = true},
     .carry_out = cancel_all},
    {.rule = {.name = "order.status", .is_signed = true, .weight = 4}, .carry_out = order_status},
    {.rule = {.name = "openOrders.status", .is_signed = true, .weight = 6},
     .carry_out = open_orders,
     .weight = open_orders_weight},
}};

}  // namespace

std::span<const Method> order_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
