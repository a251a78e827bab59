// A strategy that wants to send far more than the venue's limits allow: the venue's own record
// shows no refusal for it, and a kill with nothing left of the order budget still cancels
// everything.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

class VenueBudgetSystemTest : public testing::Test {
 protected:
  VenueBudgetSystemTest()
      : venue_{folder_.path(),
               {"--symbols", "BTCUSDT", "--market", "none", "--limits",
                "orders10s=20,weight=1000"}},
        gateway_{gateway_config(venue_, folder_.path() + "/state"), folder_.path()} {}

  void SetUp() override {
    venue_.place_other("BTCUSDT", "BUY", "49990.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "50010.00", "1");
    ASSERT_TRUE(gateway_.wait_top("49990.00", "50010.00"));
    ASSERT_TRUE(gateway_.wait_ready());
  }
  // Orders as fast as they are taken, for so long.
  void flood(std::chrono::milliseconds length) {
    const auto end = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < end) {
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "49000.00", "0.001");
      gateway_.turn();
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
  }
  [[nodiscard]] std::int64_t counter(const std::string& name) {
    return gateway_.gateway().counters().read(name);
  }
  [[nodiscard]] std::int64_t denied() {
    return gateway_.gateway().gate().denied(RejectReason::kVenueBudget);
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  LiveGateway gateway_;
};

TEST_F(VenueBudgetSystemTest, AFloodOfOrdersNeverMeetsTheVenuesLimit) {
  flood(std::chrono::seconds{23});  // over two edges of the ten seconds at least
  const std::int64_t sent = counter("oms.orders_sent");
  EXPECT_GE(sent, 2 * 16);
  EXPECT_LE(sent, 4 * 16);
  EXPECT_GT(denied(), 1'000);
  EXPECT_EQ(counter("venue.binance.rate_limited"), 0);
  EXPECT_EQ(counter("oms.orders_rejected"), 0);
  const nlohmann::json requests = venue_.requests();
  int orders = 0;
  for (const auto& request : requests) {
    const int status = request.value("status", 0);
    EXPECT_NE(status, 429) << request.dump();
    EXPECT_NE(status, 418) << request.dump();
    orders += request.value("method", "") == "order.place" ? 1 : 0;
  }
  EXPECT_GE(orders, 32);
  EXPECT_TRUE(gateway_.drain());
}

TEST_F(VenueBudgetSystemTest, AKillWithTheOrderBudgetExhaustedCancelsEverything) {
  flood(std::chrono::milliseconds{200});
  ASSERT_TRUE(eventually([&] { return denied() > 0; }));
  ASSERT_GE(count_open(venue_.truth()), 8);
  gateway_.kill_switch().kill();
  EXPECT_TRUE(eventually([&] {
    gateway_.turn();
    return count_open(venue_.truth()) == 0;
  }));
  EXPECT_EQ(counter("venue.binance.rate_limited"), 0);
}

}  // namespace
}  // namespace portcullis::test
