// The crowd as a mirror of a recorded book: levels set, trades printed, accounts filled by both.
#include <array>

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class Mirror : public ExchangeTest {
 protected:
  void SetUp() override {
    exchange.set_crowd_level(0, Side::kBuy, level("60000", "1"), now);
    exchange.set_crowd_level(0, Side::kSell, level("60001", "2"), now);
    exchange.set_crowd_level(0, Side::kSell, level("60002", "3"), now);
    ExchangeTest::SetUp();
  }
};

TEST_F(Mirror, LevelsAreAbsoluteAndZeroRemoves) {
  exchange.set_crowd_level(0, Side::kSell, level("60001", "0.5"), now);
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.5"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "0"), now);
  EXPECT_EQ(exchange.best(0).ask.px, px("60002"));
  EXPECT_TRUE(listener.trades.empty());
}

TEST_F(Mirror, WhatAnImageDoesNotNameIsGoneButAccountsOrders) {
  place(alice, limit(Side::kSell, "60005", "0.3"));
  const std::array bids{level("59990", "4")};
  const std::array asks{level("60002", "1"), level("60005", "2")};
  exchange.mirror_image(0, {.bids = bids, .asks = asks}, now);
  const DepthSnapshot depth = exchange.depth(0, 10);
  ASSERT_EQ(depth.bids.size(), 1U);
  ASSERT_EQ(depth.asks.size(), 2U);
  EXPECT_EQ(depth.asks[0].px, px("60002"));
  EXPECT_EQ(depth.asks[0].qty, qty("1"));
  EXPECT_EQ(depth.asks[1].qty, qty("2.3"));
  exchange.mirror_image(0, {}, now);
  EXPECT_EQ(exchange.depth(0, 10).asks.at(0).qty, qty("0.3"));
}

