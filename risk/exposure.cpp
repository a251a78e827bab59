#include "risk/exposure.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/check.hpp"
#include "core/mutant.hpp"

namespace portcullis::risk {

namespace {

constexpr Nanos kDay = std::chrono::hours{24};

// `sum` held inside the range; says through `is_exact` whether it had to be held.
Qty clamped(Int128 sum, bool& is_exact) noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  const Int128 held = std::clamp(sum, -kMax, kMax);
  is_exact = held == sum;
  return Qty::from_raw(static_cast<std::int64_t>(held));
}

std::uint32_t& count_of(SymbolExposure& exposure, Side side) noexcept {
  return side == Side::kBuy ? exposure.buy_order_count : exposure.sell_order_count;
}

Qty& working_of(SymbolExposure& exposure, Side side) noexcept {
  return side == Side::kBuy ? exposure.working_buy : exposure.working_sell;
}

Int128 signed_qty(Side side, Qty qty) noexcept {
  return side == Side::kBuy ? Int128{qty.raw()} : -Int128{qty.raw()};
}

Value value_at(const Held& order, Qty qty) noexcept {
  return Value{order.px.raw()} * qty.raw();
}

}  // namespace

Exposure::Exposure(std::size_t symbol_count, Counter faults, std::size_t strategy_count)
    : symbol_count_{symbol_count},
      strategy_count_{strategy_count},
      cells_(symbol_count * (strategy_count + 2)),
      sums_(strategy_count + 2),
      group_of_(strategy_count + 2, kNoGroup),
      marks_(symbol_count),
      traded_(symbol_count),
      special_(symbol_count),
      faults_{faults} {
  group_sums_.reserve(kGroupMax);
}

// ---- what happens to orders
// --------------------------------------------------------------------------

void Exposure::set_position(SymbolId symbol, Qty position) noexcept {
  change(account_row(), symbol,
         [position](ExposureCell& cell) noexcept { cell.held.position = position; });
}

void Exposure::adopt_position(StrategyId strategy, SymbolId symbol, Qty position) noexcept {
  change(row_of(strategy), symbol,
         [&](ExposureCell& cell) noexcept { move_position(cell, position.raw()); });
}

void Exposure::on_fill(const Held& order, Qty qty, Price px) noexcept {
  if (!is_sane(order.symbol, qty)) return;
  count_traded(order, qty, px);
  change_both(order, [&](ExposureCell& cell) noexcept {
    take_working(cell, order, qty);
    move_position(cell, signed_qty(order.side, qty));
  });
}

void Exposure::on_late_fill(const Held& order, Qty qty, Price px) noexcept {
  if (!is_sane(order.symbol, qty)) return;
  count_traded(order, qty, px);
  change_both(order, [&](ExposureCell& cell) noexcept {
    move_position(cell, signed_qty(order.side, qty));
  });
}

void Exposure::on_fee_in_base(SymbolId symbol, StrategyId strategy, Qty fee) noexcept {
  if (is_planted(Mutant::kFeeNotTaken)) return;
  change_both({.symbol = symbol, .strategy = strategy},
              [&](ExposureCell& cell) noexcept { move_position(cell, -Int128{fee.raw()}); });
}

void Exposure::release(const Held& order, Qty leaves) noexcept {
  if (!is_sane(order.symbol, leaves)) return;
  count_special(order, false);
  change_both(order, [&](ExposureCell& cell) noexcept {
    take_working(cell, order, leaves);
    take_order(cell, order);
  });
}

void Exposure::lower(const Held& order, Qty qty) noexcept {
  if (!is_sane(order.symbol, qty)) return;
  change_both(order, [&](ExposureCell& cell) noexcept { take_working(cell, order, qty); });
}

void Exposure::adopt(const Held& order, Qty leaves) noexcept {
  if (is_sane(order.symbol, leaves)) add_order(order, leaves);
}

void Exposure::restate(SymbolId symbol, const SymbolExposure& truth) noexcept {
  for (std::size_t row = 0; row <= account_row(); ++row) {
    change(row, symbol, [&](ExposureCell& cell) noexcept {
      ScopeExposure& sums = sums_[row];
      sums.open_count -= cell.held.buy_order_count + cell.held.sell_order_count;
      cell = {};
      if (row < strategy_count_) return;
      cell.held = truth;
      cell.held.fault_count = 0;
      sums.open_count += truth.buy_order_count + truth.sell_order_count;
    });
  }
  special_[symbol.raw()] = {};
}

// ---- values
// ------------------------------------------------------------------------------------------

void Exposure::revalue(SymbolId symbol, const Mark& mark) noexcept {
  if (marks_[symbol.raw()].mark != mark) move_mark(symbol, mark);
  for (std::size_t row = 0; row <= account_row(); ++row) keep_valued(row, symbol);
}

