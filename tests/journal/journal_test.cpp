// The journal on a disk in memory: what is written is read, over segments, restarts and the faults
// of a disk.
#include <random>

#include <gtest/gtest.h>

#include "tests/journal/journal_fixture.hpp"

namespace portcullis::journal::test {
namespace {

TEST(Journal, AnEmptyOneIsReadAndResumed) {
  MemorySegments disk;
  EXPECT_TRUE(read_all(disk).numbers.empty());
  const auto journal = resume(disk);
  EXPECT_FALSE(read_all(disk).damage.has_value());
}

TEST(Journal, WhatWasAppendedIsReadInOrderOverManySegments) {
  MemorySegments disk;
  const auto journal = resume(disk);
  fill(*journal, 1, 100);
  journal->close(at_ms(2));
  const Contents contents = read_all(disk);
  EXPECT_FALSE(contents.damage.has_value()) << contents.damage->text;
  EXPECT_EQ(contents.numbers, numbers_up_to(100));
  EXPECT_GT(disk.list()->size(), 5u);
  EXPECT_EQ(contents.sealed, journal->keeper().sealed());
}

TEST(Journal, ARestartGoesOnBehindTheLastRecord) {
  MemorySegments disk;
  for (std::uint64_t run = 0; run < 5; ++run) {
    const auto journal = resume(disk);
    fill(*journal, 1 + run * 10, 10, 3);
    // Every other run ends as a killed process does: with nothing closed.
    if (run % 2 == 0) journal->close(at_ms(2));
  }
  const Contents contents = read_all(disk);
  EXPECT_FALSE(contents.damage.has_value()) << contents.damage->text;
  EXPECT_EQ(contents.numbers, numbers_up_to(50));
}

TEST(Journal, ARestartLeavesNoSpaceUnused) {
  MemorySegments disk;
  for (int run = 0; run < 3; ++run) {
    const auto journal = resume(disk);
    ASSERT_TRUE(append(*journal, 1));
    journal->close(at_ms(2));
  }
  (void)resume(disk);
  ASSERT_EQ(disk.list()->size(), 5u) << "three old ones, a new one and its spare";
  EXPECT_LT(disk.bytes(1).size(), kSegmentHeaderBytes + 512);
}

TEST(Journal, RecordsAreDurableAfterAKeepersTurnAndNotBefore) {
  MemorySegments disk;
  const auto journal = resume(disk);
  ASSERT_TRUE(append(*journal, 1));
  EXPECT_LT(journal->durable(), journal->position());
  EXPECT_TRUE(journal->turn(at_ms(1).mono));
  EXPECT_EQ(journal->durable(), journal->position());
}

TEST(Journal, AnIdleOneLeavesTheDiskAlone) {
  MemorySegments disk;
  const auto journal = resume(disk);
  ASSERT_TRUE(append(*journal, 1));
  for (int i = 0; i < 4; ++i) {
    (void)journal->turn(at_ms(1).mono);
    (void)journal->embed_seal(at_ms(1));
  }
  const int before = disk.sync_count;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(journal->turn(at_ms(1).mono));
    EXPECT_FALSE(journal->embed_seal(at_ms(1)));
  }
  EXPECT_EQ(disk.sync_count, before);
}

TEST(Journal, PowerLossKeepsEveryDurableRecordAndNoHole) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random{seed};
    MemorySegments disk;
    std::uint64_t next = 1;
    for (int run = 0; run < 3; ++run) {
      const auto journal = resume(disk);
      std::uint64_t durable_last = next - 1;
      const std::uint64_t count = random() % 60;
      for (std::uint64_t i = 0; i < count; ++i) {
        if (!append(*journal, next)) break;  // the keeper has had no turn for a whole segment
        ++next;
        if (random() % 8 == 0) {
          (void)journal->turn(at_ms(1).mono);
          durable_last = next - 1;
        }
        if (random() % 4 == 0) (void)journal->embed_seal(at_ms(1));
      }
      disk.lose_power([&] { return random() % 2 == 0; });
      const Contents contents = read_all(disk);
      ASSERT_TRUE(!contents.damage || contents.damage->kind == DamageKind::kTornTail)
          << "seed " << seed << ": " << contents.damage->text;
      ASSERT_GE(contents.numbers.size(), durable_last) << "seed " << seed;
      ASSERT_EQ(contents.numbers, numbers_up_to(contents.numbers.size())) << "seed " << seed;
      next = contents.numbers.size() + 1;
    }
  }
}

