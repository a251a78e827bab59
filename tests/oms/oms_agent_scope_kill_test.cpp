#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// The kill of one strategy, one symbol, the account: its orders are cancelled and seen to be gone,
// and the others trade on.

namespace portcullis::oms::test {
namespace {

constexpr StrategyId kFirst{0};
constexpr StrategyId kSecond{1};

class ScopeKill : public OmsTest {
 protected:
  // A working order of a strategy.
  OrderId works(StrategyId strategy, SymbolId symbol = kBtc) {
    world.push(OmsWorld::order(Side::kBuy, "1", symbol), strategy.raw());
    world.step();
    const OrderId id{world.ids.last};
    world.tell(says(id, ExecType::kNew, OrderState::kNew, symbol));
    return id;
  }
  VenueReport says(OrderId id, ExecType type, OrderState state, SymbolId symbol = kBtc,
                   ReportSource source = ReportSource::kStream) {
    VenueReport report = world.says(id, type, state, "0", source);
    report.symbol = symbol;
    return report;
  }
  void ends(OrderId id, SymbolId symbol = kBtc) {
    world.tell(says(id, ExecType::kCanceled, OrderState::kCanceled, symbol));
  }
  void kill(Scope scope) {
    ASSERT_TRUE(world.modes.escalate({.scope = scope, .mode = Mode::kHalted}));
    world.modes.mark_latched(scope, Mode::kHalted);
    world.step();
  }
  KillReport report(Scope scope) { return world.agent->kill_report(scope); }
  // The ids of the cancels sent so far, in order.
  std::string cancels() {
    std::string ids;
    for (const auto& sent : world.venue.sent) {
      if (sent.kind == RequestKind::kCancel) ids += std::to_string(sent.order_id.raw()) + " ";
    }
    return ids;
  }
  std::string mass_cancels() {
    std::string symbols;
    for (const auto& sent : world.venue.sent) {
      if (sent.kind == RequestKind::kMassCancel) symbols += std::to_string(sent.symbol.raw());
    }
    return symbols;
  }
  RejectReason denial(StrategyId strategy, SymbolId symbol = kBtc) {
    world.take_reports(strategy.raw());
    world.push(OmsWorld::order(Side::kBuy, "1", symbol), strategy.raw());
    world.step();
    return world.take_reports(strategy.raw()).at(0).reject.reason;
  }
};

TEST_F(ScopeKill, OfAStrategyCancelsItsOrdersByIdAndLeavesTheOthers) {
  const OrderId first = works(kFirst);
  const OrderId other = works(kSecond);
  const OrderId second = works(kFirst, kEth);
  world.venue.sent.clear();
  kill(Scope::of(kFirst));
  EXPECT_EQ(cancels(), std::to_string(first.raw()) + " " + std::to_string(second.raw()) + " ");
  EXPECT_EQ(mass_cancels(), "");
  EXPECT_EQ(report(Scope::of(kFirst)).seen, world.now_mono);
  EXPECT_EQ(report(Scope::of(kFirst)).last_cancel_sent, world.now_mono);
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  ends(first);
  ends(second, kEth);
  world.tell(says(other, ExecType::kNew, OrderState::kNew, kBtc, ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(report(Scope::of(kFirst)).verified_zero, world.now_mono);
  EXPECT_EQ(world.state_of(other), OrderState::kNew);
  EXPECT_EQ(denial(kFirst), RejectReason::kScopeHalted);
  EXPECT_EQ(denial(kSecond), RejectReason::kNone) << "trades on";
  EXPECT_EQ(world.agent->kill_report().seen, MonoTime{}) << "nothing else was killed";
}

TEST_F(ScopeKill, OfASymbolCancelsItByTheVenuesOwnRequest) {
  const OrderId one = works(kFirst);
  const OrderId two = works(kSecond);
  const OrderId other = works(kFirst, kEth);
  world.venue.sent.clear();
  kill(Scope::of(kBtc));
  EXPECT_EQ(mass_cancels(), "0");
  ends(one);
  ends(two);
  world.tell(says(other, ExecType::kNew, OrderState::kNew, kEth, ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(report(Scope::of(kBtc)).verified_zero, MonoTime{});
  EXPECT_EQ(denial(kSecond), RejectReason::kScopeHalted);
  EXPECT_EQ(denial(kSecond, kEth), RejectReason::kNone);
}

TEST_F(ScopeKill, OfTheAccountCancelsEverySymbol) {
  const OrderId id = works(kFirst);
  world.venue.sent.clear();
  kill(Scope::account());
  EXPECT_EQ(mass_cancels(), "01");
  ends(id);
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(report(Scope::account()).verified_zero, MonoTime{});
  EXPECT_EQ(denial(kSecond), RejectReason::kScopeHalted);
}

TEST_F(ScopeKill, WaitsForTheLatchButNotForAStalledDisk) {
  (void)works(kFirst);
  world.venue.sent.clear();
  ASSERT_TRUE(world.modes.escalate({.scope = Scope::of(kFirst), .mode = Mode::kHalted}));
  world.step();
  EXPECT_EQ(denial(kFirst), RejectReason::kScopeHalted) << "at once";
  world.run_for(30ms);
  EXPECT_EQ(cancels(), "");
  world.run_for(20ms);
  EXPECT_NE(cancels(), "");
}

// O01 under a kill: its cancel is repeated, its exposure held, and it is not called gone before it
// has been proven.
TEST_F(ScopeKill, AnUnknownOrderIsCancelledAgainAndAgainUntilItsEndIsProven) {
  world.push(OmsWorld::order());
  world.step();
  const OrderId id{world.ids.last};
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  ASSERT_EQ(world.state_of(id), OrderState::kUnknown);
  world.venue.sent.clear();
  kill(Scope::of(kFirst));
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  for (int i = 0; i < 12; ++i) {  // more than a cancel of a strategy's own is tried
    world.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
    world.run_for(6s);
    world.complete(RequestKind::kOpenOrders);
    EXPECT_EQ(report(Scope::of(kFirst)).verified_zero, MonoTime{}) << i;
    EXPECT_EQ(world.working_buy(), OmsWorld::order().qty) << "its exposure is held";
  }
  EXPECT_GE(world.venue.count(RequestKind::kCancel), 12U);
  ends(id);
  world.run_for(6s);
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(report(Scope::of(kFirst)).verified_zero, MonoTime{});
}

TEST_F(ScopeKill, AnUnknownOrderOfASymbolIsCancelledByItsIdToo) {
  world.push(OmsWorld::order());
  world.step();
  const OrderId id{world.ids.last};
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  world.venue.sent.clear();
  kill(Scope::of(kBtc));
  EXPECT_EQ(mass_cancels(), "0");
  EXPECT_EQ(cancels(), std::to_string(id.raw()) + " ");
}

TEST_F(ScopeKill, AnOrderInFlightThatTurnsUpIsCancelled) {
  world.push(OmsWorld::order());
  world.step();
  const OrderId id{world.ids.last};
  world.venue.sent.clear();
  kill(Scope::of(kBtc));
  world.tell(says(id, ExecType::kNew, OrderState::kNew, kBtc, ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(report(Scope::of(kBtc)).verified_zero, MonoTime{});
  world.run_for(300ms);
  EXPECT_EQ(mass_cancels(), "00");
}

// R03: nothing leaves while the venue is away; cancels come before any question afterwards.
TEST_F(ScopeKill, WhileDisconnectedCancelsFirstThingOnReconnect) {
  const OrderId id = works(kFirst);
  world.session(VenueSessionState::kDown);
  kill(Scope::of(kFirst));
  world.run_for(5s);
  world.venue.sent.clear();
  world.session(VenueSessionState::kUp);
  world.step();
  ASSERT_GE(world.venue.sent.size(), 2U);
  EXPECT_EQ(world.venue.sent[0].kind, RequestKind::kCancel);
  EXPECT_EQ(world.venue.sent[0].order_id, id);
}

TEST_F(ScopeKill, ManyOrdersLeaveInBoundedTurnsAndNoneIsForgotten) {
  for (int i = 0; i < 100; ++i) (void)works(kFirst);
  world.venue.sent.clear();
  kill(Scope::of(kFirst));
  EXPECT_LE(world.venue.count(RequestKind::kCancel), 16U) << "what one turn may send";
  for (int i = 0; i < 13; ++i) world.step(10us);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 100U);
  EXPECT_EQ(report(Scope::of(kFirst)).last_cancel_sent, world.venue.sent.back().at)
      << "whoever has sent it";
  EXPECT_LT(report(Scope::of(kFirst)).last_cancel_sent - report(Scope::of(kFirst)).seen, 1ms);
}

TEST_F(ScopeKill, AHeldSendIsTriedAgain) {
  (void)works(kFirst);
  world.venue.sent.clear();
  world.venue.error = SendError::kHeld;
  kill(Scope::of(kFirst));
  world.run_for(100ms);
  EXPECT_EQ(cancels(), "");
  EXPECT_EQ(report(Scope::of(kFirst)).first_cancel_sent, MonoTime{});
  world.venue.error = SendError::kNone;
  world.run_for(300ms);
  EXPECT_NE(cancels(), "");
}

TEST_F(ScopeKill, AfterAHumanHasReArmedItTradesAndCanBeKilledAgain) {
  const OrderId id = works(kFirst);
  kill(Scope::of(kFirst));
  ends(id);
  world.complete(RequestKind::kOpenOrders);
  ASSERT_NE(report(Scope::of(kFirst)).verified_zero, MonoTime{});
  ASSERT_TRUE(world.modes.lower(Scope::of(kFirst), Mode::kHalted, Mode::kRunning));
  world.step();
  EXPECT_EQ(denial(kFirst), RejectReason::kNone);
  EXPECT_EQ(report(Scope::of(kFirst)).seen, MonoTime{});
  world.venue.sent.clear();
  kill(Scope::of(kFirst));
  EXPECT_NE(cancels(), "");
  EXPECT_EQ(report(Scope::of(kFirst)).verified_zero, MonoTime{});
}

// Between two turns of the trading thread.
TEST_F(ScopeKill, ReArmedAndKilledAgainUnseenItIsASecondKill) {
  const OrderId id = works(kFirst);
  kill(Scope::of(kFirst));
  ends(id);
  world.complete(RequestKind::kOpenOrders);
  const KillReport first = report(Scope::of(kFirst));
  ASSERT_NE(first.verified_zero, MonoTime{});
  ASSERT_TRUE(world.modes.lower(Scope::of(kFirst), Mode::kHalted, Mode::kRunning));
  kill(Scope::of(kFirst));
  EXPECT_GT(report(Scope::of(kFirst)).seen, first.seen);
  EXPECT_EQ(report(Scope::of(kFirst)).verified_zero, MonoTime{});
  world.complete(RequestKind::kOpenOrders);
  EXPECT_GT(report(Scope::of(kFirst)).verified_zero, first.verified_zero);
}

TEST_F(ScopeKill, SurvivesARestartWithTheOrdersThatItHadLeft) {
  const OrderId id = works(kFirst);
  const OrderId other = works(kSecond);
  ASSERT_TRUE(world.modes.escalate({.scope = Scope::of(kFirst), .mode = Mode::kHalted}));
  world.modes.mark_latched(Scope::of(kFirst), Mode::kHalted);
  world.kill_and_restart();
  world.venue.sent.clear();
  world.session(VenueSessionState::kUp);
  world.step();
  ASSERT_FALSE(world.venue.sent.empty());
  EXPECT_EQ(world.venue.sent[0].order_id, id);
  EXPECT_EQ(cancels(), std::to_string(id.raw()) + " ") << "and not " << other.raw();
}

// An order that waits for the disk has been let through and has not left.
TEST_F(ScopeKill, WhatWaitsForTheDiskIsTakenBack) {
  const auto waiting = std::make_unique<OmsWorld>();
  waiting->use_durability(journal::Durability::kGroup);
  waiting->start();
  waiting->is_keeper_turned = false;
  waiting->push(OmsWorld::order());
  waiting->step();
  ASSERT_EQ(waiting->working_buy(), OmsWorld::order().qty);
  ASSERT_TRUE(waiting->modes.escalate({.scope = Scope::of(kFirst), .mode = Mode::kHalted}));
  waiting->turn_keeper();
  waiting->run_for(50ms);
  EXPECT_EQ(waiting->venue.count(RequestKind::kNewOrder), 0U);
  EXPECT_EQ(waiting->working_buy(), Qty{});
}

TEST_F(ScopeKill, ADrillLooksAtEveryOrderAndTouchesNone) {
  (void)works(kFirst);
  (void)works(kSecond);
  world.venue.sent.clear();
  EXPECT_FALSE(world.agent->drill().result());
  ASSERT_TRUE(world.agent->drill().ask(world.now_mono));
  EXPECT_FALSE(world.agent->drill().ask(world.now_mono)) << "one at a time";
  world.step();
  const auto result = world.agent->drill().result();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->order_count, 2U);
  EXPECT_EQ(result->seen - result->asked, 1ms);
  EXPECT_TRUE(world.venue.sent.empty());
  EXPECT_EQ(denial(kFirst), RejectReason::kNone);
}

}  // namespace
}  // namespace portcullis::oms::test
