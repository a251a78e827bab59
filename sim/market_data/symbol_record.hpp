#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"
#include "sim/exchange/order.hpp"
#include "sim/market_data/bounded_ring.hpp"
#include "sim/market_data/candle_store.hpp"

namespace portcullis::sim {

// The trades of one taker order at one price, as one (Binance: aggregate trades).
struct AggregateTrade {
  std::uint64_t id{0};
  Price px{};
  WideSum qty{0};
  std::uint64_t first_trade_id{0};
  std::uint64_t last_trade_id{0};
  bool buyer_is_maker{false};
  std::uint64_t taker_sequence{0};
  WallTime time{};

  // Nobody knows the taker of a trade without a sequence: it stands alone.
  [[nodiscard]] bool takes_in(const PublicTrade& trade) const noexcept {
    return taker_sequence != 0 && trade.taker_sequence == taker_sequence && trade.px == px &&
           trade.buyer_is_maker == buyer_is_maker && trade.time == time;
  }
};

// What one symbol's market did, as far back as the limits reach. One thread.
class SymbolRecord {
 public:
  struct Limits {
    std::size_t trades{100'000};
    std::size_t aggregate_trades{100'000};
    CandleStore::Limits candles{};
  };

  explicit SymbolRecord(const Limits& limits);

  void add(const PublicTrade& trade);

  [[nodiscard]] const BoundedRing<PublicTrade>& trades() const noexcept { return trades_; }
  // The last may still grow while the exchange tells the trades of one call.
  [[nodiscard]] const BoundedRing<AggregateTrade>& aggregate_trades() const noexcept {
    return aggregate_trades_;
  }
  [[nodiscard]] const CandleStore& candles() const noexcept { return candles_; }
  // Null before the first.
  [[nodiscard]] const PublicTrade* last_trade() const noexcept {
    return trades_.empty() ? nullptr : &trades_.back();
  }

 private:
  BoundedRing<PublicTrade> trades_;
  BoundedRing<AggregateTrade> aggregate_trades_;
  CandleStore candles_;
};

}  // namespace portcullis::sim
