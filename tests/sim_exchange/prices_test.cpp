// Average and reference prices, and the price range rule that uses them.
#include <gtest/gtest.h>

#include "sim/exchange/price_statistics.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart = wall_time(1'770'736'690'000'000'000);

void add(PriceStatistics& prices, std::string_view price, std::string_view quantity,
         WallTime when) {
  prices.on_trade(px(price), qty(quantity), notional(px(price), qty(quantity)), when);
}

TEST(AveragePrice, IsWeightedByVolumeOverTheLastMinutes) {
  PriceStatistics prices;
  EXPECT_EQ(prices.average(5, kStart), Price{});
  add(prices, "100", "3", kStart);
  add(prices, "200", "1", kStart + minutes{4});
  EXPECT_EQ(prices.average(5, kStart + minutes{4}), px("125"));
  EXPECT_EQ(prices.average(5, kStart + seconds{299}), px("125"));
  EXPECT_EQ(prices.average(5, kStart + minutes{5}), px("200"));
  EXPECT_EQ(prices.average(1, kStart + minutes{4}), px("200"));
  EXPECT_EQ(prices.average(5, kStart + minutes{30}), px("200"));  // none: the last
  EXPECT_EQ(prices.average(0, kStart + minutes{4}), px("200"));
  EXPECT_EQ(prices.average(60, kStart + minutes{59}), px("125"));
}

