#pragma once

#include "core/kill_switch.hpp"
#include "core/mutant.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Which reason a state gives for refusing a new order.
[[nodiscard]] constexpr RejectReason refusal_of(TradingState state) noexcept {
  switch (state) {
    case TradingState::kHalted: return RejectReason::kKillSwitch;
    case TradingState::kDraining:
    case TradingState::kCancelOnly: return RejectReason::kCancelOnly;
    // kTrading: it became ready between the two looks at the switch.
    case TradingState::kStarting:
    case TradingState::kTrading: return RejectReason::kNotReady;
  }
  return RejectReason::kKillSwitch;
}

// Whether the gateway may open anything at all now.
[[nodiscard]] inline Verdict check_trading_state(const KillSwitch& kill_switch) noexcept {
  if (kill_switch.may_open()) [[likely]]
    return {};
  if (is_planted(Mutant::kKillPassesGate) && kill_switch.is_ready()) return {};
  const RejectReason reason =
      kill_switch.is_latched() ? RejectReason::kKillSwitch : refusal_of(kill_switch.state());
  return Reject{.reason = reason};
}

}  // namespace portcullis::risk
