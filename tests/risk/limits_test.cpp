#include "risk/limits.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Limits, UnsetIsNotAllowedAndZero) {
  const Limits limits;
  const SymbolLimits& symbol = limits.of(kBtc);
  EXPECT_FALSE(symbol.is_allowed);
  EXPECT_EQ(symbol.max_order_qty, Qty{});
  EXPECT_EQ(symbol.max_order_notional, Notional{});
  EXPECT_EQ(symbol.collar_width_ppm, 0U);
  EXPECT_EQ(symbol.book_age_max.count(), 0);
  EXPECT_EQ(symbol.max_long_position, Qty{});
  EXPECT_EQ(symbol.max_short_position, Qty{});
  EXPECT_EQ(limits.account.scope.order_rate.rate_max, 0U);
}

TEST(Limits, ASymbolBeyondTheEndHasNone) {
  GateWorld world;
  EXPECT_TRUE(world.limits.of(kEth).is_allowed);
  EXPECT_FALSE(world.limits.of(SymbolId{2}).is_allowed);
  EXPECT_FALSE(world.limits.of(kNoSymbol).is_allowed);
}

TEST(LimitsValidation, AGoodSetHasNoComplaint) {
  const GateWorld world;
  EXPECT_THAT(validate(world.limits, world.instruments), IsEmpty());
}

TEST(LimitsValidation, AnUnsetSymbolThatIsNotAllowedIsFine) {
  GateWorld world;
  world.limits.symbols[1] = SymbolLimits{};
  EXPECT_THAT(validate(world.limits, world.instruments), IsEmpty());
}

TEST(LimitsValidation, ListsEveryLimitThatAnAllowedSymbolLacks) {
  GateWorld world;
  world.limits.symbols[0] = SymbolLimits{.is_allowed = true};
  world.limits.symbols[0].scope.order_rate = open_rate();
  world.limits.symbols[0].scope.amend_rate = open_rate();
  EXPECT_THAT(
      validate(world.limits, world.instruments),
      ElementsAre(AllOf(HasSubstr("limits of BTCUSDT"), HasSubstr("max_order_qty is zero")),
                  HasSubstr("max_order_notional is zero"), HasSubstr("collar_width is zero"),
                  HasSubstr("book_age_max is zero"), HasSubstr("spread_max is zero"),
                  HasSubstr("last_collar_width is zero"), HasSubstr("last_trade_age_max is zero"),
                  HasSubstr("venue_collar_width is zero"),
                  HasSubstr("venue_reference_age_max is zero"), HasSubstr("max_long_position and"),
                  HasSubstr("max_daily_qty is zero"), HasSubstr("max_order_value is zero"),
                  HasSubstr("max_open_orders is zero"), HasSubstr("max_open_value is zero"),
                  HasSubstr("max_daily_value is zero")));
}

TEST(LimitsValidation, ListsEveryNegativeLimit) {
  GateWorld world;
  SymbolLimits& limits = world.limits.symbols[1];
  limits.max_order_qty = -qty("1");
  limits.max_order_notional = -quote("1");
  limits.book_age_max = Nanos{-1};
  limits.max_long_position = -qty("1");
  limits.max_short_position = -qty("1");
  EXPECT_THAT(
      validate(world.limits, world.instruments),
      ElementsAre(AllOf(HasSubstr("ETHUSDT"), HasSubstr("max_order_qty is negative")),
                  HasSubstr("max_order_notional is negative"),
                  HasSubstr("book_age_max is negative"), HasSubstr("max_long_position is negative"),
                  HasSubstr("max_short_position is negative")));
}

TEST(LimitsValidation, FindsLimitsBelowTheVenuesLeast) {
  GateWorld world;
  world.limits.symbols[0].max_order_qty = qty("0.00009");
  world.limits.symbols[0].max_order_notional = quote("49.99");
  EXPECT_THAT(validate(world.limits, world.instruments),
              ElementsAre(HasSubstr("max_order_qty 0.00009 is below the venue's least 0.0001"),
                          HasSubstr("max_order_notional 49.99 is below the venue's least 50")));
}

TEST(LimitsValidation, ACollarOfTheWholePriceIsNone) {
  GateWorld world;
  world.limits.symbols[0].collar_width_ppm = 999'999;
  EXPECT_THAT(validate(world.limits, world.instruments), IsEmpty());
  world.limits.symbols[0].collar_width_ppm = 1'000'000;
  EXPECT_THAT(validate(world.limits, world.instruments), ElementsAre(HasSubstr("100 %")));
}

TEST(LimitsValidation, OrderRateMustBeSetWhereASymbolIsAllowed) {
  for (int missing = 0; missing < 3; ++missing) {
    GateWorld world;
    RateLimits& rate = world.limits.account.scope.order_rate;
    rate.burst_max = missing == 0 ? 0 : 1;
    rate.rate_max = missing == 1 ? 0 : 1;
    rate.rate_window = Nanos{missing == 2 ? 0 : 1'000};
    EXPECT_THAT(validate(world.limits, world.instruments),
                testing::Contains(HasSubstr("set all three")))
        << missing;
    world.limits.symbols.clear();
    EXPECT_THAT(validate(world.limits, world.instruments),
                testing::Not(testing::Contains(HasSubstr("set all three"))));
  }
}

TEST(LimitsValidation, BurstAboveTheRateAndSymbolsWithoutInstrumentAreContradictions) {
  GateWorld world;
  world.set_rate(10, 11);
  world.limits.symbols.emplace_back();
  EXPECT_THAT(validate(world.limits, world.instruments),
              ElementsAre(HasSubstr("more symbols than instruments"),
                          HasSubstr("the burst is above the rate")));
}

TEST(LimitsValidation, EveryScopeMustBeSetOrOff) {
  GateWorld world;
  world.limits.strategies[1] = StrategyLimits{.is_allowed = true};
  world.limits.account.exposure = {};
  world.limits.global = {};
  world.limits.groups = {{}};
  world.limits.conversions.clear();
  const std::vector<std::string> found = validate(world.limits, world.instruments);
  for (const char* text :
       {"limits of BTCUSDT: its quote asset USDT has no price",
        "strategy 1: allowed, but "
        "signal_age_max",
        "strategy 1: no confidence is enough", "strategy 1: duplicates_max",
        "strategy 1: allowed, but max_order_value", "strategy 1: order_rate_max",
        "group 0: allowed, but max_open_value", "the account: allowed, but max_gross_exposure",
        "the account: allowed, but max_net_exposure", "the gateway: allowed, but max_order_value",
        "the gateway: allowed, but max_gross_exposure"}) {
    EXPECT_THAT(found, testing::Contains(HasSubstr(text)));
  }
  world.limits.strategies.clear();
  EXPECT_THAT(validate(world.limits, world.instruments),
              testing::Contains(HasSubstr("no strategy has any")));
}

}  // namespace
}  // namespace portcullis::risk
