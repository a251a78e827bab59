// Amendments, cancelReplace and cancel-all as commands of a strategy. The fixture replays each
// test's journal at its end.
#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class OrderChangesTest : public OmsTest {
 protected:
  [[nodiscard]] std::size_t cancels_in_journal() {
    return world.records_of(RecordType::kCancelSent);
  }
  // A buy of `quantity` that works at the venue.
  OrderId working(const char* quantity = "10", SymbolId symbol = kBtc) {
    const OrderId id = world.place(Side::kBuy, quantity, symbol);
    VenueReport report = stated(world.says(id, ExecType::kNew, OrderState::kNew), quantity);
    report.symbol = symbol;
    world.tell(report);
    (void)world.take_reports();
    world.venue.sent.clear();
    return id;
  }
  VenueReport stated(VenueReport report, const char* quantity) {
    report.qty = qty(quantity);
    return report;
  }
  void push_amend(OrderId id, const char* quantity, std::size_t strategy = 0) {
    OrderCommand command;
    command.kind = OrderCommandKind::kAmend;
    command.amend = OrderAmendRequest{};
    command.amend.order_id = id;
    command.amend.qty = qty(quantity);
    ASSERT_TRUE(world.commands[strategy]->try_push(command));
    world.step();
  }
  // A sale of 3 in the old order's place; its id.
  OrderId push_replace(OrderId old, ReplaceMode mode = ReplaceMode::kStopOnFailure,
                       std::size_t strategy = 0) {
    OrderCommand command;
    command.kind = OrderCommandKind::kReplace;
    command.replace = OrderReplaceRequest{};
    command.replace.order = OmsWorld::order(Side::kBuy, "3");
    command.replace.old_order_id = old;
    command.replace.mode = mode;
    EXPECT_TRUE(world.commands[strategy]->try_push(command));
    world.step();
    return OrderId{world.ids.last};
  }
  void push_cancel_all(SymbolId symbol) {
    OrderCommand command;
    command.kind = OrderCommandKind::kMassCancel;
    command.mass_cancel = OrderMassCancelRequest{};
    command.mass_cancel.symbol = symbol;
    ASSERT_TRUE(world.commands[0]->try_push(command));
    world.step();
  }
  Order& order(OrderId id) { return *world.agent->accounting().store().find(id); }
  // The one report waiting.
  ExecutionReport report() {
    const auto reports = world.take_reports();
    EXPECT_EQ(reports.size(), 1U);
    return reports.empty() ? ExecutionReport{} : reports.front();
  }
};

// ---- cancels

// The clock is measured again, and the order has to go.
TEST_F(OrderChangesTest, ACancelOutsideOfTheVenuesWindowIsSentAgain) {
  const OrderId id = working();
  world.push_cancel(id);
  world.step();
  ASSERT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  world.fail(RequestKind::kCancel, FailureClass::kAuthentication, id, -1021);
  EXPECT_EQ(world.take_kinds(), "");
  world.run_for(1'100ms);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 2U);
}

// An outage of some seconds is not the end of it.
TEST_F(OrderChangesTest, ACancelThatTheVenueCannotAnswerIsRepeatedAtGrowingIntervals) {
  const OrderId id = working();
  world.push_cancel(id);
  for (int i = 0; i < 1'000; ++i) {
    world.step(10ms);
    if (order(id).is_cancel_pending) {
      world.fail(RequestKind::kCancel, FailureClass::kUnknown, id, -1001);
    }
  }
  const std::size_t sent = world.venue.count(RequestKind::kCancel);
  EXPECT_GE(sent, 4U);
  EXPECT_LE(sent, 7U);
  EXPECT_EQ(world.take_kinds(), "") << "given up within ten seconds";
}

// ---- amendments

TEST_F(OrderChangesTest, AnAmendedOrderHoldsItsOldQuantityUntilTheVenueStatesTheNewOne) {
  const OrderId id = working("10");
  push_amend(id, "4");
  ASSERT_EQ(world.venue.count(RequestKind::kAmend), 1U);
  EXPECT_EQ(world.venue.sent.back().qty, qty("4"));
  EXPECT_EQ(world.venue.sent.back().venue_order_id, VenueOrderId{id.raw() + 1'000});
  EXPECT_EQ(world.working_buy(), qty("10"));
  EXPECT_TRUE(order(id).is_amend_pending);
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kNew), "4"));
  EXPECT_EQ(world.working_buy(), qty("4"));
  EXPECT_FALSE(order(id).is_amend_pending);
  const ExecutionReport told = report();
  EXPECT_EQ(told.exec_type, ExecType::kReplaced);
  EXPECT_EQ(told.qty, qty("4"));
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kNew), "4"));  // by the other path
  EXPECT_EQ(world.take_kinds(), "");
  world.tell(stated(world.trade(id, 1, "4", "4", OrderState::kFilled), "4"));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("4"));
}

