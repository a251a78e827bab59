// Several connections under one session: which takes what, what the loss of one means, and how one
// takes another's place.
#include <chrono>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/oms_binance/venue_fixture.hpp"

namespace portcullis::oms::binance::test {
namespace {

using namespace std::chrono_literals;
using enum VenueSessionState;
using testing::ElementsAre;

std::string deposit(std::int64_t time_ms) {
  return Json{
      {"subscriptionId", 0},
      {"event", {{"e", "balanceUpdate"}, {"E", 1}, {"a", "BTC"}, {"d", "1.5"}, {"T", time_ms}}}}
      .dump();
}
std::string shutdown() {
  return Json{{"subscriptionId", 0}, {"event", {{"e", "serverShutdown"}, {"E", 1}}}}.dump();
}

class VenueConnectionsTest : public VenueFixture {
 protected:
  void start_two(Script script, Spread spread = Spread::kBest) {
    tune_ = [spread](BinanceVenueSettings& settings) {
      settings.connections = 2;
      settings.spread = spread;
      // No question but those that a test waits for.
      settings.warm_interval = std::chrono::minutes{30};
    };
    start(KeyKind::kEd25519, std::move(script));
    ASSERT_TRUE(poll_until([&] { return venue_->is_up() && venue_->ready_count() == 2; }));
  }
  SendError send_new(std::uint64_t number) {
    return venue_->send_new(approved(), make_order_id(42, number), now());
  }
  SendError send_cancel(std::uint64_t number) {
    return venue_->send_cancel(make_order_id(42, number), kBtc, VenueOrderId{1}, now());
  }
  // By which connection each of a method's requests has come, in their order.
  std::vector<int> ways_of(const std::string& method) {
    std::vector<int> ways;
    for (const Json& request : requests()) {
      if (request["method"] == method) ways.push_back(request["connection"]);
    }
    return ways;
  }
  int stream_connection() { return ways_of("userDataStream.subscribe").back(); }
};

TEST_F(VenueConnectionsTest, BothLogOnAndOneSubscribes) {
  start_two(answer_session);
  EXPECT_EQ(count_of("session.logon"), 2u);
  EXPECT_EQ(count_of("userDataStream.subscribe"), 1u);
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp));
}

TEST_F(VenueConnectionsTest, InTurnsEachTakesEverySecondOrderAndItsCancelFollowsIt) {
  start_two(answer_session, Spread::kRoundRobin);
  for (std::uint64_t i = 1; i <= 6; ++i) ASSERT_EQ(send_new(i), SendError::kNone);
  for (std::uint64_t i = 1; i <= 6; ++i) ASSERT_EQ(send_cancel(i), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("order.cancel") == 6; }));
  std::map<std::string, int> way_of;
  for (const Json& request : requests()) {
    const std::string id = request["id"];
    if (request["method"] == "order.place") way_of[id.substr(1)] = request["connection"];
    if (request["method"] == "order.cancel") {
      EXPECT_EQ(way_of.at(id.substr(1)), request["connection"].get<int>());
    }
  }
  std::set<int> used;
  for (const auto& [id, way] : way_of) used.insert(way);
  EXPECT_EQ(used.size(), 2u);
  const auto ways = ways_of("order.place");
  EXPECT_EQ(std::ranges::count(ways, 0), 3);
}

TEST_F(VenueConnectionsTest, BySymbolOneWayTakesAllOfIt) {
  start_two(answer_session, Spread::kSymbol);
  for (std::uint64_t i = 1; i <= 5; ++i) ASSERT_EQ(send_new(i), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("order.place") == 5; }));
  const std::vector<int> ways = ways_of("order.place");
  EXPECT_EQ(std::set<int>(ways.begin(), ways.end()).size(), 1u);
  ASSERT_EQ(venue_->send_mass_cancel(kEth, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("openOrders.cancelAll") == 1; }));
  EXPECT_NE(ways_of("openOrders.cancelAll")[0], ways[0]);
}

TEST_F(VenueConnectionsTest, TheBestIsTheOneWithTheShorterRoundTrip) {
  tune_ = [](BinanceVenueSettings& settings) { settings.connections = 2; };
  start(KeyKind::kEd25519, answer_session, [this](const Json& request) {
    Answer answer = answer_time(request);
    if (request["connection"] == 0) answer.delay = 20ms;
    return answer;
  });
  ASSERT_TRUE(poll_until([&] { return venue_->is_up() && venue_->ready_count() == 2; }));
  for (int i = 0; i < 5; ++i) {
    jump(1'001ms);
    poll_for(30ms);
  }
  for (std::uint64_t i = 1; i <= 5; ++i) ASSERT_EQ(send_new(i), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("order.place") == 5; }));
  EXPECT_THAT(ways_of("order.place"), ElementsAre(1, 1, 1, 1, 1));
}

