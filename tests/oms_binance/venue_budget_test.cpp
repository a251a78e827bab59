#include "oms/binance/venue_budget.hpp"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace portcullis::oms::binance {
namespace {

using namespace std::chrono_literals;
using Party = net::AddressBudget::Party;

constexpr WallTime kStart = wall_time(1'700'006'400'000'000'000);  // midnight

class VenueBudgetTest : public testing::Test {
 protected:
  static constexpr RateBudget kLimits{
      .orders_short = {.count = 0, .limit = 50, .interval_s = 10},
      .orders_day = {.count = 0, .limit = 1'000, .interval_s = 86'400},
      .request_weight = {.count = 0, .limit = 1'000, .interval_s = 60},
      .raw_requests = {.count = 0, .limit = 400, .interval_s = 300}};

  VenueBudgetTest() { turn(1s); }

  void turn(Nanos by) {
    since_ += by;
    budget_.turn(now(), kStart + since_, 0s);
  }
  [[nodiscard]] MonoTime now() const { return mono_time(1'000'000'000) + since_; }
  // Sends as many as may, at most `max`.
  int send(SendClass kind, RequestTag tag, int max) {
    int sent = 0;
    while (sent < max && !budget_.check(kind, tag)) {
      budget_.on_send({tag, ++number_}, RouteId{1}, false, now());
      ++sent;
    }
    return sent;
  }
  std::optional<VenueBudget::Answered> answer(RequestTag tag, std::uint64_t number,
                                              std::int64_t orders, std::int64_t weight) {
    DecodedMessage message;
    message.kind = MessageKind::kResult;
    message.failure.http_status = 200;
    message.request = {tag, number};
    message.has_rate_budget = true;
    if (orders >= 0) {
      message.budget.orders_short = {.count = orders, .limit = 50, .interval_s = 10};
      message.budget.orders_day = {.count = orders, .limit = 1'000, .interval_s = 86'400};
    }
    message.budget.request_weight = {.count = weight, .limit = 1'000, .interval_s = 60};
    return budget_.on_answer(message);
  }

  net::AddressBudget address_;
  VenueBudget budget_{kLimits, {}, address_};
  Nanos since_{};
  std::uint64_t number_{0};
};

TEST_F(VenueBudgetTest, NoOrderLeavesWhileTheLimitOfOrdersIsUnknown) {
  VenueBudget budget{{}, {}, address_};
  budget.turn(now(), kStart, 0s);
  const auto no = budget.check(SendClass::kOrder, RequestTag::kNewOrder);
  ASSERT_TRUE(no);
  EXPECT_EQ(no->reason, RejectReason::kVenueBudget);
  EXPECT_EQ(no->limit, 0);
  EXPECT_EQ(no->projected, 1);
  // The session can come up and ask, and cancel.
  EXPECT_FALSE(budget.check(SendClass::kSession, RequestTag::kLogon));
  EXPECT_FALSE(budget.check(SendClass::kCancel, RequestTag::kCancel));
}

TEST_F(VenueBudgetTest, OrdersStopAtTheirShareWithLimitValueAndProjection) {
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 40);
  const auto no = budget_.check(SendClass::kOrder, RequestTag::kNewOrder);
  ASSERT_TRUE(no);
  EXPECT_EQ(*no, (Reject{.reason = RejectReason::kVenueBudget,
                         .unit = RejectUnit::kCount,
                         .limit = 40,
                         .value = 40,
                         .projected = 41}));
  turn(9s);
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 0) << "none was answered yet";
}

// 40 of the 50 are the orders' share.
TEST_F(VenueBudgetTest, AListCountsAsItsOrders) {
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kListOfThree, 100), 13);
  const auto no = budget_.check(SendClass::kOrder, RequestTag::kListOfTwo);
  ASSERT_TRUE(no);
  EXPECT_EQ(no->limit, 40);
  EXPECT_EQ(no->projected, 41);
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 1);
  EXPECT_EQ(send(SendClass::kCancel, RequestTag::kListCancel, 3), 3);
}

TEST_F(VenueBudgetTest, ANewWindowMakesRoom) {
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 40);
  for (std::uint64_t i = 1; i <= 40; ++i) {
    EXPECT_TRUE(answer(RequestTag::kNewOrder, i, static_cast<std::int64_t>(i), 0));
  }
  EXPECT_TRUE(budget_.check(SendClass::kOrder, RequestTag::kNewOrder));
  turn(9s);
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 40);
}

TEST_F(VenueBudgetTest, AnExhaustedOrderBudgetLeavesCancelsAndTheKillAlone) {
  (void)send(SendClass::kOrder, RequestTag::kNewOrder, 100);
  EXPECT_FALSE(budget_.check(SendClass::kCancel, RequestTag::kCancel));
  EXPECT_FALSE(budget_.check(SendClass::kKill, RequestTag::kMassCancel));
  EXPECT_FALSE(budget_.check(SendClass::kQuery, RequestTag::kQuery));
}

