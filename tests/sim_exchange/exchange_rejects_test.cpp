// Every refusal with the venue's code and text, and that a refusal changes nothing.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class ExchangeRejects : public ExchangeTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(exchange.place(kCrowd, 0, limit(Side::kBuy, "59999", "1"), now));
    ASSERT_TRUE(exchange.place(kCrowd, 0, limit(Side::kSell, "60000", "1"), now));
    ExchangeTest::SetUp();
  }

  void expect_refused(const NewOrder& order, int code, std::string_view text) {
    expect_error(exchange.place(alice, 0, order, now), code, text);
    EXPECT_EQ(free(alice, "USDT"), "1000000");
    EXPECT_EQ(free(alice, "BTC"), "10");
    EXPECT_TRUE(listener.events.empty());
    EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
  }
};

TEST_F(ExchangeRejects, PriceFilter) {
  constexpr std::string_view kText = "Filter failure: PRICE_FILTER";
  expect_refused(limit(Side::kBuy, "60000.001", "1"), -1013, kText);
  expect_refused(limit(Side::kBuy, "0", "1"), -1013, kText);
  expect_refused(limit(Side::kBuy, "-1", "1"), -1013, kText);
  expect_refused(limit(Side::kBuy, "1000000.01", "1"), -1013, kText);
}

TEST_F(ExchangeRejects, LotSize) {
  constexpr std::string_view kText = "Filter failure: LOT_SIZE";
  expect_refused(limit(Side::kBuy, "60000", "0.000011"), -1013, kText);
  expect_refused(limit(Side::kBuy, "60000", "0"), -1013, kText);
  expect_refused(limit(Side::kBuy, "60000", "9000.00001"), -1013, kText);
  expect_refused(market(Side::kBuy, "0.000001"), -1013, kText);
}

TEST_F(ExchangeRejects, Notional) {
  constexpr std::string_view kText = "Filter failure: NOTIONAL";
  expect_refused(limit(Side::kBuy, "60000", "0.00008"), -1013, kText);  // 4.8
  expect_refused(market(Side::kBuy, "0.00008"), -1013, kText);
  expect_refused(limit(Side::kBuy, "60000", "151"), -1013, kText);  // 9,060,000
}

TEST_F(ExchangeRejects, PriceTimesQuantityOfNothing) {
  SymbolSpec spec = btcusdt();
  spec.filters.price->tick_size = Price::from_raw(1);
  spec.filters.price->px_min = Price::from_raw(1);
  spec.filters.notional->notional_min = {};
  Exchange tiny{{spec}};
  const SimAccountId account = tiny.add_account(rich());
  expect_error(tiny.place(account, 0, limit(Side::kBuy, "0.00000001", "0.00001"), now), -1013,
               "Price * QTY is zero or less.");
}

TEST_F(ExchangeRejects, MarketOrderInABookThatNeverTradedSkipsNotional) {
  Exchange empty{{btcusdt()}};
  const SimAccountId account = empty.add_account(rich());
  const auto result = empty.place(account, 0, market(Side::kBuy, "0.00001"), now);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->order.status, OrderStatus::kExpired);
}

TEST_F(ExchangeRejects, InsufficientBalance) {
  constexpr std::string_view kText = "Account has insufficient balance for requested action.";
  expect_refused(limit(Side::kBuy, "59000", "17"), -2010, kText);
  expect_refused(limit(Side::kSell, "61000", "10.00001"), -2010, kText);
  expect_refused(market(Side::kSell, "10.00001"), -2010, kText);
  ASSERT_TRUE(exchange.place(kCrowd, 0, limit(Side::kSell, "60001", "100"), now));
  expect_refused(market(Side::kBuy, "17"), -2010, kText);  // 1,020,016 on the present book
}

TEST_F(ExchangeRejects, ExactlyEnoughIsEnough) {
  EXPECT_TRUE(exchange.place(alice, 0, limit(Side::kSell, "61000", "10"), now).has_value());
  EXPECT_TRUE(exchange.place(alice, 0, limit(Side::kBuy, "50000", "20"), now).has_value());
  EXPECT_EQ(free(alice, "USDT"), "0");
  EXPECT_EQ(free(alice, "BTC"), "0");
}

TEST_F(ExchangeRejects, AValueBetweenTwoSteps) {
  SymbolSpec spec = btcusdt();
  spec.filters.lot_size->lot_size = spec.filters.lot_size->qty_min = Qty::from_raw(1);
  spec.filters.notional->notional_min = {};
  Exchange fine{{spec}};
  const SimAccountId account = fine.add_account({{.asset = "USDT", .free = Qty::from_raw(1)}});
  const NewOrder order = limit(Side::kBuy, "1.5", "0.00000001");  // locks 2e-8 for 1.5e-8
  expect_error(fine.place(account, 0, order, now), -2010,
               "Account has insufficient balance for requested action.");
  ASSERT_TRUE(fine.deposit(account, "USDT", Qty::from_raw(1)));
  EXPECT_TRUE(fine.place(account, 0, order, now).has_value());
}

