// What the gateway does when the disk under its journal is full, fails or stands still: a real file
// system that is too small, and real system calls that strace makes fail.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <sys/mount.h>

#include <gtest/gtest.h>

#include "tests/system/audit.hpp"
#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

constexpr const char* kStrace = "/usr/bin/strace";

class JournalDisk : public testing::Test {
 protected:
  JournalDisk()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--rate", "2000", "--seed", "11"}},
        gateway_{venue_, folder_.path()} {
    gateway_.set_environment("PORTCULLIS__JOURNAL__SEGMENT_MB", "1");
  }

  bool may_trace() const {
    if (!std::filesystem::exists(kStrace)) return false;
    Process attempt{{.arguments = {kStrace, "-o", folder_ / "attempt.out", "/bin/true"},
                     .environment = {},
                     .output_file = folder_ / "attempt.txt",
                     .working_folder = {}}};
    return attempt.wait(std::chrono::seconds{10}) == 0;
  }
  std::size_t order_count() const { return venue_.truth().at("orders").size(); }
  bool says(const std::string& text) {
    return gateway_.process().output().find(text) != std::string::npos;
  }
  void expect_said(const std::string& text) {
    EXPECT_TRUE(eventually([&] { return says(text); })) << "no \"" << text << "\" in:\n"
                                                        << gateway_.process().output();
  }
  void expect_trading() {
    const std::size_t before = order_count();
    ASSERT_TRUE(eventually([&] { return order_count() > before + 20; }))
        << gateway_.process().output();
  }
  // Orders have stopped, and what the strategy then cancels is cancelled.
  void expect_stopped() {
    EXPECT_TRUE(eventually([&] { return count_open(venue_.truth()) == 0; }));
    const std::size_t before = order_count();
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    EXPECT_EQ(order_count(), before);
  }
  void drain() {
    gateway_.process().signal(SIGTERM);
    ASSERT_EQ(gateway_.process().wait(std::chrono::seconds{30}), 0) << gateway_.process().output();
  }
  void expect_audited() {
    const nlohmann::json verdict = audit(venue_.truth(), folder_.path());
    EXPECT_EQ(verdict.at("problem_count"), 0) << verdict.dump(1);
    EXPECT_GT(verdict.at("orders").get<std::size_t>(), 20u);
  }
  // The gateway with some of its fdatasync calls changed. It stays our child (-D).
  void start_with_fdatasync(const std::string& injection) {
    // A sanitizer's leak check traces by itself, and two cannot.
    gateway_.set_environment("ASAN_OPTIONS", "detect_leaks=0");
    gateway_.start_under({kStrace, "-D", "-f", "-qq", "-o", folder_ / "strace.out", "-e",
                          "trace=fdatasync", "-e", "inject=fdatasync:" + injection});
  }
  bool has_struck() {
    const std::string calls = read_file(folder_ / "strace.out");
    return calls.find("(INJECTED)") != std::string::npos ||
           calls.find("(DELAYED)") != std::string::npos;
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  GatewayProcess gateway_;
};

// A small file system at a path, for as long as this lives.
class SmallDisk {
 public:
  SmallDisk(std::string path, const std::string& size) : path_{std::move(path)} {
    std::filesystem::create_directories(path_);
    is_mounted_ = mount("none", path_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool is_mounted() const { return is_mounted_; }

 private:
  std::string path_;
  bool is_mounted_;
};

TEST_F(JournalDisk, AFullOneStopsOrdersBeforeAnythingIsLost) {
  // Room for one segment and not for a second, beside the counters and the histograms.
  const SmallDisk disk{folder_ / "state", "1800k"};
  if (!disk.is_mounted()) GTEST_SKIP() << "may not mount a file system here";
  const std::string memory = folder_ / "memory";
  std::filesystem::create_directory(memory);
  gateway_.set_environment("PORTCULLIS__JOURNAL__MEMORY_DIR", memory);
  gateway_.start();
  expect_trading();
  expect_said("the journal has no room on the disk");
  expect_said("No space left on");
  expect_stopped();
  EXPECT_FALSE(says("found no room in the journal"));
  drain();
  expect_audited();
}

TEST_F(JournalDisk, AFailedSyncStopsOrdersAndIsNotTriedAgain) {
  if (!may_trace()) GTEST_SKIP() << "strace is not here, or may not trace";
  // The first ones are those of the start.
  start_with_fdatasync("error=EIO:when=30");
  expect_said("the journal could not be synced");
  EXPECT_TRUE(has_struck());
  expect_said("Input/output error");
  expect_stopped();
  const std::string calls = read_file(folder_ / "strace.out");
  EXPECT_EQ(calls.find("fdatasync", calls.find("INJECTED")), std::string::npos) << "tried again";
  drain();
  // A human has looked: the next start goes on with all that was written.
  gateway_.start();
  expect_trading();
  drain();
  expect_audited();
}

TEST_F(JournalDisk, OneThatStandsStillStopsOrdersUntilItGoesOn) {
  if (!may_trace()) GTEST_SKIP() << "strace is not here, or may not trace";
  start_with_fdatasync("delay_enter=3000000:when=30");
  expect_said("the journal waits for the disk");
  expect_stopped();
  expect_said("the journal is kept again");
  EXPECT_TRUE(has_struck());
  expect_trading();
  drain();
  expect_audited();
}

TEST_F(JournalDisk, AKillDoesNotWaitForOneThatStandsStill) {
  if (!may_trace()) GTEST_SKIP() << "strace is not here, or may not trace";
  start_with_fdatasync("delay_enter=8000000:when=30");
  expect_said("the journal waits for the disk");
  gateway_.process().signal(SIGUSR1);
  expect_said("the venue lists no open order");
  EXPECT_EQ(count_open(venue_.truth()), 0);
  EXPECT_FALSE(says("the journal is kept again")) << "the disk was not standing still";
}

}  // namespace
}  // namespace portcullis::test
