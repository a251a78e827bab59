#include "feeds/book_builder.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/feeds/feed_world.hpp"

namespace portcullis::feeds {
namespace {

using test::level;

class BookBuilderTest : public testing::Test {
 protected:
  DepthOutcome depth(std::uint64_t first, std::uint64_t last, std::vector<BookLevel> bids = {},
                     std::vector<BookLevel> asks = {}) {
    return builder_.on_depth(SeqNum{first}, SeqNum{last}, bids, asks);
  }
  SnapshotOutcome snapshot(std::uint64_t last) {
    const std::vector<BookLevel> bids{level("10", "1"), level("9", "1")};
    const std::vector<BookLevel> asks{level("11", "1"), level("12", "1")};
    return builder_.on_snapshot(SeqNum{last}, bids, asks);
  }
  void sync_at(std::uint64_t last) {
    depth(last, last);
    ASSERT_EQ(snapshot(last), SnapshotOutcome::kSynced);
  }

  BookBuilder builder_;
};

TEST_F(BookBuilderTest, StartsEmptyAndWantsNothingBeforeTheFirstEvent) {
  EXPECT_EQ(builder_.state(), BookState::kEmpty);
  EXPECT_FALSE(builder_.wants_snapshot());
  EXPECT_EQ(snapshot(100), SnapshotOutcome::kNotWanted);
  EXPECT_EQ(builder_.state(), BookState::kEmpty);
}

TEST_F(BookBuilderTest, BuffersFromTheFirstEventOnAndAsksForASnapshot) {
  EXPECT_EQ(depth(100, 105), DepthOutcome::kBuffered);
  EXPECT_EQ(builder_.state(), BookState::kBuffering);
  EXPECT_TRUE(builder_.wants_snapshot());
}

TEST_F(BookBuilderTest, SnapshotStrictlyOlderThanTheFirstEventIsFetchedAgain) {
  depth(100, 105);
  EXPECT_EQ(snapshot(99), SnapshotOutcome::kTooOld);
  EXPECT_EQ(builder_.state(), BookState::kBuffering);
  EXPECT_TRUE(builder_.wants_snapshot());
  EXPECT_EQ(snapshot(100), SnapshotOutcome::kSynced);
}

TEST_F(BookBuilderTest, DropsBufferedEventsThatTheSnapshotHolds) {
  depth(100, 105, {level("10", "7")});
  depth(106, 110, {level("10", "8")});
  depth(111, 115, {level("9", "0")});
  EXPECT_EQ(snapshot(110), SnapshotOutcome::kSynced);
  EXPECT_EQ(builder_.dropped_count(), 2U);
  EXPECT_EQ(builder_.applied_count(), 1U);
  EXPECT_EQ(builder_.update_id(), SeqNum{115});
  EXPECT_EQ(builder_.book().best(Side::kBuy), level("10", "1"));  // not 7, not 8
  EXPECT_EQ(builder_.book().level_count(Side::kBuy), 1U);
}

TEST_F(BookBuilderTest, SnapshotInsideAnEventAppliesThatEvent) {
  depth(100, 105);
  depth(106, 110, {level("10", "8")});
  EXPECT_EQ(snapshot(108), SnapshotOutcome::kSynced);
  EXPECT_EQ(builder_.book().best(Side::kBuy), level("10", "8"));
  EXPECT_EQ(builder_.update_id(), SeqNum{110});
}

TEST_F(BookBuilderTest, SnapshotOnAnEventBoundarySyncs) {
  depth(100, 105);
  depth(106, 110, {level("10", "8")});
  EXPECT_EQ(snapshot(105), SnapshotOutcome::kSynced);  // first left: U == lastUpdateId + 1
  EXPECT_EQ(builder_.update_id(), SeqNum{110});
}

TEST_F(BookBuilderTest, SnapshotNewerThanAllThatIsBufferedSyncsAndLiveEventsJoin) {
  depth(100, 105);
  EXPECT_EQ(snapshot(200), SnapshotOutcome::kSynced);
  EXPECT_EQ(builder_.update_id(), SeqNum{200});
  EXPECT_EQ(depth(150, 199), DepthOutcome::kIgnored);
  EXPECT_EQ(depth(196, 205, {level("10", "4")}), DepthOutcome::kApplied);
  EXPECT_EQ(builder_.book().best(Side::kBuy), level("10", "4"));
}

TEST_F(BookBuilderTest, GapVoidsTheBookAtOnceAndTheGapEventIsBuffered) {
  sync_at(100);
  EXPECT_EQ(depth(102, 105, {level("10", "9")}), DepthOutcome::kGap);
  EXPECT_EQ(builder_.state(), BookState::kStale);
  EXPECT_EQ(builder_.book().level_count(Side::kBuy), 0U);
  EXPECT_TRUE(builder_.wants_snapshot());
  EXPECT_EQ(snapshot(101), SnapshotOutcome::kTooOld);
  EXPECT_EQ(depth(106, 107), DepthOutcome::kBuffered);
  EXPECT_EQ(builder_.state(), BookState::kStale);
  EXPECT_EQ(snapshot(104), SnapshotOutcome::kSynced);
  EXPECT_EQ(builder_.book().best(Side::kBuy), level("10", "9"));
  EXPECT_EQ(builder_.update_id(), SeqNum{107});
}

TEST_F(BookBuilderTest, HoleInTheBufferNeedsANewerSnapshot) {
  depth(100, 105);
  depth(106, 110);
  depth(120, 125, {level("10", "3")});
  EXPECT_EQ(snapshot(107), SnapshotOutcome::kGap);
  EXPECT_NE(builder_.state(), BookState::kSynced);
  EXPECT_EQ(builder_.book().level_count(Side::kBuy), 0U);
  EXPECT_EQ(builder_.buffered_events(), 1U);
  EXPECT_EQ(snapshot(115), SnapshotOutcome::kTooOld);  // before what is left
  EXPECT_EQ(snapshot(121), SnapshotOutcome::kSynced);
  EXPECT_EQ(builder_.book().best(Side::kBuy), level("10", "3"));
}

TEST_F(BookBuilderTest, SnapshotWhileSyncedChangesNothing) {
  sync_at(100);
  EXPECT_EQ(snapshot(500), SnapshotOutcome::kNotWanted);
  EXPECT_EQ(builder_.update_id(), SeqNum{100});
}

TEST_F(BookBuilderTest, InvalidateVoidsTheBookAndForgetsTheBuffer) {
  sync_at(100);
  builder_.invalidate();
  EXPECT_EQ(builder_.state(), BookState::kStale);
  EXPECT_FALSE(builder_.wants_snapshot());
  EXPECT_EQ(snapshot(200), SnapshotOutcome::kNotWanted);
  depth(300, 301);
  EXPECT_EQ(snapshot(300), SnapshotOutcome::kSynced);
}

TEST(BookBuilderLimitsTest, TooManyEventsStartTheBufferAgain) {
  BookBuilder builder{{.book_levels_max = 10, .buffered_events_max = 2, .buffered_levels_max = 8}};
  EXPECT_EQ(builder.on_depth(SeqNum{1}, SeqNum{1}, {}, {}), DepthOutcome::kBuffered);
  EXPECT_EQ(builder.on_depth(SeqNum{2}, SeqNum{2}, {}, {}), DepthOutcome::kBuffered);
  EXPECT_EQ(builder.on_depth(SeqNum{3}, SeqNum{3}, {}, {}), DepthOutcome::kBufferOverflow);
  EXPECT_EQ(builder.buffered_events(), 1U);
  EXPECT_EQ(builder.on_snapshot(SeqNum{2}, {}, {}), SnapshotOutcome::kTooOld);
  EXPECT_EQ(builder.on_snapshot(SeqNum{3}, {}, {}), SnapshotOutcome::kSynced);
}

TEST(BookBuilderLimitsTest, AnEventLargerThanTheBufferIsNotKept) {
  BookBuilder builder{{.book_levels_max = 10, .buffered_events_max = 9, .buffered_levels_max = 2}};
  const std::vector<BookLevel> three(3, level("1", "1"));
  EXPECT_EQ(builder.on_depth(SeqNum{1}, SeqNum{1}, three, {}), DepthOutcome::kBufferOverflow);
  EXPECT_FALSE(builder.wants_snapshot());
}

}  // namespace
}  // namespace portcullis::feeds
