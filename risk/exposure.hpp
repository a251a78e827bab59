#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/counters.hpp"
#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "risk/scope_exposure.hpp"
#include "risk/symbol_exposure.hpp"

namespace portcullis::risk {

// What was traded on a symbol since midnight UTC.
struct DayTraded {
  Qty qty{};
  Value value{0};           // reference currency
  bool is_unvalued{false};  // something was traded that could not be converted: the sums lack it
};

// Position and worst case of the working orders, by symbol and by strategy, and their sums by
// strategy, group and account: each move of an order changes the sums of its own scopes by its own
// part. Trading thread only; no allocation after construction, and the same work however many
// orders are open.
//
// An order counts from the moment the gate lets it through (reserve, by the gate) until its end is
// proven (release, by the order accounting): never from the venue's acknowledgement. In between
// fills move quantity from working to position.
//
// Books that do not add up (more filled or released than was reserved, a negative quantity, a sum
// out of range) mean that what is really working is not known. Then the number is clamped instead
// of wrapped, the fault is counted, and the gate refuses the symbol until restate() gives it true
// figures. Positions follow the venue's fills even then, for a fill is a fact.
//
// Values are of the marks that set_mark has given; a cell is valued anew whenever something of it
// changes. Strategies beyond `strategy_count`, and orders of none, share one row.
//
// A symbol outside the table is a bug of the caller and aborts.
class Exposure {
 public:
  explicit Exposure(std::size_t symbol_count, Counter faults = {},
                    std::size_t strategy_count = kStrategyMax);

  [[nodiscard]] std::size_t size() const noexcept { return symbol_count_; }
  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }
  [[nodiscard]] const SymbolExposure& at(SymbolId symbol) const noexcept {
    return cell(symbol).held;
  }
  // All that the account has on the symbol; what the strategy has.
  [[nodiscard]] const ExposureCell& cell(SymbolId symbol) const noexcept {
    return cells_[cell_index(account_row(), symbol)];
  }
  [[nodiscard]] const ExposureCell& cell(StrategyId strategy, SymbolId symbol) const noexcept {
    return cells_[cell_index(row_of(strategy), symbol)];
  }
  [[nodiscard]] const ScopeExposure& account() const noexcept { return sums_[account_row()]; }
  [[nodiscard]] const ScopeExposure& of(StrategyId strategy) const noexcept {
    return sums_[row_of(strategy)];
  }
  // Something was traded today that could not be converted.
  [[nodiscard]] bool is_day_unvalued() const noexcept { return is_day_unvalued_; }
  // Zero for kNoGroup and groups that do not exist.
  [[nodiscard]] const ScopeExposure& group(std::uint16_t group) const noexcept {
    return group < group_sums_.size() ? group_sums_[group] : kNothing;
  }
  [[nodiscard]] const DayTraded& traded(SymbolId symbol) const noexcept {
    return traded_[symbol.raw()];
  }
  [[nodiscard]] std::uint32_t open_algo_count(SymbolId symbol) const noexcept {
    return special_[symbol.raw()].algo;
  }
  [[nodiscard]] std::uint32_t open_iceberg_count(SymbolId symbol) const noexcept {
    return special_[symbol.raw()].iceberg;
  }
  [[nodiscard]] const Mark& mark(SymbolId symbol) const noexcept {
    return marks_[symbol.raw()].mark;
  }
  [[nodiscard]] bool is_trusted(SymbolId symbol) const noexcept {
    return at(symbol).fault_count == 0;
  }

  // The venue's statement of what we hold, less the baseline. Working orders stay as they are.
  void set_position(SymbolId symbol, Qty position) noexcept;
  // What a strategy of ours holds by its own fills of an earlier run, on top of what it has.
  void adopt_position(StrategyId strategy, SymbolId symbol, Qty position) noexcept;

  // A fill at `px` of an order that is still working: its quantity moves from working to position.
  void on_fill(const Held& order, Qty qty, Price px) noexcept;
  // A fill of an order that was released already: only the position moves.
  void on_late_fill(const Held& order, Qty qty, Price px) noexcept;
  // A fee taken in the base asset lowers the holding; a rebate (negative) raises it.
  void on_fee_in_base(SymbolId symbol, StrategyId strategy, Qty fee) noexcept;

  // The end of an order, exactly once for each: `leaves` is what was not filled, zero after a
  // complete fill.
  void release(const Held& order, Qty leaves) noexcept;
  // An order that goes on has become smaller: `qty` of it cannot be filled any more.
  void lower(const Held& order, Qty qty) noexcept;
  // An order that works at the venue without having passed this process's gate (an orphan of an
  // earlier run). It ends with release() like any other.
  void adopt(const Held& order, Qty leaves) noexcept;

  // Replaces all figures of a symbol after reconciliation; `truth.fault_count` is ignored and the
  // symbol is trusted again. What the strategies had of it is forgotten, and what works in `truth`
  // counts by quantity alone.
  void restate(SymbolId symbol, const SymbolExposure& truth) noexcept;

