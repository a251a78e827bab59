#include "sim/api/history_params.hpp"

#include <algorithm>
#include <chrono>

namespace portcullis::sim {

namespace {

constexpr std::uint64_t kLimitDefault = 500;
constexpr std::uint64_t kLimitMax = 1'000;
constexpr auto kSpanMax = std::chrono::hours{24};

// The last nanosecond of what the client's unit can name.
WallTime end_of(const Params& params, WallTime time) {
  constexpr std::size_t kMillisecondDigits = 14;
  const bool is_millis = params.find("endTime")->size() <= kMillisecondDigits;
  return time + Nanos{is_millis ? 999'999 : 999};
}

}  // namespace

std::expected<HistoryQuery, VenueError> read_history(const Params& params,
                                                     const HistoryNames& names) {
  HistoryQuery query;
  if (!names.from_id.empty()) {
    const auto from_id = params.whole(names.from_id);
    if (!from_id) return std::unexpected{from_id.error()};
    query.from_id = *from_id;
  }
  const auto start = params.time("startTime");
  if (!start) return std::unexpected{start.error()};
  const auto end = params.time("endTime");
  if (!end) return std::unexpected{end.error()};
  if (*start && *end && **end - **start > kSpanMax) {
    return std::unexpected{
        VenueError{400, -1127, "More than 24 hours between startTime and endTime."}};
  }
  query.start = *start;
  if (*end) query.end = end_of(params, **end);
  const auto limit = params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  if (*limit == 0U) return std::unexpected{invalid_data("limit")};
  query.limit = std::min(limit->value_or(kLimitDefault), kLimitMax);
  return query;
}

}  // namespace portcullis::sim
