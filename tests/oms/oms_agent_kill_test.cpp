#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// Kill, drain and cancel-only: nothing new, everything cancelled, and seen to be gone.

namespace portcullis::oms::test {
namespace {

// The symbols of the mass cancels sent so far, in order.
std::string mass_cancels(const OmsWorld& world) {
  std::string symbols;
  for (const auto& sent : world.venue.sent) {
    if (sent.kind == RequestKind::kMassCancel) symbols += std::to_string(sent.symbol.raw());
  }
  return symbols;
}

TEST_F(OmsTest, AKillCancelsEverySymbolOnceItIsLatched) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.kill_switch.kill();
  world.step();
  EXPECT_EQ(mass_cancels(world), "") << "the latch file comes first";
  EXPECT_EQ(world.agent->kill_report().seen, world.now_mono);
  world.kill_switch.mark_latched();
  world.step();
  EXPECT_EQ(mass_cancels(world), "01");
  EXPECT_EQ(world.agent->kill_report().first_cancel_sent, world.now_mono);
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kReply));
  world.complete(RequestKind::kMassCancel);
  world.fail(RequestKind::kMassCancel, FailureClass::kNoSuchOrder);  // nothing open on the other
  EXPECT_EQ(world.agent->kill_report().verified_zero, MonoTime{});
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(world.agent->kill_report().verified_zero, world.now_mono);
  EXPECT_EQ(world.working_buy(), Qty{});
  world.run_for(10s);
  EXPECT_EQ(mass_cancels(world), "01") << "done is done";
  EXPECT_FALSE(world.agent->is_drained());
}

TEST_F(OmsTest, AKillDoesNotWaitForAStalledDisk) {
  world.kill_switch.kill();
  world.step();
  world.run_for(30ms);
  EXPECT_EQ(mass_cancels(world), "");
  world.run_for(20ms);
  EXPECT_EQ(mass_cancels(world), "01");
}

TEST_F(OmsTest, AKillRefusesNewOrdersAndPassesCancels) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.take_reports();
  world.kill_switch.kill();
  world.push(OmsWorld::order());
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kKillSwitch);
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 1U);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
}

TEST_F(OmsTest, AKillGoesOnUntilTheVenueShowsNothingOfOurs) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(world.agent->kill_report().verified_zero, MonoTime{});
  world.run_for(300ms);
  EXPECT_EQ(mass_cancels(world), "0101");
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 2U);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(world.agent->kill_report().verified_zero, MonoTime{});
  EXPECT_LT(world.agent->kill_report().first_cancel_sent,
            world.agent->kill_report().last_cancel_sent);
}

TEST_F(OmsTest, AKillIsNotDoneWhileAnOrderIsInDoubt) {
  const OrderId id = world.place();
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(world.agent->kill_report().verified_zero, MonoTime{}) << "it may arrive yet";
  world.run_for(500ms);
  ASSERT_GE(world.venue.count(RequestKind::kOpenOrders), 2U);
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id);
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(world.agent->kill_report().verified_zero, MonoTime{});
}

TEST_F(OmsTest, AnOrderThatTurnsUpAfterwardsIsSweptAgain) {
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.complete(RequestKind::kOpenOrders);
  ASSERT_NE(world.agent->kill_report().verified_zero, MonoTime{});
  world.venue.sent.clear();
  world.tell(world.says(OrderId{4711}, ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U) << "an orphan is cancelled by itself";
}

TEST_F(OmsTest, AKillWhileDisconnectedCancelsFirstThingOnReconnect) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kDown);
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.run_for(5s);
  world.venue.sent.clear();
  world.session(VenueSessionState::kUp);
  world.step();
  ASSERT_GE(world.venue.sent.size(), 3U);
  EXPECT_EQ(world.venue.sent[0].kind, RequestKind::kMassCancel);
  EXPECT_EQ(world.venue.sent[1].kind, RequestKind::kMassCancel);
  EXPECT_EQ(world.venue.sent[2].kind, RequestKind::kOpenOrders);
}

