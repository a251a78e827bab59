#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace portcullis::risk {

// "Is n a multiple of d?" without dividing: for odd d, n * d^-1 mod 2^64 is the quotient when n is
// a multiple and larger than any quotient when it is not; the power of two in d is rotated out (H.
// S. Warren, Hacker's Delight, "Test for zero remainder"). Tick and lot steps are known at
// start-up, a 64-bit division at each order would cost as much as all other checks together.
class ExactDivisor {
 public:
  // Every number is a multiple: a filter that the venue has switched off.
  constexpr ExactDivisor() noexcept = default;
  // Zero is "off" as well.
  explicit constexpr ExactDivisor(std::uint64_t divisor) noexcept {
    if (divisor == 0) return;
    shift_ = std::countr_zero(divisor);
    inverse_ = inverse_of_odd(divisor >> shift_);
    quotient_max_ = std::numeric_limits<std::uint64_t>::max() / divisor;
  }

  [[nodiscard]] constexpr bool divides(std::uint64_t value) const noexcept {
    return std::rotr(value * inverse_, shift_) <= quotient_max_;
  }

 private:
  // Newton's iteration doubles the correct low bits: 3, 6, 12, 24, 48, 96.
  static constexpr std::uint64_t inverse_of_odd(std::uint64_t odd) noexcept {
    std::uint64_t inverse = odd;
    for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
    return inverse;
  }

  std::uint64_t inverse_{0};
  std::uint64_t quotient_max_{std::numeric_limits<std::uint64_t>::max()};
  int shift_{0};
};

}  // namespace portcullis::risk
