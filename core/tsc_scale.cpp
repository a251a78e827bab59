#include "core/tsc_scale.hpp"

#include <algorithm>
#include <cstdlib>

namespace portcullis {

namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kWidthMaxNs = 20'000;  // a reading that was interrupted says nothing
constexpr std::int64_t kIntervalMinNs = 50'000'000;
constexpr std::int64_t kRateSpanNs = 60'000'000'000;  // long enough to be exact, short enough
                                                      // to follow the kernel's own steering
constexpr std::int64_t kSlewSpanMinNs = 10'000'000'000;
constexpr std::int64_t kSlewMaxPpm = 100;
constexpr std::int64_t kQ32One = std::int64_t{1} << 32;
constexpr std::int64_t kFastestQ32 = kQ32One / 20;  // 20 GHz
constexpr std::int64_t kSlowestQ32 = kQ32One * 10;  // 100 MHz

std::int64_t rate_q32(const TscReading& first, const TscReading& second) noexcept {
  const auto ticks = static_cast<std::int64_t>(second.tsc - first.tsc);
  if (ticks <= 0) return 0;
  return static_cast<std::int64_t>((static_cast<Int128>(second.ns - first.ns) << 32) / ticks);
}

constexpr std::int64_t per_million(std::int64_t value, std::int64_t ppm) noexcept {
  return static_cast<std::int64_t>(static_cast<Int128>(value) * ppm / kMillion);
}

constexpr bool is_plausible(std::int64_t q32) noexcept {
  return q32 >= kFastestQ32 && q32 <= kSlowestQ32;
}

}  // namespace

std::optional<TscFollower> TscFollower::calibrate(const TscReading& first,
                                                  const TscReading& second) noexcept {
  const std::int64_t q32 = rate_q32(first, second);
  if (!is_plausible(q32)) return std::nullopt;
  TscFollower follower;
  follower.origin_ = first;
  follower.middle_ = second;
  follower.last_ = second;
  follower.rate_ = q32;
  follower.scale_ = {.tsc_base = second.tsc, .ns_base = second.ns, .ns_per_tick_q32 = q32};
  return follower;
}

bool TscFollower::follow(const TscReading& reading) noexcept {
  const std::int64_t elapsed_ns = reading.ns - last_.ns;
  if (reading.width_ns > kWidthMaxNs || elapsed_ns < kIntervalMinNs) return true;
  const std::int64_t error = error_ns(reading);
  const TscScale steady{.tsc_base = last_.tsc, .ns_base = last_.ns, .ns_per_tick_q32 = rate_};
  const std::int64_t drift_ns = steady.ns_at(reading.tsc) - reading.ns;
  const std::int64_t tolerance_ns =
      per_million(elapsed_ns, kDriftMaxPpm) + reading.width_ns + last_.width_ns;
  if (std::abs(error) > kStepMaxNs || std::abs(drift_ns) > tolerance_ns) return false;
  rate_ = rate_q32(origin_, reading);
  // Worked off over ten seconds or the last interval: a shorter time would overshoot when the
  // calls are far apart.
  const std::int64_t span_ns = std::max(elapsed_ns, kSlewSpanMinNs);
  const std::int64_t slew_max = per_million(span_ns, kSlewMaxPpm);
  const std::int64_t slew_ns = std::clamp(error, -slew_max, slew_max);
  const auto correction = static_cast<std::int64_t>(static_cast<Int128>(rate_) * slew_ns / span_ns);
  scale_ = {.tsc_base = reading.tsc,
            .ns_base = scale_.ns_at(reading.tsc),
            .ns_per_tick_q32 = rate_ - correction};
  last_ = reading;
  if (reading.ns - origin_.ns > kRateSpanNs) origin_ = middle_;
  if (reading.ns - middle_.ns > kRateSpanNs / 2) middle_ = reading;
  return true;
}

}  // namespace portcullis
