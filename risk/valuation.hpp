#pragma once

#include <cstddef>
#include <vector>

#include "core/ids.hpp"
#include "core/market_view.hpp"
#include "core/time.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::risk {

// Prices for the exposure, from the market: the mid of each symbol's book, and what its quote asset
// costs in the reference currency. A walk looks at one symbol a step; a price that is missing or
// too old makes the sums unvalued instead of wrong. Trading thread only.
class Valuation {
 public:
  // All of it is looked at within this time while the walk is stepped often enough.
  static constexpr Nanos kRound{50'000'000};

  // Both outlive it.
  Valuation(const MarketView& market, Exposure& exposure);

  // `limits` outlive it until the next call. What trades in the reference currency has its rate at
  // once, other symbols when the walk comes by.
  void set_limits(const Limits& limits) noexcept;

  // One symbol, when it is time. Returns 1 when it has looked at one.
  int step(const Now& now) noexcept;
  // Every symbol, at once. Start-up.
  void refresh(const Now& now) noexcept;
  // The order's own symbol, by the market that its order is judged by.
  void mark(SymbolId symbol, StrategyId strategy, const MarketSnapshot& market,
            const Now& now) noexcept {
    exposure_.set_mark(symbol, strategy, {.px = mid_of(market, now), .rate = rates_[symbol.raw()]});
  }
  // Whether the whole walk was done lately enough for the sums to be of young prices.
  [[nodiscard]] bool is_fresh(const Now& now) const noexcept {
    return limits_->mark_age_max == kOffAge ||
           (has_walked_ && now.mono - round_began_ <= limits_->mark_age_max + 2 * kRound);
  }

 private:
  // Rounded up; zero when there is none, or none that is young enough.
  [[nodiscard]] Price mid_of(const MarketSnapshot& market, const Now& now) const noexcept;
  [[nodiscard]] Rate rate_of(SymbolId symbol, const Now& now) const noexcept;
  void look_at(SymbolId symbol, const Now& now) noexcept;

  const MarketView& market_;
  Exposure& exposure_;
  const Limits* limits_{nullptr};
  std::vector<Rate> rates_;  // by SymbolId
  std::size_t next_{0};
  MonoTime step_next_{};
  MonoTime round_began_{};    // of the last round that was completed
  MonoTime round_started_{};  // of the round under way
  bool has_walked_{false};
};

}  // namespace portcullis::risk
