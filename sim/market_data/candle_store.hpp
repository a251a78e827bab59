#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/time.hpp"
#include "sim/market_data/bounded_ring.hpp"
#include "sim/market_data/candle.hpp"

namespace portcullis::sim {

// The trades of one symbol as candles of three widths; spans without trades take no room. A trade
// costs three updates in place, and any span is put together from the widest candles that fit it.
// Once the narrow candles of a time are forgotten its spans get the wider ones' edges. One thread.
class CandleStore {
 public:
  struct Limits {
    std::size_t seconds{90'000};  // a day and an hour: the rolling 24 hours to the second
    std::size_t minutes{45'000};
    std::size_t quarters{35'040};
  };

  explicit CandleStore(const Limits& limits);

  // A trade of an earlier time than the one before (a clock was set back) joins its candles.
  void add(const PublicTrade& trade);

  // What traded from `from` (its whole second) on, before `to`.
  [[nodiscard]] Candle merged(WallTime from, WallTime to) const;
  // The price of the last trade before that second; nothing when there was none.
  [[nodiscard]] std::optional<Price> close_before(WallTime time) const;
  // Where what is known begins; nothing before the first trade.
  [[nodiscard]] std::optional<WallTime> oldest() const;

 private:
  struct Width {
    Nanos width;
    BoundedRing<Candle> candles;

    [[nodiscard]] bool knows(WallTime time) const;
    [[nodiscard]] std::size_t first_from(WallTime time) const;
    void merge(WallTime from, WallTime to, Candle& out) const;
  };

  void merge(std::size_t width, WallTime from, WallTime to, Candle& out) const;
  // A part of one candle of that width.
  void merge_part(std::size_t width, WallTime from, WallTime to, Candle& out) const;

  std::array<Width, 3> widths_;  // narrowest first
};

}  // namespace portcullis::sim
