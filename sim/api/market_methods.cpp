#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sim/api/market_params.hpp"
#include "sim/api/method.hpp"
#include "sim/api/symbol_params.hpp"
#include "sim/json/text_out.hpp"
#include "sim/market_data/average_minutes.hpp"
#include "sim/market_data/klines.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

constexpr std::size_t kDepthUsual = 100;
constexpr std::size_t kDepthMost = 5'000;
constexpr std::size_t kRowsUsual = 500;
constexpr std::size_t kRowsMost = 1'000;

// By the limit (Binance: order book).
int depth_weight(const Params& params) {
  const auto limit = limit_of(params, kDepthUsual, kDepthMost).value_or(kDepthUsual);
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1'000 ? 50 : 250;
}

ApiResult depth(const Call& call) {
  const auto symbol = symbol_with_status(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = limit_of(call.params, kDepthUsual, kDepthMost);
  if (!limit) return std::unexpected{limit.error()};
  TextOut out;
  put_book(out, call.venue.exchange.depth(*symbol, *limit));
  return std::string{out.view()};
}

// [first, last) of a ring, as a list of rows.
template <class Ring, class Put>
std::string rows_json(const Ring& ring, std::size_t first, std::size_t last, Put put) {
  TextOut out;
  out.put('[');
  for (std::size_t i = first; i < last; ++i) {
    if (i > first) out.put(',');
    put(out, ring[i]);
  }
  return std::string{out.put(']').view()};
}

ApiResult trade_rows(const Call& call, std::optional<std::uint64_t> from_id) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = limit_of(call.params, kRowsUsual, kRowsMost);
  if (!limit) return std::unexpected{limit.error()};
  const auto& trades = call.venue.market[*symbol].trades();
  const std::size_t newest = trades.size() - std::min(trades.size(), *limit);
  const std::size_t first = from_id ? trades.lower_bound(*from_id, &PublicTrade::trade_id) : newest;
  const std::size_t last = std::min(trades.size(), first + *limit);
  return rows_json(trades, first, last, [&call](TextOut& out, const PublicTrade& trade) {
    put_trade_row(out, trade, call.time_unit);
  });
}

ApiResult trades_recent(const Call& call) {
  return trade_rows(call, std::nullopt);
}

ApiResult trades_historical(const Call& call) {
  const auto from_id = call.params.whole("fromId");
  if (!from_id) return std::unexpected{from_id.error()};
  return trade_rows(call, *from_id);
}

// Nobody trades in blocks here; a request is checked all the same.
ApiResult block_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto from_id = call.params.required("fromId");
  if (!from_id) return std::unexpected{from_id.error()};
  const auto id = call.params.whole("fromId");
  if (!id) return std::unexpected{id.error()};
  const auto limit = limit_of(call.params, kRowsUsual, kRowsMost);
  if (!limit) return std::unexpected{limit.error()};
  return "[]";
}

ApiResult trades_aggregate(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = limit_of(call.params, kRowsUsual, kRowsMost);
  if (!limit) return std::unexpected{limit.error()};
  const auto from_id = call.params.whole("fromId");
  if (!from_id) return std::unexpected{from_id.error()};
  const auto range = time_range_of(call.params);
  if (!range) return std::unexpected{range.error()};
  if (*from_id && (range->start || range->end)) return std::unexpected{bad_combination()};
  const auto& trades = call.venue.market[*symbol].aggregate_trades();
  std::size_t last = trades.size();
  if (range->end) last = trades.lower_bound(*range->end + Nanos{1}, &AggregateTrade::time);
  std::size_t first = last - std::min(last, *limit);
  if (*from_id) first = trades.lower_bound(**from_id, &AggregateTrade::id);
  if (range->start) first = trades.lower_bound(*range->start, &AggregateTrade::time);
  last = std::min(last, first + *limit);
  return rows_json(trades, first, last, [&call](TextOut& out, const AggregateTrade& trade) {
    put_aggregate_row(out, trade, call.time_unit);
  });
}

ApiResult kline_rows(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto interval_text = call.params.required("interval");
  if (!interval_text) return std::unexpected{interval_text.error()};
  const auto interval = parse_kline_interval(*interval_text);
  if (!interval) return std::unexpected{VenueError{400, -1120, "Invalid interval."}};
  const auto zone = zone_of(call.params);
  if (!zone) return std::unexpected{zone.error()};
  const auto limit = limit_of(call.params, kRowsUsual, kRowsMost);
  if (!limit) return std::unexpected{limit.error()};
  const auto range = time_range_of(call.params);
  if (!range) return std::unexpected{range.error()};
  const auto bars = klines(call.venue.market[*symbol].candles(),
                           {.interval = *interval,
                            .zone = *zone,
                            .start = range->start,
                            .end = range->end,
                            .limit = *limit},
                           call.now);
  return rows_json(bars, 0, bars.size(), [&call](TextOut& out, const Kline& bar) {
    put_kline_row(out, bar, call.time_unit);
  });
}

