// Order lists as commands of a strategy: how they leave, and what becomes of each order. The
// fixture replays each test's journal at its end.
#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

// The book is 99 to 101.
NewOrderSingle leg(OrdType type, Side side, std::int64_t px, std::int64_t stop_px = 0) {
  NewOrderSingle order = OmsWorld::order(side, "2");
  order.type = type;
  order.px = px == 0 ? Price{} : Price::from_units(px);
  order.terms.stop_px = stop_px == 0 ? Price{} : Price::from_units(stop_px);
  return order;
}
// Sells 2 at 110, or from 90 on at 89.
NewOrderList oco() {
  return {.kind = ListKind::kOco,
          .orders = {leg(OrdType::kLimitMaker, Side::kSell, 110),
                     leg(OrdType::kStopLossLimit, Side::kSell, 89, 90)}};
}
// Buys 2 at 98, then sells at 110 or from 90 on.
NewOrderList otoco(ListKind kind = ListKind::kOtoco) {
  NewOrderList list{
      .kind = kind,
      .orders = {leg(OrdType::kLimit, Side::kBuy, 98), leg(OrdType::kLimitMaker, Side::kSell, 110),
                 leg(OrdType::kStopLoss, Side::kSell, 0, 90)}};
  if (kind == ListKind::kOpoco) list.orders[1].qty = list.orders[2].qty = Qty{};
  return list;
}
// Buys 2 at 98, then sells what that has brought in at 120.
NewOrderList opo() {
  NewOrderList list{
      .kind = ListKind::kOpo,
      .orders = {leg(OrdType::kLimit, Side::kBuy, 98), leg(OrdType::kLimit, Side::kSell, 120)}};
  list.orders[1].qty = Qty{};
  return list;
}

class OrderListsTest : public OmsTest {
 protected:
  void push_leg(const NewOrderList& list, std::size_t i, std::size_t strategy = 0) {
    OrderCommand command = leg_command(list, i);
    command.list_leg.order.ref = StrategyRef{100 + i};
    ASSERT_TRUE(world.commands[strategy]->try_push(command));
  }
  // The first order's id.
  OrderId place(const NewOrderList& list) {
    for (std::size_t i = 0; i < list.size(); ++i) push_leg(list, i);
    const OrderId first{world.ids.last + 1};
    world.step();
    return first;
  }
  static OrderId nth(OrderId first, std::size_t i) { return OrderId{first.raw() + i}; }
  // The venue has it: works it, or keeps it waiting.
  void acknowledge(OrderId id, bool waits = false, const char* quantity = "2") {
    VenueReport report = world.says(id, ExecType::kNew, OrderState::kNew);
    report.qty = qty(quantity);
    report.is_waiting = waits;
    world.tell(report);
  }
  void push_list_cancel(OrderId id, std::size_t strategy = 0) {
    OrderCommand command;
    command.kind = OrderCommandKind::kListCancel;
    command.cancel = OrderCancelRequest{};
    command.cancel.order_id = id;
    ASSERT_TRUE(world.commands[strategy]->try_push(command));
    world.step();
  }
  Order& order(OrderId id) { return *world.agent->accounting().store().find(id); }
  [[nodiscard]] Qty working_sell() const { return world.exposure.at(kBtc).working_sell; }
};

// ---- on the way out

TEST_F(OrderListsTest, AListIsOneRequestAndEachOfItsOrdersHoldsWhatItMayFill) {
  const OrderId first = place(oco());
  ASSERT_EQ(world.venue.sent.size(), 1U);
  EXPECT_EQ(world.venue.sent[0].kind, RequestKind::kNewList);
  EXPECT_EQ(world.venue.sent[0].order_id, first);
  EXPECT_EQ(working_sell(), qty("4")) << "a pair counts as two";
  EXPECT_EQ(world.exposure.at(kBtc).sell_order_count, 2U);
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(reports[i].exec_type, ExecType::kPendingNew);
    EXPECT_EQ(reports[i].order_id, nth(first, i));
    EXPECT_EQ(reports[i].ref, StrategyRef{100 + i});
    EXPECT_EQ(order(nth(first, i)).list_id, first);
  }
}

