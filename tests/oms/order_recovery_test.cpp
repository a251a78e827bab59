// One run ends as a killed process does, and the next one goes on from its journal.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class OrderRecovery : public testing::Test {
 protected:
  void SetUp() override {
    first_->start();
    // The account's answer to the first run was empty: both positions are known to be zero.
  }

  // The next run, with what the first has left and no word from the venue yet.
  OmsWorld& restart() {
    second_ = std::make_unique<OmsWorld>();
    if (!clock_begins_anew_) second_->now_mono = first_->now_mono + 1s;
    second_->ids.last = 1'000'000;
    const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
    EXPECT_TRUE(recovered.has_value()) << recovered.error();
    const auto handed = (*recovered)
                            ->hand_over(second_->instruments, second_->agent->accounting(),
                                        second_->agent->holdings(), second_->now());
    EXPECT_TRUE(handed.has_value()) << handed.error();
    // Its own journal begins with nothing: the replay of the first is what is tested here.
    second_->is_replay_compared = false;
    return *second_;
  }

  std::unique_ptr<OmsWorld> first_ = std::make_unique<OmsWorld>();
  std::unique_ptr<OmsWorld> second_;
  bool clock_begins_anew_{false};
};

TEST_F(OrderRecovery, OpenOrdersFillsAndPositionsAreThereAgain) {
  const OrderId open = first_->place(Side::kBuy, "3");
  first_->tell(first_->says(open, ExecType::kNew, OrderState::kNew));
  first_->tell(first_->trade(open, 11, "1", "1", OrderState::kPartiallyFilled));
  const OrderId done = first_->place(Side::kBuy, "2");
  first_->tell(first_->trade(done, 12, "2", "2", OrderState::kFilled));
  OmsWorld& next = restart();
  expect_same_orders(first_->agent->accounting(), next.agent->accounting());
  EXPECT_EQ(next.state_of(open), OrderState::kPartiallyFilled);
  EXPECT_EQ(next.working_buy(), qty("2"));
  EXPECT_EQ(next.position(), qty("3"));
  EXPECT_EQ(next.exposure.at(kBtc).buy_order_count, 1u);
}

TEST_F(OrderRecovery, AFillIsCountedOnceOverBothRuns) {
  const OrderId id = first_->place(Side::kBuy, "2");
  first_->tell(first_->trade(id, 11, "1", "1", OrderState::kPartiallyFilled));
  OmsWorld& next = restart();
  next.start_recovered();
  next.tell(next.trade(id, 11, "1", "1", OrderState::kPartiallyFilled, ReportSource::kQuery));
  EXPECT_EQ(next.position(), qty("1"));
  next.tell(next.trade(id, 12, "1", "2", OrderState::kFilled));
  EXPECT_EQ(next.position(), qty("2"));
  EXPECT_EQ(next.working_buy(), Qty{});
  EXPECT_EQ(next.counters.fills_duplicate.get(), 1);
}

TEST_F(OrderRecovery, AnOrderOnItsWayIsInDoubtAndHeldUntilTheVenueTells) {
  const OrderId id = first_->place(Side::kBuy, "2");
  OmsWorld& next = restart();
  EXPECT_EQ(next.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(next.working_buy(), qty("2"));
  next.start_recovered();
  next.run_for(1s);
  EXPECT_GE(next.venue.count(RequestKind::kQuery), 1u);
  EXPECT_EQ(next.venue.count(RequestKind::kNewOrder), 0u) << "sent again";
  next.tell(next.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  EXPECT_EQ(next.state_of(id), OrderState::kNew);
}

// Its receive window counts from the restart: absence is proven later than it might be, never
// sooner.
TEST_F(OrderRecovery, AbsenceIsProvenAfresh) {
  const OrderId id = first_->place(Side::kBuy, "2");
  OmsWorld& next = restart();
  next.session(VenueSessionState::kUp);
  const auto deny = [&] {
    next.run_for(6s);
    next.fail(RequestKind::kQuery, FailureClass::kNoSuchOrder, id, -2013);
  };
  deny();
  deny();
  EXPECT_EQ(next.state_of(id), OrderState::kUnknown) << "both before the window had passed";
  deny();
  deny();
  EXPECT_EQ(next.state_of(id), OrderState::kNotPlaced);
  EXPECT_EQ(next.working_buy(), Qty{});
}

// The monotonic clock begins anew with the machine, so that a moment of the last run may be far in
// the future of this one.
TEST_F(OrderRecovery, AfterARestartOfTheMachineEverythingIsAskedAtOnce) {
  const OrderId doubtful = first_->place();
  first_->run_for(4s);  // no answer
  const OrderId short_of_fills = first_->place(Side::kBuy, "2");
  first_->tell(first_->says(short_of_fills, ExecType::kNew, OrderState::kFilled, "2"));
  clock_begins_anew_ = true;
  OmsWorld& next = restart();
  ASSERT_LT(next.now_mono, first_->now_mono);
  next.session(VenueSessionState::kUp);
  next.run_for(100ms);
  EXPECT_EQ(next.venue.count(RequestKind::kTrades), 1u);
  EXPECT_GE(next.venue.count(RequestKind::kQuery), 1u);
  EXPECT_EQ(next.state_of(doubtful), OrderState::kUnknown);
}

TEST_F(OrderRecovery, TheStrategyIsToldOfEachOpenOrderOnce) {
  const OrderId open = first_->place(Side::kBuy, "3");
  first_->tell(first_->says(open, ExecType::kNew, OrderState::kNew));
  const OrderId done = first_->place(Side::kBuy, "2");
  first_->tell(first_->says(done, ExecType::kCanceled, OrderState::kCanceled));
  OmsWorld& next = restart();
  next.run_for(100ms);
  const auto reports = next.take_reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].exec_type, ExecType::kRestated);
  EXPECT_EQ(reports[0].order_id, open);
  EXPECT_EQ(reports[0].ref, StrategyRef{77});
  EXPECT_EQ(reports[0].leaves_qty(), qty("3"));
}

