// Whole sets of limits from one thread to another: never a mixture, never one that was freed.
#include "risk/limits_mailbox.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace portcullis::risk {
namespace {

// Everything in it says the same number, so that a mixture of two would show.
std::unique_ptr<const Limits> set_of(std::uint32_t number) {
  auto limits = std::make_unique<Limits>();
  limits->symbols.resize(64);
  for (SymbolLimits& symbol : limits->symbols) {
    symbol.max_order_qty = Qty::from_raw(number);
    symbol.scope.max_open_orders = number;
  }
  limits->account.scope.max_open_orders = number;
  return limits;
}

bool is_whole(const Limits& limits) {
  const std::uint32_t number = limits.account.scope.max_open_orders;
  for (const SymbolLimits& symbol : limits.symbols) {
    if (symbol.max_order_qty.raw() != number || symbol.scope.max_open_orders != number)
      return false;
  }
  return true;
}

TEST(LimitsMailbox, WhatIsReplacedLivesUntilTheOtherThreadHasLetGo) {
  LimitsMailbox mailbox{set_of(1)};
  const Limits* const first = &mailbox.in_force();
  EXPECT_EQ(mailbox.incoming(), nullptr);
  ASSERT_TRUE(mailbox.offer(set_of(2)));
  EXPECT_FALSE(mailbox.is_settled());
  EXPECT_EQ(&mailbox.in_force(), first) << "still judged by";
  EXPECT_FALSE(mailbox.offer(set_of(3))) << "one at a time";
  const Limits* const second = mailbox.incoming();
  ASSERT_NE(second, nullptr);
  EXPECT_FALSE(mailbox.is_settled());
  mailbox.acknowledge(second);
  EXPECT_TRUE(mailbox.is_settled());
  EXPECT_EQ(&mailbox.in_force(), second);
  EXPECT_EQ(mailbox.incoming(), nullptr);
}

// For the sanitizers as much as for itself.
TEST(LimitsMailbox, AReaderNeverSeesAMixtureOrWhatWasFreed) {
  constexpr std::uint32_t kSets = 20'000;
  LimitsMailbox mailbox{set_of(0)};
  std::atomic<bool> is_over{false};
  std::atomic<std::uint32_t> taken{0};
  std::atomic<bool> is_always_whole{true};
  const Limits* looked_at = &mailbox.in_force();
  std::thread trading{[&] {
    while (!is_over.load(std::memory_order_relaxed)) {
      if (const Limits* const next = mailbox.incoming()) {
        looked_at = next;
        mailbox.acknowledge(next);
        taken.fetch_add(1, std::memory_order_relaxed);
      }
      if (!is_whole(*looked_at)) is_always_whole = false;
    }
  }};
  for (std::uint32_t number = 1; number <= kSets; ++number) {
    auto next = set_of(number);
    while (!mailbox.is_settled()) std::this_thread::yield();
    ASSERT_TRUE(mailbox.offer(std::move(next)));
  }
  while (!mailbox.is_settled()) std::this_thread::yield();
  is_over = true;
  trading.join();
  EXPECT_EQ(taken, kSets);
  EXPECT_TRUE(is_always_whole);
}

}  // namespace
}  // namespace portcullis::risk
