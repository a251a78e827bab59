// Two connections and REST between the real gateway and the real simulator, over TLS: what is lost
// with one connection, what goes by the other, and what goes when no WebSocket is there.
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

class SessionsSystem : public testing::TestWithParam<const char*> {
 protected:
  SessionsSystem() : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}} {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
  }
  void start(const std::string& extra) {
    std::string config = gateway_config(venue_, folder_ / "state", GetParam());
    const std::string table = "[venue]\n";
    config.insert(config.find(table) + table.size(), extra);
    gateway_ = std::make_unique<LiveGateway>(config, folder_.path());
    ASSERT_TRUE(gateway_->wait_ready());
    ASSERT_TRUE(gateway_->wait_top("60000", "60010"));
  }
  std::string rest() const {
    return "rest_url = \"https://" + venue_.tls_authority() + "\"\nrest_after = \"100ms\"\n";
  }
  StrategyRef place() {
    return gateway_->place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "59000.00", "0.001");
  }
  std::optional<ExecutionReport> working(StrategyRef ref) {
    return gateway_->wait_report([&](const ExecutionReport& report) {
      return report.ref == ref && report.state == OrderState::kNew;
    });
  }
  std::int64_t counter(const std::string& name) {
    return gateway_->gateway().counters().read("venue.binance." + name);
  }
  template <class Condition>
  bool turn_until(Condition&& condition) {
    return eventually([&] {
      gateway_->turn();
      return condition();
    });
  }
  // Nobody logs on to the WebSocket API any more; HTTP works.
  void lock_websockets_out() {
    venue_.fault({{"method", "session.logon"}, {"action", "drop_reply"}, {"for", "120s"}});
    venue_.admin("/faults", {{"action", "cut"}, {"what", "ws-api"}});
  }
  // By method, of the gateway's account, over HTTP and answered with success.
  std::map<std::string, int> rest_successes() const {
    std::map<std::string, int> count;
    const nlohmann::json requests = venue_.requests();
    for (const auto& request : requests) {
      const bool is_ours = request.value("account", "") == "gateway";
      const bool is_http = request.value("protocol", "") == "rest";
      if (is_ours && is_http && request.value("status", 0) == 200) {
        ++count[request.value("method", "")];
      }
    }
    return count;
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  std::unique_ptr<LiveGateway> gateway_;
};

