#pragma once

#include <chrono>
#include <cstdint>

namespace portcullis {

using Nanos = std::chrono::nanoseconds;

// Two clocks that cannot be subtracted from each other: the monotonic one measures, the wall one
// names moments to a venue or a person. Neither tag can be asked for "now": an agent is given its
// time (core/clock.hpp is where a runner takes it).
struct MonoClockTag {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Nanos;
  using time_point = std::chrono::time_point<MonoClockTag>;
  static constexpr bool is_steady = true;
};
struct WallClockTag {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Nanos;
  using time_point = std::chrono::time_point<WallClockTag>;
  static constexpr bool is_steady = false;
};

using MonoTime = MonoClockTag::time_point;  // since an arbitrary start, nanoseconds
using WallTime = WallClockTag::time_point;  // since the Unix epoch, nanoseconds

[[nodiscard]] constexpr MonoTime mono_time(std::int64_t ns) noexcept {
  return MonoTime{Nanos{ns}};
}
[[nodiscard]] constexpr WallTime wall_time(std::int64_t ns) noexcept {
  return WallTime{Nanos{ns}};
}
[[nodiscard]] constexpr std::int64_t count_ns(MonoTime time) noexcept {
  return time.time_since_epoch().count();
}
[[nodiscard]] constexpr std::int64_t count_ns(WallTime time) noexcept {
  return time.time_since_epoch().count();
}
[[nodiscard]] constexpr std::int64_t count_ms(WallTime time) noexcept {
  return time.time_since_epoch().count() / 1'000'000;
}

// What an agent is told at each turn of its duty cycle: one moment on both clocks. The wall half is
// derived from the monotonic one (core/clock.hpp), so it costs no second clock read.
struct Now {
  MonoTime mono;
  WallTime wall;
};

}  // namespace portcullis
