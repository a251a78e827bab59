#pragma once

#include <cstddef>
#include <vector>

#include "core/ids.hpp"
#include "core/reject_reason.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// What the breakers refuse at this moment without a mode, and so without a human to end it: while
// too many orders are unknown, while an order-to-trade ratio is too high, while a strategy's symbol
// is frozen. Written by the breakers and read by the gate, on the trading thread: one load while
// nothing is refused.
class BreakerStops {
 public:
  BreakerStops(std::size_t strategy_count, std::size_t symbol_count)
      : strategy_count_{strategy_count},
        symbol_count_{symbol_count},
        stops_(kAccountStops + strategy_count + strategy_count * symbol_count) {}

  // Of orders of a strategy and a symbol that exist.
  [[nodiscard]] Verdict check(StrategyId strategy, SymbolId symbol) const noexcept {
    if (active_count_ == 0) [[likely]]
      return {};
    for (const std::size_t i :
         {kUnknown, kAccountRatio, place_of(strategy), place_of(strategy, symbol)}) {
      if (i < stops_.size() && stops_[i].reason != RejectReason::kNone) return stops_[i];
    }
    return {};
  }

  // kNone lifts it.
  void set_unknown(const Reject& stop) noexcept { set(kUnknown, stop); }
  void set_ratio(const Reject& stop) noexcept { set(kAccountRatio, stop); }
  void set_ratio(StrategyId strategy, const Reject& stop) noexcept {
    set(place_of(strategy), stop);
  }
  void set_frozen(StrategyId strategy, SymbolId symbol, const Reject& stop) noexcept {
    set(place_of(strategy, symbol), stop);
  }

 private:
  static constexpr std::size_t kUnknown = 0;
  static constexpr std::size_t kAccountRatio = 1;
  static constexpr std::size_t kAccountStops = 2;

  [[nodiscard]] std::size_t place_of(StrategyId strategy) const noexcept {
    return kAccountStops + strategy.raw();
  }
  [[nodiscard]] std::size_t place_of(StrategyId strategy, SymbolId symbol) const noexcept {
    return kAccountStops + strategy_count_ + strategy.raw() * symbol_count_ + symbol.raw();
  }
  void set(std::size_t place, const Reject& stop) noexcept {
    const bool was_active = stops_[place].reason != RejectReason::kNone;
    const bool is_active = stop.reason != RejectReason::kNone;
    stops_[place] = stop;
    if (was_active && !is_active) --active_count_;
    if (!was_active && is_active) ++active_count_;
  }

  std::size_t strategy_count_;
  std::size_t symbol_count_;
  std::vector<Reject> stops_;  // never grows
  std::size_t active_count_{0};
};

}  // namespace portcullis::risk
