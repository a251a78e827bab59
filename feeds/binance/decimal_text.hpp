#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "core/decimal.hpp"

namespace portcullis::feeds::binance {

// The value of a decimal that ends at a double quote, read in place from a JSON string. Equal to
// parse_fixed8 of the text before the quote in value and in verdict; the usual shape (at most ten
// integer digits and eight places, no sign) takes no overflow checks.
//
// `text` must reach its closing quote: a JSON parser has seen it.
[[nodiscard]] inline std::expected<std::int64_t, DecimalError> parse_fixed8_quoted(
    const char* text) noexcept {
  constexpr int kIntegerDigitsMax = 10;  // 10 digits and 8 places stay below 2^63
  constexpr std::array<std::int64_t, kDecimalPlaces + 1> kPowers{
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  const auto digit_at = [](const char* at) noexcept {
    return static_cast<unsigned>(static_cast<unsigned char>(*at)) - unsigned{'0'};
  };
  std::int64_t magnitude = 0;
  const char* cursor = text;
  for (; digit_at(cursor) < 10 && cursor - text <= kIntegerDigitsMax; ++cursor) {
    magnitude = magnitude * 10 + digit_at(cursor);
  }
  const auto integer_digits = cursor - text;
  if (integer_digits > 0 && integer_digits <= kIntegerDigitsMax) {
    if (*cursor == '"') return magnitude * kDecimalScale;
    if (*cursor == '.') {
      const char* const fraction = ++cursor;
      for (; digit_at(cursor) < 10 && cursor - fraction < kDecimalPlaces; ++cursor) {
        magnitude = magnitude * 10 + digit_at(cursor);
      }
      const auto places = cursor - fraction;
      if (*cursor == '"' && places > 0) {
        return magnitude * kPowers[static_cast<std::size_t>(kDecimalPlaces - places)];
      }
    }
  }
  const char* end = text;
  while (*end != '"') ++end;
  return parse_fixed8({text, static_cast<std::size_t>(end - text)});
}

}  // namespace portcullis::feeds::binance
