// Modes and scope kills of the real gateway under load: the control socket, the flag file, what
// survives kill -9, and who may let it trade again (R05, R06 of the fault catalogue).
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kill_latch.hpp"
#include "core/kill_page.hpp"
#include "tests/system/modes_fixture.hpp"

namespace portcullis::test {
namespace {

using ::testing::HasSubstr;

TEST_F(ModesUnderLoad, AStrategyIsKilledBySocketAndReArmedWhileTheGatewayRuns) {
  gateway_.start();
  expect_trading();
  std::string output;
  ASSERT_EQ(gateway_.run_verb("kill", &output, {"--strategy", "0", "--reason", "runs away"}), 0)
      << output;
  EXPECT_THAT(output, HasSubstr("strategy:test: HALTED, latched (runs away)"));
  expect_stopped();
  EXPECT_TRUE(eventually([&] { return mode("global") == "RUNNING"; }));
  expect_log("strategy:test is HALTED");
  ASSERT_EQ(rearm({"--strategy", "0"}, &output), 0) << output;
  expect_trading();
  EXPECT_FALSE(std::filesystem::exists(gateway_.latch_file()));
  const std::string history = read_file(gateway_.state_dir() + "/kill.history");
  EXPECT_THAT(history, HasSubstr("strategy:test -> HALTED: runs away"));
  EXPECT_THAT(history, HasSubstr("strategy:test -> RUNNING by ann"));
  EXPECT_THAT(history, HasSubstr("looked at it"));
}

// R06, of a part: the acknowledgement is the promise.
TEST_F(ModesUnderLoad, KilledRightBehindTheAcknowledgementItStartsWithThePartHalted) {
  gateway_.start();
  expect_trading();
  ASSERT_TRUE(is_ok(ask("kill symbol:BTCUSDT test")));
  kill_process();
  const int at_kill = order_count();
  gateway_.start();
  EXPECT_TRUE(eventually([&] { return mode("symbol:BTCUSDT") == "HALTED"; }));
  (void)wait_verified("symbol:BTCUSDT");
  EXPECT_TRUE(eventually([&] { return mode("global") == "RUNNING"; }));
  expect_stopped();
  EXPECT_EQ(order_count(), at_kill) << "not one from before it knew";
  ASSERT_EQ(rearm({"--symbol", "BTCUSDT"}), 0);
  expect_trading();
}

// R06 of everything.
TEST_F(ModesUnderLoad, KilledRightBehindTheAcknowledgementItStartsKilled) {
  gateway_.start();
  expect_trading();
  ASSERT_TRUE(is_ok(ask("kill global test")));
  kill_process();
  const int at_kill = order_count();
  gateway_.start();
  (void)wait_verified("global");
  expect_stopped();
  EXPECT_EQ(order_count(), at_kill);
  std::string output;
  EXPECT_EQ(rearm({}, &output), 0);
  EXPECT_THAT(output, HasSubstr("stays halted until it is restarted"));
  expect_stopped();
  kill_process();
  gateway_.start();
  expect_trading();
}

// R05: a signal, two sockets, the flag file and the page at once are one kill.
TEST_F(ModesUnderLoad, KillsFromEveryPathAtOnceAreOne) {
  gateway_.start();
  expect_trading();
  auto page = KillPage::open(gateway_.state_dir());
  ASSERT_TRUE(page);
  std::vector<std::thread> paths;
  paths.emplace_back([&] { EXPECT_TRUE(is_ok(ask("kill global first"))); });
  paths.emplace_back([&] { EXPECT_TRUE(is_ok(ask("kill global second"))); });
  paths.emplace_back([&] { gateway_.process().signal(SIGUSR1); });
  paths.emplace_back([&] { write_file(gateway_.state_dir() + "/KILL", "third"); });
  paths.emplace_back([&] { page->ask_kill(); });
  for (std::thread& path : paths) path.join();
  (void)wait_verified("global");
  expect_stopped();
  ASSERT_TRUE(is_ok(ask("kill global again")));
  EXPECT_EQ(ask("kill global again").at("changed"), false);
  const auto records = KillLatch{gateway_.state_dir()}.read_all();
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 1U);
  const std::string history = read_file(gateway_.state_dir() + "/kill.history");
  EXPECT_EQ(history.find("-> HALTED"), history.rfind("-> HALTED")) << history;
  EXPECT_TRUE(eventually([&] { return !page->is_kill_asked(); })) << "the latch has it now";
}

// R05: nobody lets it trade again without a name, a reason, and the flag file out of the way.
TEST_F(ModesUnderLoad, TheFlagFileKillsWhateverItsTimeAndHoldsUntilItIsGone) {
  gateway_.start();
  expect_trading();
  const std::string flag = gateway_.state_dir() + "/KILL";
  std::filesystem::create_directory(flag);  // a folder is there too
  std::filesystem::last_write_time(flag, std::filesystem::file_time_type::min());
  (void)wait_verified("global");
  expect_stopped();
  EXPECT_EQ(gateway_.run_verb("rearm"), 64);
  EXPECT_EQ(gateway_.run_verb("rearm", nullptr, {"--by", "ann"}), 64);
  EXPECT_EQ(gateway_.run_verb("rearm", nullptr, {"--reason", "none"}), 64);
  std::string output;
  EXPECT_EQ(rearm({}, &output), 69);
  EXPECT_THAT(output, HasSubstr("remove it first"));
  kill_process();
  EXPECT_EQ(rearm({}, &output), 69) << "nor does a stopped one";
  std::filesystem::remove(flag);
  EXPECT_EQ(rearm(), 0);
  gateway_.start();
  expect_trading();
}

TEST_F(ModesUnderLoad, AFlagFileThatWasThereBeforeTheStartKillsIt) {
  std::filesystem::create_directories(gateway_.state_dir());
  write_file(gateway_.state_dir() + "/KILL", "");
  gateway_.start();
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(gateway_.latch_file()); }));
  (void)wait_verified("global");
  EXPECT_EQ(order_count(), 0);
}

