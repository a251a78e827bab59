// Rows 27, 28, 29 and 41 of the list of controls, and R15: each at its limit and one beyond, of the
// scope it belongs to and of no other.
#include <gtest/gtest.h>

#include "tests/breakers/breaker_world.hpp"

namespace portcullis::oms {
namespace {

using namespace test;

TEST(RejectStorm, HaltsTheStrategyThatCausesIt) {
  BreakerWorld world;
  world.limits.strategies[0].venue_rejects = {.max = 3, .window = 1s};
  for (int i = 0; i < 3; ++i) world.breakers().on_venue_reject(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning) << "as many as are let pass";
  world.breakers().on_venue_reject(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
  EXPECT_EQ(world.rule(Scope::of(kOne)), RejectReason::kRejectStorm);
  EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kRunning);
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
}

TEST(RejectStorm, OfTheSessionHaltsTheAccountWhoeverCausesIt) {
  BreakerWorld world;
  world.limits.account.venue_rejects = {.max = 3, .window = 1s};
  for (int i = 0; i < 2; ++i) {
    world.breakers().on_venue_reject(kOne, world.now());
    EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
    world.breakers().on_venue_reject(kTwo, world.now());
  }
  EXPECT_EQ(world.mode(Scope::account()), Mode::kHalted);
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
}

TEST(RejectStorm, ForgetsAfterItsWindowAndOneBucket) {
  BreakerWorld world;
  world.limits.strategies[0].venue_rejects = {.max = 1, .window = 320ms};
  world.breakers().on_venue_reject(kOne, world.now());
  world.pass(331ms);
  world.breakers().on_venue_reject(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
  world.pass(319ms);
  world.breakers().on_venue_reject(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted) << "within the window";
}

TEST(RejectStorm, WhatNobodySetTripsAtTheFirst) {
  BreakerWorld world;
  world.limits.strategies.clear();
  world.breakers().on_venue_reject(kTwo, world.now());
  EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kHalted);
}

TEST(Runaway, IsHaltedByItsRefusalsUntilAHuman) {
  BreakerWorld world;
  world.limits.strategies[0].refusals = {.max = 5'000, .window = 5s};
  int sent = 0;
  while (world.mode(Scope::of(kOne)) == Mode::kRunning && sent < 20'000) {
    world.pass(100us);  // 10 thousand a second
    world.breakers().on_refused(kOne, world.now());
    ++sent;
  }
  EXPECT_EQ(sent, 5'001);
  EXPECT_EQ(world.rule(Scope::of(kOne)), RejectReason::kRunaway);
  world.run(10s);
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted) << "time alone lets nobody go on";
  world.human(Scope::of(kOne), Mode::kHalted);
  world.run(10ms);
  for (int i = 0; i < 5'000; ++i) world.breakers().on_refused(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning) << "counted anew";
  world.breakers().on_refused(kOne, world.now());
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted);
}

TEST(RepeatedExecution, HaltsUntilAHumanAndSurvivesARestart) {
  BreakerWorld world;
  world.limits.strategies[0].executions_max = 3;
  world.breakers();
  for (int i = 0; i < 3; ++i) world.trade(kOne, kBtc, Side::kBuy, "1", "100");
  for (int i = 0; i < 9; ++i) world.trade(kTwo, kBtc, Side::kBuy, "1", "100");
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
  world.run();
  world.restart(world.marks());
  world.trade(kOne, kEth, Side::kBuy, "1", "10");
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kHalted) << "a crash is no human";
  EXPECT_EQ(world.rule(Scope::of(kOne)), RejectReason::kRepeatedExecution);
  EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kRunning);
  world.human(Scope::of(kOne), Mode::kHalted);
  world.run(10ms);
  for (int i = 0; i < 3; ++i) world.trade(kOne, kBtc, Side::kBuy, "1", "100");
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
}

TEST(Velocity, FreezesThePairForAWhile) {
  BreakerWorld world;
  world.limits.symbols[0].velocity_qty_max = qty("2");
  world.limits.symbols[0].velocity_window = 1s;
  world.limits.symbols[0].velocity_freeze = 2s;
  world.trade(kOne, kBtc, Side::kBuy, "1", "100");
  world.trade(kOne, kBtc, Side::kSell, "1", "100");
  EXPECT_EQ(world.stop(kOne, kBtc), "") << "both sides count, and two are let pass";
  world.trade(kOne, kBtc, Side::kBuy, "0.00000001", "100");
  EXPECT_EQ(world.stop(kOne, kBtc), "velocity");
  EXPECT_TRUE(world.breakers().is_frozen(kOne, kBtc)) << "its orders are cancelled";
  EXPECT_EQ(world.stop(kOne, kEth), "");
  EXPECT_EQ(world.stop(kTwo, kBtc), "");
  EXPECT_EQ(world.mode(Scope::of(kOne)), Mode::kRunning);
  world.run(1'980ms);
  EXPECT_EQ(world.stop(kOne, kBtc), "velocity");
  world.run(40ms);
  EXPECT_EQ(world.stop(kOne, kBtc), "");
  EXPECT_FALSE(world.breakers().is_frozen(kOne, kBtc));
}

TEST(Velocity, CountsValueAndHaltsWhereNoFreezeIsSet) {
  BreakerWorld world;
  world.limits.symbols[1].velocity_notional_max = money("20");
  world.limits.symbols[1].velocity_window = 1s;
  world.trade(kTwo, kEth, Side::kBuy, "2", "10");
  EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kRunning);
  world.trade(kTwo, kEth, Side::kBuy, "0.00000001", "10");
  EXPECT_EQ(world.mode(Scope::of(kTwo)), Mode::kHalted);
  EXPECT_EQ(world.rule(Scope::of(kTwo)), RejectReason::kVelocity);
}

TEST(OrderToTrade, RefusesWhileItIsTooHighAtEachScope) {
  for (const bool is_account : {false, true}) {
    BreakerWorld world;
    risk::OrderToTradeLimit& limit = is_account ? world.limits.account.order_to_trade
                                                : world.limits.strategies[0].order_to_trade;
    limit = {.ratio_max = 4, .floor = 2, .window = 1s};
    for (int i = 0; i < 3; ++i) world.breakers().on_message(kOne, world.now());
    world.run(10ms);
    EXPECT_EQ(world.stop(kOne, kBtc), "");
    world.breakers().on_message(kOne, world.now());
    world.run(10ms);
    EXPECT_EQ(world.stop(kOne, kBtc), "order_to_trade") << "four for none, which counts as one";
    EXPECT_EQ(world.stop(kTwo, kBtc), is_account ? "order_to_trade" : "");
    world.trade(kOne, kBtc, Side::kBuy, "1", "100");
    world.trade(kOne, kBtc, Side::kBuy, "1", "100");
    world.run(10ms);
    EXPECT_EQ(world.stop(kOne, kBtc), "") << "trades make room";
    for (int i = 0; i < 4; ++i) world.breakers().on_message(kOne, world.now());
    world.run(10ms);
    EXPECT_EQ(world.stop(kOne, kBtc), "order_to_trade");
    world.run(1'100ms);
    EXPECT_EQ(world.stop(kOne, kBtc), "") << "a window later";
  }
}

}  // namespace
}  // namespace portcullis::oms