TEST_F(Mirror, TakingDisplayedQuantityLastsUntilTheNextUpdateOfTheLevel) {
  const auto bought = place(alice, limit(Side::kBuy, "60002", "2.5"));
  EXPECT_EQ(bought.order.status, OrderStatus::kFilled);
  ASSERT_EQ(bought.fills.size(), 2U);
  EXPECT_EQ(bought.fills[1].qty, qty("0.5"));
  EXPECT_EQ(exchange.best(0).ask.px, px("60002"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("2.5"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "2"), now);
  EXPECT_EQ(exchange.best(0).ask.px, px("60001"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("2"));
}

TEST_F(Mirror, WhatWasTakenMayStayTakenForAWhile) {
  exchange.set_mirror_rules(
      {.impact = MirrorRules::Impact::kForAWhile, .impact_for = std::chrono::seconds{2}});
  place(alice, limit(Side::kBuy, "60001", "1.5"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "1.8"), now + std::chrono::seconds{1});
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.3"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "1.4"), now + std::chrono::seconds{1});
  EXPECT_EQ(exchange.best(0).ask.px, px("60002"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "1.4"), now + std::chrono::seconds{2});
  EXPECT_EQ(exchange.best(0).ask.qty, qty("1.4"));
}

TEST_F(Mirror, WhatWasTakenMayStayTakenWhileTheLevelLives) {
  exchange.set_mirror_rules({.impact = MirrorRules::Impact::kWhileLevelLives});
  place(alice, limit(Side::kBuy, "60001", "1.5"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "5"), now + std::chrono::hours{1});
  EXPECT_EQ(exchange.best(0).ask.qty, qty("3.5"));
  exchange.set_crowd_level(0, Side::kSell, level("60001", "0"), now);
  exchange.set_crowd_level(0, Side::kSell, level("60001", "5"), now);
  EXPECT_EQ(exchange.best(0).ask.qty, qty("5"));
  place(alice, limit(Side::kBuy, "60001", "1"));
  exchange.mirror_image(0, {}, now);  // it was empty once, though nobody said so
  exchange.set_crowd_level(0, Side::kSell, level("60001", "5"), now);
  EXPECT_EQ(exchange.best(0).ask.qty, qty("5"));
}

TEST_F(Mirror, ACrossingLevelIsTakenOnceWhileItLives) {
  exchange.set_mirror_rules({.impact = MirrorRules::Impact::kWhileLevelLives});
  const auto own = place(alice, limit(Side::kBuy, "60000.5", "3"));
  for (const char* shown : {"0.2", "0.5", "0.5"}) {
    exchange.set_crowd_level(0, Side::kSell, level("60000.4", shown), now);
  }
  EXPECT_EQ(order_of(alice, own.order.order_id).cum_qty, qty("0.5"));
}

TEST_F(Mirror, OwnQuantityStaysWhenTheLevelIsSet) {
  place(alice, limit(Side::kBuy, "60000", "0.3"));
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1.3"));
  exchange.set_crowd_level(0, Side::kBuy, level("60000", "0"), now);
  EXPECT_EQ(exchange.best(0).bid.qty, qty("0.3"));
}

TEST_F(Mirror, APrintFillsWhatItHasPassedAndThenWhatIsFirstInLine) {
  exchange.set_crowd_level(0, Side::kBuy, level("60000", "0"), now);
  const auto at = place(alice, limit(Side::kBuy, "60000", "0.3"));
  const auto better = place(bob, limit(Side::kBuy, "60000.5", "0.3"));
  const auto worse = place(bob, limit(Side::kBuy, "59999", "0.3"));
  listener.clear();
  exchange.print_crowd_trade(0, Side::kSell, level("60000", "0.5"), now);

  EXPECT_EQ(order_of(bob, better.order.order_id).status, OrderStatus::kFilled);
  EXPECT_EQ(order_of(alice, at.order.order_id).cum_qty, qty("0.2"));
  EXPECT_EQ(order_of(bob, worse.order.order_id).cum_qty, Qty{});
  const auto fills = exchange.fills(bob, 0, fills_of(better.order.order_id, 1));
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(fills[0].px, px("60000.5"));  // its own price, as a maker
  EXPECT_TRUE(fills[0].is_maker);
  ASSERT_EQ(listener.trades.size(), 2U);  // the whole print went to accounts
  EXPECT_TRUE(listener.trades[0].buyer_is_maker);
}

TEST_F(Mirror, WhatAPrintLeavesIsPublishedAndTheMirroredBookStays) {
  const auto own = place(alice, limit(Side::kSell, "60001", "0.2"));
  listener.clear();
  exchange.print_crowd_trade(0, Side::kBuy, level("60001", "2.1"), now);
  EXPECT_EQ(order_of(alice, own.order.order_id).cum_qty, qty("0.1"));
  ASSERT_EQ(listener.trades.size(), 2U);
  EXPECT_EQ(listener.trades[0].qty, qty("0.1"));
  EXPECT_EQ(listener.trades[1].qty, qty("2"));
  EXPECT_EQ(listener.trades[1].trade_id, listener.trades[0].trade_id + 1);
  EXPECT_FALSE(listener.trades[1].buyer_is_maker);
  EXPECT_EQ(exchange.best(0).ask.qty, qty("2.1"));  // the mirrored two, and what is left of ours
}

TEST_F(Mirror, APrintOnTheOtherSideFillsNothing) {
  place(alice, limit(Side::kBuy, "60000", "0.3"));
  listener.clear();
  exchange.print_crowd_trade(0, Side::kBuy, level("60000", "0.5"), now);
  EXPECT_TRUE(listener.events.empty());
  EXPECT_EQ(listener.trades.size(), 1U);
}

TEST_F(Mirror, ALevelThatCrossesARestingOrderFillsIt) {
  const auto own = place(alice, limit(Side::kBuy, "60000.5", "0.3"));
  exchange.set_crowd_level(0, Side::kSell, level("60000.4", "0.2"), now);
  EXPECT_EQ(order_of(alice, own.order.order_id).cum_qty, qty("0.2"));
  EXPECT_EQ(exchange.fills(alice, 0, fills_of(0, 1)).at(0).px, px("60000.5"));
  EXPECT_EQ(exchange.best(0).ask.px, px("60001"));  // all of the level was taken
  exchange.set_crowd_level(0, Side::kSell, level("60000.4", "0.5"), now);
  EXPECT_EQ(order_of(alice, own.order.order_id).status, OrderStatus::kFilled);
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.4"));
}

TEST_F(Mirror, ManyLevelsAreOneChangeAndNeverCrossed) {
  const std::array bids{level("60001", "1")};
  const std::array asks{level("60001", "0"), level("60001.5", "4")};
  exchange.set_crowd_levels(0, bids, asks, now);
  ASSERT_EQ(listener.best.size(), 1U);
  EXPECT_EQ(listener.best[0].bid.px, px("60001"));
  EXPECT_EQ(listener.best[0].ask.px, px("60001.5"));
}

TEST_F(Mirror, MoneyIsConserved) {
  place(alice, limit(Side::kBuy, "60001.01", "0.12345"));
  place(bob, limit(Side::kSell, "60001.5", "1"));
  exchange.print_crowd_trade(0, Side::kBuy, level("60001.5", "2.54321"), now);
  exchange.print_crowd_trade(0, Side::kBuy, level("60003", "0.00001"), now);
  for (const char* asset : {"BTC", "USDT"}) {
    Qty total = balance(kCrowd, asset).free;
    for (const SimAccountId account : {alice, bob}) {
      total += balance(account, asset).free + balance(account, asset).locked;
    }
    for (const Balance& fee : exchange.fees_collected()) {
      if (fee.asset == asset) total += fee.free;
    }
    EXPECT_EQ(total, asset == std::string_view{"BTC"} ? qty("20") : qty("2000000"));
  }
}

}  // namespace
}  // namespace portcullis::sim
