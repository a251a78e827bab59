#include "oms/fine_notional.hpp"

#include <algorithm>
#include <limits>

namespace portcullis::oms {

namespace {

constexpr int kFinePlaces = 2 * kDecimalPlaces;

}  // namespace

Notional FineNotional::rounded() const noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  const Int128 scaled = std::clamp(raw / kDecimalScale, -kMax, kMax);
  return Notional::from_raw(static_cast<std::int64_t>(scaled));
}

std::string FineNotional::str() const {
  const bool is_negative = raw < 0;
  Int128 left = raw;
  std::string digits;  // last first
  while (left != 0 || digits.size() <= kFinePlaces) {
    const auto digit = static_cast<int>(left % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    left /= 10;
  }
  std::string text(digits.rbegin(), digits.rend());
  text.insert(text.size() - kFinePlaces, 1, '.');
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return is_negative ? "-" + text : text;
}

}  // namespace portcullis::oms
