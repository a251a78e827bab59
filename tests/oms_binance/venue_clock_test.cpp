#include "oms/binance/venue_clock.hpp"

#include <chrono>
#include <random>

#include <gtest/gtest.h>

namespace portcullis::oms::binance {
namespace {

using namespace std::chrono_literals;
using Trust = VenueClock::Trust;

constexpr WallTime kVenue = wall_time(1'700'000'000'000'000'000);

MonoTime mono(Nanos since) {
  return mono_time(5'000'000'000'000) + since;
}
WallTime in_ms(WallTime time) {
  return wall_time(count_ms(time) * 1'000'000);
}

TEST(VenueClock, KnowsNothingBeforeAnAnswer) {
  const VenueClock clock{{}};
  EXPECT_EQ(clock.trust(mono(0s)), Trust::kUnknown);
  EXPECT_FALSE(clock.has_offset());
}

TEST(VenueClock, TheErrorIsHalfTheRoundTripAndAMillisecondsHalf) {
  VenueClock clock{{}};
  clock.on_stated(kVenue, mono(0s), mono(40ms));
  EXPECT_EQ(clock.trust(mono(40ms)), Trust::kGood);
  EXPECT_EQ(clock.error(mono(40ms)), 20ms + 500us);
  EXPECT_EQ(clock.at(mono(20ms)), kVenue + 500us);
}

TEST(VenueClock, ARoundTripThatIsTooLongIsNotTrusted) {
  VenueClock clock{{.error_max = 200ms}};
  clock.on_stated(kVenue, mono(0s), mono(500ms));
  EXPECT_EQ(clock.trust(mono(500ms)), Trust::kUncertain);
  clock.on_stated(kVenue + 1s, mono(1s), mono(1010ms));
  EXPECT_EQ(clock.trust(mono(1010ms)), Trust::kGood);
  EXPECT_LE(clock.error(mono(1010ms)), 6ms);
}

TEST(VenueClock, ItsErrorGrowsWithAgeUntilItIsNotTrusted) {
  VenueClock clock{{.error_max = 20ms, .drift_ppm = 200}};
  clock.on_stated(kVenue, mono(0s), mono(2ms));
  EXPECT_EQ(clock.trust(mono(60s)), Trust::kGood);
  EXPECT_EQ(clock.trust(mono(120s)), Trust::kUncertain);
}

TEST(VenueClock, AnImpossibleRoundTripIsIgnored) {
  VenueClock clock{{}};
  clock.on_stated(kVenue, mono(1s), mono(0s));
  clock.on_stated(WallTime{}, mono(0s), mono(1s));
  EXPECT_FALSE(clock.has_offset());
}

TEST(VenueClock, AJumpIsBelievedWhenASecondAnswerAgrees) {
  VenueClock clock{{.step_max = 250ms}};
  clock.on_stated(kVenue, mono(0s), mono(2ms));
  clock.on_stated(kVenue + 1s + 5s, mono(1s), mono(1002ms));
  EXPECT_EQ(clock.trust(mono(1002ms)), Trust::kStepped);
  EXPECT_EQ(clock.step_count(), 1);
  clock.on_stated(kVenue + 2s + 5s, mono(2s), mono(2002ms));
  EXPECT_EQ(clock.trust(mono(2002ms)), Trust::kGood);
  // A small one is followed.
  clock.on_stated(kVenue + 3s + 5050ms, mono(3s), mono(3002ms));
  EXPECT_EQ(clock.trust(mono(3002ms)), Trust::kGood);
  EXPECT_NEAR(static_cast<double>((clock.at(mono(3s)) - kVenue - 8050ms).count()), 0, 2e6);
}

TEST(VenueClock, ARefusedTimestampVoidsWhatWasMeasuredBefore) {
  VenueClock clock{{}};
  clock.on_stated(kVenue, mono(0s), mono(2ms));
  clock.distrust(mono(1s));
  EXPECT_EQ(clock.trust(mono(1s)), Trust::kUnknown);
  EXPECT_TRUE(clock.has_offset());                          // cancels still need some timestamp
  clock.on_stated(kVenue + 1s, mono(999ms), mono(1001ms));  // had left before
  EXPECT_EQ(clock.trust(mono(1001ms)), Trust::kUnknown);
  clock.on_stated(kVenue + 9s, mono(1002ms), mono(1004ms));
  EXPECT_EQ(clock.trust(mono(1004ms)), Trust::kGood);
  EXPECT_EQ(clock.step_count(), 0);
}

TEST(VenueClock, TheTruthIsAlwaysWithinItsError) {
  std::mt19937_64 random{7};
  for (int world = 0; world < 200; ++world) {
    const auto pick = [&](std::int64_t low, std::int64_t high) {
      return std::uniform_int_distribution<std::int64_t>{low, high}(random);
    };
    VenueClock clock{{.drift_ppm = 200}};
    const std::int64_t drift_ppm = pick(-190, 190);
    const auto venue_at = [&](MonoTime at) {
      const Nanos since = at - mono(0s);
      return kVenue + since + since / 1'000'000 * drift_ppm;
    };
    MonoTime now = mono(0s);
    for (int i = 0; i < 200; ++i) {
      now += Nanos{pick(1'000'000, 20'000'000'000)};
      const MonoTime sent = now;
      const MonoTime made = sent + Nanos{pick(0, 100'000'000)};
      now = made + Nanos{pick(0, 100'000'000)};
      clock.on_stated(in_ms(venue_at(made)), sent, now);
      const MonoTime later = now + Nanos{pick(0, 30'000'000'000)};
      const Nanos off = clock.at(later) - venue_at(later);
      // A microsecond for the cut of the drift.
      ASSERT_LE(std::abs(off.count()), clock.error(later).count() + 1'000) << "world " << world;
    }
    EXPECT_EQ(clock.step_count(), 0);
  }
}

}  // namespace
}  // namespace portcullis::oms::binance
