#pragma once

#include <cstdint>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "risk/limits.hpp"

namespace portcullis::risk {

// What the breakers watch for (docs/risk.md, "Breakers"). Each `max` is what is still tolerated:
// one more trips. As everywhere a limit that nobody set is zero, which tolerates nothing, and "off"
// is the largest of its type. A window that nobody set never forgets.

// Money that may be lost, as positive amounts in the reference currency. Results of the UTC day
// start at midnight; what is unrealized is what open positions have lost by now.
struct LossLimits {
  Notional realized_max{};    // today
  Notional unrealized_max{};  // now
  Notional daily_max{};       // both, today
  Notional rolling_max{};     // fall from the best of the last `rolling_window`
  Nanos rolling_window{};
  Notional drawdown_max{};            // fall from the best ever: the high-water mark
  std::uint32_t losses_in_row_max{};  // orders that closed at a loss, one after the other
  std::uint32_t soft_percent{70};     // of a limit: SAFE_MODE from here on

  [[nodiscard]] bool is_off() const noexcept {
    return realized_max == kOffNotional && unrealized_max == kOffNotional &&
           daily_max == kOffNotional && rolling_max == kOffNotional &&
           drawdown_max == kOffNotional && losses_in_row_max == kOffCount;
  }
};

// So many events within the window.
struct EventLimit {
  std::uint32_t max{0};
  Nanos window{};
};

// Messages (new orders, amendments, cancels) for each trade, within the window. Not judged before
// there were `floor` messages in it.
struct OrderToTradeLimit {
  std::uint32_t ratio_max{0};
  std::uint32_t floor{0};
  Nanos window{};
};

struct StrategyBreakers {
  LossLimits loss;
  EventLimit venue_rejects;         // then HALTED
  EventLimit refusals;              // by the gate, whatever for: a runaway; then HALTED
  std::uint32_t executions_max{0};  // orders that traded since a human looked; then HALTED
  OrderToTradeLimit order_to_trade;
};

struct SymbolBreakers {
  // Traded by one strategy within the window.
  Qty velocity_qty_max{};
  Notional velocity_notional_max{};  // quote units
  Nanos velocity_window{};
  // Then the strategy's orders of the symbol are cancelled and new ones refused for this long.
  // Zero: the strategy is HALTED until a human lets it go on.
  Nanos velocity_freeze{};
  Qty position_tolerance{};  // of what the venue says against what our fills say
  Nanos book_alert_after{};  // a book that is out of order for this long is told to a human
};

struct AccountBreakers {
  LossLimits loss;
  EventLimit venue_rejects;      // of the session, whoever's
  std::uint32_t unknown_max{0};  // orders whose outcome is not known, at once
  Nanos unknown_age_max{};       // one of them, so old: its symbol goes reduce-only
  Nanos latency_max{};           // smoothed time from sending to the venue's first word
  Nanos clock_grace{};           // the venue's time not known well enough for so long
  OrderToTradeLimit order_to_trade;
};

struct BreakerLimits {
  std::vector<StrategyBreakers> strategies;  // by StrategyId; one beyond the end has none set
  std::vector<SymbolBreakers> symbols;       // by SymbolId; the same
  AccountBreakers account;
  LossLimits global;
  // A result that is not known (a stale mark, a fee without a price, a quote asset without a rate)
  // for longer than this is SAFE_MODE of whoever has it.
  Nanos result_grace{};
  // As the gate has them: what the results are valued with.
  std::vector<Conversion> conversions;
  Nanos mark_age_max{};

  [[nodiscard]] const StrategyBreakers& of(StrategyId strategy) const noexcept {
    return strategy.raw() < strategies.size() ? strategies[strategy.raw()] : kNoStrategySet;
  }
  [[nodiscard]] const SymbolBreakers& of(SymbolId symbol) const noexcept {
    return symbol.raw() < symbols.size() ? symbols[symbol.raw()] : kNoSymbolSet;
  }
  [[nodiscard]] Conversion conversion(SymbolId symbol) const noexcept {
    return symbol.raw() < conversions.size() ? conversions[symbol.raw()] : Conversion{};
  }

 private:
  static constexpr StrategyBreakers kNoStrategySet{};
  static constexpr SymbolBreakers kNoSymbolSet{};
};

}  // namespace portcullis::risk
