#pragma once

#include "sim/exchange/symbol_spec.hpp"

namespace portcullis::sim {

// Over how many minutes the symbol's average price goes: what its filters say that value orders at
// an average, the venue's usual five where none does.
[[nodiscard]] int average_price_minutes(const SymbolSpec& spec);

}  // namespace portcullis::sim
