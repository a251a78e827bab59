#include "feeds/sequence_tracker.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace portcullis::feeds {
namespace {

constexpr SequenceVerdict judge(std::uint64_t book, std::uint64_t first, std::uint64_t last) {
  return judge_sequence(SeqNum{book}, SeqNum{first}, SeqNum{last});
}

TEST(SequenceTracker, NextEventApplies) {
  EXPECT_EQ(judge(100, 101, 105), SequenceVerdict::kApply);
}
TEST(SequenceTracker, OverlappingEventApplies) {
  EXPECT_EQ(judge(100, 90, 105), SequenceVerdict::kApply);
}
TEST(SequenceTracker, EventEndingAtTheBookAppliesOnceMore) {
  EXPECT_EQ(judge(100, 95, 100), SequenceVerdict::kApply);
}
TEST(SequenceTracker, OlderEventIsIgnored) {
  EXPECT_EQ(judge(100, 90, 99), SequenceVerdict::kIgnore);
}
TEST(SequenceTracker, OneMissingUpdateIsAGap) {
  EXPECT_EQ(judge(100, 102, 105), SequenceVerdict::kGap);
}
TEST(SequenceTracker, TopOfTheRangeDoesNotWrap) {
  constexpr std::uint64_t kTop = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(judge(kTop, 0, kTop), SequenceVerdict::kApply);
  EXPECT_EQ(judge(kTop, 0, 5), SequenceVerdict::kIgnore);
  EXPECT_EQ(judge(kTop - 1, kTop, kTop), SequenceVerdict::kApply);
  EXPECT_EQ(judge(0, kTop, kTop), SequenceVerdict::kGap);
}

}  // namespace
}  // namespace portcullis::feeds
