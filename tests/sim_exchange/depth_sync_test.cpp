// The venue's recipe for a local book, case by case.
#include "sim/markets/depth_sync.hpp"

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using Step = DepthSync::Step;

DepthUpdate spot(std::uint64_t first, std::uint64_t last) {
  return {.first_id = first, .last_id = last};
}
DepthUpdate futures(std::uint64_t first, std::uint64_t last, std::uint64_t previous) {
  return {.first_id = first, .last_id = last, .previous_id = previous};
}
Step show(DepthSync& sync, DepthUpdate update) {
  return sync.on_update(update);
}
DepthSync at_image(std::uint64_t last_id) {
  DepthSync sync;
  EXPECT_TRUE(sync.on_image(last_id));
  return sync;
}

TEST(DepthSyncSpot, KeepsUntilTheImageAndGivesBackInOrder) {
  DepthSync sync;
  EXPECT_EQ(show(sync, spot(5, 9)), Step::kKeep);
  EXPECT_EQ(show(sync, spot(10, 12)), Step::kKeep);
  EXPECT_FALSE(sync.is_synced());
  EXPECT_TRUE(sync.on_image(9));
  auto early = sync.take_early();
  ASSERT_EQ(early.size(), 2U);
  EXPECT_EQ(sync.on_update(early[0]), Step::kDrop);
  EXPECT_EQ(sync.on_update(early[1]), Step::kApply);
  EXPECT_EQ(sync.last_id(), 12U);
  EXPECT_TRUE(sync.take_early().empty());
}

TEST(DepthSyncSpot, AnImageBeforeTheFirstUpdateIsTooOld) {
  DepthSync sync;
  (void)show(sync, spot(10, 12));
  EXPECT_FALSE(sync.on_image(8));  // 9 is nowhere
  EXPECT_FALSE(sync.is_synced());
  EXPECT_TRUE(sync.on_image(9));
  EXPECT_EQ(sync.take_early().size(), 1U);
}

TEST(DepthSyncSpot, AnImageInsideAnUpdateIsFollowedByIt) {
  DepthSync sync = at_image(11);
  EXPECT_EQ(show(sync, spot(10, 12)), Step::kApply);
  EXPECT_EQ(show(sync, spot(13, 13)), Step::kApply);
}

TEST(DepthSyncSpot, AMissingUpdateIsAGapAndTheNextIsNone) {
  DepthSync sync = at_image(10);
  EXPECT_EQ(show(sync, spot(12, 14)), Step::kGap);
  EXPECT_EQ(show(sync, spot(15, 15)), Step::kApply);
}

TEST(DepthSyncSpot, ARepeatedUpdateIsDropped) {
  DepthSync sync = at_image(10);
  EXPECT_EQ(show(sync, spot(11, 14)), Step::kApply);
  EXPECT_EQ(show(sync, spot(11, 14)), Step::kDrop);
  EXPECT_EQ(show(sync, spot(9, 12)), Step::kDrop);
}

TEST(DepthSyncSpot, AfterARestartAnImageIsNeededAgain) {
  DepthSync sync = at_image(10);
  sync.restart();
  EXPECT_EQ(show(sync, spot(11, 14)), Step::kKeep);
  EXPECT_TRUE(sync.on_image(14));
  EXPECT_EQ(show(sync, spot(15, 15)), Step::kApply);
}

TEST(DepthSyncSpot, AnImageThatNeverComesDoesNotFillTheMemory) {
  DepthSync sync{3};
  for (std::uint64_t id = 1; id <= 10; ++id) (void)show(sync, spot(id, id));
  EXPECT_FALSE(sync.on_image(6));
  EXPECT_TRUE(sync.on_image(7));
  EXPECT_EQ(sync.take_early().size(), 3U);
}

TEST(DepthSyncFutures, TheUpdateThatEndsAtTheImageIsApplied) {
  DepthSync sync = at_image(100);
  EXPECT_EQ(show(sync, futures(80, 99, 70)), Step::kDrop);
  EXPECT_EQ(show(sync, futures(95, 100, 90)), Step::kApply);
  EXPECT_EQ(show(sync, futures(150, 160, 100)), Step::kApply);  // ids jump, the chain holds
  EXPECT_EQ(show(sync, futures(150, 160, 100)), Step::kDrop);
}

TEST(DepthSyncFutures, ABrokenChainIsAGap) {
  DepthSync sync = at_image(100);
  EXPECT_EQ(show(sync, futures(95, 110, 90)), Step::kApply);
  EXPECT_EQ(show(sync, futures(111, 120, 108)), Step::kGap);
}

TEST(DepthSyncFutures, TheFirstUpdateMustHoldTheImage) {
  DepthSync late = at_image(100);
  EXPECT_EQ(show(late, futures(101, 110, 99)), Step::kGap);
  DepthSync early;
  (void)show(early, futures(101, 110, 99));
  EXPECT_FALSE(early.on_image(100));
  EXPECT_TRUE(early.on_image(101));
}

}  // namespace
}  // namespace portcullis::sim
