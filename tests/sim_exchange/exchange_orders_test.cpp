// What an accepted order does: fills, fees, funds, events, self-trade prevention.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using ExchangeOrders = ExchangeTest;

TEST_F(ExchangeOrders, RestingBuyLocksItsValueAndCancelGivesItBack) {
  const auto placed = place(alice, limit(Side::kBuy, "60000.01", "0.5"));
  EXPECT_EQ(placed.order.status, OrderStatus::kNew);
  EXPECT_TRUE(placed.order.is_working());
  EXPECT_TRUE(placed.fills.empty());
  EXPECT_EQ(free(alice, "USDT"), "969999.995");
  EXPECT_EQ(locked(alice, "USDT"), "30000.005");

  const auto canceled = exchange.cancel(alice, 0, by_id(placed.order.order_id, "", "why"), now);
  ASSERT_TRUE(canceled.has_value());
  EXPECT_EQ(canceled->orders.at(0).status, OrderStatus::kCanceled);
  EXPECT_EQ(free(alice, "USDT"), "1000000");
  EXPECT_EQ(locked(alice, "USDT"), "0");
  EXPECT_TRUE(exchange.depth(0, 10).bids.empty());
  EXPECT_EQ(listener.types(alice), "NEW CANCELED");
  EXPECT_EQ(listener.events.back().event.cancel_client_order_id, "why");
}

TEST_F(ExchangeOrders, SellLocksBase) {
  place(alice, limit(Side::kSell, "60000", "0.5"));
  EXPECT_EQ(free(alice, "BTC"), "9.5");
  EXPECT_EQ(locked(alice, "BTC"), "0.5");
}

TEST_F(ExchangeOrders, TradesAtTheRestingPriceWithFeesInWhatIsReceived) {
  place(alice, limit(Side::kSell, "60000", "0.5"));
  const auto taken = place(bob, limit(Side::kBuy, "60100", "0.2"));

  ASSERT_EQ(taken.fills.size(), 1U);
  const Fill& fill = taken.fills[0];
  EXPECT_EQ(fill.px, px("60000"));
  EXPECT_EQ(fill.quote.str(), "12000");
  EXPECT_EQ(fill.fee.str(), "0.0002");
  EXPECT_EQ(fill.fee_asset, "BTC");
  EXPECT_FALSE(fill.is_maker);
  EXPECT_EQ(taken.order.status, OrderStatus::kFilled);
  EXPECT_EQ(taken.order.cum_quote.str(), "12000");
  // The buyer pays the resting price and gets the rest of its lock back.
  EXPECT_EQ(free(bob, "USDT"), "988000");
  EXPECT_EQ(locked(bob, "USDT"), "0");
  EXPECT_EQ(free(bob, "BTC"), "10.1998");

  const auto made = exchange.fills(alice, 0, fills_of(0, 10));
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].fee.str(), "12");
  EXPECT_EQ(made[0].fee_asset, "USDT");
  EXPECT_TRUE(made[0].is_maker);
  EXPECT_EQ(made[0].trade_id, fill.trade_id);
  EXPECT_EQ(free(alice, "USDT"), "1011988");
  EXPECT_EQ(locked(alice, "BTC"), "0.3");
  const auto maker = exchange.find_order(alice, 0, order_name(made[0].order_id));
  ASSERT_TRUE(maker.has_value());
  EXPECT_EQ(maker->status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(maker->cum_qty, qty("0.2"));
}

TEST_F(ExchangeOrders, MakerAndTakerRatesDifferAndRoundDown) {
  SymbolSpec spec = btcusdt();
  spec.commission.standard = {.maker = Rate::from_raw(75'000), .taker = Rate::from_raw(100'100)};
  Exchange other{{spec}};
  const SimAccountId maker = other.add_account(rich());
  const SimAccountId taker = other.add_account(rich());
  ASSERT_TRUE(other.place(maker, 0, limit(Side::kBuy, "60000.01", "0.00013"), now));
  const auto sold = other.place(taker, 0, limit(Side::kSell, "60000", "0.00013"), now);
  ASSERT_TRUE(sold.has_value());
  ASSERT_EQ(sold->fills.size(), 1U);
  EXPECT_EQ(sold->fills[0].quote.str(), "7.8000013");
  EXPECT_EQ(sold->fills[0].fee.str(), "0.0078078");  // 0.0078078013013 down
  EXPECT_EQ(other.fills(maker, 0, fills_of(0, 1)).at(0).fee.str(),
            "0.00000009");  // 0.0000000975 down
}

