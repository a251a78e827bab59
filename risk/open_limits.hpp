#pragma once

#include <cstddef>

#include "risk/limits.hpp"

namespace portcullis::risk {

// Limits with every check switched off: what a test or a benchmark begins with before it sets those
// that it looks at. Never what a configuration becomes.

[[nodiscard]] constexpr RateLimits open_rate() noexcept {
  return {.rate_max = kOffCount, .window_max = kOffCount};
}

[[nodiscard]] constexpr ScopeLimits open_scope() noexcept {
  return {.max_order_value = kOffNotional,
          .max_open_orders = kOffCount,
          .max_open_value = kOffNotional,
          .max_daily_value = kOffNotional,
          .order_rate = open_rate(),
          .amend_rate = open_rate()};
}

[[nodiscard]] constexpr SymbolLimits open_symbol() noexcept {
  return {.is_allowed = true,
          .max_order_qty = kOffQty,
          .max_order_notional = kOffNotional,
          .collar_width_ppm = kOffPpm,
          .book_age_max = kOffAge,
          .max_long_position = kOffQty,
          .max_short_position = kOffQty,
          .allows_uncovered_sells = true,
          .allows_market_orders = true,
          .spread_max_ppm = kOffPpm,
          .last_collar_ppm = kOffPpm,
          .last_trade_age_max = kOffAge,
          .venue_collar_ppm = kOffPpm,
          .venue_reference_age_max = kOffAge,
          .max_daily_qty = kOffQty,
          .scope = open_scope()};
}

[[nodiscard]] constexpr StrategyLimits open_strategy() noexcept {
  return {.is_allowed = true,
          .signal_age_max = kOffAge,
          .confidence_min_ppm = 0,
          .allows_untold_confidence = true,
          .duplicates = {.count_max = kOffCount},
          .scope = open_scope()};
}

[[nodiscard]] constexpr PairLimits open_pair() noexcept {
  return {.is_allowed = true,
          .max_order_qty = kOffQty,
          .max_long_position = kOffQty,
          .max_short_position = kOffQty};
}

[[nodiscard]] constexpr ExposureLimits open_exposure() noexcept {
  return {.max_gross = kOffNotional, .max_net = kOffNotional};
}

// Every quote asset counts as the reference currency.
[[nodiscard]] inline Limits open_limits(std::size_t symbol_count, std::size_t strategy_count) {
  Limits limits;
  limits.symbols.assign(symbol_count, open_symbol());
  limits.strategies.assign(strategy_count, open_strategy());
  limits.pairs.assign(symbol_count * strategy_count, open_pair());
  limits.conversions.assign(symbol_count, Conversion{.is_reference = true});
  limits.account = {.scope = open_scope(), .exposure = open_exposure()};
  limits.global = {.max_order_value = kOffNotional, .exposure = open_exposure()};
  limits.mark_age_max = kOffAge;
  return limits;
}

}  // namespace portcullis::risk
