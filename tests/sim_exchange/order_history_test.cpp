#include "sim/exchange/order_history.hpp"

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

Order order(std::uint64_t id, std::string client_order_id) {
  Order out;
  out.order_id = id;
  out.client_order_id = std::move(client_order_id);
  return out;
}

TEST(OrderHistory, ForgetsTheOldestClosedOrdersOnly) {
  OrderHistory history;
  history.add(order(1, "open"));
  const std::uint64_t count = OrderHistory::kClosedKept + 10;
  for (std::uint64_t id = 2; id < 2 + count; ++id) {
    history.close(history.add(order(id, "c" + std::to_string(id))));
  }
  EXPECT_TRUE(history.is_open("open"));
  EXPECT_NE(history.find(1), nullptr);
  EXPECT_EQ(history.find(11), nullptr);
  EXPECT_EQ(history.find("c11"), nullptr);
  EXPECT_NE(history.find(12), nullptr);
  EXPECT_NE(history.find("c12"), nullptr);
}

TEST(OrderHistory, AReusedClientIdOutlivesItsFirstOrder) {
  OrderHistory history;
  history.close(history.add(order(1, "same")));
  history.add(order(2, "same"));
  for (std::uint64_t id = 3; id < 3 + OrderHistory::kClosedKept; ++id) {
    history.close(history.add(order(id, "c" + std::to_string(id))));
  }
  EXPECT_EQ(history.find(1), nullptr);
  ASSERT_NE(history.find("same"), nullptr);
  EXPECT_EQ(history.find("same")->order.order_id, 2U);
  EXPECT_TRUE(history.is_open("same"));
}

}  // namespace
}  // namespace portcullis::sim
