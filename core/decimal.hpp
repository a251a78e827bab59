#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <string>
#include <string_view>

namespace portcullis {

// Exact fixed-point money: int64 counts of 1e-8. Every decimal that Binance sends has at most eight
// places (facts: exchangeInfo precisions, SBE mantissa with exponent -8), so nothing is ever
// rounded on the way in. Range: +-92,233,720,368.54775807.

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

inline constexpr std::int64_t kDecimalScale = 100'000'000;
inline constexpr int kDecimalPlaces = 8;
// Longest text of any Decimal: sign, 11 integer digits, point, 8 places.
inline constexpr std::size_t kDecimalTextMax = 21;

enum class DecimalError : std::uint8_t {
  kEmpty,
  kMalformed,        // anything but [-]digits[.digits]
  kExcessPrecision,  // a non-zero digit beyond the eighth place
  kOverflow,         // outside the range of int64 at 1e-8
};

[[nodiscard]] const char* to_string(DecimalError error) noexcept;

// Raw (unit-less) halves of parse and format; use the typed ones below.
[[nodiscard]] std::expected<std::int64_t, DecimalError> parse_fixed8(
    std::string_view text) noexcept;
// Writes the shortest exact form ("1.5", "-0.00000001", "3"); returns the length, at most
// kDecimalTextMax. With `places` > 0 pads with zeros to that many places.
std::size_t format_fixed8(std::int64_t raw, char* out, int places_min = 0) noexcept;

template <class Tag>
class Decimal {
 public:
  using rep = std::int64_t;

  constexpr Decimal() noexcept = default;

  [[nodiscard]] static constexpr Decimal from_raw(std::int64_t raw) noexcept {
    Decimal value;
    value.raw_ = raw;
    return value;
  }
  // Whole units; the caller knows they fit (a literal in a test, a configured bound).
  [[nodiscard]] static constexpr Decimal from_units(std::int64_t units) noexcept {
    return from_raw(units * kDecimalScale);
  }
  [[nodiscard]] static std::expected<Decimal, DecimalError> parse(std::string_view text) noexcept {
    const auto raw = parse_fixed8(text);
    if (!raw) return std::unexpected{raw.error()};
    return from_raw(*raw);
  }
  [[nodiscard]] static constexpr Decimal max() noexcept {
    return from_raw(std::numeric_limits<std::int64_t>::max());
  }

  [[nodiscard]] constexpr std::int64_t raw() const noexcept { return raw_; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return raw_ == 0; }
  [[nodiscard]] constexpr bool is_positive() const noexcept { return raw_ > 0; }
  [[nodiscard]] constexpr bool is_negative() const noexcept { return raw_ < 0; }
  [[nodiscard]] constexpr Decimal abs() const noexcept {
    return raw_ < 0 ? from_raw(-raw_) : *this;
  }
  // True when this is a whole multiple of `step`; a zero step switches the rule off.
  [[nodiscard]] constexpr bool is_multiple_of(Decimal step) const noexcept {
    return step.raw_ == 0 || raw_ % step.raw_ == 0;
  }

  std::size_t format(char* out, int places_min = 0) const noexcept {
    return format_fixed8(raw_, out, places_min);
  }
  [[nodiscard]] std::string str(int places_min = 0) const {
    std::array<char, kDecimalTextMax + 1> text{};
    return {text.data(), format(text.data(), places_min)};
  }

  friend constexpr auto operator<=>(const Decimal&, const Decimal&) noexcept = default;
  constexpr Decimal operator-() const noexcept { return from_raw(-raw_); }
  friend constexpr Decimal operator+(Decimal a, Decimal b) noexcept {
    return from_raw(a.raw_ + b.raw_);
  }
  friend constexpr Decimal operator-(Decimal a, Decimal b) noexcept {
    return from_raw(a.raw_ - b.raw_);
  }
  constexpr Decimal& operator+=(Decimal other) noexcept { return *this = *this + other; }
  constexpr Decimal& operator-=(Decimal other) noexcept { return *this = *this - other; }

 private:
  std::int64_t raw_{0};
};

using Price = Decimal<struct PriceTag>;              // quote units for one base unit
using Qty = Decimal<struct QtyTag>;                  // base units
using Notional = Decimal<struct NotionalTag>;        // quote units
using PriceFactor = Decimal<struct PriceFactorTag>;  // a multiple of a price
using Fee = Decimal<struct FeeTag>;                  // units of the fee asset; negative is a rebate

// a + b, or nothing when the sum leaves the range.
template <class Tag>
[[nodiscard]] constexpr std::expected<Decimal<Tag>, DecimalError> checked_add(
    Decimal<Tag> a, Decimal<Tag> b) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.raw(), b.raw(), &sum)) {
    return std::unexpected{DecimalError::kOverflow};
  }
  return Decimal<Tag>::from_raw(sum);
}

enum class Rounding : std::uint8_t { kDown, kUp };  // toward zero, away from zero

// Price times quantity through 128 bits. Exact when the product has at most eight places (it does
// at the venue's ticks and lots); otherwise rounded as asked. Saturates at the range's end, so that
// a limit check on the result still rejects.
[[nodiscard]] constexpr Notional notional(Price px, Qty qty,
                                          Rounding rounding = Rounding::kDown) noexcept {
  const Int128 product = static_cast<Int128>(px.raw()) * qty.raw();
  Int128 scaled = product / kDecimalScale;
  if (rounding == Rounding::kUp && product % kDecimalScale != 0) scaled += product > 0 ? 1 : -1;
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  if (scaled > kMax) return Notional::from_raw(static_cast<std::int64_t>(kMax));
  if (scaled < -kMax) return Notional::from_raw(static_cast<std::int64_t>(-kMax));
  return Notional::from_raw(static_cast<std::int64_t>(scaled));
}

}  // namespace portcullis
