// The window that the breakers count in, and the pure judges where the breakers' own tests do not
// reach their corners.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "risk/breakers/bucket_window.hpp"
#include "risk/breakers/loss.hpp"
#include "risk/check_table.hpp"

namespace portcullis::risk {
namespace {

using namespace std::chrono_literals;

TEST(BucketWindow, NeverTellsLessThanTheWindowHolds) {
  BucketWindow<std::int64_t> window;
  window.set_length(32ms);
  MonoTime now = mono_time(1'000'000'000);
  std::vector<MonoTime> events;
  std::uint64_t random = 7;
  for (int i = 0; i < 20'000; ++i) {
    random = random * 6'364'136'223'846'793'005U + 1;
    now += Nanos{static_cast<std::int64_t>(random >> 45)};  // up to half a millisecond
    if (random % 1'000 == 0) now += 100ms;
    window.add(1, now);
    events.push_back(now);
    const auto within = [&](Nanos length) {
      return std::ranges::count_if(events, [&](MonoTime at) { return now - at < length; });
    };
    ASSERT_GE(window.sum(now), within(32ms));
    ASSERT_LE(window.sum(now), within(34ms));
  }
}

TEST(BucketWindow, OfNoLengthForgetsNothing) {
  BucketWindow<std::int64_t> window;
  window.add(1, mono_time(1));
  window.add(1, mono_time(1'000'000'000'000'000));
  EXPECT_EQ(window.sum(mono_time(2'000'000'000'000'000)), 2);
}

TEST(BucketWindow, HighestIsForgottenWithItsBucket) {
  BucketWindow<std::int64_t, true> window;
  window.set_length(32ms);
  window.add(-5, mono_time(1'000'000));
  window.add(7, mono_time(2'500'000));
  EXPECT_EQ(window.highest(-9, mono_time(33'000'000)), 7);
  EXPECT_EQ(window.highest(-9, mono_time(60'000'000)), -9);
}

TEST(LossesInRow, FillsOfOneOrderAreOneResult) {
  LossesInRow row;
  row.on_closed(1, -5);
  row.on_closed(1, -5);
  EXPECT_EQ(row.count(), 1U);
  row.on_closed(2, -1);
  EXPECT_EQ(row.count(), 2U);
  row.on_closed(2, 3);
  EXPECT_EQ(row.count(), 0U) << "the order as a whole has gained";
  row.on_closed(2, -9);
  EXPECT_EQ(row.count(), 2U) << "and then lost after all";
  row.on_closed(3, 0);
  EXPECT_EQ(row.count(), 2U) << "neither";
}

TEST(JudgeLosses, AGainIsNeverALoss) {
  const LossLimits zero{};
  EXPECT_EQ(judge_losses({.realized = -1, .daily = 0}, zero, RiskScope::kAccount).severity,
            Severity::kNone);
  EXPECT_EQ(judge_losses({.realized = 1}, zero, RiskScope::kAccount).severity, Severity::kHard)
      << "and what nobody set lets no loss pass";
}

// What the tests of this folder try, scope by scope: a breaker without a line here fails.
TEST(CheckTable, EveryScopeOfEveryBreakerIsTried) {
  using R = RejectReason;
  using S = RiskScope;
  std::vector<std::pair<R, S>> tried{
      {R::kRejectStorm, S::kStrategy},     {R::kRejectStorm, S::kAccount},
      {R::kRunaway, S::kStrategy},         {R::kRepeatedExecution, S::kStrategy},
      {R::kOrderToTrade, S::kStrategy},    {R::kOrderToTrade, S::kAccount},
      {R::kVelocity, S::kStrategySymbol},  {R::kFillMismatch, S::kAccount},
      {R::kPositionMismatch, S::kAccount}, {R::kUnknownOrders, S::kAccount},
      {R::kUnknownOrderAge, S::kSymbol},   {R::kVenueLatency, S::kAccount},
      {R::kClockLost, S::kAccount},        {R::kBookHealth, S::kSymbol}};
  for (const R rule : {R::kRealizedLoss, R::kUnrealizedLoss, R::kDailyLoss, R::kRollingLoss,
                       R::kDrawdown, R::kLossesInRow, R::kResultUnknown}) {
    for (const S scope : {S::kStrategy, S::kAccount, S::kGlobal}) tried.emplace_back(rule, scope);
  }
  for (const CheckRow& row : kCheckTable) {
    if (row.reason < R::kRejectStorm) continue;
    for (unsigned i = 0; i < static_cast<unsigned>(S::kCount); ++i) {
      const auto scope = static_cast<S>(i);
      const bool is_tried = std::ranges::find(tried, std::pair{row.reason, scope}) != tried.end();
      EXPECT_EQ(is_tried, has_scope(row, scope))
          << to_string(row.reason) << " of " << to_string(scope);
    }
  }
}

}  // namespace
}  // namespace portcullis::risk
