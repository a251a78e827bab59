#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/oms/oms_fixture.hpp"

// Orders out and reports in, without faults between.

namespace portcullis::oms::test {
namespace {

static_assert(VenueListener<OmsWorld::Agent_>);
static_assert(Agent<OmsWorld::Agent_>);

TEST_F(OmsTest, AnApprovedOrderIsReservedSentAndReported) {
  const OrderId id = world.place(Side::kBuy, "2");
  ASSERT_EQ(world.venue.sent.size(), 1U);
  EXPECT_EQ(world.venue.sent[0].kind, RequestKind::kNewOrder);
  EXPECT_EQ(world.venue.sent[0].order_id, id);
  EXPECT_EQ(world.venue.last.qty, qty("2"));
  EXPECT_EQ(world.working_buy(), qty("2"));
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].exec_type, ExecType::kPendingNew);
  EXPECT_EQ(reports[0].order_id, id);
  EXPECT_EQ(reports[0].ref, StrategyRef{77});
  EXPECT_EQ(reports[0].leaves_qty(), qty("2"));
}

TEST_F(OmsTest, ADeniedOrderNeverLeaves) {
  NewOrderSingle order = OmsWorld::order();
  order.qty = Qty::from_units(1'001);  // above max_order_qty
  world.push(order);
  world.step();
  EXPECT_TRUE(world.venue.sent.empty());
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].exec_type, ExecType::kDenied);
  EXPECT_EQ(reports[0].order_id, OrderId{});
  EXPECT_EQ(reports[0].reject.reason, RejectReason::kMaxOrderQty);
  EXPECT_EQ(reports[0].leaves_qty(), Qty{});
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.counters.orders_denied.get(), 1);
}

TEST_F(OmsTest, TheLifeOfAnOrderFromAckToFill) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(world.state_of(id), OrderState::kNew);
  world.tell(world.trade(id, 1, "0.5", "0.5", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kPartiallyFilled);
  EXPECT_EQ(world.working_buy(), qty("1.5"));
  EXPECT_EQ(world.position(), qty("0.5"));
  world.tell(world.trade(id, 2, "1.5", "2", OrderState::kFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.exposure.at(kBtc).buy_order_count, 0U);
  EXPECT_EQ(world.position(), qty("2"));
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports[3].exec_type, ExecType::kTrade);
  EXPECT_EQ(reports[3].last_qty, qty("1.5"));
  EXPECT_EQ(reports[3].cum_qty, qty("2"));
  EXPECT_EQ(reports[3].trade_id, TradeId{2});
  EXPECT_EQ(reports[3].state, OrderState::kFilled);
}

TEST_F(OmsTest, ReplyAndStreamTellTheSameFillOnce) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kFilled, "1", ReportSource::kReply));
  world.tell(world.trade(id, 9, "1", "1", OrderState::kFilled, ReportSource::kReply));
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.tell(world.trade(id, 9, "1", "1", OrderState::kFilled));
  EXPECT_EQ(world.take_kinds(), "pending-new new trade");
  EXPECT_EQ(world.position(), qty("1"));
  EXPECT_EQ(world.counters.fills_duplicate.get(), 1);
  EXPECT_EQ(world.counters.impossible_events.get(), 0);
  world.run_for(2s);
  EXPECT_EQ(world.venue.count(RequestKind::kTrades), 0U);
}

TEST_F(OmsTest, ARejectedOrderGivesItsReserveBackOnce) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id, -2010);
  world.tell(world.says(id, ExecType::kRejected, OrderState::kRejected));
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_TRUE(world.exposure.is_trusted(kBtc));
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].exec_type, ExecType::kRejected);
  EXPECT_EQ(reports[1].venue_code, -2010);
}

TEST_F(OmsTest, AnIocThatFillsInPartEndsExpired) {
  const OrderId id = world.place(Side::kBuy, "3");
  world.tell(world.trade(id, 1, "1", "1", OrderState::kPartiallyFilled));
  world.tell(world.says(id, ExecType::kExpired, OrderState::kExpired, "1"));
  EXPECT_EQ(world.state_of(id), OrderState::kExpired);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("1"));
  EXPECT_EQ(world.take_kinds(), "pending-new trade expired");
}

