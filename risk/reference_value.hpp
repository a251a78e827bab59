#pragma once

#include <cstdint>
#include <limits>

#include "core/decimal.hpp"
#include "risk/limits.hpp"

namespace portcullis::risk {

// Money across quote assets, in one reference currency, without a division.
//
// A value is a product of raw price and raw quantity: 1e-16 of a currency unit, exact in 128 bits.
// It is clamped at kValueMax, above every limit that can be configured, so that sums of values
// cannot overflow and what was clamped is refused.
using Value = Int128;

inline constexpr Value kValueMax = Value{1} << 100;
inline constexpr Value kQuoteValueMax = Value{1} << 90;
static_assert(kQuoteValueMax > Value{std::numeric_limits<std::int64_t>::max()} * kDecimalScale,
              "a clamped value is above every limit");

[[nodiscard]] constexpr Value clamp_value(Value value, Value max) noexcept {
  if (value > max) return max;
  return value < -max ? -max : value;
}

// At kQuoteValueMax. What is surely inside, and everything real is, shows in the upper half.
[[nodiscard]] constexpr Value clamp_quote_value(Value value) noexcept {
  constexpr std::int64_t kUpperMax = std::int64_t{1} << 26;
  static_assert(Value{kUpperMax} << 64 == kQuoteValueMax);
  const auto upper = static_cast<std::int64_t>(value >> 64);
  if (upper >= -kUpperMax && upper < kUpperMax) [[likely]]
    return value;
  return clamp_value(value, kQuoteValueMax);
}

// A limit as a value; what is off is beyond every value.
[[nodiscard]] constexpr Value limit_value(Notional limit) noexcept {
  if (limit == kOffNotional) [[unlikely]]
    return std::numeric_limits<Value>::max();
  return Value{limit.raw()} * kDecimalScale;
}

// A value for the text of a reject, rounded away from zero. Divides.
[[nodiscard]] constexpr std::int64_t notional_raw(Value value) noexcept {
  const Value magnitude = value < 0 ? -value : value;
  Value raw = magnitude / kDecimalScale + (magnitude % kDecimalScale != 0 ? 1 : 0);
  constexpr Value kMax = std::numeric_limits<std::int64_t>::max();
  if (raw > kMax) raw = kMax;
  return static_cast<std::int64_t>(value < 0 ? -raw : raw);
}

// What one unit of a quote asset costs in the reference currency. Held as a multiple of 2^-24,
// rounded up; a converted value is rounded away from zero, by at most 1.7e-9 quote units. The
// reference currency itself converts exactly.
class Rate {
 public:
  constexpr Rate() noexcept = default;  // not known
  [[nodiscard]] static constexpr Rate one() noexcept {
    Rate rate;
    rate.is_one_ = true;
    return rate;
  }
  // Divides: for a cold caller, or a bounded walk. Not positive, or beyond 2^36: not known.
  [[nodiscard]] static constexpr Rate of(Price px) noexcept {
    Rate rate;
    const Int128 units = Int128{px.raw()} << kFractionBits;
    constexpr Int128 kScaledMax = Int128{1} << (36 + kFractionBits);
    const Int128 scaled = (units + kDecimalScale - 1) / kDecimalScale;
    if (px.is_positive() && scaled <= kScaledMax) rate.scaled_ = static_cast<std::int64_t>(scaled);
    return rate;
  }

  [[nodiscard]] constexpr bool is_known() const noexcept { return is_one_ || scaled_ != 0; }
  // Zero when the rate is not known: ask first.
  [[nodiscard]] constexpr Value convert(Value quote_value) const noexcept {
    const Value clamped = clamp_quote_value(quote_value);
    if (is_one_) [[likely]]
      return clamped;
    return scale(clamped);
  }

  friend constexpr bool operator==(const Rate&, const Rate&) noexcept = default;

 private:
  static constexpr int kFractionBits = 24;

  [[nodiscard]] constexpr Value scale(Value clamped) const noexcept {
    if (clamped == 0) return 0;
    const Value magnitude = clamped < 0 ? -clamped : clamped;
    const Value cut = ((magnitude - 1) >> kFractionBits) + 1;
    const Value converted = clamp_value(cut * scaled_, kValueMax);
    return clamped < 0 ? -converted : converted;
  }

  std::int64_t scaled_{0};  // 2^-24; zero: not known
  bool is_one_{false};
};

}  // namespace portcullis::risk
