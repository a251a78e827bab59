#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "sim/api/market_params.hpp"
#include "sim/api/method.hpp"
#include "sim/api/symbol_params.hpp"
#include "sim/json/text_out.hpp"
#include "sim/market_data/kline_interval.hpp"
#include "sim/market_data/window_stats.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

// One object for `symbol`, else a list.
template <class Put>
ApiResult answer(const Call& call, const std::vector<std::size_t>& symbols, Put put) {
  TextOut out;
  const bool is_list = !call.params.has("symbol");
  if (is_list) out.put('[');
  bool is_first = true;
  for (const std::size_t symbol : symbols) {
    if (!is_first) out.put(',');
    is_first = false;
    put(out, symbol, JsonOut{}.text(call.spec(symbol).symbol).take());
  }
  if (is_list) out.put(']');
  return std::string{out.view()};
}

ApiResult day_tickers(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto type = ticker_type_of(call.params);
  if (!type) return std::unexpected{type.error()};
  return answer(call, *symbols, [&](TextOut& out, std::size_t symbol, const std::string& name) {
    const SymbolRecord& record = call.venue.market[symbol];
    const WindowStats stats = rolling_day(record.candles(), call.now);
    TickerNow now{.best = call.venue.exchange.best(symbol)};
    now.price_before = record.candles().close_before(stats.open_time).value_or(Price{});
    if (!stats.candle.is_empty()) now.last_qty = record.last_trade()->qty;
    put_ticker_row(out, name, stats, *type, &now, call.time_unit);
  });
}

// The trading day that holds now, whole.
WindowStats trading_day(const CandleStore& candles, ZoneOffset zone, WallTime now) {
  const WallTime open = open_time(KlineInterval::k1d, now, zone);
  const WallTime next = next_open_time(KlineInterval::k1d, open, zone);
  return {.open_time = open,
          .close_time = next - std::chrono::milliseconds{1},
          .candle = candles.merged(open, next)};
}

// The tickers that must name their symbols, a hundred at the most.
std::expected<std::vector<std::size_t>, VenueError> some_symbols(const Call& call) {
  constexpr std::size_t kMost = 100;
  if (!call.params.has("symbol") && !call.params.has("symbols")) {
    return std::unexpected{missing_both("symbol", "symbols")};
  }
  if (const auto count = named_symbol_count(call.params); count && *count > kMost) {
    return std::unexpected{VenueError{
        400, -1101,
        "Too many parameters; expected '100' and received '" + std::to_string(*count) + "'."}};
  }
  return symbols_or_all(call);
}

// Tickers over a span that `stats_of(candles)` tells. -2016 for a symbol that never traded.
template <class StatsOf>
ApiResult span_tickers(const Call& call, StatsOf stats_of) {
  const auto symbols = some_symbols(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto type = ticker_type_of(call.params);
  if (!type) return std::unexpected{type.error()};
  const bool has_traded = std::ranges::all_of(*symbols, [&call](std::size_t symbol) {
    return call.venue.market[symbol].last_trade() != nullptr;
  });
  if (!has_traded) {
    return std::unexpected{VenueError{
        400, -2016, "No trading window could be found for the symbol. Try ticker/24hrs instead."}};
  }
  return answer(call, *symbols, [&](TextOut& out, std::size_t symbol, const std::string& name) {
    const WindowStats stats = stats_of(call.venue.market[symbol].candles());
    put_ticker_row(out, name, stats, *type, nullptr, call.time_unit);
  });
}

ApiResult trading_day_tickers(const Call& call) {
  const auto zone = zone_of(call.params);
  if (!zone) return std::unexpected{zone.error()};
  return span_tickers(
      call, [&](const CandleStore& candles) { return trading_day(candles, *zone, call.now); });
}

ApiResult window_tickers(const Call& call) {
  const auto size = parse_window_size(call.params.find("windowSize").value_or("1d"));
  if (!size) return std::unexpected{invalid_data("windowSize")};
  return span_tickers(
      call, [&](const CandleStore& candles) { return rolling_window(candles, *size, call.now); });
}

ApiResult price_tickers(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  return answer(call, *symbols, [&](TextOut& out, std::size_t symbol, const std::string& name) {
    out.put(R"({"symbol":)").put(name).put(R"(,"price":)");
    out.decimal(call.venue.exchange.last_price(symbol)).put('}');
  });
}

ApiResult book_tickers(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  return answer(call, *symbols, [&](TextOut& out, std::size_t symbol, const std::string& name) {
    const BestPrices best = call.venue.exchange.best(symbol);
    out.put(R"({"symbol":)").put(name).put(R"(,"bidPrice":)").decimal(best.bid.px);
    out.put(R"(,"bidQty":)").decimal(best.bid.qty).put(R"(,"askPrice":)").decimal(best.ask.px);
    out.put(R"(,"askQty":)").decimal(best.ask.qty).put('}');
  });
}

int day_weight(const Params& params) {
  const auto count = named_symbol_count(params);
  if (!count || *count > 100) return 80;
  return *count > 20 ? 40 : 2;
}

int span_weight(const Params& params) {
  constexpr std::size_t kMost = 200;
  return static_cast<int>(std::min(4 * named_symbol_count(params).value_or(1), kMost));
}

int simple_weight(const Params& params) {
  return params.has("symbol") ? 2 : 4;
}

using Name = std::string_view;
constexpr std::array<Name, 3> kSimple{"symbol", "symbols", "symbolStatus"};
constexpr auto kDay = joined(kSimple, std::array<Name, 1>{"type"});
constexpr auto kTradingDay = joined(kDay, std::array<Name, 1>{"timeZone"});
constexpr auto kWindow = joined(kDay, std::array<Name, 1>{"windowSize"});
constexpr ParamNames kSimpleNames{{}, kSimple};
constexpr ParamNames kDayNames{{}, kDay};
constexpr ParamNames kTradingDayNames{{}, kTradingDay};
constexpr ParamNames kWindowNames{{}, kWindow};

constexpr MethodRule rule(Name name, int weight, const ParamNames& params) {
  return {.name = name, .weight = weight, .params = &params};
}

constexpr std::array<Method, 5> kMethods{{
    {.rule = rule("ticker.24hr", 2, kDayNames), .carry_out = day_tickers, .weight = day_weight},
    {.rule = rule("ticker.tradingDay", 4, kTradingDayNames),
     .carry_out = trading_day_tickers,
     .weight = span_weight},
    {.rule = rule("ticker", 4, kWindowNames), .carry_out = window_tickers, .weight = span_weight},
    {.rule = rule("ticker.price", 2, kSimpleNames),
     .carry_out = price_tickers,
     .weight = simple_weight},
    {.rule = rule("ticker.book", 2, kSimpleNames),
     .carry_out = book_tickers,
     .weight = simple_weight},
}};

}  // namespace

std::span<const Method> ticker_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
