#include "oms/fee_rates.hpp"

#include "oms/results.hpp"

namespace portcullis::oms {

FeeRates::FeeRates(const InstrumentTable& instruments, const MarketView& market,
                   const std::vector<FixedFeeRate>& fixed, Nanos book_age_max)
    : market_{market},
      book_age_max_{book_age_max},
      asset_count_{instruments.asset_count()},
      sources_(instruments.asset_count() * instruments.asset_count()) {
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const Instrument& instrument = instruments.at(symbol);
    sources_[place_of(instrument.base_asset, instrument.quote_asset)].symbol = symbol;
  }
  for (const FixedFeeRate& rate : fixed) {
    const auto asset = instruments.find_asset(rate.asset);
    const auto quote_asset = instruments.find_asset(rate.quote_asset);
    if (asset && quote_asset) sources_[place_of(*asset, *quote_asset)].fixed_px = rate.px;
  }
}

std::optional<Price> FeeRates::px_of(AssetId asset, AssetId quote_asset,
                                     MonoTime now) const noexcept {
  if (asset.raw() >= asset_count_ || quote_asset.raw() >= asset_count_) return std::nullopt;
  const Source& source = sources_[place_of(asset, quote_asset)];
  MarketSnapshot market;
  if (source.symbol != kNoSymbol && market_.read(source.symbol, market) &&
      is_usable_mark(market, now, book_age_max_)) {
    return market.top.ask_px;
  }
  if (source.fixed_px.is_positive()) return source.fixed_px;
  return std::nullopt;
}

}  // namespace portcullis::oms
