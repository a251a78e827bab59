#include "sim/api/rest_routes.hpp"

#include <algorithm>
#include <array>

namespace portcullis::sim {

namespace {

using Kind = RestRoute::Kind;

struct Entry {
  std::string_view http_method;
  std::string_view path;
  RestRoute route;
};

constexpr Entry method(std::string_view http_method, std::string_view path,
                       std::string_view api_method) {
  return {http_method, path, {Kind::kMethod, api_method}};
}
constexpr Entry other(std::string_view http_method, std::string_view path, Kind kind) {
  return {http_method, path, {kind, {}}};
}

constexpr std::array kEntries{
    method("POST", "/api/v3/order", "order.place"),
    method("DELETE", "/api/v3/order", "order.cancel"),
    method("GET", "/api/v3/order", "order.status"),
    method("POST", "/api/v3/order/test", "order.test"),
    method("POST", "/api/v3/order/cancelReplace", "order.cancelReplace"),
    method("PUT", "/api/v3/order/amend/keepPriority", "order.amend.keepPriority"),
    method("GET", "/api/v3/order/amendments", "order.amendments"),
    method("GET", "/api/v3/openOrders", "openOrders.status"),
    method("DELETE", "/api/v3/openOrders", "openOrders.cancelAll"),
    method("GET", "/api/v3/allOrders", "allOrders"),
    method("POST", "/api/v3/order/oco", "orderList.place"),
    method("POST", "/api/v3/orderList/oco", "orderList.place.oco"),
    method("POST", "/api/v3/orderList/oto", "orderList.place.oto"),
    method("POST", "/api/v3/orderList/otoco", "orderList.place.otoco"),
    method("POST", "/api/v3/orderList/opo", "orderList.place.opo"),
    method("POST", "/api/v3/orderList/opoco", "orderList.place.opoco"),
    method("DELETE", "/api/v3/orderList", "orderList.cancel"),
    method("GET", "/api/v3/orderList", "orderList.status"),
    method("GET", "/api/v3/openOrderList", "openOrderLists.status"),
    method("GET", "/api/v3/allOrderList", "allOrderLists"),
    method("POST", "/api/v3/sor/order", "sor.order.place"),
    method("POST", "/api/v3/sor/order/test", "sor.order.test"),
    method("GET", "/api/v3/account", "account.status"),
    method("GET", "/api/v3/account/commission", "account.commission"),
    method("GET", "/api/v3/rateLimit/order", "account.rateLimits.orders"),
    method("GET", "/api/v3/myTrades", "myTrades"),
    method("GET", "/api/v3/myPreventedMatches", "myPreventedMatches"),
    method("GET", "/api/v3/myAllocations", "myAllocations"),
    method("GET", "/api/v3/myFilters", "myFilters"),
    method("GET", "/api/v3/ping", "ping"),
    method("GET", "/api/v3/time", "time"),
    method("GET", "/api/v3/exchangeInfo", "exchangeInfo"),
    method("GET", "/api/v3/executionRules", "executionRules"),
    method("GET", "/api/v3/depth", "depth"),
    method("GET", "/api/v3/trades", "trades.recent"),
    method("GET", "/api/v3/historicalTrades", "trades.historical"),
    method("GET", "/api/v3/historicalBlockTrades", "blockTrades.historical"),
    method("GET", "/api/v3/aggTrades", "trades.aggregate"),
    method("GET", "/api/v3/klines", "klines"),
    method("GET", "/api/v3/uiKlines", "uiKlines"),
    method("GET", "/api/v3/avgPrice", "avgPrice"),
    method("GET", "/api/v3/ticker/24hr", "ticker.24hr"),
    method("GET", "/api/v3/ticker/tradingDay", "ticker.tradingDay"),
    method("GET", "/api/v3/ticker", "ticker"),
    method("GET", "/api/v3/ticker/price", "ticker.price"),
    method("GET", "/api/v3/ticker/bookTicker", "ticker.book"),
    method("GET", "/api/v3/referencePrice", "referencePrice"),
    method("GET", "/api/v3/referencePrice/calculation", "referencePrice.calculation"),
    other("POST", "/api/v3/userDataStream", Kind::kGone),
    other("PUT", "/api/v3/userDataStream", Kind::kGone),
    other("DELETE", "/api/v3/userDataStream", Kind::kGone),
    other("GET", "/sapi/v1/margin/allPairs", Kind::kEmptyList),
    other("GET", "/sapi/v1/margin/isolated/allPairs", Kind::kEmptyList),
    other("GET", "/sapi/v1/margin/allAssets", Kind::kEmptyList),
    other("GET", "/sapi/v1/capital/config/getall", Kind::kEmptyList),
};

}  // namespace

RestRoute find_route(std::string_view http_method, std::string_view path) noexcept {
  RestRoute route;
  for (const Entry& entry : kEntries) {
    if (entry.path != path) continue;
    if (entry.http_method == http_method) return entry.route;
    route.kind = Kind::kWrongMethod;
  }
  // The first version of the interface is gone as a whole.
  if (path.starts_with("/api/v1/")) route.kind = Kind::kGone;
  return route;
}

}  // namespace portcullis::sim
