#pragma once

#include <cstddef>

#include "core/messages.hpp"
#include "risk/limits.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// Whether the symbol is in the instrument table: everything after this may index by it.
[[nodiscard]] inline Verdict check_symbol_known(const NewOrderSingle& order,
                                                std::size_t symbol_count) noexcept {
  if (order.symbol.raw() < symbol_count) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kUnknownSymbol};
}

// Whether we want to trade the symbol, and whether the venue does.
[[nodiscard]] inline Verdict check_symbol_open(const SymbolLimits& limits,
                                               const VenueRules& rules) noexcept {
  if (!limits.is_allowed) return Reject{.reason = RejectReason::kSymbolNotAllowed};
  if (!rules.is_trading) return Reject{.reason = RejectReason::kSymbolNotTrading};
  return {};
}

}  // namespace portcullis::risk
