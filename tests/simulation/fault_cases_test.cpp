// Cases of the fault catalogue by their numbers, each over several seeds: the fault has fired, and
// every invariant holds. What a case needs beside that stands in its own test.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/simulation/scratch_folder.hpp"
#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using F = FaultKind;

struct Case {
  const char* name;
  std::vector<Fault> faults;
  std::optional<journal::Durability> durability{};
  Nanos trading{seconds{10}};
};

constexpr std::uint64_t kSeedsOfACase = 12;

class FaultCase : public testing::TestWithParam<Case> {};

TEST_P(FaultCase, Holds) {
  const ScratchFolder folder;
  std::array<std::uint64_t, kFaultKinds> fired{};
  std::size_t orders = 0;
  for (std::uint64_t seed = 1; seed <= kSeedsOfACase; ++seed) {
    const Plan plan{.seed = seed,
                    .trading = GetParam().trading,
                    .faults = GetParam().faults,
                    .durability = GetParam().durability,
                    .state_dir = folder.path()};
    const Outcome outcome = Simulation{plan}.run();
    for (const std::string& what : outcome.violations)
      ADD_FAILURE() << "seed " << seed << ": " << what;
    for (std::size_t i = 0; i < kFaultKinds; ++i) fired[i] += outcome.fired[i];
    orders += outcome.orders;
  }
  EXPECT_GT(orders, kSeedsOfACase * 5);
  for (const Fault& fault : GetParam().faults) {
    EXPECT_GT(fired[static_cast<std::size_t>(fault.kind)], 0U)
        << name_of(fault.kind) << " has never fired: the case was not run";
  }
}

