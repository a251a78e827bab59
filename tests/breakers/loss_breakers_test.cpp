// Row 35 and R10: losses at their limit and one unit beyond, by scope, over midnight and restarts.
#include <gtest/gtest.h>

#include "tests/breakers/breaker_world.hpp"

namespace portcullis::oms {
namespace {

using namespace test;

struct LossCase {
  RejectReason rule;
  Notional risk::LossLimits::* limit;
};
const LossCase kRealizedCases[] = {{RejectReason::kRealizedLoss, &risk::LossLimits::realized_max},
                                   {RejectReason::kDailyLoss, &risk::LossLimits::daily_max},
                                   {RejectReason::kRollingLoss, &risk::LossLimits::rolling_max},
                                   {RejectReason::kDrawdown, &risk::LossLimits::drawdown_max}};

risk::LossLimits& limits_of(BreakerWorld& world, Scope scope) {
  if (scope == Scope::global()) return world.limits.global;
  if (scope == Scope::account()) return world.limits.account.loss;
  return world.limits.strategies[scope.index].loss;
}

TEST(LossLimits, HaltOneUnitBeyondAtEachScope) {
  for (const Scope scope : {Scope::global(), Scope::account(), Scope::of(kOne)}) {
    for (const LossCase& one : kRealizedCases) {
      BreakerWorld world;
      risk::LossLimits& limits = limits_of(world, scope);
      limits.*one.limit = money("5");
      limits.soft_percent = 100;
      limits.rolling_window = 10s;
      world.breakers();
      world.run();  // the day and the marks begin at nothing lost
      world.lose(kOne, "4.99999999");
      world.run();
      EXPECT_EQ(world.mode(scope), Mode::kRunning) << to_string(one.rule);
      world.lose(kOne, "0.00000001");
      world.run();
      EXPECT_EQ(world.mode(scope), Mode::kSafeMode) << "at the limit: soft at 100 %";
      world.lose(kOne, "0.00000001");
      world.run();
      EXPECT_EQ(world.mode(scope), Mode::kHalted) << to_string(one.rule);
      EXPECT_EQ(world.rule(scope), one.rule);
      EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kRunning);
    }
  }
}

TEST(LossLimits, UnrealizedIsAtThePriceOfClosing) {
  for (const Scope scope : {Scope::global(), Scope::account(), Scope::of(kOne)}) {
    BreakerWorld world;
    limits_of(world, scope).unrealized_max = money("5");
    limits_of(world, scope).soft_percent = 100;
    world.quote(kBtc, "95.00000001", "200");
    world.trade(kOne, kBtc, Side::kBuy, "1", "100");
    world.run();
    EXPECT_EQ(world.mode(scope), Mode::kRunning);
    world.quote(kBtc, "94.99999999", "200");
    world.run();
    EXPECT_EQ(world.mode(scope), Mode::kHalted);
    EXPECT_EQ(world.rule(scope), RejectReason::kUnrealizedLoss);
  }
}

TEST(LossLimits, SoftShareIsReduceOnlyOnceUntilAHuman) {
  BreakerWorld world;
  world.limits.account.loss.daily_max = money("10");
  world.limits.account.loss.soft_percent = 70;
  world.run();
  world.lose(kOne, "6.99999999");
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.lose(kTwo, "0.00000001");
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  world.human(Scope::account(), Mode::kSafeMode);
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning) << "a human has seen it";
  world.lose(kTwo, "3.00000001");
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kHalted);
}

TEST(LossLimits, TheDayBeginsAtMidnightUtcAndTheHighWaterMarkDoesNot) {
  BreakerWorld world;
  risk::LossLimits& loss = world.limits.strategies[0].loss;
  loss.daily_max = money("5");
  loss.drawdown_max = money("8");
  loss.soft_percent = 100;
  world.run();
  world.lose(kOne, "4");
  world.run();
  world.wall += 24h;
  world.run();
  world.lose(kOne, "4");
  world.run();
  EXPECT_NE(world.rule(Scope::of(kOne)), RejectReason::kDailyLoss);
  world.lose(kOne, "0.5");
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
  EXPECT_EQ(world.rule(Scope::of(kOne)), RejectReason::kDrawdown);
}

