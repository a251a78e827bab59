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
#include "risk/exposure.hpp"
#include "risk/gate_counters.hpp"
#include "risk/limits.hpp"
#include "risk/mode_board.hpp"
#include "risk/throttle.hpp"
#include "risk/venue_allowance.hpp"
#include "risk/venue_rules.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The one door that a new order leaves by. Trading thread only (`denied` and `accepted` apart): no
// allocation, no lock, no system call, no clock.
//
// Cancels have no gate: lowering risk is never refused. They are counted (record_cancel).
class PreTradeGate {
 public:
  // All references outlive the gate, `limits` until the next set_limits. `instruments` is read here
  // and not again: it is frozen by now. `exposure` has a place for each instrument, or this aborts.
  PreTradeGate(const KillSwitch& kill_switch, const InstrumentTable& instruments,
               const MarketView& market, const Limits& limits, Exposure& exposure,
               const GateCounters& counters = {});

  // Start-up: from here on the session's word counts, too. It outlives the gate.
  void obey(const VenueAllowance& allowance) noexcept { allowance_ = &allowance; }
  // And so do the modes of strategies, symbols and the account.
  void obey(const ModeBoard& modes) noexcept { modes_ = &modes; }

  // What the modes say to an order, or to one that was let through and has not left
  // (`is_reserved`).
  [[nodiscard]] Verdict judge_modes(const NewOrderSingle& order, bool is_reserved) const noexcept;

  // Judges an order. Approved: its quantity is reserved and an order-rate token is gone, whatever
  // becomes of it; the caller owes Exposure::release when the order ends or was never sent.
  // Refused: nothing has changed but a counter; the reject says rule, limit, value in force and
  // what it would have become. What is approved of a market order by quote quantity has the most
  // that it can buy or sell for a quantity.
  [[nodiscard]] std::expected<Approved<NewOrderSingle>, Reject> approve(
      const NewOrderSingle& request, const Now& now) noexcept {
    return approve(request, now, Placement::kNow);
  }

  // The same for all orders of a list, or for none (order_list_gate.cpp): each takes its token and
  // its reserve. Refused: nothing has changed but a counter. What pending orders sell in another's
  // place (OPO) is given its upper bound for a quantity.
  [[nodiscard]] std::expected<Approved<NewOrderList>, Reject> approve_list(
      const NewOrderList& request, const Now& now) noexcept;

  // What the venue's filters say to an order that has been made smaller. Its limits were judged
  // when it was larger, so nothing is reserved and nothing taken. A symbol of the table.
  [[nodiscard]] Verdict judge_amended(const NewOrderSingle& amended) const noexcept;

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

  [[nodiscard]] std::expected<Approved<NewOrderSingle>, Reject> approve(
      const NewOrderSingle& request, const Now& now, Placement placement) noexcept;
  // Of orders approved at this moment that will not leave.
  void give_back(std::span<const NewOrderSingle> orders) noexcept;
  [[nodiscard]] std::unexpected<Reject> deny(const Reject& reject) noexcept;
  [[nodiscard]] Reject order_rate_reject(MonoTime now) const noexcept;

  const KillSwitch& kill_switch_;
  const MarketView& market_;
  const Limits* limits_;
  const VenueAllowance* allowance_;
  const ModeBoard* modes_{nullptr};  // of a gate that was given none, everything is RUNNING
  Exposure& exposure_;
  std::vector<VenueRules> rules_;  // by SymbolId; constant after construction
  Throttle order_rate_;
  GateCounters counters_;
};

}  // namespace portcullis::risk
