#pragma once

#include <optional>

#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/time.hpp"
#include "oms/fine_notional.hpp"
#include "oms/oms_view.hpp"

namespace portcullis::oms {

enum class CostMethod : std::uint8_t { kAverage, kFifo };

// In quote units, exact. The total is the same by either method.
struct Result {
  FineNotional realized{};  // net of all fees
  FineNotional unrealized{};

  [[nodiscard]] FineNotional total() const noexcept { return {realized.raw + unrealized.raw}; }
};

// In sequence, both sides present and not crossed, young. An age that is not set makes every book
// stale.
[[nodiscard]] bool is_usable_mark(const MarketSnapshot& market, MonoTime now,
                                  Nanos book_age_max) noexcept;

// What closing at the book's other side would bring beyond the cost: the best bid for a long, the
// best ask for a short. Nothing when no such book is at hand; a flat position needs none.
[[nodiscard]] std::optional<FineNotional> unrealized(const PositionSnapshot& position,
                                                     CostMethod method,
                                                     const MarketSnapshot& market, MonoTime now,
                                                     Nanos book_age_max) noexcept;

// Results by symbol, by strategy and symbol, and of the account, from what the trading thread
// publishes. Each is nothing as soon as one part of it is not known (a fee without a price, an open
// position without a usable book, a cell under constant writing), so that a loss limit that asks
// has to refuse. Any thread, no allocation.
//
// A symbol's position is netted over the strategies. Quantities, fees, and result plus open cost
// are the sums of the strategies' (and of trades of ours whose strategy is not known, kNoStrategy);
// what of a result is realized is each one's own, since one strategy's purchase may close another's
// sale.
class Results {
 public:
  Results(const OmsView& view, const MarketView& market, const InstrumentTable& instruments,
          Nanos book_age_max)
      : view_{view},
        market_{market},
        instruments_{instruments},
        book_age_max_{book_age_max} {}

  [[nodiscard]] std::optional<Result> result(
      SymbolId symbol, MonoTime now, CostMethod method = CostMethod::kAverage) const noexcept;
  [[nodiscard]] std::optional<Result> result(
      StrategyId strategy, SymbolId symbol, MonoTime now,
      CostMethod method = CostMethod::kAverage) const noexcept;
  // Of all symbols that trade against the asset; looks at each symbol once.
  [[nodiscard]] std::optional<Result> account_result(
      AssetId quote_asset, MonoTime now, CostMethod method = CostMethod::kAverage) const noexcept;
  // The same, of one strategy.
  [[nodiscard]] std::optional<Result> strategy_result(
      StrategyId strategy, AssetId quote_asset, MonoTime now,
      CostMethod method = CostMethod::kAverage) const noexcept;

 private:
  [[nodiscard]] std::optional<Result> result_of(const PositionSnapshot& position, SymbolId symbol,
                                                MonoTime now, CostMethod method) const noexcept;
  template <class ResultOf>
  [[nodiscard]] std::optional<Result> sum_over(AssetId quote_asset,
                                               const ResultOf& result_of_symbol) const noexcept;

  const OmsView& view_;
  const MarketView& market_;
  const InstrumentTable& instruments_;
  Nanos book_age_max_;
};

}  // namespace portcullis::oms
