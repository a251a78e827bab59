#include "core/decimal.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

constexpr std::int64_t kMaxRaw = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinRaw = std::numeric_limits<std::int64_t>::min();

// Written the long way round, on purpose: nothing here is shared with the code under test.
std::string long_form(Int128 raw) {
  const bool negative = raw < 0;
  if (negative) raw = -raw;
  std::string digits;
  while (raw > 0 || digits.size() < 9) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(raw % 10)));
    raw /= 10;
  }
  return (negative ? "-" : "") + digits.substr(0, digits.size() - 8) + "." +
         digits.substr(digits.size() - 8);
}

std::string trimmed(std::string text) {
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

TEST(Decimal, ReadsWhatTheVenueSends) {
  EXPECT_EQ(Price::parse("61602.01000000")->raw(), 6'160'201'000'000);
  EXPECT_EQ(Price::parse("0.00000001")->raw(), 1);
  EXPECT_EQ(Price::parse("0")->raw(), 0);
  EXPECT_EQ(Price::parse("-1.5")->raw(), -150'000'000);
  EXPECT_EQ(Price::parse("007.10")->raw(), 710'000'000);
  EXPECT_EQ(Price::parse("1.000000000000")->raw(), 100'000'000) << "zeros beyond the eighth place";
}

TEST(Decimal, RangeEndsExactlyAtInt64) {
  EXPECT_EQ(Price::parse("92233720368.54775807")->raw(), kMaxRaw);
  EXPECT_EQ(Price::parse("-92233720368.54775807")->raw(), -kMaxRaw);
  EXPECT_EQ(Price::parse("92233720368.54775808").error(), DecimalError::kOverflow);
  EXPECT_EQ(Price::parse("92233720369").error(), DecimalError::kOverflow);
  EXPECT_EQ(Price::parse("99999999999999999999999").error(), DecimalError::kOverflow);
}

TEST(Decimal, EachErrorHasItsKind) {
  EXPECT_EQ(Price::parse("").error(), DecimalError::kEmpty);
  for (const char* text : {"-", ".", "1.", ".5", "+1", "1e5", "1,5", " 1", "1 ", "0x1", "--1",
                           "1.2.3", "nan", "1.5a", "-.5"}) {
    EXPECT_EQ(Price::parse(text).error(), DecimalError::kMalformed) << text;
  }
  EXPECT_EQ(Price::parse("0.000000001").error(), DecimalError::kExcessPrecision);
  EXPECT_EQ(Price::parse("1.123456785").error(), DecimalError::kExcessPrecision);
  for (const auto error : {DecimalError::kEmpty, DecimalError::kMalformed,
                           DecimalError::kExcessPrecision, DecimalError::kOverflow}) {
    EXPECT_STRNE(to_string(error), "?");
  }
}

TEST(Decimal, FormatIsTheShortestExactForm) {
  EXPECT_EQ(Price::from_raw(0).str(), "0");
  EXPECT_EQ(Price::from_raw(150'000'000).str(), "1.5");
  EXPECT_EQ(Price::from_raw(-1).str(), "-0.00000001");
  EXPECT_EQ(Price::from_raw(kMaxRaw).str(), "92233720368.54775807");
  EXPECT_EQ(Price::from_raw(kMinRaw).str(), "-92233720368.54775808");
  EXPECT_EQ(Price::from_raw(100'000'000).str(2), "1.00");
  EXPECT_EQ(Price::from_raw(123'456'780).str(2), "1.2345678") << "padding never cuts";
  EXPECT_EQ(Price::from_raw(0).str(8), "0.00000000");
  EXPECT_LE(Price::from_raw(kMinRaw).str().size(), kDecimalTextMax);
}

TEST(Decimal, AgreesWithTheLongFormOnRandomValues) {
  std::mt19937_64 random{20'240'101};
  for (int i = 0; i < 200'000; ++i) {
    // All magnitudes alike, not only the large ones.
    const auto raw = static_cast<std::int64_t>(random()) >> (random() % 64);
    if (raw == kMinRaw) continue;
    const std::string text = long_form(raw);
    ASSERT_EQ(parse_fixed8(text), raw) << text;
    ASSERT_EQ(Price::from_raw(raw).str(), trimmed(text));
    ASSERT_EQ(Price::from_raw(raw).str(8), text);
  }
}

// Schoolbook multiplication on decimal digits.
std::string multiply_digits(std::string left, std::string right) {
  std::string product(left.size() + right.size(), '\0');
  for (std::size_t i = left.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = right.size(); j-- > 0;) {
      const int sum = product[i + j + 1] + (left[i] - '0') * (right[j] - '0') + carry;
      product[i + j + 1] = static_cast<char>(sum % 10);
      carry = sum / 10;
    }
    product[i] = static_cast<char>(product[i] + carry);
  }
  for (char& digit : product) digit = static_cast<char>(digit + '0');
  return product;
}

