#pragma once

#include <cstddef>
#include <vector>

#include "sim/market_data/symbol_record.hpp"

namespace portcullis::sim {

// The record of every symbol's market, by symbol index. Memory is bounded: many symbols keep a
// shorter history each. One thread.
class MarketData {
 public:
  explicit MarketData(std::size_t symbol_count);
  MarketData(std::size_t symbol_count, const SymbolRecord::Limits& limits);

  void on_trade(const PublicTrade& trade) { records_[trade.symbol].add(trade); }
  [[nodiscard]] const SymbolRecord& operator[](std::size_t symbol) const {
    return records_[symbol];
  }

  [[nodiscard]] static SymbolRecord::Limits default_limits(std::size_t symbol_count);

 private:
  std::vector<SymbolRecord> records_;
};

}  // namespace portcullis::sim