// All the time, to so many in a hundred.
Fault always(FaultKind kind, std::int64_t percent) {
  return {.kind = kind, .at = Nanos{0}, .lasts = seconds{10}, .amount = percent};
}
Fault at(FaultKind kind, milliseconds moment, milliseconds lasts = milliseconds{0},
         std::int64_t amount = 0) {
  return {.kind = kind, .at = moment, .lasts = lasts, .amount = amount};
}
// The connection is cut again and again, a few bytes further each time.
std::vector<Fault> cuts(FaultKind kind, std::int64_t step) {
  std::vector<Fault> faults;
  for (int i = 0; i < 9; ++i) {
    faults.push_back(at(kind, milliseconds{1'000 * i + 300}, milliseconds{0}, step * i));
  }
  return faults;
}

// One after the other, each for a while.
std::vector<Fault> every_lie() {
  constexpr auto kLies = static_cast<std::int64_t>(sim::Falsehood::kOversized);
  std::vector<Fault> faults;
  for (std::int64_t lie = 0; lie < kLies; ++lie) {
    // As a share it is what remains of it: some tens of percent of all messages.
    faults.push_back(
        at(F::kFalseMarket, milliseconds{600 * lie + 200}, milliseconds{500}, lie + 3 * kLies));
  }
  return faults;
}

std::vector<Case> order_cases() {
  constexpr milliseconds kMinute{60'000};
  return {
      {"O01_ErrorAndTheOrderWasAccepted", {always(F::kUnknownDone, 50)}},
      {"O02_ErrorAndTheOrderWasNotAccepted", {always(F::kUnknownNotDone, 50)}},
      {"O03_OutcomeUnknownAndFilledLater",
       {always(F::kUnknownDone, 100), always(F::kLateEvents, 100)}},
      {"O04_ReplyLostAndTheSessionDownForAMinute",
       {at(F::kLoseReplies, milliseconds{1'000}, milliseconds{2'500}, 100),
        at(F::kRefuse, milliseconds{3'000}, kMinute)},
       {},
       seconds{70}},
      {"O05_FillBeforeAck", {always(F::kLateReplies, 80)}},
      {"O06_ReportsDoubled", {always(F::kDoubleEvents, 100), always(F::kDoubleReplies, 100)}},
      {"O07_ReportsOutOfOrder", {always(F::kReorderEvents, 80), always(F::kReorderReplies, 80)}},
      {"O08_ReportsMissing", {always(F::kLoseEvents, 60)}},
      {"O09_FillWinsAgainstCancel", {always(F::kLateFill, 100)}},
      {"O13_OrphansOfAnEarlierLife",
       {at(F::kSyncStalls, milliseconds{2'000}, milliseconds{900}),
        at(F::kPower, milliseconds{2'850}, milliseconds{500})},
       journal::Durability::kAsync},
      {"O13_OrdersOfOthers",
       {at(F::kOtherOrder, milliseconds{1'000}, milliseconds{0}, 0),
        at(F::kOtherOrder, milliseconds{2'500}, milliseconds{0}, 1),
        at(F::kOtherOrder, milliseconds{4'000}, milliseconds{0}, 2),
        at(F::kKill, milliseconds{5'000}, milliseconds{400}),
        at(F::kOtherOrder, milliseconds{5'200}, milliseconds{0}, 3)}},
      {"O14_SlowDownAndBan",
       {at(F::kSlowDown, milliseconds{1'000}, milliseconds{800}, 60),
        at(F::kBan, milliseconds{5'000}, milliseconds{3'000})}},
      {"O16_ClockTooFarOff",
       {at(F::kHostClock, milliseconds{2'000}, milliseconds{2'000}, -9'000),
        at(F::kVenueClock, milliseconds{6'000}, milliseconds{2'000}, -3'000)}},
      {"O18_DepositsAndLocks",
       {at(F::kDeposit, milliseconds{1'500}, milliseconds{0}, 40),
        at(F::kLock, milliseconds{3'000}, milliseconds{3'000}, 30),
        at(F::kKill, milliseconds{4'000}, milliseconds{500}),
        at(F::kDeposit, milliseconds{4'200}, milliseconds{0}, -25),
        at(F::kDeposit, milliseconds{7'000}, milliseconds{0}, -10)}},
      {"O19_StreamTerminated",
       {at(F::kEndStream, milliseconds{2'000}), at(F::kEndStream, milliseconds{4'000}),
        at(F::kEndStream, milliseconds{6'500})}},
      {"O20_AcceptedHereAndRejectedThere", {at(F::kHalt, milliseconds{500}, milliseconds{9'000})}},
  };
}

std::vector<Case> network_cases() {
  constexpr milliseconds kMinute{60'000};
  return {
      {"N01_ResetInsideARequest", cuts(F::kCutUp, 61)},
      {"N01_ResetInsideAReply", cuts(F::kCutDown, 97)},
      {"N01_ResetInsideASend", cuts(F::kBreakSend, 37)},
      {"N02_EndInsideAFrame",
       {at(F::kEnd, milliseconds{1'500}), at(F::kEnd, milliseconds{4'500}),
        at(F::kEnd, milliseconds{8'000})}},
      {"N03_BlackHoleForAMinute", {at(F::kBlock, milliseconds{2'000}, kMinute)}, {}, seconds{70}},
      {"N04_OnlyAnswersDoNotArrive",
       {at(F::kBlockDown, milliseconds{1'500}, milliseconds{3'000}),
        at(F::kBlockDown, milliseconds{6'000}, milliseconds{6'000})}},
      {"N04_OnlyRequestsDoNotArrive",
       {at(F::kBlockUp, milliseconds{1'500}, milliseconds{3'000}),
        at(F::kBlockUp, milliseconds{6'000}, milliseconds{6'000})}},
      {"N08_ConnectionsRefused", {at(F::kRefuse, milliseconds{1'000}, milliseconds{8'000})}},
      {"N11_DisconnectedAtFullLoad",
       {at(F::kEnd, milliseconds{3'000}), at(F::kReset, milliseconds{6'000})}},
      {"N12_ShutdownAnnounced",
       {at(F::kShutdown, milliseconds{2'000}, milliseconds{0}, 0),
        at(F::kShutdown, milliseconds{5'000}, milliseconds{0}, 4'000)}},
      {"N14_BytesInPieces", {always(F::kSlow, 60)}},
      {"N18_TheVenueDoesNotRead",
       {at(F::kShutWindow, milliseconds{2'000}, milliseconds{300}),
        at(F::kShutWindow, milliseconds{5'000}, milliseconds{3'000})}},
  };
}

std::vector<Case> market_cases() {
  return {
      {"M01_DifferencesMissing", {always(F::kLoseMarket, 20)}},
      {"M02_DifferencesDoubled", {always(F::kDoubleMarket, 100)}},
      {"M03_DifferencesOutOfOrder", {always(F::kReorderMarket, 50)}},
      {"M04_SnapshotsAreOld",
       {at(F::kStaleSnapshot, milliseconds{1'000}, milliseconds{6'000}, 100),
        at(F::kLoseMarket, milliseconds{1'500}, milliseconds{5'000}, 30)}},
      {"M05_M07_MarketMessagesLie", every_lie()},
      {"M06_TheFeedIsSilent",
       {at(F::kSilentMarket, milliseconds{2'000}, milliseconds{1'500}, 100),
        at(F::kSilentMarket, milliseconds{5'000}, milliseconds{4'000}, 100)}},
  };
}

std::vector<Case> kill_cases() {
  return {
      {"R02_KillWhileTheDiskStalls",
       {at(F::kSyncStalls, milliseconds{4'000}, milliseconds{5'000}),
        at(F::kKillSwitch, milliseconds{5'000})}},
      {"R03_KillWhileDisconnected",
       {at(F::kRefuse, milliseconds{4'000}, milliseconds{3'000}),
        at(F::kKillSwitch, milliseconds{5'000})}},
      {"R04_KillWhileTheVenueSlowsUsDown",
       {at(F::kSlowDown, milliseconds{4'000}, milliseconds{3'000}, 100),
        at(F::kKillSwitch, milliseconds{5'000})}},
      {"R02_AStrategyIsKilledWhileTheDiskStalls",
       {at(F::kSyncStalls, milliseconds{4'500}, milliseconds{4'000}),
        at(F::kStrategyKill, milliseconds{5'000})}},
      {"R03_AStrategyIsKilledWhileDisconnected",
       {at(F::kRefuse, milliseconds{4'500}, milliseconds{2'000}),
        at(F::kStrategyKill, milliseconds{5'000}, milliseconds{0}, 1)}},
      {"R03_AStrategyIsKilledWithOrdersInDoubt",
       {always(F::kUnknownDone, 60),
        at(F::kStrategyKill, milliseconds{5'000}, milliseconds{0}, 2)}},
      {"R06_AStrategyIsKilledAndTheProcessBehindIt",
       {at(F::kStrategyKill, milliseconds{5'000}),
        at(F::kKill, milliseconds{5'030}, milliseconds{400})}},
      {"R06_KilledBehindTheKill",
       {at(F::kKillSwitch, milliseconds{5'000}),
        at(F::kKill, milliseconds{5'012}, milliseconds{500})}},
  };
}

std::vector<Case> journal_cases() {
  return {
      {"J02_PowerLostAsync",
       {at(F::kPower, milliseconds{2'500}, milliseconds{500}),
        at(F::kPower, milliseconds{6'500}, milliseconds{500})},
       journal::Durability::kAsync},
      {"J02_PowerLostGroup",
       {at(F::kPower, milliseconds{2'500}, milliseconds{500}),
        at(F::kPower, milliseconds{6'500}, milliseconds{500})},
       journal::Durability::kGroup},
      {"J02_PowerLostSync",
       {at(F::kPower, milliseconds{2'500}, milliseconds{500}),
        at(F::kPower, milliseconds{6'500}, milliseconds{500})},
       journal::Durability::kSync},
      {"J05_DiskFull",
       {at(F::kDiskFull, milliseconds{1'000}, milliseconds{7'000}),
        at(F::kKill, milliseconds{5'000}, milliseconds{500})}},
      {"J07_SyncFails", {at(F::kSyncFails, milliseconds{4'000}, milliseconds{1'000})}},
      {"J09_SyncStandsStill", {at(F::kSyncStalls, milliseconds{2'000}, milliseconds{5'000})}},
  };
}

std::vector<Case> process_cases() {
  return {
      {"P01_Killed",
       {at(F::kKill, milliseconds{1'500}, milliseconds{100}),
        at(F::kKill, milliseconds{4'500}, milliseconds{100}),
        at(F::kKill, milliseconds{8'000}, milliseconds{100})}},
      {"T06_StoppedForHalfAMinute",
       {at(F::kPause, milliseconds{3'000}, milliseconds{30'000})},
       {},
       seconds{40}},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& family : {order_cases(), network_cases(), market_cases(), kill_cases(),
                             journal_cases(), process_cases()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Of, FaultCase, testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace portcullis::simulation