ApiResult average_price(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const int minutes = average_price_minutes(call.spec(*symbol));
  const PublicTrade* last = call.venue.market[*symbol].last_trade();
  return call.json()
      .open_object()
      .field("mins", minutes)
      .field("price", call.venue.exchange.average_price(*symbol, minutes, call.now))
      .field("closeTime", last == nullptr ? WallTime{} : last->time)
      .close_object()
      .take();
}

ApiResult reference_price(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto reference = call.venue.exchange.reference_price(*symbol, call.now);
  if (!reference) return std::unexpected{reference.error()};
  JsonOut out = call.json();
  out.open_object().field("symbol", call.spec(*symbol).symbol).key("referencePrice");
  if (reference->px) {
    out.decimal(*reference->px);
  } else {
    out.null();
  }
  return out.field("timestamp", reference->time).close_object().take();
}

ApiResult reference_calculation(const Call& call) {
  const auto symbol = symbol_with_status(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto& rule = call.spec(*symbol).reference_price;
  if (!rule) {
    return std::unexpected{VenueError{400, -2043, "This symbol doesn't have a reference price."}};
  }
  JsonOut out = call.json();
  out.open_object().field("symbol", call.spec(*symbol).symbol);
  if (rule->kind == ReferencePriceRule::Kind::kExternal) {
    out.field("calculationType", "EXTERNAL").field("externalCalculationId", rule->external_id);
  } else {
    out.field("calculationType", "ARITHMETIC_MEAN")
        .field("bucketCount", rule->bucket_count)
        .field("bucketWidthMs", rule->bucket_width_ms);
  }
  return out.close_object().take();
}

using Name = std::string_view;
constexpr std::array<Name, 1> kSymbol{"symbol"};
constexpr std::array<Name, 2> kSymbolAndInterval{"symbol", "interval"};
constexpr std::array<Name, 2> kSymbolAndFromId{"symbol", "fromId"};
constexpr std::array<Name, 1> kLimit{"limit"};
constexpr std::array<Name, 1> kStatus{"symbolStatus"};
constexpr std::array<Name, 2> kLimitAndStatus{"limit", "symbolStatus"};
constexpr std::array<Name, 2> kFromIdAndLimit{"fromId", "limit"};
constexpr std::array<Name, 4> kAggregateOptional{"fromId", "startTime", "endTime", "limit"};
constexpr std::array<Name, 4> kKlineOptional{"startTime", "endTime", "timeZone", "limit"};

constexpr ParamNames kDepthNames{kSymbol, kLimitAndStatus};
constexpr ParamNames kRecentNames{kSymbol, kLimit};
constexpr ParamNames kHistoricalNames{kSymbol, kFromIdAndLimit};
constexpr ParamNames kBlockNames{kSymbolAndFromId, kLimit};
constexpr ParamNames kAggregateNames{kSymbol, kAggregateOptional};
constexpr ParamNames kKlineNames{kSymbolAndInterval, kKlineOptional};
constexpr ParamNames kSymbolNames{kSymbol, {}};
constexpr ParamNames kCalculationNames{kSymbol, kStatus};

constexpr MethodRule rule(Name name, int weight, const ParamNames& params) {
  return {.name = name, .weight = weight, .params = &params};
}

constexpr std::array<Method, 10> kMethods{{
    {.rule = rule("depth", 5, kDepthNames), .carry_out = depth, .weight = depth_weight},
    {.rule = rule("trades.recent", 25, kRecentNames), .carry_out = trades_recent},
    {.rule = rule("trades.historical", 25, kHistoricalNames), .carry_out = trades_historical},
    {.rule = rule("blockTrades.historical", 25, kBlockNames), .carry_out = block_trades},
    {.rule = rule("trades.aggregate", 4, kAggregateNames), .carry_out = trades_aggregate},
    {.rule = rule("klines", 2, kKlineNames), .carry_out = kline_rows},
    {.rule = rule("uiKlines", 2, kKlineNames), .carry_out = kline_rows},
    {.rule = rule("avgPrice", 2, kSymbolNames), .carry_out = average_price},
    {.rule = rule("referencePrice", 2, kSymbolNames), .carry_out = reference_price},
    {.rule = rule("referencePrice.calculation", 2, kCalculationNames),
     .carry_out = reference_calculation},
}};

}  // namespace

std::span<const Method> market_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
