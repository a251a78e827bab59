#pragma once

#include <expected>
#include <string_view>

#include "sim/exchange/exchange.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

// Reads what part of a history is asked for: an id to begin with under its own name (none: the
// history has none), startTime, endTime and limit. -1100, -1108, -1130 for what cannot be read, and
// -1127 when both times are given and are more than 24 hours apart.
struct HistoryNames {
  std::string_view from_id;
};
[[nodiscard]] std::expected<HistoryQuery, VenueError> read_history(const Params& params,
                                                                   const HistoryNames& names);

}  // namespace portcullis::sim
