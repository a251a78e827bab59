#include "oms/binance/rest_route.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace portcullis::oms::binance {

RestRoute rest_route(std::string_view method) noexcept {
  static constexpr std::array<std::pair<std::string_view, RestRoute>, 18> kRoutes{{
      {"account.status", {"GET", "/api/v3/account"}},
      {"myTrades", {"GET", "/api/v3/myTrades"}},
      {"openOrderLists.status", {"GET", "/api/v3/openOrderList"}},
      {"openOrders.cancelAll", {"DELETE", "/api/v3/openOrders"}},
      {"openOrders.status", {"GET", "/api/v3/openOrders"}},
      {"order.amend.keepPriority", {"PUT", "/api/v3/order/amend/keepPriority"}},
      {"order.cancel", {"DELETE", "/api/v3/order"}},
      {"order.cancelReplace", {"POST", "/api/v3/order/cancelReplace"}},
      {"order.place", {"POST", "/api/v3/order"}},
      {"order.status", {"GET", "/api/v3/order"}},
      {"orderList.cancel", {"DELETE", "/api/v3/orderList"}},
      {"orderList.place.oco", {"POST", "/api/v3/orderList/oco"}},
      {"orderList.place.opo", {"POST", "/api/v3/orderList/opo"}},
      {"orderList.place.opoco", {"POST", "/api/v3/orderList/opoco"}},
      {"orderList.place.oto", {"POST", "/api/v3/orderList/oto"}},
      {"orderList.place.otoco", {"POST", "/api/v3/orderList/otoco"}},
      {"orderList.status", {"GET", "/api/v3/orderList"}},
      {"time", {"GET", "/api/v3/time"}},
  }};
  const auto found =
      std::ranges::find(kRoutes, method, &std::pair<std::string_view, RestRoute>::first);
  return found == kRoutes.end() ? RestRoute{} : found->second;
}

}  // namespace portcullis::oms::binance
