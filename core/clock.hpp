#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "core/seqlock.hpp"
#include "core/time.hpp"
#include "core/tsc_scale.hpp"

namespace portcullis {

// The process's clocks. Runners read it once a duty cycle; HopClock reads it for stamps; nothing
// else on a hot path may.
//
// MonoClock reads the TSC where it can be trusted (invariant, calibrated against CLOCK_MONOTONIC,
// not drifting) and CLOCK_MONOTONIC otherwise; both give nanoseconds on CLOCK_MONOTONIC's scale.
class MonoClock {
 public:
  enum class Source : std::uint8_t { kTsc, kMonotonic };

  // Calibrates for about 20 ms when the CPU says its TSC is invariant. `allow_tsc` off forces the
  // kernel's clock.
  explicit MonoClock(bool allow_tsc = true);

  // Any thread, about 10 ns on the TSC.
  [[nodiscard]] MonoTime now() const noexcept;

  [[nodiscard]] Source source() const noexcept;
  // The TSC's frequency, or why it is not used, as of the start: one line for the report.
  [[nodiscard]] const std::string& description() const noexcept { return description_; }

  // One cold thread, about once a second: compares with CLOCK_MONOTONIC, steers small errors out,
  // and falls back to the kernel's clock for good when the drift exceeds 200 ppm or a step is seen.
  // Returns the error found, ours minus the kernel's.
  Nanos check_drift() noexcept;

 private:
  bool calibrate();

  TscFollower follower_;     // constructor, then check_drift's thread only
  Seqlock<TscScale> scale_;  // what now() reads
  std::atomic<Source> source_{Source::kMonotonic};
  std::string description_;
};

// CLOCK_REALTIME, by the kernel; cold.
[[nodiscard]] WallTime wall_now() noexcept;

// Derives wall time from monotonic time by an offset that a cold thread refreshes, so that a duty
// cycle costs one clock read.
class WallOffset {
 public:
  explicit WallOffset(const MonoClock& clock) noexcept { refresh(clock); }
  // Cold thread, about once a second.
  void refresh(const MonoClock& clock) noexcept;
  // Any thread.
  [[nodiscard]] WallTime at(MonoTime mono) const noexcept {
    return wall_time(count_ns(mono) + offset_ns_.load(std::memory_order_relaxed));
  }

 private:
  std::atomic<std::int64_t> offset_ns_{0};
};

}  // namespace portcullis
