#include "core/decimal.hpp"

#include <algorithm>

namespace portcullis {

const char* to_string(DecimalError error) noexcept {
  switch (error) {
    case DecimalError::kEmpty: return "empty number";
    case DecimalError::kMalformed: return "not a plain decimal number";
    case DecimalError::kExcessPrecision: return "more than eight decimal places";
    case DecimalError::kOverflow: return "outside +-92233720368.54775807";
  }
  return "?";
}

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Appends one decimal digit to a magnitude; false on overflow of int64.
constexpr bool push_digit(std::uint64_t& magnitude, unsigned digit) noexcept {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (magnitude > (kMax - digit) / 10) return false;
  magnitude = magnitude * 10 + digit;
  return true;
}

}  // namespace

std::expected<std::int64_t, DecimalError> parse_fixed8(std::string_view text) noexcept {
  if (text.empty()) return std::unexpected{DecimalError::kEmpty};
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::uint64_t magnitude = 0;
  std::size_t pos = 0;
  for (; pos < text.size() && is_digit(text[pos]); ++pos) {
    if (!push_digit(magnitude, static_cast<unsigned>(text[pos] - '0'))) {
      return std::unexpected{DecimalError::kOverflow};
    }
  }
  const std::size_t integer_digits = pos;
  if (integer_digits == 0) return std::unexpected{DecimalError::kMalformed};
  int places = 0;
  if (pos < text.size()) {
    if (text[pos] != '.' || pos + 1 == text.size())
      return std::unexpected{DecimalError::kMalformed};
    bool excess = false;
    for (++pos; pos < text.size(); ++pos) {
      if (!is_digit(text[pos])) return std::unexpected{DecimalError::kMalformed};
      if (places == kDecimalPlaces) {
        excess = excess || text[pos] != '0';
        continue;
      }
      if (!push_digit(magnitude, static_cast<unsigned>(text[pos] - '0'))) {
        return std::unexpected{DecimalError::kOverflow};
      }
      ++places;
    }
    if (excess) return std::unexpected{DecimalError::kExcessPrecision};
  }
  for (; places < kDecimalPlaces; ++places) {
    if (!push_digit(magnitude, 0)) return std::unexpected{DecimalError::kOverflow};
  }
  const auto value = static_cast<std::int64_t>(magnitude);
  return negative ? -value : value;
}

std::size_t format_fixed8(std::int64_t raw, char* out, int places_min) noexcept {
  char* cursor = out;
  if (raw < 0) *cursor++ = '-';
  // Through unsigned, so that the most negative value has a magnitude too.
  const std::uint64_t magnitude =
      raw < 0 ? 0 - static_cast<std::uint64_t>(raw) : static_cast<std::uint64_t>(raw);
  std::uint64_t integer = magnitude / kDecimalScale;
  std::uint64_t fraction = magnitude % kDecimalScale;
  std::array<char, kDecimalTextMax> digits{};
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + integer % 10);
    integer /= 10;
  } while (integer != 0);
  while (count > 0) *cursor++ = digits[--count];
  int places = kDecimalPlaces;
  while (places > places_min && fraction % 10 == 0) {
    if (places == 0) break;
    fraction /= 10;
    --places;
  }
  if (places > 0) {
    *cursor++ = '.';
    for (int i = places - 1; i >= 0; --i) {
      cursor[i] = static_cast<char>('0' + fraction % 10);
      fraction /= 10;
    }
    cursor += places;
  }
  return static_cast<std::size_t>(cursor - out);
}

}  // namespace portcullis