TEST_F(OrderListsTest, OneRefusedOrderRefusesAllAndNothingIsHeld) {
  NewOrderList list = otoco();
  list.orders[2].terms.stop_px = Price::from_units(10);  // outside of the collar
  (void)place(list);
  EXPECT_TRUE(world.venue.sent.empty());
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(working_sell(), Qty{});
  EXPECT_EQ(world.exposure.at(kBtc).sell_order_count, 0U);
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 3U);
  for (const ExecutionReport& report : reports) {
    EXPECT_EQ(report.exec_type, ExecType::kDenied);
    EXPECT_EQ(report.reject.reason, RejectReason::kPriceCollar);
  }
}

TEST_F(OrderListsTest, WhatIsNoWholeListIsDenied) {
  push_leg(otoco(), 0);
  push_leg(otoco(), 1);
  world.step();
  EXPECT_EQ(world.take_kinds(), "") << "it may still come";
  push_leg(oco(), 0);  // another begins
  world.step();
  EXPECT_EQ(world.take_kinds(), "denied denied");
  push_leg(oco(), 1);
  world.step();
  EXPECT_EQ(world.take_kinds(), "pending-new pending-new");
  push_leg(oco(), 1);  // without a first one
  world.step();
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].reject.reason, RejectReason::kOrderList);
}

TEST_F(OrderListsTest, TwoStrategiesListsDoNotMix) {
  push_leg(oco(), 0, 0);
  push_leg(oco(), 0, 1);
  push_leg(oco(), 1, 1);
  world.step();
  EXPECT_EQ(world.take_kinds(0), "");
  EXPECT_EQ(world.take_kinds(1), "pending-new pending-new");
  push_leg(oco(), 1, 0);
  world.step();
  EXPECT_EQ(world.take_kinds(0), "pending-new pending-new");
}

TEST_F(OrderListsTest, ASymbolThatTakesNoListsRefusesThem) {
  world.instruments.at(kBtc).has_oco = false;
  (void)place(oco());
  (void)place(otoco());
  EXPECT_EQ(world.take_kinds(), "denied denied denied denied denied");
  (void)place(opo());
  EXPECT_EQ(world.take_kinds(), "pending-new pending-new");
}

TEST_F(OrderListsTest, WhatCannotBeSentHoldsNothing) {
  world.venue.error = SendError::kHeld;
  const OrderId first = place(otoco());
  EXPECT_EQ(world.take_kinds(), "denied denied denied");
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(working_sell(), Qty{});
  EXPECT_EQ(world.state_of(nth(first, 2)), OrderState::kNotPlaced);
}

TEST_F(OrderListsTest, AFullStoreRefusesAListAsAWhole) {
  OmsSettings settings;
  settings.order_capacity = 4;
  auto small = std::make_unique<OmsWorld>(settings);
  small->start();
  (void)small->place();
  (void)small->place();
  (void)small->take_reports();
  const NewOrderList list = otoco();
  for (std::size_t i = 0; i < 3; ++i)
    ASSERT_TRUE(small->commands[0]->try_push(leg_command(list, i)));
  small->step();
  const auto reports = small->take_reports();
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[2].reject.reason, RejectReason::kOrderStoreFull);
  EXPECT_EQ(reports[2].reject.projected, 5);
  EXPECT_EQ(small->working_buy(), qty("2"));
}

TEST_F(OrderListsTest, WithoutIdsForAllOfThemNothingLeaves) {
  world.ids.is_dry = true;
  (void)place(oco());
  EXPECT_TRUE(world.venue.sent.empty());
  EXPECT_EQ(world.take_kinds(), "denied denied");
  EXPECT_EQ(working_sell(), Qty{});
}

// ---- the venue's words

TEST_F(OrderListsTest, OneOfAPairIsFilledAndTheOtherEndsByItsOwnReport) {
  const OrderId first = place(oco());
  acknowledge(first);
  acknowledge(nth(first, 1));
  world.tell(world.trade(first, 1, "2", "2", OrderState::kFilled));
  EXPECT_EQ(world.position(), qty("-2"));
  EXPECT_EQ(working_sell(), qty("2")) << "nothing has been said of the other";
  world.tell(world.says(nth(first, 1), ExecType::kExpired, OrderState::kExpired));
  EXPECT_EQ(working_sell(), Qty{});
}

TEST_F(OrderListsTest, ARefusedListIsRefusedInEachOrder) {
  const OrderId first = place(otoco());
  (void)world.take_reports();
  world.fail(RequestKind::kNewList, FailureClass::kRejected, first, -2010);
  EXPECT_EQ(world.take_kinds(), "rejected rejected rejected");
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(working_sell(), Qty{});
}

