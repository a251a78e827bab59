// Limits, bans, a revoked key and a wrong clock against a real TLS WebSocket server: what it gets
// to see is counted.
#include "oms/binance/venue_manners.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/oms_binance/venue_fixture.hpp"

namespace portcullis::oms::binance::test {
namespace {

using namespace std::chrono_literals;
using Party = net::AddressBudget::Party;

Json error(const Json& request, int status, int code, const char* text = "no") {
  return {{"id", request["id"]}, {"status", status}, {"error", {{"code", code}, {"msg", text}}}};
}
Json order_json() {
  return {{"symbol", "BTCUSDT"},
          {"orderId", 4711},
          {"clientOrderId", client_id(kOrder)},
          {"transactTime", 1660801715639},
          {"price", "23416.10000000"},
          {"origQty", "0.00847000"},
          {"executedQty", "0.00000000"},
          {"cummulativeQuoteQty", "0.00000000"},
          {"status", "NEW"},
          {"side", "SELL"}};
}

class VenueMannersTest : public VenueFixture {
 protected:
  SendError send_new(std::uint64_t number = 500) {
    return venue_->send_new(approved(), make_order_id(42, number), now());
  }
  SendError send_cancel() { return venue_->send_cancel(kOrder, kBtc, VenueOrderId{1}, now()); }
  SendError send_query() { return venue_->send_query(kOrder, kBtc, now()); }
  RejectReason refusal() { return venue_->allowance().refusal.reason; }
  // The answers of a venue that refuses `method` with `answer`, and takes the rest.
  static Script refusing(std::string method, std::move_only_function<Json(const Json&)> answer) {
    return [method = std::move(method), answer = std::move(answer)](const Json& request) mutable {
      if (is_session(request)) return answer_session(request);
      if (request["method"] == method) return Answer{{answer(request).dump()}};
      if (request["method"] == "openOrders.cancelAll") {
        return Answer{{result(request, Json::array())}};
      }
      return Answer{{result(request, order_json())}};
    };
  }
  Json error_until(const Json& request, int status, std::chrono::milliseconds pause) const {
    Json out = error(request, status, -1003);
    const std::int64_t now_ms = venue_ms();
    out["error"]["data"] = {{"serverTime", now_ms}, {"retryAfter", now_ms + pause.count()}};
    return out;
  }
  bool wait_failures(std::size_t count) {
    return poll_until([&] { return recorder_.failures.size() == count; });
  }
};

// ---- 429

TEST_F(VenueMannersTest, LimitedNothingButACancelLeavesUntilTheVenuesMoment) {
  start_up(KeyKind::kEd25519, refusing("order.place", [this](const Json& request) {
             return error_until(request, 429, 20s);
           }));
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(recorder_.failures[0].failure, FailureClass::kRateLimited);
  EXPECT_EQ(counter("rate_limited"), 1);
  EXPECT_EQ(refusal(), RejectReason::kVenueBudget);
  EXPECT_EQ(venue_->allowance().refusal.unit, RejectUnit::kNanos);
  EXPECT_EQ(send_new(), SendError::kHeld);
  EXPECT_EQ(send_query(), SendError::kHeld);
  EXPECT_EQ(send_cancel(), SendError::kNone);
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kNone);
  jump(9s);
  poll_for(50ms);  // the line is alive
  EXPECT_EQ(send_new(), SendError::kHeld);
  jump(11s);
  poll();
  EXPECT_EQ(send_new(), SendError::kNone);
}

TEST_F(VenueMannersTest, LimitedCancelsGoOneAtATimeAsLongAsTheVenueTakesThem) {
  start_up(KeyKind::kEd25519, refusing("order.place", [this](const Json& request) {
             return error_until(request, 429, 20s);
           }));
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  for (std::size_t i = 1; i <= 5; ++i) {
    EXPECT_EQ(send_cancel(), SendError::kNone);
    EXPECT_EQ(send_cancel(), SendError::kHeld);
    ASSERT_TRUE(poll_until([&] { return recorder_.reports.size() == i; }));
  }
  EXPECT_EQ(count_of("order.cancel"), 5u);
  EXPECT_EQ(counter("cancels_held"), 5);
  EXPECT_EQ(counter("probes_refused"), 0);
}

TEST_F(VenueMannersTest, ACancelThatIsRefusedDuringAPauseIsTheLastOne) {
  start_up(KeyKind::kEd25519, [this](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{error_until(request, 429, 20s).dump()}};
  });
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(send_cancel(), SendError::kNone);
  ASSERT_TRUE(wait_failures(2));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(send_cancel(), SendError::kHeld);
    poll();
  }
  EXPECT_EQ(counter("probes_refused"), 1);
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kNone);  // the kill has its own
  ASSERT_TRUE(wait_failures(3));
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kHeld);
  EXPECT_EQ(requests().size(), 5u);  // logon, subscription, and three of ours
  jump(21s);
  poll();
  EXPECT_EQ(send_cancel(), SendError::kNone);
}

