#pragma once

#include "core/decimal.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/finding.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::risk {

// Row 27: what a strategy has traded in a symbol within the window, `qty` with the fill that has
// just come, `value` the same in quote units. Pure.
[[nodiscard]] constexpr Finding judge_velocity(Int128 qty, Value value,
                                               const SymbolBreakers& limits) noexcept {
  if (limits.velocity_qty_max != kOffQty && qty > limits.velocity_qty_max.raw()) {
    return hard({.reason = RejectReason::kVelocity,
                 .unit = RejectUnit::kQty,
                 .scope = RiskScope::kStrategySymbol,
                 .limit = limits.velocity_qty_max.raw(),
                 .value = saturate(qty),
                 .projected = saturate(qty)});
  }
  if (value > limit_value(limits.velocity_notional_max)) {
    return hard({.reason = RejectReason::kVelocity,
                 .unit = RejectUnit::kNotional,
                 .scope = RiskScope::kStrategySymbol,
                 .limit = limits.velocity_notional_max.raw(),
                 .value = notional_raw(value),
                 .projected = notional_raw(value)});
  }
  return {};
}

}  // namespace portcullis::risk
