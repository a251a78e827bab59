#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/counters.hpp"
#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "risk/symbol_exposure.hpp"

namespace portcullis::risk {

// Position and worst case of the working orders, by symbol. Trading thread only; no allocation
// after construction.
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
// A symbol outside the table is a bug of the caller and aborts.
class Exposure {
 public:
  explicit Exposure(std::size_t symbol_count, Counter faults = {})
      : symbols_(symbol_count),
        faults_{faults} {}

  [[nodiscard]] std::size_t size() const noexcept { return symbols_.size(); }
  [[nodiscard]] const SymbolExposure& at(SymbolId symbol) const noexcept {
    return symbols_[symbol.raw()];
  }
  [[nodiscard]] bool is_trusted(SymbolId symbol) const noexcept {
    return at(symbol).fault_count == 0;
  }

  // The venue's statement of what we hold, less the baseline. Working orders stay as they are.
  void set_position(SymbolId symbol, Qty position) noexcept;

  // A fill of an order that is still working: its quantity moves from working to position.
  void on_fill(SymbolId symbol, Side side, Qty qty) noexcept;
  // A fill of an order that was released already: only the position moves.
  void on_late_fill(SymbolId symbol, Side side, Qty qty) noexcept;
  // A fee taken in the base asset lowers the holding; a rebate (negative) raises it.
  void on_fee_in_base(SymbolId symbol, Qty fee) noexcept;

  // The end of an order, exactly once for each: `leaves` is what was not filled, zero after a
  // complete fill.
  void release(SymbolId symbol, Side side, Qty leaves) noexcept;
  // An order that goes on has become smaller: `qty` of it cannot be filled any more.
  void lower(SymbolId symbol, Side side, Qty qty) noexcept;
  // An order that works at the venue without having passed this process's gate (an orphan of an
  // earlier run). It ends with release() like any other.
  void adopt(SymbolId symbol, Side side, Qty leaves) noexcept;

  // Replaces all figures of a symbol after reconciliation; `truth.fault_count` is ignored and the
  // symbol is trusted again.
  void restate(SymbolId symbol, const SymbolExposure& truth) noexcept;

 private:
  friend class PreTradeGate;  // reserves what it approves, and nobody else does
  void reserve(SymbolId symbol, Side side, Qty qty) noexcept;

  [[nodiscard]] SymbolExposure& entry(SymbolId symbol) noexcept;
  void add_working(SymbolExposure& exposure, Side side, Qty qty) noexcept;
  void take_working(SymbolExposure& exposure, Side side, Qty qty) noexcept;
  void move_position(SymbolExposure& exposure, Side side, Qty qty) noexcept;
  [[nodiscard]] bool is_sane(SymbolExposure& exposure, Qty qty) noexcept;
  void record_fault(SymbolExposure& exposure) noexcept;

  std::vector<SymbolExposure> symbols_;  // size constant after construction
  Counter faults_;
};

}  // namespace portcullis::risk
