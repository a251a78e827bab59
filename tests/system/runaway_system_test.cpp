// R15: a strategy that sends ten thousand orders a second is throttled at its limit, halted for its
// refusals with everything of it cancelled, and stays so until a human re-arms it.
#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

constexpr const char* kLimits = R"(max_order_qty = "5"
max_order_notional = "1000000"
collar_width_bps = 500
book_age_max = "60s"
max_long_position = "5"
max_short_position = "5"
position_baseline = "10"
order_rate_max = 10
order_rate_window = "1s"
order_burst_max = 10
[breakers.strategy.test]
refusals_max = 5000
refusals_window = "10s"
)";

class RunawaySystemTest : public testing::Test {
 protected:
  RunawaySystemTest()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--market", "none"}},
        gateway_{gateway_config(venue_, folder_.path() + "/state", "ed25519", kLimits),
                 folder_.path()} {}

  void SetUp() override {
    venue_.place_other("BTCUSDT", "BUY", "49990.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "50010.00", "1");
    ASSERT_TRUE(gateway_.wait_top("49990.00", "50010.00"));
    ASSERT_TRUE(gateway_.wait_ready());
  }
  [[nodiscard]] std::int64_t counter(const std::string& name) {
    return gateway_.gateway().counters().read(name);
  }
  [[nodiscard]] Mode mode() {
    return gateway_.gateway().modes().asked_of(Scope::of(StrategyId{0})).mode;
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  LiveGateway gateway_;
};

TEST_F(RunawaySystemTest, IsThrottledThenHaltedUntilAHumanReArmsIt) {
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::seconds{60};
  std::int64_t placed = 0;
  while (mode() == Mode::kRunning && std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 10; ++i, ++placed) {
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "49000.00", "0.001");
    }
    gateway_.turn();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  const auto passed = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(mode(), Mode::kHalted) << "after " << placed << " orders";
  EXPECT_EQ(counter("breaker.trips.runaway"), 1) << "one page, not thousands";
  EXPECT_GE(counter("risk.denied.order_rate"), 5'000) << "throttled first";
  EXPECT_GE(counter("oms.orders_sent"), 10);
  // Ten at once and ten for each second that has begun.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(passed).count();
  EXPECT_LE(counter("oms.orders_sent"), 10 + 10 * seconds);
  EXPECT_TRUE(eventually([&] {
    gateway_.turn();
    return count_open(venue_.truth()) == 0;
  })) << "its orders are cancelled";

  const std::int64_t sent = counter("oms.orders_sent");
  const auto refused =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "49000.00", "0.001");
  const auto denied = gateway_.wait_for(refused, ExecType::kDenied);
  ASSERT_TRUE(denied.has_value());
  EXPECT_EQ(denied->reject.reason, RejectReason::kScopeHalted);
  EXPECT_EQ(counter("oms.orders_sent"), sent);

  // Once the venue has shown that nothing is left.
  const KillLatch::Human human{.name = "ada", .reason = "the loop is fixed"};
  EXPECT_TRUE(eventually([&] {
    gateway_.turn();
    return gateway_.modes().lower(Scope::of(StrategyId{0}), Mode::kRunning, human).has_value();
  }));
  // The throttle's window is over; it knows no human.
  std::this_thread::sleep_for(std::chrono::milliseconds{1'100});
  const auto again =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "49000.00", "0.001");
  const auto report = gateway_.wait_report([&](const ExecutionReport& each) {
    return each.ref == again && each.exec_type != ExecType::kPendingNew;
  });
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->exec_type, ExecType::kNew) << to_string(report->reject.reason);
  EXPECT_TRUE(gateway_.drain());
}

}  // namespace
}  // namespace portcullis::test
