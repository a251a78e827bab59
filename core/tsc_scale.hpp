#pragma once

#include <cstdint>
#include <optional>

#include "core/decimal.hpp"

namespace portcullis {

// One moment seen on both clocks; `width_ns` is how far apart the kernel's two readings around the
// TSC were, so how much the pair can be wrong.
struct TscReading {
  std::uint64_t tsc{0};
  std::int64_t ns{0};  // CLOCK_MONOTONIC
  std::int64_t width_ns{0};
};

// From ticks to nanoseconds on CLOCK_MONOTONIC's scale: replaced as a whole.
struct TscScale {
  std::uint64_t tsc_base{0};
  std::int64_t ns_base{0};
  std::int64_t ns_per_tick_q32{0};  // 32.32 fixed point

  // Ticks before the base are fine: another thread may have read them before a re-basing.
  [[nodiscard]] constexpr std::int64_t ns_at(std::uint64_t tsc) const noexcept {
    const auto ticks = static_cast<std::int64_t>(tsc - tsc_base);
    return ns_base + static_cast<std::int64_t>(static_cast<Int128>(ticks) * ns_per_tick_q32 >> 32);
  }
};

// Decides how to follow the kernel's clock; reads no clock itself.
class TscFollower {
 public:
  static constexpr std::int64_t kDriftMaxPpm = 200;
  static constexpr std::int64_t kStepMaxNs = 1'000'000;

  // From two readings some milliseconds apart. Nothing when the TSC stood still, went backwards or
  // its rate is absurd (below 100 MHz, above 20 GHz).
  [[nodiscard]] static std::optional<TscFollower> calibrate(const TscReading& first,
                                                            const TscReading& second) noexcept;

  [[nodiscard]] const TscScale& scale() const noexcept { return scale_; }
  [[nodiscard]] std::int64_t error_ns(const TscReading& reading) const noexcept {
    return scale_.ns_at(reading.tsc) - reading.ns;
  }
  // Re-bases without a jump: the error is worked off over the next seconds. False when the TSC
  // cannot be trusted any more (drift or step beyond the limits above). A reading too coarse to
  // judge by changes nothing.
  [[nodiscard]] bool follow(const TscReading& reading) noexcept;

 private:
  TscReading origin_;     // what the rate is measured from, up to a minute ago
  TscReading middle_;     // the next origin
  TscReading last_;       // the last one judged
  std::int64_t rate_{0};  // measured, without the correction that scale_ has in it
  TscScale scale_;
};

}  // namespace portcullis