TEST_F(OrderChangesTest, AWordFromBeforeTheAmendmentDoesNotMakeTheOrderLargerAgain) {
  const OrderId id = working("10");
  push_amend(id, "4");
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kNew), "4"));
  world.tell(stated(world.trade(id, 1, "1", "1", OrderState::kPartiallyFilled), "10"));
  EXPECT_EQ(order(id).qty, qty("4"));
  EXPECT_EQ(world.working_buy(), qty("3"));
}

TEST_F(OrderChangesTest, ARefusedAmendmentLeavesTheOrderAsItWas) {
  const OrderId id = working("10");
  push_amend(id, "4");
  world.fail(RequestKind::kAmend, FailureClass::kRejected, id, -2038);
  EXPECT_FALSE(order(id).is_amend_pending);
  EXPECT_EQ(world.working_buy(), qty("10"));
  const ExecutionReport told = report();
  EXPECT_EQ(told.exec_type, ExecType::kAmendRejected);
  EXPECT_EQ(told.venue_code, -2038);
  EXPECT_EQ(told.qty, qty("10"));
  push_amend(id, "5");
  EXPECT_EQ(world.venue.count(RequestKind::kAmend), 2U);
}

TEST_F(OrderChangesTest, WhatCannotBeAmendedIsRefusedWithoutARoundTrip) {
  const auto refused = [this](OrderId id, const char* quantity, std::size_t strategy = 0) {
    push_amend(id, quantity, strategy);
    EXPECT_EQ(world.venue.count(RequestKind::kAmend), 0U);
    const auto reports = world.take_reports(strategy);
    EXPECT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports.at(0).exec_type, ExecType::kAmendRejected);
    return reports.at(0).reject.reason;
  };
  const OrderId id = working("10");
  world.tell(stated(world.trade(id, 1, "2", "2", OrderState::kPartiallyFilled), "10"));
  (void)world.take_reports();
  EXPECT_EQ(refused(OrderId{999}, "4"), RejectReason::kNotChangeable);
  EXPECT_EQ(refused(id, "4", 1), RejectReason::kNotChangeable);  // another strategy's
  EXPECT_EQ(refused(id, "10"), RejectReason::kAmendQty);
  EXPECT_EQ(refused(id, "11"), RejectReason::kAmendQty);
  EXPECT_EQ(refused(id, "2"), RejectReason::kAmendQty);
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(refused(id, "4"), RejectReason::kNotChangeable);
  const OrderId sent = world.place();
  (void)world.take_reports();
  EXPECT_EQ(refused(sent, "0.5"), RejectReason::kNotChangeable);  // the venue has not named it
}

// Another program made it smaller, or we did, and a failure of power has taken that out of the
// journal. Otherwise fills would be missing that never were, and asked for without an end.
TEST_F(OrderChangesTest, AnAmendmentThatNobodyRemembersIsBelieved) {
  const OrderId id = working("10");
  world.tell(stated(world.trade(id, 1, "4", "4", OrderState::kPartiallyFilled), "10"));
  EXPECT_EQ(world.working_buy(), qty("6"));
  (void)world.take_reports();
  world.tell(
      stated(world.says(id, ExecType::kNew, OrderState::kFilled, "4", ReportSource::kQuery), "4"));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_TRUE(order(id).missing_qty().is_zero());
  EXPECT_TRUE(world.working_buy().is_zero());
  EXPECT_EQ(world.take_kinds(), "replaced trade");
  EXPECT_EQ(world.agent->accounting().store().open_count(), 0U);
}

TEST_F(OrderChangesTest, OneAmendmentAtATime) {
  const OrderId id = working("10");
  push_amend(id, "4");
  push_amend(id, "3");
  EXPECT_EQ(world.venue.count(RequestKind::kAmend), 1U);
  EXPECT_EQ(report().reject.reason, RejectReason::kNotChangeable);
}

