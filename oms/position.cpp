#include "oms/position.hpp"

#include <algorithm>

namespace portcullis::oms {

void Position::on_fill(Side side, Price px, Qty qty) noexcept {
  (side == Side::kBuy ? bought_ : sold_) += qty;
  trade(side, px.raw(), qty);
}

void Position::on_fee_in_base(Qty fee) noexcept {
  fee_in_base_ += fee;
  trade(fee.is_negative() ? Side::kBuy : Side::kSell, 0, fee.abs());
}

void Position::on_fee_in_quote(Notional fee) noexcept {
  fee_in_quote_ += fee;
  realized_ -= static_cast<Int128>(fee.raw()) * kDecimalScale;
}

Price Position::avg_px() const noexcept {
  if (qty_.is_zero()) return Price{};
  return Price::from_raw(static_cast<std::int64_t>(cost_ / qty_.raw()));
}

void Position::trade(Side side, Int128 px_raw, Qty qty) noexcept {
  const std::int64_t sign = side == Side::kBuy ? 1 : -1;
  const bool is_reducing = side == Side::kBuy ? qty_.is_negative() : qty_.is_positive();
  const Qty closing = is_reducing ? std::min(qty, qty_.abs()) : Qty{};
  if (closing.is_positive()) {
    const Int128 share = share_of(cost_, closing.raw(), qty_.abs().raw());
    realized_ -= share + px_raw * closing.raw() * sign;
    cost_ -= share;
  }
  const Qty opening = qty - closing;
  cost_ += px_raw * opening.raw() * sign;
  qty_ += Qty::from_raw(qty.raw() * sign);
}

}  // namespace portcullis::oms