TEST_F(OmsTest, ACancelIsSentAndTheOrderEndsByTheVenuesWord) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.push_cancel(id);
  world.push_cancel(id);  // the same wish again
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(world.counters.cancels_repeated.get(), 1);
  EXPECT_EQ(world.working_buy(), qty("1")) << "a cancel is a request, not a fact";
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.take_kinds(), "pending-new new canceled");
}

TEST_F(OmsTest, ACancelOfAnythingNotWorkingIsRefusedWithAReport) {
  const OrderId id = world.place();
  world.tell(world.trade(id, 1, "1", "1", OrderState::kFilled));
  world.take_reports();
  world.push_cancel(id);
  world.push_cancel(OrderId{4711});
  world.push_cancel(id, 1);  // another strategy's order
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 0U);
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].exec_type, ExecType::kCancelRejected);
  EXPECT_EQ(reports[0].state, OrderState::kFilled);
  EXPECT_EQ(reports[1].order_id, OrderId{4711});
  EXPECT_EQ(reports[1].leaves_qty(), Qty{});
  EXPECT_EQ(world.take_kinds(1), "cancel-rejected");
}

TEST_F(OmsTest, ACancelThatComesTooLateIsAnsweredAndAsksWhere) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.push_cancel(id);
  world.step();
  world.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
  world.run_for(20ms);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  EXPECT_EQ(world.state_of(id), OrderState::kNew) << "the refusal proves nothing";
  world.tell(world.says(id, ExecType::kNew, OrderState::kFilled, "1", ReportSource::kQuery));
  world.run_for(300ms);
  ASSERT_EQ(world.venue.count(RequestKind::kTrades), 1U);
  world.tell(world.trade(id, 5, "1", "0", OrderState::kNew, ReportSource::kQuery));
  world.complete(RequestKind::kTrades, id);
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.position(), qty("1"));
  EXPECT_EQ(world.take_kinds(), "pending-new new cancel-rejected trade");
}

TEST_F(OmsTest, ALateFillMovesThePositionAndNotTheState) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
  EXPECT_EQ(world.working_buy(), Qty{});
  world.tell(world.trade(id, 1, "0.5", "0.5", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kCanceled);
  EXPECT_EQ(world.position(), qty("0.5"));
  EXPECT_EQ(world.counters.fills_late.get(), 1);
  EXPECT_EQ(world.take_kinds(), "pending-new new canceled trade");
  EXPECT_TRUE(world.exposure.is_trusted(kBtc));
}

TEST_F(OmsTest, ACancelThatClaimsMoreFillsThanSeenHoldsTheReserveUntilTheyCome) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "0.5"));
  EXPECT_EQ(world.state_of(id), OrderState::kCanceled);
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.run_for(300ms);
  ASSERT_EQ(world.venue.count(RequestKind::kTrades), 1U);
  world.tell(world.trade(id, 1, "0.5", "0", OrderState::kNew, ReportSource::kQuery));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("0.5"));
}

TEST_F(OmsTest, AFillBeyondTheOrderIsCountedAndStillMovesThePosition) {
  const OrderId id = world.place();
  world.tell(world.trade(id, 1, "1.5", "1.5", OrderState::kFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.position(), qty("1.5"));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.counters.fills_over.get(), 1);
  EXPECT_TRUE(world.exposure.is_trusted(kBtc));
}

TEST_F(OmsTest, ASelfTradeIsTwoFills) {
  const OrderId buy = world.place(Side::kBuy);
  const OrderId sell = world.place(Side::kSell);
  world.tell(world.trade(buy, 8, "1", "1", OrderState::kFilled));
  world.tell(world.trade(sell, 8, "1", "1", OrderState::kFilled));
  EXPECT_EQ(world.counters.fills.get(), 2);
  EXPECT_EQ(world.position(), Qty{});
}

TEST_F(OmsTest, AFeeInBaseLowersTheHolding) {
  const OrderId id = world.place();
  VenueReport report = world.trade(id, 1, "1", "1", OrderState::kFilled);
  report.fee = *Fee::parse("0.001");
  report.fee_asset = world.btc;
  world.tell(report);
  EXPECT_EQ(world.position(), qty("0.999"));
  PositionSnapshot position;
  ASSERT_TRUE(world.agent->view().read(kBtc, position));
  EXPECT_EQ(position.qty, qty("0.999"));
  EXPECT_EQ(position.realized.str(), "-0.1");
}

