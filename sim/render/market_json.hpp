#pragma once

#include <string_view>

#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"
#include "sim/market_data/klines.hpp"
#include "sim/market_data/symbol_record.hpp"
#include "sim/market_data/window_stats.hpp"

namespace portcullis::sim {

// Market data as REST and the WebSocket API tell it (Binance: market data endpoints).

// A sum of decimals that may be beyond int64, quoted with eight places.
void write_wide(JsonOut& out, WideSum sum);
// "bids" or "asks" of a book.
void write_levels(JsonOut& out, std::string_view key, std::span<const Level> levels);
void write_trade(JsonOut& out, const PublicTrade& trade);
void write_aggregate_trade(JsonOut& out, const AggregateTrade& trade);
void write_kline(JsonOut& out, const Kline& kline);

// What the three tickers over a span have in common. MINI leaves the changes out.
enum class TickerKind : std::uint8_t { kFull, kMini };
// The fields of an open object, the symbol first.
void write_window(JsonOut& out, std::string_view symbol, const WindowStats& stats, TickerKind kind);
// The 24 hour ticker, which knows the book, the last trade and the day before besides.
struct DayTicker {
  std::string_view symbol;
  WindowStats stats{};
  BestPrices best{};
  Price previous_close{};
  Qty last_qty{};
};
void write_day_ticker(JsonOut& out, const DayTicker& ticker, TickerKind kind);
void write_book_ticker(JsonOut& out, std::string_view symbol, const BestPrices& best);

}  // namespace portcullis::sim