// Its answer is lost: each order is asked about, and one may be there and another have ended.
TEST_F(OrderListsTest, EachOrderOfAnUnansweredListIsFoundByItself) {
  const OrderId first = place(oco());
  (void)world.take_reports();
  world.fail(RequestKind::kNewList, FailureClass::kUnknown, first, -1007);
  EXPECT_EQ(world.take_kinds(), "unknown unknown");
  EXPECT_EQ(working_sell(), qty("4"));
  world.run_for(20ms);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 2U);
  world.tell(world.says(first, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  EXPECT_EQ(world.state_of(first), OrderState::kNew);
  EXPECT_EQ(world.state_of(nth(first, 1)), OrderState::kUnknown);
  EXPECT_EQ(working_sell(), qty("4"));
  world.tell(world.says(nth(first, 1), ExecType::kExpired, OrderState::kExpired, "0",
                        ReportSource::kQuery));
  EXPECT_EQ(working_sell(), qty("2"));
}

TEST_F(OrderListsTest, TheConnectionGoesInTheMiddleOfAList) {
  world.venue.error = SendError::kPartialWrite;
  const OrderId first = place(otoco());
  EXPECT_EQ(world.state_of(first), OrderState::kUnknown);
  EXPECT_EQ(world.state_of(nth(first, 2)), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("2"));
  EXPECT_EQ(working_sell(), qty("4"));
}

TEST_F(OrderListsTest, APendingOrderWaitsAndIsToldToWorkOnce) {
  const OrderId first = place(otoco());
  acknowledge(first);
  acknowledge(nth(first, 1), true);
  acknowledge(nth(first, 2), true);
  auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 6U);
  EXPECT_TRUE(reports[1].is_waiting) << "from the beginning";
  EXPECT_FALSE(reports[3].is_waiting);
  EXPECT_TRUE(reports[4].is_waiting);
  world.tell(world.trade(first, 1, "2", "2", OrderState::kFilled));
  (void)world.take_reports();
  acknowledge(nth(first, 1));
  reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].exec_type, ExecType::kNew);
  EXPECT_FALSE(reports[0].is_waiting);
  acknowledge(nth(first, 1));        // again
  acknowledge(nth(first, 1), true);  // the first answer, late
  EXPECT_EQ(world.take_kinds(), "");
  EXPECT_FALSE(order(nth(first, 1)).is_waiting());
  EXPECT_TRUE(order(nth(first, 2)).is_waiting());
}

TEST_F(OrderListsTest, WhatSellsTheProceedsHoldsTheirBoundUntilTheVenueSaysHowMuchItIs) {
  const OrderId first = place(opo());
  const OrderId pending = nth(first, 1);
  EXPECT_EQ(world.venue.last_list.orders[1].qty, qty("2")) << "at most what is bought";
  EXPECT_EQ(working_sell(), qty("2"));
  acknowledge(first);
  acknowledge(pending, true, "0");
  EXPECT_EQ(working_sell(), qty("2"));
  world.tell(world.trade(first, 1, "2", "2", OrderState::kFilled));
  acknowledge(pending, false, "1.998");  // less the fee
  EXPECT_EQ(working_sell(), qty("1.998"));
  EXPECT_EQ(order(pending).qty, qty("1.998"));
  VenueReport fill = world.trade(pending, 2, "1.998", "1.998", OrderState::kFilled);
  fill.side = Side::kSell;
  fill.qty = qty("1.998");
  world.tell(fill);
  EXPECT_EQ(world.state_of(pending), OrderState::kFilled);
  EXPECT_EQ(working_sell(), Qty{});
}

TEST_F(OrderListsTest, ProceedsAreAmendedLikeAnyOrderOnceTheyWork) {
  const OrderId first = place(opo());
  const OrderId pending = nth(first, 1);
  acknowledge(first);
  acknowledge(pending, true, "0");
  world.tell(world.trade(first, 1, "2", "2", OrderState::kFilled));
  acknowledge(pending, false, "1.9");
  (void)world.take_reports();
  OrderCommand amend;
  amend.kind = OrderCommandKind::kAmend;
  amend.amend = OrderAmendRequest{};
  amend.amend.order_id = pending;
  amend.amend.qty = qty("1");
  ASSERT_TRUE(world.commands[0]->try_push(amend));
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kAmend), 1U);
  acknowledge(pending, false, "1");
  EXPECT_EQ(world.take_kinds(), "replaced");
  EXPECT_FALSE(order(pending).is_amend_pending);
  EXPECT_EQ(working_sell(), qty("1"));
}