TEST_F(ExchangeOrders, PriceThenTime) {
  const auto second = place(alice, limit(Side::kSell, "60001", "0.1"));
  const auto third = place(bob, limit(Side::kSell, "60001", "0.1"));
  const auto first = place(alice, limit(Side::kSell, "60000", "0.1"));
  ASSERT_TRUE(exchange.place(kCrowd, 0, limit(Side::kBuy, "60001", "0.25"), now));
  EXPECT_EQ(exchange.find_order(alice, 0, order_name(first.order.order_id))->status,
            OrderStatus::kFilled);
  EXPECT_EQ(exchange.find_order(alice, 0, order_name(second.order.order_id))->status,
            OrderStatus::kFilled);
  const auto last = exchange.find_order(bob, 0, order_name(third.order.order_id));
  EXPECT_EQ(last->status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(last->cum_qty, qty("0.05"));
}

// The sequence of Binance's market order FAQ: NEW, TRADE, TRADE, EXPIRED, then the position.
TEST_F(ExchangeOrders, MarketOrderThatRunsOutOfBookExpires) {
  place(alice, limit(Side::kSell, "60000", "0.2"));
  place(alice, limit(Side::kSell, "60001", "0.2"));
  listener.clear();
  const auto bought = place(bob, market(Side::kBuy, "0.6"));

  EXPECT_EQ(bought.order.status, OrderStatus::kExpired);
  EXPECT_EQ(bought.order.cum_qty, qty("0.4"));
  EXPECT_EQ(bought.order.px, Price{});
  EXPECT_EQ(listener.types(bob), "NEW TRADE TRADE EXPIRED");
  EXPECT_EQ(listener.types(alice), "TRADE TRADE");
  std::uint64_t last_execution_id = 0;
  for (const auto& told : listener.events) {
    EXPECT_GT(told.event.execution_id, last_execution_id);
    last_execution_id = told.event.execution_id;
  }
  // Each account's position once, after its reports.
  EXPECT_EQ(listener.story(bob), "NEW TRADE TRADE EXPIRED position");
  EXPECT_EQ(listener.story(alice), "TRADE TRADE position");
  const auto& position = listener.positions.at(0);
  ASSERT_EQ(position.account, bob);
  EXPECT_EQ(position.balances[0].free, balance(bob, "BTC").free);
  EXPECT_EQ(position.balances[1].free.str(), "975999.8");
  ASSERT_EQ(listener.trades.size(), 2U);
  EXPECT_EQ(listener.trades[1].trade_id, listener.trades[0].trade_id + 1);
  EXPECT_FALSE(listener.trades[0].buyer_is_maker);
}

TEST_F(ExchangeOrders, EventCarriesTheOrderAsItStoodThen) {
  place(alice, limit(Side::kSell, "60000", "0.2"));
  place(alice, limit(Side::kSell, "60001", "0.2"));
  listener.clear();
  place(bob, limit(Side::kBuy, "60001", "0.4"));
  std::vector<std::string> cumulative;
  std::vector<OrderStatus> states;
  for (const auto& told : listener.events) {
    if (told.account != bob) continue;
    cumulative.push_back(told.event.order.cum_qty.str());
    states.push_back(told.event.order.status);
  }
  EXPECT_THAT(cumulative, ::testing::ElementsAre("0", "0.2", "0.4"));
  EXPECT_THAT(states, ::testing::ElementsAre(OrderStatus::kNew, OrderStatus::kPartiallyFilled,
                                             OrderStatus::kFilled));
}

TEST_F(ExchangeOrders, ImmediateOrCancelExpiresTheRemainderAndFreesItsLock) {
  place(alice, limit(Side::kSell, "60000", "0.2"));
  const auto bought = place(bob, limit(Side::kBuy, "60000", "0.5", TimeInForce::kIoc));
  EXPECT_EQ(bought.order.status, OrderStatus::kExpired);
  EXPECT_EQ(bought.order.cum_qty, qty("0.2"));
  EXPECT_EQ(locked(bob, "USDT"), "0");
  EXPECT_EQ(free(bob, "USDT"), "988000");
  EXPECT_TRUE(exchange.depth(0, 10).bids.empty());
}

TEST_F(ExchangeOrders, FillOrKillFillsWholeOrTouchesNothing) {
  place(alice, limit(Side::kSell, "60000", "0.2"));
  place(alice, limit(Side::kSell, "60002", "0.2"));
  const auto killed = place(bob, limit(Side::kBuy, "60001", "0.3", TimeInForce::kFok));
  EXPECT_EQ(killed.order.status, OrderStatus::kExpired);
  EXPECT_EQ(killed.order.cum_qty, Qty{});
  EXPECT_EQ(free(bob, "USDT"), "1000000");
  EXPECT_EQ(listener.types(bob), "NEW EXPIRED");
  EXPECT_TRUE(listener.trades.empty());

  const auto filled = place(bob, limit(Side::kBuy, "60002", "0.3", TimeInForce::kFok));
  EXPECT_EQ(filled.order.status, OrderStatus::kFilled);
  EXPECT_EQ(filled.fills.size(), 2U);
}

TEST_F(ExchangeOrders, OwnRestingOrderExpiresAndTheTakerGoesOn) {
  const auto own = place(bob, limit(Side::kSell, "60000", "0.1"));
  place(alice, limit(Side::kSell, "60001", "0.1"));
  listener.clear();
  const auto bought = place(bob, limit(Side::kBuy, "60001", "0.1"));
  EXPECT_EQ(bought.order.status, OrderStatus::kFilled);
  EXPECT_EQ(bought.fills.at(0).px, px("60001"));
  const auto prevented = exchange.find_order(bob, 0, order_name(own.order.order_id));
  EXPECT_EQ(prevented->status, OrderStatus::kExpiredInMatch);
  EXPECT_EQ(prevented->cum_qty, Qty{});
  EXPECT_EQ(locked(bob, "BTC"), "0");
  EXPECT_EQ(listener.types(bob), "NEW TRADE_PREVENTION TRADE");
}

TEST_F(ExchangeOrders, FillOrKillDoesNotCountOwnOrders) {
  place(bob, limit(Side::kSell, "60000", "0.1"));
  const auto killed = place(bob, limit(Side::kBuy, "60000", "0.1", TimeInForce::kFok));
  EXPECT_EQ(killed.order.status, OrderStatus::kExpired);
  EXPECT_EQ(exchange.open_orders(bob, 0).size(), 1U);
}

TEST_F(ExchangeOrders, ClientIdFindsTheNewestAndMayBeUsedAgainOnceClosed) {
  const auto first = place(alice, named(limit(Side::kBuy, "60000", "0.1"), "mine"));
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(0, "mine"), now));
  const auto second = place(alice, named(limit(Side::kBuy, "60000", "0.1"), "mine"));
  EXPECT_NE(first.order.order_id, second.order.order_id);
  EXPECT_EQ(exchange.find_order(alice, 0, order_name(0, "mine"))->order_id, second.order.order_id);
  EXPECT_EQ(exchange.find_order(alice, 0, order_name(first.order.order_id))->status,
            OrderStatus::kCanceled);
}

