#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/hop_clock.hpp"
#include "core/kill_page.hpp"
#include "core/kill_switch.hpp"
#include "core/mutant.hpp"
#include "core/time.hpp"
#include "oms/account_reconciliation.hpp"
#include "oms/cancel_sweep.hpp"
#include "oms/kill_drill.hpp"
#include "oms/kill_report.hpp"
#include "oms/order_accounting.hpp"
#include "oms/order_changes.hpp"
#include "oms/scope_stop.hpp"
#include "oms/venue.hpp"
#include "risk/mode_board.hpp"

namespace portcullis::oms {

// Kills and the drain: cancels what is open, of the whole gateway or of a part, and asks the venue
// until nothing is. Waits for the latch file, but not for long. Trading thread only, where nothing
// else is said.
//
// A symbol's orders, the account's and the whole gateway's end by the venue's cancel-all of the
// symbol, whoever's they are; a strategy's one by one. An order whose outcome is not known is
// cancelled by its id too, again and again, with its exposure held, until its end is proven. Done
// means: a listing asked for after the last cancel shows no order of the scope, and by our own
// books none may be working. Whoever turns up afterwards is cancelled as well, until a human
// re-arms.
template <Venue V>
class StopKeeper {
 public:
  // All of them outlive it. No allocation after this.
  StopKeeper(const OmsContext& context, V& venue, OrderAccounting& accounting,
             OrderChanges<V>& changes, AccountReconciliation<V>& reconciliation)
      : settings_{context.settings},
        venue_{venue},
        accounting_{accounting},
        changes_{changes},
        reconciliation_{reconciliation},
        kill_switch_{context.kill_switch},
        modes_{context.modes},
        page_{context.kill_page},
        clock_{context.clock},
        counters_{context.counters},
        journal_{context.journal},
        sweep_{context.settings, context.instruments.size()} {
    if (modes_ == nullptr) return;
    for (std::size_t i = 1; i < modes_->scope_count(); ++i) {
      stops_.emplace_back(modes_->scope_at(i), settings_, context.instruments.size());
    }
  }

  // `may_ask`: the venue takes questions now.
  int step(const Now& now, bool may_ask) noexcept {
    if (page_ != nullptr && page_->is_kill_asked()) [[unlikely]]
      kill_switch_.kill();
    if (drill_.is_asked()) [[unlikely]]
      answer_drill();
    int sent = step_whole(now);
    if (modes_ != nullptr) sent += step_scopes(now);
    if (may_ask) sent += ask_listing(now);
    return sent;
  }

  // The whole gateway's cancels come before questions of other kinds.
  [[nodiscard]] bool is_cancelling() const noexcept { return sweep_.is_cancelling(); }

  void on_session_up(MonoTime now) noexcept {
    sweep_.on_session_up(now);
    for (ScopeStop& stop : stops_) {
      if (!stop.is_started) continue;
      stop.sweep.on_session_up(now);
      begin_look(stop, now);
    }
  }
  void on_listing_refused(MonoTime now) noexcept {
    sweep_.on_listing_refused(now);
    for (ScopeStop& stop : stops_) {
      if (stop.is_started) stop.sweep.on_listing_refused(now);
    }
  }
  // Whoever has sent it: a cancel by id of an order that a kill wants to see gone.
  void on_order_cancel_sent(const Order& order, const Now& now) noexcept {
    for (std::size_t i = 0; i < stops_.size() && active_count_ > 0; ++i) {
      ScopeStop& stop = stops_[i];
      if (!stop.is_started || !stop.scope.covers(order.strategy, order.symbol)) continue;
      stop.report.set_cancel_sent(clock_.stamp());
      stop.sweep.on_order_cancel_sent(now.mono);
    }
  }
  // True at the moment at which a kill or drain of the whole gateway has been proven.
  bool on_listing(const OpenOrdersListing::Result& result, const Now& now) noexcept {
    for (ScopeStop& stop : stops_) {
      if (!stop.is_started || stop.sweep.is_verified()) continue;
      // An order of ours that nobody knows may be anyone's.
      const std::uint32_t listed =
          count(stop.scope,
                [&](const Order& order) noexcept { return order.listing_seen == result.number; }) +
          result.orphan_count;
      stop.sweep.on_listing(result.asked, listed, working_count(stop.scope) > 0, now.mono);
      if (stop.sweep.is_verified()) stop.report.set_verified(clock_.stamp());
    }
    const bool was_verified = sweep_.is_verified();
    sweep_.on_listing(result.asked, result.own_count, accounting_.working_count() > 0, now.mono);
    if (was_verified || !sweep_.is_verified()) return false;
    report_.set_verified(clock_.stamp());
    return true;
  }

