#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/messages.hpp"
#include "risk/limits.hpp"
#include "risk/symbol_exposure.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Whether position and working orders are known. After a fault they are not until reconciled.
[[nodiscard]] inline Verdict check_exposure_known(const SymbolExposure& exposure) noexcept {
  if (exposure.fault_count == 0) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kNotReady,
                .unit = RejectUnit::kCount,
                .limit = 0,
                .value = exposure.fault_count,
                .projected = exposure.fault_count};
}

[[nodiscard]] inline std::int64_t saturate(Int128 value) noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, -kMax, kMax));
}

// The worst case on the order's own side, every working order of that side filled and none of the
// other: position + working buys + quantity <= max long, position - working sells - quantity >=
// -max short. An order toward flat passes as long as its own side's worst case stays inside; what
// is outside on the other side (a limit lowered, a transfer in) does not hold it back.
//
// In a reject all three numbers are signed, limit included: a short limit of 2 reads "-2".
[[nodiscard]] inline Verdict check_position(const NewOrderSingle& order,
                                            const SymbolExposure& exposure,
                                            const SymbolLimits& limits) noexcept {
  const bool is_buy = order.side == Side::kBuy;
  const Int128 worst = is_buy ? Int128{exposure.position.raw()} + exposure.working_buy.raw()
                              : Int128{exposure.position.raw()} - exposure.working_sell.raw();
  const Int128 projected = is_buy ? worst + order.qty.raw() : worst - order.qty.raw();
  const Int128 limit =
      is_buy ? Int128{limits.max_long_position.raw()} : -Int128{limits.max_short_position.raw()};
  if (is_buy ? projected <= limit : projected >= limit) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kMaxPosition,
                .unit = RejectUnit::kQty,
                .limit = saturate(limit),
                .value = saturate(worst),
                .projected = saturate(projected)};
}

}  // namespace portcullis::risk
