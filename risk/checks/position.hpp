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

// The worst case on the order's own side, every working order of that side filled and none of the
// other: position + working buys + quantity <= max long, position - working sells - quantity >=
// -max short. An order toward flat passes as long as its own side's worst case stays inside; what
// is outside on the other side (a limit lowered, a transfer in) does not hold it back.
//
// Of the account on the symbol, or of a strategy: a limit that is off bounds nothing.
//
// In a reject all three numbers are signed, limit included: a short limit of 2 reads "-2".
[[nodiscard]] inline Verdict check_position(const NewOrderSingle& order,
                                            const SymbolExposure& exposure, Qty max_long,
                                            Qty max_short, RiskScope scope) noexcept {
  const bool is_buy = order.side == Side::kBuy;
  const Int128 worst = is_buy ? Int128{exposure.position.raw()} + exposure.working_buy.raw()
                              : Int128{exposure.position.raw()} - exposure.working_sell.raw();
  const Int128 projected = is_buy ? worst + order.qty.raw() : worst - order.qty.raw();
  const Qty bound = is_buy ? max_long : max_short;
  const Int128 limit = is_buy ? Int128{bound.raw()} : -Int128{bound.raw()};
  const bool is_inside = is_buy ? projected <= limit : projected >= limit;
  if (is_inside || bound == kOffQty) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kMaxPosition,
                .unit = RejectUnit::kQty,
                .scope = scope,
                .limit = saturate(limit),
                .value = saturate(worst),
                .projected = saturate(projected)};
}

// Whether the order brings the position nearer to flat and, with every order of its side that works
// already, not through it.
[[nodiscard]] constexpr bool is_reducing(const NewOrderSingle& order,
                                         const SymbolExposure& exposure) noexcept {
  const bool is_buy = order.side == Side::kBuy;
  const Int128 room = is_buy ? -Int128{exposure.position.raw()} : Int128{exposure.position.raw()};
  const Qty working = is_buy ? exposure.working_buy : exposure.working_sell;
  return Int128{working.raw()} + order.qty.raw() <= room;
}

// A scope that may only reduce: the order must. The room to flat is the limit.
[[nodiscard]] inline Verdict check_reduce_only(const NewOrderSingle& order,
                                               const SymbolExposure& exposure, bool is_reduce_only,
                                               RiskScope scope) noexcept {
  if (!is_reduce_only || is_reducing(order, exposure)) [[likely]]
    return {};
  const bool is_buy = order.side == Side::kBuy;
  const Int128 room = is_buy ? -Int128{exposure.position.raw()} : Int128{exposure.position.raw()};
  const Int128 working = is_buy ? exposure.working_buy.raw() : exposure.working_sell.raw();
  return Reject{.reason = RejectReason::kReduceOnly,
                .unit = RejectUnit::kQty,
                .scope = scope,
                .limit = saturate(room < 0 ? 0 : room),
                .value = saturate(working),
                .projected = saturate(working + order.qty.raw())};
}

// A sell of more than is held: the holding is the position and the baseline, and what other sells
// may still take of it is gone.
[[nodiscard]] inline Verdict check_covered(const NewOrderSingle& order,
                                           const SymbolExposure& exposure,
                                           const SymbolLimits& limits) noexcept {
  if (order.side == Side::kBuy || limits.allows_uncovered_sells) [[likely]]
    return {};
  const Int128 holding = Int128{exposure.position.raw()} + limits.position_baseline.raw();
  const Int128 projected = Int128{exposure.working_sell.raw()} + order.qty.raw();
  if (projected <= holding) return {};
  return Reject{.reason = RejectReason::kUncoveredSell,
                .unit = RejectUnit::kQty,
                .scope = RiskScope::kSymbol,
                .limit = saturate(holding),
                .value = exposure.working_sell.raw(),
                .projected = saturate(projected)};
}

}  // namespace portcullis::risk
