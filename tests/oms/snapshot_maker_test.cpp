// Snapshots of a real journal in memory: what is believed of them, what is not, and what is pruned.
#include "oms/snapshot_maker.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class SnapshotMakerTest : public testing::Test {
 protected:
  void SetUp() override {
    world.segment_bytes = 1 << 15;
    world.kill_and_restart();  // the first segment is the fixture's larger one
    world.start_recovered();
    fill_segments(5);
    whole_ = read_whole();
    ASSERT_FALSE(whole_.empty());
  }
  // Orders, traded and closed, and some that stay open, until so many segments are finished.
  void fill_segments(std::uint64_t more) {
    const std::uint64_t last = world.journal->finished_segment() + more;
    for (std::uint64_t trade = 1; world.journal->finished_segment() < last; ++trade) {
      ++trade_id_;
      const OrderId id = world.place(Side::kBuy, "0.5");
      const bool is_whole = trade % 50 != 0;
      world.tell(world.trade(id, trade_id_, is_whole ? "0.5" : "0.25", is_whole ? "0.5" : "0.25",
                             is_whole ? OrderState::kFilled : OrderState::kPartiallyFilled));
      (void)world.take_reports();
    }
    world.step();
  }
  [[nodiscard]] std::vector<std::byte> read_whole() {
    const auto whole = RecoveredOrders::read(world.disk, world.settings);
    EXPECT_TRUE(whole.has_value()) << whole.error();
    return whole ? (*whole)->state() : std::vector<std::byte>{};
  }
  void make(std::uint64_t finished, KeepSegments keep = KeepSegments::kAll) {
    if (world.maker == nullptr || world.maker->keep() != keep) world.use_snapshots(keep);
    while (world.maker->turn(finished, world.now().wall)) {
    }
    ASSERT_EQ(world.maker->failed_count(), 0U) << world.maker->error();
  }
  [[nodiscard]] RecoveredOrders::Result read_newest() {
    return RecoveredOrders::read_newest(world.disk, world.snapshots, world.settings);
  }
  void expect_whole(std::size_t warnings) {
    const auto read = read_newest();
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ((*read)->warnings().size(), warnings);
    EXPECT_TRUE((*read)->state() == whole_);
  }
  [[nodiscard]] std::uint64_t finished() const { return world.journal->finished_segment(); }

  std::unique_ptr<OmsWorld> owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  std::uint64_t trade_id_{0};
  std::vector<std::byte> whole_;
};

TEST_F(SnapshotMakerTest, AStartReadsTheNewestAndNothingOfWhatItStandsFor) {
  make(finished());
  world.disk.bytes(1)[journal::kSegmentHeaderBytes + 100] ^= std::byte{4};
  expect_whole(0);
  world.is_replay_compared = false;
}

TEST_F(SnapshotMakerTest, ADamagedOneIsPassedOverWithAWarningForTheOneBefore) {
  make(finished() - 2);
  make(finished());
  ASSERT_EQ(world.snapshots.files.size(), 2U);
  std::vector<std::byte>& newest = world.snapshots.files.rbegin()->second;
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{60}, newest.size() / 2, newest.size() - 1}) {
    newest[at] ^= std::byte{1};
    ASSERT_NO_FATAL_FAILURE(expect_whole(1)) << "byte " << at;
    newest[at] ^= std::byte{1};
  }
  const std::vector<std::byte> sound = newest;
  newest.resize(newest.size() / 2);
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  newest.clear();
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  newest = sound;
  expect_whole(0);
}

TEST_F(SnapshotMakerTest, WithoutASoundOneTheWholeJournalIsRead) {
  make(finished() - 2);
  make(finished());
  for (auto& [number, bytes] : world.snapshots.files) bytes[40] ^= std::byte{1};
  expect_whole(2);
  for (auto& [number, bytes] : world.snapshots.files) bytes[40] ^= std::byte{1};
}