TEST_F(OmsTest, AnImpossibleWordIsCountedAndAskedAboutNotBelieved) {
  const OrderId id = world.place();
  world.tell(world.trade(id, 1, "1", "1", OrderState::kFilled));
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "1"));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.counters.impossible_events.get(), 1);
  world.run_for(20ms);
  ASSERT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  world.tell(world.says(id, ExecType::kNew, OrderState::kFilled, "1", ReportSource::kQuery));
  world.run_for(10s);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 1U) << "answered: not asked again";
}

TEST_F(OmsTest, ARejectedOrderThatWorksAfterAllIsCancelledWithItsExposureHeld) {
  const OrderId id = world.place();
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, id, -2010);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(world.state_of(id), OrderState::kRejected);
  world.run_for(20ms);
  ASSERT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  EXPECT_EQ(world.working_buy(), qty("1"));
  world.run_for(20ms);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  world.run_for(1s);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kQuery));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_TRUE(world.exposure.is_trusted(kBtc));
}

TEST_F(OmsTest, NothingIsQueuedForASessionThatCannotSend) {
  for (const SendError error : {SendError::kNotConnected, SendError::kSendBufferFull}) {
    world.venue.error = error;
    world.push(OmsWorld::order());
    world.step();
    const auto reports = world.take_reports();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].exec_type, ExecType::kDenied);
    EXPECT_EQ(reports[0].reject.reason, RejectReason::kVenueDisconnected);
    EXPECT_EQ(world.working_buy(), Qty{});
    EXPECT_EQ(world.exposure.at(kBtc).buy_order_count, 0U);
  }
  world.venue.error = SendError::kNone;
  world.run_for(100ms);
  EXPECT_TRUE(world.venue.sent.empty());
}

// One that was judged before another used the budget up, or waited for the disk meanwhile.
TEST_F(OmsTest, AnOrderThatTheVenueSessionHoldsIsTakenBackForItsBudget) {
  world.venue.error = SendError::kHeld;
  world.push(OmsWorld::order());
  world.step();
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].exec_type, ExecType::kDenied);
  EXPECT_EQ(reports[0].reject.reason, RejectReason::kVenueBudget);
  EXPECT_EQ(world.working_buy(), Qty{});
  world.venue.error = SendError::kNone;
  world.run_for(100ms);
  EXPECT_TRUE(world.venue.sent.empty());
}

TEST_F(OmsTest, WithoutAnIdNothingLeaves) {
  world.ids.is_dry = true;
  world.push(OmsWorld::order());
  world.step();
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kNotReady);
  EXPECT_EQ(world.working_buy(), Qty{});
}

TEST(OmsAgentStore, AFullStoreRefusesUntilAnOrderEnds) {
  OmsSettings settings;
  settings.order_capacity = 2;
  const auto owned = std::make_unique<OmsWorld>(settings);
  OmsWorld& world = *owned;
  world.start();
  const OrderId first = world.place();
  world.place();
  world.take_reports();
  world.push(OmsWorld::order());
  world.step();
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].reject.reason, RejectReason::kOrderStoreFull);
  EXPECT_EQ(reports[0].reject.limit, 2);
  EXPECT_EQ(reports[0].reject.projected, 3);
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.fail(RequestKind::kNewOrder, FailureClass::kRejected, first);
  world.place();
  EXPECT_EQ(world.counters.orders_sent.get(), 3);
}

TEST_F(OmsTest, TheStrategyIsWhoseRingItCameBy) {
  NewOrderSingle order = OmsWorld::order();
  order.strategy = StrategyId{0};  // claims to be another
  world.push(order, 1);
  world.step();
  EXPECT_EQ(world.take_kinds(0), "");
  EXPECT_EQ(world.take_kinds(1), "pending-new");
}

TEST_F(OmsTest, CommandsAreTakenInBoundedBatches) {
  for (int i = 0; i < 40; ++i) world.push(OmsWorld::order());
  world.step();
  EXPECT_EQ(world.counters.orders_sent.get(), world.settings.commands_per_cycle);
  world.step();
  world.step();
  EXPECT_EQ(world.counters.orders_sent.get(), 40);
}

