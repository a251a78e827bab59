#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/time.hpp"

namespace portcullis::oms {

// A price that the operator vouches for, of one unit of an asset in quote units.
struct FixedFeeRate {
  std::string asset;
  std::string quote_asset;
  Price px{};
};

// What one unit of a fee's asset costs in a quote asset, now: the best ask of the configured symbol
// that trades the one for the other (what buying it back costs), and where that book is missing,
// stale or crossed, the fixed price. Neither: not known, and nothing is guessed. Any thread; memory
// is taken at construction.
class FeeRates {
 public:
  // The tables are frozen by now and outlive it. Books older than `book_age_max` are stale; fixed
  // prices of assets that the table does not name are left out.
  FeeRates(const InstrumentTable& instruments, const MarketView& market,
           const std::vector<FixedFeeRate>& fixed, Nanos book_age_max);

  [[nodiscard]] std::optional<Price> px_of(AssetId asset, AssetId quote_asset,
                                           MonoTime now) const noexcept;

 private:
  struct Source {
    SymbolId symbol{kNoSymbol};
    Price fixed_px{};  // zero: none
  };
  [[nodiscard]] std::size_t place_of(AssetId asset, AssetId quote_asset) const noexcept {
    return asset.raw() * asset_count_ + quote_asset.raw();
  }

  const MarketView& market_;
  Nanos book_age_max_;
  std::size_t asset_count_;
  std::vector<Source> sources_;  // by asset and quote asset
};

}  // namespace portcullis::oms
