#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// The way out of doubt: no answer, an ambiguous one, a session lost in between.

namespace portcullis::oms::test {
namespace {

TEST_F(OmsTest, WithoutAnAnswerTheOutcomeIsUnknownAndTheExposureHeld) {
  const OrderId id = world.place();
  world.run_for(2'900ms);
  EXPECT_EQ(world.state_of(id), OrderState::kPendingNew);
  world.run_for(200ms);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("1"));
  EXPECT_EQ(world.take_kinds(), "pending-new unknown");
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 1U) << "never sent again";
  EXPECT_GE(world.venue.count(RequestKind::kQuery), 1U);
}

TEST_F(OmsTest, AnAmbiguousAnswerIsUnknownAtOnce) {
  for (const std::int32_t code : {-1006, -1007}) {
    const OrderId id = world.place();
    world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, code);
    EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
    EXPECT_EQ(world.take_kinds(), "pending-new unknown");
  }
  EXPECT_EQ(world.working_buy(), qty("2"));
}

TEST_F(OmsTest, AnAmbiguousAnswerAfterTheVenuesOwnWordChangesNothing) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  EXPECT_EQ(world.state_of(id), OrderState::kNew);
  EXPECT_EQ(world.counters.orders_unknown.get(), 0);
}

TEST_F(OmsTest, APartialWriteIsUnknownToo) {
  world.venue.error = SendError::kPartialWrite;
  const OrderId id = world.place();
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.take_kinds(), "pending-new unknown");
  EXPECT_EQ(world.working_buy(), qty("1"));
}

TEST_F(OmsTest, AQueryFindsItOpen) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  world.run_for(20ms);
  ASSERT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  EXPECT_EQ(world.state_of(id), OrderState::kNew);
  EXPECT_EQ(world.take_kinds(), "pending-new unknown new");
  world.run_for(10s);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 1U) << "resolved: not asked again";
}

TEST_F(OmsTest, AQueryFindsItFilledAndTheTradesBringPriceAndFee) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  world.run_for(20ms);
  world.tell(world.says(id, ExecType::kNew, OrderState::kFilled, "2", ReportSource::kQuery));
  EXPECT_EQ(world.position(), Qty{}) << "a sum is not a trade";
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.run_for(300ms);
  ASSERT_EQ(world.venue.count(RequestKind::kTrades), 1U);
  EXPECT_EQ(world.venue.sent.back().venue_order_id, VenueOrderId{id.raw() + 1'000});
  world.tell(world.trade(id, 1, "1.5", "0", OrderState::kNew, ReportSource::kQuery));
  world.tell(world.trade(id, 1, "1.5", "1.5", OrderState::kPartiallyFilled));  // the stream too
  world.tell(world.trade(id, 2, "0.5", "0", OrderState::kNew, ReportSource::kQuery));
  world.complete(RequestKind::kTrades, id);
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.position(), qty("2"));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.counters.fills.get(), 2);
  world.run_for(10s);
  EXPECT_EQ(world.venue.count(RequestKind::kTrades), 1U);
}

TEST_F(OmsTest, TradesThatAreNotListedYetAreAskedForAgain) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kFilled, "1", ReportSource::kReply));
  world.run_for(300ms);
  world.complete(RequestKind::kTrades, id);
  world.run_for(1s);
  EXPECT_GE(world.venue.count(RequestKind::kTrades), 2U);
  EXPECT_EQ(world.working_buy(), qty("1"));
}

TEST_F(OmsTest, AFillOfAnUnknownOrderResolvesIt) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.run_for(3'100ms);
  ASSERT_EQ(world.state_of(id), OrderState::kUnknown);
  world.tell(world.trade(id, 1, "1", "1", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kPartiallyFilled);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "1"));
  EXPECT_EQ(world.state_of(id), OrderState::kCanceled);
  EXPECT_EQ(world.working_buy(), Qty{});
}

TEST_F(OmsTest, ALateRejectionOfAnUnknownOrderResolvesIt) {
  const OrderId id = world.place();
  world.run_for(3'100ms);
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id, -1013);
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  EXPECT_EQ(world.working_buy(), Qty{});
}

// Sent at 0, denied at every query from the first on: only those asked after recv_window + 10 s +
// margin count, and two of them at least 1 s apart.
TEST_F(OmsTest, AbsenceIsProvenByTwoLateDenialsAndNothingLess) {
  const OrderId id = world.place();
  const MonoTime sent_at = world.now_mono;
  const MonoTime deadline = sent_at + world.settings.absence_after();
  std::size_t answered = 0;
  MonoTime first_late{};
  while (world.state_of(id) != OrderState::kNotPlaced) {
    ASSERT_LT(world.now_mono, sent_at + 60s);
    world.step(10ms);
    if (world.venue.count(RequestKind::kQuery) == answered) continue;
    ++answered;
    const MonoTime asked = world.venue.sent.back().at;
    if (asked >= deadline && first_late == MonoTime{}) first_late = asked;
    world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
    if (first_late == MonoTime{} || asked < first_late + 1s) {
      ASSERT_EQ(world.state_of(id), OrderState::kUnknown);
      ASSERT_EQ(world.working_buy(), qty("1"));
    }
  }
  EXPECT_GE(world.now_mono, deadline + 1s);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.take_kinds(), "pending-new unknown not-placed");
  EXPECT_EQ(world.counters.orders_not_placed.get(), 1);
}

