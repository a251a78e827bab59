#pragma once

#include <optional>

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// What the venue refuses before its filters: a market that is closed, an account or a symbol that
// does not allow the order, terms that do not go together (Binance: error codes).
[[nodiscard]] std::optional<VenueError> check_allowed(const SymbolSpec& spec,
                                                      const AccountSettings& account,
                                                      const NewOrder& order);

// An account that may act on the symbol at all.
[[nodiscard]] std::optional<VenueError> check_account(const SymbolSpec& spec,
                                                      const AccountSettings& account);

// The shape of a list: kinds, types and sides that go together (Binance: order lists, -1158 to
// -1168, -1196 to -1199, -1222 to -1225).
[[nodiscard]] std::optional<VenueError> check_list_shape(const SymbolSpec& spec,
                                                         const NewOrderList& list);

// "The relationship of the prices for the orders is not correct." for a pair around the last price;
// a leg without a price of its own (trailing, pegged) is left out.
[[nodiscard]] bool is_pair_around(const NewOrder& above, const NewOrder& below,
                                  Price last) noexcept;

}  // namespace portcullis::sim