TEST_F(ExchangeOrders, MakesAClientIdWhenNoneIsGiven) {
  const auto first = place(alice, limit(Side::kBuy, "60000", "0.1"));
  const auto second = place(alice, limit(Side::kBuy, "60000", "0.1"));
  EXPECT_EQ(first.order.client_order_id.size(), 22U);
  EXPECT_NE(first.order.client_order_id, second.order.client_order_id);
}

TEST_F(ExchangeOrders, CancelAllTakesOneAccountsOrdersOfOneSymbol) {
  place(alice, limit(Side::kBuy, "60000", "0.1"));
  place(alice, limit(Side::kSell, "61000", "0.1"));
  place(bob, limit(Side::kBuy, "59000", "0.1"));
  const auto canceled = exchange.cancel_all(alice, 0, now);
  ASSERT_TRUE(canceled.has_value());
  EXPECT_EQ(canceled->size(), 2U);
  EXPECT_TRUE(exchange.open_orders(alice, std::nullopt).empty());
  EXPECT_EQ(exchange.open_orders(bob, std::nullopt).size(), 1U);
  EXPECT_EQ(locked(alice, "BTC"), "0");
  EXPECT_EQ(locked(alice, "USDT"), "0");
}

TEST_F(ExchangeOrders, FillsOfOneOrderAndTheNewestOfTheSymbol) {
  place(alice, limit(Side::kSell, "60000", "0.1"));
  place(alice, limit(Side::kSell, "60001", "0.1"));
  place(alice, limit(Side::kSell, "60002", "0.1"));
  const auto two = place(bob, limit(Side::kBuy, "60001", "0.2"));
  place(bob, limit(Side::kBuy, "60002", "0.1"));
  EXPECT_EQ(exchange.fills(bob, 0, fills_of(two.order.order_id, 10)).size(), 2U);
  const auto newest = exchange.fills(bob, 0, fills_of(0, 2));
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].px, px("60001"));
  EXPECT_EQ(newest[1].px, px("60002"));
  EXPECT_TRUE(exchange.fills(bob, 0, fills_of(999, 10)).empty());
}

