#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "oms/position.hpp"
#include "oms/position_account.hpp"

namespace portcullis::oms {

// Positions, results and fees of our unique fills, by symbol and by strategy and symbol, since the
// journal's first run: it starts flat there, whatever the account held (the limits look at
// risk::Exposure, which starts from the holdings). Trading thread only; memory is taken at
// construction.
class PositionKeeper {
 public:
  // The table is frozen by now and outlives the keeper.
  explicit PositionKeeper(const InstrumentTable& instruments, std::size_t strategy_count = 0);

  struct Fill {
    SymbolId symbol{kNoSymbol};
    StrategyId strategy{kNoStrategy};  // or one that is counted
    Side side{Side::kBuy};
    Price px{};
    Qty qty{};
    Fee fee{};
    AssetId fee_asset{kNoAsset};  // kNoAsset: the path did not name one
  };
  // Once for each unique trade of a symbol in the table.
  void on_fill(const Fill& fill) noexcept;

  // What one unit of a fee's asset costs from now on; zero: not known. Fees that wait for it are
  // counted. True when there were any: those of every symbol with this quote asset.
  bool on_fee_rate(AssetId asset, AssetId quote_asset, Price px) noexcept;
  // Zero: not known.
  [[nodiscard]] Price fee_rate(AssetId asset, AssetId quote_asset) const noexcept {
    return fee_rates_[rate_place_of(asset, quote_asset)];
  }
  // They are a run's: the next one begins without.
  void forget_fee_rates() noexcept { std::ranges::fill(fee_rates_, Price{}); }
  // Neither base nor quote asset of the symbol, and in the table.
  [[nodiscard]] bool is_third_asset(SymbolId symbol, AssetId asset) const noexcept;
  // Some result waits for the price of a fee.
  [[nodiscard]] bool has_waiting_fee() const noexcept { return waiting_count_ > 0; }

  // What an earlier run has left; start-up only.
  void adopt(SymbolId symbol, const PositionAccount& account) noexcept {
    adopt_at(symbol.raw(), account);
  }
  void adopt(StrategyId strategy, SymbolId symbol, const PositionAccount& account) noexcept {
    adopt_at(place_of(strategy, symbol), account);
  }
  void adopt_fee(AssetId asset, Fee fee) noexcept { fees_[asset.raw()] += fee; }
  void adopt_fee_rate(AssetId asset, AssetId quote_asset, Price px) noexcept {
    fee_rates_[rate_place_of(asset, quote_asset)] = px;
  }

  [[nodiscard]] const Position& at(SymbolId symbol) const noexcept {
    return account(symbol).position();
  }
  // Netted over the strategies.
  [[nodiscard]] const PositionAccount& account(SymbolId symbol) const noexcept {
    return accounts_[symbol.raw()];
  }
  // One strategy's; kNoStrategy: of trades of ours whose strategy is not known.
  [[nodiscard]] const PositionAccount& account(StrategyId strategy,
                                               SymbolId symbol) const noexcept {
    return accounts_[place_of(strategy, symbol)];
  }
  // False while the price of a fee is missing: the result of the symbol is not known.
  [[nodiscard]] bool is_fee_complete(SymbolId symbol) const noexcept {
    return account(symbol).is_fee_complete();
  }
  // All fees in an asset, rebates deducted, by AssetId.
  [[nodiscard]] std::span<const Fee> fees_by_asset() const noexcept { return fees_; }
  [[nodiscard]] std::size_t size() const noexcept { return instruments_.size(); }
  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }

 private:
  void take_fee(const Fill& fill, PositionAccount& account) noexcept;
  void adopt_at(std::size_t place, const PositionAccount& account) noexcept;
  [[nodiscard]] std::size_t place_of(StrategyId strategy, SymbolId symbol) const noexcept {
    const std::size_t row = strategy == kNoStrategy ? strategy_count_ : strategy.raw();
    return (row + 1) * instruments_.size() + symbol.raw();
  }
  [[nodiscard]] std::size_t rate_place_of(AssetId asset, AssetId quote_asset) const noexcept {
    return asset.raw() * fees_.size() + quote_asset.raw();
  }

  const InstrumentTable& instruments_;
  std::size_t strategy_count_;
  // Rows of symbols: all strategies', each one's, and that of no strategy.
  std::vector<PositionAccount> accounts_;
  std::vector<Fee> fees_;
  std::vector<Price> fee_rates_;  // by asset and quote asset
  std::size_t waiting_count_{0};  // accounts whose fee waits for its price
};

}  // namespace portcullis::oms
