#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "core/time.hpp"

namespace portcullis::risk {

// What may be done on one symbol. A limit that nobody set is zero, and zero refuses everything: a
// forgotten line in the configuration cannot open a door.
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
};

// What may be done over all symbols. Orders are let through at `order_rate_max` per
// `order_rate_window`, at most `order_burst_max` of them at once; so no window of that length sees
// more than the sum of both. Zero in any of the three refuses every order.
struct AccountLimits {
  std::uint32_t order_rate_max{0};
  Nanos order_rate_window{0};
  std::uint32_t order_burst_max{0};
};

// One complete set of limits. Built on a cold thread, never changed once the gate has it: the gate
// is given another one instead (PreTradeGate::set_limits).
struct Limits {
  std::vector<SymbolLimits> symbols;  // by SymbolId; a symbol beyond the end is not allowed
  AccountLimits account;

  [[nodiscard]] const SymbolLimits& of(SymbolId symbol) const noexcept {
    return symbol.raw() < symbols.size() ? symbols[symbol.raw()] : kNothingAllowed;
  }

 private:
  static constexpr SymbolLimits kNothingAllowed{};
};

// Everything in `limits` that contradicts itself or the venue's filters, one sentence each (where,
// what, what to do); empty when there is nothing. Cold. A set with a complaint is still safe to
// run, it refuses too much.
[[nodiscard]] std::vector<std::string> validate(const Limits& limits,
                                                const InstrumentTable& instruments);

}  // namespace portcullis::risk
