#include "oms/position.hpp"

#include <algorithm>
#include <limits>

namespace portcullis::oms {

namespace {

// cost * part / whole toward zero, for 0 < part <= whole, without leaving 128 bits.
Int128 share_of(Int128 cost, std::int64_t part, std::int64_t whole) noexcept {
  const Int128 quotient = cost / whole;
  const Int128 remainder = cost % whole;
  return quotient * part + remainder * part / whole;
}

}  // namespace

Notional FineNotional::rounded() const noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  const Int128 scaled = std::clamp(raw / kDecimalScale, -kMax, kMax);
  return Notional::from_raw(static_cast<std::int64_t>(scaled));
}

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
