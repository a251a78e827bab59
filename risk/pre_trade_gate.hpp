#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "core/reject_reason.hpp"
#include "core/time.hpp"
#include "risk/approved.hpp"
#include "risk/breakers/breaker_stops.hpp"
#include "risk/duplicate_filter.hpp"
#include "risk/exposure.hpp"
#include "risk/gate_counters.hpp"
#include "risk/limits.hpp"
#include "risk/message_rate.hpp"
#include "risk/mode_board.hpp"
#include "risk/valuation.hpp"
#include "risk/venue_allowance.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The one door that a new order leaves by. Trading thread only (`denied` and `accepted` apart): no
// allocation, no lock, no system call, no clock. What each check means: risk/check_table.hpp.
//
// Cancels have no gate: lowering risk is never refused. They are counted (record_cancel).
class PreTradeGate {
 public:
  // All references outlive the gate, `limits` until the next set_limits. `instruments` is read here
  // and not again: it is frozen by now. `exposure` has a place for each instrument and for each
  // strategy of `limits`, or this aborts.
  PreTradeGate(const KillSwitch& kill_switch, const InstrumentTable& instruments,
               const MarketView& market, const Limits& limits, Exposure& exposure,
               const GateCounters& counters = {});

  // Start-up: from here on the session's word counts, too. It outlives the gate.
  void obey(const VenueAllowance& allowance) noexcept { allowance_ = &allowance; }
  // And so do the modes of strategies, symbols and the account.
  void obey(const ModeBoard& modes) noexcept { modes_ = &modes; }
  // And what the breakers refuse for a while.
  void obey(const BreakerStops& stops) noexcept { stops_ = &stops; }

  // What the modes say to an order, or to one that was let through and has not left
  // (`is_reserved`).
  [[nodiscard]] Verdict judge_modes(const NewOrderSingle& order, bool is_reserved) const noexcept;

  // Judges an order. Approved: its quantity is reserved and an order-rate token is gone, whatever
  // becomes of it; the caller owes Exposure::release when the order ends or was never sent, of
  // held_of what was approved. Refused: nothing has changed but a counter; the reject says rule,
  // scope, limit, value in force and what it would have become. What is approved of a market order
  // by quote quantity has the most that it can buy or sell for a quantity.
  [[nodiscard]] std::expected<Approved<NewOrderSingle>, Reject> approve(
      const NewOrderSingle& request, const Now& now) noexcept {
    return approve(request, now, Placement::kNow);
  }

  // The same for all orders of a list, or for none (order_list_gate.cpp): each takes its token and
  // its reserve. Refused: nothing has changed but a counter. What pending orders sell in another's
  // place (OPO) is given its upper bound for a quantity.
  [[nodiscard]] std::expected<Approved<NewOrderList>, Reject> approve_list(
      const NewOrderList& request, const Now& now) noexcept;

  // Judges an order that is to become smaller: `amended` is what it would be, `held` what it holds
  // and `amend_count` how often it has been amended. It is judged like a new one of its new size as
  // far as size, value and venue go; nothing is reserved, for it holds more already. When approved
  // an amend-rate token is gone. A symbol of the table.
  [[nodiscard]] Verdict approve_amended(const NewOrderSingle& amended, std::uint32_t amend_count,
                                        const Now& now) noexcept;

  // Prices for the exposure and the day's end: at each turn of the duty cycle. Returns what was
  // done.
  int do_work(const Now& now) noexcept;

  // From here on the other limits hold, whole. Tokens that were taken stay taken.
  void set_limits(const Limits& limits) noexcept;

  // A cancel passed by.
  void record_cancel() noexcept { counters_.cancels.add(); }
  // An order refused by another stage for a reason of this list (no room, no session): one set of
  // counters shows every denial.
  void record_denial(RejectReason reason) noexcept;

  // Any thread.
  [[nodiscard]] std::int64_t denied(RejectReason reason) const noexcept;
  [[nodiscard]] std::int64_t accepted() const noexcept { return counters_.accepted.get(); }
  [[nodiscard]] std::int64_t cancels() const noexcept { return counters_.cancels.get(); }

 private:
  // When the venue puts the order on its book. Where it does later, what it would refuse for the
  // market of today is not a reason.
  enum class Placement : std::uint8_t { kNow, kLater };

  // An order with everything that it is compared with.
  struct Subject {
    const NewOrderSingle& order;
    const MarketSnapshot& market;
    const Now& now;
    const VenueRules& rules;
    const SymbolLimits& symbol;
    const StrategyLimits& strategy;
    const PairLimits& pair;
    Placement placement;
    Price px;     // the price to judge by
    Value value;  // at that price, in the reference currency
    Exposure::OrderGrowth growth;
  };

  // The parts of approve() that look at one family at every scope, in the order of the scopes.
  [[nodiscard]] Verdict check_sizes(const Subject& subject) const noexcept;
  [[nodiscard]] Verdict check_value(Value value, const SymbolLimits& symbol,
                                    const StrategyLimits& strategy) const noexcept;
  [[nodiscard]] Verdict check_references(const Subject& subject) const noexcept;
  [[nodiscard]] Verdict check_positions(const Subject& subject) const noexcept;
  [[nodiscard]] Verdict check_open(const Subject& subject) const noexcept;
  [[nodiscard]] Verdict check_exposures(const Subject& subject) const noexcept;
  [[nodiscard]] Verdict check_day(const Subject& subject) const noexcept;

  void prefetch(const NewOrderSingle& request, std::uint64_t name) const noexcept;
  // What the order is worth, and what it would make of the exposure.
  struct Worth {
    Value value;
    Exposure::OrderGrowth growth;
  };
  [[nodiscard]] Worth worth_of(const NewOrderSingle& order, Price px, const MarketSnapshot& market,
                               const Now& now) noexcept;
  [[nodiscard]] std::expected<Approved<NewOrderSingle>, Reject> approve(
      const NewOrderSingle& request, const Now& now, Placement placement) noexcept;
  // Of orders approved at this moment that will not leave.
  void give_back(std::span<const NewOrderSingle> orders) noexcept;
  [[nodiscard]] std::unexpected<Reject> deny(const Reject& reject) noexcept;

  const KillSwitch& kill_switch_;
  const MarketView& market_;
  const Limits* limits_;
  const VenueAllowance* allowance_;
  const BreakerStops* stops_{nullptr};
  const ModeBoard* modes_{nullptr};  // of a gate that was given none, everything is RUNNING
  Exposure& exposure_;
  std::vector<VenueRules> rules_;  // by SymbolId; constant after construction
  Valuation valuation_;
  DuplicateFilter duplicates_;
  MessageRates order_rate_;
  MessageRates amend_rate_;
  GateCounters counters_;
  bool is_exposure_limited_{false};  // any gross or net limit is set
};

}  // namespace portcullis::risk
