// Kills while something else is broken: the latch's disk (R02), the venue (R03), the control thread
// (R13). Each test shows that its fault was there.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <gtest/gtest.h>

#include "core/kill_page.hpp"
#include "tests/system/modes_fixture.hpp"

namespace portcullis::test {
namespace {

constexpr const char* kStracePath = "/usr/bin/strace";

class KillFaults : public ModesUnderLoad {};

// The state letter of a process's main thread: 't' when a tracer holds it.
char state_of_main_thread(pid_t pid) {
  const std::string id = std::to_string(pid);
  const std::string stat = read_file("/proc/" + id + "/task/" + id + "/stat");
  return stat.at(stat.rfind(')') + 2);
}

// Holds the main thread of a process, and none of the others, as a debugger does.
class StuckMainThread {
 public:
  explicit StuckMainThread(pid_t pid) : pid_{pid} {
    is_stuck_ = ::ptrace(PTRACE_SEIZE, pid_, nullptr, nullptr) == 0 &&
                ::ptrace(PTRACE_INTERRUPT, pid_, nullptr, nullptr) == 0 &&
                ::waitpid(pid_, nullptr, __WALL) == pid_;
  }
  ~StuckMainThread() {
    if (is_stuck_) ::ptrace(PTRACE_DETACH, pid_, nullptr, nullptr);
  }
  StuckMainThread(const StuckMainThread&) = delete;
  StuckMainThread& operator=(const StuckMainThread&) = delete;
  [[nodiscard]] bool is_stuck() const { return is_stuck_; }

 private:
  pid_t pid_;
  bool is_stuck_{false};
};

using SteadyClock = std::chrono::steady_clock;

std::int64_t ms_since(SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin).count();
}

TEST_F(KillFaults, R13_ASignalKillsWhileTheControlThreadIsStuck) {
  gateway_.start();
  expect_trading();
  {
    const StuckMainThread stuck{gateway_.process().pid()};
    if (!stuck.is_stuck()) GTEST_SKIP() << "may not trace here";
    ASSERT_EQ(state_of_main_thread(gateway_.process().pid()), 't');
    const auto begin = SteadyClock::now();
    gateway_.process().signal(SIGUSR1);
    EXPECT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }));
    RecordProperty("ms_to_nothing_open", static_cast<int>(ms_since(begin)));
    expect_stopped();
    EXPECT_EQ(state_of_main_thread(gateway_.process().pid()), 't') << "and it still is";
    EXPECT_FALSE(std::filesystem::exists(gateway_.latch_file())) << "who would have latched it?";
  }
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(gateway_.latch_file()); }))
      << "once it goes on";
}

TEST_F(KillFaults, R13_ThePageKillsWhileTheControlThreadIsStuck) {
  gateway_.start();
  expect_trading();
  {
    const StuckMainThread stuck{gateway_.process().pid()};
    if (!stuck.is_stuck()) GTEST_SKIP() << "may not trace here";
    std::string output;
    ASSERT_EQ(gateway_.run_verb("kill", &output, {"--page", "--reason", "stuck"}), 0) << output;
    EXPECT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }));
    expect_stopped();
    EXPECT_EQ(state_of_main_thread(gateway_.process().pid()), 't');
    EXPECT_TRUE(KillPage::open(gateway_.state_dir())->is_kill_asked());
    // It dies before anyone could latch: the page is what the next start finds.
    gateway_.process().signal(SIGKILL);
  }
  ASSERT_TRUE(gateway_.process().wait(std::chrono::seconds{5}));
  ASSERT_FALSE(std::filesystem::exists(gateway_.latch_file()));
  const int before = order_count();
  gateway_.start();
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(gateway_.latch_file()); }));
  (void)wait_verified("global");
  EXPECT_EQ(order_count(), before);
}

// Without being told to: the socket does not answer, and the tool knows another way.
TEST_F(KillFaults, R13_TheToolFindsThePageByItself) {
  gateway_.start();
  expect_trading();
  const StuckMainThread stuck{gateway_.process().pid()};
  if (!stuck.is_stuck()) GTEST_SKIP() << "may not trace here";
  std::string output;
  EXPECT_EQ(gateway_.run_verb("kill", &output, {"--reason", "stuck"}), 0) << output;
  EXPECT_NE(output.find("kill.page"), std::string::npos) << output;
  EXPECT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }));
  EXPECT_EQ(gateway_.run_verb("kill", &output, {"--strategy", "0", "--reason", "stuck"}), 69)
      << "of a part it cannot";
}

TEST_F(KillFaults, R02_TheLatchOnAStalledDiskKeepsNothingWaiting) {
  if (!std::filesystem::exists(kStracePath)) GTEST_SKIP() << "strace is not here";
  gateway_.start();
  expect_trading();
  const std::string trace = folder_ / "strace.out";
  // Of the main thread alone, and of its syncs alone, each of which takes five seconds now.
  const Process strace{{.arguments = {kStracePath, "-qq", "-o", trace, "-e", "trace=fsync", "-e",
                                      "inject=fsync:delay_enter=5000000", "-p",
                                      std::to_string(gateway_.process().pid())},
                        .environment = {},
                        .output_file = folder_ / "strace.txt",
                        .working_folder = {}}};
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  const auto begin = SteadyClock::now();
  gateway_.process().signal(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }));
  const std::int64_t took_ms = ms_since(begin);
  RecordProperty("ms_to_nothing_open", static_cast<int>(took_ms));
  if (read_file(folder_ / "strace.txt").find("ptrace") != std::string::npos) {
    GTEST_SKIP() << "strace may not attach here";
  }
  EXPECT_LT(took_ms, 4'000) << "it waited for the disk";
  EXPECT_FALSE(std::filesystem::exists(gateway_.latch_file())) << "the disk did not stand still";
  expect_stopped();
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(gateway_.latch_file()); }))
      << "latched behind it";
  EXPECT_TRUE(eventually([&] { return read_file(trace).find("(DELAYED)") != std::string::npos; }))
      << read_file(trace);
}

TEST_F(KillFaults, R03_AKillWhileTheVenueIsSilentStaysAndCancelsOnReconnect) {
  gateway_.set_environment("PORTCULLIS__VENUE__LIVENESS_TIMEOUT", "500ms");
  gateway_.start();
  expect_trading();
  venue_.process().signal(SIGSTOP);
  EXPECT_TRUE(eventually([&] { return mode("global") == "INITIALIZING"; })) << "it has not noticed";
  ASSERT_TRUE(is_ok(ask("kill strategy:test silent")));
  EXPECT_EQ(mode("strategy:test"), "HALTED");
  EXPECT_TRUE(status("strategy:test").at("kill_us").at("verified_zero").is_null());
  EXPECT_FALSE(is_ok(ask("rearm strategy:test RUNNING ann looks_fine"))) << "not proven";
  venue_.process().signal(SIGCONT);
  (void)wait_verified("strategy:test");
  expect_stopped();
  EXPECT_TRUE(eventually([&] { return mode("global") == "RUNNING"; }));
}

}  // namespace
}  // namespace portcullis::test