TEST_F(OmsTest, ASessionLostInTheMiddleOfAKillStartsItAgain) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.session(VenueSessionState::kDown);
  world.run_for(1s);
  world.session(VenueSessionState::kUp);
  world.step();
  EXPECT_EQ(mass_cancels(world), "0101");
}

TEST_F(OmsTest, AFullSendBufferDelaysTheCancelsAndSkipsNone) {
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.venue.error = SendError::kSendBufferFull;
  world.run_for(50ms);
  EXPECT_EQ(mass_cancels(world), "");
  EXPECT_EQ(world.agent->kill_report().first_cancel_sent, MonoTime{});
  world.venue.error = SendError::kNone;
  world.run_for(20ms);
  EXPECT_EQ(mass_cancels(world), "01");
}

// Logged on, and the venue's user data service is down: what can be cancelled is, and it is seen to
// be gone once the stream is there.
TEST_F(OmsTest, AKillDoesNotWaitForTheUserDataStream) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kDown);
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.run_for(50ms);
  EXPECT_EQ(mass_cancels(world), "");
  world.venue.is_logged_on = true;
  world.run_for(50ms);
  EXPECT_EQ(mass_cancels(world), "01");
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 0U);
  world.session(VenueSessionState::kUp);
  world.run_for(20ms);
  EXPECT_EQ(mass_cancels(world), "0101");
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
}

// In a ban; the turns are a million a second.
TEST_F(OmsTest, AKillWhoseCancelsAreHeldTriesThemAtTheTimersPace) {
  world.venue.error = SendError::kHeld;
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.venue.tried = 0;
  world.run_for(1s, 100us);
  EXPECT_LE(world.venue.tried, 101U);
  EXPECT_GE(world.venue.tried, 50U);
  EXPECT_EQ(mass_cancels(world), "");
  EXPECT_EQ(records_of(RecordType::kMassCancelSent), 1U) << "once, not each try";
  world.venue.error = SendError::kNone;
  world.run_for(20ms);
  EXPECT_EQ(mass_cancels(world), "01");
  EXPECT_EQ(records_of(RecordType::kMassCancelSent), 2U);
}

TEST_F(OmsTest, AKillUnderARateLimitStillCancels) {
  world.fail(RequestKind::kQuery, FailureClass::kRateLimited, OrderId{1}, -1003);
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  EXPECT_EQ(mass_cancels(world), "01");
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 0U) << "questions wait";
  world.run_for(1'100ms);
  EXPECT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
}

TEST_F(OmsTest, AListingOlderThanTheCancelsSaysNothing) {
  world.run_for(61s);  // an audit's listing is out
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  world.complete(RequestKind::kOpenOrders);
  EXPECT_EQ(world.agent->kill_report().verified_zero, MonoTime{});
  world.step();
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 2U);
  world.complete(RequestKind::kOpenOrders);
  EXPECT_NE(world.agent->kill_report().verified_zero, MonoTime{});
}

TEST_F(OmsTest, ADrainCancelsWithoutALatchAndSaysWhenItIsDone) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.kill_switch.drain();
  world.step();
  EXPECT_EQ(mass_cancels(world), "01");
  EXPECT_FALSE(world.agent->is_drained());
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
  world.complete(RequestKind::kOpenOrders);
  EXPECT_TRUE(world.agent->is_drained());
}

TEST_F(OmsTest, AKillDuringADrainStartsAgainAndIsReportedAsAKill) {
  world.kill_switch.drain();
  world.step();
  world.complete(RequestKind::kOpenOrders);
  ASSERT_TRUE(world.agent->is_drained());
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.step();
  EXPECT_EQ(mass_cancels(world), "0101");
  EXPECT_EQ(world.agent->kill_report().seen, world.now_mono);
  EXPECT_EQ(world.agent->kill_report().verified_zero, MonoTime{});
}

TEST_F(OmsTest, CancelOnlyKeepsWhatIsOpenAndRefusesWhatIsNew) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.take_reports();
  world.kill_switch.cancel_only();
  world.push(OmsWorld::order());
  world.run_for(1s);
  EXPECT_EQ(mass_cancels(world), "");
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kCancelOnly);
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
}

}  // namespace
}  // namespace portcullis::oms::test
