// Bars and statistics against a plain fold over the list of trades.
#include <string>

#include <gtest/gtest.h>

#include "sim/market_data/klines.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/market_data/window_stats.hpp"
#include "tests/sim_market_data/trade_tape.hpp"

namespace portcullis::sim::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// From the list alone: no bar of the record is asked.
Candle fold(const std::vector<PublicTrade>& tape, WallTime from, WallTime to) {
  Candle sum{.open_time = from};
  for (const PublicTrade& trade : tape) {
    if (trade.time < from || trade.time >= to) continue;
    if (sum.trade_count == 0) {
      sum.open = trade.px;
      sum.high = trade.px;
      sum.low = trade.px;
      sum.first_trade_id = trade.trade_id;
    }
    if (trade.px > sum.high) sum.high = trade.px;
    if (trade.px < sum.low) sum.low = trade.px;
    sum.close = trade.px;
    sum.volume += trade.qty.raw();
    sum.quote_volume += trade.quote.raw();
    sum.taker_buy_volume += trade.buyer_is_maker ? 0 : trade.qty.raw();
    sum.taker_buy_quote_volume += trade.buyer_is_maker ? 0 : trade.quote.raw();
    sum.last_trade_id = trade.trade_id;
    ++sum.trade_count;
  }
  return sum;
}

void expect_same(const Candle& actual, const Candle& wanted, const std::string& what) {
  EXPECT_EQ(actual.open_time, wanted.open_time) << what;
  EXPECT_EQ(actual.open, wanted.open) << what;
  EXPECT_EQ(actual.high, wanted.high) << what;
  EXPECT_EQ(actual.low, wanted.low) << what;
  EXPECT_EQ(actual.close, wanted.close) << what;
  EXPECT_TRUE(actual.volume == wanted.volume) << what;
  EXPECT_TRUE(actual.quote_volume == wanted.quote_volume) << what;
  EXPECT_TRUE(actual.taker_buy_volume == wanted.taker_buy_volume) << what;
  EXPECT_TRUE(actual.taker_buy_quote_volume == wanted.taker_buy_quote_volume) << what;
  EXPECT_EQ(actual.first_trade_id, wanted.first_trade_id) << what;
  EXPECT_EQ(actual.last_trade_id, wanted.last_trade_id) << what;
  EXPECT_EQ(actual.trade_count, wanted.trade_count) << what;
}

CandleStore store_of(const std::vector<PublicTrade>& tape, CandleStore::Limits limits = {}) {
  CandleStore store{limits};
  for (const PublicTrade& trade : tape) store.add(trade);
  return store;
}

