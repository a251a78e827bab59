// Icebergs: what shows, where the next slice queues, what takers and filters see.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using Iceberg = ExchangeTest;

TEST_F(Iceberg, ShowsOneSliceAndLocksTheWhole) {
  const auto placed = place(alice, iceberg(limit(Side::kSell, "60000", "1"), "0.3"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.3"));
  EXPECT_EQ(locked(alice, "BTC"), "1");
  EXPECT_EQ(placed.order.iceberg_qty, qty("0.3"));
  EXPECT_EQ(placed.order.qty, qty("1"));
}

TEST_F(Iceberg, TheNextSliceQueuesBehindWhatCameMeanwhile) {
  const auto hidden = place(alice, iceberg(limit(Side::kSell, "60000", "1"), "0.3"));
  const auto plain = place(bob, limit(Side::kSell, "60000", "0.5"));
  crowd(Side::kBuy, "60000", "0.2");  // part of the first slice: keeps its place
  EXPECT_EQ(order_of(alice, hidden.order.order_id).cum_qty, qty("0.2"));
  crowd(Side::kBuy, "60000", "0.2");  // the rest of it, then the other
  EXPECT_EQ(order_of(alice, hidden.order.order_id).cum_qty, qty("0.3"));
  EXPECT_EQ(order_of(bob, plain.order.order_id).cum_qty, qty("0.1"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.7"));
  crowd(Side::kBuy, "60000", "0.4");
  EXPECT_EQ(order_of(bob, plain.order.order_id).status, OrderStatus::kFilled);
  EXPECT_EQ(order_of(alice, hidden.order.order_id).cum_qty, qty("0.3"));
}

TEST_F(Iceberg, OneTakerEatsSliceAfterSliceAsSeparateTrades) {
  place(alice, iceberg(limit(Side::kSell, "60000", "1"), "0.3"));
  const auto taken = place(bob, market(Side::kBuy, "1"));
  EXPECT_EQ(taken.order.status, OrderStatus::kFilled);
  ASSERT_EQ(taken.fills.size(), 4U);
  EXPECT_EQ(taken.fills[3].qty, qty("0.1"));
  EXPECT_TRUE(exchange.depth(0, 1).asks.empty());
  // The trades of one taker at one price are one aggregate.
  for (const PublicTrade& trade : listener.trades) {
    EXPECT_EQ(trade.taker_sequence, listener.trades[0].taker_sequence);
  }
  place(alice, limit(Side::kSell, "60000", "0.1"));
  place(bob, market(Side::kBuy, "0.1"));
  EXPECT_NE(listener.trades.back().taker_sequence, listener.trades[0].taker_sequence);
}

TEST_F(Iceberg, TakesWithAllOfItAndHidesOnlyWhatRests) {
  crowd(Side::kSell, "60000", "0.8");
  const auto placed = place(alice, iceberg(limit(Side::kBuy, "60000", "1"), "0.15"));
  EXPECT_EQ(placed.order.cum_qty, qty("0.8"));
  EXPECT_EQ(exchange.best(0).bid.qty, qty("0.15"));
}

TEST_F(Iceberg, AFillOrKillAndAMarketOrdersFundsCountWhatIsHidden) {
  place(alice, iceberg(limit(Side::kSell, "60000", "5"), "0.5"));
  EXPECT_EQ(place(bob, limit(Side::kBuy, "60000", "5", TimeInForce::kFok)).order.status,
            OrderStatus::kFilled);
  place(alice, iceberg(limit(Side::kSell, "300000", "5"), "0.5"));
  expect_error(exchange.place(bob, 0, market(Side::kBuy, "5"), now), -2010,
               "Account has insufficient balance for requested action.");
}

TEST_F(Iceberg, AMirroredBookMeetsTheSlicesToo) {
  const auto placed = place(alice, iceberg(limit(Side::kSell, "60000", "1"), "0.3"));
  exchange.print_crowd_trade(0, Side::kBuy, level("60000", "0.7"), now);
  EXPECT_EQ(order_of(alice, placed.order.order_id).cum_qty, qty("0.7"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("0.2"));  // of the third slice
}

TEST_F(Iceberg, Refusals) {
  expect_refused(iceberg(limit(Side::kSell, "60000", "1"), "1"), -1013, "IcebergQty exceeds QTY.");
  expect_refused(iceberg(limit(Side::kSell, "60000", "1"), "1.5"), -1013,
                 "IcebergQty exceeds QTY.");
  expect_refused(iceberg(limit(Side::kSell, "60000", "1"), "0.009"), -1013,
                 "Filter failure: ICEBERG_PARTS");  // 112 of at most 100
  expect_refused(iceberg(limit(Side::kSell, "60000", "1"), "0.300001"), -1013,
                 "Filter failure: LOT_SIZE");
  expect_refused(iceberg(limit(Side::kSell, "60000", "1", TimeInForce::kIoc), "0.3"), -1014,
                 "Unsupported order combination.");
  expect_refused(iceberg(market(Side::kSell, "1"), "0.3"), -1014, "Unsupported order combination.");
  SymbolSpec spec = btcusdt();
  spec.allows_iceberg = false;
  exchange.replace_spec(0, spec);
  expect_refused(iceberg(limit(Side::kSell, "60000", "1"), "0.3"), -1013,
                 "Iceberg orders are not supported for this symbol.");
}

}  // namespace
}  // namespace portcullis::sim