TEST(LossLimits, RollingForgetsWhatIsOlderThanItsWindow) {
  BreakerWorld world;
  world.limits.strategies[0].loss.rolling_max = money("5");
  world.limits.strategies[0].loss.rolling_window = 1s;
  world.limits.strategies[0].loss.soft_percent = 100;
  world.run();
  world.lose(kOne, "4");
  world.run(1'200ms);
  world.lose(kOne, "4");
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
  world.lose(kOne, "1.00000001");
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
}

TEST(LossLimits, LossesInRowCountOrdersAndAGainEndsThem) {
  for (const Scope scope : {Scope::global(), Scope::account(), Scope::of(kOne)}) {
    BreakerWorld world;
    limits_of(world, scope).losses_in_row_max = 2;
    world.lose(kOne, "1");
    world.lose(kOne, "1");
    world.trade(kOne, kBtc, Side::kBuy, "1", "100");
    world.trade(kOne, kBtc, Side::kSell, "1", "101");
    world.lose(kOne, "1");
    world.lose(kOne, "1");
    world.run();
    EXPECT_EQ(world.mode(scope), Mode::kRunning);
    world.lose(kOne, "1");
    world.run();
    EXPECT_EQ(world.rule(scope), RejectReason::kLossesInRow);
    EXPECT_EQ(world.mode(scope), Mode::kHalted);
  }
}

TEST(LossLimits, MarksSurviveARestart) {
  BreakerWorld world;
  world.limits.account.loss.daily_max = money("5");
  world.limits.account.loss.drawdown_max = money("7");
  world.limits.account.loss.soft_percent = 100;
  world.run();
  world.lose(kOne, "4");
  world.run();
  world.restart(world.marks());
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.lose(kOne, "1.00000001");
  world.run();
  EXPECT_EQ(world.mode(Scope::account()), Mode::kHalted) << "the day is the same";
}

TEST(LossLimits, MissingMarksWithAHistoryAreReduceOnly) {
  BreakerWorld fresh;
  fresh.restart(std::nullopt, false);
  EXPECT_EQ(fresh.mode(Scope::account()), Mode::kRunning) << "nothing has ever been traded";
  BreakerWorld world;
  world.restart(std::nullopt, true);
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  EXPECT_EQ(world.rule(Scope::account()), RejectReason::kResultUnknown);
}

TEST(LossLimits, AHumanWhoLetsItGoOnCountsFallsAnew) {
  BreakerWorld world;
  world.limits.strategies[0].loss.drawdown_max = money("5");
  world.limits.strategies[0].loss.soft_percent = 100;
  world.run();
  world.lose(kOne, "6");
  world.run();
  ASSERT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
  world.human(Scope::of(kOne), Mode::kHalted);
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
  world.lose(kOne, "5.00000001");
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
}

TEST(LossLimits, AHumanInTheLatchWhileNobodyRanIsOne) {
  BreakerWorld world;
  world.limits.strategies[0].loss.drawdown_max = money("5");
  world.limits.strategies[0].loss.soft_percent = 100;
  world.run();
  world.lose(kOne, "6");
  world.run();
  const BreakerMarks marks = world.marks();
  world.human(Scope::of(kOne), Mode::kHalted);  // of the board of the next run
  world.restart(marks);
  world.run();
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
}

// R10
TEST(ResultUnknown, IsReduceOnlyAfterTheGraceWhateverIsMissing) {
  for (const bool is_rate : {false, true}) {
    BreakerWorld world;
    world.limits.strategies[0].loss.daily_max = money("5");
    world.limits.result_grace = 500ms;
    world.limits.mark_age_max = 100ms;
    if (is_rate) world.limits.conversions[0] = {};
    world.trade(kOne, kBtc, Side::kBuy, "1", "100");
    if (!is_rate) {
      world.run();
      world.is_market_alive = false;
      world.run(90ms);
    }
    world.run(400ms);
    EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning) << "within the grace";
    world.run(300ms);
    EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kSafeMode);
    EXPECT_EQ(world.rule(Scope::of(kOne)), RejectReason::kResultUnknown);
    EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kRunning);
    world.is_market_alive = true;
    world.run(1s);
    EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kSafeMode) << "a human's to end";
  }
}

TEST(ResultUnknown, AFeeWithoutAPriceIsOneAtEachScope) {
  for (const Scope scope : {Scope::global(), Scope::account(), Scope::of(kOne)}) {
    BreakerWorld world;
    limits_of(world, scope).daily_max = money("5");
    world.limits.result_grace = Nanos{0};
    world.positions->on_fill({.symbol = kBtc,
                              .strategy = kOne,
                              .side = Side::kBuy,
                              .px = px("100"),
                              .qty = qty("1"),
                              .fee = Fee::from_raw(1),
                              .fee_asset = kNoAsset});
    world.run(100ms);
    EXPECT_EQ(world.mode(scope), Mode::kSafeMode);
    EXPECT_EQ(world.rule(scope), RejectReason::kResultUnknown);
  }
}

}  // namespace
}  // namespace portcullis::oms
