#pragma once

#include <cstddef>
#include <cstdint>

#include "core/enums.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "risk/checks/book.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Who may trade what, and on which decision.

// Whether the strategy has limits at all: everything after this may index by it.
[[nodiscard]] inline Verdict check_strategy_known(const NewOrderSingle& order,
                                                  std::size_t strategy_count) noexcept {
  if (order.strategy.raw() < strategy_count) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kUnknownStrategy, .scope = RiskScope::kStrategy};
}

// The strategy's list of symbols.
[[nodiscard]] inline Verdict check_strategy_symbol(const StrategyLimits& strategy,
                                                   const PairLimits& pair) noexcept {
  if (strategy.is_allowed && pair.is_allowed) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kStrategySymbol, .scope = RiskScope::kStrategySymbol};
}

// Market orders take what the book offers; a symbol must allow them.
[[nodiscard]] inline Verdict check_market_order(const NewOrderSingle& order,
                                                const SymbolLimits& limits) noexcept {
  if (has_limit_px(order.type) || limits.allows_market_orders) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kMarketOrder, .scope = RiskScope::kSymbol};
}

// How old the decision is. One that was never told is refused like one too old, unless the check is
// off; one from the future is no better than one from the past.
[[nodiscard]] inline Verdict check_signal_age(const NewOrderSingle& order,
                                              const StrategyLimits& limits,
                                              const Now& now) noexcept {
  if (limits.signal_age_max == kOffAge) return {};
  const bool is_told = order.signal_time != MonoTime{};
  const std::int64_t age_ns = is_told ? book_age_ns(order.signal_time, now.mono) : 0;
  const std::int64_t age_max_ns = limits.signal_age_max.count();
  if (is_told && age_max_ns > 0 && age_ns <= age_max_ns) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kStaleSignal,
                .unit = RejectUnit::kNanos,
                .scope = RiskScope::kStrategy,
                .limit = age_max_ns,
                .value = age_ns,
                .projected = age_ns};
}

// How sure the strategy says it is, parts per million.
[[nodiscard]] inline Verdict check_confidence(const NewOrderSingle& order,
                                              const StrategyLimits& limits) noexcept {
  const bool is_enough = order.confidence_ppm == 0
                             ? limits.allows_untold_confidence
                             : order.confidence_ppm >= limits.confidence_min_ppm;
  if (is_enough) [[likely]]
    return {};
  return count_reject(RejectReason::kLowConfidence, RiskScope::kStrategy, limits.confidence_min_ppm,
                      order.confidence_ppm, order.confidence_ppm);
}

}  // namespace portcullis::risk