TEST_F(VenueMannersTest, WithoutAMomentThePauseDoubles) {
  start_up(KeyKind::kEd25519,
           refusing("order.place", [](const Json& request) { return error(request, 429, -1003); }));
  std::size_t failures = 0;
  for (const auto pause : {1s, 2s, 4s}) {
    EXPECT_EQ(send_new(), SendError::kNone);
    ASSERT_TRUE(wait_failures(++failures));
    jump(pause - 500ms);
    poll();
    EXPECT_EQ(send_new(), SendError::kHeld);
    jump(501ms);
    poll();
  }
  EXPECT_EQ(count_of("order.place"), 3u);
}

TEST_F(VenueMannersTest, TooManyOrdersStopsOrdersAndNothingElse) {
  start_up(KeyKind::kEd25519, refusing("order.place", [](const Json& request) {
             return error(request, 429, -1015, "Too many new orders.");
           }));
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(send_new(), SendError::kHeld);
  EXPECT_EQ(counter("order_limits"), 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(send_cancel(), SendError::kNone);
    EXPECT_EQ(send_query(), SendError::kNone);
  }
  jump(11s);  // the window is over
  poll();
  EXPECT_EQ(send_new(), SendError::kNone);
}

TEST_F(VenueMannersTest, TheFirewallPausesTheAddress) {
  start_up(KeyKind::kEd25519, refusing("order.place", [](const Json& request) {
             return error(request, 403, 0, "Forbidden");
           }));
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(send_query(), SendError::kHeld);
  EXPECT_GT(address_->limited_until(), now().mono + 9s);
  jump(10'001ms);
  poll();
  EXPECT_EQ(send_query(), SendError::kNone);
}

TEST_F(VenueMannersTest, APauseOfAnotherThreadsIsObeyedToo) {
  start_up(KeyKind::kEd25519, answer_session);
  EXPECT_EQ(refusal(), RejectReason::kNone);
  address_->limit_until(Party::kSnapshots, now().mono + 5s);
  poll();
  EXPECT_EQ(refusal(), RejectReason::kVenueBudget);
  EXPECT_EQ(send_new(), SendError::kHeld);
}

// ---- 418

TEST_F(VenueMannersTest, BannedNothingLeavesAndNothingConnectsUntilItIsOver) {
  start_up(KeyKind::kEd25519, [this, is_first = true](const Json& request) mutable {
    if (is_session(request)) return answer_session(request);
    if (!std::exchange(is_first, false)) return Answer{{result(request, Json::array())}};
    return Answer{.frames = {error_until(request, 418, 300s).dump()}, .is_reset_after = true};
  });
  EXPECT_EQ(send_query(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(counter("bans"), 1);
  EXPECT_GT(address_->banned_until(), now().mono + 290s);
  ASSERT_TRUE(poll_until([&] { return venue_->state() == VenueSessionState::kDown; }));
  const std::size_t seen = requests().size() + time_requests();
  EXPECT_NE(send_cancel(), SendError::kNone);
  EXPECT_NE(venue_->send_mass_cancel(kBtc, now()), SendError::kNone);
  jump(299s);
  poll_for(100ms);
  EXPECT_EQ(venue_->state(), VenueSessionState::kDown);
  EXPECT_EQ(counter("connects"), 1);
  EXPECT_EQ(requests().size() + time_requests(), seen);
  jump(2s);
  ASSERT_TRUE(poll_until([&] { return venue_->is_up(); }));
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kNone);
}

TEST_F(VenueMannersTest, ABanHoldsCancelsEvenWhileTheConnectionLives) {
  start_up(KeyKind::kEd25519, refusing("order.status", [](const Json& request) {
             return error(request, 418, -1003);
           }));
  EXPECT_EQ(send_query(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  const std::size_t seen = requests().size() + time_requests();
  EXPECT_EQ(send_cancel(), SendError::kHeld);
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kHeld);
  EXPECT_EQ(counter("cancels_held"), 2);
  jump(119s);  // two minutes when the venue does not say
  poll_for(50ms);
  EXPECT_EQ(send_cancel(), SendError::kHeld);
  EXPECT_EQ(requests().size() + time_requests(), seen);
}

// ---- the budget

TEST_F(VenueMannersTest, OrdersStopBeforeTheVenuesLimitAndCancelsDoNot) {
  manners_.limits.orders_short.limit = 10;
  start_up(KeyKind::kEd25519, answer_session);
  int sent = 0;
  for (std::uint64_t i = 0; i < 20; ++i) sent += send_new(i) == SendError::kNone ? 1 : 0;
  EXPECT_EQ(sent, 8);
  const Reject no = venue_->allowance().refusal;
  EXPECT_EQ(no.reason, RejectReason::kVenueBudget);
  EXPECT_EQ(no.limit, 8);
  EXPECT_EQ(no.value, 8);
  EXPECT_EQ(no.projected, 9);
  EXPECT_EQ(send_cancel(), SendError::kNone);
  EXPECT_EQ(venue_->send_mass_cancel(kBtc, now()), SendError::kNone);
}

TEST_F(VenueMannersTest, UnknownLimitsRefuseOrders) {
  manners_.limits = {};
  start_up(KeyKind::kEd25519, answer_session);
  EXPECT_EQ(refusal(), RejectReason::kVenueBudget);
  EXPECT_EQ(send_new(), SendError::kHeld);
  EXPECT_EQ(send_cancel(), SendError::kNone);
}

// ---- the clock

TEST_F(VenueMannersTest, TheTimeIsMeasuredBeforeTheLogonAndTheWallClockHasNoPartInIt) {
  set_wall(1h);
  start_up(KeyKind::kEd25519, answer_session);
  EXPECT_EQ(time_requests(), 1u);
  set_wall(-3h);
  poll();
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return requests().size() == 3; }));
  for (const Json& request : {requests()[0], requests()[2]}) {
    const std::int64_t timestamp = request["params"]["timestamp"];
    EXPECT_NEAR(static_cast<double>(timestamp), static_cast<double>(venue_ms()), 1'000);
  }
  EXPECT_TRUE(venue_->is_up());
}

TEST_F(VenueMannersTest, AVenueThatDoesNotTellItsTimeKeepsTheSessionDown) {
  start(KeyKind::kEd25519, answer_session, [](const Json&) { return Answer{}; });
  ASSERT_TRUE(poll_until([&] { return time_requests() == 1; }));
  poll_for(50ms);
  EXPECT_FALSE(venue_->is_up());
  EXPECT_EQ(count_of("session.logon"), 0u);
  EXPECT_EQ(refusal(), RejectReason::kClock);
  jump(5001ms);
  EXPECT_TRUE(poll_until([&] { return counter("step_timeouts") == 1; }));
}

TEST_F(VenueMannersTest, ARoundTripThatIsTooLongKeepsTheSessionDown) {
  start(KeyKind::kEd25519, answer_session, [this, slow_left = 2](const Json& request) mutable {
    jump(slow_left-- > 0 ? 600ms : 0ms);  // half of it is more than 200 ms
    return answer_time(request);
  });
  ASSERT_TRUE(poll_until([&] { return venue_->is_up(); }));
  EXPECT_GE(time_requests(), 3u);
}

TEST_F(VenueMannersTest, ARefusedTimestampStopsOrdersUntilTheTimeIsMeasuredAgain) {
  start_up(KeyKind::kEd25519, refusing("order.place", [](const Json& request) {
             return error(request, 400, -1021,
                          "Timestamp for this request is outside of the recvWindow.");
           }));
  EXPECT_EQ(send_new(), SendError::kNone);
  step_venue_clock(1h);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(refusal(), RejectReason::kClock);
  EXPECT_EQ(send_new(), SendError::kHeld);
  EXPECT_EQ(send_query(), SendError::kHeld);
  EXPECT_EQ(send_cancel(), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return refusal() == RejectReason::kNone; }));
  EXPECT_EQ(time_requests(), 2u);
  EXPECT_EQ(count_of("order.place"), 1u);
  EXPECT_EQ(counter("clock_refused"), 1);
  EXPECT_EQ(send_query(), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("order.status") == 1; }));
  const std::int64_t timestamp = requests().back()["params"]["timestamp"];
  EXPECT_NEAR(static_cast<double>(timestamp), static_cast<double>(venue_ms()), 1'000);
}

