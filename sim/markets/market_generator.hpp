#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/markets/market.hpp"
#include "sim/markets/market_regime.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

struct MarketGeneratorConfig {
  std::uint64_t seed{1};
  std::int64_t events_per_second{50};  // for each symbol: an order, a cancel or a market order
  std::size_t levels{20};              // about this many price levels a side
  // By symbol index; missing or zero: a plausible one by name (61,600 for BTCUSDT), else 100.
  std::vector<Price> start_prices;
  RegimeConfig regimes{};  // none: one calm regime for ever
};

// Seeded background flow of the crowd: limit orders around a wandering reference price, cancels and
// market orders both ways. Integers only; the same seed and the same sequence of step() calls on a
// fresh exchange give the same history on every machine.
class MarketGenerator final : public Market {
 public:
  MarketGenerator(Exchange& exchange, const MarketGeneratorConfig& config);

  // The first call fills the books. At most kMaxEventsPerStep events a symbol and call; what a late
  // call could not do is dropped, not owed.
  void step(WallTime now) override;
  [[nodiscard]] bool is_finished() const override { return false; }
  [[nodiscard]] const MarketRegime& regime(std::size_t symbol) const {
    return flows_.at(symbol).regime;
  }
  // Events done so far, all symbols.
  [[nodiscard]] std::uint64_t event_count() const noexcept { return event_count_; }

  static constexpr std::int64_t kMaxEventsPerStep = 10'000;

 private:
  struct Resting {
    std::uint64_t order_id;
    std::int64_t px_ticks;
  };
  struct Flow {  // of one symbol; prices in ticks
    std::int64_t start{0};
    std::int64_t reference{0};
    std::int64_t spacing{1};  // between neighbouring levels
    Random random{0};
    MarketRegime regime;
    std::int64_t owed_event_ns{0};   // event-nanoseconds: a whole second's worth is one event
    std::int64_t rounds{0};          // events due in this step
    std::vector<Resting> resting{};  // may name orders that have been filled since
  };

  void owe_events(Flow& flow, WallTime now, std::int64_t elapsed_ns);
  void fill_book(std::size_t symbol, WallTime now);
  void one_event(std::size_t symbol, WallTime now);
  void wander(Flow& flow);
  void place_limit(std::size_t symbol, Side side, WallTime now);
  void place_market(std::size_t symbol, Side side, WallTime now);
  void cancel_one(std::size_t symbol, WallTime now);
  [[nodiscard]] Qty random_qty(std::size_t symbol, std::int64_t units_max);

  Exchange& exchange_;
  const MarketGeneratorConfig config_;
  std::vector<Flow> flows_;
  std::optional<WallTime> last_step_;
  std::uint64_t event_count_{0};
};

}  // namespace portcullis::sim
