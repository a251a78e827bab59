#include "sim/market_data/market_data.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

// What all symbols share, between the least that answers every request in full and the most that
// one symbol has use for.
std::size_t share(std::size_t all, std::size_t symbol_count, std::size_t least, std::size_t most) {
  return std::clamp(all / std::max<std::size_t>(1, symbol_count), least, most);
}

}  // namespace

MarketData::MarketData(std::size_t symbol_count)
    : MarketData{symbol_count, default_limits(symbol_count)} {
}

MarketData::MarketData(std::size_t symbol_count, const SymbolRecord::Limits& limits)
    : records_(symbol_count, SymbolRecord{limits}) {
}

SymbolRecord::Limits MarketData::default_limits(std::size_t symbol_count) {
  constexpr std::size_t kMinutesOfAWeek = std::size_t{7} * 24 * 60;
  SymbolRecord::Limits limits;
  limits.trades = share(2'000'000, symbol_count, 2'000, limits.trades);
  limits.aggregate_trades = limits.trades;
  limits.candles.seconds = share(2'000'000, symbol_count, 2'000, limits.candles.seconds);
  limits.candles.minutes =
      share(10'000'000, symbol_count, kMinutesOfAWeek + 60, limits.candles.minutes);
  return limits;
}

}  // namespace portcullis::sim
