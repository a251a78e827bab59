#include "tests/sim/program.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim::test {
namespace {

class ProgramTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }
  int run(const std::vector<std::string>& arguments) {
    return Program{arguments, path("out")}.wait();
  }
  std::string output() { return file_text(path("out")); }
  Json wait_ready() { return ready_of(path("ready")); }

  TempDirectory directory_;
};

TEST_F(ProgramTest, StartsAnnouncesServesAndEndsClean) {
  for (const int signal : {SIGTERM, SIGINT}) {
    std::filesystem::remove(path("ready"));
    Program program{{"--state-dir", path("state"), "--ready-file", path("ready"), "--rate", "500"},
                    path("out")};
    const Json ready = wait_ready();
    const std::string announced = "listening plain=" + ready.at("plain").get<std::string>() +
                                  " tls=" + ready.at("tls").get<std::string>();
    WsClient stream{port_of(ready.at("plain")), "/ws/ethusdt@bookTicker"};
    EXPECT_EQ(stream.next().at("s"), "ETHUSDT");
    const auto time =
        http_call(port_of(ready.at("tls")), {.target = "/api/v3/time"}, ready.at("ca"));
    EXPECT_EQ(time->status, 200);
    program.signal(signal);
    EXPECT_EQ(program.wait(), 0);
    EXPECT_NE(output().find(announced), std::string::npos) << output();
  }
}

TEST_F(ProgramTest, KeepsItsKeysAndCertificatesPrivateAndForTheNextStart) {
  const std::vector<std::string> names{
      "ca.pem",       "server.pem",      "server_key.pem",     "secret_hmac",
      "api_key_hmac", "api_key_ed25519", "ed25519_private.pem"};
  std::vector<std::string> first;
  for (int start = 0; start < 2; ++start) {
    std::filesystem::remove(path("ready"));
    Program program{
        {"--state-dir", path("state"), "--ready-file", path("ready"), "--market", "none"},
        path("out")};
    wait_ready();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string text = file_text(path("state/" + names[i]));
      EXPECT_FALSE(text.empty()) << names[i];
      if (start == 0) first.push_back(text);
      EXPECT_EQ(text, first[i]) << names[i];
      struct stat info{};
      ASSERT_EQ(::stat(path("state/" + names[i]).c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 0777U, 0600U) << names[i];
    }
  }
}

TEST_F(ProgramTest, SaysWhatIsWrongAndExitsBySysexits) {
  const std::string state = path("state");
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_NE(output().find("Examples:"), std::string::npos);
  EXPECT_EQ(run({}), 64);
  EXPECT_NE(output().find("--state-dir"), std::string::npos);
  EXPECT_EQ(run({"--state", state}), 64);
  EXPECT_NE(output().find("not expected"), std::string::npos) << output();
  EXPECT_EQ(run({"--state-dir", state, "--no-such-option"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--symbols", "btcusdt"}), 64);
  EXPECT_NE(output().find("btcusdt"), std::string::npos);
  EXPECT_EQ(run({"--state-dir", state, "--symbols", "BTCUSDT,BTCUSDT"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--balance", "BTC"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--balance", "DOGE=5"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--account", "a/b"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--market", "moon"}), 64);
  EXPECT_EQ(run({"--state-dir", state, "--market", "mirror", "--symbols", "BTCUSDT",
                 "--mirror-rest", "http://127.0.0.1:9", "--mirror-ws", "ws://127.0.0.1:9"}),
            69);
  EXPECT_NE(output().find("Connection refused; check"), std::string::npos) << output();
  EXPECT_EQ(run({"--state-dir", state, "--market", "capture"}), 78);
  EXPECT_EQ(run({"--state-dir", state, "--market", "capture", "--capture", path("none.gz")}), 78);
  EXPECT_NE(output().find("none.gz"), std::string::npos);
  std::ofstream{path("notes.txt")} << "Not a recording.\n";
  for (const char* file : {"notes.txt", "out"}) {  // the second one is empty when it is opened
    EXPECT_EQ(run({"--state-dir", state, "--market", "capture", "--capture", path(file)}), 78);
    EXPECT_NE(output().find(path(file) + " holds no line of a recording"), std::string::npos);
  }
  EXPECT_EQ(run({"--state-dir", state, "--market", "capture", "--capture", "XRPUSDT=x.gz"}), 78);
  EXPECT_NE(output().find("--symbols"), std::string::npos);
  EXPECT_EQ(run({"--state-dir", state, "--latency-cancel-in", "fast"}), 64);
  EXPECT_NE(output().find("--latency-cancel-in: \"fast\""), std::string::npos);
  EXPECT_EQ(run({"--state-dir", "/proc/no/such"}), 78);
  EXPECT_EQ(run({"--state-dir", state, "--address", "not-an-address"}), 69);
  Program holder{{"--state-dir", state, "--ready-file", path("ready")}, path("holder")};
  const std::string taken = std::to_string(port_of(wait_ready().at("plain")));
  EXPECT_EQ(run({"--state-dir", state, "--port", taken}), 69);
  EXPECT_NE(output().find(taken), std::string::npos) << output();
}

TEST_F(ProgramTest, PlaysAScenarioAndTellsWhichFaultsNeverFired) {
  std::ofstream{path("s.toml")} << "[step.lost]\naction = \"reject\"\nmethod = \"time\"\n"
                                   "[step.idle]\naction = \"drop_reply\"\nmethod = \"depth\"\n";
  Program program{{"--state-dir", path("state"), "--ready-file", path("ready"), "--market", "none",
                   "--scenario", path("s.toml")},
                  path("out")};
  const std::uint16_t port = port_of(wait_ready().at("plain"));
  EXPECT_EQ(http_call(port, {.target = "/api/v3/time"})->status, 400);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(output().find("lost: fired 1 of 1 matches"), std::string::npos) << output();
  EXPECT_NE(output().find("idle: NEVER FIRED"), std::string::npos) << output();
}

TEST_F(ProgramTest, RefusesAScenarioThatIsWrongNamingLineAndKey) {
  std::ofstream{path("s.toml")} << "[step.lost]\naction = \"reject\"\nmethd = \"time\"\n";
  EXPECT_EQ(run({"--state-dir", path("state"), "--scenario", path("s.toml")}), 78);
  EXPECT_NE(output().find("s.toml:3: step.lost.methd"), std::string::npos) << output();
  std::ofstream{path("t.toml")} << "[step.halt]\naction = \"set_status\"\nsymbol = \"BTCUSD\"\n"
                                   "status = \"HALT\"\n";
  EXPECT_EQ(run({"--state-dir", path("state"), "--scenario", path("t.toml")}), 78);
  EXPECT_NE(output().find("BTCUSDT"), std::string::npos) << output();
}

TEST_F(ProgramTest, ReplaysARecordedDay) {
  const std::string capture = shared_data("spot/btcusdt_20240808.gz");
  if (!std::filesystem::exists(capture)) GTEST_SKIP() << "spot/btcusdt_20240808.gz is not there";
  Program program{{"--state-dir", path("state"), "--ready-file", path("ready"), "--market",
                   "capture", "--capture", "BTCUSDT=" + capture, "--speed", "0"},
                  path("out")};
  const std::uint16_t port = port_of(wait_ready().at("plain"));
  std::size_t levels = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (levels < 900 && std::chrono::steady_clock::now() < deadline) {
    const auto depth = http_call(port, {.target = "/api/v3/depth?symbol=BTCUSDT&limit=1000"});
    levels = depth->json().at("bids").size();
  }
  EXPECT_GE(levels, 900U);
}

}  // namespace
}  // namespace portcullis::sim::test