TEST_F(OrderChangesTest, AnAmendmentWithoutAnAnswerIsAskedAboutAndFoundDone) {
  const OrderId id = working("10");
  push_amend(id, "4");
  world.run_for(world.settings.ack_timeout + 100ms);
  ASSERT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  EXPECT_EQ(world.working_buy(), qty("10"));
  world.tell(
      stated(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery), "4"));
  EXPECT_EQ(world.working_buy(), qty("4"));
  const ExecutionReport told = report();
  EXPECT_EQ(told.exec_type, ExecType::kReplaced);
  EXPECT_TRUE(told.is_inferred);
}

TEST_F(OrderChangesTest, AnAmendmentHasNotHappenedOnlyOnceItCannotComeAnyMore) {
  const OrderId id = working("10");
  push_amend(id, "4");
  world.fail(RequestKind::kAmend, FailureClass::kUnknown, id, -1007);
  const auto answer = [&] {
    world.tell(
        stated(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery), "10"));
  };
  world.run_for(1s);
  answer();
  EXPECT_TRUE(order(id).is_amend_pending);
  EXPECT_EQ(world.take_kinds(), "");
  for (int i = 0; i < 40 && order(id).is_amend_pending; ++i) {
    world.run_for(500ms);
    answer();
  }
  EXPECT_FALSE(order(id).is_amend_pending);
  EXPECT_GE(world.now_mono, order(id).amend_sent + world.settings.absence_after());
  EXPECT_EQ(report().exec_type, ExecType::kAmendRejected);
  EXPECT_EQ(world.working_buy(), qty("10"));
}

TEST_F(OrderChangesTest, AnAmendmentThatCouldNotLeaveIsRefusedAtOnce) {
  const OrderId id = working("10");
  world.venue.error = SendError::kHeld;
  push_amend(id, "4");
  EXPECT_EQ(report().exec_type, ExecType::kAmendRejected);
  EXPECT_FALSE(order(id).is_amend_pending);
}

TEST_F(OrderChangesTest, WhetherAnAmendedOrderIsFilledOrExpiredIsTheVenuesWord) {
  const OrderId id = working("10");
  push_amend(id, "4");
  // The fill overtook the amendment at the venue; here it is told behind it.
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kPartiallyFilled, "4"), "4"));
  world.tell(stated(world.trade(id, 1, "4", "4", OrderState::kPartiallyFilled), "10"));
  EXPECT_EQ(world.state_of(id), OrderState::kPartiallyFilled);
  EXPECT_TRUE(order(id).is_query_wanted);
  world.tell(stated(world.says(id, ExecType::kExpired, OrderState::kExpired, "4"), "4"));
  EXPECT_EQ(world.state_of(id), OrderState::kExpired);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("4"));
}

TEST_F(OrderChangesTest, APendingAmendmentIsStillInDoubtAfterARestart) {
  const OrderId id = working("10");
  push_amend(id, "4");
  world.kill_and_restart();
  EXPECT_TRUE(order(id).is_amend_pending);
  EXPECT_EQ(world.working_buy(), qty("10"));
  world.start_recovered();
  world.tell(
      stated(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery), "4"));
  EXPECT_EQ(world.working_buy(), qty("4"));
  EXPECT_FALSE(order(id).is_amend_pending);
}

// ---- cancelReplace

TEST_F(OrderChangesTest, BothOrdersOfAReplaceAreHeldUntilTheVenueHasSpoken) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old, ReplaceMode::kAllowFailure);
  ASSERT_EQ(world.venue.count(RequestKind::kReplaceCancel), 1U);
  const FakeVenue::Sent& sent = world.venue.sent.back();
  EXPECT_EQ(sent.order_id, id);
  EXPECT_EQ(sent.old.id, old);
  EXPECT_EQ(sent.old.venue_id, VenueOrderId{old.raw() + 1'000});
  EXPECT_EQ(sent.old.mode, ReplaceMode::kAllowFailure);
  EXPECT_EQ(world.working_buy(), qty("13"));
  world.tell(
      world.says(old, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kReply));
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kReply));
  EXPECT_EQ(world.working_buy(), qty("3"));
  EXPECT_EQ(world.take_kinds(), "pending-new canceled new");
}

TEST_F(OrderChangesTest, WhereTheCancelFailsAndStopsTheNewOrderHasNotHappened) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old);
  world.fail(RequestKind::kReplaceCancel, FailureClass::kNoSuchOrder, id, -2011);
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id, -2022);
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  EXPECT_EQ(world.state_of(old), OrderState::kNew);
  EXPECT_TRUE(order(old).is_query_wanted);  // filled, ended, or not what we think
  EXPECT_FALSE(order(old).is_cancel_pending);
  EXPECT_EQ(world.working_buy(), qty("10"));
  EXPECT_EQ(world.take_kinds(), "pending-new cancel-rejected rejected");
}

