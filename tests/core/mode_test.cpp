#include "core/mode.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "core/reject_reason.hpp"
#include "tests/support/paths.hpp"

namespace portcullis {
namespace {

template <class Visit>
void for_each_move(Visit&& visit) {
  for (std::size_t from = 0; from < kModeCount; ++from) {
    for (std::size_t to = 0; to < kModeCount; ++to) {
      visit(static_cast<Mode>(from), static_cast<Mode>(to),
            move_between(static_cast<Mode>(from), static_cast<Mode>(to)));
    }
  }
}

// The table as docs/kill_switch.md shows it.
std::string drawn() {
  std::string text = "| from \\ to |";
  for (std::size_t i = 0; i < kModeCount; ++i) {
    text += std::string{" "} + to_string(static_cast<Mode>(i)) + " |";
  }
  text += "\n|---|";
  for (std::size_t i = 0; i < kModeCount; ++i) text += "---|";
  for_each_move([&text](Mode from, Mode to, ModeMove move) {
    if (to == Mode::kInitializing) text += std::string{"\n| **"} + to_string(from) + "** |";
    text += from == to ? " . |" : std::string{" "} + to_string(move) + " |";
  });
  return text + "\n";
}

TEST(Modes, TheDocumentShowsTheTable) {
  std::ifstream file{source_dir() + "/docs/kill_switch.md"};
  const std::string document{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_NE(document.find(drawn()), std::string::npos) << "docs/kill_switch.md lacks\n" << drawn();
}

TEST(Modes, AnyoneMayMakeItStricterAndOnlyAHumanMilder) {
  for_each_move([](Mode from, Mode to, ModeMove move) {
    // A mode asked for before the gateway is ready is kept until it is.
    if (from == Mode::kInitializing || to == Mode::kInitializing) return;
    const std::string what = std::string{to_string(from)} + " to " + to_string(to);
    const int change = strictness(to) - strictness(from);
    if (from == to) return;
    const bool is_of_one_way = move == ModeMove::kNever && change < 0;
    EXPECT_TRUE(is_of_one_way || move == (change > 0 ? ModeMove::kAutomatic : ModeMove::kHuman) ||
                (from == Mode::kHalted && to == Mode::kShutdown))
        << what;
    EXPECT_NE(move, ModeMove::kSession) << what;
  });
}

TEST(Modes, EveryModeCanBeKilledAndAShutdownHasNoWayBack) {
  for (std::size_t i = 0; i < kModeCount; ++i) {
    const auto mode = static_cast<Mode>(i);
    if (mode == Mode::kHalted) continue;
    EXPECT_EQ(move_between(mode, Mode::kHalted), ModeMove::kAutomatic);
    if (mode == Mode::kShutdown) continue;
    EXPECT_EQ(move_between(Mode::kShutdown, mode), ModeMove::kNever);
  }
}

TEST(Modes, StrictnessIsAnOrderWithRunningFirstAndHaltedLast) {
  for_each_move([](Mode one, Mode other, ModeMove) {
    EXPECT_EQ(one == other, strictness(one) == strictness(other));
    EXPECT_GE(strictness(one), strictness(Mode::kRunning));
    EXPECT_LE(strictness(one), strictness(Mode::kHalted));
  });
}

TEST(Modes, NamesAreReadInEitherCase) {
  for (std::size_t i = 0; i < kModeCount; ++i) {
    EXPECT_EQ(parse_mode(to_string(static_cast<Mode>(i))), static_cast<Mode>(i));
  }
  EXPECT_EQ(parse_mode("safe_mode"), Mode::kSafeMode);
  EXPECT_EQ(parse_mode("safe"), std::nullopt);
  EXPECT_EQ(parse_mode(""), std::nullopt);
}

TEST(Modes, AScopeCoversItsOrders) {
  const StrategyId one{1};
  const SymbolId two{2};
  EXPECT_TRUE(Scope::global().covers(one, two));
  EXPECT_TRUE(Scope::account().covers(one, two));
  EXPECT_TRUE(Scope::of(one).covers(one, two));
  EXPECT_FALSE(Scope::of(StrategyId{2}).covers(one, two));
  EXPECT_TRUE(Scope::of(two).covers(one, two));
  EXPECT_FALSE(Scope::of(SymbolId{1}).covers(one, two));
}

TEST(Modes, ARejectNamesModeAndScope) {
  std::array<char, 200> text{};
  const auto text_of = [&text](const Reject& reject) {
    return std::string{text.data(), format_reject(reject, text.data(), text.size())};
  };
  EXPECT_EQ(text_of({.reason = RejectReason::kScopeHalted,
                     .mode = Mode::kHalted,
                     .mode_scope = Scope::of(StrategyId{3})}),
            "scope_halted (strategy 3 is HALTED)");
  EXPECT_EQ(text_of({.reason = RejectReason::kReduceOnly,
                     .unit = RejectUnit::kQty,
                     .mode = Mode::kSafeMode,
                     .mode_scope = Scope::account(),
                     .limit = 100'000'000,
                     .value = 0,
                     .projected = 150'000'000}),
            "reduce_only (account is SAFE_MODE): limit 1, value 0, projected 1.5 (base qty)");
}

}  // namespace
}  // namespace portcullis
