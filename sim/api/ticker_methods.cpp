// The tickers (Binance: 24hr, trading day, rolling window, price and book tickers).
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "sim/api/method.hpp"
#include "sim/api/symbol_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/market_data/kline_interval.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

constexpr std::size_t kSymbolsMax = 100;

std::expected<TickerKind, VenueError> read_kind(const Params& params) {
  const auto text = params.find("type");
  if (!text || *text == "FULL") return TickerKind::kFull;
  if (*text == "MINI") return TickerKind::kMini;
  return std::unexpected{VenueError{400, -1139, "Invalid ticker type."}};
}

// One object for a symbol, an array for several.
template <class Write>
ApiResult answer(const Call& call, const std::vector<std::size_t>& symbols, Write write) {
  JsonOut out = call.json();
  const bool is_single = call.params.has("symbol");
  if (!is_single) out.open_array();
  for (const std::size_t symbol : symbols) write(out, symbol);
  if (!is_single) out.close_array();
  return out.take();
}

DayTicker day_ticker(const Call& call, std::size_t symbol) {
  const SymbolRecord& record = call.venue.market[symbol];
  DayTicker ticker{.symbol = call.spec(symbol).symbol,
                   .stats = rolling_day(record.candles(), call.now),
                   .best = call.venue.exchange.best(symbol)};
  ticker.previous_close =
      record.candles().close_before(ticker.stats.open_time).value_or(ticker.stats.candle.open);
  if (const PublicTrade* last = record.last_trade()) ticker.last_qty = last->qty;
  return ticker;
}

ApiResult day(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto kind = read_kind(call.params);
  if (!kind) return std::unexpected{kind.error()};
  return answer(call, *symbols, [&call, kind](JsonOut& out, std::size_t symbol) {
    write_day_ticker(out, day_ticker(call, symbol), *kind);
  });
}

// The tickers that must name their symbols, a hundred at the most.
std::expected<std::vector<std::size_t>, VenueError> some_symbols(const Call& call) {
  if (!call.params.has("symbol") && !call.params.has("symbols")) {
    return std::unexpected{missing_both("symbol", "symbols")};
  }
  auto symbols = symbols_or_all(call);
  if (symbols && symbols->size() > kSymbolsMax) {
    return std::unexpected{
        VenueError{400, -1101, "Too many parameters; expected '100' and received '" +
                                   std::to_string(symbols->size()) + "'."}};
  }
  return symbols;
}

ApiResult trading_day(const Call& call) {
  const auto symbols = some_symbols(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto kind = read_kind(call.params);
  if (!kind) return std::unexpected{kind.error()};
  const auto zone = parse_zone_offset(call.params.find("timeZone").value_or("0"));
  if (!zone) return std::unexpected{invalid_data("timeZone")};
  const WallTime open = open_time(KlineInterval::k1d, call.now, *zone);
  const WallTime close = next_open_time(KlineInterval::k1d, open, *zone);
  return answer(call, *symbols, [&](JsonOut& out, std::size_t symbol) {
    const WindowStats stats{.open_time = open,
                            .close_time = close - Nanos{std::chrono::milliseconds{1}},
                            .candle = call.venue.market[symbol].candles().merged(open, close)};
    write_window(out, call.spec(symbol).symbol, stats, *kind);
  });
}

ApiResult rolling(const Call& call) {
  const auto symbols = some_symbols(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto kind = read_kind(call.params);
  if (!kind) return std::unexpected{kind.error()};
  const auto window = parse_window_size(call.params.find("windowSize").value_or("1d"));
  if (!window) return std::unexpected{invalid_data("windowSize")};
  return answer(call, *symbols, [&](JsonOut& out, std::size_t symbol) {
    const CandleStore& candles = call.venue.market[symbol].candles();
    write_window(out, call.spec(symbol).symbol, rolling_window(candles, *window, call.now), *kind);
  });
}

ApiResult price(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  return answer(call, *symbols, [&call](JsonOut& out, std::size_t symbol) {
    out.open_object()
        .field("symbol", call.spec(symbol).symbol)
        .field("price", call.venue.exchange.last_price(symbol))
        .close_object();
  });
}

ApiResult book(const Call& call) {
  const auto symbols = symbols_or_all(call);
  if (!symbols) return std::unexpected{symbols.error()};
  return answer(call, *symbols, [&call](JsonOut& out, std::size_t symbol) {
    write_book_ticker(out, call.spec(symbol).symbol, call.venue.exchange.best(symbol));
  });
}

int day_weight(const Params& params) {
  const auto count = named_symbol_count(params);
  if (!count || *count > 100) return 80;
  return *count > 20 ? 40 : 2;
}
int window_weight(const Params& params) {
  return std::min(4 * static_cast<int>(named_symbol_count(params).value_or(1)), 200);
}
int simple_weight(const Params& params) {
  return params.has("symbol") ? 2 : 4;
}

using Names = std::string_view;
constexpr std::array<Names, 4> kDay{"symbol", "symbols", "type", "symbolStatus"};
constexpr std::array<Names, 5> kTradingDay{"symbol", "symbols", "type", "timeZone", "symbolStatus"};
constexpr std::array<Names, 5> kRolling{"symbol", "symbols", "type", "windowSize", "symbolStatus"};
constexpr std::array<Names, 3> kSimple{"symbol", "symbols", "symbolStatus"};
constexpr ParamNames kDayNames{{}, kDay};
constexpr ParamNames kTradingDayNames{{}, kTradingDay};
constexpr ParamNames kRollingNames{{}, kRolling};
constexpr ParamNames kSimpleNames{{}, kSimple};

constexpr std::array<Method, 5> kMethods{{
    {.rule = {.name = "ticker.24hr", .weight = 80, .params = &kDayNames},
     .carry_out = day,
     .weight = day_weight},
    {.rule = {.name = "ticker.tradingDay", .weight = 4, .params = &kTradingDayNames},
     .carry_out = trading_day,
     .weight = window_weight},
    {.rule = {.name = "ticker", .weight = 4, .params = &kRollingNames},
     .carry_out = rolling,
     .weight = window_weight},
    {.rule = {.name = "ticker.price", .weight = 4, .params = &kSimpleNames},
     .carry_out = price,
     .weight = simple_weight},
    {.rule = {.name = "ticker.book", .weight = 4, .params = &kSimpleNames},
     .carry_out = book,
     .weight = simple_weight},
}};

}  // namespace

std::span<const Method> ticker_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