TEST_F(SnapshotMakerTest, ANewerVersionIsPassedOverAndNamed) {
  make(finished());
  const auto number = world.snapshots.files.rbegin()->first;
  auto snapshot = journal::decode_snapshot(world.snapshots.files[number], number, kStateVersion);
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error();
  snapshot->state_version = kStateVersion + 1;
  world.snapshots.files[number] = journal::encode_snapshot(*snapshot);
  const auto read = read_newest();
  ASSERT_TRUE(read.has_value()) << read.error();
  ASSERT_EQ((*read)->warnings().size(), 1U);
  EXPECT_NE((*read)->warnings()[0].find("newer version"), std::string::npos);
  EXPECT_TRUE((*read)->state() == whole_);
  snapshot->state_version = kStateVersion;
  world.snapshots.files[number] = journal::encode_snapshot(*snapshot);
}

// Sound by itself, and of a journal that went another way: not one byte of it counts.
TEST_F(SnapshotMakerTest, OneThatTheJournalDoesNotContinueIsPassedOver) {
  make(finished());
  const auto number = world.snapshots.files.rbegin()->first;
  auto snapshot = journal::decode_snapshot(world.snapshots.files[number], number, kStateVersion);
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error();
  journal::Snapshot other = *snapshot;
  other.anchor.end.crc ^= 1;
  world.snapshots.files[number] = journal::encode_snapshot(other);
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  other = *snapshot;
  other.anchor.seal.hash[0] ^= std::byte{1};
  world.snapshots.files[number] = journal::encode_snapshot(other);
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  other = *snapshot;
  other.anchor.end.sequence += 1;
  world.snapshots.files[number] = journal::encode_snapshot(other);
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  other = *snapshot;
  other.state.pop_back();
  world.snapshots.files[number] = journal::encode_snapshot(other);
  ASSERT_NO_FATAL_FAILURE(expect_whole(1));
  world.snapshots.files[number] = journal::encode_snapshot(*snapshot);
  expect_whole(0);
}

// It would be one of the two that pruning relies on.
TEST_F(SnapshotMakerTest, OneThatTheJournalDoesNotContinueCountsForNoPruningAndIsNoBeginning) {
  make(finished() - 1);
  const auto number = world.snapshots.files.rbegin()->first;
  auto snapshot = journal::decode_snapshot(world.snapshots.files[number], number, kStateVersion);
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error();
  snapshot->anchor.seal.hash[0] ^= std::byte{1};
  world.snapshots.files[number] = journal::encode_snapshot(*snapshot);
  make(finished(), KeepSegments::kRecent);
  EXPECT_EQ(world.maker->made_count(), 1U);
  EXPECT_EQ(world.disk.list()->front(), 1U);
  expect_whole(0);
  world.is_replay_compared = false;
}

TEST_F(SnapshotMakerTest, PruningLeavesWhatTheLastTwoNeed) {
  make(finished() - 3, KeepSegments::kRecent);
  EXPECT_EQ(world.disk.list()->front(), 1U) << "one snapshot alone stands for nothing";
  make(finished() - 1, KeepSegments::kRecent);
  const std::uint64_t first = world.disk.list()->front();
  EXPECT_GT(first, 1U);
  EXPECT_LE(first, finished() - 3);
  expect_whole(0);
  make(finished(), KeepSegments::kRecent);
  EXPECT_EQ(world.snapshots.files.size(), 2U);
  expect_whole(0);
  // And the older of the two is enough.
  world.snapshots.files.rbegin()->second[50] ^= std::byte{1};
  expect_whole(1);
  world.snapshots.files.rbegin()->second[50] ^= std::byte{1};
}

TEST_F(SnapshotMakerTest, WithoutItsBeginningAndWithoutASnapshotAJournalIsRefused) {
  make(finished() - 1, KeepSegments::kRecent);
  make(finished(), KeepSegments::kRecent);
  for (auto& [number, bytes] : world.snapshots.files) bytes[40] ^= std::byte{1};
  const auto read = read_newest();
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().find("not the first segment"), std::string::npos) << read.error();
  EXPECT_NE(read.error().find("its header is damaged"), std::string::npos) << read.error();
  world.is_replay_compared = false;
}

