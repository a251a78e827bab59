#include "risk/mode_board.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::risk {
namespace {

constexpr StrategyId kSecond{1};
constexpr SymbolId kOther{1};

class ModeBoardTest : public testing::Test {
 protected:
  ModeBoardTest() { kill_switch_.set_ready(true); }
  bool ask(Scope scope, Mode mode) {
    return board_.escalate({.scope = scope, .mode = mode, .cause = ModeCause::kOperator});
  }
  Mode mode_of(Scope scope) { return board_.state_of(scope).mode; }
  Mode strictest() { return board_.strictest(kSecond, kOther).mode; }

  KillSwitch kill_switch_;
  ModeBoard board_{kill_switch_, 2, 3};
};

TEST_F(ModeBoardTest, EscalationIsFreeAndNeverMilder) {
  EXPECT_EQ(mode_of(Scope::of(kSecond)), Mode::kRunning);
  EXPECT_TRUE(ask(Scope::of(kSecond), Mode::kCancelOnly));
  EXPECT_FALSE(ask(Scope::of(kSecond), Mode::kSafeMode));
  EXPECT_FALSE(ask(Scope::of(kSecond), Mode::kCancelOnly)) << "twice is once";
  EXPECT_FALSE(ask(Scope::of(kSecond), Mode::kRunning));
  EXPECT_EQ(mode_of(Scope::of(kSecond)), Mode::kCancelOnly);
  EXPECT_TRUE(ask(Scope::of(kSecond), Mode::kHalted));
  EXPECT_EQ(mode_of(Scope::of(kSecond)), Mode::kHalted);
  EXPECT_EQ(mode_of(Scope::of(StrategyId{0})), Mode::kRunning);
}

TEST_F(ModeBoardTest, TheStrictestScopeOfAnOrderHolds) {
  EXPECT_EQ(strictest(), Mode::kRunning);
  ASSERT_TRUE(ask(Scope::account(), Mode::kSafeMode));
  EXPECT_EQ(board_.strictest(kSecond, kOther).scope, Scope::account());
  ASSERT_TRUE(ask(Scope::of(kOther), Mode::kHalted));
  ASSERT_TRUE(ask(Scope::of(kSecond), Mode::kCancelOnly));
  EXPECT_EQ(strictest(), Mode::kHalted);
  EXPECT_EQ(board_.strictest(kSecond, kOther).scope, Scope::of(kOther));
  EXPECT_EQ(board_.strictest(kSecond, SymbolId{0}).mode, Mode::kCancelOnly);
  EXPECT_EQ(board_.strictest(StrategyId{0}, SymbolId{0}).mode, Mode::kSafeMode);
}

TEST_F(ModeBoardTest, WhatDoesNotExistIsHalted) {
  EXPECT_EQ(board_.strictest(StrategyId{2}, kOther).mode, Mode::kHalted);
  EXPECT_EQ(board_.strictest(kSecond, SymbolId{3}).mode, Mode::kHalted);
  EXPECT_FALSE(kill_switch_.is_killed());
  EXPECT_TRUE(ask(Scope::of(StrategyId{2}), Mode::kSafeMode));
  EXPECT_TRUE(kill_switch_.is_killed()) << "what was meant to stop is not known";
}

TEST_F(ModeBoardTest, TheWholeGatewaysModeIsTheStricterOfSwitchAndWord) {
  kill_switch_.set_ready(false);
  EXPECT_EQ(mode_of(Scope::global()), Mode::kInitializing);
  kill_switch_.set_ready(true);
  ASSERT_TRUE(ask(Scope::global(), Mode::kSafeMode));
  EXPECT_EQ(mode_of(Scope::global()), Mode::kSafeMode);
  EXPECT_TRUE(kill_switch_.may_open()) << "reduce-only is the board's own";
  kill_switch_.set_ready(false);
  EXPECT_EQ(mode_of(Scope::global()), Mode::kInitializing);
  EXPECT_EQ(board_.asked_of(Scope::global()).mode, Mode::kSafeMode) << "kept until it is ready";
  kill_switch_.set_ready(true);
  kill_switch_.cancel_only();
  EXPECT_EQ(mode_of(Scope::global()), Mode::kCancelOnly);
  EXPECT_EQ(board_.state_of(Scope::global()).cause, ModeCause::kSignal);
  ASSERT_TRUE(ask(Scope::global(), Mode::kHalted));
  EXPECT_TRUE(kill_switch_.is_killed());
  EXPECT_FALSE(kill_switch_.is_latched());
  board_.mark_latched(Scope::global(), Mode::kHalted);
  EXPECT_TRUE(kill_switch_.is_latched());
}

TEST_F(ModeBoardTest, AHumanLowersWhatTheTableLetsHimLower) {
  ASSERT_TRUE(ask(Scope::of(kSecond), Mode::kHalted));
  EXPECT_FALSE(board_.lower(Scope::of(kSecond), Mode::kSafeMode, Mode::kRunning)) << "not in it";
  EXPECT_FALSE(board_.lower(Scope::of(kSecond), Mode::kHalted, Mode::kShutdown));
  EXPECT_TRUE(board_.lower(Scope::of(kSecond), Mode::kHalted, Mode::kSafeMode));
  EXPECT_EQ(mode_of(Scope::of(kSecond)), Mode::kSafeMode);
  EXPECT_TRUE(board_.lower(Scope::of(kSecond), Mode::kSafeMode, Mode::kRunning));
  EXPECT_EQ(strictest(), Mode::kRunning);
  for (const Scope whole : {Scope::global(), Scope::account()}) {
    ASSERT_TRUE(ask(whole, Mode::kHalted));
    EXPECT_FALSE(board_.lower(whole, Mode::kHalted, Mode::kRunning)) << "the next start does";
  }
}

TEST_F(ModeBoardTest, CancelOnlyOfTheWholeEndsByAHuman) {
  ASSERT_TRUE(ask(Scope::global(), Mode::kMaintenance));
  EXPECT_FALSE(kill_switch_.may_open());
  EXPECT_TRUE(board_.lower(Scope::global(), Mode::kMaintenance, Mode::kCancelOnly));
  EXPECT_FALSE(kill_switch_.may_open());
  EXPECT_TRUE(board_.lower(Scope::global(), Mode::kCancelOnly, Mode::kRunning));
  EXPECT_TRUE(kill_switch_.may_open());
}

TEST_F(ModeBoardTest, ALatchThatComesLateIsNotTakenForAnotherMode) {
  ASSERT_TRUE(ask(Scope::of(kSecond), Mode::kSafeMode));
  ASSERT_TRUE(ask(Scope::of(kSecond), Mode::kHalted));
  board_.mark_latched(Scope::of(kSecond), Mode::kSafeMode);
  EXPECT_FALSE(board_.state_of(Scope::of(kSecond)).is_latched);
  board_.mark_latched(Scope::of(kSecond), Mode::kHalted);
  EXPECT_TRUE(board_.state_of(Scope::of(kSecond)).is_latched);
}

TEST_F(ModeBoardTest, EveryScopeHasOnePlace) {
  for (std::size_t i = 0; i < board_.scope_count(); ++i) {
    EXPECT_EQ(board_.index_of(board_.scope_at(i)), i);
  }
  EXPECT_EQ(board_.scope_count(), 7U);
}

// R05: from several threads at once, one of them is told that it did it.
TEST_F(ModeBoardTest, OneOfManyConcurrentKillsTakesEffect) {
  std::atomic<int> first{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!go.load()) {
      }
      if (ask(Scope::of(kOther), Mode::kHalted)) ++first;
      (void)ask(Scope::of(kSecond), Mode::kSafeMode);
    });
  }
  go = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(mode_of(Scope::of(kOther)), Mode::kHalted);
  EXPECT_EQ(mode_of(Scope::of(kSecond)), Mode::kSafeMode);
}

}  // namespace
}  // namespace portcullis::risk