// When the numbers begin anew no cell may be left with one that will be used again.
void Exposure::move_mark(SymbolId symbol, const Mark& mark) noexcept {
  NumberedMark& current = marks_[symbol.raw()];
  current.mark = mark;
  if (++current.number != 0) return;
  for (std::size_t row = 0; row <= account_row(); ++row) value_anew(row, symbol);
}

void Exposure::value_anew(std::size_t row, SymbolId symbol) noexcept {
  change(row, symbol, [](ExposureCell&) noexcept {});
}

void Exposure::set_groups(std::span<const std::uint16_t> group_of_strategy,
                          std::size_t count) noexcept {
  PORTCULLIS_CHECK(count <= kGroupMax, "groups fit the sums that were made at the start");
  group_sums_.assign(count, ScopeExposure{});
  for (std::size_t row = 0; row < strategy_count_; ++row) {
    const std::uint16_t group = row < group_of_strategy.size() ? group_of_strategy[row] : kNoGroup;
    group_of_[row] = group < count ? group : kNoGroup;
    if (group_of_[row] == kNoGroup) continue;
    ScopeExposure& sums = group_sums_[group];
    sums.gross += sums_[row].gross;
    sums.up += sums_[row].up;
    sums.down += sums_[row].down;
    sums.open += sums_[row].open;
    sums.unvalued_count += sums_[row].unvalued_count;
  }
}

// ---- the day
// -----------------------------------------------------------------------------------------

void Exposure::roll_day(WallTime now) noexcept {
  if (now < day_end_ && now >= day_end_ - kDay) [[likely]]
    return;
  day_end_ = WallTime{(now.time_since_epoch() / kDay + 1) * kDay};
  is_day_unvalued_ = false;
  for (DayTraded& traded : traded_) traded = {};
  for (ScopeExposure& sums : sums_) sums.traded = 0;
}

void Exposure::restore_traded(StrategyId strategy, SymbolId symbol,
                              const DayTraded& traded) noexcept {
  DayTraded& day = traded_[symbol.raw()];
  bool is_exact = true;
  day.qty = clamped(Int128{day.qty.raw()} + traded.qty.raw(), is_exact);
  day.value = clamp_value(day.value + traded.value, kValueMax);
  day.is_unvalued = day.is_unvalued || traded.is_unvalued;
  is_day_unvalued_ = is_day_unvalued_ || traded.is_unvalued;
  for (const std::size_t row : {row_of(strategy), account_row()}) {
    sums_[row].traded = clamp_value(sums_[row].traded + traded.value, kValueMax);
  }
}

void Exposure::count_traded(const Held& order, Qty qty, Price px) noexcept {
  const Rate& rate = marks_[order.symbol.raw()].mark.rate;
  restore_traded(order.strategy, order.symbol,
                 {.qty = qty,
                  .value = rate.convert(Value{px.raw()} * qty.raw()),
                  .is_unvalued = !rate.is_known() && !qty.is_zero()});
}

// ---- cells
// -------------------------------------------------------------------------------------------

ExposureCell& Exposure::entry(std::size_t row, SymbolId symbol) noexcept {
  PORTCULLIS_CHECK(symbol.raw() < symbol_count_, "exposure of a symbol outside the table");
  return cells_[cell_index(row, symbol)];
}

template <class Change>
void Exposure::change(std::size_t row, SymbolId symbol, Change&& apply) noexcept {
  ExposureCell& cell = entry(row, symbol);
  const std::uint16_t group = group_of_[row];
  ScopeExposure* const of_group = group != kNoGroup ? &group_sums_[group] : nullptr;
  take_cell(sums_[row], cell);
  if (of_group != nullptr) take_cell(*of_group, cell);
  apply(cell);
  const NumberedMark& current = marks_[symbol.raw()];
  value_cell(cell, current.mark);
  cell.mark_number = current.number;
  add_cell(sums_[row], cell);
  if (of_group != nullptr) add_cell(*of_group, cell);
}

template <class Change>
void Exposure::change_both(const Held& order, Change&& apply) noexcept {
  change(row_of(order.strategy), order.symbol, apply);
  change(account_row(), order.symbol, apply);
  if (!has_fault_) [[likely]]
    return;
  has_fault_ = false;
  record_fault(order.symbol);
}

void Exposure::add_order(const Held& order, Qty qty) noexcept {
  count_special(order, true);
  ++sums_[row_of(order.strategy)].open_count;
  ++sums_[account_row()].open_count;
  change_both(order, [&](ExposureCell& cell) noexcept { add_working(cell, order, qty); });
}

void Exposure::reserve(const Held& order, Qty qty, const OrderGrowth& growth) noexcept {
  count_special(order, true);
  const std::size_t own_row = row_of(order.strategy);
  ++sums_[own_row].open_count;
  ++sums_[account_row()].open_count;
  grow(own_row, order, qty, growth.own);
  grow(account_row(), order, qty, growth.account);
  if (has_fault_) [[unlikely]] {
    has_fault_ = false;
    record_fault(order.symbol);
  }
}