TEST(Journal, AFullDiskStopsOrdersWhileRoomIsLeftForTheRest) {
  MemorySegments disk;
  const auto journal = resume(disk);
  disk.is_full = true;
  std::uint64_t next = 1;
  while (journal->refusal(at_ms(1).mono) == JournalRefusal::kNone) {
    ASSERT_TRUE(append(*journal, next++)) << "an order was let through that finds no room";
    (void)journal->turn(at_ms(1).mono);
    (void)journal->embed_seal(at_ms(1));
  }
  EXPECT_EQ(journal->refusal(at_ms(1).mono), JournalRefusal::kNoSpace);
  EXPECT_EQ(journal->health(), JournalHealth::kNoSpace);
  EXPECT_NE(journal->keeper().error().find("no space"), std::string::npos);
  // Cancels, reports and the kill.
  ASSERT_TRUE(append(*journal, next));
  disk.is_full = false;
  EXPECT_TRUE(journal->turn(at_ms(1'001).mono)) << "tried again after a second";
  EXPECT_TRUE(journal->turn(at_ms(1'001).mono)) << "and piece by piece";
  EXPECT_EQ(journal->refusal(at_ms(1'001).mono), JournalRefusal::kNone);
  journal->close(at_ms(1'002));
  EXPECT_EQ(read_all(disk).numbers, numbers_up_to(next));
}

TEST(Journal, AFailedSyncIsNeverAskedAgainAndStopsOrdersForGood) {
  MemorySegments disk;
  const auto journal = resume(disk);
  ASSERT_TRUE(append(*journal, 1));
  (void)journal->turn(at_ms(1).mono);
  const std::uint64_t durable = journal->durable();
  disk.is_sync_failing = true;
  ASSERT_TRUE(append(*journal, 2));
  (void)journal->turn(at_ms(2).mono);
  EXPECT_EQ(journal->refusal(at_ms(2).mono), JournalRefusal::kFailed);
  disk.is_sync_failing = false;
  for (std::uint64_t i = 3; i <= 40; ++i) {
    (void)append(*journal, i);  // into the next segment as well
    (void)journal->turn(at_ms(static_cast<std::int64_t>(i) * 1'000).mono);
  }
  journal->close(at_ms(50'000));
  EXPECT_EQ(journal->refusal(at_ms(60'000).mono), JournalRefusal::kFailed);
  EXPECT_EQ(journal->durable(), durable) << "claims what no sync has said";
  EXPECT_EQ(disk.file(1).failed_syncs, 0);
  EXPECT_NE(journal->keeper().error().find("sync failed"), std::string::npos);
}

TEST(Journal, AStandingDiskStopsOrdersAfterAWhileAndNotForGood) {
  MemorySegments disk;
  const auto journal = resume(disk);
  ASSERT_TRUE(append(*journal, 1, at_ms(0)));
  (void)journal->embed_seal(at_ms(0));  // a turn's end
  ASSERT_TRUE(append(*journal, 2, at_ms(900)));
  EXPECT_EQ(journal->refusal(at_ms(999).mono), JournalRefusal::kNone);
  EXPECT_EQ(journal->refusal(at_ms(1'000).mono), JournalRefusal::kStalled);
  (void)journal->turn(at_ms(1'001).mono);
  EXPECT_EQ(journal->refusal(at_ms(1'001).mono), JournalRefusal::kNone);
}

// A fill and the order that follows from it: the fill is being synced when the order is written,
// and then the disk stands still while the market is quiet.
TEST(Journal, AStandingDiskIsNoticedWithoutAnotherRecord) {
  MemorySegments disk;
  const auto journal = resume(disk);
  ASSERT_TRUE(append(*journal, 1, at_ms(0)));
  (void)journal->embed_seal(at_ms(0));
  disk.context = journal.get();
  disk.meanwhile = [](void* context) {
    EXPECT_TRUE(append(*static_cast<Journal*>(context), 2, at_ms(1)));
  };
  (void)journal->turn(at_ms(2).mono);
  ASSERT_LT(journal->durable(), journal->position());
  (void)journal->embed_seal(at_ms(3));
  EXPECT_EQ(journal->refusal(at_ms(900).mono), JournalRefusal::kNone);
  EXPECT_EQ(journal->refusal(at_ms(1'100).mono), JournalRefusal::kStalled);
}

TEST(Journal, AStandingDiskIsSaidBeforeItsLackOfRoom) {
  MemorySegments disk;
  const auto journal = resume(disk);
  std::uint64_t next = 1;
  while (append(*journal, next, at_ms(1))) ++next;
  (void)journal->embed_seal(at_ms(1));
  EXPECT_EQ(journal->refusal(at_ms(2).mono), JournalRefusal::kNoSpace);
  EXPECT_EQ(journal->refusal(at_ms(2'000).mono), JournalRefusal::kStalled);
}

// The next segment takes many times what a sync does.
TEST(Journal, WhatIsWrittenIsSyncedBetweenTwoPiecesOfTheNextSegment) {
  MemorySegments disk;
  const auto journal = resume(disk);
  std::uint64_t next = 1;
  while (!journal->keeper().is_making()) {
    ASSERT_TRUE(append(*journal, next++));
    (void)journal->turn(at_ms(1).mono);
  }
  ASSERT_TRUE(append(*journal, next++));
  (void)journal->turn(at_ms(1).mono);
  EXPECT_EQ(journal->durable(), journal->position());
  EXPECT_FALSE(journal->keeper().is_making());
}

TEST(Journal, WithoutASpareAndWithoutRoomAnAppendIsRefusedAndCounted) {
  MemorySegments disk;
  const auto journal = resume(disk);
  std::uint64_t next = 1;
  while (append(*journal, next)) ++next;  // the keeper has no turn: two segments in all
  EXPECT_EQ(journal->lost_count(), 1u);
  (void)journal->turn(at_ms(1).mono);
  (void)journal->turn(at_ms(1).mono);
  ASSERT_TRUE(append(*journal, next)) << "a new spare";
  journal->close(at_ms(2));
  EXPECT_EQ(read_all(disk).numbers, numbers_up_to(next));
}

}  // namespace
}  // namespace portcullis::journal::test
