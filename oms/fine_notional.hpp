#pragma once

#include <cstdint>
#include <string>

#include "core/decimal.hpp"

namespace portcullis::oms {

// Money at 1e-16, the raw product of a price and a quantity: nothing is lost by multiplying.
struct FineNotional {
  Int128 raw{0};

  // Toward zero to eight places; saturates at the range's end.
  [[nodiscard]] Notional rounded() const noexcept;
  // The shortest exact text ("-0.0000000000000001", "15"). Cold.
  [[nodiscard]] std::string str() const;
};

// cost * part / whole toward zero, for 0 < part <= whole, without leaving 128 bits.
[[nodiscard]] constexpr Int128 share_of(Int128 cost, std::int64_t part,
                                        std::int64_t whole) noexcept {
  const Int128 quotient = cost / whole;
  const Int128 remainder = cost % whole;
  return quotient * part + remainder * part / whole;
}

}  // namespace portcullis::oms
