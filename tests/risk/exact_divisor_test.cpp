#include "risk/exact_divisor.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::risk {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// Steps as venues use them, powers of two, odd numbers, primes, and the ends of the range.
std::vector<std::uint64_t> divisors() {
  std::vector<std::uint64_t> values{1,
                                    2,
                                    3,
                                    5,
                                    6,
                                    7,
                                    10,
                                    12,
                                    15,
                                    25,
                                    99,
                                    250,
                                    1'000'003,
                                    1ULL << 63,
                                    (1ULL << 63) - 1,
                                    (1ULL << 63) + 1,
                                    kMax,
                                    kMax - 1,
                                    kMax / 2,
                                    kMax / 3,
                                    18'446'744'073'709'551'557ULL};
  for (std::uint64_t power = 1; power <= 10'000'000'000'000ULL; power *= 10) {
    values.push_back(power);
    values.push_back(power * 5);
  }
  for (unsigned bit = 0; bit < 64; ++bit) values.push_back(1ULL << bit);
  return values;
}

void expect_agrees(std::uint64_t value, std::uint64_t divisor) {
  ASSERT_EQ(ExactDivisor{divisor}.divides(value), value % divisor == 0)
      << value << " % " << divisor;
}

TEST(ExactDivisor, AgreesWithTheRemainderAtTheBoundaries) {
  for (const std::uint64_t divisor : divisors()) {
    const std::uint64_t largest_multiple = kMax / divisor * divisor;
    for (const std::uint64_t base :
         {std::uint64_t{0}, divisor, divisor * 2, largest_multiple, kMax, kMax / 2 + 1, kMax / 2}) {
      for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}}) {
        expect_agrees(base + offset, divisor);
        expect_agrees(base - offset, divisor);
      }
    }
  }
}

TEST(ExactDivisor, AgreesWithTheRemainderOnRandomNumbers) {
  std::mt19937_64 random{1};
  const std::vector<std::uint64_t> steps = divisors();
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t divisor =
        i % 2 == 0 ? steps[random() % steps.size()] : (random() >> (random() % 64)) | 1;
    const std::uint64_t value = random() >> (random() % 64);
    expect_agrees(value, divisor);
    expect_agrees(value / divisor * divisor, divisor);  // a multiple, always
  }
}

TEST(ExactDivisor, ZeroSwitchesTheRuleOff) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, kMax}) {
    EXPECT_TRUE(ExactDivisor{}.divides(value));
    EXPECT_TRUE(ExactDivisor{0}.divides(value));
  }
}

static_assert(ExactDivisor{1'000}.divides(5'000) && !ExactDivisor{1'000}.divides(5'001));

}  // namespace
}  // namespace portcullis::risk
