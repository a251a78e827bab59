#include "core/net/backoff.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace portcullis::net {
namespace {

using std::chrono::milliseconds;

std::vector<milliseconds> waits(std::uint64_t seed, int count) {
  Backoff backoff{{.first = milliseconds{100}, .max = milliseconds{5000}}, seed};
  std::vector<milliseconds> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(backoff.next());
  return drawn;
}

TEST(Backoff, SameSeedGivesTheSameWaitsAndAnotherSeedOthers) {
  EXPECT_EQ(waits(7, 20), waits(7, 20));
  EXPECT_NE(waits(7, 20), waits(8, 20));
}

TEST(Backoff, EachWaitIsInTheUpperHalfOfADoublingBound) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    milliseconds bound{100};
    for (const milliseconds wait : waits(seed, 12)) {
      EXPECT_GE(wait, bound / 2);
      EXPECT_LE(wait, bound);
      bound = std::min(bound * 2, milliseconds{5000});
    }
  }
}

TEST(Backoff, ResetGoesBackToTheFirstBound) {
  Backoff backoff{{.first = milliseconds{100}, .max = milliseconds{5000}}, 1};
  for (int i = 0; i < 10; ++i) static_cast<void>(backoff.next());
  backoff.reset();
  EXPECT_LE(backoff.next(), milliseconds{100});
}

TEST(Backoff, AZeroPolicyStillWaits) {
  Backoff backoff{{.first = milliseconds{0}, .max = milliseconds{0}}, 1};
  for (int i = 0; i < 5; ++i) EXPECT_LE(backoff.next(), milliseconds{1});
}

}  // namespace
}  // namespace portcullis::net
