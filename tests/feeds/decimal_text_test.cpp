#include "feeds/binance/decimal_text.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace portcullis::feeds::binance {
namespace {

void expect_equal_to_core(const std::string& text) {
  const std::string quoted = text + "\"99.9\"";
  const auto expected = parse_fixed8(text);
  const auto actual = parse_fixed8_quoted(quoted.data());
  ASSERT_EQ(actual.has_value(), expected.has_value()) << text;
  if (expected) {
    ASSERT_EQ(*actual, *expected) << text;
  } else {
    ASSERT_EQ(actual.error(), expected.error()) << text;
  }
}

TEST(DecimalText, EqualsTheCoreParserOnEdges) {
  for (const char* text : {"",
                           "0",
                           "-0",
                           "1",
                           "-1",
                           ".",
                           "1.",
                           ".5",
                           "-",
                           "--1",
                           "+1",
                           "1.5",
                           "00001.5",
                           "0.00000001",
                           "0.000000001",
                           "1.000000000000",
                           "9999999999.99999999",
                           "10000000000.00000000",
                           "12345678901",
                           "92233720368.54775807",
                           "92233720368.54775808",
                           "-92233720368.54775807",
                           "99999999999.9",
                           "00000000000000000000000001",
                           "1e5",
                           "1,5",
                           " 1",
                           "1 ",
                           "1.5.5",
                           "1.2-",
                           "0x1",
                           "NaN",
                           "\\u0031"}) {
    expect_equal_to_core(text);
  }
}

TEST(DecimalText, EqualsTheCoreParserOnRandomTexts) {
  std::mt19937_64 random{3};
  const std::string alphabet = "00112233445566778899..-x";
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    const auto length = random() % 24;
    for (std::uint64_t at = 0; at < length; ++at) text += alphabet[random() % alphabet.size()];
    expect_equal_to_core(text);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(DecimalText, EqualsTheCoreParserOnEveryFormattedValue) {
  std::mt19937_64 random{4};
  for (int i = 0; i < 50'000; ++i) {
    const auto raw = static_cast<std::int64_t>(random() >> (random() % 60 + 1));
    expect_equal_to_core(Price::from_raw(raw).str());
    expect_equal_to_core(Price::from_raw(raw).str(8));
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace portcullis::feeds::binance
