#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/seqlock.hpp"
#include "core/time.hpp"
#include "oms/fine_notional.hpp"

namespace portcullis::oms {

// The order accounting at a glance, for a cold reader (panel, summary, metrics).
struct OmsSnapshot {
  MonoTime taken{};
  std::int64_t orders_sent{0};
  std::int64_t orders_denied{0};
  std::int64_t orders_rejected{0};
  std::int64_t orders_not_placed{0};
  std::int64_t fills{0};
  std::uint32_t open_count{0};  // everything that may be working: in flight, on the book, unknown
  std::uint32_t unknown_count{0};  // of these, with unknown outcome
  bool is_ready{false};            // reconciled with the venue
};

// A position and what it has brought, exact, by average cost and by lots (FIFO). Of this gateway's
// fills since its journal began.
struct PositionSnapshot {
  FineNotional cost{};      // of the open position; negative when short
  FineNotional realized{};  // net of all fees; not to be used when one is missing in it
  FineNotional fifo_cost{};
  FineNotional fifo_realized{};
  FineNotional fee_in_third{};   // fees in third assets, in quote units
  std::uint64_t merged_lots{0};  // times that FIFO ran out of lots (oms/fifo_lots.hpp)
  Qty qty{};                     // less fees in base; negative when short
  Notional fee_in_quote{};
  Qty fee_in_base{};
  Qty bought{};
  Qty sold{};
  bool is_fee_complete{true};  // false: a fee whose price is not known is missing in the results

  // Toward zero; zero when flat. A division: the reader's, not the trading thread's.
  [[nodiscard]] Price avg_px() const noexcept {
    if (qty.is_zero()) return {};
    return Price::from_raw(static_cast<std::int64_t>(cost.raw / qty.raw()));
  }
};

// The trading thread writes; anyone reads.
class OmsView {
 public:
  explicit OmsView(std::size_t symbol_count, std::size_t strategy_count = 0,
                   std::size_t asset_count = 0)
      : symbol_count_{symbol_count},
        strategy_count_{strategy_count},
        asset_count_{asset_count},
        positions_{
            std::make_unique<Seqlock<PositionSnapshot>[]>(symbol_count * (strategy_count + 2))},
        open_counts_{std::make_unique<std::atomic<std::uint32_t>[]>(symbol_count)},
        fees_{std::make_unique<std::atomic<std::int64_t>[]>(asset_count)} {
    // A cell that was never written would read as a result that is not known.
    for (std::size_t i = 0; i < symbol_count * (strategy_count + 2); ++i) {
      positions_[i].store(PositionSnapshot{});
    }
  }

  void publish(const OmsSnapshot& snapshot) noexcept { summary_.store(snapshot); }
  void publish(SymbolId symbol, const PositionSnapshot& snapshot) noexcept {
    positions_[symbol.raw()].store(snapshot);
  }
  void publish(StrategyId strategy, SymbolId symbol, const PositionSnapshot& snapshot) noexcept {
    positions_[place_of(strategy, symbol)].store(snapshot);
  }
  void publish_fee(AssetId asset, Fee fee) noexcept {
    fees_[asset.raw()].store(fee.raw(), std::memory_order_relaxed);
  }
  void publish_open_count(SymbolId symbol, std::uint32_t count) noexcept {
    open_counts_[symbol.raw()].store(count, std::memory_order_relaxed);
  }

  // False when the writer was in the middle of it all the time: keep what was there before.
  [[nodiscard]] bool read(OmsSnapshot& out) const noexcept { return summary_.try_load(out); }
  [[nodiscard]] bool read(SymbolId symbol, PositionSnapshot& out) const noexcept {
    return symbol.raw() < symbol_count_ && positions_[symbol.raw()].try_load(out);
  }
  // One strategy's; kNoStrategy: of trades of ours whose strategy is not known.
  [[nodiscard]] bool read(StrategyId strategy, SymbolId symbol,
                          PositionSnapshot& out) const noexcept {
    if (strategy != kNoStrategy && strategy.raw() >= strategy_count_) return false;
    return symbol.raw() < symbol_count_ && positions_[place_of(strategy, symbol)].try_load(out);
  }
  // All fees in the asset, rebates deducted.
  [[nodiscard]] Fee fee(AssetId asset) const noexcept {
    if (asset.raw() >= asset_count_) return {};
    return Fee::from_raw(fees_[asset.raw()].load(std::memory_order_relaxed));
  }
  // Orders of the symbol that may be working.
  [[nodiscard]] std::uint32_t open_count(SymbolId symbol) const noexcept {
    return open_counts_[symbol.raw()].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t symbol_count() const noexcept { return symbol_count_; }
  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }

 private:
  // Rows of symbols: all strategies', each one's, and that of no strategy.
  [[nodiscard]] std::size_t place_of(StrategyId strategy, SymbolId symbol) const noexcept {
    const std::size_t row = strategy == kNoStrategy ? strategy_count_ : strategy.raw();
    return (row + 1) * symbol_count_ + symbol.raw();
  }

  std::size_t symbol_count_;
  std::size_t strategy_count_;
  std::size_t asset_count_;
  Seqlock<OmsSnapshot> summary_;
  std::unique_ptr<Seqlock<PositionSnapshot>[]> positions_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> open_counts_;
  std::unique_ptr<std::atomic<std::int64_t>[]> fees_;
};

}  // namespace portcullis::oms
