#pragma once

#include <cstdint>
#include <vector>

#include "core/instrument.hpp"
#include "core/log.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"
#include "oms/order_accounting.hpp"
#include "oms/venue.hpp"
#include "risk/exposure.hpp"

namespace portcullis::oms {

// What the account holds, and the position that follows from it: holdings of the base asset less
// the configured baseline. Two symbols with the same base asset both get it, which overstates and
// so errs on the safe side. Trading thread only.
class Holdings {
 public:
  Holdings(const OmsSettings& settings, const InstrumentTable& instruments,
           risk::Exposure& exposure, LogRing& log, OmsCounters& counters, OrderJournal& journal);

  // An account question leaves: forget the balances, remember how far the fills had come.
  void on_asked(const OrderAccounting& accounting) noexcept;
  void on_balance(const VenueBalance& balance) noexcept;
  // A deposit, withdrawal or transfer moves the position of every symbol with this base asset,
  // once: one that the account's answer already had in it, by the venue's clock, does not. A lock
  // from outside leaves it.
  void on_change(const VenueBalanceChange& change, const Now& now) noexcept;
  // The answer is complete. Positions are taken over for every symbol on which nothing of ours can
  // be moving: no open order, no fill and no transfer since the question. A symbol left out keeps
  // the position that our own fills have kept right since it was known; false while one has none.
  [[nodiscard]] bool adopt(const OrderAccounting& accounting, const Now& now) noexcept;
  // The journal knows what we held of a symbol's base asset, whatever the baseline was. Start-up
  // only.
  void adopt_recovered(SymbolId symbol, Qty held) noexcept;

 private:
  [[nodiscard]] Qty baseline_of(SymbolId symbol) const noexcept;
  void adopt_one(SymbolId symbol, const Now& now) noexcept;

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  risk::Exposure& exposure_;
  LogRing& log_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  std::vector<std::uint8_t> has_shared_base_;  // by SymbolId: its base is another's base too
  std::vector<Qty> held_;                      // by AssetId
  std::vector<std::uint64_t> fill_counts_;     // by SymbolId, when the account was asked for
  std::vector<WallTime> adopted_;              // by SymbolId: how new the answer taken over was
  std::vector<std::uint8_t> has_changed_;      // by AssetId: moved since the account was asked for
  WallTime answer_updated_{};
  std::vector<std::uint8_t> is_known_;  // by SymbolId: there is a position to go on from
};

}  // namespace portcullis::oms