TEST_F(OmsTest, OneDenialFollowedByTheOrderItselfProvesNothing) {
  const OrderId id = world.place();
  world.run_for(20s);  // far beyond the deadline, nothing answered
  world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  world.run_for(6s);
  world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(world.state_of(id), OrderState::kNew);
  EXPECT_EQ(world.working_buy(), qty("1"));
}

TEST_F(OmsTest, AnAnswerNobodyAskedForDoesNotCount) {
  const OrderId id = world.place();
  world.run_for(20s);
  for (int i = 0; i < 5; ++i) {
    world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  }
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
}

TEST_F(OmsTest, AnUnknownOrderMayBeCancelledAndTheRefusalProvesNothing) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  world.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("1"));
}

TEST_F(OmsTest, AFillAfterProvenAbsenceMovesThePositionAndIsAskedAbout) {
  OmsSettings settings;
  settings.venue_processing_max = 0s;
  settings.recv_window = 100ms;
  settings.absence_margin = 0s;
  settings.ack_timeout = 100ms;
  const auto owned = std::make_unique<OmsWorld>(settings);
  OmsWorld& quick = *owned;
  quick.start();
  const OrderId id = quick.place();
  std::size_t answered = 0;
  for (int i = 0; i < 1'000 && quick.state_of(id) != OrderState::kNotPlaced; ++i) {
    quick.step(10ms);
    if (quick.venue.count(RequestKind::kQuery) == answered) continue;
    ++answered;
    quick.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  }
  ASSERT_EQ(quick.state_of(id), OrderState::kNotPlaced);
  quick.tell(quick.trade(id, 1, "0.4", "0.4", OrderState::kPartiallyFilled));
  EXPECT_EQ(quick.state_of(id), OrderState::kNotPlaced);
  EXPECT_EQ(quick.position(), qty("0.4"));
  EXPECT_EQ(quick.counters.fills_late.get(), 1);
  quick.run_for(30ms);
  ASSERT_EQ(quick.venue.count(RequestKind::kQuery), answered + 1);
  quick.tell(
      quick.says(id, ExecType::kNew, OrderState::kPartiallyFilled, "0.4", ReportSource::kQuery));
  EXPECT_EQ(quick.working_buy(), qty("0.6"));
  quick.run_for(20ms);
  EXPECT_EQ(quick.venue.count(RequestKind::kCancel), 1U);
}

TEST_F(OmsTest, AnOrderTheVenueHadAcknowledgedAndDeniesIsDoubtedNotForgotten) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.run_for(20s);
  world.push_cancel(id);
  world.step();
  world.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
  world.run_for(20ms);
  world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("1"));
  std::size_t answered = world.venue.count(RequestKind::kQuery);
  for (int i = 0; i < 400 && world.state_of(id) == OrderState::kUnknown; ++i) {
    world.step(10ms);
    if (world.venue.count(RequestKind::kQuery) == answered) continue;
    ++answered;
    world.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  }
  EXPECT_EQ(world.state_of(id), OrderState::kNotPlaced);
  EXPECT_EQ(world.working_buy(), Qty{});
}

TEST_F(OmsTest, QueriesBackOffAndRateLimitsPauseThem) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  world.run_for(30s);
  const std::size_t queries = world.venue.count(RequestKind::kQuery);
  EXPECT_GE(queries, 6U);
  EXPECT_LE(queries, 12U);
  world.fail(RequestKind::kQuery, FailureClass::kRateLimited, id, -1003);
  world.venue.sent.clear();
  world.run_for(900ms);
  EXPECT_TRUE(world.venue.sent.empty());
  EXPECT_EQ(world.counters.rate_limited.get(), 1);
}

TEST_F(OmsTest, AnOrderUnknownForTooLongIsSaidOnce) {
  world.place();
  world.run_for(70s);
  EXPECT_EQ(world.counters.unknown_overdue.get(), 1);
}

TEST_F(OmsTest, ALostCancelAnswerIsAskedAboutAndRepeatedUpToACap) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.push_cancel(id);
  world.run_for(60s);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), world.settings.cancel_attempts_max);
  EXPECT_GE(world.venue.count(RequestKind::kQuery), 1U);
  EXPECT_EQ(world.take_kinds(), "pending-new new cancel-rejected");
  EXPECT_EQ(world.working_buy(), qty("1"));
}

TEST_F(OmsTest, AnOrderThatIsShownWorkingMayBeCancelledAgainAfterTheCap) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.push_cancel(id);
  world.run_for(60s);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.venue.sent.clear();
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
}

TEST_F(OmsTest, ARateLimitedCancelIsRepeated) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.push_cancel(id);
  world.step();
  world.fail(RequestKind::kCancel, FailureClass::kRateLimited, id, -1003);
  world.run_for(500ms);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  world.run_for(700ms);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 2U);
  EXPECT_EQ(world.take_kinds(), "pending-new new");
}

}  // namespace
}  // namespace portcullis::oms::test