  // Asks for what an order of theirs will touch. Both known to the tables.
  void prefetch(StrategyId strategy, SymbolId symbol) const noexcept {
    const ExposureCell& own = cell(strategy, symbol);
    const ExposureCell& account = cell(symbol);
    __builtin_prefetch(&own, 1);
    __builtin_prefetch(&own.up, 1);
    __builtin_prefetch(&account, 1);
    __builtin_prefetch(&account.up, 1);
    __builtin_prefetch(&marks_[symbol.raw()]);
    __builtin_prefetch(&traded_[symbol.raw()]);
    __builtin_prefetch(&special_[symbol.raw()]);
  }

  // ---- values
  // The price and the rate of a symbol from now on, for the account and for `strategy`; the other
  // strategies follow with their next order, or the next revalue(). Nothing to do while the mark
  // stands.
  void set_mark(SymbolId symbol, StrategyId strategy, const Mark& mark) noexcept {
    if (marks_[symbol.raw()].mark != mark) move_mark(symbol, mark);
    keep_valued(row_of(strategy), symbol);
    keep_valued(account_row(), symbol);
  }
  // Everyone's part of the symbol; as many steps as there are strategies.
  void revalue(SymbolId symbol, const Mark& mark) noexcept;
  // Which group each strategy is in, by StrategyId; `count` groups, at most kGroupMax. The sums
  // are made anew: with a change of limits, not with an order.
  void set_groups(std::span<const std::uint16_t> group_of_strategy, std::size_t count) noexcept;

  // ---- the day
  // Today by `now`: what was traded is forgotten at midnight UTC. Cheap while it is the same day.
  void roll_day(WallTime now) noexcept;
  // What an earlier run has traded on this same day; kNoStrategy: by nobody of ours. Adds to what
  // is there.
  void restore_traded(StrategyId strategy, SymbolId symbol, const DayTraded& traded) noexcept;

 private:
  friend class PreTradeGate;  // reserves what it approves, and nobody else does
  // What it makes of the strategy's cell and of the account's: growth_of() of each, at the mark
  // that both are valued at.
  struct OrderGrowth {
    Growth own{};
    Growth account{};
  };
  void reserve(const Held& order, Qty qty, const OrderGrowth& growth) noexcept;

  struct Special {
    std::uint32_t algo{0};
    std::uint32_t iceberg{0};
  };
  // The mark of a symbol, and its number among all that the symbol has had: a cell of an older one
  // is valued anew before it is looked at.
  struct NumberedMark {
    Mark mark{};
    std::uint16_t number{0};
  };
  static constexpr ScopeExposure kNothing{};

  [[nodiscard]] std::size_t account_row() const noexcept { return strategy_count_ + 1; }
  [[nodiscard]] std::size_t row_of(StrategyId strategy) const noexcept {
    return strategy.raw() < strategy_count_ ? strategy.raw() : strategy_count_;
  }
  [[nodiscard]] std::size_t cell_index(std::size_t row, SymbolId symbol) const noexcept {
    return symbol.raw() * (strategy_count_ + 2) + row;
  }
  [[nodiscard]] ExposureCell& entry(std::size_t row, SymbolId symbol) noexcept;
  [[nodiscard]] SymbolExposure& account_entry(SymbolId symbol) noexcept {
    return entry(account_row(), symbol).held;
  }

  // A change of a cell between taking its old part out of the sums and putting its new one in.
  template <class Change>
  void change(std::size_t row, SymbolId symbol, Change&& apply) noexcept;
  template <class Change>
  void change_both(const Held& order, Change&& apply) noexcept;
  void add_order(const Held& order, Qty qty) noexcept;
  void grow(std::size_t row, const Held& order, Qty qty, const Growth& growth) noexcept;
  void move_mark(SymbolId symbol, const Mark& mark) noexcept;
  void value_anew(std::size_t row, SymbolId symbol) noexcept;
  void keep_valued(std::size_t row, SymbolId symbol) noexcept {
    if (cells_[cell_index(row, symbol)].mark_number != marks_[symbol.raw()].number) {
      value_anew(row, symbol);
    }
  }
  void add_working(ExposureCell& cell, const Held& order, Qty qty) noexcept;
  void take_working(ExposureCell& cell, const Held& order, Qty qty) noexcept;
  void take_order(ExposureCell& cell, const Held& order) noexcept;
  void move_position(ExposureCell& cell, Int128 change) noexcept;
  void count_special(const Held& order, bool is_added) noexcept;
  void count_traded(const Held& order, Qty qty, Price px) noexcept;
  [[nodiscard]] bool is_sane(SymbolId symbol, Qty qty) noexcept;
  void record_fault(SymbolId symbol) noexcept;

  std::size_t symbol_count_;
  std::size_t strategy_count_;
  std::vector<ExposureCell> cells_;        // symbol by symbol: strategies, the others, the account
  std::vector<ScopeExposure> sums_;        // by row
  std::vector<ScopeExposure> group_sums_;  // by group; capacity kGroupMax from the start
  std::vector<std::uint16_t> group_of_;    // by row
  std::vector<NumberedMark> marks_;        // by SymbolId
  std::vector<DayTraded> traded_;          // by SymbolId
  std::vector<Special> special_;           // by SymbolId
  WallTime day_end_{};
  bool is_day_unvalued_{false};
  bool has_fault_{false};  // the change under way did not add up, in whichever row
  Counter faults_;
};

}  // namespace portcullis::risk
