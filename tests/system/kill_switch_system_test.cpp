// SIGUSR1, SIGUSR2 and SIGTERM against the real binaries under load: the gateway quotes hundreds of
// orders a second while the simulator moves its market on the other core.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class KillSwitchUnderLoad : public testing::Test {
 protected:
  KillSwitchUnderLoad()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--rate", "2000", "--seed", "11"}},
        gateway_{venue_, folder_.path()} {}

  int order_count() const {
    int count = 0;
    const nlohmann::json truth = venue_.truth();
    for (const auto& message : truth.at("messages")) {
      if (message.at("method") == "order.place") ++count;
    }
    return count;
  }

  // The newest accepted order message at the venue, wall time.
  std::int64_t last_order_ns() const {
    std::int64_t last = 0;
    const nlohmann::json truth = venue_.truth();
    for (const auto& message : truth.at("messages")) {
      if (message.at("method") == "order.place") {
        last = std::max(last, message.at("timeNs").get<std::int64_t>());
      }
    }
    return last;
  }

  void expect_trading() {
    const int before = order_count();
    ASSERT_TRUE(eventually([&] { return order_count() > before + 50; }))
        << gateway_.process().output();
  }

  void expect_log(const std::string& text) {
    EXPECT_TRUE(eventually([&] {
      return gateway_.process().output().find(text) != std::string::npos;
    })) << "no \""
        << text << "\" in:\n"
        << gateway_.process().output();
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  GatewayProcess gateway_;
};

TEST_F(KillSwitchUnderLoad, KillLatchesCancelsVerifiesAndSurvivesUntilRearm) {
  gateway_.start();
  expect_trading();
  gateway_.process().signal(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(gateway_.latch_file()); }));
  const std::int64_t latched_ns = wall_ns();
  expect_log("the venue lists no open order");
  EXPECT_EQ(count_open(venue_.truth()), 0);
  // What was with the kernel when the signal came may still arrive; nothing leaves after it.
  EXPECT_LT(last_order_ns(), latched_ns + 50 * kNsPerMs);
  const int at_kill = order_count();
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  EXPECT_EQ(order_count(), at_kill);
  EXPECT_TRUE(gateway_.process().is_running()) << "stays up, halted";

  // A crash and a restart do not forget it.
  gateway_.process().signal(SIGKILL);
  ASSERT_TRUE(gateway_.process().wait(std::chrono::seconds{5}));
  gateway_.start();
  expect_log("halted");
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  EXPECT_EQ(order_count(), at_kill);
  gateway_.process().signal(SIGTERM);
  EXPECT_EQ(gateway_.process().wait(std::chrono::seconds{15}), 0);

  EXPECT_EQ(gateway_.run_verb("rearm", nullptr, {"--by", "ann", "--reason", "looked"}), 0);
  EXPECT_FALSE(std::filesystem::exists(gateway_.latch_file()));
  gateway_.start();
  expect_trading();
}

TEST_F(KillSwitchUnderLoad, KillDuringStartUpIsLatched) {
  gateway_.start();
  gateway_.process().signal(SIGSTOP);
  gateway_.process().signal(SIGUSR1);
  gateway_.process().signal(SIGCONT);
  // Sent before the handler may be there: the default action ends the process, or the kill is
  // latched.
  const bool is_latched_or_gone = eventually([&] {
    return std::filesystem::exists(gateway_.latch_file()) || !gateway_.process().is_running();
  });
  EXPECT_TRUE(is_latched_or_gone);
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  EXPECT_EQ(order_count(), 0);
}

TEST_F(KillSwitchUnderLoad, TermDrainsAndExitsZeroWithNothingOpen) {
  gateway_.start();
  expect_trading();
  gateway_.process().signal(SIGTERM);
  EXPECT_EQ(gateway_.process().wait(std::chrono::seconds{15}), 0) << gateway_.process().output();
  EXPECT_EQ(count_open(venue_.truth()), 0);
  EXPECT_NE(gateway_.process().output().find("histogram logs:"), std::string::npos);
}

TEST_F(KillSwitchUnderLoad, CancelOnlyStopsNewOrdersAndLetsCancelsPass) {
  gateway_.start();
  expect_trading();
  gateway_.process().signal(SIGUSR2);
  expect_log("cancel-only");
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  const int at_signal = order_count();
  // The strategy goes on moving its quotes: cancels leave, new orders are denied.
  EXPECT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }))
      << venue_.truth().at("orders").dump();
  EXPECT_EQ(order_count(), at_signal);
}

TEST_F(KillSwitchUnderLoad, ASecondGatewayOnTheSameStateIsRefused) {
  gateway_.start();
  expect_trading();
  GatewayProcess second{venue_, folder_.path()};
  second.start();
  EXPECT_EQ(second.process().wait(std::chrono::seconds{10}), 75) << second.process().output();
}

}  // namespace
}  // namespace portcullis::test
