// Trailing stops: the scenarios of Binance's trailing stop FAQ as a table of prices.
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

struct Scenario {
  const char* name;
  OrderType type;
  Side side;
  const char* stop;  // zero: none
  const char* limit;
  std::int64_t bips;
  const char* starts_at;  // the price at which it begins to trail
  std::vector<const char*> prices;
  const char* triggers_at;
};

class TrailingStop : public ExchangeTest, public ::testing::WithParamInterface<Scenario> {
 protected:
  void SetUp() override {
    last_price("40000");
    ExchangeTest::SetUp();
  }
};

TEST_P(TrailingStop, FollowsThePriceAndTriggersWhenItTurns) {
  const Scenario& scenario = GetParam();
  const auto placed = place(alice, trailing(stop_limit(scenario.type, scenario.side, scenario.stop,
                                                       scenario.limit, "0.01"),
                                            scenario.bips));
  const std::uint64_t id = placed.order.order_id;
  const bool trails_at_once = std::string_view{scenario.starts_at} == "40000";
  EXPECT_EQ(placed.order.trailing_time.has_value(), trails_at_once);
  bool has_started = trails_at_once;
  for (const char* price : scenario.prices) {
    now += std::chrono::seconds{1};
    last_price(price);
    const Order order = order_of(alice, id);
    EXPECT_FALSE(order.is_working()) << price;
    if (!has_started && std::string_view{price} == scenario.starts_at) {
      has_started = true;
      EXPECT_EQ(order.trailing_time, now);
    }
    EXPECT_EQ(order.trailing_time.has_value(), has_started) << price;
  }
  last_price(scenario.triggers_at);
  const Order order = order_of(alice, id);
  EXPECT_TRUE(order.is_working());
  EXPECT_EQ(order.status, OrderStatus::kNew);
  const BestPrices best = exchange.best(0);
  EXPECT_EQ(scenario.side == Side::kBuy ? best.bid.px : best.ask.px, px(scenario.limit));
}

INSTANTIATE_TEST_SUITE_P(
    Faq, TrailingStop,
    ::testing::Values(Scenario{"A",
                               kStopLossLimit,
                               Side::kBuy,
                               "44000",
                               "45000",
                               500,
                               "44000",
                               {"39000", "37000", "40000", "43999.99", "44000", "45000", "46000",
                                "43000", "42000", "44099.99"},
                               "44100"},
                      Scenario{"B",
                               kStopLossLimit,
                               Side::kSell,
                               "39000",
                               "38000",
                               1'000,
                               "39000",
                               {"41500", "39000.01", "39000", "37000", "41000", "36900.01"},
                               "36900"},
                      Scenario{"C",
                               kTakeProfitLimit,
                               Side::kBuy,
                               "38000",
                               "38500",
                               850,
                               "38000",
                               {"42000", "38000", "37000", "39000", "38000", "40144.99"},
                               "40145"},
                      Scenario{"D",
                               kTakeProfitLimit,
                               Side::kSell,
                               "42000",
                               "41000",
                               750,
                               "42000",
                               {"41500", "39000", "42000", "45000", "44000", "46500", "43012.51"},
                               "43012.5"},
                      Scenario{"E",
                               kStopLossLimit,
                               Side::kSell,
                               "0",
                               "39000",
                               700,
                               "40000",
                               {"42000", "39500", "45500", "42315.01"},
                               "42315"}),
    [](const auto& scenario) { return scenario.param.name; });

using TrailingDetails = ExchangeTest;

TEST_F(TrailingDetails, WithoutATradeItBeginsWithTheNext) {
  const auto placed =
      place(alice, trailing(stop_limit(kStopLossLimit, Side::kSell, "0", "39000", "0.01"), 1'000));
  last_price("40000");
  EXPECT_FALSE(order_of(alice, placed.order.order_id).is_working());
  last_price("36000.01");
  EXPECT_FALSE(order_of(alice, placed.order.order_id).is_working());
  last_price("36000");
  EXPECT_TRUE(order_of(alice, placed.order.order_id).is_working());
}

TEST_F(TrailingDetails, ATrailingStopMayBeCanceledWhileItTrails) {
  last_price("40000");
  const auto placed = place(alice, trailing(stop(kStopLoss, Side::kSell, "0", "1"), 500));
  last_price("41000");
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.order.order_id), now).has_value());
  last_price("30000");
  EXPECT_EQ(order_of(alice, placed.order.order_id).status, OrderStatus::kCanceled);
}

TEST_F(TrailingDetails, APriceThatJumpsPastBothTheStopAndTheDeltaOnlyStartsTheTrailing) {
  last_price("40000");
  const auto placed = place(alice, trailing(stop(kStopLoss, Side::kSell, "39000", "1"), 500));
  last_price("30000");
  EXPECT_FALSE(order_of(alice, placed.order.order_id).is_working());
  last_price("28500");
  EXPECT_NE(order_of(alice, placed.order.order_id).status, OrderStatus::kNew);
}

}  // namespace
}  // namespace portcullis::sim
