#include <cstdint>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/simulation/scratch_folder.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {
namespace {

std::string text_of(const Outcome& outcome) {
  std::string text = "seed " + std::to_string(outcome.seed);
  for (const std::string& violation : outcome.violations) text += "\n  " + violation;
  text += "\n  with no more than";
  for (const Fault& fault : outcome.faults) text += "\n    " + describe(fault);
  return text + "\n  ./dev sim --seeds 1 --seed " + std::to_string(outcome.seed) + " --verbose";
}

constexpr std::uint64_t kSeedsEach = 250;

class SimulationSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimulationSeeds, HoldEveryInvariant) {
  const ScratchFolder folder;
  std::size_t orders = 0;
  std::size_t lives = 0;
  std::map<std::string, std::size_t> lists;
  for (std::uint64_t i = 0; i < kSeedsEach; ++i) {
    const Plan plan{.seed = GetParam() + i, .state_dir = folder.path()};
    const Outcome outcome = Simulation{plan}.run();
    if (!outcome.violations.empty()) FAIL() << text_of(shrink(plan, outcome));
    orders += outcome.orders;
    lives += outcome.lives;
    for (const auto& [method, taken] : outcome.lists) lists[method] += taken;
  }
  // They were not days without anything.
  EXPECT_GT(orders, kSeedsEach * 50);
  EXPECT_GT(lives, kSeedsEach);
  EXPECT_EQ(lists.size(), 5U) << "not every kind of list";
  for (const auto& [method, taken] : lists) EXPECT_GT(taken, kSeedsEach / 5) << method;
}

INSTANTIATE_TEST_SUITE_P(From, SimulationSeeds,
                         testing::Values(1, 251, 501, 751, 1'001, 1'251, 1'501, 1'751));

TEST(Simulation, TheSameSeedIsTheSameHistory) {
  const ScratchFolder folder;
  for (const std::uint64_t seed : {2U, 14U, 21U, 562U}) {
    const Plan plan{.seed = seed, .state_dir = folder.path()};
    const Outcome first = Simulation{plan}.run();
    const Outcome second = Simulation{plan}.run();
    EXPECT_EQ(first.history, second.history) << "seed " << seed;
    EXPECT_EQ(first.requests, second.requests) << "seed " << seed;
    EXPECT_EQ(first.log, second.log) << "seed " << seed;
    EXPECT_EQ(first.fired, second.fired) << "seed " << seed;
  }
  const Outcome a = Simulation{{.seed = 3, .state_dir = folder.path()}}.run();
  const Outcome b = Simulation{{.seed = 4, .state_dir = folder.path()}}.run();
  EXPECT_NE(a.history, b.history);
}

// Each kind of fault is drawn and does something within a few hundred seeds.
TEST(Simulation, EveryKindOfFaultFires) {
  const ScratchFolder folder;
  std::array<std::uint64_t, kFaultKinds> fired{};
  std::size_t missing = kFaultKinds;
  for (std::uint64_t seed = 5'001; seed < 5'601 && missing > 0; ++seed) {
    const Outcome outcome = Simulation{{.seed = seed, .state_dir = folder.path()}}.run();
    for (std::size_t i = 0; i < kFaultKinds; ++i) fired[i] += outcome.fired[i];
    missing = static_cast<std::size_t>(std::ranges::count(fired, 0U));
  }
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    EXPECT_GT(fired[i], 0U) << name_of(static_cast<FaultKind>(i));
  }
}

}  // namespace
}  // namespace portcullis::simulation