TEST_F(VenueConnectionsTest, TheLossOfOneDoubtsWhatWasOnItAndNothingElse) {
  std::atomic<int> victim{-1};
  start_two(
      [&](const Json& request) {
        if (is_session(request)) return answer_session(request);
        const bool is_cut =
            request["connection"] == victim.load() && request["method"] == "order.status";
        return Answer{.frames = {}, .is_reset_after = is_cut};
      },
      Spread::kRoundRobin);
  victim = 1 - stream_connection();
  for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_EQ(send_new(i), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("order.place") == 4; }));
  std::set<OrderId> on_victim;
  for (const Json& request : requests()) {
    if (request["method"] != "order.place" || request["connection"] != victim.load()) continue;
    on_victim.insert(OrderId{std::stoull(request["id"].get<std::string>().substr(1), nullptr, 16)});
  }
  ASSERT_EQ(on_victim.size(), 2u);
  // A question about one of them goes its way, and the line is cut.
  ASSERT_EQ(venue_->send_query(*on_victim.begin(), kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return recorder_.failures.size() >= 3; }));
  poll_for(20ms);
  std::set<OrderId> told;
  for (const RequestFailure& failure : recorder_.failures) {
    EXPECT_EQ(failure.failure, FailureClass::kUnknown);
    EXPECT_EQ(failure.received, MonoTime{});
    if (failure.kind == RequestKind::kNewOrder) told.insert(failure.order_id);
  }
  EXPECT_EQ(recorder_.failures.size(), 3u);
  EXPECT_EQ(told, on_victim);
  EXPECT_TRUE(venue_->is_up()) << "the user data stream was not on it";
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp));
  EXPECT_EQ(send_new(9), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return venue_->ready_count() == 2; }));
}

TEST_F(VenueConnectionsTest, TheStreamsConnectionLostIsTakenUpByTheOtherAtOnce) {
  std::atomic<int> victim{-1};
  start_two(
      [&](const Json& request) {
        if (is_session(request)) return answer_session(request);
        return Answer{.frames = {}, .is_reset_after = request["connection"] == victim.load()};
      },
      Spread::kRoundRobin);
  const int carrier = stream_connection();
  victim = carrier;
  ASSERT_EQ(send_new(1), SendError::kNone);
  ASSERT_EQ(send_new(2), SendError::kNone);  // one of the two goes its way
  ASSERT_TRUE(poll_until([&] { return count_of("userDataStream.subscribe") == 2; }));
  ASSERT_TRUE(poll_until([&] { return venue_->is_up(); }));
  EXPECT_EQ(stream_connection(), 1 - carrier);
  EXPECT_EQ(recorder_.failures.size(), 1u);
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp, kLoggingOn, kUp))
      << "to be reconciled, but never down";
}

TEST_F(VenueConnectionsTest, AnOldConnectionIsReplacedBeforeItGoesAndItsAnswersAreAwaited) {
  start_up(KeyKind::kEd25519, [&](const Json& request) {
    if (is_session(request)) return answer_session(request);
    if (request["method"] != "openOrders.status") return Answer{};
    return Answer{{result(request, Json::array())}};
  });
  jump(23h);
  ASSERT_EQ(send_new(1), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("connection.0.replacements") == 1; }));
  ASSERT_TRUE(poll_until([&] { return count_of("userDataStream.subscribe") == 2; }));
  jump(4s);  // less than a step may take
  poll_for(50ms);
  EXPECT_EQ(counter("disconnects"), 0) << "an answer is out";
  // Its cancel follows it, everything else goes by the new one.
  ASSERT_EQ(send_cancel(1), SendError::kNone);
  ASSERT_EQ(venue_->send_open_orders_query(now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("openOrders.status") == 1; }));
  ASSERT_TRUE(poll_until([&] { return count_of("order.cancel") == 1; }));
  EXPECT_THAT(ways_of("order.cancel"), ElementsAre(0));
  EXPECT_THAT(ways_of("openOrders.status"), ElementsAre(1));
  jump(11s);
  ASSERT_TRUE(poll_until([&] { return counter("disconnects") == 1; }));
  poll_for(10ms);
  ASSERT_EQ(recorder_.failures.size(), 2u) << "no answers within the bound";
  EXPECT_EQ(recorder_.failures[0].kind, RequestKind::kNewOrder);
  EXPECT_EQ(recorder_.failures[1].kind, RequestKind::kCancel);
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp));
}

TEST_F(VenueConnectionsTest, WhileTwoCarryTheStreamADepositIsToldOnce) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (request["method"] == "order.status") return Answer{{shutdown(), deposit(1)}};
    if (request["method"] == "userDataStream.subscribe" && request["connection"] == 1) {
      return Answer{{answer_session(request).frames[0], deposit(1), deposit(2)}};
    }
    return answer_session(request);
  });
  ASSERT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return recorder_.changes.size() == 2; }));
  poll_for(20ms);
  ASSERT_EQ(recorder_.changes.size(), 2u);
  EXPECT_NE(recorder_.changes[0].venue_time, recorder_.changes[1].venue_time);
  EXPECT_EQ(counter("balance_events"), 3);
}

}  // namespace
}  // namespace portcullis::oms::binance::test