TEST_F(VenueMannersTest, AJumpOfTheVenuesClockStopsOrdersUntilASecondMeasurement) {
  start_up(KeyKind::kEd25519, answer_session);
  step_venue_clock(10s);
  jump(10s);  // measured again by now
  ASSERT_TRUE(poll_until([&] { return refusal() == RejectReason::kClock; }));
  EXPECT_EQ(counter("clock_steps"), 1);
  jump(250ms);
  ASSERT_TRUE(poll_until([&] { return refusal() == RejectReason::kNone; }));
}

// ---- the key

class RefusedKeyTest : public VenueMannersTest, public testing::WithParamInterface<int> {};

TEST_P(RefusedKeyTest, StopsOrdersAndIsAskedAboutOnceASecond) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{error(request, 400, GetParam()).dump()}};
  });
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  EXPECT_EQ(recorder_.failures[0].failure, FailureClass::kAuthentication);
  EXPECT_EQ(counter("key_doubts"), 1);
  EXPECT_EQ(refusal(), RejectReason::kNotReady);
  for (int i = 0; i < 50; ++i) {  // five seconds of somebody who asks and asks
    jump(100ms);
    poll_for(2ms);
    EXPECT_EQ(send_new(), SendError::kHeld);
    (void)send_query();
  }
  poll_for(20ms);
  EXPECT_EQ(count_of("order.place"), 1u);
  EXPECT_LE(count_of("order.status"), 6u);
  EXPECT_GE(count_of("order.status"), 3u);
}

INSTANTIATE_TEST_SUITE_P(EachCode, RefusedKeyTest, testing::Values(-1022, -2014, -2015));

TEST_F(VenueMannersTest, AKeyThatIsTakenAgainLetsOrdersPass) {
  start_up(KeyKind::kEd25519,
           refusing("order.place", [](const Json& request) { return error(request, 400, -1022); }));
  EXPECT_EQ(send_new(), SendError::kNone);
  ASSERT_TRUE(wait_failures(1));
  jump(1001ms);
  poll();
  EXPECT_EQ(send_query(), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return refusal() == RejectReason::kNone; }));
}

}  // namespace
}  // namespace portcullis::oms::binance::test
