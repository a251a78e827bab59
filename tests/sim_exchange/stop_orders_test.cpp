// Contingent orders: trigger sides, what a trigger does, and what happens when it cannot be done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class StopOrders : public ExchangeTest {
 protected:
  void SetUp() override {
    crowd(Side::kBuy, "59999", "5");
    offer = exchange.place_crowd(0, {.side = Side::kSell, .px = px("60001"), .qty = qty("5")}, now)
                ->order_id;
    last_price("60000");
    ExchangeTest::SetUp();
  }
  std::uint64_t offer{0};
};

struct TriggerCase {
  OrderType type;
  Side side;
  const char* stop;
  const char* not_yet;
  bool is_immediate;  // at 60000
};

class TriggerSides : public StopOrders, public ::testing::WithParamInterface<TriggerCase> {};

TEST_P(TriggerSides, WaitsUntilThePriceIsReachedAndIsRefusedWhereItIsAlready) {
  const TriggerCase& param = GetParam();
  NewOrder order = stop(param.type, param.side, param.stop, "0.01");
  if (has_limit_price(param.type)) order.px = px("60000");
  if (param.is_immediate) {
    expect_refused(order, -2010, "Order would trigger immediately.");
    return;
  }
  const auto placed = place(alice, order);
  EXPECT_EQ(placed.order.status, OrderStatus::kNew);
  EXPECT_FALSE(placed.order.is_working());
  EXPECT_EQ(placed.order.stop_px, px(param.stop));
  EXPECT_EQ(listener.story(alice), "NEW position");
  last_price(param.not_yet);
  EXPECT_FALSE(order_of(alice, placed.order.order_id).is_working());
  now += std::chrono::seconds{1};
  last_price(param.stop);
  const Order triggered = order_of(alice, placed.order.order_id);
  EXPECT_EQ(triggered.working_time, now);
  EXPECT_EQ(listener.events.at(1).event.type, AccountEvent::Type::kNew);
  EXPECT_TRUE(listener.events.at(1).event.order.is_working());
}

INSTANTIATE_TEST_SUITE_P(Table, TriggerSides,
                         ::testing::Values(
                             // Above the market: stop loss buys, take profit sells.
                             TriggerCase{kStopLoss, Side::kBuy, "60010", "60009.99", false},
                             TriggerCase{kStopLossLimit, Side::kBuy, "60010", "60009.99", false},
                             TriggerCase{kTakeProfit, Side::kSell, "60010", "60009.99", false},
                             TriggerCase{kTakeProfitLimit, Side::kSell, "60010", "60009.99", false},
                             // Below it: stop loss sells, take profit buys.
                             TriggerCase{kStopLoss, Side::kSell, "59990", "59990.01", false},
                             TriggerCase{kStopLossLimit, Side::kSell, "59990", "59990.01", false},
                             TriggerCase{kTakeProfit, Side::kBuy, "59990", "59990.01", false},
                             TriggerCase{kTakeProfitLimit, Side::kBuy, "59990", "59990.01", false},
                             TriggerCase{kStopLoss, Side::kBuy, "60000", "", true},
                             TriggerCase{kStopLossLimit, Side::kBuy, "59990", "", true},
                             TriggerCase{kTakeProfit, Side::kSell, "59990", "", true},
                             TriggerCase{kTakeProfitLimit, Side::kSell, "60000", "", true},
                             TriggerCase{kStopLoss, Side::kSell, "60000", "", true},
                             TriggerCase{kStopLossLimit, Side::kSell, "60010", "", true},
                             TriggerCase{kTakeProfit, Side::kBuy, "60010", "", true},
                             TriggerCase{kTakeProfitLimit, Side::kBuy, "60000", "", true}));

TEST_F(StopOrders, ATriggeredStopLossSellsAtTheMarket) {
  const auto placed = place(alice, stop(kStopLoss, Side::kSell, "59000", "1"));
  EXPECT_EQ(locked(alice, "BTC"), "1");
  last_price("58999");
  const Order order = order_of(alice, placed.order.order_id);
  EXPECT_EQ(order.status, OrderStatus::kFilled);
  EXPECT_EQ(order.cum_quote.str(), "59999");
  EXPECT_EQ(order.tif, TimeInForce::kGtc);
  EXPECT_EQ(order.px, Price{});
  EXPECT_EQ(listener.types(alice), "NEW NEW TRADE");
  EXPECT_EQ(locked(alice, "BTC"), "0");
}

TEST_F(StopOrders, ATriggeredStopLimitRestsAtItsLimit) {
  const auto placed = place(alice, stop_limit(kStopLossLimit, Side::kBuy, "60500", "60000.5", "1"));
  EXPECT_EQ(locked(alice, "USDT"), "60000.5");
  EXPECT_EQ(exchange.best(0).bid.px, px("59999"));
  last_price("60500");
  EXPECT_EQ(exchange.best(0).bid.px, px("60000.5"));
  EXPECT_EQ(order_of(alice, placed.order.order_id).status, OrderStatus::kNew);
  EXPECT_EQ(listener.types(alice), "NEW NEW");
  EXPECT_EQ(locked(alice, "USDT"), "60000.5");
}

TEST_F(StopOrders, TimesInForceHoldWhenTheStopWorks) {
  NewOrder order = stop_limit(kStopLossLimit, Side::kBuy, "60500", "60001", "7");
  order.tif = TimeInForce::kFok;
  const auto killed = place(alice, order);
  order.tif = TimeInForce::kIoc;
  const auto partial = place(alice, order);
  last_price("60500");
  EXPECT_EQ(order_of(alice, killed.order.order_id).expiry_reason, ExpiryReason::kUnfilledFok);
  const Order rest = order_of(alice, partial.order.order_id);
  EXPECT_EQ(rest.expiry_reason, ExpiryReason::kUnfilledIoc);
  EXPECT_EQ(rest.cum_qty, qty("5"));
  EXPECT_EQ(locked(alice, "USDT"), "0");
}

