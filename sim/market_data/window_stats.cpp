#include "sim/market_data/window_stats.hpp"

#include "sim/market_data/kline_interval.hpp"

namespace portcullis::sim {

namespace {

// Whatever traded last is in a window that ends now, even when the clock has been set back since.
constexpr WallTime kEnd = WallTime::max();

WideSum divide_to_nearest(WideSum dividend, WideSum divisor) noexcept {
  const WideSum half = divisor / 2;
  return (dividend < 0 ? dividend - half : dividend + half) / divisor;
}

}  // namespace

std::int64_t WindowStats::change_percent_milli() const noexcept {
  if (candle.open.is_zero()) return 0;
  constexpr WideSum kMilliPercent = 100'000;
  return static_cast<std::int64_t>(
      divide_to_nearest(change().raw() * kMilliPercent, candle.open.raw()));
}

Price WindowStats::weighted_average() const noexcept {
  if (candle.volume == 0) return {};
  return Price::from_raw(static_cast<std::int64_t>(
      divide_to_nearest(candle.quote_volume * kDecimalScale, candle.volume)));
}

WindowStats rolling_day(const CandleStore& candles, WallTime now) {
  const WallTime from = now - std::chrono::hours{24};
  return {.open_time = from, .close_time = now, .candle = candles.merged(from, kEnd)};
}

WindowStats rolling_window(const CandleStore& candles, Nanos size, WallTime now) {
  const WallTime from = floor_time(now, std::chrono::minutes{1}) - size;
  return {.open_time = from, .close_time = now, .candle = candles.merged(from, kEnd)};
}

}  // namespace portcullis::sim
