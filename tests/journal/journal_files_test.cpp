// The journal in real files.
#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/journal/file_segments.hpp"
#include "tests/core/temp_directory.hpp"
#include "tests/journal/journal_fixture.hpp"

namespace portcullis::journal::test {
namespace {

using portcullis::test::TempDirectory;

// A directory with what a journal needs: its own folder, and one in the place of memory, so that a
// test leaves nothing there.
class JournalFiles : public testing::Test {
 protected:
  JournalFiles() { std::filesystem::create_directory(memory_); }

  [[nodiscard]] std::unique_ptr<FileSegments> open_to_write() const {
    auto store = FileSegments::open_to_write(directory_, memory_);
    EXPECT_TRUE(store.has_value()) << store.error().text;
    return store ? std::move(*store) : nullptr;
  }
  [[nodiscard]] Contents read_files() const {
    const auto store = FileSegments::open_to_read(directory_, memory_);
    EXPECT_TRUE(store.has_value()) << store.error().text;
    return read_all(**store);
  }
  [[nodiscard]] bool is_memory_empty() const { return std::filesystem::is_empty(memory_); }
  [[nodiscard]] std::string file(const char* name) const { return directory_ + "/" + name; }
  // As after a power failure: the twins are gone.
  void forget_memory() const {
    std::filesystem::remove_all(memory_);
    std::filesystem::create_directory(memory_);
  }

  const TempDirectory folder_;
  const std::string directory_ = folder_.file("journal");
  const std::string memory_ = folder_.file("memory");
};

TEST_F(JournalFiles, WhatWasAppendedIsReadByAnotherStore) {
  for (std::uint64_t run = 0; run < 3; ++run) {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1 + run * 40, 40);
    journal->close(at_ms(2));
    EXPECT_TRUE(is_memory_empty()) << "an orderly end leaves memory behind";
  }
  const Contents contents = read_files();
  EXPECT_FALSE(contents.damage.has_value()) << contents.damage->text;
  EXPECT_EQ(contents.numbers, numbers_up_to(120));
}

TEST_F(JournalFiles, OneThatIsWrittenMayBeLookedAt) {
  const auto store = open_to_write();
  const auto journal = resume(*store);
  fill(*journal, 1, 10, 100);  // not synced
  EXPECT_EQ(read_files().numbers, numbers_up_to(10));
}

TEST_F(JournalFiles, AKilledRunsUnsyncedRecordsAreCopiedFromMemoryByTheNext) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 10, 100);
  }  // neither synced nor closed
  EXPECT_FALSE(is_memory_empty());
  (void)open_to_write();
  EXPECT_TRUE(is_memory_empty());
  EXPECT_EQ(read_files().numbers, numbers_up_to(10));
}

TEST_F(JournalFiles, APowerFailureKeepsWhatWasSynced) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 10, 5);
    ASSERT_TRUE(append(*journal, 11));
  }
  forget_memory();
  EXPECT_EQ(read_files().numbers, numbers_up_to(10));
}

TEST_F(JournalFiles, WhatAnotherJournalAtThisPathLeftInMemoryIsClearedAway) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 10, 100);
  }
  std::filesystem::remove_all(directory_);
  const auto store = open_to_write();
  EXPECT_TRUE(is_memory_empty());
  EXPECT_TRUE(read_files().numbers.empty());
}

TEST_F(JournalFiles, AMovedJournalsRecordsInMemoryAreFound) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 10, 100);
  }
  const std::string moved = folder_.file("elsewhere");
  std::filesystem::rename(directory_, moved);
  const auto store = FileSegments::open_to_write(moved, memory_);
  ASSERT_TRUE(store.has_value()) << store.error().text;
  EXPECT_EQ(read_all(**store).numbers, numbers_up_to(10));
  EXPECT_TRUE(is_memory_empty());
}

