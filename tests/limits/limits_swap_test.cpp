// The gate when its limits change under it.
#include <memory>

#include <gtest/gtest.h>

#include "app/limits_agent.hpp"
#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

// The gate of a GateWorld with a mailbox before it.
struct SwapWorld : GateWorld {
  LimitsMailbox mailbox{std::make_unique<Limits>(limits)};
  UsageView usage{2, 2, 0};
  app::LimitsAgent agent{gate(), exposure, mailbox, usage};

  void swap(const Limits& next) {
    ASSERT_TRUE(mailbox.offer(std::make_unique<Limits>(next)));
    EXPECT_GT(agent.do_work(now), 0);
    EXPECT_TRUE(mailbox.is_settled());
  }
};

TEST(LimitsSwap, TheNextOrderIsJudgedByTheNewSet) {
  SwapWorld world;
  ASSERT_TRUE(world.judge());
  Limits lower = world.limits;
  lower.symbols[0].max_order_qty = qty("0.4");
  world.swap(lower);
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxOrderQty);
  EXPECT_EQ(world.refusal().limit, qty("0.4").raw());
  world.swap(world.limits);
  EXPECT_TRUE(world.judge());
}

// R08: the limit is below what is held. Nothing that adds to it passes, and what reduces does.
TEST(LimitsSwap, LoweredBelowTheExposureOnlyReducingOrdersPass) {
  SwapWorld world;
  world.exposure.set_position(kBtc, qty("2.5"));
  world.order.side = Side::kBuy;
  world.order.qty = qty("0.1");
  ASSERT_TRUE(world.judge());
  Limits lower = world.limits;
  lower.symbols[0].max_long_position = qty("1");
  world.swap(lower);
  const Reject refused = world.refusal();
  EXPECT_EQ(refused.reason, RejectReason::kMaxPosition);
  EXPECT_EQ(refused.limit, qty("1").raw());
  world.order.qty = kOneRawQty;
  EXPECT_NE(world.refusal().reason, RejectReason::kNone) << "not the least";
  world.order.side = Side::kSell;
  world.order.qty = qty("1");
  EXPECT_TRUE(world.judge()) << "nearer to flat";
}

TEST(LimitsSwap, ALoweredGrossLimitLetsThroughWhatReducesIt) {
  SwapWorld world;
  world.exposure.set_position(kBtc, qty("2"));  // some 128,000
  ASSERT_TRUE(world.judge());
  for (int i = 0; i < 200; ++i) {
    world.now.mono += std::chrono::milliseconds{1};
    (void)world.gate().do_work(world.now);
  }
  world.market.received = world.now.mono;
  Limits lower = world.limits;
  lower.account.exposure.max_gross = quote("1000");
  world.swap(lower);
  EXPECT_EQ(world.refusal().reason, RejectReason::kGrossExposure);
  world.order.side = Side::kSell;
  EXPECT_TRUE(world.judge()) << "no larger by it";
}

// A set that converts by the same symbol goes on with its price: otherwise each order of a symbol
// quoted in another asset would be refused until the next walk.
TEST(LimitsSwap, KeepsTheRateOfAQuoteAsset) {
  SwapWorld world;
  Limits converting = world.limits;
  converting.conversions[kEth.raw()] = {.symbol = kBtc, .is_reference = false};
  world.swap(converting);
  EXPECT_FALSE(world.exposure.mark(kEth).rate.is_known()) << "nobody has looked yet";
  ASSERT_TRUE(world.judge());  // publishes the market
  for (int i = 0; i < 200; ++i) {
    world.now.mono += std::chrono::milliseconds{1};
    (void)world.gate().do_work(world.now);
  }
  ASSERT_TRUE(world.exposure.mark(kEth).rate.is_known());
  world.swap(converting);
  EXPECT_TRUE(world.exposure.mark(kEth).rate.is_known());
  world.swap(world.limits);
  EXPECT_EQ(world.exposure.mark(kEth).rate.convert(Value{1} << 40), Value{1} << 40) << "its own";
}

// What was counted before the change stays counted.
TEST(LimitsSwap, IsNoSecondHelpingOfTokens) {
  SwapWorld world;
  int passed = 0;
  world.order.qty = qty("0.01");
  for (int i = 0; i < 10; ++i) {
    passed += world.judge() ? 1 : 0;
    world.swap(world.limits);
  }
  EXPECT_EQ(passed, 5) << "the burst of the account";
}

TEST(UsageView, ShowsEveryScopeInItsTurn) {
  SwapWorld world;
  world.exposure.set_position(kBtc, qty("0.5"));
  EXPECT_EQ(world.usage.of(kBtc).time, MonoTime{}) << "not looked at yet";
  ASSERT_TRUE(world.judge());
  for (int i = 0; i < 16; ++i) {
    (void)world.agent.do_work(world.now);
    world.now.mono += std::chrono::milliseconds{1};
  }
  const Usage of_symbol = world.usage.of(kBtc);
  EXPECT_EQ(of_symbol.position, qty("0.5"));
  EXPECT_EQ(of_symbol.working_buy, qty("0.5"));
  EXPECT_EQ(of_symbol.open_count, 1U);
  EXPECT_EQ(world.usage.account().open_count, 1U);
  EXPECT_EQ(notional_raw(world.usage.account().open), quote("32000").raw());
  EXPECT_EQ(world.usage.of(StrategyId{0}, kBtc).working_buy, qty("0.5"));
  EXPECT_EQ(world.usage.of(StrategyId{0}).open_count, 1U);
  EXPECT_EQ(world.usage.of(StrategyId{1}).open_count, 0U);
  EXPECT_EQ(world.usage.of(kEth).open_count, 0U);
}

}  // namespace
}  // namespace portcullis::risk
