#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// Sessions that come and go, and what has to be known before trading goes on.

namespace portcullis::oms::test {
namespace {

TEST(OmsAgentStart, IsNotReadyBeforeOrdersAndAccountAreKnown) {
  const auto owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  world.run_for(100ms);
  EXPECT_TRUE(world.venue.sent.empty());
  world.session(VenueSessionState::kUp);
  world.step();
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 0U);
  world.push(OmsWorld::order());
  world.step();
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kNotReady);
  world.complete(RequestKind::kOpenOrders);
  world.step();
  ASSERT_EQ(world.venue.count(RequestKind::kAccount), 1U);
  world.balance(world.btc, "1.25", "0.25");
  EXPECT_FALSE(world.kill_switch.is_ready());
  world.complete(RequestKind::kAccount);
  world.run_for(20ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
  EXPECT_EQ(world.position(), qty("1.5"));
  EXPECT_EQ(world.counters.position_drift.get(), 0);
}

TEST(OmsAgentStart, TheBaselineIsNotInventory) {
  OmsSettings settings;
  settings.position_baseline = {qty("1")};
  const auto owned = std::make_unique<OmsWorld>(settings);
  OmsWorld& world = *owned;
  world.session(VenueSessionState::kUp);
  world.step();
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.balance(world.btc, "0.4");
  world.complete(RequestKind::kAccount);
  EXPECT_EQ(world.position(), qty("-0.6"));
  EXPECT_EQ(world.position(kEth), Qty{});
}

TEST(OmsAgentStart, OrphansAreCancelledUntilNoneIsLeftAndForeignOrdersLeftAlone) {
  const auto owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  world.session(VenueSessionState::kUp);
  world.step();
  const OrderId orphan{4711};
  world.tell(world.says(orphan, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.tell(world.says(OrderId{}, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  ASSERT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(world.venue.sent.back().order_id, orphan);
  world.run_for(500ms);
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 0U);
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 2U) << "looked at again";
  world.tell(world.says(OrderId{}, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 1U);
  EXPECT_EQ(world.counters.orphans_cancelled.get(), 1);
  EXPECT_EQ(world.counters.foreign_events.get(), 2);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
}

TEST(OmsAgentStart, AFillBetweenQuestionAndAnswerMakesTheAccountBeAskedAgain) {
  const auto owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  world.session(VenueSessionState::kUp);
  world.step();
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.tell(world.trade(OrderId{}, 1, "0.5", "0.5", OrderState::kFilled));  // foreign
  world.balance(world.btc, "0.5");
  world.complete(RequestKind::kAccount);
  world.run_for(20ms);
  EXPECT_FALSE(world.kill_switch.is_ready());
  world.run_for(500ms);
  ASSERT_EQ(world.venue.count(RequestKind::kAccount), 2U);
  world.balance(world.btc, "0.5");
  world.complete(RequestKind::kAccount);
  world.run_for(20ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
  EXPECT_EQ(world.position(), qty("0.5"));
}

TEST(OmsAgentStart, QuestionsThatFailOrAreLostAreAskedAgain) {
  const auto owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  world.session(VenueSessionState::kUp);
  world.step();
  world.fail(RequestKind::kOpenOrders, FailureClass::kUnknown);
  world.run_for(500ms);
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 2U);
  world.run_for(3'100ms);  // no answer at all
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 3U);
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.fail(RequestKind::kAccount, FailureClass::kRejected);
  world.run_for(500ms);
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 2U);
}

TEST_F(OmsTest, ForeignTradesMoveTheLimitsPositionOnceAndNotTheResult) {
  world.tell(world.trade(OrderId{}, 5, "0.5", "0.5", OrderState::kFilled));
  world.tell(world.trade(OrderId{}, 5, "0.5", "0.5", OrderState::kFilled));
  EXPECT_EQ(world.position(), qty("0.5"));
  EXPECT_TRUE(world.agent->accounting().positions().at(kBtc).qty().is_zero());
}

TEST_F(OmsTest, WhatIsInFlightWhenTheSessionGoesDownIsUnknown) {
  const OrderId in_flight = world.place();
  const OrderId working = world.place();
  world.tell(world.says(working, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kDown);
  EXPECT_FALSE(world.kill_switch.is_ready());
  EXPECT_EQ(world.state_of(in_flight), OrderState::kUnknown);
  EXPECT_EQ(world.state_of(working), OrderState::kNew);
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.venue.sent.clear();
  world.run_for(10s);
  EXPECT_TRUE(world.venue.sent.empty());
}

TEST_F(OmsTest, AfterAReconnectEachOrderIsAccountedForBeforeTradingGoesOn) {
  const OrderId listed = world.place();
  const OrderId filled = world.place(Side::kBuy, "2");
  const OrderId lost = world.place();
  for (const OrderId id : {listed, filled}) {
    world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  }
  world.session(VenueSessionState::kDown);
  world.run_for(1s);
  world.session(VenueSessionState::kUp);
  world.venue.sent.clear();
  world.step();
  world.tell(world.says(listed, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.balance(world.btc, "2");
  world.complete(RequestKind::kAccount);
  world.run_for(30ms);
  EXPECT_FALSE(world.kill_switch.is_ready());
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 2U) << "of the two that were not listed";
  world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, lost, -2013);
  world.tell(world.says(filled, ExecType::kNew, OrderState::kFilled, "2", ReportSource::kQuery));
  world.run_for(300ms);
  EXPECT_FALSE(world.kill_switch.is_ready()) << "two fills are claimed and not seen";
  ASSERT_EQ(world.venue.count(RequestKind::kTrades), 1U);
  world.tell(world.trade(filled, 3, "2", "0", OrderState::kNew, ReportSource::kQuery));
  world.run_for(30ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
  EXPECT_EQ(world.position(), qty("2"));
  EXPECT_EQ(world.state_of(filled), OrderState::kFilled);
  EXPECT_EQ(world.state_of(lost), OrderState::kUnknown) << "still in doubt, its exposure held";
  EXPECT_EQ(world.working_buy(), qty("2"));
  EXPECT_EQ(world.counters.position_drift.get(), 0);
}

TEST_F(OmsTest, HoldingsThatDisagreeWithOurFillsAreBelievedAndSaid) {
  world.session(VenueSessionState::kDown);
  world.session(VenueSessionState::kUp);
  world.step();
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.balance(world.btc, "3");  // a deposit
  world.complete(RequestKind::kAccount);
  EXPECT_EQ(world.position(), qty("3"));
  EXPECT_EQ(world.counters.position_drift.get(), 1);
}

TEST_F(OmsTest, HoldingsAreNotTakenOverWhileAnOrderIsWorking) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kDown);
  world.session(VenueSessionState::kUp);
  world.step();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  world.step();
  world.balance(world.btc, "1");  // filled meanwhile; its report is on its way
  world.complete(RequestKind::kAccount);
  world.run_for(30ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
  world.tell(world.trade(id, 1, "1", "1", OrderState::kFilled));
  EXPECT_EQ(world.position(), qty("1")) << "once, not from the account and from the fill";
}

TEST_F(OmsTest, ACancelWantedWhileDownIsSentOnReconnect) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kDown);
  world.push_cancel(id);
  world.run_for(1s);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 0U);
  world.session(VenueSessionState::kUp);
  world.run_for(30ms);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(world.take_kinds(), "pending-new new");
}

TEST_F(OmsTest, ALostUserStreamStopsTradingUntilReconciled) {
  const OrderId id = world.place();
  world.agent->on_session_state(VenueSessionState::kLoggingOn, world.now());
  EXPECT_FALSE(world.kill_switch.is_ready());
  EXPECT_EQ(world.state_of(id), OrderState::kPendingNew) << "the connection is still there";
  world.session(VenueSessionState::kUp);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
}

TEST_F(OmsTest, ARefusedKeyStopsTradingWithoutAStorm) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kAuthentication, id, -2015);
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  EXPECT_FALSE(world.kill_switch.is_ready());
  world.venue.sent.clear();
  world.run_for(4'900ms);
  EXPECT_TRUE(world.venue.sent.empty());
  world.run_for(200ms);
  for (std::size_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(world.venue.sent.size(), i);
    world.fail(RequestKind::kOpenOrders, FailureClass::kAuthentication, {}, -2015);
    world.run_for(5'100ms);
  }
  EXPECT_FALSE(world.kill_switch.is_ready());
}

TEST_F(OmsTest, AnAuditFindsWhatTheStreamHasLost) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.venue.sent.clear();
  world.run_for(61s);
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  world.complete(RequestKind::kOpenOrders);  // not listed: it has ended unnoticed
  world.run_for(30ms);
  EXPECT_TRUE(world.kill_switch.is_ready()) << "an audit does not stop trading";
  ASSERT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kQuery));
  EXPECT_EQ(world.state_of(id), OrderState::kCanceled);
  EXPECT_EQ(world.working_buy(), Qty{});
}

// Other programs may use the venue's limits up: what then holds orders back is said, once.
TEST_F(OmsTest, AQuestionThatTheLimitsHoldBackIsToldOnceAnEpisode) {
  const std::string line = "cannot ask the venue";
  world.session(VenueSessionState::kLoggingOn);
  world.venue.error = SendError::kHeld;
  world.session(VenueSessionState::kUp);
  (void)world.take_log_lines(line);
  world.run_for(2'900ms);
  EXPECT_EQ(world.take_log_lines(line), 0U) << "a moment's wait is nothing to tell";
  world.run_for(30s);
  EXPECT_EQ(world.take_log_lines(line), 1U);
  world.venue.error = SendError::kNone;
  world.start_recovered();
  EXPECT_EQ(world.take_log_lines("can ask the venue again"), 1U);
  world.session(VenueSessionState::kLoggingOn);
  world.venue.error = SendError::kHeld;
  world.session(VenueSessionState::kUp);
  world.run_for(10s);
  EXPECT_EQ(world.take_log_lines(line), 1U) << "another one";
}

}  // namespace
}  // namespace portcullis::oms::test
