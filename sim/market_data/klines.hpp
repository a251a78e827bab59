#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "sim/market_data/candle_store.hpp"
#include "sim/market_data/kline_interval.hpp"

namespace portcullis::sim {

// One bar. Where nothing traded it is flat at the price before.
struct Kline {
  Candle candle{};
  WallTime next_open{};  // the venue's close time is the last moment before
};

struct KlineQuery {
  KlineInterval interval{KlineInterval::k1m};
  ZoneOffset zone{0};
  std::optional<WallTime> start{};  // of open times, inclusive; the oldest from there
  std::optional<WallTime> end{};    // inclusive; without a start, the newest up to there
  std::size_t limit{500};
};

// The bar that opens at `open`; nothing before the symbol's first trade.
[[nodiscard]] std::optional<Kline> kline_at(const CandleStore& candles, KlineInterval interval,
                                            ZoneOffset zone, WallTime open);
// Oldest first, without a hole, from the first trade's to the one that is open now.
[[nodiscard]] std::vector<Kline> klines(const CandleStore& candles, const KlineQuery& query,
                                        WallTime now);

}  // namespace portcullis::sim