TEST(Notional, AgreesWithSchoolbookMultiplication) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 50'000; ++i) {
    const auto px = static_cast<std::int64_t>(random() >> (20 + random() % 40));
    const auto qty = static_cast<std::int64_t>(random() >> (30 + random() % 30));
    // Sixteen places; the last eight go.
    const std::string product = multiply_digits(std::to_string(px), std::to_string(qty));
    const std::string padded = std::string(9, '0') + product;
    const std::string kept = padded.substr(0, padded.size() - 8);
    const bool is_exact = padded.ends_with("00000000");
    std::int64_t expected = 0;
    bool fits = true;
    for (const char digit : kept) {
      fits = fits && !__builtin_mul_overflow(expected, 10, &expected) &&
             !__builtin_add_overflow(expected, digit - '0', &expected);
    }
    const auto down = notional(Price::from_raw(px), Qty::from_raw(qty));
    const auto up = notional(Price::from_raw(px), Qty::from_raw(qty), Rounding::kUp);
    if (!fits) {
      ASSERT_EQ(down.raw(), kMaxRaw);
      continue;
    }
    ASSERT_EQ(down.raw(), expected) << px << " x " << qty;
    ASSERT_EQ(up.raw(), is_exact || expected == kMaxRaw ? expected : expected + 1);
  }
}

TEST(Notional, SaturatesInsteadOfWrapping) {
  EXPECT_EQ(notional(Price::max(), Qty::max()).raw(), kMaxRaw);
  EXPECT_EQ(notional(-Price::max(), Qty::max()).raw(), -kMaxRaw);
  EXPECT_EQ(notional(Price::from_raw(3), Qty::from_raw(1)).raw(), 0);
  EXPECT_EQ(notional(Price::from_raw(3), Qty::from_raw(1), Rounding::kUp).raw(), 1);
  EXPECT_EQ(notional(Price::from_raw(-3), Qty::from_raw(1), Rounding::kUp).raw(), -1);
}

TEST(Decimal, CheckedAddSeesTheEndOfTheRange) {
  EXPECT_EQ(checked_add(Qty::from_raw(1), Qty::from_raw(2))->raw(), 3);
  EXPECT_EQ(checked_add(Qty::max(), Qty::from_raw(1)).error(), DecimalError::kOverflow);
  EXPECT_EQ(checked_add(-Qty::max(), Qty::from_raw(-2)).error(), DecimalError::kOverflow);
}

TEST(Decimal, MultiplesOfAStep) {
  const Price tick = *Price::parse("0.01");
  EXPECT_TRUE(Price::parse("61602.01")->is_multiple_of(tick));
  EXPECT_FALSE(Price::parse("61602.015")->is_multiple_of(tick));
  EXPECT_TRUE(Price::parse("1.00000001")->is_multiple_of(Price{})) << "a zero step is no rule";
}

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
template <class A, class B>
concept Comparable = requires(A a, B b) { a < b; };
template <class A, class B>
concept Multiplicable = requires(A a, B b) { a* b; };

static_assert(Addable<Price, Price>);
static_assert(!Addable<Price, Qty>);
static_assert(!Comparable<Price, Qty>);
static_assert(!Comparable<Price, std::int64_t>);
static_assert(!Multiplicable<Price, Qty>, "only notional() multiplies, through 128 bits");
static_assert(!std::is_convertible_v<std::int64_t, Price>);
static_assert(!std::is_convertible_v<Price, std::int64_t>);
static_assert(!std::is_convertible_v<Price, Qty>);
static_assert(!std::is_constructible_v<Price, Qty>);
static_assert(!std::is_constructible_v<Price, std::int64_t>);

}  // namespace
}  // namespace portcullis
