#include "core/histogram.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/hop_timer.hpp"

namespace portcullis {
namespace {

HistogramSnapshot snapshot_of(const LatencyHistogram& histogram) {
  HistogramSnapshot snapshot;
  histogram.snapshot(snapshot);
  return snapshot;
}

TEST(HistogramShape, EachValueLiesInItsBucketWithThreeDigits) {
  std::mt19937_64 random{11};
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (22 + random() % 42));
    const std::size_t index = HistogramShape::index_of(value);
    ASSERT_LT(index, HistogramShape::kCountsLength);
    const std::int64_t high = HistogramShape::highest_equivalent(index);
    ASSERT_GE(high, value);
    ASSERT_LE(high - value, value / 1000) << value;
    ASSERT_EQ(HistogramShape::index_of(high), index);
    if (high < HistogramShape::kHighestTrackable) {
      ASSERT_EQ(HistogramShape::index_of(high + 1), index + 1);
    }
  }
}

TEST(HistogramShape, EndsFitTheArray) {
  EXPECT_EQ(HistogramShape::index_of(0), 0U);
  EXPECT_EQ(HistogramShape::index_of(HistogramShape::kHighestTrackable),
            HistogramShape::kCountsLength - 1);
  EXPECT_EQ(HistogramShape::highest_equivalent(HistogramShape::kCountsLength - 1),
            HistogramShape::kHighestTrackable);
}

TEST(LatencyHistogram, PercentilesAgreeWithASortedList) {
  LatencyHistogram histogram;
  std::vector<std::int64_t> values;
  std::mt19937_64 random{5};
  for (int i = 0; i < 123'457; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (30 + random() % 30));
    values.push_back(value);
    histogram.record(value);
  }
  std::ranges::sort(values);
  const HistogramSnapshot snapshot = snapshot_of(histogram);
  ASSERT_EQ(snapshot.total(), values.size());
  for (const std::uint32_t ppm :
       {0U, 1U, 10'000U, 500'000U, 900'000U, 990'000U, 999'000U, 999'900U, 999'999U, 1'000'000U}) {
    const std::size_t rank = std::max<std::size_t>(1, (values.size() * ppm + 999'999) / 1'000'000);
    const std::int64_t exact = values[rank - 1];
    const std::int64_t found = snapshot.value_at_ppm(ppm);
    EXPECT_GE(found, exact) << ppm;
    EXPECT_EQ(HistogramShape::index_of(found), HistogramShape::index_of(exact)) << ppm;
  }
  EXPECT_EQ(HistogramShape::index_of(snapshot.max()), HistogramShape::index_of(values.back()));
}

TEST(LatencyHistogram, ValuesOutsideTheRangeAreCountedAtItsEnds) {
  LatencyHistogram histogram;
  histogram.record(-5);
  histogram.record(std::numeric_limits<std::int64_t>::max());
  const HistogramSnapshot snapshot = snapshot_of(histogram);
  EXPECT_EQ(snapshot.total(), 2U);
  EXPECT_EQ(snapshot.value_at_ppm(500'000), 0);
  EXPECT_EQ(snapshot.max(), HistogramShape::kHighestTrackable);
}

TEST(HistogramSnapshot, EmptyHasNoPercentile) {
  const HistogramSnapshot snapshot;
  EXPECT_EQ(snapshot.total(), 0U);
  EXPECT_EQ(snapshot.value_at_ppm(990'000), 0);
  EXPECT_EQ(snapshot.max(), 0);
}

TEST(HistogramSnapshot, IntervalsAreDifferencesAndAddUp) {
  LatencyHistogram histogram;
  for (int i = 0; i < 100; ++i) histogram.record(10);
  const HistogramSnapshot first = snapshot_of(histogram);
  for (int i = 0; i < 50; ++i) histogram.record(1'000'000);
  const HistogramSnapshot second = snapshot_of(histogram);
  const HistogramSnapshot interval = second.since(first);
  EXPECT_EQ(interval.total(), 50U);
  EXPECT_EQ(interval.value_at_ppm(1), interval.max());
  HistogramSnapshot sum = first;
  sum.add(interval);
  EXPECT_EQ(sum.counts(), second.counts());
}

TEST(LatencyHistogram, AReaderNeverSeesMoreThanWasRecorded) {
  constexpr std::uint64_t kCount = 200'000;
  LatencyHistogram histogram;
  std::thread writer{[&] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      histogram.record(static_cast<std::int64_t>(i % 5'000));
    }
  }};
  std::uint64_t last = 0;
  HistogramSnapshot snapshot;
  for (int i = 0; i < 20; ++i) {
    histogram.snapshot(snapshot);
    EXPECT_GE(snapshot.total(), last);
    EXPECT_LE(snapshot.total(), kCount);
    last = snapshot.total();
  }
  writer.join();
  EXPECT_EQ(snapshot_of(histogram).total(), kCount);
}

TEST(HopTimers, HopsChainAndAddUpToTheWhole) {
  HopTimers timers;
  const MonoTime start = mono_time(1'000);
  MonoTime t = start;
  t = timers.record(Hop::kRingToRisk, t, t + Nanos{100});
  t = timers.record(Hop::kRiskCheck, t, t + Nanos{20});
  t = timers.record(Hop::kRiskToJournal, t, t + Nanos{30});
  timers.record(Hop::kOrderInToWire, start, t);
  EXPECT_EQ(t, mono_time(1'150));
  EXPECT_EQ(snapshot_of(timers.of(Hop::kRingToRisk)).max(), 100);
  EXPECT_EQ(snapshot_of(timers.of(Hop::kRiskCheck)).max(), 20);
  EXPECT_EQ(snapshot_of(timers.of(Hop::kRiskToJournal)).max(), 30);
  EXPECT_EQ(snapshot_of(timers.of(Hop::kOrderInToWire)).max(), 150);
  EXPECT_EQ(snapshot_of(timers.of(Hop::kWireToAck)).total(), 0U);
}

TEST(HopTimers, AClockThatRanBackwardsIsCountedNotRecorded) {
  HopTimers timers;
  timers.record(Hop::kVenueToUs, mono_time(100), mono_time(99));
  timers.record(Hop::kVenueToUs, mono_time(100), mono_time(100));
  EXPECT_EQ(timers.negative_count(Hop::kVenueToUs), 1U);
  EXPECT_EQ(snapshot_of(timers.of(Hop::kVenueToUs)).total(), 1U);
  EXPECT_EQ(timers.negative_count(Hop::kTickToTrade), 0U);
}

TEST(Hops, EachHasItsName) {
  for (std::size_t i = 0; i < kHopCount; ++i) {
    EXPECT_STRNE(to_string(static_cast<Hop>(i)), "?") << i;
  }
  EXPECT_STREQ(to_string(Hop::kTickToTrade), "tick_to_trade");
  EXPECT_STREQ(to_string(Hop::kVenueToUs), "venue_to_us");
}

}  // namespace
}  // namespace portcullis
