// A gateway that cannot look after its orders any more, and the watchdog that does: the real
// programs against the real simulator. Each test asserts at the venue's own record, and that what
// it does to the gateway has been done. Times are printed and decide nothing.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/counters.hpp"
#include "core/heartbeat_page.hpp"
#include "core/kill_latch.hpp"
#include "tests/system/live_gateway.hpp"
#include "tests/system/notify_socket.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"
#include "watchdog/watchdog.hpp"

namespace portcullis::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WatchdogSystemTest : public testing::Test {
 protected:
  WatchdogSystemTest() : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}} {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
  }
  // Nothing is left behind, whatever the test has come to.
  ~WatchdogSystemTest() override {
    gateway_.reset();
    if (const auto page = watchdog_page(); page && page->is_alive) {
      ::kill(static_cast<pid_t>(page->pid), SIGTERM);
      (void)eventually([this] {
        const auto left = watchdog_page();
        return !left || !left->is_alive;
      });
    }
  }

  // `more` goes into [watchdog], `key_account`'s key with it.
  void write_config(const std::string& more, const std::string& key_account = "gateway",
                    const std::string& strategy_thread = "feed") const {
    std::filesystem::create_directories(state_dir());
    std::string config = gateway_config(venue_, state_dir());
    const std::string agents =
        strategy_thread == "feed" ? "[\"feed.binance\"" : "[\"oms\", \"venue.binance\"";
    config.replace(config.find(agents), agents.size(), agents + ", \"strategy\"");
    const std::string keys = venue_.keys_of(key_account);
    config += "[watchdog]\nkey_type = \"hmac\"\napi_key_file = \"" + keys +
              "/api_key_hmac\"\nsecret_file = \"" + keys + "/secret_hmac\"\nsettle = \"1s\"\n" +
              more;
    // For the gateway alone: it rests one order a side.
    config +=
        "\n[strategy.BTCUSDT]\nquote_qty = \"0.01\"\nhalf_spread_ticks = 100\n"
        "inventory_max = \"4\"\n";
    write_file(config_file(), config);
  }
  void start(const std::vector<std::string>& command = {PORTCULLIS_BINARY, "run", "--plain",
                                                        "--config"},
             const std::map<std::string, std::string>& environment = {}) {
    Process::Options options{.arguments = command,
                             .environment = environment,
                             .output_file = folder_ / "gateway.out",
                             .working_folder = {}};
    options.arguments.push_back(config_file());
    gateway_ = std::make_unique<Process>(options);
  }
  void expect_orders_and_guard() {
    ASSERT_TRUE(eventually([this] { return count_open(venue_.truth()) >= 2; }))
        << gateway_->output();
    ASSERT_TRUE(eventually([this] { return is_guarded(); })) << gateway_->output() << log();
  }
  [[nodiscard]] bool is_guarded() const {
    const auto page = watchdog_page();
    return page && page->is_alive && page->state == LifeState::kRunning && counter("looks") > 0;
  }
  // Latched by the watchdog, nothing left at the venue, and the watchdog has seen so.
  void expect_cleared(const std::string& cause) {
    ASSERT_TRUE(eventually([this] { return log().find(" over: ") != std::string::npos; })) << log();
    EXPECT_EQ(count_open(venue_.truth()), 0) << venue_.truth().at("orders").dump();
    const auto latched = KillLatch{state_dir()}.read();
    ASSERT_TRUE(latched && *latched);
    EXPECT_NE((*latched)->reason.find("watchdog: "), std::string::npos) << (*latched)->reason;
    EXPECT_NE((*latched)->reason.find(cause), std::string::npos) << (*latched)->reason;
    EXPECT_GE(counter("cancels_done"), 1);
    std::printf("[ watchdog ] %s: alarm %lld ms after the last turn, all clear %lld ms after it\n",
                cause.c_str(), static_cast<long long>(counter("detection_ms")),
                static_cast<long long>(counter("all_clear_ms")));
  }
  [[nodiscard]] int order_count() const {
    int count = 0;
    const nlohmann::json truth = venue_.truth();
    for (const auto& message : truth.at("messages")) {
      count += message.at("method") == "order.place" ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] std::int64_t counter(const std::string& name) const {
    const auto counters = CounterFile::open(state_dir() + watchdog::kWatchdogCounters);
    return counters ? counters->read("watchdog." + name) : -1;
  }
  [[nodiscard]] std::optional<HeartbeatReading> watchdog_page() const {
    const auto page = read_heartbeat_page(state_dir() + watchdog::kWatchdogPage);
    return page ? std::optional{*page} : std::nullopt;
  }
  [[nodiscard]] std::string log() const { return read_file(state_dir() + watchdog::kWatchdogLog); }
  [[nodiscard]] std::string state_dir() const { return folder_ / "state"; }
  [[nodiscard]] std::string config_file() const { return folder_ / "gateway.toml"; }
  // What the watchdog has asked for by REST since it came.
  [[nodiscard]] std::vector<nlohmann::json> rest_requests(const std::string& method) const {
    std::vector<nlohmann::json> found;
    for (const auto& request : venue_.requests()) {
      const bool is_ours = request.at("account") == "gateway" && request.at("protocol") == "rest";
      if (is_ours && request.at("method") == method) found.push_back(request);
    }
    return found;
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  std::unique_ptr<Process> gateway_;
};

TEST_F(WatchdogSystemTest, AKilledGatewayIsClearedUpAfterAndComesBackHalted) {
  write_config("");
  start();
  expect_orders_and_guard();
  gateway_->signal(SIGKILL);
  ASSERT_EQ(gateway_->wait(seconds{10}), 128 + SIGKILL);
  expect_cleared("has ended without a clean stop");
  EXPECT_TRUE(eventually([this] { return !watchdog_page()->is_alive; })) << "its child ends, too";

  const int before = order_count();
  start();
  EXPECT_TRUE(eventually([this] { return gateway_->output().find("halted") != std::string::npos; }))
      << gateway_->output();
  gateway_->signal(SIGTERM);
  EXPECT_EQ(gateway_->wait(seconds{20}), 0) << gateway_->output();
  EXPECT_EQ(order_count(), before);
}

TEST_F(WatchdogSystemTest, AStoppedGatewayIsEndedAndClearedUpAfter) {
  write_config("");
  start();
  expect_orders_and_guard();
  gateway_->signal(SIGSTOP);
  expect_cleared("has stood still");
  EXPECT_EQ(gateway_->wait(seconds{10}), 128 + SIGKILL) << "it cannot wake any more";
}

TEST_F(WatchdogSystemTest, AStoppedGatewayThatMayLiveSendsNothingWhenItWakes) {
  write_config("kill_hung = false\n");
  start();
  expect_orders_and_guard();
  gateway_->signal(SIGSTOP);
  expect_cleared("has stood still");
  const int before = order_count();
  gateway_->signal(SIGCONT);
  EXPECT_TRUE(eventually([this] {
    return gateway_->output().find("KILLED from outside") != std::string::npos;
  })) << gateway_->output();
  EXPECT_TRUE(eventually([this] {
    return gateway_->output().find("this thread stood still") != std::string::npos;
  })) << gateway_->output();
  std::this_thread::sleep_for(milliseconds{300});
  EXPECT_EQ(order_count(), before);
  EXPECT_EQ(count_open(venue_.truth()), 0);
  gateway_->signal(SIGTERM);
  EXPECT_EQ(gateway_->wait(seconds{20}), 0) << gateway_->output();
}

// One thread hangs, its siblings run: neither the watchdog nor the service manager is fooled.
class HungThread : public WatchdogSystemTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Threads, HungThread, testing::Values("feed", "trading"),
                         [](const auto& each) { return std::string{each.param}; });

