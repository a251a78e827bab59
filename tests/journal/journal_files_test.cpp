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

std::unique_ptr<FileSegments> open_to_write(const std::string& directory) {
  auto store = FileSegments::open_to_write(directory);
  EXPECT_TRUE(store.has_value()) << store.error().text;
  return store ? std::move(*store) : nullptr;
}

Contents read_files(const std::string& directory) {
  const auto store = FileSegments::open_to_read(directory);
  EXPECT_TRUE(store.has_value()) << store.error().text;
  return read_all(**store);
}

TEST(JournalFiles, WhatWasAppendedIsReadByAnotherStore) {
  const TempDirectory folder;
  const std::string directory = folder.file("journal");
  for (std::uint64_t run = 0; run < 3; ++run) {
    const auto store = open_to_write(directory);
    const auto journal = resume(*store);
    fill(*journal, 1 + run * 40, 40);
    journal->close(at_ms(2));
  }
  const Contents contents = read_files(directory);
  EXPECT_FALSE(contents.damage.has_value()) << contents.damage->text;
  EXPECT_EQ(contents.numbers, numbers_up_to(120));
}

TEST(JournalFiles, ASecondProcessIsRefused) {
  const TempDirectory folder;
  const auto first = open_to_write(folder.path());
  const auto second = FileSegments::open_to_write(folder.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().failure, FileSegments::Failure::kInUse);
  EXPECT_NE(second.error().text.find("another process writes this journal"), std::string::npos);
}

TEST(JournalFiles, ADirectoryThatIsNotThereOrNotOursIsAnErrorThatNamesIt) {
  EXPECT_FALSE(FileSegments::open_to_read("/nowhere/journal").has_value());
  const auto refused = FileSegments::open_to_write("/proc/journal");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().failure, FileSegments::Failure::kUnusable);
  EXPECT_NE(refused.error().text.find("/proc/journal"), std::string::npos);
}

TEST(JournalFiles, OtherFilesInTheDirectoryAreLeftAlone) {
  const TempDirectory folder;
  folder.write("000000000001.journal.cut1", "x");
  folder.write("notes.txt", "x");
  folder.write("00000000000x.journal", "x");
  const auto store = open_to_write(folder.path());
  EXPECT_TRUE(store->list()->empty());
}

TEST(JournalFiles, WhatLiesBehindATornTailIsSetAsideAndKept) {
  const TempDirectory folder;
  const auto store = open_to_write(folder.path());
  {
    const auto journal = resume(*store);
    fill(*journal, 1, 30, 100);  // nothing sealed; the keeper has no turn, so two segments at most
  }
  {
    std::fstream file{folder.file("000000000001.journal"),
                      std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes) + 10 * 56 + 40);
    file.put('?');
  }
  const auto journal = resume(*store);
  EXPECT_EQ(read_files(folder.path()).numbers, numbers_up_to(10));
  EXPECT_TRUE(std::filesystem::exists(folder.file("000000000002.journal.cut1")));
}

// kill -9 while one thread appends and another syncs: what the page cache has is read.
TEST(JournalFiles, AKilledProcessLosesNoRecord) {
  for (int round = 0; round < 20; ++round) {
    const TempDirectory folder;
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open_to_write(folder.path());
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
    const Contents contents = read_files(folder.path());
    ASSERT_TRUE(!contents.damage || contents.damage->kind == DamageKind::kTornTail)
        << contents.damage->text;
    ASSERT_GE(contents.numbers.size(), last);
    ASSERT_LE(contents.numbers.size(), last + 1);
    ASSERT_EQ(contents.numbers, numbers_up_to(contents.numbers.size()));
  }
}

}  // namespace
}  // namespace portcullis::journal::test
