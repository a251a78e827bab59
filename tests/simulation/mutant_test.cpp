#include "core/mutant.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "tests/simulation/scratch_folder.hpp"
#include "tests/simulation/simulation.hpp"

// The gateway with a bug planted, one at a time: the simulation must find it. This program alone is
// built with PORTCULLIS_MUTANTS.

namespace portcullis {

Mutant planted_mutant = Mutant::kNone;

namespace simulation {
namespace {

constexpr std::uint64_t kSeedsMax = 800;

// The first seed that shows anything wrong, and what; empty when none does.
std::string first_finding(std::optional<journal::Durability> durability) {
  const ScratchFolder folder;
  for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    const Outcome outcome =
        Simulation{{.seed = seed, .durability = durability, .state_dir = folder.path()}}.run();
    if (outcome.violations.empty()) continue;
    return "seed " + std::to_string(seed) + ": " + outcome.violations.front();
  }
  return {};
}

struct Planted {
  Mutant mutant;
  const char* name;
  std::optional<journal::Durability> durability{};  // that it takes to see it; else the seed's own
};

class PlantedBug : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { planted_mutant = GetParam().mutant; }
  void TearDown() override { planted_mutant = Mutant::kNone; }
};

TEST_P(PlantedBug, IsFound) {
  const std::string finding = first_finding(GetParam().durability);
  RecordProperty("finding", finding);
  EXPECT_FALSE(finding.empty()) << kSeedsMax << " seeds hold with it";
}

INSTANTIATE_TEST_SUITE_P(
    Of, PlantedBug,
    testing::Values(Planted{Mutant::kFillsCountedAgain, "FillsCountedAgain"},
                    Planted{Mutant::kReserveFreedByDoubt, "ReserveFreedByDoubt"},
                    Planted{Mutant::kReserveFreedByCancel, "ReserveFreedByCancel"},
                    Planted{Mutant::kAbsentAtFirstDenial, "AbsentAtFirstDenial"},
                    Planted{Mutant::kLateFillDropped, "LateFillDropped"},
                    Planted{Mutant::kLastWordBelieved, "LastWordBelieved"},
                    Planted{Mutant::kFeeNotTaken, "FeeNotTaken"},
                    Planted{Mutant::kFillNotWrittenDown, "FillNotWrittenDown"},
                    Planted{Mutant::kSentBeforeDisk, "SentBeforeDisk", journal::Durability::kGroup},
                    Planted{Mutant::kEpochStays, "EpochStays"},
                    Planted{Mutant::kSentTwice, "SentTwice"},
                    Planted{Mutant::kStreamGapIgnored, "StreamGapIgnored"},
                    Planted{Mutant::kMissingNotAsked, "MissingNotAsked"},
                    Planted{Mutant::kKillPassesGate, "KillPassesGate"},
                    Planted{Mutant::kKillForgotten, "KillForgotten"},
                    Planted{Mutant::kKillNotVerified, "KillNotVerified"},
                    Planted{Mutant::kGapNotSeen, "GapNotSeen"},
                    Planted{Mutant::kOldSnapshotJoined, "OldSnapshotJoined"},
                    Planted{Mutant::kLostStreamNotSeen, "LostStreamNotSeen"},
                    Planted{Mutant::kReserveLoweredByAmend, "ReserveLoweredByAmend"},
                    Planted{Mutant::kReserveFreedByReplace, "ReserveFreedByReplace"},
                    Planted{Mutant::kReserveOfFirstLegOnly, "ReserveOfFirstLegOnly"},
                    Planted{Mutant::kReserveFreedBySibling, "ReserveFreedBySibling"},
                    Planted{Mutant::kHaltPassesGate, "HaltPassesGate"},
                    Planted{Mutant::kHaltedNotCancelled, "HaltedNotCancelled"}),
    [](const auto& each) { return each.param.name; });

// Otherwise what they find would be nobody's.
TEST(PlantedBugs, NoneIsThereWhenNoneIsPlanted) {
  const ScratchFolder folder;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Outcome outcome = Simulation{{.seed = seed, .state_dir = folder.path()}}.run();
    EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << ": " << outcome.violations[0];
  }
}

}  // namespace
}  // namespace simulation
}  // namespace portcullis