TEST_P(HungThread, IsSeenBesideTheOnesThatRun) {
  write_config("kill_hung = false\nstart = false\n", "gateway", GetParam());
  const NotifySocket manager{folder_ / "notify"};
  Process guard{{.arguments = {PORTCULLIS_WATCHDOG, "--config", config_file()},
                 .environment = {},
                 .output_file = folder_ / "watchdog.out",
                 .working_folder = {}}};
  start({PORTCULLIS_HUNG_GATEWAY},
        {{"NOTIFY_SOCKET", folder_ / "notify"}, {"WATCHDOG_USEC", "400000"}});
  expect_orders_and_guard();
  ASSERT_TRUE(eventually([&] { return manager.count("WATCHDOG=1") >= 3; }));
  EXPECT_EQ(manager.count("READY=1"), 1);

  gateway_->signal(SIGUSR2);
  expect_cleared("thread " + std::string{GetParam()});
  EXPECT_TRUE(gateway_->is_running()) << "its other threads run on";
  // What was under way when the thread hung has arrived by now; nothing is said after it.
  const std::ptrdiff_t said = manager.count("WATCHDOG=1");
  const auto page = read_heartbeat_page(state_dir() + watchdog::kGatewayPage);
  std::this_thread::sleep_for(seconds{1});
  const auto later = read_heartbeat_page(state_dir() + watchdog::kGatewayPage);
  EXPECT_EQ(manager.count("WATCHDOG=1"), said);
  ASSERT_TRUE(page && later);
  ASSERT_GT(later->lines[0].beats, page->lines[0].beats) << "the control thread did run";
  guard.signal(SIGTERM);
  EXPECT_EQ(guard.wait(seconds{10}), 0);
}

TEST_F(WatchdogSystemTest, AGatewayThatTheVenueDoesNotHearIsClearedUpFor) {
  write_config("disconnected_after = \"1s\"\n");
  start();
  expect_orders_and_guard();
  venue_.fault({{"action", "drop_reply"}, {"method", "session.logon"}, {"for", "120s"}});
  venue_.fault({{"action", "cut"}, {"what", "ws-api"}, {"account", "gateway"}});
  expect_cleared("no session with the venue");
  EXPECT_TRUE(gateway_->is_running());
  EXPECT_TRUE(eventually(
      [this] { return gateway_->output().find("KILLED from outside") != std::string::npos; }));
  for (const auto& fault : venue_.faults().at("faults")) {
    EXPECT_GE(fault.at("fired"), 1) << fault.dump();
  }
}

