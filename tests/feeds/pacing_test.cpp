#include <chrono>
#include <deque>

#include <gtest/gtest.h>

#include "feeds/binance/frame_pacer.hpp"
#include "feeds/binance/percent_encoding.hpp"
#include "feeds/binance/weight_budget.hpp"

namespace portcullis::feeds::binance {
namespace {

using namespace std::chrono_literals;

TEST(FramePacer, NeverLetsFiveFramesOfOursIntoASecond) {
  FramePacer pacer;
  std::deque<MonoTime> sent;
  for (MonoTime now = mono_time(5'000'000'000); now < mono_time(15'000'000'000); now += 10ms) {
    if (!pacer.may_send(now)) continue;
    pacer.on_sent(now);
    sent.push_back(now);
  }
  for (std::size_t i = FramePacer::kFramesMax; i < sent.size(); ++i) {
    EXPECT_GT(sent[i] - sent[i - FramePacer::kFramesMax], 1s);
  }
  EXPECT_GT(sent.size(), 25U);  // and does not starve
}

TEST(FramePacer, PongsUseUpTheBudgetToo) {
  FramePacer pacer;
  const MonoTime now = mono_time(1);
  for (int i = 0; i < 4; ++i) pacer.on_sent(now);
  EXPECT_FALSE(pacer.may_send(now + 1s));
  EXPECT_TRUE(pacer.may_send(now + 1200ms));
  pacer.reset();
  EXPECT_TRUE(pacer.may_send(now));
}

TEST(WeightBudget, WeighsDepthRequestsByTheirLimit) {
  EXPECT_EQ(depth_request_weight(100), 5);
  EXPECT_EQ(depth_request_weight(101), 25);
  EXPECT_EQ(depth_request_weight(500), 25);
  EXPECT_EQ(depth_request_weight(1000), 50);
  EXPECT_EQ(depth_request_weight(5000), 250);
}

TEST(WeightBudget, WaitsForTheNextClockMinuteWhenUsedUp) {
  WeightBudget budget{600};
  const WallTime now = wall_time(0) + 10min + 20s;
  EXPECT_EQ(budget.wait_for(250, now), 0s);
  budget.on_request(250, now);
  budget.on_request(250, now);
  EXPECT_EQ(budget.wait_for(100, now), 0s);
  EXPECT_EQ(budget.wait_for(250, now), 40s);
  EXPECT_EQ(budget.wait_for(250, now + 40s), 0s);
}

TEST(WeightBudget, BelievesTheVenueWhenItCountsMore) {
  WeightBudget budget{600};
  const WallTime now = wall_time(0) + 1s;
  budget.on_request(5, now);
  budget.on_reported(590, now);
  EXPECT_EQ(budget.wait_for(50, now), 59s);
  budget.on_reported(-1, now);
  EXPECT_EQ(budget.wait_for(50, now), 59s);
}

TEST(WeightBudget, ARequestAboveTheBudgetGetsAWindowOfItsOwn) {
  WeightBudget budget{100};
  const WallTime now = wall_time(0) + 1s;
  EXPECT_EQ(budget.wait_for(250, now), 0s);
  budget.on_request(250, now);
  EXPECT_EQ(budget.wait_for(250, now), 59s);
}

TEST(PercentEncoding, LeavesPlainSymbolsAndEncodesTheRest) {
  EXPECT_EQ(percent_encoded("BTCUSDT"), "BTCUSDT");
  EXPECT_EQ(percent_encoded("币\"&"), "%E5%B8%81%22%26");
}

}  // namespace
}  // namespace portcullis::feeds::binance
