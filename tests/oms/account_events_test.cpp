#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// What happens to the account beside its orders: deposits, locks, events of what is not configured;
// and what was concluded before the real event came.

namespace portcullis::oms::test {
namespace {

class AccountEvents : public testing::Test {
 protected:
  void SetUp() override { world.start(); }
  void change(const char* delta, bool is_lock = false, WallTime venue_time = wall_time(2'000)) {
    world.agent->on_balance_change(
        {.asset = world.btc, .delta = qty(delta), .venue_time = venue_time, .is_lock = is_lock},
        world.now());
  }
  void park(std::string_view name, std::string_view text, bool is_state = false) {
    world.agent->on_parked({.name = name, .text = text, .is_state = is_state}, world.now());
  }
  // Asks the account again, as after a gap of the stream.
  void reach_account_question() {
    world.session(VenueSessionState::kUp);
    world.step();
    world.complete(RequestKind::kOpenOrders);
    world.step();
    ASSERT_EQ(world.venue.count(RequestKind::kAccount), 1U);
  }
  void answer_account(const char* held, WallTime updated = {}) {
    world.agent->on_balance(
        {.asset = world.btc, .free = qty(held), .locked = {}, .updated = updated}, world.now());
    world.complete(RequestKind::kAccount);
    world.run_for(20ms);
  }

  std::unique_ptr<OmsWorld> owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
};

TEST_F(AccountEvents, ADepositMovesThePositionAndIsNoDriftAfterwards) {
  change("1.5");
  change("-0.25");
  EXPECT_EQ(world.position(), qty("1.25"));
  EXPECT_TRUE(world.position(kEth).is_zero());
  EXPECT_TRUE(world.agent->accounting().positions().at(kBtc).qty().is_zero()) << "no result";
  ASSERT_NO_FATAL_FAILURE(reach_account_question());
  answer_account("1.25");
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  EXPECT_EQ(world.position(), qty("1.25"));
}

TEST_F(AccountEvents, ADepositThatNobodyToldIsDrift) {
  ASSERT_NO_FATAL_FAILURE(reach_account_question());
  answer_account("1.25");
  EXPECT_EQ(world.counters.position_drift.get(), 1);
}

TEST_F(AccountEvents, ALockFromOutsideLeavesThePosition) {
  change("1.5");
  change("0.5", true);
  EXPECT_EQ(world.position(), qty("1.5"));
  EXPECT_EQ(world.counters.balance_changes.get(), 2);
}

TEST_F(AccountEvents, ADepositBetweenQuestionAndAnswerMakesTheAccountBeAskedAgain) {
  ASSERT_NO_FATAL_FAILURE(reach_account_question());
  change("1.5");
  answer_account("0");
  EXPECT_EQ(world.position(), qty("1.5"));
  EXPECT_EQ(world.counters.position_drift.get(), 0);
}

// The answer overtook the event: by the venue's clock it has the deposit in it.
TEST_F(AccountEvents, ADepositThatTheAnswerAlreadyHasIsNotCountedAgain) {
  ASSERT_NO_FATAL_FAILURE(reach_account_question());
  answer_account("1.5", wall_time(5'000));
  change("1.5", false, wall_time(5'000));
  EXPECT_EQ(world.position(), qty("1.5"));
  change("0.5", false, wall_time(5'001));
  EXPECT_EQ(world.position(), qty("2"));
}

TEST_F(AccountEvents, ADepositOutlivesAKill) {
  change("1.5");
  ASSERT_NO_FATAL_FAILURE(world.kill_and_restart());
  EXPECT_EQ(world.position(), qty("1.5"));
}

TEST_F(AccountEvents, AnEventOfAnUnknownNameIsKeptAsItCameAndLoggedOnce) {
  world.log.drain([](const LogRecord&) noexcept {}, 4'096);
  const std::uint64_t before = world.order_journal.position();
  park("SHIBUSDT", R"({"e":"executionReport","s":"SHIBUSDT"})");
  park("SHIBUSDT", R"({"e":"executionReport","i":2})");
  ASSERT_EQ(world.agent->parked().count(), 2U);
  EXPECT_EQ(text_of(world.agent->parked().at(0).text), R"({"e":"executionReport","i":2})");
  EXPECT_EQ(text_of(world.agent->parked().at(1).name), "SHIBUSDT");
  EXPECT_EQ(world.counters.parked_events.get(), 2);
  EXPECT_GE(world.order_journal.position(), before + 2 * sizeof(ParkedRecord));
  int lines = 0;
  world.log.drain([&lines](const LogRecord&) noexcept { ++lines; }, 4'096);
  EXPECT_EQ(lines, 1);
}

TEST_F(AccountEvents, AParkedBalanceIsKeptOnceForTheNextOneSaysItAgain) {
  park("SHIB", "a", true);
  park("SHIB", "b", true);
  EXPECT_EQ(world.agent->parked().count(), 1U);
  EXPECT_EQ(world.counters.parked_events.get(), 2);
}

TEST_F(AccountEvents, ParkedEventsAreBoundedAndLongOnesCut) {
  const std::string text(5'000, 'x');
  for (int i = 0; i < 200; ++i) park("SHIBUSDT", text);
  EXPECT_EQ(world.agent->parked().count(), ParkedEvents::kKept);
  EXPECT_EQ(text_of(world.agent->parked().at(0).text).size(), 952U);
}

TEST_F(AccountEvents, AStateFromAnAnswerIsInferredAndTheRealEventConfirmsIt) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.take_reports();
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kQuery));
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports[0].is_inferred);
  EXPECT_TRUE(world.agent->accounting().store().find(id)->is_inferred);
  world.tell(world.says(id, ExecType::kCanceled, OrderState::kCanceled));
  EXPECT_TRUE(world.take_reports().empty()) << "it has been told";
  EXPECT_FALSE(world.agent->accounting().store().find(id)->is_inferred);
  EXPECT_EQ(world.counters.inferred_confirmed.get(), 1);
}

TEST_F(AccountEvents, AFillFromAnAnswerIsInferredAndCountsOnce) {
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.take_reports();
  world.tell(world.trade(id, 7, "0.5", "0", OrderState::kPartiallyFilled, ReportSource::kQuery));
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports[0].is_inferred);
  world.tell(world.trade(id, 7, "0.5", "0.5", OrderState::kPartiallyFilled));
  EXPECT_TRUE(world.take_reports().empty());
  EXPECT_EQ(world.position(), qty("0.5"));
  EXPECT_EQ(world.counters.inferred_confirmed.get(), 1);
  world.tell(world.trade(id, 8, "0.5", "1", OrderState::kPartiallyFilled));
  EXPECT_FALSE(world.take_reports().at(0).is_inferred);
}

// The first answer is older than the fill and comes after the question has been put again.
TEST_F(AccountEvents, ALateAnswerToAnEarlierQuestionIsJudgedByThatQuestion) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.session(VenueSessionState::kUp);
  world.step();
  world.agent->accounting().store().find(id)->listing_seen = 2;
  world.complete(RequestKind::kOpenOrders);
  world.step();
  ASSERT_EQ(world.venue.count(RequestKind::kAccount), 1U);
  world.tell(world.trade(id, 11, "1", "1", OrderState::kFilled));
  ASSERT_EQ(world.position(), qty("1"));
  world.run_for(3'100ms);
  ASSERT_EQ(world.venue.count(RequestKind::kAccount), 2U);
  answer_account("0");
  EXPECT_EQ(world.position(), qty("1")) << "a fill is missing in the answer";
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  // And the one to the second, which has it, is no worse for it.
  answer_account("1");
  EXPECT_EQ(world.position(), qty("1"));
}

// One that is never answered does not stand in the way for ever.
TEST_F(AccountEvents, AQuestionThatIsNeverAnsweredStopsCountingInTime) {
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  ASSERT_NO_FATAL_FAILURE(reach_account_question());
  world.tell(world.trade(id, 11, "1", "1", OrderState::kFilled));
  world.run_for(world.settings.venue_processing_max + world.settings.ack_timeout + 200ms);
  ASSERT_GE(world.venue.count(RequestKind::kAccount), 4U);
  answer_account("3");
  EXPECT_EQ(world.position(), qty("3"))
      << "nothing has moved since the oldest that may be answered";
  EXPECT_EQ(world.counters.position_drift.get(), 1);
}

}  // namespace
}  // namespace portcullis::oms::test
