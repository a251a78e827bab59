#pragma once

#include <cstdint>

#include "core/decimal.hpp"

namespace portcullis::risk {

// What we hold and what could still be filled on one symbol. Base units.
struct SymbolExposure {
  Qty position{};      // signed; relative to the baseline
  Qty working_buy{};   // sum of leaves of our buy orders that are, or may be, at the venue
  Qty working_sell{};  // the same of our sell orders, a positive number
  std::uint32_t buy_order_count{0};
  std::uint32_t sell_order_count{0};
  // Times the books did not add up (Exposure). Not zero: the gate refuses the symbol.
  std::uint32_t fault_count{0};

  friend bool operator==(const SymbolExposure&, const SymbolExposure&) noexcept = default;
};

}  // namespace portcullis::risk
