#pragma once

#include <cstddef>
#include <vector>

#include "core/ids.hpp"
#include "oms/binance/route_id.hpp"

namespace portcullis::oms::binance {

// By which connection an order left, so that what changes it cannot overtake it. Kept of the latest
// orders: once its answer is there an order can be changed by any way. Trading thread only, no
// allocation after construction.
class OrderRoutes {
 public:
  OrderRoutes() : entries_(kKept) {}

  void note(OrderId order, RouteId route) noexcept { at(order) = {order, route}; }
  // Zero: not known any more.
  [[nodiscard]] RouteId of(OrderId order) const noexcept {
    const Entry& entry = entries_[index(order)];
    return entry.order == order ? entry.route : RouteId{};
  }

 private:
  static constexpr std::size_t kKept = 4096;  // a power of two
  struct Entry {
    OrderId order{};
    RouteId route{};
  };

  // The low bits of an id are its number in the sequence.
  [[nodiscard]] static std::size_t index(OrderId order) noexcept { return order.raw() % kKept; }
  [[nodiscard]] Entry& at(OrderId order) noexcept { return entries_[index(order)]; }

  std::vector<Entry> entries_;
};

}  // namespace portcullis::oms::binance
