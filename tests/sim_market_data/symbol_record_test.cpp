#include "sim/market_data/symbol_record.hpp"

#include <gtest/gtest.h>

#include "sim/market_data/market_data.hpp"
#include "tests/sim_market_data/trade_tape.hpp"

namespace portcullis::sim::test {
namespace {

TEST(AggregateTrades, JoinOneTakersTradesAtOnePrice) {
  const auto tape = random_tape(5, 3'000, std::chrono::seconds{1});
  SymbolRecord record{{}};
  for (const PublicTrade& trade : tape) record.add(trade);
  // From the tape: a new one begins wherever taker or price changes.
  std::vector<AggregateTrade> wanted;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const bool joins = i > 0 && tape[i].taker_sequence == tape[i - 1].taker_sequence &&
                       tape[i].px == tape[i - 1].px;
    if (!joins) {
      wanted.push_back({.id = wanted.size() + 1,
                        .px = tape[i].px,
                        .first_trade_id = tape[i].trade_id,
                        .buyer_is_maker = tape[i].buyer_is_maker,
                        .time = tape[i].time});
    }
    wanted.back().qty += tape[i].qty.raw();
    wanted.back().last_trade_id = tape[i].trade_id;
  }
  ASSERT_LT(wanted.size(), tape.size());
  ASSERT_EQ(record.aggregate_trades().size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const AggregateTrade& actual = record.aggregate_trades()[i];
    EXPECT_EQ(actual.id, wanted[i].id);
    EXPECT_EQ(actual.px, wanted[i].px);
    EXPECT_TRUE(actual.qty == wanted[i].qty);
    EXPECT_EQ(actual.first_trade_id, wanted[i].first_trade_id);
    EXPECT_EQ(actual.last_trade_id, wanted[i].last_trade_id);
    EXPECT_EQ(actual.buyer_is_maker, wanted[i].buyer_is_maker);
    EXPECT_EQ(actual.time, wanted[i].time);
  }
}

TEST(AggregateTrades, OfUnknownTakersStandAlone) {
  SymbolRecord record{{}};
  PublicTrade trade{.px = Price::from_units(1), .qty = Qty::from_units(1), .time = kTapeStart};
  record.add(trade);
  record.add(trade);
  EXPECT_EQ(record.aggregate_trades().size(), 2U);
}

TEST(BoundedRing, KeepsTheNewestInOrder) {
  BoundedRing<int> ring{5};
  EXPECT_TRUE(ring.empty());
  for (int i = 0; i < 23; ++i) {
    ring.push_back(2 * i);
    const int oldest = std::max(0, i - 4);
    ASSERT_EQ(ring.size(), static_cast<std::size_t>(i - oldest + 1));
    ASSERT_EQ(ring.front(), 2 * oldest);
    ASSERT_EQ(ring.back(), 2 * i);
    EXPECT_EQ(ring.has_dropped(), oldest > 0);
    for (int at = oldest; at <= i; ++at) {
      const auto index = static_cast<std::size_t>(at - oldest);
      ASSERT_EQ(ring[index], 2 * at);
      EXPECT_EQ(ring.lower_bound(2 * at, std::identity{}), index);
      EXPECT_EQ(ring.lower_bound(2 * at - 1, std::identity{}), index);
    }
    EXPECT_EQ(ring.lower_bound(2 * i + 1, std::identity{}), ring.size());
  }
}

TEST(MarketData, ManySymbolsKeepLessOfEach) {
  const auto few = MarketData::default_limits(2);
  const auto many = MarketData::default_limits(1'248);
  EXPECT_GE(few.candles.seconds, 24U * 3'600U);
  EXPECT_LT(many.trades, few.trades);
  // What one request may ask for is there all the same: 1000 of anything, and seven days.
  EXPECT_GE(many.trades, 1'000U);
  EXPECT_GE(many.candles.seconds, 1'000U);
  EXPECT_GE(many.candles.minutes, 7U * 24U * 60U);
}

}  // namespace
}  // namespace portcullis::sim::test
