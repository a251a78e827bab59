// The generated market's moods: what they are drawn from and what they do to price and activity.
#include "sim/markets/market_regime.hpp"

#include <array>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

#include "sim/markets/market_generator.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

constexpr WallTime kStart = wall_time(1'723'161'255'000'000'000);
constexpr Nanos kMilli{1'000'000};
constexpr Nanos kTenSeconds{10'000'000'000};

TEST(MarketRegime, IsCalmForEverUnlessToldOtherwise) {
  MarketRegime regime{{}, 1};
  for (int i = 0; i < 1'000; ++i) {
    regime.advance(kStart + i * kTenSeconds);
    EXPECT_EQ(regime.kind(), MarketRegime::Kind::kCalm);
    EXPECT_EQ(regime.move_factor(), 1);
    EXPECT_EQ(regime.event_factor(), 1);
    EXPECT_EQ(regime.trend_of_move(), 0);
  }
}

TEST(MarketRegime, EachMoodHasAboutItsShareAndLength) {
  MarketRegime regime{{.mean_length = kTenSeconds}, 5};
  std::array<int, 4> milliseconds{};
  int changes = 0;
  auto before = regime.kind();
  constexpr int kMillis = 4'000'000;
  for (int i = 0; i < kMillis; ++i) {
    regime.advance(kStart + i * kMilli);
    ++milliseconds.at(static_cast<std::size_t>(regime.kind()));
    changes += regime.kind() != before ? 1 : 0;
    before = regime.kind();
  }
  for (const int share : milliseconds) {
    EXPECT_GT(share, kMillis / 8);
    EXPECT_LT(share, kMillis * 3 / 8);
  }
  // One draw in four is what it was before.
  EXPECT_GT(changes, 250);
  EXPECT_LT(changes, 350);
}

TEST(MarketRegime, BurstsComeAsOftenAndLastAsLongAsTold) {
  MarketRegime regime{{.mean_between_bursts = kTenSeconds, .burst_length = 500 * kMilli}, 5};
  int in_bursts = 0;
  int bursts = 0;
  bool was_burst = false;
  for (int i = 0; i < 1'050'000; ++i) {
    regime.advance(kStart + i * kMilli);
    in_bursts += regime.is_burst() ? 1 : 0;
    bursts += regime.is_burst() && !was_burst ? 1 : 0;
    was_burst = regime.is_burst();
    EXPECT_EQ(regime.event_factor(), was_burst ? 10 : 1);
  }
  EXPECT_GT(bursts, 85);
  EXPECT_LT(bursts, 115);
  EXPECT_NEAR(in_bursts, bursts * 500, 500 + bursts);
}

TEST(MarketRegime, ALongAbsenceIsBounded) {
  MarketRegime regime{
      {.mean_length = Nanos{1}, .mean_between_bursts = Nanos{1}, .burst_length = Nanos{1}}, 5};
  regime.advance(kStart);
  regime.advance(kStart + 1'000'000 * kTenSeconds);  // it returns
  regime.advance(kStart + 1'000'001 * kTenSeconds);
}

// What a generated hour looks like by mood: the mid price's moves from second to second.
struct Walk {
  std::array<std::int64_t, 4> squares{};
  std::array<std::int64_t, 4> sums{};
  std::array<std::int64_t, 4> seconds{};
  std::vector<std::string> trace;
};

Walk walk_of(const MarketGeneratorConfig& config, int seconds) {
  Exchange exchange{{btcusdt(), *symbol_spec_by_name("ETHUSDT")}};
  MarketGenerator generator{exchange, config};
  Walk walk;
  std::int64_t before = 0;
  auto mood = MarketRegime::Kind::kCalm;
  for (int second = 0; second < seconds; ++second) {
    for (int step = 0; step < 10; ++step) {
      generator.step(kStart + (second * 10 + step) * 100 * kMilli);
    }
    const BestPrices best = exchange.best(0);
    const std::int64_t mid = (best.bid.px.raw() + best.ask.px.raw()) / 2 / 1'000'000;  // cents
    const auto kind = static_cast<std::size_t>(generator.regime(0).kind());
    if (before != 0 && mood == generator.regime(0).kind()) {
      walk.squares.at(kind) += (mid - before) * (mid - before);
      walk.sums.at(kind) += mid - before;
      ++walk.seconds.at(kind);
    }
    mood = generator.regime(0).kind();
    before = mid;
    walk.trace.push_back(best.bid.px.str() + " " + best.ask.px.str());
  }
  return walk;
}

TEST(MarketRegimes, WildTimesMoveFurtherAndTrendsGoTheirWay) {
  const Walk walk = walk_of({.seed = 3,
                             .events_per_second = 100,
                             .start_prices = {},
                             .regimes = {.mean_length = 2 * kTenSeconds, .trend_percent = 60}},
                            4'000);
  for (const std::int64_t seconds : walk.seconds) ASSERT_GT(seconds, 300);
  const auto variance = [&](std::size_t kind) { return walk.squares[kind] / walk.seconds[kind]; };
  EXPECT_GT(variance(1), 4 * variance(0)) << "wild against calm";
  EXPECT_GT(walk.sums[2] / walk.seconds[2], 0) << "rising";
  EXPECT_LT(walk.sums[3] / walk.seconds[3], 0) << "falling";
}

TEST(MarketRegimes, TheSeedDecidesAndWithoutRegimesNothingChanges) {
  MarketGeneratorConfig config{.seed = 3, .events_per_second = 100, .start_prices = {}};
  const auto calm = walk_of(config, 60).trace;
  config.regimes = {.mean_length = kTenSeconds, .mean_between_bursts = kTenSeconds};
  const auto moody = walk_of(config, 60).trace;
  EXPECT_NE(moody, calm);
  EXPECT_EQ(walk_of(config, 60).trace, moody);
  config.seed = 4;
  EXPECT_NE(walk_of(config, 60).trace, moody);
}

TEST(MarketRegimes, ABurstBringsAsManyEventsMore) {
  Exchange exchange{{btcusdt()}};
  MarketGenerator generator{
      exchange,
      {.seed = 3,
       .events_per_second = 100,
       .start_prices = {},
       .regimes = {.mean_between_bursts = kTenSeconds, .burst_length = 1'000 * kMilli}}};
  std::array<std::uint64_t, 2> events{};
  std::array<std::uint64_t, 2> steps{};
  for (int step = 0; step < 100'000; ++step) {
    const std::uint64_t before = generator.event_count();
    generator.step(kStart + step * 10 * kMilli);
    const std::size_t mood = generator.regime(0).is_burst() ? 1 : 0;
    events.at(mood) += generator.event_count() - before;
    ++steps.at(mood);
  }
  ASSERT_GT(steps[1], 1'000U);
  // The first step fills the book and owes nothing.
  EXPECT_EQ(events[0], steps[0] - 1);
  EXPECT_EQ(events[1], 10 * steps[1]);
}

}  // namespace
}  // namespace portcullis::sim
