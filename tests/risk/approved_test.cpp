#include "risk/approved.hpp"

#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "core/messages.hpp"
#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

using Proof = Approved<NewOrderSingle>;

// The rest of the evidence is in compile_fail/: what must not compile, tried.
static_assert(!std::is_default_constructible_v<Proof>);
static_assert(!std::is_constructible_v<Proof, NewOrderSingle>);
static_assert(!std::is_constructible_v<Proof, const NewOrderSingle&>);
static_assert(!std::is_convertible_v<NewOrderSingle, Proof>);
static_assert(!std::is_aggregate_v<Proof>);
static_assert(!std::is_copy_constructible_v<Proof>, "one proof, one reservation");
static_assert(!std::is_copy_assignable_v<Proof>);
static_assert(!std::is_move_assignable_v<Proof>);
static_assert(!std::is_trivially_copyable_v<Proof>, "std::bit_cast would forge one");
static_assert(std::is_nothrow_move_constructible_v<Proof>);
static_assert(std::is_same_v<decltype(std::declval<Proof&>().get()), const NewOrderSingle&>);

TEST(Approved, CarriesTheOrderThatWasJudgedUnchanged) {
  GateWorld world;
  world.order.ref = StrategyRef{77};
  world.order.trace = {.wire_in = mono_time(5), .last = mono_time(6)};
  world.order.strategy = StrategyId{1};
  world.order.tif = TimeInForce::kIoc;
  const auto approved = world.judge();
  ASSERT_TRUE(approved.has_value());
  const NewOrderSingle& order = approved->get();
  EXPECT_EQ(order.ref, StrategyRef{77});
  EXPECT_EQ(order.trace.wire_in, mono_time(5));
  EXPECT_EQ(order.trace.last, mono_time(6));
  EXPECT_EQ(order.strategy, StrategyId{1});
  EXPECT_EQ(order.tif, TimeInForce::kIoc);
  EXPECT_EQ(order.px, px("64000"));
  EXPECT_EQ(order.qty, qty("0.5"));
  EXPECT_EQ(order.symbol, kBtc);
}

}  // namespace
}  // namespace portcullis::risk
