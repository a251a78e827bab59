// The sliding window, the duplicate filter and the conversion against plain reckoning.
#include "risk/message_rate.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "risk/duplicate_filter.hpp"
#include "risk/reference_value.hpp"
#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

TEST(SlidingWindow, NeverLetsMoreThroughInAnyWindow) {
  std::mt19937_64 random{20'261'127};
  for (const std::uint32_t count_max : {1U, 7U, 1024U}) {
    SlidingWindow window;
    window.configure(count_max, Nanos{1'000});
    std::vector<std::int64_t> passed;
    std::int64_t now = 0;
    for (int i = 0; i < 20'000; ++i) {
      now += static_cast<std::int64_t>(random() % (count_max > 100 ? 2 : 200));
      std::int64_t within = 0;
      for (auto it = passed.rbegin(); it != passed.rend() && now - *it < 1'000; ++it) ++within;
      const bool may_pass = within < std::int64_t{count_max};
      ASSERT_EQ(window.has_room(mono_time(now)), may_pass) << "event " << i;
      ASSERT_EQ(window.in_window(mono_time(now)), within) << "event " << i;
      if (!may_pass) continue;
      window.take(mono_time(now));
      passed.push_back(now);
    }
    EXPECT_GT(passed.size(), 100U);
  }
}

TEST(SlidingWindow, UnsetOrTooLargeRefusesAndOffPasses) {
  SlidingWindow window;
  EXPECT_FALSE(window.has_room(mono_time(1)));
  window.configure(1025, Nanos{1'000});
  EXPECT_FALSE(window.has_room(mono_time(1)));
  window.configure(3, Nanos{0});
  EXPECT_FALSE(window.has_room(mono_time(1)));
  window.configure(kOffCount, Nanos{0});
  EXPECT_TRUE(window.has_room(mono_time(1)));
}

TEST(SlidingWindow, AChangeOfLimitsKeepsWhatHasHappened) {
  SlidingWindow window;
  window.configure(5, Nanos{1'000});
  for (int i = 0; i < 3; ++i) window.take(mono_time(10));
  window.configure(3, Nanos{1'000});
  EXPECT_FALSE(window.has_room(mono_time(1'009)));
  EXPECT_TRUE(window.has_room(mono_time(1'010)));
}

TEST(DuplicateFilter, EachFieldMakesAnotherOrder) {
  const GateWorld world;
  const std::uint64_t name = DuplicateFilter::name_of(world.order);
  const std::vector<void (*)(NewOrderSingle&)> changes{
      [](NewOrderSingle& o) { o.px += kOneRawPx; },
      [](NewOrderSingle& o) { o.qty += kOneRawQty; },
      [](NewOrderSingle& o) { o.symbol = kEth; },
      [](NewOrderSingle& o) { o.strategy = StrategyId{1}; },
      [](NewOrderSingle& o) { o.side = Side::kSell; },
      [](NewOrderSingle& o) { o.type = OrdType::kLimitMaker; },
      [](NewOrderSingle& o) { o.tif = TimeInForce::kIoc; },
      [](NewOrderSingle& o) { o.terms.stop_px = kOneRawPx; },
      [](NewOrderSingle& o) { o.terms.iceberg_qty = kOneRawQty; },
      [](NewOrderSingle& o) { o.terms.quote_qty = Notional::from_raw(1); },
      [](NewOrderSingle& o) { o.terms.trailing_delta_bips = 1; },
      [](NewOrderSingle& o) { o.terms.peg = PegKind::kPrimary; },
      [](NewOrderSingle& o) { o.terms.peg_offset_levels = 1; },
      [](NewOrderSingle& o) { o.terms.stp = StpMode::kNone; }};
  for (const auto& change : changes) {
    NewOrderSingle other = world.order;
    change(other);
    EXPECT_NE(DuplicateFilter::name_of(other), name);
  }
  NewOrderSingle same = world.order;
  same.ref = StrategyRef{5};
  same.signal_time = mono_time(9);
  EXPECT_EQ(DuplicateFilter::name_of(same), name) << "whose and when is not what";
}

TEST(DuplicateFilter, AnOrderThatMakesWayInItsWindowIsCounted) {
  DuplicateFilter filter;
  const DuplicateLimits limits{.count_max = 1, .window = Nanos{1'000}};
  // Five names of one set of four places; the low three bits of a name are not part of it.
  for (std::uint64_t i = 1; i <= 5; ++i) filter.note(i << 3, limits, mono_time(10));
  EXPECT_EQ(filter.lost_count(), 1U);
  EXPECT_TRUE(filter.check(5 << 3, limits, mono_time(20)).has_value());
  for (std::uint64_t i = 6; i <= 9; ++i) filter.note(i << 3, limits, mono_time(5'000));
  EXPECT_EQ(filter.lost_count(), 1U) << "the others' windows are over";
}

TEST(Rate, OfOneIsExactAndOthersAreRoundedUp) {
  const Value value = Value{px("64000").raw()} * qty("0.5").raw();
  EXPECT_TRUE(Rate::one().convert(value) == value);
  EXPECT_TRUE(Rate::one().convert(-value) == -value);
  std::mt19937_64 random{5};
  for (int i = 0; i < 100'000; ++i) {
    const Price px = Price::from_raw(1 + static_cast<std::int64_t>(random() % 10'000'000'000'000));
    const Value quote = static_cast<Value>(random() >> (random() % 60)) * 1'000'003;
    const Rate rate = Rate::of(px);
    ASSERT_TRUE(rate.is_known());
    const Value got = rate.convert(quote);
    // quote * px, in two halves that fit, rounded down.
    const Value exact =
        quote / kDecimalScale * px.raw() + quote % kDecimalScale * px.raw() / kDecimalScale;
    ASSERT_GE(notional_raw(got), notional_raw(exact) - 1) << "never below";
    const Value slack = (Value{1} << 25) * (px.raw() / kDecimalScale + 1) + (quote >> 24) / 1 + 2;
    ASSERT_TRUE(got - exact <= slack) << "and hardly above";
    ASSERT_TRUE(rate.convert(-quote) == -got);
  }
}

TEST(Rate, WhatIsNotAPriceIsNotKnown) {
  EXPECT_FALSE(Rate{}.is_known());
  EXPECT_FALSE(Rate::of(Price{}).is_known());
  EXPECT_FALSE(Rate::of(-px("1")).is_known());
  EXPECT_FALSE(Rate::of(Price::max()).is_known()) << "beyond 2^36";
  EXPECT_TRUE(Rate::of(kOneRawPx).is_known());
}

TEST(Rate, TheLargestNumbersAreHeldAboveEveryLimit) {
  const Value largest = Value{Price::max().raw()} * Qty::max().raw();
  const Value limit = limit_value(Notional::from_raw(Notional::max().raw() - 1));
  EXPECT_TRUE(Rate::one().convert(largest) > limit);
  EXPECT_TRUE(Rate::of(px("60000000000")).convert(largest) == kValueMax);
  EXPECT_TRUE(limit_value(kOffNotional) > kValueMax * 100'000);
}

// ---- the walk

TEST(Valuation, ConvertsByTheMidOfTheNamedSymbolAndRefusesWhenItIsOld) {
  MarketView market{2};
  Exposure exposure{2, {}, 1};
  Limits limits = open_limits(2, 1);
  limits.conversions = {{.is_reference = true}, {.symbol = kBtc}};
  limits.mark_age_max = Nanos{1'000'000'000};
  Valuation valuation{market, exposure};
  valuation.set_limits(limits);
  MarketSnapshot btc;
  btc.top = {.bid_px = px("100"), .bid_qty = qty("1"), .ask_px = px("102"), .ask_qty = qty("1")};
  btc.received = mono_time(10);
  btc.book_state = BookState::kSynced;
  market.publish(kBtc, btc);
  MarketSnapshot eth = btc;
  eth.top = {.bid_px = px("2"), .bid_qty = qty("1"), .ask_px = px("4"), .ask_qty = qty("1")};
  market.publish(kEth, eth);
  exposure.set_position(kEth, qty("5"));
  EXPECT_FALSE(valuation.is_fresh(now_at(10)));
  EXPECT_FALSE(exposure.account().is_valued());

  std::int64_t now = 10;
  for (int i = 0; i < 4; ++i, now += Valuation::kRound.count()) (void)valuation.step(now_at(now));
  EXPECT_TRUE(valuation.is_fresh(now_at(now)));
  EXPECT_TRUE(exposure.account().is_valued());
  const std::int64_t gross = notional_raw(exposure.account().gross);
  EXPECT_GE(gross, quote("1515").raw()) << "5 at 3, at 101";
  EXPECT_LE(gross, quote("1515.0000002").raw()) << "rounded up by 101 times 1.7e-9 at most";

  now = 10 + 1'000'000'001;  // one beyond
  for (int i = 0; i < 4; ++i, now += Valuation::kRound.count()) (void)valuation.step(now_at(now));
  EXPECT_FALSE(exposure.account().is_valued());
}

}  // namespace
}  // namespace portcullis::risk