TEST_F(StopOrders, TradesOfAnAccountTriggerToo) {
  const auto placed = place(bob, stop(kStopLoss, Side::kBuy, "60001", "0.5"));
  const auto taker = place(alice, market(Side::kBuy, "1"));
  // The taker's own answer is what its own matching left.
  EXPECT_EQ(taker.order.cum_qty, qty("1"));
  EXPECT_EQ(order_of(bob, placed.order.order_id).status, OrderStatus::kFilled);
}

TEST_F(StopOrders, OneStopSetsOffTheNextInOrderOfPrice) {
  exchange.set_crowd_level(0, Side::kSell, level("60100", "5"), now);
  exchange.set_crowd_level(0, Side::kSell, level("60200", "5"), now);
  const auto second = place(bob, stop(kStopLoss, Side::kBuy, "60100", "5"));
  const auto first = place(bob, stop(kStopLoss, Side::kBuy, "60001", "6"));
  const auto third = place(bob, stop(kStopLoss, Side::kBuy, "60200", "1"));
  place(alice, market(Side::kBuy, "0.001"));
  EXPECT_EQ(order_of(bob, first.order.order_id).status, OrderStatus::kFilled);
  EXPECT_EQ(order_of(bob, second.order.order_id).status, OrderStatus::kFilled);
  EXPECT_EQ(order_of(bob, third.order.order_id).status, OrderStatus::kFilled);
  std::vector<std::uint64_t> triggered;
  for (const auto& told : listener.events) {
    const bool is_trigger = told.account == bob && told.event.type == AccountEvent::Type::kNew &&
                            told.event.order.is_working();
    if (is_trigger) triggered.push_back(told.event.order.order_id);
  }
  EXPECT_THAT(triggered, ::testing::ElementsAre(first.order.order_id, second.order.order_id,
                                                third.order.order_id));
}

TEST_F(StopOrders, AmongEqualsTheOlderIsFirst) {
  const auto older = place(alice, stop(kStopLoss, Side::kBuy, "60010", "5"));
  const auto newer = place(bob, stop(kStopLoss, Side::kBuy, "60010", "1"));
  last_price("60010");
  EXPECT_EQ(order_of(alice, older.order.order_id).status, OrderStatus::kFilled);
  const Order late = order_of(bob, newer.order.order_id);
  EXPECT_EQ(late.status, OrderStatus::kExpired);
  EXPECT_EQ(late.expiry_reason, ExpiryReason::kInsufficientLiquidity);
}

TEST_F(StopOrders, ACanceledStopIsNeverTriggered) {
  const auto placed = place(alice, stop(kStopLoss, Side::kSell, "59000", "1"));
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.order.order_id), now).has_value());
  EXPECT_EQ(locked(alice, "BTC"), "0");
  last_price("58000");
  EXPECT_EQ(order_of(alice, placed.order.order_id).status, OrderStatus::kCanceled);
  EXPECT_EQ(listener.types(alice), "NEW CANCELED");
}

TEST_F(StopOrders, AMarketBuyThatCannotPayWhenItIsTriggeredExpires) {
  // The stop price is what is locked; the market wants more, and there is nothing more.
  const auto placed = place(alice, stop(kStopLoss, Side::kBuy, "62500", "16"));
  EXPECT_EQ(free(alice, "USDT"), "0");
  ASSERT_TRUE(exchange.cancel_crowd(0, offer, now));
  exchange.set_crowd_level(0, Side::kSell, level("70000", "20"), now);
  last_price("62500");
  const Order order = order_of(alice, placed.order.order_id);
  EXPECT_EQ(order.status, OrderStatus::kExpired);
  EXPECT_EQ(order.expiry_reason, ExpiryReason::kRejected);
  EXPECT_FALSE(order.is_working());
  EXPECT_EQ(listener.events.back().event.reject_reason, RejectReason::kInsufficientBalances);
  EXPECT_EQ(listener.types(alice), "NEW EXPIRED");
  EXPECT_EQ(free(alice, "USDT"), "1000000");
}

TEST_F(StopOrders, ASymbolThatNeverTradedTriggersNothingAndRefusesNothing) {
  Exchange fresh{{btcusdt()}};
  const SimAccountId account = fresh.add_account(rich());
  EXPECT_TRUE(fresh.place(account, 0, stop(kStopLoss, Side::kBuy, "1", "6"), now).has_value());
  EXPECT_TRUE(
      fresh.place(account, 0, stop(kStopLoss, Side::kSell, "1000000", "1"), now).has_value());
}

TEST_F(StopOrders, AStopWithoutATriggerAndATriggerWithoutAStopDoNotGoTogether) {
  NewOrder order = limit(Side::kBuy, "59000", "0.1");
  order.stop_px = px("61000");
  expect_refused(order, -1014, "Unsupported order combination.");
  order = stop(kStopLoss, Side::kBuy, "0", "0.1");
  expect_refused(order, -1014, "Unsupported order combination.");
  order = market(Side::kBuy, "0.1");
  order.trailing_bips = 100;
  expect_refused(order, -1014, "Unsupported order combination.");
}

TEST_F(StopOrders, AStopOfAnotherAccountOfTheCrowdsMirrorIsTriggeredByAPrint) {
  const auto placed = place(alice, stop(kTakeProfit, Side::kSell, "61000", "1"));
  exchange.print_crowd_trade(0, Side::kBuy, level("61000", "0.1"), now);
  EXPECT_EQ(order_of(alice, placed.order.order_id).status, OrderStatus::kFilled);
}

}  // namespace
}  // namespace portcullis::sim
