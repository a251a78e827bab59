// What modes say to an order, by the gate: R16 (a position flips through zero in reduce-only).
#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "risk/checks/modes.hpp"
#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

class ModesCheck : public testing::Test {
 protected:
  ModesCheck() { world_.gate().obey(board_); }

  void ask(Scope scope, Mode mode) { (void)board_.escalate({.scope = scope, .mode = mode}); }
  Reject refusal(Side side, const char* quantity) {
    world_.order.side = side;
    world_.order.qty = qty(quantity);
    return world_.refusal();
  }

  GateWorld world_;
  ModeBoard board_{world_.kill_switch, 1, 2};
};

TEST_F(ModesCheck, NamesReasonModeAndScope) {
  EXPECT_EQ(world_.refusal().reason, RejectReason::kNone);
  ask(Scope::of(kBtc), Mode::kMaintenance);
  EXPECT_EQ(world_.refusal(), (Reject{.reason = RejectReason::kCancelOnly,
                                      .mode = Mode::kMaintenance,
                                      .mode_scope = Scope::of(kBtc)}));
  ask(Scope::of(StrategyId{0}), Mode::kHalted);
  EXPECT_EQ(world_.refusal(), (Reject{.reason = RejectReason::kScopeHalted,
                                      .mode = Mode::kHalted,
                                      .mode_scope = Scope::of(StrategyId{0})}));
}

TEST_F(ModesCheck, AnotherScopesModeIsNothingToAnOrder) {
  ask(Scope::of(kEth), Mode::kHalted);
  EXPECT_EQ(world_.refusal().reason, RejectReason::kNone);
  world_.order.strategy = StrategyId{1};
  EXPECT_EQ(world_.refusal().reason, RejectReason::kScopeHalted) << "one that is not on the board";
}

TEST_F(ModesCheck, ReduceOnlyPassesWhatMovesTowardFlatAndNotThroughIt) {
  ask(Scope::of(kBtc), Mode::kSafeMode);
  EXPECT_EQ(refusal(Side::kBuy, "0.5").reason, RejectReason::kReduceOnly) << "flat";
  EXPECT_EQ(refusal(Side::kSell, "0.5").reason, RejectReason::kReduceOnly);
  world_.exposure.set_position(kBtc, qty("1"));
  EXPECT_EQ(refusal(Side::kBuy, "0.5").reason, RejectReason::kReduceOnly);
  const Reject over = refusal(Side::kSell, "1.00001");
  EXPECT_EQ(over.reason, RejectReason::kReduceOnly);
  EXPECT_EQ(over.limit, qty("1").raw());
  EXPECT_EQ(over.value, 0);
  EXPECT_EQ(over.projected, qty("1.00001").raw());
  EXPECT_EQ(refusal(Side::kSell, "1").reason, RejectReason::kNone);
  world_.exposure.restate(kBtc, {.position = qty("-1")});
  EXPECT_EQ(refusal(Side::kSell, "0.5").reason, RejectReason::kReduceOnly);
  EXPECT_EQ(refusal(Side::kBuy, "1.1").reason, RejectReason::kReduceOnly);
  EXPECT_EQ(refusal(Side::kBuy, "1").reason, RejectReason::kNone);
}

// R16: two orders of which each alone reduces.
TEST_F(ModesCheck, ReduceOnlyCountsWhatIsWorkingAlready) {
  ask(Scope::account(), Mode::kSafeMode);
  world_.exposure.set_position(kBtc, qty("1"));
  EXPECT_EQ(refusal(Side::kSell, "0.6").reason, RejectReason::kNone);
  const Reject over = refusal(Side::kSell, "0.5");
  EXPECT_EQ(over.reason, RejectReason::kReduceOnly) << "both filled would be short";
  EXPECT_EQ(over.value, qty("0.6").raw());
  EXPECT_EQ(over.projected, qty("1.1").raw());
  EXPECT_EQ(refusal(Side::kSell, "0.4").reason, RejectReason::kNone);
  world_.exposure.on_fill({.symbol = kBtc, .side = Side::kSell}, qty("0.6"), px("64000"));
  EXPECT_EQ(refusal(Side::kSell, "0.001").reason, RejectReason::kReduceOnly);
}

TEST_F(ModesCheck, ReduceOnlyRefusesWhatItCannotBound) {
  ask(Scope::of(kBtc), Mode::kSafeMode);
  world_.exposure.set_position(kBtc, qty("1"));
  world_.make_market_order(Side::kSell);
  world_.order.qty = Qty{};
  world_.order.terms.quote_qty = quote("1000");
  EXPECT_EQ(world_.refusal().reason, RejectReason::kReduceOnly);
  world_.order.terms.quote_qty = Notional{};
  world_.order.qty = qty("0.5");
  EXPECT_EQ(world_.refusal().reason, RejectReason::kNone);
  world_.exposure.release({.symbol = kBtc, .side = Side::kBuy},
                          qty("5"));  // the books do not add up any more
  EXPECT_EQ(world_.refusal().reason, RejectReason::kReduceOnly);
}

TEST_F(ModesCheck, AnOrderLetThroughBeforeIsJudgedWithoutItself) {
  world_.exposure.set_position(kBtc, qty("1"));
  world_.order.side = Side::kSell;
  world_.order.qty = qty("1");
  const auto approved = world_.judge();
  ASSERT_TRUE(approved);
  ask(Scope::account(), Mode::kSafeMode);
  EXPECT_FALSE(world_.gate().judge_modes(approved->get(), true));
  EXPECT_TRUE(world_.gate().judge_modes(approved->get(), false)) << "a second one like it";
}

TEST_F(ModesCheck, DoesNotAllocate) {
  ask(Scope::account(), Mode::kSafeMode);
  (void)world_.refusal();
  const NoAllocScope no_allocation{"gate"};
  (void)world_.refusal();
  ask(Scope::of(kBtc), Mode::kHalted);
  (void)world_.refusal();
}

}  // namespace
}  // namespace portcullis::risk
