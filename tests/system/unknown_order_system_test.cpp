// The venue's answer to an order is lost or late: the order is unknown, its exposure is held, a
// query resolves it, and the venue has seen exactly one order.
#include <string>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

class UnknownOrder : public testing::Test {
 protected:
  UnknownOrder()
      : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}},
        gateway_{prepare(), folder_.path()} {}

  std::string prepare() {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
    // Room for one order of 1 BTC and not for two: held exposure shows as a denial.
    return gateway_config(venue_, folder_ / "state", "ed25519",
                          "max_order_qty = \"5\"\nmax_order_notional = \"1000000\"\n"
                          "collar_width_bps = 500\nbook_age_max = \"60s\"\n"
                          "max_long_position = \"1.5\"\nmax_short_position = \"1.5\"\n"
                          "position_baseline = \"10\"\n");
  }

  void hide_order_events() const {
    venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 1}});
  }

  StrategyRef place_one() {
    return gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "60001", "1");
  }

  void expect_exposure_held() {
    const StrategyRef second = place_one();
    const auto denied = gateway_.wait_for(second, ExecType::kDenied);
    ASSERT_TRUE(denied.has_value());
    EXPECT_EQ(denied->reject.reason, RejectReason::kMaxPosition);
    EXPECT_EQ(denied->reject.limit, Qty::parse("1.5")->raw());
    EXPECT_EQ(denied->reject.projected, Qty::from_units(2).raw());
  }

  int accepted_orders() const {
    int accepted = 0;
    const nlohmann::json truth = venue_.truth();
    for (const auto& message : truth.at("messages")) {
      if (message.at("method") == "order.place" && message.at("code") == 0) ++accepted;
    }
    return accepted;
  }

  void expect_fault_fired() const {
    const nlohmann::json faults = venue_.faults();
    for (const auto& fault : faults.at("faults")) {
      EXPECT_GT(fault.at("fired").get<int>(), 0) << fault.dump();
    }
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  LiveGateway gateway_;
};

TEST_F(UnknownOrder, ReplyAndEventLost_AcceptedOrderIsFoundByQuery) {
  ASSERT_TRUE(gateway_.wait_ready());
  ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
  venue_.fault({{"method", "order.place"}, {"action", "drop_reply"}, {"count", 1}});
  hide_order_events();
  // Until the gateway asks, so that the unknown state can be looked at.
  venue_.fault({{"method", "order.status"}, {"action", "delay_reply"}, {"ms", 700}, {"count", 1}});
  const StrategyRef ref = place_one();
  const auto unknown = gateway_.wait_for(ref, ExecType::kUnknown);
  ASSERT_TRUE(unknown.has_value());
  EXPECT_EQ(unknown->state, OrderState::kUnknown);
  EXPECT_EQ(gateway_.summary().open_count, 1U);
  expect_exposure_held();
  ASSERT_TRUE(gateway_.wait_any([&](const ExecutionReport& report) {
    return report.ref == ref && report.state == OrderState::kNew;
  }));
  expect_exposure_held();
  EXPECT_EQ(accepted_orders(), 1);
  expect_fault_fired();
  ASSERT_TRUE(gateway_.drain());
  EXPECT_EQ(count_open(venue_.truth()), 0);
  EXPECT_EQ(accepted_orders(), 1);
}

TEST_F(UnknownOrder, ReplyLate_TheOrderIsResolvedOnceAndNeverSentAgain) {
  ASSERT_TRUE(gateway_.wait_ready());
  ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
  venue_.fault({{"method", "order.place"}, {"action", "delay_reply"}, {"ms", 1500}, {"count", 1}});
  hide_order_events();
  const StrategyRef ref = place_one();
  ASSERT_TRUE(gateway_.wait_for(ref, ExecType::kUnknown).has_value());
  expect_exposure_held();
  ASSERT_TRUE(gateway_.wait_any([&](const ExecutionReport& report) {
    return report.ref == ref && report.state == OrderState::kNew;
  }));
  EXPECT_EQ(accepted_orders(), 1);
  expect_fault_fired();
  ASSERT_TRUE(gateway_.drain());
  EXPECT_EQ(accepted_orders(), 1);
}

TEST_F(UnknownOrder, VenueSaysMinus1007AndFillsTheOrder_TheFillIsFoundWithItsFee) {
  ASSERT_TRUE(gateway_.wait_ready());
  ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
  venue_.fault({{"method", "order.place"},
                {"action", "error"},
                {"code", -1007},
                {"status", 504},
                {"accept", true},
                {"count", 1}});
  venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 2}});
  const StrategyRef ref =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "60010", "1");
  ASSERT_TRUE(gateway_.wait_for(ref, ExecType::kUnknown).has_value());
  const auto filled = gateway_.wait_for(ref, ExecType::kTrade);
  ASSERT_TRUE(filled.has_value());
  EXPECT_EQ(filled->state, OrderState::kFilled);
  EXPECT_EQ(filled->last_px, Price::from_units(60'010));
  EXPECT_EQ(filled->fee, Fee::parse("0.001"));
  EXPECT_EQ(accepted_orders(), 1);
  expect_fault_fired();
  ASSERT_TRUE(gateway_.drain());
  EXPECT_EQ(gateway_.position().qty, Qty::parse("0.999"));
}

TEST_F(UnknownOrder, ConnectionCutAfterTheSend_TheOrderSurvivesTheReconnect) {
  ASSERT_TRUE(gateway_.wait_ready());
  ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
  venue_.fault(
      {{"method", "order.place"}, {"action", "disconnect"}, {"accept", true}, {"count", 1}});
  hide_order_events();
  const StrategyRef ref = place_one();
  ASSERT_TRUE(gateway_.wait_for(ref, ExecType::kUnknown).has_value());
  ASSERT_TRUE(gateway_.wait_any([&](const ExecutionReport& report) {
    return report.ref == ref && report.state == OrderState::kNew;
  }));
  ASSERT_TRUE(gateway_.wait_ready());
  expect_exposure_held();
  EXPECT_EQ(accepted_orders(), 1);
  expect_fault_fired();
  ASSERT_TRUE(gateway_.drain());
  EXPECT_EQ(count_open(venue_.truth()), 0);
}

}  // namespace
}  // namespace portcullis::test