  // ---- any thread
  [[nodiscard]] KillReport report() const noexcept { return report_.read(); }
  // Of one that is not on the board: nothing.
  [[nodiscard]] KillReport report(Scope scope) const noexcept {
    if (scope == Scope::global()) return report();
    const auto index = modes_ != nullptr ? modes_->index_of(scope) : std::nullopt;
    return index ? stops_[*index - 1].report.read() : KillReport{};
  }
  [[nodiscard]] KillDrill& drill() noexcept { return drill_; }

 private:
  // ---- the whole gateway
  int step_whole(const Now& now) noexcept {
    const bool is_killed = kill_switch_.is_killed();
    const bool is_draining = kill_switch_.is_draining();
    if (!is_killed && !is_draining) [[likely]]
      return 0;
    if (is_killed && !is_kill_seen_) {
      is_kill_seen_ = true;
      kill_seen_at_ = now.mono;
      journal_.record_stop(true, Scope::global(), now);
      report_.clear();
      report_.set_seen(clock_.stamp());
    }
    if (is_draining && !is_drain_started_) {
      is_drain_started_ = true;
      journal_.record_stop(false, Scope::global(), now);
      if (!is_killed) report_.set_seen(clock_.stamp());
      sweep_.start(now.mono);
    }
    const bool may_start =
        kill_switch_.is_latched() || now.mono >= kill_seen_at_ + settings_.latch_wait;
    if (is_killed && !is_kill_started_ && may_start) {
      is_kill_started_ = true;
      sweep_.start(now.mono);
    }
    // An order in doubt has turned out to be working after all was seen to be gone.
    if (sweep_.is_verified() && accounting_.working_count() > 0) sweep_.start(now.mono);
    return send_mass_cancels(sweep_, report_, settings_.sends_per_cycle, now);
  }

  int send_mass_cancels(CancelSweep& sweep, KillReportCell& report, int sends_max,
                        const Now& now) noexcept {
    int sent = 0;
    while (sent < sends_max && venue_.may_cancel()) {
      const std::optional<SymbolId> symbol = sweep.next_cancel(now.mono);
      if (!symbol) break;
      if (sweep.is_unwritten()) journal_.record_mass_cancel(*symbol, now);
      const SendError error = venue_.send_mass_cancel(*symbol, now);
      sweep.on_cancel_tried(error, now.mono);
      if (error != SendError::kNone) break;
      report.set_cancel_sent(clock_.stamp());
      counters_.mass_cancels_sent.add();
      ++sent;
    }
    return sent;
  }

  // One question serves all that want it.
  int ask_listing(const Now& now) noexcept {
    bool is_wanted = sweep_.wants_listing(now.mono);
    for (std::size_t i = 0; i < stops_.size() && active_count_ > 0 && !is_wanted; ++i) {
      is_wanted = wants_listing(stops_[i], now.mono);
    }
    if (!is_wanted || !reconciliation_.ask_listing(now)) return 0;
    if (sweep_.wants_listing(now.mono)) sweep_.on_listing_asked(now.mono);
    for (ScopeStop& stop : stops_) {
      if (wants_listing(stop, now.mono)) stop.sweep.on_listing_asked(now.mono);
    }
    return 1;
  }
  [[nodiscard]] static bool wants_listing(const ScopeStop& stop, MonoTime now) noexcept {
    return stop.is_started && !stop.has_due && stop.sweep.wants_listing(now);
  }

  // ---- parts of it
  int step_scopes(const Now& now) noexcept {
    if (const std::uint32_t version = modes_->version(); version != version_seen_) {
      version_seen_ = version;
      take_modes(now);
    }
    int sent = 0;
    if (active_count_ == 0) [[likely]]
      return sent;
    for (ScopeStop& stop : stops_) {
      if (stop.is_active) sent += step_scope(stop, settings_.sends_per_cycle - sent, now);
    }
    return sent;
  }

  void take_modes(const Now& now) noexcept {
    for (ScopeStop& stop : stops_) {
      const risk::ModeBoard::State state = modes_->asked_of(stop.scope);
      const bool is_halted = state.mode == Mode::kHalted;
      // A kill that was re-armed and asked for again between two looks is a new one.
      if (is_halted == stop.is_active && (!is_halted || state.number == stop.number)) continue;
      if (stop.is_active) --active_count_;
      if (is_halted) ++active_count_;
      stop.is_active = is_halted;
      stop.number = state.number;
      stop.is_started = false;
      stop.has_due = false;
      stop.sweep.stop();
      stop.report.clear();
      if (!is_halted) continue;
      stop.report.set_number(state.number);
      stop.seen_at = now.mono;
      stop.report.set_seen(clock_.stamp());
      journal_.record_stop(true, stop.scope, now);
    }
  }