TEST_F(OrderChangesTest, WhereTheCancelFailsAndTheNewOrderIsAllowedBothWork) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old, ReplaceMode::kAllowFailure);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kReply));
  world.fail(RequestKind::kReplaceCancel, FailureClass::kRejected, id, -2011);
  EXPECT_EQ(world.state_of(id), OrderState::kNew);
  EXPECT_EQ(world.state_of(old), OrderState::kNew);
  EXPECT_EQ(world.working_buy(), qty("13"));
}

TEST_F(OrderChangesTest, WhereTheCancelIsDoneAndTheNewOrderFailsNothingIsLeft) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old);
  world.tell(
      world.says(old, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kReply));
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id, -2010);
  EXPECT_EQ(world.state_of(old), OrderState::kCanceled);
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.take_kinds(), "pending-new canceled rejected");
}

TEST_F(OrderChangesTest, ARefusedReplaceLeavesTheOldOrderAlone) {
  for (const FailureClass why : {FailureClass::kRejected, FailureClass::kRateLimited}) {
    const OrderId old = working("10");
    const OrderId id = push_replace(old);
    world.fail(RequestKind::kNewOrder, why, id, -1015);
    EXPECT_EQ(world.state_of(id), OrderState::kRejected);
    EXPECT_EQ(world.state_of(old), OrderState::kNew);
    world.run_for(2s);
    EXPECT_EQ(world.venue.count(RequestKind::kCancel), 0U);
    world.tell(world.says(old, ExecType::kCanceled, OrderState::kCanceled));
  }
}

TEST_F(OrderChangesTest, AReplaceOfUnknownOutcomeLeavesBothInDoubt) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old);
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id, -1007);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("13"));
  world.run_for(1s);
  EXPECT_GE(world.venue.count(RequestKind::kQuery), 1U);   // the new one is asked about
  EXPECT_GE(world.venue.count(RequestKind::kCancel), 1U);  // and the cancel repeated
  EXPECT_EQ(world.venue.count(RequestKind::kReplaceCancel), 1U);
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 0U);
}

TEST_F(OrderChangesTest, AConnectionLostUnderAReplaceLeavesBothInDoubt) {
  const OrderId old = working("10");
  const OrderId id = push_replace(old);
  world.session(VenueSessionState::kDown);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_TRUE(order(old).is_cancel_wanted);
  EXPECT_EQ(world.working_buy(), qty("13"));
}

TEST_F(OrderChangesTest, WhatCannotBeReplacedIsDeniedWithoutARoundTrip) {
  const auto refused = [this](OrderId old, std::size_t strategy = 0) {
    (void)push_replace(old, ReplaceMode::kAllowFailure, strategy);
    EXPECT_EQ(world.venue.count(RequestKind::kReplaceCancel), 0U);
    const auto reports = world.take_reports(strategy);
    EXPECT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports.at(0).exec_type, ExecType::kDenied);
    return reports.at(0).reject.reason;
  };
  const OrderId old = working("10");
  EXPECT_EQ(refused(OrderId{999}), RejectReason::kNotChangeable);
  EXPECT_EQ(refused(old, 1), RejectReason::kNotChangeable);
  EXPECT_EQ(refused(working("1", kEth)), RejectReason::kNotChangeable);
  world.limits.symbols[0].max_order_qty = qty("2");
  EXPECT_EQ(refused(old), RejectReason::kMaxOrderQty);
  EXPECT_EQ(world.state_of(old), OrderState::kNew);
  EXPECT_FALSE(order(old).is_cancel_pending);
  world.push_cancel(old);
  world.step();
  EXPECT_EQ(refused(old), RejectReason::kNotChangeable);
  EXPECT_EQ(world.working_buy(), qty("10"));
}

TEST_F(OrderChangesTest, AReplaceThatCouldNotLeaveIsTakenBack) {
  const OrderId old = working("10");
  world.venue.error = SendError::kSendBufferFull;
  const OrderId id = push_replace(old);
  EXPECT_EQ(world.state_of(id), OrderState::kNotPlaced);
  EXPECT_FALSE(order(old).is_cancel_pending);
  EXPECT_EQ(world.working_buy(), qty("10"));
}

