#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/streams/depth_publisher.hpp"
#include "sim/streams/kline_publisher.hpp"
#include "sim/streams/stream_outlet.hpp"
#include "sim/streams/stream_table.hpp"
#include "sim/streams/ticker_publisher.hpp"

namespace portcullis::sim {

// The public market-data streams (Binance: WebSocket streams): what the exchange tells becomes
// events for those who asked, and nothing is computed that nobody asked for. One thread.
class StreamHub {
 public:
  StreamHub(Exchange& exchange, const MarketData& market, FaultPlan& faults, MessageGate& gate);

  // A connection is known from its first call on, until remove().
  void add(TextSink& sink, const StreamStyle& style) { table_.add(sink, style); }
  void remove(TextSink& sink) { table_.remove(sink); }
  void set_combined(TextSink& sink, bool is_combined) { table_.set_combined(sink, is_combined); }
  [[nodiscard]] StreamStyle style_of(TextSink& sink) const { return table_.style_of(sink); }
  StreamTable::Outcome subscribe(TextSink& sink, std::string_view name);
  [[nodiscard]] bool has_room_for(TextSink& sink, std::span<const std::string_view> names) const {
    return table_.has_room_for(sink, names);
  }
  void unsubscribe(TextSink& sink, std::string_view name) { table_.unsubscribe(sink, name); }
  [[nodiscard]] std::vector<std::string> subscriptions(TextSink& sink) const {
    return table_.subscriptions(sink);
  }

  // The market's record has the trade already.
  void on_trade(const PublicTrade& trade, WallTime now);
  void on_trades_end(std::size_t symbol, WallTime now);
  void on_best_prices(std::size_t symbol, const BestPrices& best);
  // Somebody listens to trades, single or aggregate, of the symbol.
  [[nodiscard]] bool wants_trades(std::size_t symbol) const noexcept;
  // Every 100 ms.
  void on_interval(WallTime now);

  // Faults: loses the next depth event of a symbol; freezes a stream by name, pings go on; cuts
  // all.
  void lose_next_depth(std::size_t symbol) { depth_.lose_next(symbol); }
  void set_silent(std::string_view name, bool is_silent);
  void cut_all();
  // serverShutdown, to one connection.
  void announce_shutdown(TextSink& sink, WallTime now);
  [[nodiscard]] std::size_t connection_count() const noexcept { return table_.connection_count(); }

 private:
  // The streams that speak at once; null before anybody asked.
  struct Prompt {
    Stream* trade{nullptr};
    Stream* aggregate_trade{nullptr};
    Stream* book_ticker{nullptr};
    std::uint64_t next_aggregate_id{0};
  };

  const MarketData& market_;
  std::vector<std::string> symbol_members_;
  StreamTable table_;
  std::vector<Prompt> prompt_;  // by symbol
  DepthPublisher depth_;
  KlinePublisher klines_;
  TickerPublisher tickers_;
  MessageGate& gate_;
  StreamOutlet out_;
  std::uint64_t interval_count_{0};
};

}  // namespace portcullis::sim
