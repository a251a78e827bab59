#pragma once

#include <expected>
#include <string_view>

#include "sim/exchange/venue_error.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// The unit that a header or a URL names (Binance: X-MBX-TIME-UNIT, timeUnit); empty: milliseconds.
// -1194.
[[nodiscard]] inline std::expected<TimeUnit, VenueError> read_time_unit(std::string_view text) {
  if (text.empty() || text == "MILLISECOND" || text == "millisecond") {
    return TimeUnit::kMilliseconds;
  }
  if (text == "MICROSECOND" || text == "microsecond") return TimeUnit::kMicroseconds;
  return std::unexpected{VenueError{
      400, -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."}};
}

}  // namespace portcullis::sim