TEST_P(SessionsSystem, OneOfTwoCutInTheMiddleOfTrafficAndTheOtherGoesOn) {
  start("connections = 2\nspread = \"round_robin\"\n");
  ASSERT_TRUE(turn_until([&] { return counter("connects") == 2; }));
  venue_.fault({{"method", "order.place"},
                {"action", "disconnect"},
                {"accept", true},
                {"skip", 40},
                {"count", 1}});
  std::set<StrategyRef> refs;
  for (int i = 0; i < 120; ++i) {
    refs.insert(place());
    gateway_->turn();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  // Each intent is known in the end: working, or refused here while the session reconciled.
  ASSERT_TRUE(turn_until([&] {
    std::set<StrategyRef> known;
    for (const ExecutionReport& report : gateway_->reports()) {
      const bool is_known =
          report.state == OrderState::kNew || report.exec_type == ExecType::kDenied;
      if (is_known) known.insert(report.ref);
    }
    return known == refs;
  }));
  EXPECT_EQ(counter("connection.0.losses") + counter("connection.1.losses"), 1);
  std::set<StrategyRef> denied;
  for (const ExecutionReport& report : gateway_->reports()) {
    if (report.exec_type == ExecType::kDenied) denied.insert(report.ref);
  }
  const nlohmann::json truth = venue_.truth();
  EXPECT_EQ(truth.at("orders").size(), refs.size() - denied.size()) << "none lost, none doubled";
  EXPECT_GT(refs.size() - denied.size(), 60U);
  EXPECT_TRUE(turn_until([&] { return counter("connects") == 3; }));
  EXPECT_TRUE(gateway_->drain());
  EXPECT_EQ(count_open(venue_.truth()), 0);
}

TEST_P(SessionsSystem, ReplacedAllTheTimeWithOrdersInFlightNothingIsLost) {
  start("connections = 2\nreplace_after = \"1s\"\n");
  std::set<StrategyRef> refs;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{6};
  while (std::chrono::steady_clock::now() < end) {
    refs.insert(place());
    gateway_->turn();
    std::this_thread::sleep_for(std::chrono::milliseconds{40});  // fewer than MAX_NUM_ORDERS
  }
  ASSERT_TRUE(turn_until([&] {
    std::set<StrategyRef> known;
    for (const ExecutionReport& report : gateway_->reports()) {
      if (report.state == OrderState::kNew) known.insert(report.ref);
    }
    return known == refs;
  })) << "each is working";
  EXPECT_GE(counter("connection.0.replacements"), 1);
  EXPECT_GE(counter("connection.1.replacements"), 1);
  EXPECT_EQ(counter("connection.0.losses") + counter("connection.1.losses"), 0);
  for (const ExecutionReport& report : gateway_->reports()) {
    EXPECT_NE(report.exec_type, ExecType::kUnknown);
    EXPECT_NE(report.exec_type, ExecType::kDenied) << "the session was never down";
  }
  EXPECT_EQ(venue_.truth().at("orders").size(), refs.size());
  EXPECT_TRUE(gateway_->drain());
}

// With a key that logs on: the others' connections take requests once they are open.
class RestWay : public SessionsSystem {};

TEST_P(RestWay, WithoutAnyWebSocketCancelsGoByRest) {
  start("connections = 2\n" + rest());
  const auto first = working(place());
  const auto second = working(place());
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(turn_until([&] { return counter("rest_connects") >= 1; }));
  lock_websockets_out();
  ASSERT_TRUE(turn_until([&] { return counter("state") != 3; }));
  gateway_->cancel(first->order_id);
  EXPECT_TRUE(turn_until([&] { return count_open(venue_.truth()) == 1; }));
  EXPECT_TRUE(gateway_->wait_any([&](const ExecutionReport& report) {
    return report.order_id == first->order_id && report.state == OrderState::kCanceled;
  })) << "by the answer, since no stream is there";
  EXPECT_GE(rest_successes()["order.cancel"], 1);
  const StrategyRef blind = place();
  EXPECT_TRUE(gateway_->wait_for(blind, ExecType::kDenied)) << "no trading without the stream";
}

TEST_P(RestWay, WithoutAnyWebSocketTheKillGoesAndIsProvenByRest) {
  start("connections = 2\n" + rest());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(working(place()));
  ASSERT_TRUE(turn_until([&] { return counter("rest_connects") >= 1; }));
  lock_websockets_out();
  ASSERT_TRUE(turn_until([&] { return counter("state") != 3; }));
  gateway_->kill_switch().kill();
  EXPECT_TRUE(turn_until([&] { return count_open(venue_.truth()) == 0; }));
  EXPECT_TRUE(turn_until([&] {
    return gateway_->gateway().oms().kill_report().verified_zero != MonoTime{};
  })) << "the venue lists nothing";
  EXPECT_GE(rest_successes()["openOrders.cancelAll"], 1);
  EXPECT_GE(rest_successes()["openOrders.status"], 1);
}

TEST_P(RestWay, ARestAnswerThatIsLostLeavesAnUnknownThatIsResolved) {
  start(rest());
  const auto order = working(place());
  ASSERT_TRUE(order);
  ASSERT_TRUE(turn_until([&] { return counter("rest_connects") >= 1; }));
  lock_websockets_out();
  ASSERT_TRUE(turn_until([&] { return counter("state") != 3; }));
  venue_.fault(
      {{"method", "order.cancel"}, {"action", "disconnect"}, {"accept", true}, {"count", 1}});
  gateway_->cancel(order->order_id);
  EXPECT_TRUE(turn_until([&] { return count_open(venue_.truth()) == 0; }));
  EXPECT_TRUE(gateway_->wait_any([&](const ExecutionReport& report) {
    return report.order_id == order->order_id && report.state == OrderState::kCanceled;
  }));
  EXPECT_GE(counter("rest_losses"), 1);
}

TEST_P(SessionsSystem, WhereNoWebSocketEverConnectsTheKillCancelsByRest) {
  venue_.rest_of("gateway", "POST", "/api/v3/order",
                 "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=59000");
  ASSERT_EQ(count_open(venue_.truth()), 1);
  std::string config = gateway_config(venue_, folder_ / "state", GetParam());
  const std::string right_path = "/ws-api/v3";
  config.replace(config.find(right_path), right_path.size(), "/no-such-path");
  const std::string table = "[venue]\n";
  config.insert(config.find(table) + table.size(), rest());
  gateway_ = std::make_unique<LiveGateway>(config, folder_.path());
  ASSERT_TRUE(turn_until([&] { return counter("rest_connects") >= 1; }));
  gateway_->kill_switch().kill();
  EXPECT_TRUE(turn_until([&] { return count_open(venue_.truth()) == 0; }));
  EXPECT_TRUE(turn_until(
      [&] { return gateway_->gateway().oms().kill_report().verified_zero != MonoTime{}; }));
}

const auto kNameOf = [](const auto& each) { return std::string{each.param}; };
INSTANTIATE_TEST_SUITE_P(Keys, SessionsSystem, testing::Values("ed25519", "hmac"), kNameOf);
INSTANTIATE_TEST_SUITE_P(Keys, RestWay, testing::Values("ed25519"), kNameOf);

}  // namespace
}  // namespace portcullis::test
