// A paper session of the real binaries from start to end.
#include <string>

#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

TEST(PaperSession, HotThreadsDoNotAllocateWhileTrading) {
#ifdef PORTCULLIS_SANITIZED
  GTEST_SKIP() << "the sanitizer owns malloc, so the allocation guard stands aside";
#endif
  // The guard is linked and armed in this build; the daemon aborts on the first allocation.
  ASSERT_TRUE(enable_allocation_guard());
  const TemporaryFolder folder;
  const SimVenue venue{folder.path(), {"--symbols", "BTCUSDT", "--rate", "1000"}};
  GatewayProcess gateway{venue, folder.path()};
  gateway.start({"--seconds", "4"});
  ASSERT_EQ(gateway.process().wait(std::chrono::seconds{40}), 0) << gateway.process().output();
  const auto truth = venue.truth();
  EXPECT_GT(truth.at("messages").size(), 100U);
  EXPECT_EQ(count_open(truth), 0);
}

TEST(CommandLine, CheckNamesEveryProblemAtOnceAndExits78) {
  const TemporaryFolder folder;
  const SimVenue venue{folder.path(), {"--market", "none"}};
  const GatewayProcess gateway{venue, folder.path()};
  std::string config = read_file(gateway.config_file());
  config.replace(config.find("quote_qty"), 9, "quote_qyt");
  config.replace(config.find("\"500ms\""), 7, "\"500\"  ");
  config.replace(config.find("order_rate_max = 100000"), 23, "order_rate_max = -5    ");
  write_file(gateway.config_file(), config);
  std::string output;
  EXPECT_EQ(gateway.run_verb("check", &output), 78);
  EXPECT_NE(output.find("quote_qyt"), std::string::npos) << output;
  EXPECT_NE(output.find("quote_qty"), std::string::npos) << "the nearest valid name: " << output;
  EXPECT_NE(output.find("venue.ack_timeout"), std::string::npos) << output;
  EXPECT_NE(output.find("order_rate_max"), std::string::npos) << output;
}

TEST(CommandLine, CheckOfAGoodFileExitsZero) {
  const TemporaryFolder folder;
  const SimVenue venue{folder.path(), {"--market", "none"}};
  const GatewayProcess gateway{venue, folder.path()};
  std::string output;
  EXPECT_EQ(gateway.run_verb("check", &output), 0) << output;
}

int run_binary(const TemporaryFolder& folder, std::vector<std::string> arguments,
               std::string& output) {
  arguments.insert(arguments.begin(), PORTCULLIS_BINARY);
  Process child{{.arguments = arguments,
                 .environment = {},
                 .output_file = folder / "out",
                 .working_folder = {}}};
  const int code = child.wait(std::chrono::seconds{20}).value_or(-1);
  output = child.output();
  return code;
}

TEST(CommandLine, WrongUsageExits64AndSaysHow) {
  const TemporaryFolder folder;
  std::string output;
  EXPECT_EQ(run_binary(folder, {}, output), 64);
  EXPECT_EQ(run_binary(folder, {"runn"}, output), 64);
  EXPECT_NE(output.find("runn"), std::string::npos) << output;
  EXPECT_EQ(run_binary(folder, {"run", "--confg"}, output), 64);
  EXPECT_NE(output.find("--confg"), std::string::npos) << output;
  EXPECT_EQ(run_binary(folder, {"run"}, output), 64);
  EXPECT_NE(output.find("--config"), std::string::npos);
  EXPECT_EQ(run_binary(folder, {"run", "--config", "x", "--seconds", "0"}, output), 64);
}

TEST(CommandLine, HelpAndVersionExitZero) {
  const TemporaryFolder folder;
  std::string output;
  for (const char* verb : {"run", "check", "kill", "mode", "status", "rearm", "version"}) {
    EXPECT_EQ(run_binary(folder, {verb, "--help"}, output), 0) << verb;
    EXPECT_FALSE(output.empty());
  }
  EXPECT_EQ(run_binary(folder, {"version"}, output), 0);
  EXPECT_NE(output.find("avx2"), std::string::npos);
}

TEST(CommandLine, AMissingConfigurationExits78AndNamesTheFile) {
  const TemporaryFolder folder;
  std::string output;
  EXPECT_EQ(run_binary(folder, {"check", "--config", folder / "no.toml"}, output), 78);
  EXPECT_NE(output.find("no.toml"), std::string::npos);
}

}  // namespace
}  // namespace portcullis::test