TEST_F(ExchangeRejects, LockedFundsAreNotThereTwice) {
  ASSERT_TRUE(exchange.place(alice, 0, limit(Side::kSell, "61000", "6"), now));
  expect_error(exchange.place(alice, 0, limit(Side::kSell, "61000", "6"), now), -2010,
               "Account has insufficient balance for requested action.");
}

TEST_F(ExchangeRejects, LimitMakerThatWouldTake) {
  constexpr std::string_view kText = "Order would immediately match and take.";
  expect_refused(limit_maker(Side::kBuy, "60000", "0.1"), -2010, kText);
  expect_refused(limit_maker(Side::kSell, "59999", "0.1"), -2010, kText);
  EXPECT_TRUE(exchange.place(alice, 0, limit_maker(Side::kBuy, "59999.99", "0.1"), now));
}

TEST_F(ExchangeRejects, DuplicateOrder) {
  ASSERT_TRUE(exchange.place(alice, 0, named(limit(Side::kBuy, "50000", "0.1"), "x"), now));
  expect_error(exchange.place(alice, 0, named(limit(Side::kBuy, "50001", "0.1"), "x"), now), -2010,
               "Duplicate order sent.");
  // Another account's ids are its own.
  EXPECT_TRUE(exchange.place(bob, 0, named(limit(Side::kBuy, "50000", "0.1"), "x"), now));
}

TEST_F(ExchangeRejects, CancelOnlyTakesNoOrdersButCancels) {
  const auto resting = exchange.place(bob, 0, limit(Side::kBuy, "50000", "0.1"), now);
  listener.clear();
  exchange.set_status(0, SymbolStatus::kCancelOnly);
  expect_refused(limit(Side::kBuy, "60000", "0.1"), -1013, "Market is closed.");
  EXPECT_TRUE(exchange.cancel(bob, 0, by_id(resting->order.order_id), now).has_value());
  exchange.set_status(0, SymbolStatus::kTrading);
  EXPECT_TRUE(exchange.place(alice, 0, limit(Side::kBuy, "50000", "0.1"), now).has_value());
}

TEST_F(ExchangeRejects, AClosedMarketTakesNothingAtAll) {
  const auto resting = exchange.place(bob, 0, limit(Side::kBuy, "50000", "0.1"), now);
  listener.clear();
  constexpr std::string_view kText = "Market is closed.";
  for (const auto status : {SymbolStatus::kHalt, SymbolStatus::kBreak, SymbolStatus::kEndOfDay}) {
    exchange.set_status(0, status);
    expect_refused(limit(Side::kBuy, "60000", "0.1"), -1013, kText);
    expect_error(exchange.cancel(bob, 0, by_id(resting->order.order_id), now), -1013, kText);
    expect_error(exchange.cancel_all(bob, 0, now), -1013, kText);
    expect_error(exchange.amend(bob, 0, {.target = order_name(1), .new_qty = qty("1")}, now), -1013,
                 kText);
  }
  EXPECT_FALSE(exchange.place_crowd(0, {.px = px("1"), .qty = qty("1")}, now).has_value());
}

TEST_F(ExchangeRejects, CancelOfWhatIsNotOpen) {
  constexpr std::string_view kText = "Unknown order sent.";
  expect_error(exchange.cancel(alice, 0, by_id(4711), now), -2011, kText);
  expect_error(exchange.cancel(alice, 0, by_id(0, "nobody"), now), -2011, kText);
  expect_error(exchange.cancel_all(alice, 0, now), -2011, kText);
  const auto filled = exchange.place(alice, 0, limit(Side::kBuy, "60000", "0.1"), now);
  expect_error(exchange.cancel(alice, 0, by_id(filled->order.order_id), now), -2011, kText);
  const auto others = exchange.place(bob, 0, limit(Side::kBuy, "50000", "0.1"), now);
  expect_error(exchange.cancel(alice, 0, by_id(others->order.order_id), now), -2011, kText);
}

TEST_F(ExchangeRejects, LookUps) {
  expect_error(exchange.find_order(alice, 0, order_name(4711)), -2013, "Order does not exist.");
  expect_error(exchange.find_order(alice, 0, order_name(0, "nobody")), -2013,
               "Order does not exist.");
  const auto order = exchange.place(alice, 0, named(limit(Side::kBuy, "50000", "0.1"), "a"), now);
  constexpr std::string_view kDisagree = "Client order ID is not correct for this order ID.";
  const std::uint64_t id = order->order.order_id;
  expect_error(exchange.find_order(alice, 0, order_name(id, "b")), -2039, kDisagree);
  expect_error(exchange.cancel(alice, 0, by_id(id, "b"), now), -2039, kDisagree);
  EXPECT_TRUE(exchange.find_order(alice, 0, order_name(id, "a")).has_value());
  constexpr std::string_view kNeither =
      "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";
  expect_error(exchange.find_order(alice, 0, order_name(0)), -1102, kNeither);
  expect_error(exchange.cancel(alice, 0, by_id(0), now), -1102, kNeither);
}

}  // namespace
}  // namespace portcullis::sim
