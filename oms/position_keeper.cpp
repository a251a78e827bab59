#include "oms/position_keeper.hpp"

namespace portcullis::oms {

PositionKeeper::PositionKeeper(const InstrumentTable& instruments, std::size_t strategy_count)
    : instruments_{instruments},
      strategy_count_{strategy_count},
      accounts_(instruments.size() * (strategy_count + 2)),
      fees_(instruments.asset_count()),
      fee_rates_(instruments.asset_count() * instruments.asset_count()) {
}

void PositionKeeper::on_fill(const Fill& fill) noexcept {
  PositionAccount& netted = accounts_[fill.symbol.raw()];
  PositionAccount& own = accounts_[place_of(fill.strategy, fill.symbol)];
  netted.on_fill(fill.side, fill.px, fill.qty);
  own.on_fill(fill.side, fill.px, fill.qty);
  if (fill.fee.is_zero()) return;
  if (fill.fee_asset.raw() < fees_.size()) fees_[fill.fee_asset.raw()] += fill.fee;
  take_fee(fill, netted);
  take_fee(fill, own);
}

void PositionKeeper::take_fee(const Fill& fill, PositionAccount& account) noexcept {
  const Instrument& instrument = instruments_.at(fill.symbol);
  if (fill.fee_asset == kNoAsset) return account.on_fee_without_px(kNoAsset, fill.fee);
  if (fill.fee_asset == instrument.quote_asset) {
    return account.on_fee_in_quote(Notional::from_raw(fill.fee.raw()));
  }
  if (fill.fee_asset == instrument.base_asset) {
    return account.on_fee_in_base(Qty::from_raw(fill.fee.raw()));
  }
  if (!is_third_asset(fill.symbol, fill.fee_asset)) {
    return account.on_fee_without_px(kNoAsset, fill.fee);
  }
  const Price px = fee_rate(fill.fee_asset, instrument.quote_asset);
  if (px.is_positive()) return account.on_fee_in_third(fill.fee, px);
  const bool has_waited = account.waiting_asset() != kNoAsset;
  account.on_fee_without_px(fill.fee_asset, fill.fee);
  if (!has_waited) ++waiting_count_;
}

bool PositionKeeper::is_third_asset(SymbolId symbol, AssetId asset) const noexcept {
  const Instrument& instrument = instruments_.at(symbol);
  return asset.raw() < fees_.size() && instrument.quote_asset.raw() < fees_.size() &&
         asset != instrument.quote_asset && asset != instrument.base_asset;
}

bool PositionKeeper::on_fee_rate(AssetId asset, AssetId quote_asset, Price px) noexcept {
  fee_rates_[rate_place_of(asset, quote_asset)] = px;
  if (!px.is_positive() || waiting_count_ == 0) return false;
  bool has_settled = false;
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i % instruments_.size())};
    if (instruments_.at(symbol).quote_asset != quote_asset) continue;
    if (!accounts_[i].settle(asset, px)) continue;
    --waiting_count_;
    has_settled = true;
  }
  return has_settled;
}

void PositionKeeper::adopt_at(std::size_t place, const PositionAccount& account) noexcept {
  if (accounts_[place].waiting_asset() != kNoAsset) --waiting_count_;
  accounts_[place] = account;
  if (account.waiting_asset() != kNoAsset) ++waiting_count_;
}

}  // namespace portcullis::oms
