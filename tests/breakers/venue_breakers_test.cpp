// Rows 15, 37, 38, 39, 42 and 43, at their limits and one beyond.
#include <gtest/gtest.h>

#include "tests/breakers/breaker_world.hpp"

namespace portcullis::oms {
namespace {

using namespace test;

TEST(UnknownOrders, RefuseWhileTheyAreTooManyAndLeaveReduceOnly) {
  BreakerWorld world;
  world.limits.account.unknown_max = 2;
  world.unknown_count = 2;
  world.run(10ms);
  EXPECT_EQ(world.stop(kOne, kBtc), "");
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.unknown_count = 3;
  world.run(5ms);
  EXPECT_EQ(world.stop(kOne, kBtc), "unknown_orders");
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  world.unknown_count = 2;
  world.run(5ms);
  EXPECT_EQ(world.stop(kOne, kBtc), "");
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode) << "a human's to end";
}

TEST(UnknownOrders, OneThatIsTooOldMakesItsSymbolReduceOnly) {
  BreakerWorld world;
  world.limits.account.unknown_age_max = 60s;
  world.breakers().on_unknown(kEth, 60s, world.now());
  EXPECT_EQ(world.mode(Scope::of(kEth)), Mode::kRunning);
  world.breakers().on_unknown(kEth, 60s + 1ns, world.now());
  EXPECT_EQ(world.mode(Scope::of(kEth)), Mode::kSafeMode);
  EXPECT_EQ(world.rule(Scope::of(kEth)), RejectReason::kUnknownOrderAge);
  EXPECT_EQ(world.mode(Scope::of(kBtc)), Mode::kRunning);
}

TEST(FillMismatch, HaltsTheAccount) {
  const risk::FillFacts good{.order_qty = qty("1"),
                             .cum_qty = qty("1"),
                             .order_px = px("100"),
                             .fill_px = px("100"),
                             .order_side = Side::kBuy,
                             .fill_side = Side::kBuy};
  const auto mode_after = [](const risk::FillFacts& facts) {
    BreakerWorld world;
    world.breakers().on_fill({.order_id = 1,
                              .strategy = kOne,
                              .symbol = kBtc,
                              .qty = qty("1"),
                              .px = facts.fill_px,
                              .facts = facts},
                             world.now());
    return world.mode(Scope::account());
  };
  EXPECT_EQ(mode_after(good), Mode::kRunning);
  risk::FillFacts bad = good;
  bad.cum_qty = qty("1.00000001");
  EXPECT_EQ(mode_after(bad), Mode::kHalted) << "overfilled";
  bad = good;
  bad.fill_side = Side::kSell;
  EXPECT_EQ(mode_after(bad), Mode::kHalted) << "the other side";
  bad = good;
  bad.fill_px = px("100.00000001");
  EXPECT_EQ(mode_after(bad), Mode::kHalted) << "dearer than its limit";
  bad.order_px = Price{};
  EXPECT_EQ(mode_after(bad), Mode::kRunning) << "without a limit price";
  bad = good;
  bad.order_side = bad.fill_side = Side::kSell;
  EXPECT_EQ(mode_after(bad), Mode::kRunning);
  bad.fill_px = px("99.99999999");
  EXPECT_EQ(mode_after(bad), Mode::kHalted) << "sold below its limit";
}

TEST(PositionMismatch, IsReduceOnlyAndThenAHalt) {
  BreakerWorld world;
  world.limits.symbols[0].position_tolerance = qty("0.1");
  world.breakers().on_position_mismatch(kBtc, qty("1.1"), qty("1"), world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.breakers().on_position_mismatch(kBtc, qty("0.89999999"), qty("1"), world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  EXPECT_EQ(world.rule(Scope::account()), RejectReason::kPositionMismatch);
  world.breakers().on_position_mismatch(kBtc, qty("2"), qty("1"), world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kHalted);
}

TEST(VenueLatency, IsSmoothedAndReduceOnly) {
  BreakerWorld world;
  world.limits.account.latency_max = 100ms;
  world.breakers().on_first_word(100ms, world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.breakers().on_first_word(100ms + 15ns, world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning) << "a sixteenth of it counts";
  world.breakers().on_first_word(101ms, world.now());
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  EXPECT_EQ(world.rule(Scope::account()), RejectReason::kVenueLatency);
}

TEST(ClockLost, IsReduceOnlyAfterItsGraceOnceTheClockWasKnown) {
  BreakerWorld world;
  world.limits.account.clock_grace = 500ms;
  world.allowance.refusal = {.reason = RejectReason::kClock};
  world.run(2s);
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning) << "not known yet: nothing has left";
  world.allowance.refusal = {};
  world.run(20ms);
  world.allowance.refusal = {.reason = RejectReason::kClock};
  world.run(400ms);
  EXPECT_EQ(world.mode(Scope::account()), Mode::kRunning);
  world.run(200ms);
  EXPECT_EQ(world.mode(Scope::account()), Mode::kSafeMode);
  EXPECT_EQ(world.rule(Scope::account()), RejectReason::kClockLost);
}

TEST(BookHealth, IsToldAndStopsNothing) {
  BreakerWorld world;
  world.limits.symbols[0].book_alert_after = 200ms;
  world.limits.mark_age_max = 50ms;
  world.run();
  world.is_market_alive = false;
  world.run(500ms);
  int told = 0;
  (void)world.log.drain([&](const LogRecord& record) { told += record.text[0] == 'b' ? 1 : 0; },
                        99);
  EXPECT_EQ(told, 1) << "once, and of the one symbol that has a limit";
  EXPECT_EQ(world.mode(Scope::of(kBtc)), Mode::kRunning);
}

}  // namespace
}  // namespace portcullis::oms
