#include "sim/exchange/order_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

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

// ---- queries

using ::testing::ElementsAre;

class Histories : public ExchangeTest {
 protected:
  // Ids 1 to 5, a second apart; the third is filled against bob's.
  void SetUp() override {
    for (int i = 0; i < 5; ++i) {
      place(alice, limit(Side::kBuy, i == 2 ? "60000" : "50000", "1"));
      now += std::chrono::seconds{1};
    }
    place(bob, limit(Side::kSell, "60000", "1"));
  }
  static std::vector<std::uint64_t> ids(const std::vector<Order>& orders) {
    std::vector<std::uint64_t> out;
    for (const Order& order : orders) out.push_back(order.order_id);
    return out;
  }
  const WallTime first = now;
};

TEST_F(Histories, AllOrdersAreOpenAndClosedOldestFirst) {
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(2), now).has_value());
  const auto all = exchange.all_orders(alice, 0, {});
  EXPECT_THAT(ids(all), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(all[1].status, OrderStatus::kCanceled);
  EXPECT_EQ(all[2].status, OrderStatus::kFilled);
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.limit = 2})), ElementsAre(4, 5));
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.from_id = 2, .limit = 2})), ElementsAre(2, 3));
  EXPECT_TRUE(exchange.all_orders(alice, 0, {.from_id = 9}).empty());
  EXPECT_THAT(ids(exchange.all_orders(bob, 0, {})), ElementsAre(6));
  const SimAccountId nobody = exchange.add_account({});
  EXPECT_TRUE(exchange.all_orders(nobody, 0, {}).empty());
}

TEST_F(Histories, TimesAreInclusiveAndCapTheRest) {
  const auto at = [this](int i) { return first + std::chrono::seconds{i}; };
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.start = at(3)})), ElementsAre(4, 5));
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.end = at(1)})), ElementsAre(1, 2));
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.end = at(3), .limit = 2})), ElementsAre(3, 4));
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.start = at(1), .end = at(3), .limit = 2})),
              ElementsAre(2, 3));
  EXPECT_THAT(ids(exchange.all_orders(alice, 0, {.start = at(2), .end = at(2)})), ElementsAre(3));
}

TEST_F(Histories, FillsByTradeByOrderAndByTime) {
  place(bob, limit(Side::kSell, "50000", "2"));
  const auto all = exchange.fills(alice, 0, {});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(exchange.fills(alice, 0, {.from_id = all[1].trade_id, .limit = 1})[0].trade_id,
            all[1].trade_id);
  const auto of_order = exchange.fills(alice, 0, {.order_id = 3});
  ASSERT_EQ(of_order.size(), 1U);
  EXPECT_EQ(of_order[0].px, px("60000"));
  EXPECT_EQ(exchange.fills(alice, 0, {.start = now}).size(), 3U);
  EXPECT_TRUE(exchange.fills(alice, 0, {.end = now - Nanos{1}}).empty());
  EXPECT_TRUE(exchange.fills(alice, 0, {.from_id = all[2].trade_id + 1}).empty());
}

TEST(OrderHistory, OldIdsAreSkippedNotLost) {
  OrderHistory history;
  history.add(order(1, "open"));
  const std::uint64_t count = 3 * OrderHistory::kClosedKept;
  for (std::uint64_t id = 2; id < 2 + count; ++id) {
    history.close(history.add(order(id, "c" + std::to_string(id))));
  }
  EXPECT_EQ(history.orders({.limit = 1'000'000}).size(), OrderHistory::kClosedKept + 1);
  EXPECT_EQ(history.orders({.from_id = 0, .limit = 2})[0].order_id, 1U);
  EXPECT_EQ(history.orders({.from_id = 2, .limit = 1})[0].order_id,
            2 + count - OrderHistory::kClosedKept);
}

}  // namespace
}  // namespace portcullis::sim
