#pragma once

#include <algorithm>
#include <cstdint>

#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/finding.hpp"

namespace portcullis::risk {

// Judges of what a strategy and the session do with messages. Pure.

// Row 41: the venue refuses order after order.
[[nodiscard]] constexpr Finding judge_reject_storm(std::uint64_t rejects, const EventLimit& limit,
                                                   RiskScope scope) noexcept {
  return judge_count(RejectReason::kRejectStorm, scope, rejects, limit.max);
}

// R15: the gate refuses order after order, and they keep coming.
[[nodiscard]] constexpr Finding judge_runaway(std::uint64_t refusals,
                                              const EventLimit& limit) noexcept {
  return judge_count(RejectReason::kRunaway, RiskScope::kStrategy, refusals, limit.max);
}

// Row 28, RTS6 15(3): orders that traded since a human has last looked.
[[nodiscard]] constexpr Finding judge_repeated_execution(std::uint64_t executions,
                                                         std::uint32_t max) noexcept {
  return judge_count(RejectReason::kRepeatedExecution, RiskScope::kStrategy, executions, max);
}

// Row 29: the limit is what so many trades allow (one at least), the value what there was. Soft
// from `soft_percent` of it on.
[[nodiscard]] constexpr Finding judge_order_to_trade(std::uint64_t messages, std::uint64_t trades,
                                                     const OrderToTradeLimit& limit,
                                                     RiskScope scope) noexcept {
  constexpr std::uint64_t kSoftPercent = 80;
  constexpr std::uint64_t kPercent = 100;
  if (limit.ratio_max == kOffCount || messages <= limit.floor) [[likely]]
    return {};
  const std::uint64_t allowed = limit.ratio_max * std::max<std::uint64_t>(trades, 1);
  if (messages * kPercent <= allowed * kSoftPercent) return {};
  const Reject what{.reason = RejectReason::kOrderToTrade,
                    .unit = RejectUnit::kCount,
                    .scope = scope,
                    .limit = static_cast<std::int64_t>(allowed),
                    .value = static_cast<std::int64_t>(messages),
                    .projected = static_cast<std::int64_t>(messages + 1)};
  return messages >= allowed ? hard(what) : soft(what);
}

}  // namespace portcullis::risk