TEST_F(SnapshotMakerTest, ArchivedSegmentsMovedBackAreTheWholeJournalAgain) {
  make(finished() - 1, KeepSegments::kArchive);
  make(finished(), KeepSegments::kArchive);
  EXPECT_GT(world.disk.list()->front(), 1U);
  EXPECT_EQ(world.disk.archived.begin()->first, 1U);
  EXPECT_EQ(world.disk.archived.rbegin()->first + 1, world.disk.list()->front());
  expect_whole(0);
  world.disk.restore_archived();
  EXPECT_TRUE(read_whole() == whole_);
  expect_whole(0);
}

TEST_F(SnapshotMakerTest, OneThatReadsBackOtherwiseIsRemovedAndNothingIsPruned) {
  make(finished() - 1, KeepSegments::kRecent);
  world.snapshots.is_rotten = true;
  while (world.maker->turn(finished(), world.now().wall)) {
  }
  EXPECT_EQ(world.maker->failed_count(), 1U);
  EXPECT_NE(world.maker->error().find("read back"), std::string::npos) << world.maker->error();
  EXPECT_EQ(world.snapshots.files.size(), 1U);
  EXPECT_EQ(world.disk.list()->front(), 1U);
  expect_whole(0);
}

TEST_F(SnapshotMakerTest, AFullDiskIsToldAndTheNextSegmentTriesAgain) {
  world.use_snapshots(KeepSegments::kRecent);
  world.snapshots.is_full = true;
  while (world.maker->turn(finished() - 1, world.now().wall)) {
  }
  EXPECT_EQ(world.maker->failed_count(), 1U);
  EXPECT_NE(world.maker->error().find("no space"), std::string::npos) << world.maker->error();
  world.snapshots.is_full = false;
  EXPECT_FALSE(world.maker->turn(finished() - 1, world.now().wall));
  while (world.maker->turn(finished(), world.now().wall)) {
  }
  EXPECT_EQ(world.maker->made_count(), 1U);
  expect_whole(0);
}

// It must not write more than the journal itself does.
TEST_F(SnapshotMakerTest, ALongOneWaitsUntilAsMuchHasBeenWritten) {
  const SnapshotMaker::Settings settings{.segment_bytes = world.segment_bytes};
  SnapshotMaker maker{world.disk, world.snapshots, world.settings, settings};
  for (std::uint64_t number = 1; number <= finished(); ++number) {
    while (maker.turn(number, world.now().wall)) {
    }
  }
  ASSERT_EQ(maker.failed_count(), 0U) << maker.error();
  const auto& newest = *world.snapshots.files.rbegin();
  EXPECT_GT(newest.second.size(), world.segment_bytes);
  EXPECT_GT(maker.made_count(), 1U);
  EXPECT_LT(maker.made_count(), finished());
  expect_whole(0);
}

// The process may die between any two steps of making and pruning: what is left is the journal, to
// the same state, and the next process takes up where it was.
TEST_F(SnapshotMakerTest, AKillAfterAnyStepLeavesAJournalThatTellsTheSame) {
  for (const KeepSegments keep : {KeepSegments::kArchive, KeepSegments::kRecent}) {
    std::uint64_t steps = 0;
    for (std::uint64_t number = 2; number <= finished(); ++number) {
      world.use_snapshots(keep);  // another process: it knows nothing
      while (world.maker->turn(number, world.now().wall)) {
        ASSERT_NO_FATAL_FAILURE(expect_whole(0)) << "segment " << number << " step " << steps;
        ++steps;
        if (steps % 3 == 0) world.use_snapshots(keep);
        if (steps > 300) break;
      }
      ASSERT_EQ(world.maker->failed_count(), 0U) << world.maker->error();
    }
    EXPECT_GT(steps, 10U);
  }
}

}  // namespace
}  // namespace portcullis::oms::test
