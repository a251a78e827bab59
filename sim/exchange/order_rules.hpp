#pragma once

#include <optional>

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The symbol's filters with the venue's code and text, or nothing when the order passes.
// `reference` stands for the price of a market order in NOTIONAL (zero: that filter is skipped, as
// at a symbol that has never traded). Source: Binance, "Filters".
[[nodiscard]] std::optional<VenueError> check_filters(const SymbolSpec& spec, const NewOrder& order,
                                                      Price reference);

// The engine's refusals. Source: Binance, "Error codes", messages of -2010, -2011 and the lookups.
[[nodiscard]] VenueError market_is_closed();
[[nodiscard]] VenueError duplicate_order();
[[nodiscard]] VenueError would_match_and_take();
[[nodiscard]] VenueError insufficient_balance();
[[nodiscard]] VenueError unknown_order();
[[nodiscard]] VenueError no_such_order();
[[nodiscard]] VenueError ids_disagree();
[[nodiscard]] VenueError no_order_id_given();

}  // namespace portcullis::sim
