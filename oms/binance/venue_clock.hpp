#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace portcullis::oms::binance {

// The venue's clock as our monotonic one tells it, with the error's bound. Each answer that carries
// the venue's time was made between its request's leaving and its own arrival, so it bounds the
// offset from both sides; what all answers allow is the estimate, widened by the drift that two
// clocks may have. Our wall clock has no part in it: the host's may be set to anything meanwhile.
// Pure: told the time, one thread.
class VenueClock {
 public:
  struct Settings {
    // Beyond this error no order may leave (the venue's bounds: 1 s ahead, recvWindow behind).
    Nanos error_max{std::chrono::milliseconds{200}};
    // A jump of the venue's clock beyond this is believed when a second measurement agrees.
    Nanos step_max{std::chrono::milliseconds{250}};
    std::int64_t drift_ppm{200};
  };
  enum class Trust : std::uint8_t {
    kUnknown,    // nothing measured, or the venue has refused a timestamp since (-1021)
    kUncertain,  // the error may be beyond the limit
    kStepped,    // it has jumped: to be measured again
    kGood,
  };

  explicit VenueClock(const Settings& settings) noexcept : settings_{settings} {}

  // An answer to a request that left at `sent` or later and was there at `received` or earlier said
  // `stated`, which is cut to milliseconds. A round trip that cannot be is ignored.
  void on_stated(WallTime stated, MonoTime sent, MonoTime received) noexcept;
  // The venue has refused a timestamp made by this clock: nothing measured before `now` counts.
  void distrust(MonoTime now) noexcept {
    is_known_ = false;
    not_before_ = now;
  }

  [[nodiscard]] Trust trust(MonoTime now) const noexcept;
  [[nodiscard]] bool has_offset() const noexcept { return has_offset_; }
  // The venue's clock less the monotonic one; the last known even when it is not trusted.
  [[nodiscard]] Nanos offset() const noexcept { return low_ + (high_ - low_) / 2; }
  [[nodiscard]] Nanos error(MonoTime now) const noexcept;
  [[nodiscard]] WallTime at(MonoTime now) const noexcept {
    return wall_time(count_ns(now) + offset().count());
  }
  [[nodiscard]] Nanos error_max() const noexcept { return settings_.error_max; }
  [[nodiscard]] std::int64_t step_count() const noexcept { return step_count_; }

 private:
  [[nodiscard]] Nanos drift_since(MonoTime then, MonoTime now) const noexcept;

  Settings settings_;
  Nanos low_{};  // the offset is between the two, as of measured_
  Nanos high_{};
  MonoTime measured_{};
  MonoTime not_before_{};
  std::int64_t step_count_{0};
  bool has_offset_{false};
  bool is_known_{false};
  bool is_stepped_{false};
};

}  // namespace portcullis::oms::binance