  int step_scope(ScopeStop& stop, int sends_max, const Now& now) noexcept {
    if (!stop.is_started) {
      const bool may_start = modes_->state_of(stop.scope).is_latched ||
                             now.mono >= stop.seen_at + settings_.latch_wait;
      if (!may_start) return 0;
      stop.is_started = true;
      stop.sweep.start(now.mono);
      begin_look(stop, now.mono);
    }
    if (now.mono >= stop.look_next) look(stop, now);
    int sent = send_mass_cancels(stop.sweep, stop.report, sends_max, now);
    if (stop.has_due) sent += send_due_cancels(stop, sends_max - sent, now);
    return sent;
  }

  void begin_look(ScopeStop& stop, MonoTime now) noexcept {
    stop.is_fresh = true;
    stop.look_next = now;
  }

  // At each of its orders: which are to be cancelled by their id, for the first time or again.
  void look(ScopeStop& stop, const Now& now) noexcept {
    const bool is_fresh = stop.is_fresh;
    stop.is_fresh = false;
    stop.look_next = now.mono + settings_.timer_interval;
    stop.has_due = false;
    const bool is_strategy = stop.scope.kind == ScopeKind::kStrategy;
    const std::uint32_t working = count(stop.scope, [&](Order& order) noexcept {
      const bool is_by_id = is_strategy || order.state == OrderState::kUnknown;
      if (!is_by_id || order.is_cancel_pending) return true;
      if (is_planted(Mutant::kHaltedNotCancelled)) return true;
      if (order.cancel_attempts >= settings_.cancel_attempts_max) {  // a kill does not give up
        order.cancel_attempts = static_cast<std::uint8_t>(settings_.cancel_attempts_max - 1);
      }
      if (is_fresh) {
        order.cancel_next = now.mono;
      } else if (!order.is_cancel_wanted) {
        order.cancel_next = now.mono + settings_.cancel_backoff(order.cancel_attempts);
      }
      order.is_cancel_wanted = true;
      stop.has_due = stop.has_due || now.mono >= order.cancel_next;
      return true;
    });
    if (stop.sweep.is_verified() && working > 0) {
      stop.sweep.start(now.mono);
      begin_look(stop, now.mono);
    }
  }

  int send_due_cancels(ScopeStop& stop, int sends_max, const Now& now) noexcept {
    stop.has_due = false;
    int sent = 0;
    if (!venue_.may_cancel()) return sent;
    (void)count(stop.scope, [&](Order& order) noexcept {
      if (!order.is_cancel_wanted || now.mono < order.cancel_next) return false;
      if (sent >= sends_max) {
        stop.has_due = true;
        return false;
      }
      (void)changes_.repeat_cancel(order, now);
      if (order.is_cancel_pending) {
        ++sent;
        on_order_cancel_sent(order, now);
      }
      return true;
    });
    return sent;
  }

  // Orders of the scope that may be at the venue and for which `is_meant` holds.
  template <class IsMeant>
  std::uint32_t count(Scope scope, IsMeant&& is_meant) noexcept {
    OrderStore& store = accounting_.store();
    std::uint32_t n = 0;
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      Order& order = store.open_at(i);
      if (is_terminal(order.state) || order.is_held) continue;
      if (scope.covers(order.strategy, order.symbol) && is_meant(order)) ++n;
    }
    return n;
  }
  [[nodiscard]] std::uint32_t working_count(Scope scope) noexcept {
    return count(scope, [](const Order&) noexcept { return true; });
  }

  void answer_drill() noexcept {
    const MonoTime seen = clock_.stamp();
    const std::uint32_t orders = working_count(Scope::global());
    drill_.answer(seen, clock_.stamp(), orders);
  }

  const OmsSettings& settings_;
  V& venue_;
  OrderAccounting& accounting_;
  OrderChanges<V>& changes_;
  AccountReconciliation<V>& reconciliation_;
  KillSwitch& kill_switch_;
  risk::ModeBoard* modes_;
  const KillPage* page_;
  const HopClock& clock_;
  OmsCounters& counters_;
  OrderJournal& journal_;

  CancelSweep sweep_;  // of the whole gateway
  MonoTime kill_seen_at_{};
  bool is_kill_seen_{false};
  bool is_kill_started_{false};
  bool is_drain_started_{false};
  std::deque<ScopeStop> stops_;  // by ModeBoard::scope_at, from the account on; never grows
  std::size_t active_count_{0};
  std::uint32_t version_seen_{0};

  // Written by the trading thread, read by the control thread.
  KillReportCell report_;
  KillDrill drill_;
};

}  // namespace portcullis::oms