// The fills are listed before anything says how much the order was for.
TEST_F(OrderListsTest, ProceedsWhoseEndIsFoundByQuestionsAreFilled) {
  const OrderId first = place(opo());
  const OrderId pending = nth(first, 1);
  acknowledge(first);
  acknowledge(pending, true, "0");
  world.tell(
      world.trade(pending, 2, "1.9", "0", OrderState::kPartiallyFilled, ReportSource::kQuery));
  EXPECT_NE(world.state_of(pending), OrderState::kFilled);
  VenueReport filled =
      world.says(pending, ExecType::kNew, OrderState::kFilled, "1.9", ReportSource::kQuery);
  filled.qty = qty("1.9");
  world.tell(filled);
  EXPECT_EQ(world.state_of(pending), OrderState::kFilled);
  EXPECT_EQ(working_sell(), Qty{});
}

TEST_F(OrderListsTest, AListThatIsOverAtTheVenueAndNotHereIsAskedAbout) {
  const OrderId first = place(oco());
  acknowledge(first);
  acknowledge(nth(first, 1));
  world.agent->on_list_status({.list_id = first, .is_done = false}, world.now());
  world.run_for(20ms);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 0U);
  world.tell(world.says(first, ExecType::kCanceled, OrderState::kCanceled));
  world.agent->on_list_status({.list_id = first, .is_done = true}, world.now());
  EXPECT_EQ(world.state_of(nth(first, 1)), OrderState::kNew) << "its own report says what it is";
  EXPECT_EQ(working_sell(), qty("2"));
  world.run_for(20ms);
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 1U);
  EXPECT_EQ(world.venue.sent.back().order_id, nth(first, 1));
}

// ---- changes

TEST_F(OrderListsTest, AListIsCancelledByOneRequestAndByEachOrderWhereThatIsNotEnough) {
  const OrderId first = place(oco());
  acknowledge(first);
  acknowledge(nth(first, 1));
  world.venue.sent.clear();
  push_list_cancel(nth(first, 1));
  ASSERT_EQ(world.venue.sent.size(), 1U);
  EXPECT_EQ(world.venue.sent[0].kind, RequestKind::kListCancel);
  EXPECT_EQ(world.venue.sent[0].order_id, first);
  push_list_cancel(first);
  EXPECT_EQ(world.venue.sent.size(), 1U) << "it is under way";
  world.tell(world.says(first, ExecType::kCanceled, OrderState::kCanceled));
  world.run_for(300ms);
  ASSERT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(world.venue.sent.back().order_id, nth(first, 1));
  world.tell(world.says(nth(first, 1), ExecType::kCanceled, OrderState::kCanceled));
  EXPECT_EQ(working_sell(), Qty{});
  (void)world.take_reports();
  push_list_cancel(first);
  EXPECT_EQ(world.take_kinds(), "cancel-rejected");
}

TEST_F(OrderListsTest, ACancelOfAListThatCannotBeSentIsSentLater) {
  const OrderId first = place(oco());
  acknowledge(first);
  acknowledge(nth(first, 1));
  world.session(VenueSessionState::kDown);
  push_list_cancel(first);
  EXPECT_EQ(world.take_kinds(), "pending-new pending-new new new");
  world.venue.sent.clear();
  world.session(VenueSessionState::kUp);
  world.run_for(300ms);
  EXPECT_GE(world.venue.count(RequestKind::kCancel), 1U);
}

TEST_F(OrderListsTest, NobodyElsesListIsCancelledNorWhatIsNone) {
  const OrderId first = place(oco());
  push_list_cancel(first, 1);
  EXPECT_EQ(world.take_kinds(1), "cancel-rejected");
  const OrderId single = world.place();
  (void)world.take_reports();
  push_list_cancel(single);
  EXPECT_EQ(world.take_kinds(), "cancel-rejected");
  EXPECT_EQ(world.venue.count(RequestKind::kListCancel), 0U);
}