TEST_F(OmsTest, HopsChainFromTheTickToTheWireAndBack) {
  NewOrderSingle order = OmsWorld::order();
  order.trace = {.wire_in = world.now_mono - 5us, .last = world.now_mono - 1us};
  world.push(order);
  world.step();
  const OrderId id{world.ids.last};
  VenueReport ack = world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kReply);
  world.tell(ack);
  for (const Hop hop : {Hop::kRingToRisk, Hop::kRiskCheck, Hop::kRiskToJournal,
                        Hop::kJournalToEncoded, Hop::kEncodedToWire, Hop::kTickToTrade,
                        Hop::kOrderInToWire, Hop::kWireToAck, Hop::kAckToClient}) {
    HistogramSnapshot snapshot;
    world.hops.of(hop).snapshot(snapshot);
    EXPECT_EQ(snapshot.total(), 1U) << to_string(hop);
    EXPECT_EQ(world.hops.negative_count(hop), 0U) << to_string(hop);
  }
}

TEST(OmsAgentRings, AFullReportRingKillsAndLosesNothing) {
  const auto owned = std::make_unique<OmsWorld>(OmsSettings{}, 2);
  OmsWorld& world = *owned;
  world.start();
  const OrderId id = world.place(Side::kBuy, "4");
  for (std::uint64_t i = 1; i <= 3; ++i) {
    world.tell(world.trade(id, i, "1", "0", OrderState::kPartiallyFilled));
  }
  EXPECT_TRUE(world.kill_switch.is_killed());
  std::string kinds = world.take_kinds();
  world.step();
  kinds += ' ' + world.take_kinds();
  EXPECT_EQ(kinds, "pending-new trade trade trade");
  world.push(OmsWorld::order());
  world.step();
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kKillSwitch);
}

TEST_F(OmsTest, TheSummaryIsThereForAColdReader) {
  const OrderId id = world.place();
  world.place();
  world.tell(world.trade(id, 1, "1", "1", OrderState::kFilled));
  world.run_for(60ms);
  OmsSnapshot summary;
  ASSERT_TRUE(world.agent->view().read(summary));
  EXPECT_EQ(summary.orders_sent, 2);
  EXPECT_EQ(summary.open_count, 1U);
  EXPECT_EQ(world.agent->view().open_count(kBtc), 1U);
  EXPECT_EQ(world.agent->view().open_count(kEth), 0U);
  EXPECT_EQ(summary.fills, 1);
  EXPECT_TRUE(summary.is_ready);
}

TEST_F(OmsTest, AColdReaderNeverSeesHalfAPosition) {
  std::atomic<bool> is_over{false};
  std::atomic<int> torn{0};
  std::thread reader{[&] {
    while (!is_over.load()) {
      PositionSnapshot position;
      OmsSnapshot summary;
      (void)world.agent->view().read(summary);
      (void)world.agent->kill_report();
      if (!world.agent->view().read(kBtc, position)) continue;
      if (position.bought - position.sold != position.qty) ++torn;
    }
  }};
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    const OrderId id = world.place(i % 3 == 0 ? Side::kSell : Side::kBuy);
    world.tell(world.trade(id, i, "1", "1", OrderState::kFilled));
    world.take_reports();
  }
  is_over.store(true);
  reader.join();
  EXPECT_EQ(torn.load(), 0);
  EXPECT_EQ(world.counters.fills.get(), 5'000);
}

TEST_F(OmsTest, NothingIsAllocatedOnTheWayOfAnOrder) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the allocation guard stands aside in this build";
  const NewOrderSingle order = OmsWorld::order();
  const NoAllocScope guard{"oms"};
  for (std::uint64_t i = 1; i <= 500; ++i) {
    world.push(order);
    world.step();
    const OrderId id{world.ids.last};
    world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kReply));
    if (i % 3 == 0) {
      world.push_cancel(id);
      world.step();
      world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
    } else {
      world.tell(world.trade(id, i, "1", "1", OrderState::kFilled));
    }
    ExecutionReport report;
    while (world.reports[0]->try_pop(report)) {
    }
    LogRecord record;
    world.log.drain([&record](const LogRecord& taken) noexcept { record = taken; }, 100);
  }
  world.session(VenueSessionState::kDown);
  world.session(VenueSessionState::kUp);
  world.run_for(5s);
}

}  // namespace
}  // namespace portcullis::oms::test
