#include "core/tsc_scale.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// A machine whose TSC runs at 2.6 GHz and whose error is ours to choose.
class FakeMachine {
 public:
  TscReading read(std::int64_t width_ns = 40) const {
    return {.tsc = tsc_, .ns = ns_, .width_ns = width_ns};
  }
  // The TSC is `ppm` fast while this passes.
  void pass(std::int64_t ns, std::int64_t ppm = 0) {
    ns_ += ns;
    const Int128 ticks = static_cast<Int128>(ns) * 26 * (1'000'000 + ppm) / 10'000'000;
    tsc_ += static_cast<std::uint64_t>(ticks);
  }
  void step_tsc(std::int64_t ns) { tsc_ += static_cast<std::uint64_t>(ns * 26 / 10); }

 private:
  std::uint64_t tsc_{1ULL << 50};
  std::int64_t ns_{5 * kSecond};
};

TscFollower calibrated(FakeMachine& machine) {
  const TscReading first = machine.read();
  machine.pass(20'000'000);
  const auto follower = TscFollower::calibrate(first, machine.read());
  EXPECT_TRUE(follower);
  return *follower;
}

TEST(TscFollower, ConvertsExactlyOverHours) {
  FakeMachine machine;
  TscFollower follower = calibrated(machine);
  for (int i = 0; i < 4 * 3'600; ++i) {
    machine.pass(kSecond);
    ASSERT_LT(std::abs(follower.error_ns(machine.read())), 50) << i;
    ASSERT_TRUE(follower.follow(machine.read()));
  }
}

TEST(TscFollower, ConvertsTicksBeforeTheBase) {
  FakeMachine machine;
  const TscReading early = machine.read();
  machine.pass(kSecond);
  const auto follower = TscFollower::calibrate(early, machine.read());
  ASSERT_TRUE(follower);
  EXPECT_LE(std::abs(follower->scale().ns_at(early.tsc) - early.ns), 2);
}

TEST(TscFollower, WorksOffASmallErrorWithoutAJump) {
  FakeMachine machine;
  TscFollower follower = calibrated(machine);
  machine.pass(kSecond, 50);
  const TscReading reading = machine.read();
  const std::int64_t before = follower.scale().ns_at(reading.tsc);
  EXPECT_NEAR(static_cast<double>(follower.error_ns(reading)), 50'000.0, 100.0);
  ASSERT_TRUE(follower.follow(reading));
  EXPECT_EQ(follower.scale().ns_at(reading.tsc), before) << "no jump at the re-basing";
  for (int i = 0; i < 40; ++i) {
    machine.pass(kSecond, 50);
    ASSERT_TRUE(follower.follow(machine.read()));
  }
  EXPECT_LT(std::abs(follower.error_ns(machine.read())), 10'000);
}

TEST(TscFollower, StaysStableWhenAskedSeldomOrUnevenly) {
  FakeMachine machine;
  TscFollower follower = calibrated(machine);
  for (int i = 0; i < 200; ++i) {
    machine.pass((1 + i * 7 % 15) * kSecond, i % 2 == 0 ? 5 : -5);
    ASSERT_TRUE(follower.follow(machine.read())) << i;
    ASSERT_LT(std::abs(follower.error_ns(machine.read())), 500'000) << i;
  }
}

TEST(TscFollower, GivesUpOnDrift) {
  FakeMachine machine;
  TscFollower follower = calibrated(machine);
  machine.pass(kSecond, 150);
  EXPECT_TRUE(follower.follow(machine.read()));
  machine.pass(kSecond, 500);
  EXPECT_FALSE(follower.follow(machine.read()));
}

TEST(TscFollower, GivesUpOnAStepEitherWay) {
  for (const std::int64_t step :
       std::array<std::int64_t, 3>{3'000'000, -3'000'000, 10'000'000'000}) {
    FakeMachine machine;
    TscFollower follower = calibrated(machine);
    machine.pass(kSecond);
    machine.step_tsc(step);
    EXPECT_FALSE(follower.follow(machine.read())) << step;
  }
}

TEST(TscFollower, DoesNotJudgeByACoarseReading) {
  FakeMachine machine;
  TscFollower follower = calibrated(machine);
  machine.pass(kSecond, 10'000);
  EXPECT_TRUE(follower.follow(machine.read(5'000'000))) << "interrupted while reading";
  EXPECT_FALSE(follower.follow(machine.read()));
}

TEST(TscFollower, RefusesAnAbsurdTsc) {
  const TscReading first{.tsc = 1'000, .ns = 0, .width_ns = 40};
  EXPECT_FALSE(TscFollower::calibrate(first, {.tsc = 1'000, .ns = 20'000'000, .width_ns = 40}));
  EXPECT_FALSE(TscFollower::calibrate(first, {.tsc = 900, .ns = 20'000'000, .width_ns = 40}));
  EXPECT_FALSE(TscFollower::calibrate(first, {.tsc = 2'000, .ns = 20'000'000, .width_ns = 40}));
  EXPECT_FALSE(
      TscFollower::calibrate(first, {.tsc = 1ULL << 40, .ns = 20'000'000, .width_ns = 40}));
}

}  // namespace
}  // namespace portcullis
