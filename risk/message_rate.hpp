#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/reject_reason.hpp"
#include "core/time.hpp"
#include "risk/limits.hpp"
#include "risk/sliding_window.hpp"
#include "risk/throttle.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The two rules of a RateLimits in one, on one cache line.
class alignas(64) RateGuard {
 public:
  void configure(const RateLimits& limits) noexcept {
    limits_ = limits;
    bucket_.configure(limits.rate_max, limits.rate_window, limits.burst_max);
    window_.configure(limits.window_max, limits.window);
  }
  void prefetch() const noexcept {
    __builtin_prefetch(this, 1);
    window_.prefetch();
  }
  [[nodiscard]] bool has_room(MonoTime now) const noexcept {
    return bucket_.has_token(now) && window_.has_room(now);
  }
  void take(MonoTime now) noexcept {
    bucket_.take(now);
    window_.take(now);
  }
  // What was taken last, at this very moment.
  void give_back() noexcept {
    bucket_.give_back();
    window_.give_back();
  }
  // Why there is no room.
  [[nodiscard]] Reject reject(RejectReason reason, RiskScope scope, MonoTime now) const noexcept {
    const bool is_bucket = !bucket_.has_token(now);
    const std::int64_t used = is_bucket ? bucket_.in_use(now) : window_.in_window(now);
    return {.reason = reason,
            .unit = RejectUnit::kCount,
            .scope = scope,
            .limit = is_bucket ? limits_.burst_max : limits_.window_max,
            .value = used,
            .projected = used + 1};
  }

 private:
  Throttle bucket_;
  SlidingWindow window_;
  RateLimits limits_{};  // for the text of a reject
};

// How many new orders, or amendments, went out of each symbol, strategy and the account. All of an
// order's scopes are asked before any of them counts it, so that a refusal takes nothing.
class MessageRates {
 public:
  MessageRates(RejectReason reason, std::size_t symbol_count, std::size_t strategy_count)
      : reason_{reason},
        symbols_(symbol_count),
        strategies_(strategy_count) {}

  // `rate` picks which of a scope's limits it is.
  void configure(const Limits& limits, RateLimits ScopeLimits::* rate) noexcept {
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      symbols_[i].configure(limits.of(SymbolId{static_cast<SymbolId::rep>(i)}).scope.*rate);
    }
    for (std::size_t i = 0; i < strategies_.size(); ++i) {
      strategies_[i].configure(limits.of(StrategyId{static_cast<StrategyId::rep>(i)}).scope.*rate);
    }
    account_.configure(limits.account.scope.*rate);
  }

  // Both known to the tables.
  [[nodiscard]] Verdict check(SymbolId symbol, StrategyId strategy, MonoTime now) const noexcept {
    if (symbols_[symbol.raw()].has_room(now) && strategies_[strategy.raw()].has_room(now) &&
        account_.has_room(now)) [[likely]] {
      return {};
    }
    return refusal(symbol, strategy, now);
  }
  void prefetch(SymbolId symbol, StrategyId strategy) const noexcept {
    symbols_[symbol.raw()].prefetch();
    strategies_[strategy.raw()].prefetch();
  }
  void take(SymbolId symbol, StrategyId strategy, MonoTime now) noexcept {
    symbols_[symbol.raw()].take(now);
    strategies_[strategy.raw()].take(now);
    account_.take(now);
  }
  // Of an order counted at this very moment that will not leave.
  void give_back(SymbolId symbol, StrategyId strategy) noexcept {
    symbols_[symbol.raw()].give_back();
    strategies_[strategy.raw()].give_back();
    account_.give_back();
  }

 private:
  // By the narrowest scope that has no room.
  [[nodiscard]] [[gnu::cold]] Reject refusal(SymbolId symbol, StrategyId strategy,
                                             MonoTime now) const noexcept {
    const RateGuard& of_symbol = symbols_[symbol.raw()];
    const RateGuard& of_strategy = strategies_[strategy.raw()];
    if (!of_symbol.has_room(now)) return of_symbol.reject(reason_, RiskScope::kSymbol, now);
    if (!of_strategy.has_room(now)) return of_strategy.reject(reason_, RiskScope::kStrategy, now);
    return account_.reject(reason_, RiskScope::kAccount, now);
  }

  RejectReason reason_;
  std::vector<RateGuard> symbols_;  // size constant after construction, as the next
  std::vector<RateGuard> strategies_;
  RateGuard account_;
};

}  // namespace portcullis::risk