TEST_F(OrderRecovery, ItsStrategyMayCancelAnAdoptedOrder) {
  const OrderId open = first_->place(Side::kBuy, "3");
  first_->tell(first_->says(open, ExecType::kNew, OrderState::kNew));
  OmsWorld& next = restart();
  next.start_recovered();
  next.push_cancel(open);
  next.step();
  EXPECT_EQ(next.venue.count(RequestKind::kCancel), 1u);
}

TEST_F(OrderRecovery, ReadinessWaitsForAnAnswerAboutEachAdoptedOrder) {
  const OrderId open = first_->place(Side::kBuy, "3");
  first_->tell(first_->says(open, ExecType::kNew, OrderState::kNew));
  OmsWorld& next = restart();
  next.session(VenueSessionState::kUp);
  next.step();
  next.complete(RequestKind::kOpenOrders);  // the listing does not name it
  next.step();
  next.complete(RequestKind::kAccount);
  next.run_for(100ms);
  EXPECT_FALSE(next.kill_switch.is_ready());
  VenueReport filled =
      next.says(open, ExecType::kNew, OrderState::kFilled, "3", ReportSource::kQuery);
  next.tell(filled);
  next.run_for(1s);
  EXPECT_FALSE(next.kill_switch.is_ready()) << "its fills are missing";
  EXPECT_GE(next.venue.count(RequestKind::kTrades), 1u);
  next.tell(next.trade(open, 21, "3", "3", OrderState::kFilled, ReportSource::kQuery));
  next.run_for(100ms);
  EXPECT_TRUE(next.kill_switch.is_ready());
  EXPECT_EQ(next.position(), qty("3"));
}

TEST_F(OrderRecovery, AnOrderOpenOnASymbolThatIsNotConfiguredIsAnErrorThatNamesIt) {
  const OrderId id = first_->place(Side::kBuy, "3", kEth);
  VenueReport report = first_->says(id, ExecType::kNew, OrderState::kNew);
  report.symbol = kEth;
  first_->tell(report);
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  InstrumentTable other;
  Instrument btc;
  btc.symbol = "BTCUSDT";
  btc.base_asset_name = "BTC";
  btc.quote_asset_name = "USDT";
  other.add(btc);
  const auto handed =
      (*recovered)
          ->hand_over(other, first_->agent->accounting(), first_->agent->holdings(), first_->now());
  ASSERT_FALSE(handed.has_value());
  EXPECT_NE(handed.error().find("ETHUSDT"), std::string::npos) << handed.error();
}

TEST_F(OrderRecovery, AChangedBaselineCountsFromTheRestart) {
  const OrderId open = first_->place(Side::kBuy, "3");
  first_->tell(first_->trade(open, 11, "1", "1", OrderState::kPartiallyFilled));
  second_ = std::make_unique<OmsWorld>();
  second_->settings.position_baseline = {qty("10"), qty("0")};
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  ASSERT_TRUE((*recovered)
                  ->hand_over(second_->instruments, second_->agent->accounting(),
                              second_->agent->holdings(), second_->now())
                  .has_value());
  EXPECT_EQ(second_->position(), -qty("9")) << "one held, ten of them no inventory";
  second_->is_replay_compared = false;
}

