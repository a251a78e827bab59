#include "core/id_block.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cl_ord_id.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::HasSubstr;

constexpr WallTime kNow = wall_time(1'730'000'000'000'000'000);

std::unique_ptr<IdBlock> open_or_fail(const std::string& path, WallTime now = kNow) {
  auto block = IdBlock::open(path, now);
  EXPECT_TRUE(block) << block.error();
  return block ? std::move(*block) : nullptr;
}

TEST(IdBlock, GivesItsBlockAndThenNothing) {
  const test::TempDirectory directory;
  const auto block = open_or_fail(directory.file("ids"));
  ASSERT_NE(block, nullptr);
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < IdBlock::kBlockSize; ++i) {
    const auto id = block->next();
    ASSERT_TRUE(id);
    EXPECT_NE(id->raw(), 0U);
    EXPECT_EQ(epoch_of(*id), block->epoch());
    seen.insert(id->raw());
  }
  EXPECT_EQ(seen.size(), IdBlock::kBlockSize);
  EXPECT_FALSE(block->next());
  EXPECT_FALSE(block->next());
  EXPECT_EQ(block->remaining(), 0U);
  ASSERT_EQ(block->refill(), true);
  EXPECT_TRUE(block->next());
}

TEST(IdBlock, RefillsWhenHalfIsUsed) {
  const test::TempDirectory directory;
  const auto block = open_or_fail(directory.file("ids"));
  EXPECT_EQ(block->refill(), false);
  while (block->remaining() > IdBlock::kBlockSize / 2 + 1) (void)block->next();
  EXPECT_EQ(block->refill(), false);
  (void)block->next();
  EXPECT_EQ(block->refill(), true);
  EXPECT_EQ(block->remaining(), IdBlock::kBlockSize * 3 / 2);
}

TEST(IdBlock, IsDurableBeforeTheFirstIdIsGiven) {
  const test::TempDirectory directory;
  const std::string path = directory.file("ids");
  const auto block = open_or_fail(path);
  const std::string text = test::read_file(path);
  EXPECT_THAT(text, HasSubstr("epoch=" + std::to_string(block->epoch()) + " "));
  EXPECT_THAT(text, HasSubstr("reserved_end=10001 "));
}

TEST(IdBlock, NeverGivesAnIdTwiceAcrossCrashes) {
  const test::TempDirectory directory;
  const std::string path = directory.file("ids");
  std::set<std::uint64_t> ids;
  std::set<std::uint64_t> sequences;
  std::uint64_t last_epoch = 0;
  for (int life = 0; life < 20; ++life) {
    const auto block = open_or_fail(path);  // dropped without a word: a crash writes no more
    ASSERT_NE(block, nullptr);
    EXPECT_GT(block->epoch(), last_epoch);
    last_epoch = block->epoch();
    for (int i = 0; i < 777 * life; ++i) {
      if (i % 1'000 == 0) {
        ASSERT_TRUE(block->refill());
      }
      const auto id = block->next();
      ASSERT_TRUE(id);
      ASSERT_TRUE(ids.insert(id->raw()).second);
      ASSERT_TRUE(sequences.insert(sequence_of(*id)).second) << "either half alone keeps ids apart";
    }
  }
}

TEST(IdBlock, ALostFileDoesNotLeadBackToOldIds) {
  const test::TempDirectory directory;
  const std::string path = directory.file("ids");
  const std::uint64_t epoch = open_or_fail(path)->epoch();
  std::filesystem::remove(path);
  const auto later = open_or_fail(path, kNow + std::chrono::minutes{1});
  EXPECT_GT(later->epoch(), epoch);
}

TEST(IdBlock, AClockBefore2024StillStarts) {
  const test::TempDirectory directory;
  EXPECT_EQ(open_or_fail(directory.file("ids"), wall_time(0))->epoch(), 1U);
}

TEST(IdBlock, ASecondProcessIsRefused) {
  const test::TempDirectory directory;
  const std::string path = directory.file("ids");
  {
    const auto first = open_or_fail(path);
    // flock belongs to the open file, so that a second open is as good as a second process.
    const auto second = IdBlock::open(path, kNow);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error(), HasSubstr(path));
    EXPECT_THAT(second.error(), HasSubstr("stop that gateway first"));
  }
  EXPECT_TRUE(IdBlock::open(path, kNow)) << "the lock goes with its holder";
}

TEST(IdBlock, EveryDamageIsAnErrorNamingTheFile) {
  const test::TempDirectory directory;
  const std::string path = directory.file("ids");
  ASSERT_NE(open_or_fail(path), nullptr);
  const std::string good = test::read_file(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    directory.write("ids", good.substr(0, size));
    const auto block = IdBlock::open(path, kNow);
    ASSERT_FALSE(block) << size;
    EXPECT_THAT(block.error(), HasSubstr(path));
    EXPECT_EQ(test::read_file(path), good.substr(0, size)) << "evidence is not written over";
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 2);
    directory.write("ids", bad);
    ASSERT_FALSE(IdBlock::open(path, kNow)) << i;
  }
  EXPECT_FALSE(IdBlock::open("/nonexistent/ids", kNow));
}

TEST(IdBlock, ARefillThatCannotBeWrittenGivesNoIds) {
  const test::TempDirectory directory;
  const std::string folder = directory.file("state");
  std::filesystem::create_directory(folder);
  const auto block = open_or_fail(folder + "/ids");
  std::filesystem::remove_all(folder);
  while (block->next()) {
  }
  EXPECT_FALSE(block->refill());
  EXPECT_FALSE(block->next());
}

TEST(IdBlock, OneThreadTakesWhileAnotherRefills) {
  const test::TempDirectory directory;
  const auto block = open_or_fail(directory.file("ids"));
  std::atomic<bool> done{false};
  std::thread cold{[&] {
    while (!done.load()) {
      if (!block->refill()) break;
      std::this_thread::yield();
    }
  }};
  std::uint64_t last = 0;
  for (int taken = 0; taken < 60'000;) {
    const auto id = block->next();
    if (!id) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_GT(id->raw(), last);
    last = id->raw();
    ++taken;
  }
  done.store(true);
  cold.join();
}

}  // namespace
}  // namespace portcullis
