#include "sim/api/market_params.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace portcullis::sim {

namespace {

// The last nanosecond of what the client's unit can name.
WallTime end_of(std::string_view text, WallTime time) {
  constexpr std::size_t kMillisecondDigits = 14;
  return time + Nanos{text.size() <= kMillisecondDigits ? 999'999 : 999};
}

}  // namespace

std::expected<std::size_t, VenueError> limit_of(const Params& params, std::size_t usual,
                                                std::size_t most) {
  const auto limit = params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  if (*limit == 0U) return std::unexpected{invalid_data("limit")};
  return std::min<std::size_t>(limit->value_or(usual), most);
}

std::expected<TickerType, VenueError> ticker_type_of(const Params& params) {
  using Word = std::pair<std::string_view, TickerType>;
  static constexpr std::array<Word, 2> kWords{
      {{"FULL", TickerType::kFull}, {"MINI", TickerType::kMini}}};
  const auto type = params.choice<TickerType>("type", kWords, -1139, "Invalid ticker type.");
  if (!type) return std::unexpected{type.error()};
  return type->value_or(TickerType::kFull);
}

std::expected<ZoneOffset, VenueError> zone_of(const Params& params) {
  const auto text = params.find("timeZone");
  if (!text) return ZoneOffset{0};
  const auto zone = parse_zone_offset(*text);
  if (!zone) return std::unexpected{invalid_data("timeZone")};
  return *zone;
}

std::expected<TimeRange, VenueError> time_range_of(const Params& params) {
  const auto start = params.time("startTime");
  if (!start) return std::unexpected{start.error()};
  const auto end = params.time("endTime");
  if (!end) return std::unexpected{end.error()};
  TimeRange range{.start = *start};
  if (*end) range.end = end_of(*params.find("endTime"), **end);
  return range;
}

}  // namespace portcullis::sim
