#include "core/kill_latch.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/durable_file.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::HasSubstr;

constexpr WallTime kTime = wall_time(1'700'000'000'123'456'789);
const KillLatch::Human kHuman{.name = "ann", .reason = "looked at it"};

KillLatch::Record of(std::string scope, Mode mode, std::string reason) {
  return {.scope = std::move(scope), .mode = mode, .reason = std::move(reason), .time = kTime};
}
// "strategy:0 HALTED, symbol:BTCUSDT SAFE_MODE"
std::string entries(const KillLatch& latch) {
  std::string text;
  const auto records = latch.read_all();
  if (!records) return records.error();
  for (const KillLatch::Record& record : *records) {
    text += (text.empty() ? "" : ", ") + record.scope + " " + to_string(record.mode);
  }
  return text;
}

TEST(KillLatch, IsSetAcrossProcessesUntilCleared) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  EXPECT_FALSE(latch.is_set());
  ASSERT_TRUE(latch.read());
  EXPECT_FALSE(*latch.read());
  ASSERT_TRUE(latch.set("operator: SIGUSR1", kTime));
  EXPECT_TRUE(latch.is_set());

  const KillLatch next_start{directory.path()};
  EXPECT_TRUE(next_start.is_set());
  const auto record = next_start.read();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->reason, "operator: SIGUSR1");
  EXPECT_EQ((*record)->time, kTime);
  ASSERT_TRUE(next_start.lower(KillLatch::kGlobal, Mode::kRunning, kHuman, kTime));
  EXPECT_FALSE(next_start.is_set());
  EXPECT_FALSE(latch.is_set());
  EXPECT_TRUE(next_start.lower(KillLatch::kGlobal, Mode::kRunning, kHuman, kTime))
      << "clearing twice is no error";
}

TEST(KillLatch, TheFirstReasonStays) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set("first", kTime));
  ASSERT_TRUE(latch.set("second", kTime + Nanos{1}));
  EXPECT_EQ((*latch.read())->reason, "first");
  EXPECT_EQ((*latch.read())->time, kTime);
}

TEST(KillLatch, AReasonCannotForgeLines) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set("a\ncrc32=00000000\n\x1b[2Jb", kTime));
  const auto record = latch.read();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->reason, "a crc32=00000000  [2Jb");
  ASSERT_TRUE(latch.lower(KillLatch::kGlobal, Mode::kRunning, kHuman, kTime));
  ASSERT_TRUE(latch.set(std::string(100'000, 'x'), kTime));
  EXPECT_TRUE(latch.read()) << "a long reason is cut, not lost";
}

TEST(KillLatch, EveryDamageCountsAsSet) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set("a reason", kTime));
  const std::string good = test::read_file(latch.path());
  for (std::size_t size = 0; size < good.size(); ++size) {
    directory.write("kill.latch", good.substr(0, size));
    ASSERT_TRUE(latch.is_set()) << size;
    ASSERT_FALSE(latch.read()) << size;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    directory.write("kill.latch", bad);
    ASSERT_TRUE(latch.is_set()) << i;
    ASSERT_FALSE(latch.read()) << i;
  }
  EXPECT_THAT(latch.read().error(), HasSubstr("re-arm"));
  directory.write("kill.latch", good + "more");
  EXPECT_FALSE(latch.read());
}

TEST(KillLatch, EachScopeIsKeptByItselfUntilAHumanLowersIt) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set(of("strategy:0", Mode::kHalted, "runs away")));
  ASSERT_TRUE(latch.set(of("symbol:BTCUSDT", Mode::kSafeMode, "unknown orders")));
  EXPECT_FALSE(latch.is_set()) << "the gateway as a whole goes on";
  EXPECT_FALSE((*latch.read()).has_value());
  const KillLatch next_start{directory.path()};
  EXPECT_EQ(entries(next_start), "strategy:0 HALTED, symbol:BTCUSDT SAFE_MODE");
  EXPECT_EQ(next_start.read_all()->at(0).reason, "runs away");
  ASSERT_TRUE(latch.set("all", kTime));
  EXPECT_TRUE(next_start.is_set());
  ASSERT_TRUE(latch.lower(KillLatch::kGlobal, Mode::kRunning, kHuman, kTime));
  EXPECT_FALSE(latch.is_set());
  ASSERT_TRUE(latch.lower("strategy:0", Mode::kSafeMode, kHuman, kTime));
  EXPECT_EQ(entries(latch), "strategy:0 SAFE_MODE, symbol:BTCUSDT SAFE_MODE");
  ASSERT_TRUE(latch.lower("strategy:0", Mode::kRunning, kHuman, kTime));
  ASSERT_TRUE(latch.lower("symbol:BTCUSDT", Mode::kRunning, kHuman, kTime));
  EXPECT_FALSE(std::filesystem::exists(latch.path()));
}

TEST(KillLatch, AModeOnlyBecomesStricterWithoutAHuman) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set(of("account", Mode::kCancelOnly, "first")));
  ASSERT_TRUE(latch.set(of("account", Mode::kSafeMode, "milder")));
  EXPECT_EQ(entries(latch), "account CANCEL_ONLY");
  EXPECT_EQ(latch.read_all()->at(0).reason, "first");
  ASSERT_TRUE(latch.set(of("account", Mode::kHalted, "worse")));
  EXPECT_EQ(entries(latch), "account HALTED");
}