TEST(Candles, AnySpanIsTheFoldOfItsTrades) {
  const auto tape = random_tape(1, 4'000, minutes{3});
  const CandleStore store = store_of(tape);
  const std::int64_t length = (tape.back().time - kTapeStart) / seconds{1};
  Random random{2};
  for (int i = 0; i < 1'000; ++i) {
    const WallTime from = kTapeStart + seconds{random.below(length + 100) - 50};
    const std::int64_t size = random.chance(50) ? random.below(200) : random.below(length);
    const WallTime to = from + seconds{size};
    expect_same(store.merged(from, to), fold(tape, from, to), std::to_string(i));
  }
}

TEST(Candles, ASpanThatBeginsWithinASecondTakesTheWholeSecond) {
  const auto tape = random_tape(3, 500, seconds{2});
  const CandleStore store = store_of(tape);
  const WallTime from = kTapeStart + seconds{5};
  Candle wanted = fold(tape, from, from + minutes{1});
  wanted.open_time = from + Nanos{400'000'000};
  expect_same(store.merged(wanted.open_time, from + minutes{1}), wanted, "");
}

class EveryInterval : public ::testing::TestWithParam<int> {};

TEST_P(EveryInterval, BarsHaveNoHoleAndAreTheFoldOfTheirTrades) {
  const ZoneOffset zone{GetParam()};
  for (std::size_t i = 0; i < static_cast<std::size_t>(KlineInterval::kCount); ++i) {
    const auto interval = static_cast<KlineInterval>(i);
    // Narrow bars get a short tape and wide ones one of months.
    const Nanos pause = interval <= KlineInterval::k3m ? Nanos{seconds{20}} : Nanos{hours{3}};
    const auto tape = random_tape(7 + i, 1'000, pause);
    const CandleStore store = store_of(tape);
    const WallTime now = tape.back().time + minutes{2};
    const auto bars = klines(store, {.interval = interval, .zone = zone, .limit = 100'000}, now);
    const std::string what{text_of(interval)};
    ASSERT_FALSE(bars.empty()) << what;
    EXPECT_EQ(bars.front().candle.open_time, open_time(interval, tape.front().time, zone)) << what;
    EXPECT_GT(bars.back().next_open, now) << what;
    std::uint64_t count = 0;
    Price close{};
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
      const Kline& kline = bars[bar];
      if (bar > 0) {
        ASSERT_EQ(kline.candle.open_time, bars[bar - 1].next_open) << what;
      }
      Candle wanted = fold(tape, kline.candle.open_time, kline.next_open);
      if (wanted.trade_count == 0) wanted.open = wanted.high = wanted.low = wanted.close = close;
      expect_same(kline.candle, wanted, what);
      close = kline.candle.close;
      count += kline.candle.trade_count;
    }
    EXPECT_EQ(count, tape.size()) << what;
  }
}
INSTANTIATE_TEST_SUITE_P(Zones, EveryInterval, ::testing::Values(0, 480, -720, 840, 345, -210));

std::vector<std::int64_t> opens(const std::vector<Kline>& bars) {
  std::vector<std::int64_t> out;
  for (const Kline& bar : bars) out.push_back((bar.candle.open_time - kTapeStart) / minutes{1});
  return out;
}

// Opens are minutes after the tape's first: 23:54:17 is within 0, at 1 is 23:55.
TEST(Klines, StartEndAndLimitPickTheBars) {
  PublicTrade trade{.px = Price::from_units(10), .qty = Qty::from_units(1)};
  const WallTime minute0 = floor_time(kTapeStart, minutes{1});
  CandleStore store{{}};
  for (const int at : {0, 1, 4, 9}) {
    trade.time = minute0 + minutes{at} + seconds{17};
    store.add(trade);
  }
  const WallTime now = minute0 + minutes{11} + seconds{30};
  const auto pick = [&](std::optional<int> start, std::optional<int> end, std::size_t limit) {
    KlineQuery query{.limit = limit};
    if (start) query.start = minute0 + minutes{*start};
    if (end) query.end = minute0 + minutes{*end};
    std::vector<std::int64_t> out;
    for (const Kline& bar : klines(store, query, now)) {
      out.push_back((bar.candle.open_time - minute0) / minutes{1});
    }
    return out;
  };
  using List = std::vector<std::int64_t>;
  EXPECT_EQ(pick({}, {}, 3), (List{9, 10, 11}));
  EXPECT_EQ(pick({}, {}, 500), (List{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(pick(4, {}, 2), (List{4, 5}));
  EXPECT_EQ(pick(-100, {}, 2), (List{0, 1}));
  EXPECT_EQ(pick({}, 5, 2), (List{4, 5}));
  EXPECT_EQ(pick(2, 4, 500), (List{2, 3, 4}));
  EXPECT_EQ(pick(4, 4, 500), (List{4}));
  EXPECT_EQ(pick(5, 4, 500), List{});
  EXPECT_EQ(pick(12, {}, 500), List{});
  EXPECT_EQ(pick({}, -1, 500), List{});
  KlineQuery between{.start = minute0 + seconds{1}, .limit = 1};
  EXPECT_EQ(opens(klines(store, between, now)), (List{0}));  // 43 s after the tape's start
  EXPECT_TRUE(klines(CandleStore{{}}, {}, now).empty());
}

TEST(Candles, ForgottenSecondsLeaveTheMinutesEdges) {
  const auto tape = random_tape(11, 3'000, seconds{40});
  const CandleStore store = store_of(tape, {.seconds = 60, .minutes = 90, .quarters = 1'000});
  const WallTime from = kTapeStart + minutes{31} + seconds{20};
  const WallTime end = tape.back().time + seconds{1};
  // Long ago only the quarters know; of the last minute the seconds do.
  expect_same(store.merged(floor_time(from, minutes{15}), end),
              fold(tape, floor_time(from, minutes{15}), end), "quarters");
  Candle widened = fold(tape, floor_time(from, minutes{15}), end);
  widened.open_time = from;
  expect_same(store.merged(from, end), widened, "an edge of long ago");
  const WallTime late = tape.back().time - seconds{20};
  const WallTime second = floor_time(late, seconds{1});
  expect_same(store.merged(second, end), fold(tape, second, end), "an edge of now");
  EXPECT_EQ(store.close_before(second), fold(tape, kTapeStart, second).close);
}

TEST(Candles, AClockSetBackLosesNoTrade) {
  CandleStore store{{}};
  PublicTrade trade{.px = Price::from_units(10), .qty = Qty::from_units(1), .time = kTapeStart};
  store.add(trade);
  trade.time -= hours{5};
  trade.px = Price::from_units(9);
  store.add(trade);
  const Candle both = store.merged(kTapeStart - hours{10}, kTapeStart + hours{1});
  EXPECT_EQ(both.trade_count, 2U);
  EXPECT_EQ(both.low, Price::from_units(9));
  EXPECT_EQ(rolling_day(store, trade.time).candle.trade_count, 2U);
}

TEST(WindowStatistics, RoundAsTheVenuePrintsThem) {
  // The documentation's own examples (ticker/24hr, ticker).
  const auto of = [](const char* open, const char* close, const char* quote, const char* base) {
    Candle candle{.open = *Price::parse(open), .close = *Price::parse(close), .trade_count = 2};
    candle.quote_volume = Notional::parse(quote)->raw();
    candle.volume = Qty::parse(base)->raw();
    return WindowStats{.candle = candle};
  };
  EXPECT_EQ(of("99", "4.00000200", "1", "1").change().str(8), "-94.99999800");
  EXPECT_EQ(of("99", "4.00000200", "1", "1").change_percent_milli(), -95'960);
  EXPECT_EQ(of("9", "1", "487", "187").change_percent_milli(), -88'889);
  EXPECT_EQ(of("9", "1", "487", "187").weighted_average().str(8), "2.60427807");
  EXPECT_EQ(of("0.01362800", "0.01376700", "959.59411487", "69412.405").change_percent_milli(),
            1'020);
  EXPECT_EQ(of("20825.27", "20671.14", "1502240.91155513", "72.651123").weighted_average().str(8),
            "20677.46305250");
  EXPECT_EQ(of("26304.8", "26221.67", "485217905.0421048", "18495.35066").weighted_average().str(8),
            "26234.58803036");
  EXPECT_EQ(WindowStats{}.change_percent_milli(), 0);
  EXPECT_TRUE(WindowStats{}.weighted_average().is_zero());
}

TEST(WindowStatistics, TheDayRollsBySecondsAndWindowsByMinutes) {
  const auto tape = random_tape(21, 3'000, minutes{6});
  const CandleStore store = store_of(tape);
  const WallTime now = tape.back().time + seconds{9};
  const WindowStats day = rolling_day(store, now);
  EXPECT_EQ(day.open_time, now - hours{24});
  Candle wanted = fold(tape, floor_time(now - hours{24}, seconds{1}), now);
  wanted.open_time = day.open_time;
  ASSERT_GT(wanted.first_trade_id, tape.front().trade_id) << "nothing has left the window";
  expect_same(day.candle, wanted, "day");
  for (const Nanos size : {Nanos{minutes{1}}, Nanos{minutes{59}}, Nanos{hours{4}}, Nanos{hours{24}},
                           Nanos{hours{24 * 7}}}) {
    const WindowStats window = rolling_window(store, size, now);
    EXPECT_EQ(window.open_time, floor_time(now, minutes{1}) - size);
    expect_same(window.candle, fold(tape, window.open_time, now), std::to_string(size.count()));
  }
}

TEST(Volumes, OfCheapCoinsLeaveInt64) {
  CandleStore store{{}};
  for (int i = 0; i < 1'000; ++i) {
    store.add({.px = Price::from_raw(1),
               .qty = Qty::from_units(90'000'000'000),
               .quote = Notional::from_units(900),
               .time = kTapeStart});
  }
  const Candle all = store.merged(kTapeStart, kTapeStart + seconds{1});
  EXPECT_TRUE(all.volume == WideSum{90'000'000'000} * 1'000 * kDecimalScale);
  EXPECT_EQ(WindowStats{.candle = all}.weighted_average(), Price::from_raw(1));
}

}  // namespace
}  // namespace portcullis::sim::test