TEST_F(OrderListsTest, AnOrderOfAListIsNotReplacedAndProceedsAreNotAmendedWhileTheyWait) {
  const OrderId first = place(opo());
  acknowledge(first);
  acknowledge(nth(first, 1), true, "0");
  (void)world.take_reports();
  OrderCommand command;
  command.kind = OrderCommandKind::kReplace;
  command.replace = OrderReplaceRequest{};
  command.replace.order = OmsWorld::order();
  command.replace.old_order_id = first;
  ASSERT_TRUE(world.commands[0]->try_push(command));
  OrderCommand amend;
  amend.kind = OrderCommandKind::kAmend;
  amend.amend = OrderAmendRequest{};
  amend.amend.order_id = nth(first, 1);
  amend.amend.qty = qty("1");
  ASSERT_TRUE(world.commands[0]->try_push(amend));
  world.step();
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2U);
  for (const ExecutionReport& report : reports) {
    EXPECT_EQ(report.reject.reason, RejectReason::kNotChangeable);
  }
}

TEST_F(OrderListsTest, AKillEndsAListLikeAnythingElse) {
  const OrderId first = place(otoco());
  acknowledge(first);
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  world.run_for(50ms);
  EXPECT_GE(world.venue.count(RequestKind::kMassCancel), 1U);
  (void)place(oco());
  EXPECT_EQ(world.venue.count(RequestKind::kNewList), 1U);
}

// ---- over a restart

TEST_F(OrderListsTest, AfterAKillOfTheProcessTheOrdersAreFoundWithTheirList) {
  const OrderId first = place(otoco());
  acknowledge(first);
  acknowledge(nth(first, 1), true);
  world.tell(world.trade(first, 1, "2", "2", OrderState::kFilled));
  acknowledge(nth(first, 1));  // live, and nothing was heard of the other
  world.kill_and_restart();
  world.start_recovered();
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(order(nth(first, i)).list_id, first);
    EXPECT_EQ(order(nth(first, i)).list_kind, ListKind::kOtoco);
    EXPECT_EQ(order(nth(first, i)).list_leg, i);
  }
  EXPECT_FALSE(order(nth(first, 1)).is_waiting());
  EXPECT_TRUE(order(nth(first, 2)).is_waiting());
  EXPECT_EQ(world.state_of(nth(first, 2)), OrderState::kUnknown);
  EXPECT_EQ(working_sell(), qty("4"));
  push_list_cancel(nth(first, 2));
  EXPECT_EQ(world.venue.sent.back().kind, RequestKind::kListCancel);
  EXPECT_EQ(world.venue.sent.back().order_id, first);
}

TEST_F(OrderListsTest, AnOpoIsStillABoundAfterARestart) {
  const OrderId first = place(opo());
  acknowledge(first);
  acknowledge(nth(first, 1), true, "0");
  world.kill_and_restart();
  world.start_recovered();
  EXPECT_EQ(working_sell(), qty("2"));
  acknowledge(nth(first, 1), false, "1.9");
  EXPECT_EQ(working_sell(), qty("1.9"));
}

// ---- waiting for the disk

class HeldListsTest : public OrderListsTest {
 protected:
  void SetUp() override {
    world.use_durability(journal::Durability::kGroup);
    world.start();
    world.is_keeper_turned = false;
  }
};

TEST_F(HeldListsTest, AListLeavesOnceAllOfItIsOnTheDisk) {
  const OrderId first = place(oco());
  EXPECT_EQ(world.venue.count(RequestKind::kNewList), 0U);
  EXPECT_EQ(world.take_kinds(), "pending-new pending-new");
  EXPECT_EQ(working_sell(), qty("4"));
  world.turn_keeper();
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kNewList), 1U);
  EXPECT_EQ(world.venue.sent.back().order_id, first);
}

TEST_F(HeldListsTest, OneCancelTakesBackAllOfWhatHasNotLeft) {
  const OrderId first = place(oco());
  (void)world.take_reports();
  world.push_cancel(nth(first, 1));
  world.step();
  world.turn_keeper();
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kNewList), 0U);
  EXPECT_EQ(world.take_kinds(), "not-placed not-placed");
  EXPECT_EQ(working_sell(), Qty{});
}

TEST_F(HeldListsTest, AKillTakesBackWhatHasNotLeft) {
  (void)place(otoco());
  (void)world.take_reports();
  world.kill_switch.kill();
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kNewList), 0U);
  EXPECT_EQ(world.take_kinds(), "denied denied denied");
  EXPECT_EQ(world.working_buy(), Qty{});
}

}  // namespace
}  // namespace portcullis::oms::test
