#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "app/control_server.hpp"
#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {

// The real gateway under load on the real simulator, and its control socket.
class ModesUnderLoad : public testing::Test {
 protected:
  ModesUnderLoad()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--rate", "2000", "--seed", "11"}},
        gateway_{venue_, folder_.path()} {}

  // The answer to a line; null when nobody answers.
  [[nodiscard]] nlohmann::json ask(const std::string& line) const {
    const auto answer = app::ask_control(gateway_.state_dir() + "/control.sock", line,
                                         std::chrono::milliseconds{2'000});
    return answer ? nlohmann::json::parse(*answer) : nlohmann::json{};
  }
  [[nodiscard]] bool is_ok(const nlohmann::json& answer) const {
    return answer.is_object() && answer.value("ok", false);
  }
  [[nodiscard]] nlohmann::json status(const std::string& scope) const {
    const nlohmann::json answer = ask("status " + scope);
    return is_ok(answer) ? answer.at("scopes").at(0) : nlohmann::json::object();
  }
  [[nodiscard]] std::string mode(const std::string& scope) const {
    return status(scope).value("mode", "");
  }
  // The kill has been proven at the venue: its moments, in microseconds.
  [[nodiscard]] nlohmann::json wait_verified(const std::string& scope) const {
    nlohmann::json kill;
    EXPECT_TRUE(eventually([&] {
      const nlohmann::json now = status(scope);
      if (now.contains("kill_us")) kill = now.at("kill_us");
      return kill.is_object() && !kill.at("verified_zero").is_null();
    })) << scope
        << ": " << status(scope).dump();
    return kill;
  }

  [[nodiscard]] int order_count() const {
    const nlohmann::json truth = venue_.truth();
    return static_cast<int>(std::ranges::count_if(truth.at("messages"), [](const auto& message) {
      return message.at("method") == "order.place";
    }));
  }
  void expect_trading() {
    const int before = order_count();
    ASSERT_TRUE(eventually([&] { return order_count() > before + 20; }))
        << gateway_.process().output();
  }
  // No order reaches the venue for a while, and none is open there.
  void expect_stopped() {
    EXPECT_EQ(count_open(venue_.truth()), 0);
    const int before = order_count();
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    EXPECT_EQ(order_count(), before);
  }
  void expect_log(const std::string& text) {
    EXPECT_TRUE(eventually([&] {
      return gateway_.process().output().find(text) != std::string::npos;
    })) << "no \""
        << text << "\" in:\n"
        << gateway_.process().output();
  }
  void kill_process() {
    gateway_.process().signal(SIGKILL);
    ASSERT_TRUE(gateway_.process().wait(std::chrono::seconds{5}));
  }
  int rearm(std::vector<std::string> more = {}, std::string* output = nullptr) {
    more.insert(more.end(), {"--by", "ann", "--reason", "looked at it"});
    return gateway_.run_verb("rearm", output, more);
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  GatewayProcess gateway_;
};

}  // namespace portcullis::test
