#include "oms/position_keeper.hpp"

namespace portcullis::oms {

PositionKeeper::PositionKeeper(const InstrumentTable& instruments)
    : instruments_{instruments},
      positions_(instruments.size()),
      has_foreign_fee_(instruments.size()),
      fees_(instruments.asset_count()) {
}

void PositionKeeper::on_fill(const Fill& fill) noexcept {
  positions_[fill.symbol.raw()].on_fill(fill.side, fill.px, fill.qty);
  if (!fill.fee.is_zero()) take_fee(fill);
}

void PositionKeeper::take_fee(const Fill& fill) noexcept {
  if (fill.fee_asset.raw() < fees_.size()) fees_[fill.fee_asset.raw()] += fill.fee;
  const Instrument& instrument = instruments_.at(fill.symbol);
  Position& position = positions_[fill.symbol.raw()];
  if (fill.fee_asset != kNoAsset && fill.fee_asset == instrument.quote_asset) {
    position.on_fee_in_quote(Notional::from_raw(fill.fee.raw()));
  } else if (fill.fee_asset != kNoAsset && fill.fee_asset == instrument.base_asset) {
    position.on_fee_in_base(Qty::from_raw(fill.fee.raw()));
  } else {
    has_foreign_fee_[fill.symbol.raw()] = true;
  }
}

}  // namespace portcullis::oms
