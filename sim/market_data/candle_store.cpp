#include "sim/market_data/candle_store.hpp"

#include "sim/market_data/kline_interval.hpp"

namespace portcullis::sim {

namespace {

constexpr Nanos kSecond = std::chrono::seconds{1};
constexpr Nanos kMinute = std::chrono::minutes{1};
// Every zone of the world is a multiple of it ahead of UTC.
constexpr Nanos kQuarter = std::chrono::minutes{15};

WallTime ceil_time(WallTime time, Nanos width) {
  const WallTime floor = floor_time(time, width);
  return floor == time ? floor : floor + width;
}

}  // namespace

CandleStore::CandleStore(const Limits& limits)
    : widths_{Width{kSecond, BoundedRing<Candle>{limits.seconds}},
              Width{kMinute, BoundedRing<Candle>{limits.minutes}},
              Width{kQuarter, BoundedRing<Candle>{limits.quarters}}} {
}

void CandleStore::add(const PublicTrade& trade) {
  for (Width& width : widths_) {
    const bool is_known =
        !width.candles.empty() && trade.time < width.candles.back().open_time + width.width;
    if (!is_known) width.candles.push_back({.open_time = floor_time(trade.time, width.width)});
    width.candles.back().add(trade);
  }
}

Candle CandleStore::merged(WallTime from, WallTime to) const {
  Candle out;
  merge(widths_.size() - 1, floor_time(from, kSecond), to, out);
  out.open_time = from;
  return out;
}

void CandleStore::merge(std::size_t width, WallTime from, WallTime to, Candle& out) const {
  if (from >= to) return;
  const Width& here = widths_[width];
  const WallTime inner_from = ceil_time(from, here.width);
  const WallTime inner_to = floor_time(to, here.width);
  if (inner_from > inner_to) return merge_part(width, from, to, out);
  merge_part(width, from, inner_from, out);
  here.merge(inner_from, inner_to, out);
  merge_part(width, inner_to, to, out);
}

void CandleStore::merge_part(std::size_t width, WallTime from, WallTime to, Candle& out) const {
  if (from >= to) return;
  if (width > 0 && widths_[width - 1].knows(from)) return merge(width - 1, from, to, out);
  widths_[width].merge(floor_time(from, widths_[width].width), to, out);
}

bool CandleStore::Width::knows(WallTime time) const {
  return !candles.has_dropped() || candles.front().open_time <= time;
}

std::size_t CandleStore::Width::first_from(WallTime time) const {
  return candles.lower_bound(time, &Candle::open_time);
}

void CandleStore::Width::merge(WallTime from, WallTime to, Candle& out) const {
  for (std::size_t i = first_from(from); i < candles.size() && candles[i].open_time < to; ++i) {
    out.append(candles[i]);
  }
}

std::optional<Price> CandleStore::close_before(WallTime time) const {
  for (const Width& width : widths_) {
    const std::size_t next = width.first_from(floor_time(time, width.width));
    if (next > 0) return width.candles[next - 1].close;
    if (!width.candles.has_dropped()) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<WallTime> CandleStore::oldest() const {
  const Width& widest = widths_.back();
  if (widest.candles.empty()) return std::nullopt;
  const Width& narrowest = widths_.front();
  if (!narrowest.candles.has_dropped()) return narrowest.candles.front().open_time;
  return widest.candles.front().open_time;
}

}  // namespace portcullis::sim
