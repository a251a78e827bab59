#include "oms/fifo_lots.hpp"

#include <algorithm>

namespace portcullis::oms {

FifoLots::FifoLots(std::size_t capacity) : lots_(std::max<std::size_t>(capacity, 1)) {
}

void FifoLots::trade(Side side, Price px, Qty qty) noexcept {
  const std::int64_t sign = side == Side::kBuy ? 1 : -1;
  const bool is_reducing = side == Side::kBuy ? qty_.is_negative() : qty_.is_positive();
  std::int64_t left = qty.raw();
  while (is_reducing && left > 0 && count_ > 0) {
    const std::int64_t part = std::min(left, lots_[first_].qty);
    close_oldest(px.raw(), part, sign);
    left -= part;
  }
  if (left > 0) open(px.raw(), left, sign);
  qty_ += Qty::from_raw(qty.raw() * sign);
}

void FifoLots::open(std::int64_t px, std::int64_t qty, std::int64_t sign) noexcept {
  const Int128 paid = static_cast<Int128>(px) * qty * sign;
  cost_ += paid;
  const bool is_joined = count_ > 0 && (newest().px == px || count_ == lots_.size());
  if (!is_joined) {
    ++count_;
    newest() = {.qty = qty, .px = px, .cost = paid};
    return;
  }
  Lot& lot = newest();
  if (lot.px != px) {
    lot.px = kMixedPx;
    ++merged_count_;
  }
  lot.qty += qty;
  lot.cost += paid;
}

// `sign` is the trade's, against the lots'.
void FifoLots::close_oldest(std::int64_t px, std::int64_t qty, std::int64_t sign) noexcept {
  Lot& lot = lots_[first_];
  const Int128 share = qty == lot.qty       ? lot.cost
                       : lot.px != kMixedPx ? static_cast<Int128>(lot.px) * qty * -sign
                                            : share_of(lot.cost, qty, lot.qty);
  realized_ -= share + static_cast<Int128>(px) * qty * sign;
  cost_ -= share;
  lot.cost -= share;
  lot.qty -= qty;
  if (lot.qty > 0) return;
  first_ = place_of(1);
  --count_;
}

}  // namespace portcullis::oms
