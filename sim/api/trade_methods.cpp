// What was traded: single trades, aggregate trades, klines (Binance: market data endpoints).
#include <algorithm>
#include <array>
#include <optional>

#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"
#include "sim/market_data/klines.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

constexpr std::uint64_t kLimitDefault = 500;
constexpr std::uint64_t kLimitMax = 1'000;

std::expected<std::size_t, VenueError> read_limit(const Params& params) {
  const auto limit = params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  if (*limit == 0U) return std::unexpected{invalid_data("limit")};
  return std::min(limit->value_or(kLimitDefault), kLimitMax);
}

// A stretch of a ring: from `first`, `count` of them.
struct Stretch {
  std::size_t first{0};
  std::size_t count{0};
};

Stretch newest(std::size_t size, std::size_t limit) {
  const std::size_t count = std::min(size, limit);
  return {.first = size - count, .count = count};
}
Stretch oldest_from(std::size_t first, std::size_t end, std::size_t limit) {
  return {.first = first, .count = std::min(end - std::min(first, end), limit)};
}

template <class T, class Write>
ApiResult list(const Call& call, const BoundedRing<T>& ring, const Stretch& stretch, Write write) {
  JsonOut out = call.json();
  out.open_array();
  for (std::size_t i = 0; i < stretch.count; ++i) write(out, ring[stretch.first + i]);
  return out.close_array().take();
}

ApiResult recent_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = read_limit(call.params);
  if (!limit) return std::unexpected{limit.error()};
  const auto& trades = call.venue.market[*symbol].trades();
  return list(call, trades, newest(trades.size(), *limit), write_trade);
}

ApiResult historical_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = read_limit(call.params);
  if (!limit) return std::unexpected{limit.error()};
  const auto from_id = call.params.whole("fromId");
  if (!from_id) return std::unexpected{from_id.error()};
  const auto& trades = call.venue.market[*symbol].trades();
  if (!*from_id) return list(call, trades, newest(trades.size(), *limit), write_trade);
  const std::size_t first = trades.lower_bound(**from_id, &PublicTrade::trade_id);
  return list(call, trades, oldest_from(first, trades.size(), *limit), write_trade);
}

// Nobody trades blocks here.
ApiResult block_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = read_limit(call.params);
  if (!limit) return std::unexpected{limit.error()};
  return "[]";
}

ApiResult aggregate_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = read_limit(call.params);
  if (!limit) return std::unexpected{limit.error()};
  const auto from_id = call.params.whole("fromId");
  if (!from_id) return std::unexpected{from_id.error()};
  const auto start = call.params.time("startTime");
  if (!start) return std::unexpected{start.error()};
  const auto end = call.params.time("endTime");
  if (!end) return std::unexpected{end.error()};
  if (*from_id && (*start || *end)) return std::unexpected{bad_combination()};
  const auto& trades = call.venue.market[*symbol].aggregate_trades();
  if (*from_id) {
    const std::size_t first = trades.lower_bound(**from_id, &AggregateTrade::id);
    return list(call, trades, oldest_from(first, trades.size(), *limit), write_aggregate_trade);
  }
  // A millisecond names all of its nanoseconds.
  constexpr Nanos kWhole{999'999};
  const std::size_t behind =
      *end ? trades.lower_bound(**end + kWhole + Nanos{1}, &AggregateTrade::time) : trades.size();
  if (!*start) return list(call, trades, newest(behind, *limit), write_aggregate_trade);
  const std::size_t first = trades.lower_bound(**start, &AggregateTrade::time);
  return list(call, trades, oldest_from(first, behind, *limit), write_aggregate_trade);
}

std::expected<KlineQuery, VenueError> read_kline_query(const Params& params) {
  KlineQuery query;
  const auto interval = parse_kline_interval(params.find("interval").value_or(""));
  if (!interval) return std::unexpected{VenueError{400, -1120, "Invalid interval."}};
  query.interval = *interval;
  if (const auto zone = params.find("timeZone")) {
    const auto offset = parse_zone_offset(*zone);
    if (!offset) return std::unexpected{invalid_data("timeZone")};
    query.zone = *offset;
  }
  const auto start = params.time("startTime");
  if (!start) return std::unexpected{start.error()};
  const auto end = params.time("endTime");
  if (!end) return std::unexpected{end.error()};
  query.start = *start;
  query.end = *end;
  const auto limit = read_limit(params);
  if (!limit) return std::unexpected{limit.error()};
  query.limit = *limit;
  return query;
}

ApiResult candles(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto query = read_kline_query(call.params);
  if (!query) return std::unexpected{query.error()};
  JsonOut out = call.json();
  out.open_array();
  for (const Kline& kline : klines(call.venue.market[*symbol].candles(), *query, call.now)) {
    write_kline(out, kline);
  }
  return out.close_array().take();
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 1> kLimit{"limit"};
constexpr std::array<Names, 2> kFromId{"limit", "fromId"};
constexpr std::array<Names, 4> kAggregate{"limit", "fromId", "startTime", "endTime"};
constexpr std::array<Names, 2> kKlineMandatory{"symbol", "interval"};
constexpr std::array<Names, 4> kKlineOptional{"limit", "startTime", "endTime", "timeZone"};
constexpr ParamNames kRecentNames{kSymbol, kLimit};
constexpr ParamNames kHistoricalNames{kSymbol, kFromId};
constexpr ParamNames kAggregateNames{kSymbol, kAggregate};
constexpr ParamNames kKlineNames{kKlineMandatory, kKlineOptional};

constexpr std::array<Method, 6> kMethods{{
    {.rule = {.name = "trades.recent", .weight = 25, .params = &kRecentNames},
     .carry_out = recent_trades},
    {.rule = {.name = "trades.historical", .weight = 25, .params = &kHistoricalNames},
     .carry_out = historical_trades},
    {.rule = {.name = "blockTrades.historical", .weight = 25, .params = &kHistoricalNames},
     .carry_out = block_trades},
    {.rule = {.name = "trades.aggregate", .weight = 4, .params = &kAggregateNames},
     .carry_out = aggregate_trades},
    {.rule = {.name = "klines", .weight = 2, .params = &kKlineNames}, .carry_out = candles},
    {.rule = {.name = "uiKlines", .weight = 2, .params = &kKlineNames}, .carry_out = candles},
}};

}  // namespace

std::span<const Method> trade_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
