#pragma once

#include "core/enums.hpp"
#include "core/messages.hpp"
#include "risk/limits.hpp"
#include "risk/scope_exposure.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Gross and net exposure in the reference currency, worst case.

// An order that does not make its own part larger passes, however the sum stands: what reduces is
// let through.
[[nodiscard]] inline Verdict check_gross(const ScopeExposure& sums, const Growth& growth,
                                         Notional max, RiskScope scope) noexcept {
  const Value projected = sums.gross + growth.gross;
  if (projected <= limit_value(max) || growth.gross <= 0) [[likely]]
    return {};
  return value_reject(RejectReason::kGrossExposure, scope, max, sums.gross, projected);
}

// The net on the order's own side, every order of that side filled and none of the other.
[[nodiscard]] inline Verdict check_net(const NewOrderSingle& order, const ScopeExposure& sums,
                                       const Growth& growth, Notional max,
                                       RiskScope scope) noexcept {
  const bool is_buy = order.side == Side::kBuy;
  const Value value = is_buy ? sums.up : -sums.down;
  const Value projected = is_buy ? value + growth.side : value - growth.side;
  if (projected <= limit_value(max)) [[likely]]
    return {};
  return value_reject(RejectReason::kNetExposure, scope, max, value, projected);
}

// Whether the sums of a scope are of known and fresh prices. Asked only where a limit is set.
[[nodiscard]] inline Verdict check_valued(const ScopeExposure& sums, bool is_fresh, bool is_asked,
                                          RiskScope scope) noexcept {
  if (!is_asked || (sums.is_valued() && is_fresh)) [[likely]]
    return {};
  return count_reject(RejectReason::kReferenceMissing, scope, 0, sums.unvalued_count,
                      sums.unvalued_count);
}

}  // namespace portcullis::risk