// Nobody's order is refused or cancelled by it but those that could make the position larger.
TEST_F(ModesUnderLoad, SafeModeIsLatchedShownAndLoweredByAHuman) {
  gateway_.start();
  expect_trading();
  ASSERT_EQ(gateway_.run_verb("mode", nullptr, {"SAFE_MODE", "--account", "--reason", "odd fills"}),
            0);
  EXPECT_EQ(mode("account"), "SAFE_MODE");
  EXPECT_EQ(ask("mode account RUNNING x").at("ok"), false) << "milder is not a mode to ask for";
  EXPECT_EQ(ask("mode account CANCEL_ONLY").at("ok"), false) << "a reason is wanted";
  kill_process();
  gateway_.start();
  EXPECT_TRUE(eventually([&] { return mode("account") == "SAFE_MODE"; }));
  ASSERT_EQ(rearm({"--account"}), 0);
  expect_trading();
}

TEST_F(ModesUnderLoad, ADrillTellsTheTimesAndStopsNothing) {
  gateway_.start();
  expect_trading();
  std::string output;
  ASSERT_EQ(gateway_.run_verb("kill", &output, {"--drill=30"}), 0) << output;
  EXPECT_THAT(output, HasSubstr("30 drills"));
  EXPECT_THAT(output, HasSubstr("asked to seen by the trading thread"));
  RecordProperty("drill", output);
  expect_trading();
  EXPECT_FALSE(std::filesystem::exists(gateway_.latch_file()));
}

// A latch that names what is not configured any more.
TEST_F(ModesUnderLoad, APartThatIsNotKnownAnyMoreKeepsEverythingFromTrading) {
  std::filesystem::create_directories(gateway_.state_dir());
  const KillLatch latch{gateway_.state_dir()};
  ASSERT_TRUE(
      latch.set({.scope = "strategy:old", .mode = Mode::kHalted, .reason = "x", .time = {}}));
  gateway_.start();
  expect_log("latched, not configured: strategy:old");
  (void)wait_verified("global");
  EXPECT_EQ(order_count(), 0);
  kill_process();
  ASSERT_EQ(gateway_.run_verb("rearm", nullptr,
                              {"--strategy", "old", "--by", "ann", "--reason", "is gone"}),
            0);
  gateway_.start();
  expect_trading();
}

}  // namespace
}  // namespace portcullis::test