TEST_F(VenueBudgetTest, QuestionsLeaveWeightForCancelsAndCancelsSomeForTheKill) {
  EXPECT_EQ(send(SendClass::kQuery, RequestTag::kOpenOrders, 100), 10);
  EXPECT_TRUE(budget_.check(SendClass::kQuery, RequestTag::kQuery));
  EXPECT_EQ(send(SendClass::kCancel, RequestTag::kCancel, 1'000), 150);
  EXPECT_EQ(send(SendClass::kKill, RequestTag::kMassCancel, 1'000), 50);
}

TEST_F(VenueBudgetTest, RawRequestsHaveALimitOfTheirOwn) {
  int cancels = 0;
  for (std::uint64_t i = 1; i <= 400; ++i) {
    if (send(SendClass::kCancel, RequestTag::kCancel, 1) == 0) break;
    (void)answer(RequestTag::kCancel, number_, -1, 0);  // each is free
    ++cancels;
  }
  EXPECT_EQ(cancels, 380);
}

TEST_F(VenueBudgetTest, WhatSucceedsIsFreeAndWhatFailsIsNot) {
  (void)send(SendClass::kOrder, RequestTag::kNewOrder, 2);
  DecodedMessage message;
  message.kind = MessageKind::kResult;
  message.failure.http_status = 200;
  message.request = {RequestTag::kNewOrder, 1};
  (void)budget_.on_answer(message);
  EXPECT_EQ(budget_.weight().used(), 1);  // the other is under way
  message.kind = MessageKind::kFailure;
  message.failure.http_status = 400;
  message.request = {RequestTag::kNewOrder, 2};
  (void)budget_.on_answer(message);
  EXPECT_EQ(budget_.weight().used(), 1);
}

TEST_F(VenueBudgetTest, WhatAnotherThreadAsksUnderThisAddressCounts) {
  address_.publish(Party::kSnapshots,
                   {.weight_begun = 750, .weight_finished = 0, .requests_begun = 3});
  turn(0s);
  EXPECT_EQ(budget_.weight().used(), 750);
  EXPECT_TRUE(budget_.check(SendClass::kQuery, RequestTag::kOpenOrders));
  EXPECT_FALSE(budget_.check(SendClass::kKill, RequestTag::kMassCancel));
  (void)send(SendClass::kCancel, RequestTag::kCancel, 3);
  EXPECT_EQ(address_.others_than(Party::kSnapshots).weight_begun, 3);
}

TEST_F(VenueBudgetTest, LimitsAreLearnedFromAnswers) {
  (void)send(SendClass::kOrder, RequestTag::kNewOrder, 1);
  DecodedMessage message;
  message.kind = MessageKind::kResult;
  message.request = {RequestTag::kNewOrder, 1};
  message.has_rate_budget = true;
  message.budget.orders_short = {.count = 1, .limit = 10, .interval_s = 10};
  (void)budget_.on_answer(message);
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 7);
}

TEST_F(VenueBudgetTest, WhatOthersDoOnTheAccountIsBelievedAsStated) {
  (void)send(SendClass::kOrder, RequestTag::kNewOrder, 1);
  (void)answer(RequestTag::kNewOrder, 1, 39, 0);
  EXPECT_EQ(send(SendClass::kOrder, RequestTag::kNewOrder, 100), 1);
}

TEST_F(VenueBudgetTest, AnAnswerThatNeverComesIsChargedInTheEnd) {
  (void)send(SendClass::kQuery, RequestTag::kQuery, 1);
  turn(61s);
  EXPECT_EQ(budget_.weight().used(), 4);
  turn(60s);
  EXPECT_EQ(budget_.weight().used(), 0);
  EXPECT_FALSE(answer(RequestTag::kQuery, 1, -1, 9));
}

TEST_F(VenueBudgetTest, WhatDidNotLeaveCostsNothing) {
  (void)send(SendClass::kOrder, RequestTag::kNewOrder, 1);
  const auto undone = budget_.on_not_sent();
  EXPECT_EQ(undone.id.tag, RequestTag::kNewOrder);
  EXPECT_EQ(budget_.orders_short().used(), 0);
  EXPECT_EQ(budget_.weight().used(), 0);
  EXPECT_EQ(budget_.raw_requests().used(), 0);
}

TEST_F(VenueBudgetTest, MoreUnderWayThanCanBeRememberedForgetsTheOldest) {
  constexpr RateBudget kWide{.orders_short = {.count = 0, .limit = 100'000, .interval_s = 10},
                             .orders_day = {.count = 0, .limit = 100'000, .interval_s = 86'400},
                             .request_weight = {.count = 0, .limit = 100'000, .interval_s = 60},
                             .raw_requests = {.count = 0, .limit = 100'000, .interval_s = 300}};
  VenueBudget budget{kWide, {}, address_};
  budget.turn(now(), kStart + 1s, 0s);
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    budget.on_send({RequestTag::kNewOrder, i}, RouteId{1}, false, now());
  }
  EXPECT_EQ(budget.orders_short().used(), 3'000);
}

}  // namespace
}  // namespace portcullis::oms::binance
