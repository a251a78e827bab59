#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/exchange/symbol_spec.hpp"

namespace portcullis::sim {

// What one side of one trade pays, as parts of what it receives: who made the price and the side
// together (Binance: commission FAQ).
struct CommissionRate {
  Rate standard{};
  Rate special{};
  Rate tax{};
};
[[nodiscard]] CommissionRate commission_rate(const SymbolCommission& commission, Side side,
                                             bool is_maker) noexcept;

// In the asset received: exact, then cut to `places` decimals toward zero.
[[nodiscard]] Fee commission_on(Qty received, const CommissionRate& rate, int places) noexcept;

// In the discount asset, of which one costs `px` of the asset received: only the standard part is
// reduced, to `discount` of it. Exact, then cut to 1e-8 toward zero.
[[nodiscard]] Fee discounted_commission(Qty received, const CommissionRate& rate, Rate discount,
                                        Price px) noexcept;

}  // namespace portcullis::sim
