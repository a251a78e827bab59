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
           risk::Exposure& exposure, LogRing& log, OmsCounters& counters, OrderJournal& journal,
           Breakers* breakers = nullptr);

  // An account question leaves: forget the balances, remember how far the fills had come.
  void on_asked(const OrderAccounting& accounting, MonoTime now) noexcept;
  // An answer that says nothing: a refusal, or one that is passed over. And none will come any
  // more.
  void on_unused() noexcept;
  void on_disconnected() noexcept { asked_.clear(); }
  void on_balance(const VenueBalance& balance) noexcept;
  // A deposit, withdrawal or transfer moves the position of every symbol with this base asset,
  // once: one that the account's answer already had in it, by the venue's clock, does not. A lock
  // from outside leaves it.
  void on_change(const VenueBalanceChange& change, const Now& now) noexcept;
  // The answer is complete. Positions are taken over for every symbol on which nothing of ours can
  // be moving: no open order, no fill and no transfer since the question. Nothing says which
  // question it answers: it is taken for the oldest that may still be answered. A symbol left out
  // keeps the position that our own fills have kept right since it was known; false while one has
  // none.
  [[nodiscard]] bool adopt(const OrderAccounting& accounting, const Now& now) noexcept;
  // The journal knows what we held of a symbol's base asset, whatever the baseline was. Start-up
  // only.
  void adopt_recovered(SymbolId symbol, Qty held) noexcept;

 private:
  // How far everything had come when the account was asked for.
  struct Question {
    MonoTime asked{};
    std::vector<std::uint64_t> fill_counts;    // by SymbolId
    std::vector<std::uint64_t> change_counts;  // by AssetId
  };
  // Those without an answer, the oldest first; memory is taken at construction. One more than it
  // holds is not kept: its answer is judged by an older one, or not believed.
  class Questions {
   public:
    Questions(std::size_t symbols, std::size_t assets);
    void clear() noexcept { count_ = 0; }
    [[nodiscard]] Question* add() noexcept;
    void drop_newest() noexcept { count_ -= count_ > 0 ? 1 : 0; }
    void drop_asked_before(MonoTime moment) noexcept;
    [[nodiscard]] const Question* oldest() const noexcept {
      return count_ > 0 ? &questions_[first_] : nullptr;
    }

   private:
    static constexpr std::size_t kMax = 8;
    std::vector<Question> questions_;  // a ring
    std::size_t first_{0};
    std::size_t count_{0};
  };

  // After this long a question has no answer any more.
  [[nodiscard]] Nanos answer_max() const noexcept {
    return settings_.venue_processing_max + settings_.absence_margin;
  }
  [[nodiscard]] Qty baseline_of(SymbolId symbol) const noexcept;
  void adopt_one(SymbolId symbol, const Now& now) noexcept;

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  risk::Exposure& exposure_;
  LogRing& log_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  Breakers* breakers_;
  std::vector<std::uint8_t> has_shared_base_;  // by SymbolId: its base is another's base too
  std::vector<Qty> held_;                      // by AssetId
  std::vector<WallTime> adopted_;              // by SymbolId: how new the answer taken over was
  std::vector<std::uint64_t> change_counts_;   // by AssetId: deposits, withdrawals and transfers
  Questions asked_;
  WallTime answer_updated_{};
  std::vector<std::uint8_t> is_known_;  // by SymbolId: there is a position to go on from
};

}  // namespace portcullis::oms