TEST(KillLatch, AFileOfTheVersionBeforeIsRead) {
  const test::TempDirectory directory;
  const std::string covered = "portcullis-kill-latch 1\ntime_ns=17\nreason=operator\n";
  directory.write("kill.latch", covered + "crc32=" + crc32_hex(covered) + "\n");
  const KillLatch latch{directory.path()};
  EXPECT_TRUE(latch.is_set());
  EXPECT_EQ((*latch.read())->reason, "operator");
  EXPECT_EQ((*latch.read())->time, wall_time(17));
  ASSERT_TRUE(latch.set(of("strategy:1", Mode::kHalted, "too")));
  EXPECT_EQ(entries(latch), "global HALTED, strategy:1 HALTED");
  const std::string next = "portcullis-kill-latch 3\nx\n";
  directory.write("kill.latch", next + "crc32=" + crc32_hex(next) + "\n");
  EXPECT_TRUE(latch.is_set()) << "one of a version to come says stop";
}

TEST(KillLatch, APartSetOnADamagedLatchLeavesTheWholeKilled) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  directory.write("kill.latch", "rubbish");
  EXPECT_FALSE(latch.lower("strategy:0", Mode::kRunning, kHuman, kTime));
  ASSERT_TRUE(latch.set(of("strategy:0", Mode::kHalted, "runs away")));
  EXPECT_TRUE(latch.is_set());
  EXPECT_EQ(entries(latch), "global HALTED, strategy:0 HALTED");
}

TEST(KillLatch, TheHistoryNamesWhoLoweredAndWhy) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set(of("strategy:0", Mode::kHalted, "runs away")));
  ASSERT_TRUE(latch.set(of("strategy:0", Mode::kHalted, "again")));
  ASSERT_TRUE(latch.lower("strategy:0", Mode::kRunning, kHuman, kTime));
  const std::string history = test::read_file(directory.file("kill.history"));
  EXPECT_THAT(history, HasSubstr("strategy:0 -> HALTED: runs away\n"));
  EXPECT_THAT(history, HasSubstr("strategy:0 -> RUNNING by ann: looked at it\n"));
  EXPECT_EQ(std::ranges::count(history, '\n'), 2) << history;
}

TEST(KillLatch, NothingIsLoweredThatCannotBeWrittenDown) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  ASSERT_TRUE(latch.set("all", kTime));
  std::filesystem::remove(directory.file("kill.history"));
  std::filesystem::create_directory(directory.file("kill.history"));
  EXPECT_FALSE(latch.lower(KillLatch::kGlobal, Mode::kRunning, kHuman, kTime));
  EXPECT_TRUE(latch.is_set());
}

TEST(KillLatch, TwoWritersLoseNothingOfEachOther) {
  const test::TempDirectory directory;
  constexpr int kEach = 25;
  const auto write_own = [&directory](const char* kind) {
    const KillLatch latch{directory.path()};
    for (int i = 0; i < kEach; ++i) {
      const std::string scope = std::string{kind} + std::to_string(i);
      while (!latch.set(of(scope, Mode::kHalted, "x"))) {
      }
    }
  };
  std::thread other{[&] { write_own("symbol:"); }};
  write_own("strategy:");
  other.join();
  EXPECT_EQ(KillLatch{directory.path()}.read_all()->size(), 2U * kEach);
}

TEST(KillLatch, ASetOnADamagedLatchRepairsIt) {
  const test::TempDirectory directory;
  const KillLatch latch{directory.path()};
  directory.write("kill.latch", "rubbish");
  ASSERT_TRUE(latch.set("again", kTime));
  ASSERT_TRUE(latch.read());
  EXPECT_EQ((*latch.read())->reason, "again");
}

TEST(KillLatch, FailsClosedWhereItCannotLook) {
  const KillLatch missing{"/nonexistent/state"};
  EXPECT_TRUE(missing.is_set());
  EXPECT_FALSE(missing.read());
  EXPECT_FALSE(missing.set("x", kTime));

  const test::TempDirectory directory;
  std::filesystem::create_directory(directory.file("kill.latch"));
  const KillLatch in_the_way{directory.path()};
  EXPECT_TRUE(in_the_way.is_set());
  EXPECT_FALSE(in_the_way.read());

  const test::TempDirectory other;
  std::filesystem::create_symlink("/nonexistent", other.file("kill.latch"));
  EXPECT_TRUE(KillLatch{other.path()}.is_set()) << "a dangling link is a latch too";
}

TEST(DurableFile, ReplacesWholeAndLeavesNothingBehind) {
  const test::TempDirectory directory;
  const std::string path = directory.file("state");
  ASSERT_TRUE(replace_file_durably(path, "one"));
  ASSERT_TRUE(replace_file_durably(path, "second, longer"));
  ASSERT_TRUE(replace_file_durably(path, "3"));
  EXPECT_EQ(test::read_file(path), "3");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_EQ(read_small_file(path, 1), "3");
  EXPECT_EQ(read_small_file(path, 0).error(), ReadFailure::kTooLarge);
  EXPECT_EQ(read_small_file(directory.file("none"), 9).error(), ReadFailure::kMissing);
  EXPECT_EQ(read_small_file(directory.path(), 9).error(), ReadFailure::kUnreadable);
  EXPECT_EQ(crc32_hex("123456789"), "cbf43926") << "the check value of CRC-32";
}

}  // namespace
}  // namespace portcullis
