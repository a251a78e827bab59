#include "sim/latency/latency_lane.hpp"

#include <chrono>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim_net/fake_line.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::microseconds;
using Numbers = std::vector<int>;

class LatencyLaneTest : public ::testing::Test {
 protected:
  void pass(int number, microseconds delay) {
    lane_->pass(delay, [this, number] { arrived_.push_back(number); });
  }

  test::FakeScheduler scheduler_;
  std::optional<LatencyLane> lane_{scheduler_};
  Numbers arrived_;
};

TEST_F(LatencyLaneTest, PassesAtOnceWhatHasNoDelayAndNothingAhead) {
  pass(1, microseconds{0});
  EXPECT_EQ(arrived_, Numbers{1});
  EXPECT_TRUE(scheduler_.tasks.empty());
}

TEST_F(LatencyLaneTest, TakesTheWholeDelay) {
  pass(1, microseconds{50});
  scheduler_.advance(microseconds{49});
  EXPECT_EQ(arrived_, Numbers{});
  scheduler_.advance(microseconds{1});
  EXPECT_EQ(arrived_, Numbers{1});
}

TEST_F(LatencyLaneTest, NeverLetsTheLaterOutEarlier) {
  pass(1, microseconds{50});
  pass(2, microseconds{10});
  pass(3, microseconds{0});
  pass(4, microseconds{80});
  scheduler_.advance(microseconds{49});
  EXPECT_EQ(arrived_, Numbers{}) << "the slow one in front holds what is behind it";
  scheduler_.advance(microseconds{1});
  EXPECT_EQ(arrived_, (Numbers{1, 2, 3}));
  scheduler_.advance(microseconds{30});
  EXPECT_EQ(arrived_, (Numbers{1, 2, 3, 4}));
  pass(5, microseconds{0});
  EXPECT_EQ(arrived_.back(), 5) << "nothing is ahead any more";
}

TEST_F(LatencyLaneTest, WhatIsPassedOnArrivalStaysBehind) {
  lane_->pass(microseconds{10}, [this] {
    arrived_.push_back(1);
    pass(3, microseconds{0});
  });
  pass(2, microseconds{5});
  scheduler_.advance(microseconds{10});
  EXPECT_EQ(arrived_, (Numbers{1, 2, 3}));
}

TEST_F(LatencyLaneTest, WhatIsUnderWayArrivesWithoutIt) {
  pass(1, microseconds{10});
  pass(2, microseconds{20});
  lane_.reset();
  scheduler_.advance(microseconds{20});
  EXPECT_EQ(arrived_, (Numbers{1, 2}));
}

}  // namespace
}  // namespace portcullis::sim
