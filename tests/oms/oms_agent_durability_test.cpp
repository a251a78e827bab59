// With `group` or `sync` durability an order leaves once its record is on the disk, and not before.
#include <memory>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class Durable : public testing::Test {
 protected:
  void SetUp() override {
    world.use_durability(journal::Durability::kGroup);
    world.start();
    world.is_keeper_turned = false;  // the disk is the test's
  }
  void sync() { world.turn_keeper(); }
  std::size_t orders_sent() const { return world.venue.count(RequestKind::kNewOrder); }

  OmsWorld world;
};

TEST_F(Durable, AnOrderLeavesOnceItsRecordIsOnTheDisk) {
  const OrderId id = world.place();
  world.run_for(100ms);
  EXPECT_EQ(orders_sent(), 0u);
  EXPECT_EQ(world.working_buy(), qty("1")) << "it counts from the moment it was let through";
  EXPECT_EQ(world.take_kinds(), "pending-new") << "its strategy may cancel it by its id";
  sync();
  world.step();
  EXPECT_EQ(orders_sent(), 1u);
  EXPECT_EQ(world.take_kinds(), "") << "told twice";
  EXPECT_EQ(world.state_of(id), OrderState::kPendingNew);
}

TEST_F(Durable, OrdersLeaveInTheOrderInWhichTheyCame) {
  const OrderId first = world.place();
  sync();  // its record is on the disk, and it has had no turn yet
  world.push(world.order());
  world.step();
  sync();
  world.step();
  ASSERT_EQ(orders_sent(), 2u);
  EXPECT_EQ(world.venue.sent[0].order_id, first);
}

TEST_F(Durable, NoAnswerIsMissedWhileItIsHeld) {
  const OrderId id = world.place();
  world.settings.ack_timeout = 10ms;
  world.run_for(500ms);
  EXPECT_EQ(world.state_of(id), OrderState::kPendingNew);
  world.session(VenueSessionState::kDown);
  EXPECT_EQ(world.state_of(id), OrderState::kPendingNew) << "it has never left";
  EXPECT_EQ(world.venue.count(RequestKind::kQuery), 0u);
}

TEST_F(Durable, AKillTakesBackWhatIsHeld) {
  const OrderId id = world.place();
  world.kill_switch.kill();
  world.step();
  sync();
  world.run_for(200ms);
  EXPECT_EQ(orders_sent(), 0u);
  EXPECT_EQ(world.state_of(id), OrderState::kNotPlaced);
  EXPECT_EQ(world.working_buy(), Qty{});
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[1].exec_type, ExecType::kDenied);
  EXPECT_EQ(reports[1].reject.reason, RejectReason::kKillSwitch);
}

TEST_F(Durable, AFailedSyncTakesBackWhatIsHeld) {
  (void)world.place();
  world.disk.is_sync_failing = true;
  sync();
  world.step();
  EXPECT_EQ(orders_sent(), 0u);
  EXPECT_EQ(world.working_buy(), Qty{});
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[1].reject.reason, RejectReason::kJournal);
}

TEST_F(Durable, ADiskThatStandsTakesBackWhatIsHeldAfterAWhile) {
  (void)world.place();
  world.run_for(900ms);
  EXPECT_EQ(world.take_kinds(), "pending-new");
  world.run_for(200ms);
  EXPECT_EQ(world.take_kinds(), "denied");
  EXPECT_EQ(orders_sent(), 0u);
  sync();
  world.step();
  EXPECT_EQ(orders_sent(), 0u) << "taken back, and sent all the same";
}

TEST_F(Durable, ACancelOfAHeldOrderMeansThatItNeverLeaves) {
  const OrderId id = world.place();
  world.push_cancel(id);
  world.step();
  sync();
  world.step();
  EXPECT_EQ(orders_sent(), 0u);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 0u);
  EXPECT_EQ(world.take_kinds(), "pending-new not-placed");
  EXPECT_EQ(world.working_buy(), Qty{});
}

TEST_F(Durable, ADisconnectedVenueTakesBackWhatIsHeld) {
  (void)world.place();
  world.session(VenueSessionState::kDown);
  sync();
  world.step();
  EXPECT_EQ(world.take_kinds(), "pending-new denied");
  EXPECT_EQ(world.working_buy(), Qty{});
}

TEST_F(Durable, MoreThanMayBeHeldAreDenied) {
  std::size_t denied = 0;
  for (std::size_t i = 0; i < world.settings.held_max + 1; ++i) {
    world.push(world.order());
    world.step(1us);
    for (const ExecutionReport& report : world.take_reports()) {
      denied += report.exec_type == ExecType::kDenied ? 1 : 0;
    }
  }
  EXPECT_EQ(denied, 1u);
  EXPECT_EQ(world.agent->accounting().working_count(), world.settings.held_max);
}

}  // namespace
}  // namespace portcullis::oms::test
