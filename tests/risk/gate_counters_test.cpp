#include "risk/gate_counters.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

CounterFile anonymous_counters() {
  auto file = CounterFile::create("");
  PORTCULLIS_CHECK(file.has_value(), "anonymous counters");
  return std::move(*file);
}

TEST(GateCounters, HoldOneDenialCounterForEachReason) {
  CounterFile file = anonymous_counters();
  GateCounters counters = GateCounters::allocate(file);
  for (std::size_t i = 1; i < kRejectReasonCount; ++i) {
    const std::string label = std::string{"risk.denied."} + to_string(static_cast<RejectReason>(i));
    counters.denied[i].add(static_cast<std::int64_t>(i));
    EXPECT_EQ(file.read(label), static_cast<std::int64_t>(i)) << label;
  }
}

TEST(GateCounters, TheGateCountsWhatItDoes) {
  CounterFile file = anonymous_counters();
  GateWorld world;
  world.counters = GateCounters::allocate(file);
  EXPECT_TRUE(world.judge().has_value());
  EXPECT_TRUE(world.judge().has_value());
  world.order.qty = qty("2.5");
  EXPECT_FALSE(world.judge().has_value());
  world.kill_switch.kill();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(world.judge().has_value());
  world.gate().record_cancel();
  world.gate().record_denial(RejectReason::kVenueDisconnected);

  EXPECT_EQ(file.read("risk.accepted"), 2);
  EXPECT_EQ(file.read("risk.denied.max_order_qty"), 1);
  EXPECT_EQ(file.read("risk.denied.kill_switch"), 3);
  EXPECT_EQ(file.read("risk.denied.venue_disconnected"), 1);
  EXPECT_EQ(file.read("risk.cancels"), 1);
  EXPECT_EQ(world.gate().accepted(), 2);
  EXPECT_EQ(world.gate().cancels(), 1);
  EXPECT_EQ(world.gate().denied(RejectReason::kKillSwitch), 3);
  EXPECT_EQ(world.gate().denied(RejectReason::kMaxPosition), 0);
}

TEST(GateCounters, ExposureFaultsAreCounted) {
  CounterFile file = anonymous_counters();
  Exposure exposure{2, file.allocate("risk.exposure_faults")};
  exposure.release(held(kBtc, Side::kBuy), qty("1"));
  exposure.on_fill(held(kEth, Side::kBuy), qty("1"), kHeldPx);
  EXPECT_EQ(file.read("risk.exposure_faults"), 2) << "a release without an order, and a fill";
}

}  // namespace
}  // namespace portcullis::risk
