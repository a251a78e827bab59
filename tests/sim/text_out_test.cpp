// The fast text writer says what the plain one says.
#include "sim/json/text_out.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "sim/random.hpp"

namespace portcullis::sim {
namespace {

std::string fixed8(Int128 raw) {
  char text[kWholeTextMax];
  return {text, write_fixed8(text, raw)};
}

TEST(TextOut, DecimalsEqualTheExactFormatter) {
  Random random{3};
  TextOut out{1};
  for (int i = 0; i < 100'000; ++i) {
    // Every size, small and large, positive and negative.
    const auto raw = static_cast<std::int64_t>(random.next()) >> random.below(64);
    const std::string wanted = Price::from_raw(raw).str(kDecimalPlaces);
    out.clear();
    out.decimal(Price::from_raw(raw));
    ASSERT_EQ(out.view(), '"' + wanted + '"');
    ASSERT_EQ(fixed8(raw), wanted);
    out.clear();
    out.signed_whole(raw);
    ASSERT_EQ(out.view(), std::to_string(raw));
    out.clear();
    out.whole(static_cast<std::uint64_t>(raw));
    ASSERT_EQ(out.view(), std::to_string(static_cast<std::uint64_t>(raw)));
  }
}

TEST(TextOut, SumsBeyondInt64KeepEveryDigit) {
  EXPECT_EQ(fixed8(0), "0.00000000");
  EXPECT_EQ(fixed8(-1), "-0.00000001");
  EXPECT_EQ(fixed8(Int128{1'000'000'000'000'000'000} * 1'000'000'000 + 7),
            "10000000000000000000.00000007");
  EXPECT_EQ(fixed8(-Int128{std::numeric_limits<std::int64_t>::max()} * 1'000'000'000'000),
            "-92233720368547758070000.00000000");
}

TEST(TextOut, TimesComeInBothUnits) {
  TextOut out;
  out.time(wall_time(1'672'515'782'136'789'000), TimeUnit::kMilliseconds).put(' ');
  out.time(wall_time(1'672'515'782'136'789'000), TimeUnit::kMicroseconds);
  EXPECT_EQ(out.view(), "1672515782136 1672515782136789");
}

}  // namespace
}  // namespace portcullis::sim