TEST(OrderChangesHeld, AReplaceWhoseOldOrderHasEndedWhileItWaitedForTheDiskDoesNotLeave) {
  const auto world = std::make_unique<OmsWorld>();
  world->use_durability(journal::Durability::kGroup);
  world->start();
  const OrderId old = world->place(Side::kBuy, "10");
  for (int i = 0; i < 100 && world->venue.count(RequestKind::kNewOrder) == 0; ++i) world->step();
  world->tell(world->says(old, ExecType::kNew, OrderState::kNew));
  world->is_keeper_turned = false;
  OrderCommand command;
  command.kind = OrderCommandKind::kReplace;
  command.replace = OrderReplaceRequest{};
  command.replace.order = OmsWorld::order(Side::kBuy, "3");
  command.replace.old_order_id = old;
  ASSERT_TRUE(world->commands[0]->try_push(command));
  world->step();
  const OrderId id{world->ids.last};
  ASSERT_TRUE(world->agent->accounting().store().find(id)->is_held);
  EXPECT_EQ(world->working_buy(), qty("13"));
  world->tell(world->says(old, ExecType::kCanceled, OrderState::kCanceled));
  world->is_keeper_turned = true;
  world->run_for(1s);
  EXPECT_EQ(world->venue.count(RequestKind::kReplaceCancel), 0U);
  EXPECT_EQ(world->state_of(id), OrderState::kNotPlaced);
  EXPECT_EQ(world->working_buy(), Qty{});
}

// ---- cancel all

TEST_F(OrderChangesTest, EverythingInASymbolIsCancelledByOneRequest) {
  const OrderId first = working("1");
  const OrderId second = working("2");
  const OrderId other = working("3", kEth);
  push_cancel_all(kBtc);
  ASSERT_EQ(world.venue.count(RequestKind::kMassCancel), 1U);
  EXPECT_EQ(world.venue.sent.back().symbol, kBtc);
  world.tell(world.says(first, ExecType::kCanceled, OrderState::kCanceled));
  world.tell(world.says(second, ExecType::kCanceled, OrderState::kCanceled));
  world.run_for(2s);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 0U);
  EXPECT_EQ(world.state_of(other), OrderState::kNew);
}

TEST_F(OrderChangesTest, EverythingOnTheAccountIsEachSymbol) {
  (void)working("1");
  push_cancel_all(kNoSymbol);
  EXPECT_EQ(world.venue.count(RequestKind::kMassCancel), 2U);
}

TEST_F(OrderChangesTest, WhatTheRequestForAllHasNotEndedIsCancelledByItself) {
  const OrderId id = working("1");
  push_cancel_all(kBtc);
  const OrderId later = world.place();
  world.run_for(1s);
  ASSERT_GE(world.venue.count(RequestKind::kCancel), 1U);
  for (const FakeVenue::Sent& sent : world.venue.sent) {
    const bool is_of_the_first = sent.kind != RequestKind::kCancel || sent.order_id == id;
    EXPECT_TRUE(is_of_the_first);
  }
  EXPECT_FALSE(order(later).is_cancel_pending);
}

TEST_F(OrderChangesTest, EverythingIsCancelledOnceTheSessionIsThereAgain) {
  const OrderId id = working("1");
  world.session(VenueSessionState::kDown);
  push_cancel_all(kBtc);
  EXPECT_EQ(world.venue.count(RequestKind::kMassCancel), 0U);
  EXPECT_TRUE(order(id).is_cancel_wanted);
  world.session(VenueSessionState::kUp);
  world.run_for(1s);
  EXPECT_GE(world.venue.count(RequestKind::kCancel), 1U);
}

// In a ban of days each try would be a record.
TEST_F(OrderChangesTest, ACancelThatCannotLeaveIsWrittenDownOnceAndAgainWhenItIsRepeated) {
  const OrderId id = working("10");
  world.venue.error = SendError::kHeld;
  const std::size_t before = cancels_in_journal();
  world.push_cancel(id);
  world.run_for(10s);
  EXPECT_EQ(cancels_in_journal(), before + 1);
  world.venue.error = SendError::kNone;
  world.run_for(1s);
  ASSERT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(cancels_in_journal(), before + 1) << "the one record is of the one that left";
  world.run_for(4s);  // no answer
  ASSERT_EQ(world.venue.count(RequestKind::kCancel), 2U);
  EXPECT_EQ(cancels_in_journal(), before + 2);
}

}  // namespace
}  // namespace portcullis::oms::test