TEST_F(OrderRecovery, MoreOpenOrdersThanTheCapacityAreAnErrorThatSaysSo) {
  for (int i = 0; i < 3; ++i) (void)first_->place();
  OmsSettings small;
  small.order_capacity = 2;
  const OmsWorld next{small};
  const auto recovered = RecoveredOrders::read(first_->disk, small);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  const auto handed = (*recovered)
                          ->hand_over(next.instruments, next.agent->accounting(),
                                      next.agent->holdings(), next.now());
  ASSERT_FALSE(handed.has_value());
  EXPECT_NE(handed.error().find("orders.capacity is 2"), std::string::npos) << handed.error();
}

TEST_F(OrderRecovery, TheHighestEpochOfAllRunsIsKnown) {
  first_->kill_and_restart();
  first_->kill_and_restart();
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  EXPECT_EQ((*recovered)->epoch_max(), 3u);
}

TEST_F(OrderRecovery, SymbolsAreFoundByNameWhateverTheirNumbers) {
  const OrderId id = first_->place(Side::kBuy, "3", kEth);
  VenueReport report = first_->trade(id, 5, "1", "1", OrderState::kPartiallyFilled);
  report.symbol = kEth;
  first_->tell(report);
  InstrumentTable turned;
  for (const char* name : {"ETH", "BTC"}) {
    Instrument instrument;
    instrument.symbol = std::string{name} + "USDT";
    instrument.base_asset_name = name;
    instrument.quote_asset_name = "USDT";
    turned.add(instrument);
  }
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  OmsWorld next;
  ASSERT_TRUE((*recovered)
                  ->hand_over(turned, next.agent->accounting(), next.agent->holdings(), next.now())
                  .has_value());
  EXPECT_EQ(next.exposure.at(SymbolId{0}).position, qty("1"));
  EXPECT_EQ(next.exposure.at(SymbolId{0}).working_buy, qty("2"));
  EXPECT_EQ(next.exposure.at(SymbolId{1}).position, Qty{});
  next.is_replay_compared = false;
}

TEST_F(OrderRecovery, ADamagedJournalIsRefusedWithItsPlace) {
  for (int i = 0; i < 4; ++i) {
    (void)first_->place();
    first_->step();
  }
  first_->disk.bytes(1)[journal::kSegmentHeaderBytes + 100] ^= std::byte{4};
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_FALSE(recovered.has_value());
  EXPECT_NE(recovered.error().find("segment 1: at byte"), std::string::npos) << recovered.error();
  EXPECT_NE(recovered.error().find("portcullis journal verify"), std::string::npos);
  first_->is_replay_compared = false;
}

TEST_F(OrderRecovery, ARecordOfANewerVersionIsRefusedByItsNumber) {
  const std::array<std::uint64_t, 2> payload{};
  ASSERT_TRUE(first_->journal->append(static_cast<std::uint16_t>(RecordType::kOrder),
                                      record_version_max(RecordType::kOrder) + 1,
                                      std::as_bytes(std::span{payload}), first_->now()));
  const auto recovered = RecoveredOrders::read(first_->disk, first_->settings);
  ASSERT_FALSE(recovered.has_value());
  EXPECT_NE(recovered.error().find("version 3"), std::string::npos) << recovered.error();
  first_->is_replay_compared = false;
}

using OmsJournal = OmsTest;

TEST_F(OmsJournal, AnOrderThatCannotBeWrittenDownDoesNotLeave) {
  world.disk.is_sync_failing = true;
  (void)world.place();  // this one was written before the sync failed
  world.step();
  world.venue.sent.clear();
  world.take_reports();
  (void)world.place();
  EXPECT_EQ(world.venue.count(RequestKind::kNewOrder), 0u);
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].exec_type, ExecType::kDenied);
  EXPECT_EQ(reports[0].reject.reason, RejectReason::kJournal);
  EXPECT_EQ(world.exposure.at(kBtc).buy_order_count, 1u) << "its reserve was not given back";
}

TEST_F(OmsJournal, CancelsAndTheKillGoOnWithoutADisk) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.disk.is_sync_failing = true;
  world.step();
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1u);
  world.kill_switch.kill();
  world.run_for(200ms);
  EXPECT_GE(world.venue.count(RequestKind::kMassCancel), 2u);
}

}  // namespace
}  // namespace portcullis::oms::test