TEST_F(ExchangeOrders, BestPricesAreToldOncePerCallAndOnlyWhenTheyMove) {
  place(alice, limit(Side::kSell, "60000", "0.1"));
  place(alice, limit(Side::kSell, "60001", "0.1"));  // behind the best
  ASSERT_EQ(listener.best.size(), 1U);
  EXPECT_EQ(listener.best[0].ask.px, px("60000"));
  EXPECT_TRUE(listener.best[0].bid.qty.is_zero());
  place(bob, limit(Side::kBuy, "60001", "0.3"));  // sweeps both, rests
  ASSERT_EQ(listener.best.size(), 2U);
  EXPECT_EQ(listener.best[1].bid.px, px("60001"));
  EXPECT_EQ(listener.best[1].bid.qty, qty("0.1"));
  EXPECT_TRUE(listener.best[1].ask.qty.is_zero());
  EXPECT_EQ(listener.best[1].update_id, exchange.depth(0, 1).last_update_id);
}

TEST_F(ExchangeOrders, SymbolsHaveIdsOfTheirOwn) {
  SymbolSpec eth = btcusdt();
  eth.symbol = "ETHUSDT";
  eth.base_asset = "ETH";
  Exchange both{{btcusdt(), eth}};
  const SimAccountId account = both.add_account(rich());
  const auto first = both.place(account, 0, limit(Side::kBuy, "100", "0.1"), now);
  const auto second = both.place(account, 1, limit(Side::kBuy, "100", "0.1"), now);
  EXPECT_EQ(first->order.order_id, second->order.order_id);
  EXPECT_EQ(both.find_symbol("ETHUSDT"), 1U);
  EXPECT_EQ(both.open_orders(account, std::nullopt).size(), 2U);
  EXPECT_EQ(both.open_orders(account, 1).size(), 1U);
}

TEST_F(ExchangeOrders, CrowdOrdersCanBeCanceledAndAreNotReported) {
  const auto placed = exchange.place(kCrowd, 0, limit(Side::kBuy, "60000", "1"), now);
  ASSERT_TRUE(placed.has_value());
  EXPECT_TRUE(exchange.cancel(kCrowd, 0, by_id(placed->order.order_id), now).has_value());
  EXPECT_FALSE(exchange.cancel(kCrowd, 0, by_id(placed->order.order_id), now).has_value());
  EXPECT_TRUE(listener.events.empty());
  EXPECT_TRUE(exchange.depth(0, 1).bids.empty());
}

}  // namespace
}  // namespace portcullis::sim
