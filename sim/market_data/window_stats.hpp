#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "sim/market_data/candle.hpp"
#include "sim/market_data/candle_store.hpp"

namespace portcullis::sim {

// The statistics of a span, as the venue's tickers tell them. All zero where nothing traded.
struct WindowStats {
  WallTime open_time{};
  WallTime close_time{};
  Candle candle{};

  [[nodiscard]] Price change() const noexcept { return candle.close - candle.open; }
  // In thousandths of a percent, rounded to the nearest.
  [[nodiscard]] std::int64_t change_percent_milli() const noexcept;
  // Quote over base volume, rounded to the nearest.
  [[nodiscard]] Price weighted_average() const noexcept;
};

// The day that ends now.
[[nodiscard]] WindowStats rolling_day(const CandleStore& candles, WallTime now);
// From the minute that began `size` before this one (Binance: rolling window statistics).
[[nodiscard]] WindowStats rolling_window(const CandleStore& candles, Nanos size, WallTime now);

}  // namespace portcullis::sim
