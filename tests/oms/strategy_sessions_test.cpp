// Cancel on disconnect, strategy by strategy (reliability R11), and the thread that stood still
// (T06).
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class StrategySessionsTest : public testing::Test {
 protected:
  void begin(const StrategySessionSettings& sessions) {
    OmsSettings settings;
    settings.strategy_sessions = sessions;
    owned_ = std::make_unique<OmsWorld>(settings);
    owned_->start();
  }
  OmsWorld& world() { return *owned_; }
  // An order of the strategy that works at the venue.
  OrderId place_working(std::size_t strategy) {
    world().push(OmsWorld::order(), strategy);
    world().step();
    const OrderId id{world().ids.last};
    world().tell(world().says(id, ExecType::kNew, OrderState::kNew));
    return id;
  }
  // With heartbeats of those that are well.
  void run_with_beats(Nanos total, std::initializer_list<std::size_t> well) {
    for (Nanos passed{0}; passed < total; passed += 10ms) {
      for (const std::size_t strategy : well) world().pulses[strategy]->beat();
      world().step(10ms);
    }
  }
  std::string cancels() {
    std::string ids;
    for (const auto& sent : world().venue.sent) {
      if (sent.kind == RequestKind::kCancel) ids += std::to_string(sent.order_id.raw()) + " ";
    }
    return ids;
  }
  void cancel_done(OrderId id) {
    world().tell(
        world().says(id, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kReply));
  }
  // The reason for which the strategy's last order was denied; kNone when it was not.
  RejectReason denial_of(std::size_t strategy) {
    (void)world().take_reports(strategy);
    world().push(OmsWorld::order(), strategy);
    world().step();
    const auto reports = world().take_reports(strategy);
    return reports.empty() || reports.back().exec_type != ExecType::kDenied
               ? RejectReason::kNone
               : reports.back().reject.reason;
  }

 private:
  std::unique_ptr<OmsWorld> owned_;
};

TEST_F(StrategySessionsTest, TheOrdersOfTheOneThatIsLostAreCancelledAndNoOthers) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0, 1});
  const OrderId lost = place_working(0);
  const OrderId other = place_working(1);
  const OrderId second = place_working(0);
  run_with_beats(900ms, {1});
  EXPECT_EQ(cancels(), "") << "not before its time";
  const MonoTime before = world().now_mono;
  run_with_beats(200ms, {1});
  EXPECT_EQ(world().venue.count(RequestKind::kCancel), 2U);
  EXPECT_NE(cancels().find(std::to_string(lost.raw())), std::string::npos);
  EXPECT_NE(cancels().find(std::to_string(second.raw())), std::string::npos);
  EXPECT_LE(world().now_mono - before, 1s);
  EXPECT_EQ(world().counter_file.read("oms.strategies_lost"), 1);
  EXPECT_EQ(world().counter_file.read("oms.strategies_gone"), 1);
  cancel_done(lost);
  cancel_done(second);
  run_with_beats(30s, {1});
  EXPECT_EQ(world().venue.count(RequestKind::kCancel), 2U) << "done is done";
  EXPECT_EQ(world().state_of(other), OrderState::kNew);
}

TEST_F(StrategySessionsTest, NewOrdersAreRefusedUntilItIsBackAndThoseOfOthersPass) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0, 1});
  run_with_beats(1100ms, {1});
  EXPECT_EQ(denial_of(0), RejectReason::kStrategyGone);
  EXPECT_EQ(denial_of(1), RejectReason::kNone);
  EXPECT_EQ(denial_of(0), RejectReason::kStrategyGone) << "a command is no return";
  run_with_beats(50ms, {0, 1});
  EXPECT_EQ(denial_of(0), RejectReason::kNone);
  EXPECT_EQ(world().counter_file.read("oms.strategies_gone"), 0);
}

TEST_F(StrategySessionsTest, ItsCancelsPassEvenThen) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0});
  const OrderId id = place_working(0);
  run_with_beats(1100ms, {});
  cancel_done(id);
  (void)world().take_reports();
  world().push_cancel(id);
  world().step();
  EXPECT_EQ(world().take_kinds(), "cancel-rejected") << "heard: it has ended";
}

TEST_F(StrategySessionsTest, WhereAHumanHasToLookItsHeartbeatIsNotEnough) {
  begin({.heartbeat_timeout = 1s, .is_return_by_human = true});
  run_with_beats(100ms, {0});
  run_with_beats(1100ms, {});
  run_with_beats(5s, {0});
  EXPECT_EQ(denial_of(0), RejectReason::kStrategyGone);
  world().agent->readmit(StrategyId{0});
  run_with_beats(50ms, {0});
  EXPECT_EQ(denial_of(0), RejectReason::kNone);
}

