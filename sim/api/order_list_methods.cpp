#include <array>
#include <string>

#include "sim/api/history_params.hpp"
#include "sim/api/method.hpp"
#include "sim/api/order_list_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

using ReadList = std::expected<NewListCall, VenueError> (*)(const Params&, const SymbolSpec&);

ApiResult place_list(const Call& call, const char* method, ReadList read) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read(call.params, call.spec(*symbol));
  if (!request) return std::unexpected{request.error()};
  const int orders = static_cast<int>(request->list.orders.size());
  if (auto error = enter_engine(call, orders)) return std::unexpected{*std::move(error)};
  auto placed = call.venue.exchange.place_list(call.account, *symbol, request->list, call.now);
  record(call, method, *symbol,
         placed ? placed->list.list_client_order_id : request->list.list_client_order_id,
         placed ? nullptr : &placed.error());
  if (!placed) return std::unexpected{std::move(placed.error())};
  JsonOut out = call.json();
  write_placed_list(out, call.spec(*symbol), *placed, request->shape);
  return out.take();
}

ApiResult place_oco(const Call& call) {
  return place_list(call, "orderList.place.oco", read_oco);
}
ApiResult place_oto(const Call& call) {
  return place_list(call, "orderList.place.oto", read_oto);
}
ApiResult place_otoco(const Call& call) {
  return place_list(call, "orderList.place.otoco", read_otoco);
}
ApiResult place_opo(const Call& call) {
  return place_list(call, "orderList.place.opo", read_opo);
}
ApiResult place_opoco(const Call& call) {
  return place_list(call, "orderList.place.opoco", read_opoco);
}
ApiResult place_old_oco(const Call& call) {
  return place_list(call, "orderList.place", read_old_oco);
}

struct ListName {
  std::int64_t id{-1};
  std::string client_id;
};

std::expected<ListName, VenueError> read_list_name(const Params& params,
                                                   std::string_view client_id_name) {
  const auto id = params.whole("orderListId");
  if (!id) return std::unexpected{id.error()};
  const auto client_id = params.client_id(client_id_name);
  if (!client_id) return std::unexpected{client_id.error()};
  if (!*id && !*client_id) return std::unexpected{missing_both("orderListId", client_id_name)};
  return ListName{.id = *id ? static_cast<std::int64_t>(**id) : -1,
                  .client_id = std::string{client_id->value_or("")}};
}

ApiResult cancel_list(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  auto name = read_list_name(call.params, "listClientOrderId");
  if (!name) return std::unexpected{name.error()};
  const auto cancel_id = call.params.client_id("newClientOrderId");
  if (!cancel_id) return std::unexpected{cancel_id.error()};
  if (auto error = enter_engine(call, 0)) return std::unexpected{*std::move(error)};
  const CancelListRequest request{.list_id = name->id,
                                  .list_client_order_id = std::move(name->client_id),
                                  .cancel_client_order_id = std::string{cancel_id->value_or("")}};
  auto canceled = call.venue.exchange.cancel_list(call.account, *symbol, request, call.now);
  record(call, "orderList.cancel", *symbol, request.list_client_order_id,
         canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{std::move(canceled.error())};
  JsonOut out = call.json();
  write_cancel(out, call.spec(*symbol), *canceled);
  return out.take();
}

ApiResult list_status(const Call& call) {
  const auto name = read_list_name(call.params, "origClientOrderId");
  if (!name) return std::unexpected{name.error()};
  const auto list = call.venue.exchange.find_list(call.account, name->id, name->client_id);
  if (!list) return std::unexpected{VenueError{400, -2018, "Order list does not exist."}};
  JsonOut out = call.json();
  write_list(out, call.spec(list->symbol), *list);
  return out.take();
}

std::string lists_json(const Call& call, const std::vector<OrderList>& lists) {
  JsonOut out = call.json();
  out.open_array();
  for (const OrderList& list : lists) write_list(out, call.spec(list.symbol), list);
  return out.close_array().take();
}

ApiResult open_lists(const Call& call) {
  return lists_json(call, call.venue.exchange.open_lists(call.account));
}

ApiResult all_lists(const Call& call) {
  const auto query = read_history(call.params, {.from_id = "fromId"});
  if (!query) return std::unexpected{query.error()};
  if (query->from_id && (query->start || query->end)) return std::unexpected{bad_combination()};
  return lists_json(call, call.venue.exchange.all_lists(call.account, *query));
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 3> kCancelOptional{"orderListId", "listClientOrderId",
                                               "newClientOrderId"};
constexpr std::array<Names, 2> kStatusOptional{"orderListId", "origClientOrderId"};
constexpr std::array<Names, 4> kAllOptional{"fromId", "startTime", "endTime", "limit"};
constexpr ParamNames kCancelNames{kSymbol, kCancelOptional};
constexpr ParamNames kStatusNames{{}, kStatusOptional};
constexpr ParamNames kOpenNames{};
constexpr ParamNames kAllNames{{}, kAllOptional};

constexpr MethodRule placing(std::string_view name, const ParamNames& params) {
  return {.name = name,
          .security = Security::kTrade,
          .is_free_on_success = true,
          .counts_orders = true,
          .params = &params,
          .way_in = LatencyLeg::kOrderIn};
}

constexpr std::array<Method, 10> kMethods{{
    {.rule = placing("orderList.place", kOldOcoNames), .carry_out = place_old_oco},
    {.rule = placing("orderList.place.oco", kOcoNames), .carry_out = place_oco},
    {.rule = placing("orderList.place.oto", kOtoNames), .carry_out = place_oto},
    {.rule = placing("orderList.place.otoco", kOtocoNames), .carry_out = place_otoco},
    {.rule = placing("orderList.place.opo", kOpoNames), .carry_out = place_opo},
    {.rule = placing("orderList.place.opoco", kOpocoNames), .carry_out = place_opoco},
    {.rule = {.name = "orderList.cancel",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .params = &kCancelNames,
              .way_in = LatencyLeg::kCancelIn},
     .carry_out = cancel_list},
    {.rule = {.name = "orderList.status",
              .security = Security::kUserData,
              .weight = 4,
              .params = &kStatusNames},
     .carry_out = list_status},
    {.rule = {.name = "openOrderLists.status",
              .security = Security::kUserData,
              .weight = 6,
              .params = &kOpenNames},
     .carry_out = open_lists},
    {.rule = {.name = "allOrderLists",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kAllNames},
     .carry_out = all_lists},
}};

}  // namespace

std::span<const Method> order_list_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
