#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "core/time.hpp"

namespace portcullis::risk {

// A limit that nobody set is zero, and zero refuses everything: a forgotten line in the
// configuration cannot open a door. A limit is switched off by saying so, with the largest value of
// its type ("off" in the configuration); such a check passes whatever it sees.
inline constexpr std::uint32_t kOffCount = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kOffPpm = std::numeric_limits<std::uint32_t>::max();
inline constexpr Nanos kOffAge = Nanos::max();
inline constexpr Qty kOffQty = Qty::max();
inline constexpr Notional kOffNotional = Notional::max();

// How many orders or messages a scope may send. Both rules hold: a token bucket, which lets
// `rate_max` through per `rate_window` and `burst_max` at once, and a sliding window, in which
// never more than `window_max` are. kOffCount in `rate_max` or `window_max` switches that rule off.
struct RateLimits {
  std::uint32_t rate_max{0};
  Nanos rate_window{0};
  std::uint32_t burst_max{0};
  std::uint32_t window_max{0};  // at most kWindowEventsMax (risk/sliding_window.hpp)
  Nanos window{0};
};

// What every scope limits in the same way. Notionals are in the reference currency.
struct ScopeLimits {
  Notional max_order_value{};  // of one order
  std::uint32_t max_open_orders{0};
  Notional max_open_value{};   // of all open orders at their own prices
  Notional max_daily_value{};  // traded since midnight UTC, and still open
  RateLimits order_rate{};
  RateLimits amend_rate{};
};

// What may be done on one symbol, by the whole account. Notionals of single orders in quote units.
struct SymbolLimits {
  bool is_allowed{false};
  Qty max_order_qty{};            // of one order
  Notional max_order_notional{};  // of one order, quote units
  // Furthest a price may be from the mid of the live book, parts per million of the mid, either
  // way. Zero refuses every price.
  std::uint32_t collar_width_ppm{0};
  // Oldest book to trade on, measured on our monotonic clock since receipt. Zero: always too old.
  Nanos book_age_max{0};
  // Worst case, every working order filled, relative to the baseline that the caller subtracts from
  // the holdings. The short limit is given as a positive number.
  Qty max_long_position{};
  Qty max_short_position{};

  // What of the holding of the base asset does not count as position.
  Qty position_baseline{};
  bool allows_uncovered_sells{false};  // sells of more than the holding
  bool allows_market_orders{false};
  bool is_reduce_only{false};         // orders must bring the position nearer to flat
  std::uint32_t spread_max_ppm{0};    // widest spread to trade on, of the mid
  std::uint32_t last_collar_ppm{0};   // as collar_width_ppm, about the last trade
  Nanos last_trade_age_max{0};        // oldest trade to compare with
  std::uint32_t venue_collar_ppm{0};  // and about the venue's reference price
  Nanos venue_reference_age_max{0};   // oldest reference price to compare with
  Qty max_daily_qty{};                // traded since midnight UTC, and still open
  ScopeLimits scope{};
};

// How often a strategy may send the same order: `count_max` times within `window`. kOffCount: off.
struct DuplicateLimits {
  std::uint32_t count_max{0};  // at most kDuplicatesMax (risk/duplicate_filter.hpp)
  Nanos window{0};
};

inline constexpr std::size_t kStrategyMax = 16;  // strategies with limits of their own
inline constexpr std::size_t kGroupMax = 64;
inline constexpr std::uint16_t kNoGroup = 0xFFFF;

// What one strategy may do.
struct StrategyLimits {
  bool is_allowed{false};
  bool is_reduce_only{false};
  Nanos signal_age_max{0};  // oldest decision to act on; an untold one is refused unless off
  std::uint32_t confidence_min_ppm{kOffPpm};  // of an order that tells its confidence
  bool allows_untold_confidence{false};
  DuplicateLimits duplicates{};
  std::uint16_t group{kNoGroup};  // index into Limits::groups
  ScopeLimits scope{};
};

// What one strategy may do on one symbol.
struct PairLimits {
  bool is_allowed{false};
  bool is_reduce_only{false};
  Qty max_order_qty{};
  Qty max_long_position{};  // by the strategy's own fills and open orders
  Qty max_short_position{};
};

// Exposure by worst case, in the reference currency (risk/exposure.hpp).
struct ExposureLimits {
  Notional max_gross{};
  Notional max_net{};  // either way
};

// A named set of strategies. Their exposures add up: one strategy's does not offset another's in
// the gross.
struct GroupLimits {
  Notional max_open_value{};
  ExposureLimits exposure{};
};

struct AccountLimits {
  ScopeLimits scope{};
  ExposureLimits exposure{};
};

// The gateway's own ceiling over the account.
struct GlobalLimits {
  Notional max_order_value{};
  ExposureLimits exposure{};
};

// Where the price of a symbol's quote asset in the reference currency comes from.
struct Conversion {
  SymbolId symbol{kNoSymbol};  // its mid is the price; kNoSymbol: none is known
  bool is_reference{false};    // the quote asset is the reference currency itself
};

// One complete set of limits, inheritance already applied. Built on a cold thread, never changed
// once the gate has it: the gate is given another one instead (PreTradeGate::set_limits).
struct Limits {
  std::vector<SymbolLimits> symbols;       // by SymbolId; a symbol beyond the end is not allowed
  std::vector<StrategyLimits> strategies;  // by StrategyId; one beyond the end is not known
  std::vector<PairLimits> pairs;           // strategy by strategy, each with every symbol
  std::vector<GroupLimits> groups;
  std::vector<Conversion> conversions;  // by SymbolId; a symbol beyond the end has none
  AccountLimits account;
  GlobalLimits global;
  Nanos mark_age_max{0};  // oldest market to value a position or convert with

  [[nodiscard]] const SymbolLimits& of(SymbolId symbol) const noexcept {
    return symbol.raw() < symbols.size() ? symbols[symbol.raw()] : kNothingAllowed;
  }
  [[nodiscard]] const StrategyLimits& of(StrategyId strategy) const noexcept {
    return strategy.raw() < strategies.size() ? strategies[strategy.raw()] : kNoLimits;
  }
  [[nodiscard]] const PairLimits& of(StrategyId strategy, SymbolId symbol) const noexcept {
    const std::size_t index = strategy.raw() * symbols.size() + symbol.raw();
    const bool is_known = symbol.raw() < symbols.size() && index < pairs.size();
    return is_known ? pairs[index] : kNoPair;
  }
  [[nodiscard]] Conversion conversion(SymbolId symbol) const noexcept {
    return symbol.raw() < conversions.size() ? conversions[symbol.raw()] : Conversion{};
  }

 private:
  static constexpr SymbolLimits kNothingAllowed{};
  static constexpr StrategyLimits kNoLimits{};
  static constexpr PairLimits kNoPair{};
};

// Everything in `limits` that contradicts itself or the venue's filters, one sentence each (where,
// what, what to do); empty when there is nothing. Cold. A set with a complaint is still safe to
// run, it refuses too much.
[[nodiscard]] std::vector<std::string> validate(const Limits& limits,
                                                const InstrumentTable& instruments);

}  // namespace portcullis::risk
