#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/exchange/exchange.hpp"
#include "sim/json/text_out.hpp"
#include "sim/market_data/klines.hpp"
#include "sim/market_data/symbol_record.hpp"
#include "sim/market_data/window_stats.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

// Payloads of the market streams, field by field in the order of the documentation (Binance:
// WebSocket streams). `symbol_member` is `"s":"BTCUSDT",`, made once.

[[nodiscard]] std::string symbol_member_of(std::string_view symbol);

// What most payloads begin with: who speaks, when, in which unit.
struct EventHead {
  std::string_view symbol_member;
  WallTime event_time;
  TimeUnit unit;
};

void put_trade(TextOut& out, const EventHead& head, const PublicTrade& trade);
void put_aggregate_trade(TextOut& out, const EventHead& head, const AggregateTrade& trade);
void put_book_ticker(TextOut& out, std::string_view symbol_member, const BestPrices& best);
void put_depth(TextOut& out, const EventHead& head, const DepthDiff& diff);
void put_kline(TextOut& out, const EventHead& head, const Kline& kline, KlineInterval interval,
               bool is_closed);
void put_mini_ticker(TextOut& out, const EventHead& head, const WindowStats& stats);

void put_ticker(TextOut& out, const EventHead& head, const WindowStats& stats,
                const TickerNow& now);
// `window`: "1h", "4h" or "1d".
void put_window_ticker(TextOut& out, const EventHead& head, const WindowStats& stats,
                       std::string_view window);
void put_average_price(TextOut& out, const EventHead& head, int minutes, Price average,
                       WallTime last_trade_time);
void put_reference_price(TextOut& out, std::string_view symbol_member, TimeUnit unit,
                         const Exchange::ReferencePrice& reference);

}  // namespace portcullis::sim
