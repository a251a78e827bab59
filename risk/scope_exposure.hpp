#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

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
struct alignas(64) ExposureCell {
  SymbolExposure held{};
  std::uint32_t unpriced_count{0};  // open orders without a known price
  bool is_unvalued{false};          // something is held or open, and its price or rate is not known
  std::uint16_t mark_number{0};     // which of the symbol's marks it was valued at
  Value open_quote{0};              // sum of price * leaves of the open orders, exact

  // As last valued.
  Value gross{0};  // the larger side of the worst case
  Value up{0};     // every buy filled and no sell; signed
  Value down{0};   // the other way
  Value open{0};   // open_quote, converted
};
static_assert(sizeof(ExposureCell) == 128, "two cache lines");

// Sums over all symbols of a strategy, a group or the account. In the reference currency.
struct alignas(64) ScopeExposure {
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

  friend constexpr bool operator==(const Mark&, const Mark&) noexcept = default;
};

// What a position of `up` or `down` base units is worth, clamped. |units| < 2^65.
[[nodiscard]] constexpr Value quote_value(Int128 units, Price px) noexcept {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  auto narrow = static_cast<std::int64_t>(units);
  if (narrow != units || narrow < -kMax) [[unlikely]]
    narrow = units < 0 ? -kMax : kMax;
  return Value{narrow} * px.raw();
}

[[nodiscard]] constexpr Value magnitude_of(Value value) noexcept {
  return value < 0 ? -value : value;
}

// Something is held or open whose price or rate is not known.
[[nodiscard]] constexpr bool is_unvalued_at(const ExposureCell& cell, const Mark& mark) noexcept {
  const SymbolExposure& held = cell.held;
  const bool is_marked = mark.px.is_positive() && mark.rate.is_known();
  if (is_marked) [[likely]]
    return cell.unpriced_count != 0;
  const Int128 up = Int128{held.position.raw()} + held.working_buy.raw();
  const Int128 down = Int128{held.position.raw()} - held.working_sell.raw();
  const bool is_flat = up == 0 && down == 0;
  const bool is_open_known =
      cell.unpriced_count == 0 && (cell.open_quote == 0 || mark.rate.is_known());
  return !is_flat || !is_open_known;
}

// Values a cell anew.
constexpr void value_cell(ExposureCell& cell, const Mark& mark) noexcept {
  const SymbolExposure& held = cell.held;
  const Int128 up = Int128{held.position.raw()} + held.working_buy.raw();
  const Int128 down = Int128{held.position.raw()} - held.working_sell.raw();
  cell.is_unvalued = is_unvalued_at(cell, mark);
  cell.open = mark.rate.convert(cell.open_quote);
  cell.up = mark.rate.convert(quote_value(up, mark.px));
  cell.down = mark.rate.convert(quote_value(down, mark.px));
  cell.gross = std::max(magnitude_of(cell.up), magnitude_of(cell.down));
}

// By what an order makes a cell larger that is valued at the mark of today: worked out once, judged
// at each scope, and added to the sums when the order is let through.
struct Growth {
  Value gross{0};  // less than zero: it takes the larger side nearer to flat
  Value side{0};   // of `up` for a buy, of `down` for a sell; signed as those are
  Value open{0};
};

// `held_value`: of the order, at the price that it counts at.
[[nodiscard]] constexpr Growth growth_of(const ExposureCell& cell, Side side, Qty qty,
                                         Value held_value, const Mark& mark) noexcept {
  const bool is_buy = side == Side::kBuy;
  const SymbolExposure& held = cell.held;
  const Int128 worst = is_buy ? Int128{held.position.raw()} + held.working_buy.raw() + qty.raw()
                              : Int128{held.position.raw()} - held.working_sell.raw() - qty.raw();
  const Value side_after = mark.rate.convert(quote_value(worst, mark.px));
  const Value other = is_buy ? cell.down : cell.up;
  const Value open_after =
      mark.rate.convert(clamp_quote_value(cell.open_quote) + clamp_quote_value(held_value));
  return {.gross = std::max(magnitude_of(side_after), magnitude_of(other)) - cell.gross,
          .side = side_after - (is_buy ? cell.up : cell.down),
          .open = open_after - cell.open};
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
