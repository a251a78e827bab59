#pragma once

#include <cstdint>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/messages.hpp"
#include "core/mutant.hpp"
#include "risk/checks/position.hpp"
#include "risk/mode_board.hpp"
#include "risk/symbol_exposure.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

[[nodiscard]] constexpr Reject mode_reject(const ModeBoard::Standing& standing,
                                           RejectReason reason) noexcept {
  return {.reason = reason, .mode = standing.mode, .mode_scope = standing.scope};
}

// Whether an order only takes the position toward flat, in the worst case: with every working order
// of its own side filled before it, it does not go through zero. A position that is not known is
// not reduced, and an order by quote quantity has no quantity to hold against it.
//
// In the reject the limit is what may be ordered on that side in all, the value what is working of
// it already, the projected what it would be: base units, all positive.
[[nodiscard]] inline Verdict check_reduces(const NewOrderSingle& order,
                                           const SymbolExposure& exposure,
                                           const ModeBoard::Standing& standing) noexcept {
  const bool is_buy = order.side == Side::kBuy;
  const Int128 position{exposure.position.raw()};
  const Int128 limit = is_buy ? -position : position;  // what there is to buy back, or to sell
  const Int128 working{is_buy ? exposure.working_buy.raw() : exposure.working_sell.raw()};
  const Int128 projected = working + order.qty.raw();
  if (exposure.fault_count == 0 && !order.is_by_quote() && projected <= limit) return {};
  Reject reject = mode_reject(standing, RejectReason::kReduceOnly);
  reject.unit = RejectUnit::kQty;
  reject.limit = limit > 0 ? saturate(limit) : 0;
  reject.value = saturate(working);
  reject.projected = saturate(projected);
  return reject;
}

// What the strictest mode of an order's scopes says to it. `exposure`: of its symbol, without the
// order. The whole gateway's INITIALIZING, CANCEL_ONLY, SHUTDOWN and HALTED are refused before, by
// check_trading_state.
[[nodiscard]] inline Verdict check_modes(const NewOrderSingle& order,
                                         const SymbolExposure& exposure,
                                         const ModeBoard::Standing& standing) noexcept {
  switch (standing.mode) {
    case Mode::kRunning: return {};
    case Mode::kSafeMode: return check_reduces(order, exposure, standing);
    case Mode::kInitializing: return mode_reject(standing, RejectReason::kNotReady);
    case Mode::kCancelOnly:
    case Mode::kMaintenance:
    case Mode::kShutdown: return mode_reject(standing, RejectReason::kCancelOnly);
    case Mode::kHalted:
    case Mode::kCount: break;
  }
  if (is_planted(Mutant::kHaltPassesGate)) return {};
  return mode_reject(standing, RejectReason::kScopeHalted);
}

}  // namespace portcullis::risk
