#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "oms/position.hpp"

namespace portcullis::oms {

// Positions, results and fees of our unique fills, by symbol, since the journal's first run: it
// starts flat there, whatever the account held (the limits look at risk::Exposure, which starts
// from the holdings). Trading thread only; memory is taken at construction.
class PositionKeeper {
 public:
  // The table is frozen by now and outlives the keeper.
  explicit PositionKeeper(const InstrumentTable& instruments);

  struct Fill {
    SymbolId symbol{kNoSymbol};
    Side side{Side::kBuy};
    Price px{};
    Qty qty{};
    Fee fee{};
    AssetId fee_asset{kNoAsset};  // kNoAsset: the path did not name one
  };
  // Once for each unique trade of a symbol in the table.
  void on_fill(const Fill& fill) noexcept;

  // What an earlier run has left; start-up only.
  struct Account {
    Position position{};
    bool has_foreign_fee{false};
  };
  void adopt(SymbolId symbol, const Account& account) noexcept {
    positions_[symbol.raw()] = account.position;
    has_foreign_fee_[symbol.raw()] = account.has_foreign_fee;
  }
  void adopt_fee(AssetId asset, Fee fee) noexcept { fees_[asset.raw()] += fee; }

  [[nodiscard]] const Position& at(SymbolId symbol) const noexcept {
    return positions_[symbol.raw()];
  }
  // False once a fee was taken in a third asset, or in one we do not know: the result of the symbol
  // then lacks a leg that only a rate could put into quote units.
  [[nodiscard]] bool is_fee_complete(SymbolId symbol) const noexcept {
    return !has_foreign_fee_[symbol.raw()];
  }
  // All fees in an asset, rebates deducted, by AssetId.
  [[nodiscard]] std::span<const Fee> fees_by_asset() const noexcept { return fees_; }
  [[nodiscard]] std::size_t size() const noexcept { return positions_.size(); }

 private:
  void take_fee(const Fill& fill) noexcept;

  const InstrumentTable& instruments_;
  std::vector<Position> positions_;
  std::vector<bool> has_foreign_fee_;
  std::vector<Fee> fees_;
};

}  // namespace portcullis::oms
