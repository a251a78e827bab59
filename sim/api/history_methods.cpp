#include <array>
#include <vector>

#include "sim/api/history_params.hpp"
#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

ApiResult all_orders(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto query = read_history(call.params, {.from_id = "orderId"});
  if (!query) return std::unexpected{query.error()};
  JsonOut out = call.json();
  out.open_array();
  for (const Order& order : call.venue.exchange.all_orders(call.account, *symbol, *query)) {
    write_order(out, call.spec(*symbol), order);
  }
  return out.close_array().take();
}

// The combinations that the venue takes: times, an order, an id to begin with, an order and an id.
bool is_trades_combination(const HistoryQuery& query) {
  const bool has_time = query.start || query.end;
  return !has_time || (!query.order_id && !query.from_id);
}

ApiResult my_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  auto query = read_history(call.params, {.from_id = "fromId"});
  if (!query) return std::unexpected{query.error()};
  const auto order_id = call.params.whole("orderId");
  if (!order_id) return std::unexpected{order_id.error()};
  query->order_id = *order_id;
  if (!is_trades_combination(*query)) return std::unexpected{bad_combination()};
  JsonOut out = call.json();
  out.open_array();
  for (const Fill& fill : call.venue.exchange.fills(call.account, *symbol, *query)) {
    write_trade(out, call.spec(*symbol), fill);
  }
  return out.close_array().take();
}

int my_trades_weight(const Params& params) {
  return params.has("orderId") ? 5 : 20;
}

// By the match's own id, or all of an order from an id on.
ApiResult my_prevented_matches(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  auto query = read_history(call.params, {.from_id = "fromPreventedMatchId"});
  if (!query) return std::unexpected{query.error()};
  const auto match_id = call.params.whole("preventedMatchId");
  if (!match_id) return std::unexpected{match_id.error()};
  const auto order_id = call.params.whole("orderId");
  if (!order_id) return std::unexpected{order_id.error()};
  if (!*match_id && !*order_id) {
    return std::unexpected{missing_both("preventedMatchId", "orderId")};
  }
  if (*match_id && (*order_id || query->from_id)) return std::unexpected{bad_combination()};
  if (*match_id) query->from_id = *match_id;
  query->order_id = *order_id;
  JsonOut out = call.json();
  out.open_array();
  for (const PreventedMatch& match :
       call.venue.exchange.prevented_matches(call.account, *symbol, *query)) {
    if (*match_id && match.prevented_match_id != **match_id) continue;
    write_prevented_match(out, call.spec(*symbol), match);
  }
  return out.close_array().take();
}

int my_prevented_matches_weight(const Params& params) {
  return params.has("preventedMatchId") ? 2 : 20;
}

// Only orders that were routed between symbols are allocated, and none is here.
ApiResult my_allocations(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto query = read_history(call.params, {.from_id = "fromAllocationId"});
  if (!query) return std::unexpected{query.error()};
  const auto order_id = call.params.whole("orderId");
  if (!order_id) return std::unexpected{order_id.error()};
  return "[]";
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 4> kOrdersOptional{"orderId", "startTime", "endTime", "limit"};
constexpr std::array<Names, 5> kTradesOptional{"orderId", "startTime", "endTime", "fromId",
                                               "limit"};
constexpr std::array<Names, 4> kMatchesOptional{"preventedMatchId", "orderId",
                                                "fromPreventedMatchId", "limit"};
constexpr std::array<Names, 5> kAllocationsOptional{"orderId", "startTime", "endTime",
                                                    "fromAllocationId", "limit"};
constexpr ParamNames kOrdersNames{kSymbol, kOrdersOptional};
constexpr ParamNames kTradesNames{kSymbol, kTradesOptional};
constexpr ParamNames kMatchesNames{kSymbol, kMatchesOptional};
constexpr ParamNames kAllocationsNames{kSymbol, kAllocationsOptional};

constexpr std::array<Method, 4> kMethods{{
    {.rule = {.name = "allOrders",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kOrdersNames},
     .carry_out = all_orders},
    {.rule = {.name = "myTrades",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kTradesNames},
     .carry_out = my_trades,
     .weight = my_trades_weight},
    {.rule = {.name = "myPreventedMatches",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kMatchesNames},
     .carry_out = my_prevented_matches,
     .weight = my_prevented_matches_weight},
    {.rule = {.name = "myAllocations",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kAllocationsNames},
     .carry_out = my_allocations},
}};

}  // namespace

std::span<const Method> history_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