TEST(AveragePrice, DoesNotOverflowOnCoinsOfManyZeros) {
  PriceStatistics prices;
  for (int i = 0; i < 1'000; ++i) add(prices, "0.00001234", "90000000000", kStart);
  EXPECT_EQ(prices.average(5, kStart), px("0.00001234"));
}

ReferencePriceRule rule(std::int64_t count, std::int64_t width_ms) {
  return {.bucket_count = count, .bucket_width_ms = width_ms};
}

TEST(ReferencePrice, IsTheMeanOfTradesWhateverTheirSize) {
  PriceStatistics prices;
  prices.set_reference_rule(rule(10, 1'000));
  EXPECT_FALSE(prices.reference(kStart).has_value());
  add(prices, "10", "1000", kStart);
  add(prices, "20", "0.001", kStart);
  add(prices, "33", "1", kStart + seconds{3});
  EXPECT_EQ(prices.reference(kStart + seconds{3}), px("21"));
}

// Window 10 s: at 12.25 s the bucket [2 s, 3 s) is a quarter out.
TEST(ReferencePrice, TheOldestBucketCountsInPart) {
  PriceStatistics prices;
  prices.set_reference_rule(rule(10, 1'000));
  for (int i = 0; i < 4; ++i) add(prices, "10", "1", kStart + milliseconds{2'900});
  add(prices, "20", "1", kStart + seconds{5});
  EXPECT_EQ(prices.reference(kStart + milliseconds{12'000}), px("12"));
  EXPECT_EQ(prices.reference(kStart + milliseconds{12'250}), px("12.5"));  // (30 + 20) / 4
  EXPECT_EQ(prices.reference(kStart + milliseconds{12'999}), px("19.96015936"));
  EXPECT_EQ(prices.reference(kStart + milliseconds{13'000}), px("20"));
  EXPECT_EQ(prices.reference(kStart + milliseconds{15'999}), px("20"));
  EXPECT_FALSE(prices.reference(kStart + seconds{16}).has_value());
}

TEST(ReferencePrice, AnotherRuleStartsAnew) {
  PriceStatistics prices;
  prices.set_reference_rule(rule(10, 1'000));
  add(prices, "10", "1", kStart);
  prices.set_reference_rule(rule(10, 1'000));
  EXPECT_EQ(prices.reference(kStart), px("10"));
  prices.set_reference_rule(rule(5, 1'000));
  EXPECT_FALSE(prices.reference(kStart).has_value());
  add(prices, "12", "1", kStart);
  prices.set_reference_rule(std::nullopt);
  EXPECT_FALSE(prices.reference(kStart).has_value());
}

// ---- at the venue

class PriceRange : public ExchangeTest {
 protected:
  // The FAQ's rule and reference price.
  void SetUp() override {
    SymbolSpec spec = btcusdt();
    spec.filters = {};
    spec.price_range = PriceRangeRule{
        .bid_up = 2'000'000, .bid_down = 500'000, .ask_up = 2'000'000, .ask_down = 500'000};
    spec.reference_price =
        ReferencePriceRule{.kind = ReferencePriceRule::Kind::kExternal, .external_id = 0};
    exchange.replace_spec(0, spec);
    exchange.set_reference_price(0, px("10"));
    ExchangeTest::SetUp();
  }
};

TEST_F(PriceRange, ATakerStopsAtTheEndOfTheRange) {
  crowd(Side::kSell, "20", "1");
  crowd(Side::kSell, "20.01", "1");
  const auto bought = place(alice, limit(Side::kBuy, "30", "2"));
  EXPECT_EQ(bought.order.status, OrderStatus::kExpired);
  EXPECT_EQ(bought.order.expiry_reason, ExpiryReason::kPriceRangeExceeded);
  EXPECT_EQ(bought.order.cum_qty, qty("1"));
  EXPECT_EQ(locked(alice, "USDT"), "0");
  crowd(Side::kBuy, "4.99", "1");
  const auto sold = place(alice, market(Side::kSell, "1"));
  EXPECT_EQ(sold.order.expiry_reason, ExpiryReason::kPriceRangeExceeded);
  EXPECT_EQ(sold.order.cum_qty, Qty{});
}

TEST_F(PriceRange, ARestingOrderMayWaitOutsideOfIt) {
  EXPECT_EQ(place(alice, limit(Side::kBuy, "1", "1")).order.status, OrderStatus::kNew);
  EXPECT_EQ(place(alice, limit(Side::kSell, "100", "1")).order.status, OrderStatus::kNew);
}

TEST_F(PriceRange, WithoutARuleAReferenceOrAMultiplierItIsNotEnforced) {
  const auto sells_at_one = [this] {
    exchange.set_crowd_level(0, Side::kBuy, level("1", "1"), now);
    return place(alice, market(Side::kSell, "1")).order.status == OrderStatus::kFilled;
  };
  EXPECT_FALSE(sells_at_one());
  exchange.set_reference_price(0, std::nullopt);
  EXPECT_TRUE(sells_at_one());
  exchange.set_reference_price(0, px("10"));
  SymbolSpec spec = exchange.symbols()[0];
  spec.price_range->ask_down = 0;
  exchange.replace_spec(0, spec);
  EXPECT_TRUE(sells_at_one());
  spec.price_range.reset();
  exchange.replace_spec(0, spec);
  EXPECT_TRUE(sells_at_one());
}

TEST_F(PriceRange, AFillOrKillThatWouldLeaveItIsKilled) {
  crowd(Side::kSell, "20", "1");
  crowd(Side::kSell, "21", "1");
  const auto killed = place(alice, limit(Side::kBuy, "30", "2", TimeInForce::kFok));
  EXPECT_EQ(killed.order.expiry_reason, ExpiryReason::kUnfilledFok);
  EXPECT_EQ(killed.order.cum_qty, Qty{});
}

TEST_F(PriceRange, TheLimitsAreFixedWhenTheTakerPhaseBegins) {
  SymbolSpec spec = exchange.symbols()[0];
  spec.reference_price = rule(10, 1'000);
  spec.price_range = PriceRangeRule{.bid_up = 1'100'000};
  exchange.replace_spec(0, spec);
  last_price("10");
  for (const char* price : {"10.5", "11", "11.01"}) crowd(Side::kSell, price, "1");
  EXPECT_EQ(place(alice, market(Side::kBuy, "3")).order.cum_qty, qty("2"));
}

TEST_F(PriceRange, TheReferencePriceIsTold) {
  EXPECT_EQ(exchange.reference_price(0, now)->px, px("10"));
  exchange.set_reference_price(0, std::nullopt);
  EXPECT_FALSE(exchange.reference_price(0, now)->px.has_value());
  Exchange without{{btcusdt()}};
  expect_error(without.reference_price(0, now), -2043,
               "This symbol doesn't have a reference price.");
  EXPECT_EQ(without.average_price(0, 5, now), Price{});
}

}  // namespace
}  // namespace portcullis::sim