TEST_F(JournalFiles, ATokenThatCannotBeReadRefusesTheStart) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 10, 100);
  }
  folder_.write("journal/token", std::string(100, 'x'));
  const auto refused = FileSegments::open_to_write(directory_, memory_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().text.find("token"), std::string::npos);
  EXPECT_FALSE(is_memory_empty()) << "thrown away";
}

TEST_F(JournalFiles, WithoutRoomInMemoryASegmentIsNotMadeAndNothingStays) {
  const auto store = open_to_write();
  std::filesystem::remove_all(memory_);
  const auto refused = store->create(1, 65'536);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().find(memory_), std::string::npos) << refused.error();
  EXPECT_TRUE(store->list()->empty());
}

TEST_F(JournalFiles, ASecondProcessIsRefused) {
  const auto first = open_to_write();
  const auto second = FileSegments::open_to_write(directory_, memory_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().failure, FileSegments::Failure::kInUse);
  EXPECT_NE(second.error().text.find("another process writes this journal"), std::string::npos);
}

TEST_F(JournalFiles, ADirectoryThatIsNotThereOrNotOursIsAnErrorThatNamesIt) {
  EXPECT_FALSE(FileSegments::open_to_read("/nowhere/journal").has_value());
  const auto refused = FileSegments::open_to_write("/proc/journal");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().failure, FileSegments::Failure::kUnusable);
  EXPECT_NE(refused.error().text.find("/proc/journal"), std::string::npos);
}

TEST_F(JournalFiles, OtherFilesInTheDirectoryAreLeftAlone) {
  std::filesystem::create_directory(directory_);
  for (const char* name : {"000000000001.journal.cut1", "notes.txt", "00000000000x.journal"}) {
    folder_.write("journal/" + std::string{name}, "x");
  }
  const auto store = open_to_write();
  EXPECT_TRUE(store->list()->empty());
}

TEST_F(JournalFiles, WhatLiesBehindATornTailIsSetAsideAndKept) {
  {
    const auto store = open_to_write();
    const auto journal = resume(*store);
    fill(*journal, 1, 30, 100);  // nothing sealed, in two segments
  }
  const auto store = open_to_write();
  {
    std::fstream segment{file("000000000001.journal"),
                         std::ios::in | std::ios::out | std::ios::binary};
    segment.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes) + 10 * 56 + 40);
    segment.put('?');
  }
  const auto journal = resume(*store);
  EXPECT_EQ(read_files().numbers, numbers_up_to(10));
  EXPECT_TRUE(std::filesystem::exists(file("000000000002.journal.cut1")));
}

// kill -9 while one thread appends and another syncs: what it had written in memory is read.
TEST_F(JournalFiles, AKilledProcessLosesNoRecord) {
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove_all(directory_);
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open_to_write();
      const auto journal = resume(*store, kSegmentHeaderBytes + 65'536);
      std::thread keeper{[&] {
        for (std::int64_t ms = 0;; ++ms) (void)journal->turn(at_ms(ms).mono);
      }};
      for (std::uint64_t i = 1;; ++i) {
        while (!append(*journal, i)) std::this_thread::yield();
        (void)journal->embed_seal(at_ms(1));
        if (write(told[1], &i, sizeof i) != sizeof i) _exit(1);
      }
    }
    close(told[1]);
    std::uint64_t last = 0;
    std::uint64_t number = 0;
    for (int i = 0; i < 500 + round * 371; ++i) {
      ASSERT_EQ(read(told[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
      last = number;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    while (read(told[0], &number, sizeof number) == sizeof number) last = number;
    close(told[0]);
    const Contents contents = read_files();
    ASSERT_TRUE(!contents.damage || contents.damage->kind == DamageKind::kTornTail)
        << contents.damage->text;
    ASSERT_GE(contents.numbers.size(), last);
    ASSERT_LE(contents.numbers.size(), last + 1);
    ASSERT_EQ(contents.numbers, numbers_up_to(contents.numbers.size()));
  }
}

}  // namespace
}  // namespace portcullis::journal::test
