#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/streams/stream.hpp"

namespace portcullis::sim {

// The kline streams: the bar that is open, every two seconds when it changed, and once more when it
// is closed. A bar of one second is told when it is closed. One thread.
class KlinePublisher {
 public:
  KlinePublisher(const MarketData& market, const std::vector<std::string>& symbol_members)
      : market_{market},
        symbol_members_{symbol_members} {}

  void on_first_listener(Stream& stream);
  // Every 100 ms; `is_update`: every two seconds.
  void on_interval(WallTime now, bool is_update, StreamOutlet& out);

 private:
  struct Bar {
    Stream* stream;
    bool has_begun{false};
    WallTime open{};
    WallTime next_open{};
    std::uint64_t told_trade_count{0};
  };

  void begin(Bar& bar, WallTime time) const;
  void publish(Bar& bar, WallTime now, bool is_closed, StreamOutlet& out);

  const MarketData& market_;
  const std::vector<std::string>& symbol_members_;
  std::vector<Bar> bars_;
};

}  // namespace portcullis::sim
