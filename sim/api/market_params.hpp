#pragma once

#include <cstddef>
#include <expected>
#include <optional>

#include "sim/api/method.hpp"
#include "sim/market_data/kline_interval.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

// What market data requests ask for beside their symbols, with the venue's errors (Binance: market
// data endpoints).

// How many rows: clipped to `most`. -1130 for zero.
[[nodiscard]] std::expected<std::size_t, VenueError> limit_of(const Params& params,
                                                              std::size_t usual, std::size_t most);

// FULL unless it says MINI; -1139.
[[nodiscard]] std::expected<TickerType, VenueError> ticker_type_of(const Params& params);
// -1130 for one that is none.
[[nodiscard]] std::expected<ZoneOffset, VenueError> zone_of(const Params& params);

struct TimeRange {
  std::optional<WallTime> start{};
  std::optional<WallTime> end{};  // the last moment that counts, within the client's unit
};
[[nodiscard]] std::expected<TimeRange, VenueError> time_range_of(const Params& params);

}  // namespace portcullis::sim
