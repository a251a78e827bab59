#include "core/clock.hpp"

#include <ctime>
#include <fstream>
#include <limits>
#include <optional>

#if defined(__x86_64__)
#include <cpuid.h>

#include <x86intrin.h>
#endif

namespace portcullis {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr long kCalibrationNs = 20'000'000;
constexpr int kBracketAttempts = 32;

std::int64_t kernel_ns(clockid_t clock) noexcept {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kNanosPerSecond + time.tv_nsec;
}

#if defined(__x86_64__)
std::uint64_t read_tsc() noexcept {
  unsigned aux = 0;
  return __rdtscp(&aux);  // waits for what stands before it; no fence needed for a time stamp
}

bool has_invariant_tsc() noexcept {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(0x8000'0001, &eax, &ebx, &ecx, &edx) == 0 || (edx & 1U << 27) == 0) return false;
  if (__get_cpuid(0x8000'0007, &eax, &ebx, &ecx, &edx) == 0) return false;
  return (edx & 1U << 8) != 0;
}
#else
std::uint64_t read_tsc() noexcept {
  return 0;
}

bool has_invariant_tsc() noexcept {
  return false;
}
#endif

// The kernel's verdict: it leaves the TSC when it found it unstable. Nothing when there is no word.
std::optional<std::string> kernel_clock_source() {
  std::ifstream file{"/sys/devices/system/clocksource/clocksource0/current_clocksource"};
  std::string name;
  if (!(file >> name)) return std::nullopt;
  return name;
}

// The narrowest of several pairs: an interrupt between the two reads must not count.
TscReading read_both_clocks() noexcept {
  TscReading best{.width_ns = std::numeric_limits<std::int64_t>::max()};
  for (int i = 0; i < kBracketAttempts; ++i) {
    const std::int64_t before = kernel_ns(CLOCK_MONOTONIC);
    const std::uint64_t tsc = read_tsc();
    const std::int64_t after = kernel_ns(CLOCK_MONOTONIC);
    if (after - before < best.width_ns) {
      best = {.tsc = tsc, .ns = before + (after - before) / 2, .width_ns = after - before};
    }
  }
  return best;
}

}  // namespace

MonoClock::MonoClock(bool allow_tsc) {
  const auto kernel_source = kernel_clock_source();
  if (!allow_tsc) {
    description_ = "CLOCK_MONOTONIC: the TSC is switched off by configuration";
  } else if (!has_invariant_tsc()) {
    description_ = "CLOCK_MONOTONIC: this CPU has no invariant TSC";
  } else if (kernel_source && *kernel_source != "tsc" && *kernel_source != "kvm-clock") {
    description_ =
        "CLOCK_MONOTONIC: the kernel itself uses '" + *kernel_source + "' and not the TSC";
  } else if (!calibrate()) {
    description_ = "CLOCK_MONOTONIC: the TSC did not run evenly while it was calibrated";
  } else {
    const std::int64_t mhz = (std::int64_t{1} << 32) * 1000 / follower_.scale().ns_per_tick_q32;
    description_ = "TSC at " + std::to_string(mhz) + " MHz";
  }
}

bool MonoClock::calibrate() {
  const TscReading first = read_both_clocks();
  const timespec pause{.tv_sec = 0, .tv_nsec = kCalibrationNs};
  ::nanosleep(&pause, nullptr);
  const auto follower = TscFollower::calibrate(first, read_both_clocks());
  if (!follower) return false;
  follower_ = *follower;
  scale_.store(follower_.scale());
  source_.store(Source::kTsc, std::memory_order_release);
  return true;
}

MonoTime MonoClock::now() const noexcept {
  if (source_.load(std::memory_order_acquire) == Source::kTsc) [[likely]] {
    TscScale scale;
    if (scale_.try_load(scale)) return mono_time(scale.ns_at(read_tsc()));
  }
  return mono_time(kernel_ns(CLOCK_MONOTONIC));
}

MonoClock::Source MonoClock::source() const noexcept {
  return source_.load(std::memory_order_acquire);
}

Nanos MonoClock::check_drift() noexcept {
  if (source() != Source::kTsc) return Nanos{0};
  const TscReading reading = read_both_clocks();
  const std::int64_t error = follower_.error_ns(reading);
  if (follower_.follow(reading)) {
    scale_.store(follower_.scale());
  } else {
    source_.store(Source::kMonotonic, std::memory_order_release);
  }
  return Nanos{error};
}

WallTime wall_now() noexcept {
  return wall_time(kernel_ns(CLOCK_REALTIME));
}

void WallOffset::refresh(const MonoClock& clock) noexcept {
  // The middle of two readings: half of an interruption is the most it can be wrong by.
  const std::int64_t before = count_ns(clock.now());
  const std::int64_t wall = count_ns(wall_now());
  const std::int64_t after = count_ns(clock.now());
  offset_ns_.store(wall - (before + (after - before) / 2), std::memory_order_relaxed);
}

}  // namespace portcullis
