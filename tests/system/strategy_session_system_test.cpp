// A strategy that is not heard any more, on the real gateway and the real simulator (R11).
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class StrategySession : public testing::Test {
 protected:
  StrategySession()
      : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}},
        gateway_{prepare(), folder_.path()} {}

  std::string prepare() {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
    return gateway_config(venue_, folder_ / "state") +
           "[strategy_sessions]\nheartbeat_timeout = \"500ms\"\n";
  }
  // Turns the test's thread, which is the strategy's, with or without its heartbeat.
  template <class Condition>
  bool turn_until(bool is_beating, Condition&& holds) {
    return eventually([&] {
      if (is_beating) gateway_.gateway().strategy_pulse().beat();
      gateway_.turn();
      return holds();
    });
  }
  void rest_two() {
    ASSERT_TRUE(gateway_.wait_ready());
    ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
    gateway_.gateway().strategy_pulse().beat();
    gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "59000", "0.01");
    gateway_.place(Side::kSell, OrdType::kLimit, TimeInForce::kGtc, "61000", "0.01");
    ASSERT_TRUE(turn_until(true, [this] { return count_open(venue_.truth()) == 2; }));
  }
  [[nodiscard]] std::int64_t counter(const std::string& name) {
    return gateway_.gateway().counters().read(name);
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  LiveGateway gateway_;
};

TEST_F(StrategySession, SilentItsOrdersAreCancelledAndItOrdersAgainOnlyWhenItIsBack) {
  rest_two();
  const auto silent = steady_clock::now();
  ASSERT_TRUE(turn_until(false, [this] { return count_open(venue_.truth()) == 0; }));
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - silent).count();
  std::printf("[ session  ] silent for 500 ms: nothing open after %lld ms (bar: 1500)\n",
              static_cast<long long>(took));
  EXPECT_EQ(counter("oms.strategies_lost"), 1);

  const StrategyRef refused =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "59000", "0.01");
  const auto denied = gateway_.wait_for(refused, ExecType::kDenied);
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->reject.reason, RejectReason::kStrategyGone);

  ASSERT_TRUE(turn_until(true, [this] { return counter("oms.strategies_gone") == 0; }));
  gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "59000", "0.01");
  EXPECT_TRUE(turn_until(true, [this] { return count_open(venue_.truth()) == 1; }));
  EXPECT_TRUE(gateway_.drain());
}

TEST_F(StrategySession, BeatingItsOrdersStay) {
  rest_two();
  const auto end = steady_clock::now() + milliseconds{2'000};
  ASSERT_TRUE(turn_until(true, [&] { return steady_clock::now() >= end; }));
  EXPECT_EQ(count_open(venue_.truth()), 2);
  EXPECT_EQ(counter("oms.strategies_lost"), 0);
  EXPECT_TRUE(gateway_.drain());
}

}  // namespace
}  // namespace portcullis::test
