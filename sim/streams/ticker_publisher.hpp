#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/market_data/window_stats.hpp"
#include "sim/streams/stream.hpp"

namespace portcullis::sim {

// The streams that speak once a second, when what they tell has changed: tickers of one symbol and
// of all, average and reference prices. One thread.
class TickerPublisher {
 public:
  TickerPublisher(const Exchange& exchange, const MarketData& market,
                  const std::vector<std::string>& symbol_members)
      : exchange_{exchange},
        market_{market},
        symbol_members_{symbol_members} {}

  void on_first_listener(Stream& stream);
  // Every 1000 ms.
  void on_second(WallTime now, StreamOutlet& out);

 private:
  // What a payload tells beside the moment it is told.
  struct Told {
    std::uint64_t first_trade_id{0};
    std::uint64_t last_trade_id{0};
    Level bid{};
    Level ask{};
    std::optional<Price> px{};
    WallTime time{};

    friend bool operator==(const Told&, const Told&) = default;
  };
  struct Ticker {
    Stream* stream;
    std::vector<std::optional<Told>> told;  // by symbol for those of all symbols, else one
  };

  void publish(Ticker& ticker, WallTime now, StreamOutlet& out);
  void publish_all(Ticker& ticker, WallTime now, StreamOutlet& out);
  void publish_average(Ticker& ticker, WallTime now, StreamOutlet& out);
  void publish_reference(Ticker& ticker, WallTime now, StreamOutlet& out);
  [[nodiscard]] WindowStats stats_of(const StreamTopic& topic, std::size_t symbol,
                                     WallTime now) const;
  [[nodiscard]] static Told told_by(const WindowStats& stats);

  const Exchange& exchange_;
  const MarketData& market_;
  const std::vector<std::string>& symbol_members_;
  std::vector<Ticker> tickers_;
};

}  // namespace portcullis::sim
