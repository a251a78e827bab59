#include "oms/position_account.hpp"

namespace portcullis::oms {

void PositionAccount::on_fill(Side side, Price px, Qty qty) noexcept {
  position_.on_fill(side, px, qty);
  lots_.trade(side, px, qty);
}

void PositionAccount::on_fee_in_base(Qty fee) noexcept {
  position_.on_fee_in_base(fee);
  lots_.trade(fee.is_negative() ? Side::kBuy : Side::kSell, Price{}, fee.abs());
}

void PositionAccount::on_fee_in_quote(Notional fee) noexcept {
  position_.on_fee_in_quote(fee);
  lots_.take_fee({static_cast<Int128>(fee.raw()) * kDecimalScale});
}

void PositionAccount::on_fee_in_third(Fee fee, Price px) noexcept {
  const FineNotional cost{static_cast<Int128>(fee.raw()) * px.raw()};
  fee_in_third_.raw += cost.raw;
  position_.take_fee(cost);
  lots_.take_fee(cost);
}

void PositionAccount::on_fee_without_px(AssetId asset, Fee fee) noexcept {
  const bool is_waiting =
      asset != kNoAsset && (waiting_asset_ == kNoAsset || waiting_asset_ == asset);
  if (!is_waiting) {
    has_nameless_fee_ = true;
    return;
  }
  waiting_asset_ = asset;
  waiting_fee_ += fee;
}

bool PositionAccount::settle(AssetId asset, Price px) noexcept {
  if (waiting_asset_ == kNoAsset || waiting_asset_ != asset) return false;
  on_fee_in_third(waiting_fee_, px);
  waiting_asset_ = kNoAsset;
  waiting_fee_ = Fee{};
  return true;
}

void PositionAccount::set_waiting_asset(AssetId asset) noexcept {
  if (waiting_asset_ == kNoAsset) return;
  waiting_asset_ = asset;
  if (asset == kNoAsset) has_nameless_fee_ = true;
}

PositionSnapshot PositionAccount::snapshot() const noexcept {
  return {.cost = position_.cost(),
          .realized = position_.realized(),
          .fifo_cost = lots_.cost(),
          .fifo_realized = lots_.realized(),
          .fee_in_third = fee_in_third_,
          .merged_lots = lots_.merged_count(),
          .qty = position_.qty(),
          .fee_in_quote = position_.fee_in_quote(),
          .fee_in_base = position_.fee_in_base(),
          .bought = position_.bought(),
          .sold = position_.sold(),
          .is_fee_complete = is_fee_complete()};
}

}  // namespace portcullis::oms