TEST_F(WatchdogSystemTest, ACleanStopIsLeftAlone) {
  write_config("");
  start();
  expect_orders_and_guard();
  gateway_->signal(SIGTERM);
  ASSERT_EQ(gateway_->wait(seconds{20}), 0) << gateway_->output();
  ASSERT_TRUE(eventually([this] { return !watchdog_page()->is_alive; }));
  EXPECT_NE(log().find("it has stopped cleanly, nothing is to be done"), std::string::npos)
      << log();
  EXPECT_EQ(counter("alarms"), 0);
  EXPECT_TRUE(rest_requests("openOrders.cancelAll").empty());
  EXPECT_FALSE(std::filesystem::exists(state_dir() + "/kill.latch"));
}

TEST_F(WatchdogSystemTest, AWrongKeyIsFoundAtTheStartAndNothingIsTradedWhereAGuardIsRequired) {
  write_config("required = true\n");
  // The right name with another account's secret.
  std::string config = read_file(config_file());
  const std::string right = venue_.keys_of("gateway") + "/secret_hmac";
  config.replace(config.find(right), right.size(), venue_.keys_of("other") + "/secret_hmac");
  write_file(config_file(), config);
  Process alone{{.arguments = {PORTCULLIS_WATCHDOG, "--config", config_file()},
                 .environment = {},
                 .output_file = folder_ / "watchdog.out",
                 .working_folder = {}}};
  EXPECT_EQ(alone.wait(seconds{20}), 78) << alone.output();
  EXPECT_NE(alone.output().find("the venue refuses this key"), std::string::npos);
  EXPECT_NE(alone.output().find("watchdog.secret_file"), std::string::npos);

  start();
  ASSERT_TRUE(eventually([this] {
    return gateway_->output().find("NOT GUARDED") != std::string::npos;
  })) << gateway_->output();
  EXPECT_EQ(order_count(), 0);
  const auto counters = CounterFile::open(state_dir() + "/counters");
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->read("watchdog.alive"), 0);
  EXPECT_GE(counters->read("watchdog.starts"), 1);
  gateway_->signal(SIGTERM);
  EXPECT_EQ(gateway_->wait(seconds{20}), 0) << gateway_->output();
}

TEST_F(WatchdogSystemTest, OneThatDiesIsStartedAgainAndASecondIsNotWanted) {
  write_config("required = true\n");
  start();
  expect_orders_and_guard();
  Process second{{.arguments = {PORTCULLIS_WATCHDOG, "--config", config_file()},
                  .environment = {},
                  .output_file = folder_ / "watchdog.out",
                  .working_folder = {}}};
  EXPECT_EQ(second.wait(seconds{10}), 75) << second.output();
  const std::int64_t first = watchdog_page()->pid;
  ::kill(static_cast<pid_t>(first), SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto page = watchdog_page();
    return page && page->is_alive && page->pid != first && page->state == LifeState::kRunning;
  })) << gateway_->output();
  gateway_->signal(SIGKILL);
  expect_cleared("has ended without a clean stop");
}

TEST_F(WatchdogSystemTest, WhatTheVenueAsksInTheEmergencyIsObeyed) {
  write_config("");
  start();
  expect_orders_and_guard();
  venue_.fault({{"action", "reject"},
                {"method", "openOrders.cancelAll"},
                {"account", "gateway"},
                {"code", -1003},
                {"status", 429},
                {"retry_after", "2s"},
                {"count", 1}});
  gateway_->signal(SIGKILL);
  ASSERT_TRUE(gateway_->wait(seconds{10}));
  expect_cleared("has ended without a clean stop");
  const auto cancels = rest_requests("openOrders.cancelAll");
  ASSERT_GE(cancels.size(), 2U);
  EXPECT_EQ(cancels[0].at("status"), 429) << "the fault fired";
  const std::int64_t refused_ns = cancels[0].at("outNs");
  for (const auto& request : venue_.requests()) {
    if (request.at("account") != "gateway" || request.at("inNs") <= refused_ns) continue;
    EXPECT_GE(request.at("inNs").get<std::int64_t>(), refused_ns + 2'000'000'000);
  }
  EXPECT_GE(counter("refusals"), 1);
}

TEST_F(WatchdogSystemTest, AVenueThatDoesNotAnswerIsAskedUntilItDoes) {
  write_config("");
  start();
  expect_orders_and_guard();
  venue_.fault({{"action", "error"},
                {"method", "openOrders.cancelAll"},
                {"accept", false},
                {"status", 503},
                {"code", -1007},
                {"count", 2}});
  gateway_->signal(SIGKILL);
  ASSERT_TRUE(gateway_->wait(seconds{10}));
  expect_cleared("has ended without a clean stop");
  EXPECT_GE(counter("orders_found"), 1) << "the listing showed that the cancel had not happened";
  for (const auto& fault : venue_.faults().at("faults")) EXPECT_EQ(fault.at("fired"), 2);
}

}  // namespace
}  // namespace portcullis::test
