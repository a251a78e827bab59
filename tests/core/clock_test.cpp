#include "core/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>

#include "core/hop_clock.hpp"

namespace portcullis {
namespace {

std::int64_t kernel_mono_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void expect_on_kernel_scale(const MonoClock& clock) {
  const std::int64_t before = kernel_mono_ns();
  const std::int64_t now = count_ns(clock.now());
  const std::int64_t after = kernel_mono_ns();
  constexpr std::int64_t kSlackNs = 1'000'000;
  EXPECT_GE(now, before - kSlackNs);
  EXPECT_LE(now, after + kSlackNs);
}

TEST(MonoClock, TellsTheKernelsTime) {
  const MonoClock clock;
  SCOPED_TRACE(clock.description());
  expect_on_kernel_scale(clock);
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  expect_on_kernel_scale(clock);
}

TEST(MonoClock, TheTscCanBeForbidden) {
  const MonoClock clock{false};
  EXPECT_EQ(clock.source(), MonoClock::Source::kMonotonic);
  EXPECT_NE(clock.description().find("switched off"), std::string::npos);
  const std::int64_t before = kernel_mono_ns();
  EXPECT_GE(count_ns(clock.now()), before) << "the kernel's clock itself: no slack";
}

TEST(MonoClock, DescribesWhatItUses) {
  const MonoClock clock;
  const bool is_tsc = clock.source() == MonoClock::Source::kTsc;
  EXPECT_EQ(clock.description().starts_with("TSC at "), is_tsc) << clock.description();
}

TEST(MonoClock, NeverRunsBackwardsOnAThreadWhileItIsSteered) {
  MonoClock clock;
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> backwards{0};
  std::thread reader{[&] {
    MonoTime last = clock.now();
    while (!done.load(std::memory_order_relaxed)) {
      const MonoTime now = clock.now();
      if (now < last && clock.source() == MonoClock::Source::kTsc) backwards.fetch_add(1);
      last = now;
    }
  }};
  for (int i = 0; i < 6; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{60});
    EXPECT_LT(std::abs(clock.check_drift().count()), 1'000'000);
  }
  done.store(true);
  reader.join();
  // A re-basing meets a reading in flight at nanoseconds; never more than a handful.
  EXPECT_LE(backwards.load(), 6U);
  expect_on_kernel_scale(clock);
}

TEST(WallOffset, TellsTheWallTime) {
  const MonoClock clock;
  WallOffset offset{clock};
  constexpr std::int64_t kSlackNs = 50'000'000;
  const std::int64_t error = count_ns(offset.at(clock.now())) - count_ns(wall_now());
  EXPECT_LT(std::abs(error), kSlackNs);
  offset.refresh(clock);
  EXPECT_LT(std::abs(count_ns(offset.at(clock.now())) - count_ns(wall_now())), kSlackNs);
}

TEST(HopClock, IsFrozenInASimulation) {
  HopClock frozen;
  EXPECT_EQ(frozen.stamp(), MonoTime{});
  frozen.set_frozen(mono_time(77));
  EXPECT_EQ(frozen.stamp(), mono_time(77));
  const MonoClock clock;
  const HopClock running{clock};
  EXPECT_GT(count_ns(running.stamp()), 0);
}

}  // namespace
}  // namespace portcullis