// add_working() with what is known of its values already.
void Exposure::grow(std::size_t row, const Held& order, Qty qty, const Growth& growth) noexcept {
  ExposureCell& cell = entry(row, order.symbol);
  Qty& working = working_of(cell.held, order.side);
  std::int64_t sum = 0;
  Value open = 0;
  if (__builtin_add_overflow(working.raw(), qty.raw(), &sum) ||
      __builtin_add_overflow(cell.open_quote, value_at(order, qty), &open)) [[unlikely]] {
    change(row, order.symbol, [&](ExposureCell& one) noexcept { add_working(one, order, qty); });
    return;
  }
  working = Qty::from_raw(sum);
  ++count_of(cell.held, order.side);
  cell.unpriced_count += order.px.is_positive() ? 0U : 1U;
  cell.open_quote = open;
  const bool was_unvalued = cell.is_unvalued;
  cell.is_unvalued = is_unvalued_at(cell, marks_[order.symbol.raw()].mark);
  const auto add = [&](auto& sums) noexcept {
    sums.gross += growth.gross;
    (order.side == Side::kBuy ? sums.up : sums.down) += growth.side;
    sums.open += growth.open;
  };
  const auto add_to = [&](ScopeExposure& sums) noexcept {
    add(sums);
    sums.unvalued_count += (cell.is_unvalued ? 1U : 0U) - (was_unvalued ? 1U : 0U);
  };
  add(cell);
  add_to(sums_[row]);
  if (group_of_[row] != kNoGroup) add_to(group_sums_[group_of_[row]]);
}

void Exposure::add_working(ExposureCell& cell, const Held& order, Qty qty) noexcept {
  bool is_exact = true;
  Qty& working = working_of(cell.held, order.side);
  working = clamped(Int128{working.raw()} + qty.raw(), is_exact);
  ++count_of(cell.held, order.side);
  cell.unpriced_count += order.px.is_positive() ? 0U : 1U;
  Value open = 0;
  is_exact &= !__builtin_add_overflow(cell.open_quote, value_at(order, qty), &open);
  cell.open_quote = is_exact ? open : std::numeric_limits<Value>::max();
  if (!is_exact) has_fault_ = true;
}

// More taken than was reserved: some order's hold was wrong, and clamping may have eaten another
// order's. The fault keeps the symbol closed, so the understated sum opens nothing.
void Exposure::take_working(ExposureCell& cell, const Held& order, Qty qty) noexcept {
  Qty& working = working_of(cell.held, order.side);
  const Value value = value_at(order, qty);
  if (qty > working || value > cell.open_quote) {
    has_fault_ = true;
    working = qty > working ? Qty{} : working - qty;
    cell.open_quote = value > cell.open_quote ? 0 : cell.open_quote - value;
    return;
  }
  working -= qty;
  cell.open_quote -= value;
}

void Exposure::take_order(ExposureCell& cell, const Held& order) noexcept {
  std::uint32_t& count = count_of(cell.held, order.side);
  const bool is_unpriced = !order.px.is_positive();
  if (count == 0 || (is_unpriced && cell.unpriced_count == 0)) {
    has_fault_ = true;
  }
  if (is_unpriced && cell.unpriced_count > 0) --cell.unpriced_count;
  if (count == 0) return;
  --count;
  const bool is_account = &cell == &entry(account_row(), order.symbol);
  --sums_[is_account ? account_row() : row_of(order.strategy)].open_count;
}

void Exposure::move_position(ExposureCell& cell, Int128 change) noexcept {
  bool is_exact = true;
  cell.held.position = clamped(Int128{cell.held.position.raw()} + change, is_exact);
  if (!is_exact) has_fault_ = true;
}

void Exposure::count_special(const Held& order, bool is_added) noexcept {
  PORTCULLIS_CHECK(order.symbol.raw() < symbol_count_, "exposure of a symbol outside the table");
  Special& special = special_[order.symbol.raw()];
  const auto count = [is_added](std::uint32_t& number) noexcept {
    if (is_added) {
      ++number;
    } else if (number > 0) {
      --number;
    }
  };
  if (order.is_algo) count(special.algo);
  if (order.is_iceberg) count(special.iceberg);
}

bool Exposure::is_sane(SymbolId symbol, Qty qty) noexcept {
  if (!qty.is_negative()) return true;
  record_fault(symbol);
  return false;
}

void Exposure::record_fault(SymbolId symbol) noexcept {
  SymbolExposure& exposure = account_entry(symbol);
  if (exposure.fault_count < std::numeric_limits<std::uint32_t>::max()) ++exposure.fault_count;
  faults_.add();
}

}  // namespace portcullis::risk
