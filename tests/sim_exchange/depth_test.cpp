// The depth diffs tell the same book as the snapshot, with no hole between them.
#include <map>

#include <gtest/gtest.h>

#include "sim/markets/market_generator.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using Side2 = std::map<std::int64_t, std::int64_t>;

void apply(const std::vector<Level>& levels, Side2& side) {
  for (const Level& level : levels) {
    if (level.qty.is_zero()) {
      side.erase(level.px.raw());
    } else {
      side[level.px.raw()] = level.qty.raw();
    }
  }
}
Side2 as_map(const std::vector<Level>& levels) {
  Side2 out;
  apply(levels, out);
  return out;
}

using Depth = ExchangeTest;

TEST_F(Depth, NothingChangedNothingTold) {
  EXPECT_FALSE(exchange.take_depth_diff(0).has_value());
  place(alice, limit(Side::kBuy, "60000", "1"));
  EXPECT_TRUE(exchange.take_depth_diff(0).has_value());
  EXPECT_FALSE(exchange.take_depth_diff(0).has_value());
  ASSERT_FALSE(exchange.place(alice, 0, limit(Side::kBuy, "60000", "0"), now).has_value());
  EXPECT_FALSE(exchange.take_depth_diff(0).has_value());
}

TEST_F(Depth, ALevelThatCameAndWentIsToldAsGone) {
  const auto placed = place(alice, limit(Side::kBuy, "60000", "1"));
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.order.order_id), now));
  const auto diff = exchange.take_depth_diff(0);
  ASSERT_TRUE(diff.has_value());
  EXPECT_EQ(diff->first_update_id, 1U);
  EXPECT_EQ(diff->last_update_id, 2U);
  ASSERT_EQ(diff->bids.size(), 1U);
  EXPECT_TRUE(diff->bids[0].qty.is_zero());
  EXPECT_TRUE(diff->asks.empty());
}

TEST_F(Depth, SnapshotIsBestFirstAndLimited) {
  for (const char* price : {"59998", "60000", "59999"}) {
    place(alice, limit(Side::kBuy, price, "1"));
  }
  for (const char* price : {"60003", "60001"}) place(bob, limit(Side::kSell, price, "1"));
  const DepthSnapshot top = exchange.depth(0, 2);
  ASSERT_EQ(top.bids.size(), 2U);
  EXPECT_EQ(top.bids[0].px, px("60000"));
  EXPECT_EQ(top.bids[1].px, px("59999"));
  EXPECT_EQ(top.asks[0].px, px("60001"));
  EXPECT_EQ(top.last_update_id, 5U);
}

TEST_F(Depth, AChainOfDiffsFromASnapshotIsTheBook) {
  MarketGenerator generator{exchange, {.seed = 7, .events_per_second = 2'000, .start_prices = {}}};
  WallTime time = now;
  generator.step(time);
  (void)exchange.take_depth_diff(0);
  const DepthSnapshot start = exchange.depth(0, 10'000);
  Side2 bids = as_map(start.bids);
  Side2 asks = as_map(start.asks);
  std::uint64_t last = start.last_update_id;
  int diffs = 0;
  for (int i = 0; i < 400; ++i) {
    time += std::chrono::milliseconds{7};
    generator.step(time);
    const auto diff = exchange.take_depth_diff(0);
    if (!diff) continue;
    ++diffs;
    ASSERT_EQ(diff->first_update_id, last + 1);
    ASSERT_GE(diff->last_update_id, diff->first_update_id);
    last = diff->last_update_id;
    apply(diff->bids, bids);
    apply(diff->asks, asks);
    const DepthSnapshot present = exchange.depth(0, 10'000);
    ASSERT_EQ(present.last_update_id, last);
    ASSERT_EQ(as_map(present.bids), bids);
    ASSERT_EQ(as_map(present.asks), asks);
  }
  EXPECT_GT(diffs, 300);
}

TEST_F(Depth, ABookNobodyWatchesForgetsNoLevel) {
  for (int i = 0; i < 30'000; ++i) {
    const auto price = Price::from_units(50'000 + i % 100);
    NewOrder order = limit(Side::kBuy, "1", "0.01");
    order.px = price;
    const auto placed = exchange.place(kCrowd, 0, order, now);
    ASSERT_TRUE(placed.has_value());
    if (i % 100 != 42) {
      ASSERT_TRUE(exchange.cancel(kCrowd, 0, by_id(placed->order.order_id), now));
    }
  }
  const auto diff = exchange.take_depth_diff(0);
  ASSERT_TRUE(diff.has_value());
  ASSERT_EQ(diff->bids.size(), 100U);
  EXPECT_EQ(diff->bids.front().px, px("50099"));
  Side2 bids;
  apply(diff->bids, bids);
  EXPECT_EQ(bids, as_map(exchange.depth(0, 1'000).bids));
}

}  // namespace
}  // namespace portcullis::sim
