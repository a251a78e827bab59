#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <vector>

#include "sim/api/method.hpp"

namespace portcullis::sim {

// The symbols that a request is about (Binance: symbol, symbols and symbolStatus of the market data
// endpoints).

// One named, several named, or nothing when neither is: -1121, -1128, -1151.
[[nodiscard]] std::expected<std::optional<std::vector<std::size_t>>, VenueError> named_symbols(
    const Call& call);
// symbolStatus: -1122.
[[nodiscard]] std::expected<std::optional<SymbolStatus>, VenueError> wanted_status(
    const Params& params);
// The one symbol named, which must have the status asked for: -1220.
[[nodiscard]] std::expected<std::size_t, VenueError> symbol_with_status(const Call& call);
// Those named, or all; of those with the status asked for. A single one that has not: -1220.
[[nodiscard]] std::expected<std::vector<std::size_t>, VenueError> symbols_or_all(const Call& call);
// How many a request names, for its weight; nothing: all of them.
[[nodiscard]] std::optional<std::size_t> named_symbol_count(const Params& params);

}  // namespace portcullis::sim
