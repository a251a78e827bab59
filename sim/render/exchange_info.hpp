#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The exchangeInfo answer for the symbols asked for, by index (Binance: exchange information).
[[nodiscard]] std::string exchange_info_json(const Exchange& exchange,
                                             std::string_view rate_limits_json,
                                             std::span<const std::size_t> symbols, WallTime now);

}  // namespace portcullis::sim
