#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/json/text_out.hpp"
#include "sim/market_data/klines.hpp"
#include "sim/market_data/symbol_record.hpp"
#include "sim/market_data/window_stats.hpp"
#include "sim/matching/book_types.hpp"

namespace portcullis::sim {

// Market data as the request interfaces tell it, field by field in the order of the documentation
// (Binance: market data endpoints), and the pieces that the streams share. `symbol`: as JSON.

// [["4.00000000","431.00000000"],..]
void put_levels(TextOut& out, std::span<const Level> levels);
// Thousandths of a percent: "-95.960".
void put_percent(TextOut& out, std::int64_t milli);
// The last moment before, in the unit of the text: what a close time is.
void put_moment_before(TextOut& out, WallTime time, TimeUnit unit);
// An id of the candle's trades; -1 where nothing traded.
void put_trade_id(TextOut& out, const Candle& candle, std::uint64_t id);

void put_book(TextOut& out, const DepthSnapshot& book);
void put_trade_row(TextOut& out, const PublicTrade& trade, TimeUnit unit);
void put_aggregate_row(TextOut& out, const AggregateTrade& trade, TimeUnit unit);
void put_kline_row(TextOut& out, const Kline& kline, TimeUnit unit);

enum class TickerType : std::uint8_t { kFull, kMini };

// A ticker's part that is no statistics.
struct TickerNow {
  Price price_before{};  // of the last trade before the window; zero: none
  Qty last_qty{};
  BestPrices best{};
};
// `now`: of the 24 hour ticker, which tells more when it is FULL; null: of the others.
void put_ticker_row(TextOut& out, std::string_view symbol, const WindowStats& stats,
                    TickerType type, const TickerNow* now, TimeUnit unit);

}  // namespace portcullis::sim
