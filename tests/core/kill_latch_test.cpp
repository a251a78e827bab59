#include "core/kill_latch.hpp"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/durable_file.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::HasSubstr;

constexpr WallTime kTime = wall_time(1'700'000'000'123'456'789);

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
  ASSERT_TRUE(next_start.clear());
  EXPECT_FALSE(next_start.is_set());
  EXPECT_FALSE(latch.is_set());
  EXPECT_TRUE(next_start.clear()) << "clearing twice is no error";
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
  ASSERT_TRUE(latch.clear());
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
