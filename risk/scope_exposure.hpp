#pragma once

#include <algorithm>
#include <cstdint>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/messages.hpp"
#include "risk/reference_value.hpp"
#include "risk/symbol_exposure.hpp"

namespace portcullis::risk {

// By what an order counts, from the gate until its end. The same at each step of its life, or the
// books do not add up.
struct Held {
  SymbolId symbol{kNoSymbol};
  Side side{Side::kBuy};
  StrategyId strategy{};  // kNoStrategy: not of one of ours
  Price px{};             // what it counts at while it is open; zero: not known
  bool is_algo{false};    // waits for a trigger
  bool is_iceberg{false};
};

// By what an order counts from the gate until its end: the order accounting keeps it with the
// order.
[[nodiscard]] inline Held held_of(const NewOrderSingle& order) noexcept {
  return {.symbol = order.symbol,
          .side = order.side,
          .strategy = order.strategy,
          .px = order.held_px,
          .is_algo = is_contingent(order.type),
          .is_iceberg = !order.terms.iceberg_qty.is_zero()};
}

// What a strategy, or the account, has on one symbol, in quote units and in the reference currency.
struct ExposureCell {
  SymbolExposure held{};
  std::uint32_t unpriced_count{0};  // open orders without a known price
  bool is_unvalued{false};          // something is held or open, and its price or rate is not known
  Value open_quote{0};              // sum of price * leaves of the open orders, exact

  // As last valued.
  Value gross{0};  // the larger side of the worst case
  Value up{0};     // every buy filled and no sell; signed
  Value down{0};   // the other way
  Value open{0};   // open_quote, converted
};
static_assert(sizeof(ExposureCell) == 128, "two cache lines");

// Sums over all symbols of a strategy, a group or the account. In the reference currency.
struct ScopeExposure {
  Value gross{0};
  Value up{0};
  Value down{0};
  Value open{0};
  Value traded{0};  // today
  std::uint32_t open_count{0};
  std::uint32_t unvalued_count{0};  // cells that are not valued, and so missing in the sums

  // The worst net, either way.
  [[nodiscard]] constexpr Value net() const noexcept { return std::max(up, -down); }
  [[nodiscard]] constexpr bool is_valued() const noexcept { return unvalued_count == 0; }
};

// The price and the rate that a symbol is valued at.
struct Mark {
  Price px{};  // quote units; zero: not known
  Rate rate{};
};

// What a position of `up` or `down` base units is worth, clamped. |units| < 2^65.
[[nodiscard]] constexpr Value quote_value(Int128 units, Price px) noexcept {
  constexpr Int128 kUnitsMax = (Int128{1} << 63) - 1;
  return clamp_value(units, kUnitsMax) * px.raw();
}

// Values a cell anew.
constexpr void value_cell(ExposureCell& cell, const Mark& mark) noexcept {
  const SymbolExposure& held = cell.held;
  const Int128 up = Int128{held.position.raw()} + held.working_buy.raw();
  const Int128 down = Int128{held.position.raw()} - held.working_sell.raw();
  const bool is_flat = up == 0 && down == 0;
  const bool is_marked = mark.px.is_positive() && mark.rate.is_known();
  const bool is_open_known =
      cell.unpriced_count == 0 && (cell.open_quote == 0 || mark.rate.is_known());
  cell.is_unvalued = (!is_flat && !is_marked) || !is_open_known;
  cell.open = mark.rate.convert(cell.open_quote);
  cell.up = mark.rate.convert(quote_value(up, mark.px));
  cell.down = mark.rate.convert(quote_value(down, mark.px));
  cell.gross = std::max(cell.up < 0 ? -cell.up : cell.up, cell.down < 0 ? -cell.down : cell.down);
}

constexpr void add_cell(ScopeExposure& sums, const ExposureCell& cell) noexcept {
  sums.gross += cell.gross;
  sums.up += cell.up;
  sums.down += cell.down;
  sums.open += cell.open;
  sums.unvalued_count += cell.is_unvalued ? 1U : 0U;
}
constexpr void take_cell(ScopeExposure& sums, const ExposureCell& cell) noexcept {
  sums.gross -= cell.gross;
  sums.up -= cell.up;
  sums.down -= cell.down;
  sums.open -= cell.open;
  sums.unvalued_count -= cell.is_unvalued ? 1U : 0U;
}

}  // namespace portcullis::risk
