#include "oms/binance/venue_clock.hpp"

#include <algorithm>

namespace portcullis::oms::binance {

namespace {

constexpr Nanos kResolution = std::chrono::milliseconds{1};

}  // namespace

void VenueClock::on_stated(WallTime stated, MonoTime sent, MonoTime received) noexcept {
  if (stated == WallTime{} || received < sent || sent < not_before_) return;
  const Nanos low{count_ns(stated) - count_ns(received)};
  const Nanos high{count_ns(stated) + kResolution.count() - count_ns(sent)};
  const Nanos drift = drift_since(measured_, received);
  const Nanos known_low = low_ - drift;
  const Nanos known_high = high_ + drift;
  const bool was_known = is_known_;
  measured_ = received;
  has_offset_ = true;
  is_known_ = true;
  if (was_known && low <= known_high && high >= known_low) {
    low_ = std::max(low, known_low);
    high_ = std::min(high, known_high);
    is_stepped_ = false;
    return;
  }
  if (was_known) {
    ++step_count_;
    const Nanos gap = low > known_high ? low - known_high : known_low - high;
    is_stepped_ = gap > settings_.step_max;
  } else {
    is_stepped_ = false;
  }
  low_ = low;
  high_ = high;
}

VenueClock::Trust VenueClock::trust(MonoTime now) const noexcept {
  if (!is_known_) return Trust::kUnknown;
  if (error(now) > settings_.error_max) return Trust::kUncertain;
  return is_stepped_ ? Trust::kStepped : Trust::kGood;
}

Nanos VenueClock::error(MonoTime now) const noexcept {
  return (high_ - low_) / 2 + drift_since(measured_, now);
}

Nanos VenueClock::drift_since(MonoTime then, MonoTime now) const noexcept {
  constexpr std::int64_t kMillion = 1'000'000;
  return std::max(now - then, Nanos{}) / kMillion * settings_.drift_ppm;
}

}  // namespace portcullis::oms::binance
