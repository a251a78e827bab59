#include "core/kill_switch.hpp"

#include <csignal>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

TEST(KillSwitch, StartsClosedAndOpensWhenReady) {
  KillSwitch control;
  EXPECT_EQ(control.state(), TradingState::kStarting);
  EXPECT_FALSE(control.may_open());
  control.set_ready(true);
  EXPECT_EQ(control.state(), TradingState::kTrading);
  EXPECT_TRUE(control.may_open());
  control.set_ready(false);
  EXPECT_EQ(control.state(), TradingState::kStarting);
  EXPECT_FALSE(control.may_open());
}

TEST(KillSwitch, OnlyEscalates) {
  KillSwitch control;
  control.set_ready(true);
  control.cancel_only();
  EXPECT_EQ(control.state(), TradingState::kCancelOnly);
  EXPECT_FALSE(control.may_open());
  control.drain();
  EXPECT_EQ(control.state(), TradingState::kDraining);
  control.kill();
  EXPECT_EQ(control.state(), TradingState::kHalted);
  control.mark_latched();
  EXPECT_TRUE(control.is_latched());
  control.set_ready(false);
  control.set_ready(true);
  control.drain();
  control.cancel_only();
  EXPECT_EQ(control.state(), TradingState::kHalted);
  EXPECT_FALSE(control.may_open());
}

TEST(KillSwitch, LatchedAloneDoesNotOpen) {
  KillSwitch control;
  control.set_ready(true);
  control.mark_latched();
  EXPECT_FALSE(control.may_open());
}

KillSwitch& switch_of_signal() {
  static KillSwitch control;
  return control;
}

TEST(KillSwitch, MayBeThrownInASignalHandler) {
  switch_of_signal().set_ready(true);
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int) { switch_of_signal().kill(); };
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  ASSERT_EQ(std::raise(SIGUSR1), 0);
  ::sigaction(SIGUSR1, &before, nullptr);
  EXPECT_TRUE(switch_of_signal().is_killed());
  EXPECT_FALSE(switch_of_signal().may_open());
}

TEST(KillSwitch, NoWriterUndoesAnother) {
  KillSwitch control;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    for (int i = 0; i < 10'000; ++i) control.set_ready(i % 2 == 0);
  });
  threads.emplace_back([&] { control.cancel_only(); });
  threads.emplace_back([&] { control.kill(); });
  threads.emplace_back([&] { control.drain(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(control.is_killed());
  EXPECT_TRUE(control.is_cancel_only());
  EXPECT_TRUE(control.is_draining());
}

TEST(TradingState, EachHasItsName) {
  std::set<std::string> names;
  for (const auto state : {TradingState::kStarting, TradingState::kTrading, TradingState::kDraining,
                           TradingState::kCancelOnly, TradingState::kHalted}) {
    names.insert(to_string(state));
  }
  EXPECT_EQ(names.size(), 5U);
  EXPECT_FALSE(names.contains("?"));
}

TEST(KillSwitch, UnguardedIsNotReadyUntilGuardedAgain) {
  KillSwitch kill_switch;
  kill_switch.set_unguarded(true);
  kill_switch.set_ready(true);
  EXPECT_FALSE(kill_switch.may_open());
  EXPECT_EQ(kill_switch.state(), TradingState::kStarting);
  kill_switch.set_unguarded(false);
  EXPECT_TRUE(kill_switch.may_open());
  EXPECT_EQ(kill_switch.state(), TradingState::kTrading);
  kill_switch.set_unguarded(true);
  EXPECT_FALSE(kill_switch.may_open());
  kill_switch.kill();
  EXPECT_EQ(kill_switch.state(), TradingState::kHalted);
}

}  // namespace
}  // namespace portcullis
