// Pegged orders: where the price comes from, when it is taken, and what is refused.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class Pegged : public ExchangeTest {
 protected:
  void SetUp() override {
    for (const char* bid : {"59990", "59980", "59950"}) crowd(Side::kBuy, bid, "1");
    for (const char* ask : {"60010", "60020", "60050"}) crowd(Side::kSell, ask, "1");
    last_price("60000");
    ExchangeTest::SetUp();
  }
  static NewOrder unpriced(Side side, TimeInForce tif = TimeInForce::kGtc) {
    return limit(side, "0", "0.5", tif);
  }
};

TEST_F(Pegged, PrimaryJoinsTheOwnSidesBestAndTellsWhereItIs) {
  const auto placed = place(alice, pegged(unpriced(Side::kBuy), PegPriceType::kPrimary));
  EXPECT_EQ(placed.order.status, OrderStatus::kNew);
  EXPECT_EQ(placed.order.px, Price{});
  EXPECT_EQ(placed.order.pegged_px, px("59990"));
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1.5"));
  EXPECT_EQ(locked(alice, "USDT"), "29995");
  EXPECT_EQ(place(alice, pegged(unpriced(Side::kSell), PegPriceType::kPrimary)).order.pegged_px,
            px("60010"));
}

TEST_F(Pegged, MarketTakesTheOtherSidesBestAndOnlyThat) {
  const auto placed =
      place(alice, pegged(limit(Side::kBuy, "0", "1.5", TimeInForce::kIoc), PegPriceType::kMarket));
  EXPECT_EQ(placed.order.pegged_px, px("60010"));
  EXPECT_EQ(placed.order.cum_qty, qty("1"));
  EXPECT_EQ(placed.order.expiry_reason, ExpiryReason::kUnfilledIoc);
}

TEST_F(Pegged, AnOffsetCountsExistingLevelsDeeperIntoTheBook) {
  EXPECT_EQ(place(alice, pegged(unpriced(Side::kBuy), PegPriceType::kPrimary, 2)).order.pegged_px,
            px("59950"));
  EXPECT_EQ(place(alice, pegged(unpriced(Side::kBuy), PegPriceType::kMarket, 1)).order.pegged_px,
            px("60020"));
  expect_refused(pegged(unpriced(Side::kSell), PegPriceType::kPrimary, 3), -2010,
                 "Order book liquidity is too low for this pegged order.");
}

TEST_F(Pegged, ItsOwnPriceIsABound) {
  NewOrder order = pegged(limit(Side::kBuy, "60005", "0.5"), PegPriceType::kMarket);
  const auto placed = place(alice, order);
  EXPECT_EQ(placed.order.pegged_px, px("60010"));
  EXPECT_EQ(placed.order.cum_qty, Qty{});
  EXPECT_EQ(exchange.best(0).bid.px, px("60005"));
  order.px = px("60100");
  EXPECT_EQ(place(bob, order).order.status, OrderStatus::kFilled);
}

TEST_F(Pegged, StaysWhereItWasPutWhenTheBookMoves) {
  const auto placed = place(alice, pegged(unpriced(Side::kBuy), PegPriceType::kPrimary));
  crowd(Side::kBuy, "59995", "1");
  EXPECT_EQ(order_of(alice, placed.order.order_id).pegged_px, px("59990"));
  EXPECT_EQ(exchange.best(0).bid.px, px("59995"));
}

TEST_F(Pegged, AMakerMayJoinButNotTake) {
  const auto placed =
      place(alice, pegged(limit_maker(Side::kSell, "0", "0.5"), PegPriceType::kPrimary));
  EXPECT_EQ(placed.order.pegged_px, px("60010"));
  expect_refused(pegged(limit_maker(Side::kSell, "0", "0.5"), PegPriceType::kMarket), -1013,
                 "This price peg cannot be used with this order type.");
}

TEST_F(Pegged, AStopTakesItsPriceWhenItIsTriggered) {
  NewOrder order = pegged(stop(kStopLossLimit, Side::kBuy, "60100", "0.5"), PegPriceType::kPrimary);
  const auto placed = place(alice, order);
  EXPECT_EQ(placed.order.pegged_px, Price{});
  EXPECT_EQ(locked(alice, "USDT"), "30050");  // at the stop price until then
  crowd(Side::kBuy, "59998", "1");
  last_price("60100");
  const Order triggered = order_of(alice, placed.order.order_id);
  EXPECT_EQ(triggered.pegged_px, px("59998"));
  EXPECT_EQ(triggered.status, OrderStatus::kNew);
  EXPECT_EQ(locked(alice, "USDT"), "29999");
}

TEST_F(Pegged, AStopThatFindsNoLevelExpires) {
  NewOrder order =
      pegged(stop(kStopLossLimit, Side::kBuy, "60100", "0.5"), PegPriceType::kPrimary, 9);
  const auto placed = place(alice, order);
  last_price("60100");
  const Order triggered = order_of(alice, placed.order.order_id);
  EXPECT_EQ(triggered.status, OrderStatus::kExpired);
  EXPECT_EQ(triggered.expiry_reason, ExpiryReason::kRejected);
  EXPECT_EQ(locked(alice, "USDT"), "0");
}

TEST_F(Pegged, FiltersLookAtThePegsPriceAndAtTheOrdersOwn) {
  SymbolSpec spec = btcusdt();
  spec.filters.percent_price_by_side = {.bid_up = 1'000'050,
                                        .bid_down = 500'000,
                                        .ask_up = 2'000'000,
                                        .ask_down = 999'950,
                                        .avg_price_mins = 0};
  exchange.replace_spec(0, spec);  // buys up to 60003
  expect_refused(pegged(unpriced(Side::kBuy), PegPriceType::kMarket), -1013,
                 "Filter failure: PERCENT_PRICE_BY_SIDE");
  expect_refused(pegged(limit(Side::kBuy, "60004", "0.5"), PegPriceType::kPrimary), -1013,
                 "Filter failure: PERCENT_PRICE_BY_SIDE");
  spec.filters.percent_price_by_side.reset();
  spec.filters.notional->notional_min = Notional::from_units(30'000);
  exchange.replace_spec(0, spec);
  expect_refused(pegged(unpriced(Side::kBuy), PegPriceType::kPrimary), -1013,
                 "Filter failure: NOTIONAL");  // 29995
}

TEST_F(Pegged, OrderTypesAndSymbolsThatMayNot) {
  constexpr std::string_view kType = "This order type may not use pegged price.";
  expect_refused(pegged(market(Side::kBuy, "1"), PegPriceType::kPrimary), -1013, kType);
  expect_refused(pegged(stop(kStopLoss, Side::kBuy, "61000", "1"), PegPriceType::kMarket), -1013,
                 kType);
  expect_refused(pegged(unpriced(Side::kBuy, TimeInForce::kIoc), PegPriceType::kPrimary), -1013,
                 "This price peg cannot be used with this order type.");
  SymbolSpec spec = btcusdt();
  spec.allows_pegged = false;
  exchange.replace_spec(0, spec);
  expect_refused(pegged(unpriced(Side::kBuy), PegPriceType::kPrimary), -1013,
                 "Pegged orders are not supported for this symbol.");
}

}  // namespace
}  // namespace portcullis::sim