TEST_F(StrategySessionsTest, AGoodbyeComesAfterWhatWasSaidBefore) {
  begin({});
  run_with_beats(100ms, {0, 1});
  const OrderId first = place_working(0);
  const OrderId other = place_working(1);
  world().push(OmsWorld::order());
  OrderCommand goodbye;
  goodbye.kind = OrderCommandKind::kGoodbye;
  ASSERT_TRUE(world().commands[0]->try_push(goodbye));
  world().step();
  const OrderId last{world().ids.last};
  EXPECT_EQ(world().venue.count(RequestKind::kNewOrder), 3U) << "it was taken";
  world().run_for(100ms);
  EXPECT_NE(cancels().find(std::to_string(first.raw())), std::string::npos);
  EXPECT_NE(cancels().find(std::to_string(last.raw())), std::string::npos);
  EXPECT_EQ(cancels().find(std::to_string(other.raw()) + " "), std::string::npos);
  EXPECT_EQ(denial_of(0), RejectReason::kStrategyGone);
  run_with_beats(50ms, {0, 1});
  EXPECT_EQ(denial_of(0), RejectReason::kNone);
}

TEST_F(StrategySessionsTest, OneThatHasNeverBeatenIsWatchedOnlyWhereItMust) {
  begin({.heartbeat_timeout = 1s});
  (void)place_working(0);
  world().run_for(10s);
  EXPECT_EQ(cancels(), "");
  EXPECT_EQ(denial_of(0), RejectReason::kNone);

  begin({.heartbeat_timeout = 1s, .is_required = true});
  const OrderId id = place_working(0);
  world().run_for(1200ms);
  EXPECT_EQ(cancels(), std::to_string(id.raw()) + " ");
  EXPECT_EQ(denial_of(0), RejectReason::kStrategyGone);
}

TEST_F(StrategySessionsTest, ACommandIsASignOfLife) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0});
  for (int i = 0; i < 5; ++i) {
    world().run_for(600ms);
    EXPECT_EQ(denial_of(0), RejectReason::kNone);
  }
}

TEST_F(StrategySessionsTest, ACancelThatIsNotAnsweredIsTriedAgain) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0});
  const OrderId id = place_working(0);
  run_with_beats(1100ms, {});
  ASSERT_EQ(world().venue.count(RequestKind::kCancel), 1U);
  world().fail(RequestKind::kCancel, FailureClass::kRejected, id);
  world().run_for(5s);
  EXPECT_GE(world().venue.count(RequestKind::kCancel), 2U) << "nobody else will";
  EXPECT_LE(world().venue.count(RequestKind::kCancel), 8U);
}

TEST_F(StrategySessionsTest, WhatIsHeldForTheDiskDoesNotLeave) {
  OmsSettings settings;
  settings.strategy_sessions.heartbeat_timeout = 1s;
  const auto held = std::make_unique<OmsWorld>(settings);
  held->use_durability(journal::Durability::kGroup);
  held->start();
  held->is_keeper_turned = false;
  held->pulses[0]->beat();
  held->run_for(20ms);
  (void)held->place();
  held->run_for(1200ms);
  held->turn_keeper();
  held->step();
  EXPECT_EQ(held->venue.count(RequestKind::kNewOrder), 0U);
  EXPECT_EQ(held->working_buy(), Qty{});
}

TEST_F(StrategySessionsTest, StrategiesThatWereStoppedTogetherWithTheirThreadAreNotGone) {
  begin({.heartbeat_timeout = 1s});
  run_with_beats(100ms, {0, 1});
  (void)place_working(0);
  world().step(30s);
  run_with_beats(2s, {0, 1});
  EXPECT_EQ(cancels(), "");
  EXPECT_EQ(world().counter_file.read("oms.strategies_lost"), 0);
}

// ---- a thread that stood still

TEST(StallWatch, AfterAStopNothingLeavesBeforeTheAccountWasCompared) {
  OmsSettings settings;
  settings.stall_max = 1s;
  const auto owned = std::make_unique<OmsWorld>(settings);
  OmsWorld& world = *owned;
  world.start();
  world.step(1s);
  EXPECT_TRUE(world.kill_switch.is_ready()) << "a turn that was not too late";
  world.push(OmsWorld::order());  // decided before the stop
  world.step(30s);
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 0U);
  EXPECT_FALSE(world.kill_switch.is_ready());
  EXPECT_EQ(world.take_reports().back().reject.reason, RejectReason::kNotReady);
  EXPECT_EQ(world.counter_file.read("oms.stalls"), 1);
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.complete(RequestKind::kAccount);
  world.run_for(20ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
  (void)world.place();
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 1U);
}

}  // namespace
}  // namespace portcullis::oms::test
