#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {

// A real portcullis-sim with one symbol and another account's quotes of 1 at 60,000 and 60,010, and
// the real gateway on it over TLS, with the key type of the parameter.
class QuotedVenue : public testing::TestWithParam<const char*> {
 protected:
  QuotedVenue()
      : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}},
        gateway_{prepare(), folder_.path()} {}

  void start() {
    ASSERT_TRUE(gateway_.wait_ready());
    ASSERT_TRUE(gateway_.wait_top("60000", "60010"));
  }

  // The order's next report of the type. A denial is a failure of its own, with the reason.
  ExecutionReport expect(StrategyRef ref, ExecType type) {
    const auto report = gateway_.wait_report([&](const ExecutionReport& each) {
      if (each.ref == ref && each.exec_type == ExecType::kDenied) {
        ADD_FAILURE() << "denied: " << to_string(each.reject.reason);
      }
      return each.ref == ref && each.exec_type == type;
    });
    EXPECT_TRUE(report.has_value()) << "no " << to_string(type) << " report";
    return report.value_or(ExecutionReport{});
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  LiveGateway gateway_;

 private:
  std::string prepare() {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
    return gateway_config(venue_, folder_ / "state", GetParam());
  }
};

}  // namespace portcullis::test
