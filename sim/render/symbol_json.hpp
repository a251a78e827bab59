#pragma once

#include <span>
#include <string_view>

#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// Symbols, filters and rules as exchangeInfo and its relatives tell them (Binance: exchange
// information, filters, execution rules). Filters come in the venue's own order.

// `shows_permissions` false: the permission sets stay empty (showPermissionSets).
void write_symbol(JsonOut& out, const SymbolSpec& spec, bool shows_permissions);
// The array of a symbol's filters, of the whole venue's, and of what an account may have of an
// asset in one order.
void write_filters(JsonOut& out, const SymbolSpec& spec);
void write_filters(JsonOut& out, const ExchangeFilters& filters);
void write_asset_filters(JsonOut& out, std::span<const AccountSettings::AssetLimit> limits);
// {"symbol":..,"rules":[..]}
void write_execution_rules(JsonOut& out, const SymbolSpec& spec);

}  // namespace portcullis::sim
