#include "sim/exchange/commission.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

Rate rate_of(const CommissionRates& rates, Side side, bool is_maker) noexcept {
  return (is_maker ? rates.maker : rates.taker) + (side == Side::kBuy ? rates.buyer : rates.seller);
}

std::int64_t step_of(int places) noexcept {
  std::int64_t step = 1;
  for (int place = std::max(places, 0); place < kDecimalPlaces; ++place) step *= 10;
  return step;
}

}  // namespace

CommissionRate commission_rate(const SymbolCommission& commission, Side side,
                               bool is_maker) noexcept {
  return {.standard = rate_of(commission.standard, side, is_maker),
          .special = rate_of(commission.special, side, is_maker),
          .tax = rate_of(commission.tax, side, is_maker)};
}

Fee commission_on(Qty received, const CommissionRate& rate, int places) noexcept {
  const Rate sum = rate.standard + rate.special + rate.tax;
  const auto exact = static_cast<Int128>(received.raw()) * sum.raw() / kDecimalScale;
  const auto raw = static_cast<std::int64_t>(exact);
  return Fee::from_raw(raw - raw % step_of(places));
}

Fee discounted_commission(Qty received, const CommissionRate& rate, Rate discount,
                          Price px) noexcept {
  const Int128 parts =
      static_cast<Int128>(rate.standard.raw()) * discount.raw() +
      static_cast<Int128>(rate.special.raw() + rate.tax.raw()) * kDecimalScale;  // of 1e16
  const Int128 divisor = static_cast<Int128>(px.raw()) * kDecimalScale;
  return Fee::from_raw(static_cast<std::int64_t>(parts * received.raw() / divisor));
}

}  // namespace portcullis::sim
