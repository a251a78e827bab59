#pragma once

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "app/audit_trail.hpp"
#include "app/control_server.hpp"
#include "core/audit/audit_scan.hpp"
#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {

// The real gateway under load on the real simulator, and people who talk to it.
class LiveLimits : public testing::Test {
 protected:
  static constexpr uid_t kAnn = 65'531;
  static constexpr uid_t kBen = 65'532;

  LiveLimits()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--rate", "2000", "--seed", "11"}},
        gateway_{venue_, folder_.path()} {
    EXPECT_EQ(::chmod(folder_.path().c_str(), 0755), 0);  // for the people below
    std::string config = read_file(gateway_.config_file());
    config += "[operators.ann]\nuid = " + std::to_string(kAnn) +
              "\nmay = [\"request\", \"approve\"]\n[operators.ben]\nuid = " + std::to_string(kBen) +
              "\nmay = [\"request\", \"approve\"]\n";
    write_file(gateway_.config_file(), config);
  }

  [[nodiscard]] nlohmann::json ask(const std::string& line) const {
    const auto answer = app::ask_control(gateway_.state_dir() + "/control.sock", line,
                                         std::chrono::milliseconds{5'000});
    return answer ? nlohmann::json::parse(*answer) : nlohmann::json{};
  }
  // What another user of the machine is answered; only root can be somebody else.
  [[nodiscard]] nlohmann::json ask_as(uid_t user, const std::string& line) const {
    const std::string file = folder_ / "answer";
    write_file(file, "");
    EXPECT_EQ(::chmod(file.c_str(), 0666), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      if (::setuid(user) != 0) ::_exit(2);
      const auto answer = app::ask_control(gateway_.state_dir() + "/control.sock", line,
                                           std::chrono::milliseconds{5'000});
      if (answer) write_file(file, *answer);
      ::_exit(answer ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return nlohmann::json::parse(read_file(file), nullptr, false);
  }
  [[nodiscard]] static bool is_ok(const nlohmann::json& answer) {
    return answer.is_object() && answer.value("ok", false);
  }
  // A limit in force, as the gateway tells it.
  [[nodiscard]] std::string limit(const std::string& key) const {
    const nlohmann::json answer = ask("limits show all " + key);
    return is_ok(answer) && answer.at("limits").size() == 1
               ? answer.at("limits").at(0).at("in_force").get<std::string>()
               : answer.dump();
  }
  // `portcullis limits WORDS --config FILE`; the exit code.
  int run_limits(std::vector<std::string> words, std::string* output) const {
    std::vector<std::string> command{PORTCULLIS_BINARY, "limits"};
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--config", gateway_.config_file()});
    Process child{{.arguments = std::move(command),
                   .environment = {},
                   .output_file = folder_ / "limits.out",
                   .working_folder = {}}};
    const int code = child.wait(std::chrono::seconds{20}).value_or(-1);
    *output = child.output();
    return code;
  }
  void replace_in_config(const std::string& from, const std::string& to) {
    std::string config = read_file(gateway_.config_file());
    const std::size_t at = config.find(from);
    ASSERT_NE(at, std::string::npos);
    config.replace(at, from.size(), to);
    write_file(gateway_.config_file(), config);
  }

  [[nodiscard]] std::vector<audit::Record> records() const {
    std::vector<audit::Record> all;
    const auto scan = audit::scan(app::audit_file(gateway_.state_dir()), {}, 0,
                                  [&all](const audit::Record& record) { all.push_back(record); });
    EXPECT_TRUE(scan && scan->is_sound());
    return all;
  }
  [[nodiscard]] std::vector<audit::Act> acts() const {
    std::vector<audit::Act> acts;
    for (const audit::Record& record : records()) acts.push_back(record.entry.act);
    return acts;
  }

  // Orders that the venue has taken.
  [[nodiscard]] std::vector<nlohmann::json> placed() const {
    const nlohmann::json truth = venue_.truth();
    std::vector<nlohmann::json> orders;
    for (const auto& message : truth.at("messages")) {
      if (message.at("method") == "order.place") orders.push_back(message);
    }
    return orders;
  }
  void expect_trading() {
    const std::size_t before = placed().size();
    ASSERT_TRUE(eventually([&] { return placed().size() > before + 20; }))
        << gateway_.process().output();
  }
  void stop() {
    gateway_.process().signal(SIGTERM);
    EXPECT_TRUE(gateway_.process().wait(std::chrono::seconds{30})) << gateway_.process().output();
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  GatewayProcess gateway_;
};

}  // namespace portcullis::test
