#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/exchange.hpp"

namespace portcullis::sim {

// The exchangeInfo answer for the symbols asked for, by index (Binance: exchange information).
[[nodiscard]] std::string exchange_info_json(const Exchange& exchange,
                                             std::span<const std::size_t> symbols, WallTime now);

// A SymbolSpec with plausible filters for a pair by its name; assets are split at a known quote
// asset. Nothing for a name that ends in none.
[[nodiscard]] std::optional<SymbolSpec> symbol_spec_by_name(std::string_view name);

}  // namespace portcullis::sim
