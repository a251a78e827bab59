#include "sim/market_data/klines.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

// Open times of the bars asked for, oldest first.
std::vector<WallTime> open_times(const KlineQuery& query, WallTime first, WallTime last) {
  std::vector<WallTime> opens;
  if (query.start) {
    WallTime open = open_time(query.interval, *query.start, query.zone);
    if (open < *query.start) open = next_open_time(query.interval, open, query.zone);
    open = std::max(open, first);
    for (; open <= last && opens.size() < query.limit;
         open = next_open_time(query.interval, open, query.zone)) {
      opens.push_back(open);
    }
    return opens;
  }
  for (WallTime open = last; open >= first && opens.size() < query.limit;
       open = open_time(query.interval, open - Nanos{1}, query.zone)) {
    opens.push_back(open);
  }
  std::ranges::reverse(opens);
  return opens;
}

}  // namespace

std::optional<Kline> kline_at(const CandleStore& candles, KlineInterval interval, ZoneOffset zone,
                              WallTime open) {
  const WallTime next_open = next_open_time(interval, open, zone);
  Kline kline{.candle = candles.merged(open, next_open), .next_open = next_open};
  if (kline.candle.is_empty()) {
    const auto before = candles.close_before(open);
    if (!before) return std::nullopt;
    Candle& flat = kline.candle;
    flat.open = flat.high = flat.low = flat.close = *before;
  }
  return kline;
}

std::vector<Kline> klines(const CandleStore& candles, const KlineQuery& query, WallTime now) {
  const auto oldest = candles.oldest();
  if (!oldest) return {};
  const WallTime first = open_time(query.interval, *oldest, query.zone);
  const WallTime until = std::min(now, query.end.value_or(now));
  if (until < first) return {};
  const WallTime last = open_time(query.interval, until, query.zone);
  std::vector<Kline> bars;
  for (const WallTime open : open_times(query, first, last)) {
    if (auto bar = kline_at(candles, query.interval, query.zone, open)) {
      bars.push_back(*std::move(bar));
    }
  }
  return bars;
}

}  // namespace portcullis::sim
