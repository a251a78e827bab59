#include "risk/exposure.hpp"

#include <algorithm>
#include <limits>

#include "core/check.hpp"
#include "core/mutant.hpp"

namespace portcullis::risk {

namespace {

// `sum` held inside the range; says through `is_exact` whether it had to be held.
Qty clamped(Int128 sum, bool& is_exact) noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  const Int128 held = std::clamp(sum, -kMax, kMax);
  is_exact = held == sum;
  return Qty::from_raw(static_cast<std::int64_t>(held));
}

std::uint32_t& count_of(SymbolExposure& exposure, Side side) noexcept {
  return side == Side::kBuy ? exposure.buy_order_count : exposure.sell_order_count;
}

Qty& working_of(SymbolExposure& exposure, Side side) noexcept {
  return side == Side::kBuy ? exposure.working_buy : exposure.working_sell;
}

}  // namespace

void Exposure::set_position(SymbolId symbol, Qty position) noexcept {
  entry(symbol).position = position;
}

void Exposure::on_fill(SymbolId symbol, Side side, Qty qty) noexcept {
  SymbolExposure& exposure = entry(symbol);
  if (!is_sane(exposure, qty)) return;
  take_working(exposure, side, qty);
  move_position(exposure, side, qty);
}

void Exposure::on_late_fill(SymbolId symbol, Side side, Qty qty) noexcept {
  SymbolExposure& exposure = entry(symbol);
  if (is_sane(exposure, qty)) move_position(exposure, side, qty);
}

void Exposure::on_fee_in_base(SymbolId symbol, Qty fee) noexcept {
  if (is_planted(Mutant::kFeeNotTaken)) return;
  SymbolExposure& exposure = entry(symbol);
  bool is_exact = true;
  exposure.position = clamped(Int128{exposure.position.raw()} - fee.raw(), is_exact);
  if (!is_exact) record_fault(exposure);
}

void Exposure::release(SymbolId symbol, Side side, Qty leaves) noexcept {
  SymbolExposure& exposure = entry(symbol);
  if (!is_sane(exposure, leaves)) return;
  take_working(exposure, side, leaves);
  std::uint32_t& count = count_of(exposure, side);
  if (count == 0) {
    record_fault(exposure);
  } else {
    --count;
  }
}

void Exposure::lower(SymbolId symbol, Side side, Qty qty) noexcept {
  SymbolExposure& exposure = entry(symbol);
  if (is_sane(exposure, qty)) take_working(exposure, side, qty);
}

void Exposure::adopt(SymbolId symbol, Side side, Qty leaves) noexcept {
  SymbolExposure& exposure = entry(symbol);
  if (is_sane(exposure, leaves)) add_working(exposure, side, leaves);
}

void Exposure::restate(SymbolId symbol, const SymbolExposure& truth) noexcept {
  SymbolExposure& exposure = entry(symbol);
  exposure = truth;
  exposure.fault_count = 0;
}

void Exposure::reserve(SymbolId symbol, Side side, Qty qty) noexcept {
  add_working(entry(symbol), side, qty);
}

SymbolExposure& Exposure::entry(SymbolId symbol) noexcept {
  PORTCULLIS_CHECK(symbol.raw() < symbols_.size(), "exposure of a symbol outside the table");
  return symbols_[symbol.raw()];
}

void Exposure::add_working(SymbolExposure& exposure, Side side, Qty qty) noexcept {
  bool is_exact = true;
  Qty& working = working_of(exposure, side);
  working = clamped(Int128{working.raw()} + qty.raw(), is_exact);
  if (!is_exact) record_fault(exposure);
  ++count_of(exposure, side);
}

// More taken than was reserved: some order's hold was wrong, and clamping may have eaten another
// order's. The fault keeps the symbol closed, so the understated sum opens nothing.
void Exposure::take_working(SymbolExposure& exposure, Side side, Qty qty) noexcept {
  Qty& working = working_of(exposure, side);
  if (qty > working) {
    working = Qty{};
    record_fault(exposure);
  } else {
    working -= qty;
  }
}

void Exposure::move_position(SymbolExposure& exposure, Side side, Qty qty) noexcept {
  bool is_exact = true;
  const Int128 change = side == Side::kBuy ? Int128{qty.raw()} : -Int128{qty.raw()};
  exposure.position = clamped(Int128{exposure.position.raw()} + change, is_exact);
  if (!is_exact) record_fault(exposure);
}

bool Exposure::is_sane(SymbolExposure& exposure, Qty qty) noexcept {
  if (!qty.is_negative()) return true;
  record_fault(exposure);
  return false;
}

void Exposure::record_fault(SymbolExposure& exposure) noexcept {
  if (exposure.fault_count < std::numeric_limits<std::uint32_t>::max()) ++exposure.fault_count;
  faults_.add();
}

}  // namespace portcullis::risk
