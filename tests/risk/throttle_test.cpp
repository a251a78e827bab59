#include "risk/throttle.hpp"

#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace portcullis::risk {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

int take_all(Throttle& throttle, std::int64_t at_ns, int attempts = 1'000) {
  int taken = 0;
  for (int i = 0; i < attempts; ++i) taken += throttle.try_take(mono_time(at_ns)) ? 1 : 0;
  return taken;
}

TEST(Throttle, UnsetOrAnyZeroRefusesEverything) {
  Throttle throttles[] = {Throttle{}, Throttle{0, Nanos{kSecond}, 5}, Throttle{5, Nanos{0}, 5},
                          Throttle{5, Nanos{kSecond}, 0}, Throttle{5, Nanos{-1}, 5}};
  for (Throttle& throttle : throttles) {
    EXPECT_EQ(take_all(throttle, 0), 0);
    EXPECT_EQ(take_all(throttle, 100 * kSecond), 0);
  }
}

TEST(Throttle, LetsTheBurstThroughAndThenOneEachInterval) {
  Throttle throttle{10, Nanos{kSecond}, 3};
  EXPECT_EQ(take_all(throttle, 5 * kSecond), 3);
  EXPECT_EQ(take_all(throttle, 5 * kSecond + 99'999'999), 0) << "one nanosecond early";
  EXPECT_EQ(take_all(throttle, 5 * kSecond + 100'000'000), 1);
  EXPECT_EQ(take_all(throttle, 5 * kSecond + 199'999'999), 0);
  EXPECT_EQ(take_all(throttle, 5 * kSecond + 300'000'000), 2);
  EXPECT_EQ(take_all(throttle, 100 * kSecond), 3) << "idle time saves up no more than the burst";
}

TEST(Throttle, ABurstOfOneSpacesOrders) {
  Throttle throttle{4, Nanos{kSecond}, 1};
  EXPECT_TRUE(throttle.try_take(mono_time(0)));
  EXPECT_FALSE(throttle.try_take(mono_time(249'999'999)));
  EXPECT_TRUE(throttle.try_take(mono_time(250'000'000)));
}

TEST(Throttle, AnIntervalThatDoesNotDivideIsRoundedToTheStrictSide) {
  Throttle throttle{3, Nanos{kSecond}, 1};
  EXPECT_TRUE(throttle.try_take(mono_time(0)));
  EXPECT_FALSE(throttle.try_take(mono_time(333'333'333)));
  EXPECT_TRUE(throttle.try_take(mono_time(333'333'334)));
}

TEST(Throttle, AFailedTakeCostsNothing) {
  Throttle throttle{1, Nanos{kSecond}, 1};
  EXPECT_TRUE(throttle.try_take(mono_time(0)));
  EXPECT_EQ(take_all(throttle, kSecond - 1), 0);
  EXPECT_TRUE(throttle.try_take(mono_time(kSecond)));
}

TEST(Throttle, AClockThatGoesBackOnlyMakesItStricter) {
  Throttle throttle{10, Nanos{kSecond}, 2};
  EXPECT_EQ(take_all(throttle, 10 * kSecond), 2);
  EXPECT_EQ(take_all(throttle, 5 * kSecond), 0);
  EXPECT_EQ(take_all(throttle, 10 * kSecond + 100'000'000), 1);
}

TEST(Throttle, CountsTheTokensInUse) {
  Throttle throttle{10, Nanos{kSecond}, 4};
  EXPECT_EQ(throttle.in_use(mono_time(0)), 0);
  EXPECT_EQ(take_all(throttle, kSecond), 4);
  EXPECT_EQ(throttle.in_use(mono_time(kSecond)), 4);
  EXPECT_EQ(throttle.in_use(mono_time(kSecond + 99'999'999)), 4);
  EXPECT_EQ(throttle.in_use(mono_time(kSecond + 100'000'000)), 3);
  EXPECT_EQ(throttle.in_use(mono_time(2 * kSecond)), 0);
}

TEST(Throttle, NewSettingsAreNoSecondHelping) {
  Throttle throttle{10, Nanos{kSecond}, 5};
  EXPECT_EQ(take_all(throttle, 0), 5);
  throttle.configure(10, Nanos{kSecond}, 6);
  EXPECT_EQ(take_all(throttle, 0), 1) << "the five stay taken";
  throttle.configure(0, Nanos{kSecond}, 6);
  EXPECT_EQ(take_all(throttle, 10 * kSecond), 0);
}

TEST(Throttle, SettingsOutOfRangeRefuseEverything) {
  Throttle throttle{1, Nanos{std::numeric_limits<std::int64_t>::max()}, 3};
  EXPECT_EQ(take_all(throttle, 0), 0);
}

// Whatever the arrivals, no window sees more than burst + rate.
TEST(Throttle, NoWindowSeesMoreThanBurstAndRate) {
  std::mt19937_64 random{7};
  Throttle throttle{20, Nanos{kSecond}, 5};
  std::vector<std::int64_t> taken;
  std::int64_t now_ns = 0;
  for (int i = 0; i < 20'000; ++i) {
    now_ns += static_cast<std::int64_t>(random() % 40'000'000);
    if (throttle.try_take(mono_time(now_ns))) taken.push_back(now_ns);
  }
  ASSERT_GT(taken.size(), 1'000U);
  std::size_t first = 0;
  for (std::size_t last = 0; last < taken.size(); ++last) {
    while (taken[last] - taken[first] >= kSecond) ++first;
    ASSERT_LE(last - first + 1, 25U);
  }
}

}  // namespace
}  // namespace portcullis::risk
