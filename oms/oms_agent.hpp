#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/agent.hpp"
#include "core/check.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/kill_switch.hpp"
#include "core/messages.hpp"
#include "core/mutant.hpp"
#include "oms/account_reconciliation.hpp"
#include "oms/breakers/breakers.hpp"
#include "oms/held_orders.hpp"
#include "oms/id_source.hpp"
#include "oms/journal_watch.hpp"
#include "oms/kill_drill.hpp"
#include "oms/kill_report.hpp"
#include "oms/order_accounting.hpp"
#include "oms/order_changes.hpp"
#include "oms/order_lists.hpp"
#include "oms/parked_events.hpp"
#include "oms/stall_watch.hpp"
#include "oms/stop_keeper.hpp"
#include "oms/strategy_sessions.hpp"
#include "oms/venue.hpp"
#include "risk/checks/trading_state.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::oms {

// The stage between the strategies and a venue: takes their commands, asks the gate, sends, keeps
// the orders by what the venue says, and asks the venue about whatever is in doubt. Trading thread
// only, where nothing else is said.
//
// Nothing is ever sent a second time but a cancel: an order whose fate is not known is asked about,
// with its exposure held, until the venue has told it or its absence is proven.
template <Venue V, IdSource Ids>
class OmsAgent {
 public:
  static constexpr const char* kRoleName = "oms";

  // All of them outlive the agent. No allocation after this.
  OmsAgent(const OmsContext& context, risk::PreTradeGate& gate, V& venue, Ids& ids)
      : settings_{context.settings},
        gate_{gate},
        venue_{venue},
        ids_{ids},
        exposure_{context.exposure},
        kill_switch_{context.kill_switch},
        log_{context.log},
        hops_{context.hops},
        clock_{context.clock},
        counters_{context.counters},
        journal_{context.journal},
        breakers_{context.breakers},
        journal_watch_{context.journal, context.log, context.counters},
        ports_(context.ports.begin(), context.ports.end()),
        accounting_{context},
        changes_{context, gate, venue, accounting_},
        lists_{context, gate, venue, ids, accounting_},
        reconciliation_{context, venue, accounting_},
        stops_{context, venue, accounting_, changes_, reconciliation_},
        held_{context.settings.held_max},
        parked_{context.journal, context.log, context.counters},
        sessions_{context.settings.strategy_sessions, context.ports, context.log, context.counters},
        stall_watch_{context.settings, context.log, context.counters} {}

  int do_work(const Now& now) noexcept {
    if (stall_watch_.look(now.mono)) {
      kill_switch_.set_ready(false);
      reconciliation_.restart_if_up(now.mono);
    }
    int work = accounting_.flush_reports();
    journal_watch_.do_work(now);
    if (breakers_ != nullptr) {
      breakers_->step(accounting_.positions(), accounting_.count_in(OrderState::kUnknown), now);
    }
    work += release_held(now);
    work += lists_.release_held(now);
    for (std::size_t i = 0; i < ports_.size(); ++i) work += take_commands(i, now);
    work += changes_.step(now);
    work += stops_.step(now, venue_.may_ask() && now.mono >= paused_until_);
    work += step_reconcile(now);
    work += walk(now);
    work += gate_.do_work(now);
    if (now.mono >= summary_next_) publish_summary(now);
    return work;
  }

  // ---- any thread
  [[nodiscard]] const OmsView& view() const noexcept { return accounting_.view(); }
  void readmit(StrategyId strategy) noexcept { sessions_.readmit(strategy); }
  // Of the whole gateway's kill or drain, and of a part's.
  [[nodiscard]] KillReport kill_report() const noexcept { return stops_.report(); }
  [[nodiscard]] KillReport kill_report(Scope scope) const noexcept { return stops_.report(scope); }
  [[nodiscard]] KillDrill& drill() noexcept { return stops_.drill(); }
  // Drain asked for, everything cancelled, and seen to be gone.
  [[nodiscard]] bool is_drained() const noexcept {
    return is_drained_.load(std::memory_order_acquire);
  }

  // ---- what the venue session calls (VenueListener)
  void on_venue_report(const VenueReport& report, const Now& now) noexcept {
    if (reconciliation_.take_trade(report, now)) return;
    const bool is_orphan = accounting_.on_report(report, now);
    reconciliation_.on_told(report, is_orphan, now);
    if (report.order_id == OrderId{}) return on_external(report, now);
    if (!is_orphan) return;
    journal_.record_cancel(report.order_id, now);
    if (venue_.send_cancel(report.order_id, report.symbol, report.venue_order_id, now) ==
        SendError::kNone) {
      counters_.orphans_cancelled.add();
    }
  }

  void on_request_failure(const RequestFailure& failure, const Now& now) noexcept {
    note_failure_class(failure, now);
    switch (failure.kind) {
      case RequestKind::kNewOrder:
      case RequestKind::kCancel:
      case RequestKind::kAmend:
      case RequestKind::kReplaceCancel:
      case RequestKind::kQuery:
        if (Order* order = accounting_.store().find(failure.order_id); order != nullptr) {
          on_order_failure(*order, failure, now);
        }
        return;
      case RequestKind::kOpenOrders:
        stops_.on_listing_refused(now.mono);
        return reconciliation_.on_listing_failure(now.mono);
      case RequestKind::kAccount: return reconciliation_.on_account_failure(now.mono);
      case RequestKind::kTradesSince:
      case RequestKind::kOrderLookup: return reconciliation_.on_trades_failure(failure, now);
      case RequestKind::kNewList: return lists_.on_failure(failure, now);
      case RequestKind::kMassCancel:  // "no such order" is success; the listing tells in any case
      case RequestKind::kListCancel:  // its orders are cancelled one by one
      case RequestKind::kTrades:      // asked again by its own schedule
        return;
    }
  }

  void on_balance(const VenueBalance& balance, const Now&) noexcept {
    reconciliation_.holdings().on_balance(balance);
  }

  void on_balance_change(const VenueBalanceChange& change, const Now& now) noexcept {
    reconciliation_.holdings().on_change(change, now);
  }

  void on_parked(const ParkedEvent& event, const Now& now) noexcept {
    parked_.on_event(event, now);
  }

  void on_listing_complete(RequestKind kind, SymbolId, OrderId, const Now& now) noexcept {
    if (kind == RequestKind::kOpenOrders) on_open_orders_known(now);
    if (kind == RequestKind::kAccount) reconciliation_.on_account_known(now);
  }

  void on_trades_page(const TradesPage& page, const Now& now) noexcept {
    reconciliation_.on_trades_page(page, now);
  }

  void on_list_status(const VenueListStatus& status, const Now& now) noexcept {
    lists_.on_status(status, now);
  }

  void on_session_state(VenueSessionState state, const Now& now) noexcept {
    if (state == VenueSessionState::kUp) {
      if (is_planted(Mutant::kStreamGapIgnored)) return kill_switch_.set_ready(true);
      reconciliation_.restart(now.mono);
      stops_.on_session_up(now.mono);
      return;
    }
    kill_switch_.set_ready(false);
    reconciliation_.on_down();
    if (state != VenueSessionState::kDown) return;
    reconciliation_.on_disconnected();
    doubt_all_in_flight(now);
  }

  // Something of ours may be working at the venue.
  [[nodiscard]] bool may_have_orders() noexcept { return accounting_.store().open_count() > 0; }

  // ---- for tests and the wiring's last words
  [[nodiscard]] OrderAccounting& accounting() noexcept { return accounting_; }
  [[nodiscard]] const ParkedEvents& parked() const noexcept { return parked_; }
  // For what an earlier run has left (order_recovery.hpp).
  [[nodiscard]] Holdings& holdings() noexcept { return reconciliation_.holdings(); }

 private:
  // ---- commands
  // ----------------------------------------------------------------------------------
  int take_commands(std::size_t port, const Now& now) noexcept {
    const StrategyId strategy{static_cast<std::uint16_t>(port)};
    return ports_[port].commands->drain(
        [this, strategy, &now](const OrderCommand& command) noexcept {
          sessions_.on_command(strategy);
          take(command, strategy, now);
        },
        settings_.commands_per_cycle);
  }

  // What is a message to the venue without being an order, which counts when it has left.
  [[nodiscard]] static bool is_change(OrderCommandKind kind) noexcept {
    return kind == OrderCommandKind::kCancel || kind == OrderCommandKind::kMassCancel ||
           kind == OrderCommandKind::kAmend || kind == OrderCommandKind::kListCancel;
  }

  void take(const OrderCommand& command, StrategyId strategy, const Now& now) noexcept {
    const auto of_its_own = [strategy](auto request) noexcept {
      request.strategy = strategy;
      return request;
    };
    if (breakers_ != nullptr && is_change(command.kind)) breakers_->on_message(strategy, now);
    switch (command.kind) {
      case OrderCommandKind::kNew: return place(of_its_own(command.order), {}, now);
      case OrderCommandKind::kCancel: return changes_.cancel(of_its_own(command.cancel), now);
      case OrderCommandKind::kMassCancel:
        return changes_.cancel_all(of_its_own(command.mass_cancel), now);
      case OrderCommandKind::kAmend: return changes_.amend(of_its_own(command.amend), now);
      case OrderCommandKind::kGoodbye: return sessions_.on_goodbye(strategy, now.mono);
      case OrderCommandKind::kListLeg:
        if (sessions_.is_present(strategy)) return lists_.take(command.list_leg, strategy, now);
        return deny(of_its_own(command.list_leg.order), {.reason = RejectReason::kStrategyGone},
                    now);
      case OrderCommandKind::kListCancel: return lists_.cancel(of_its_own(command.cancel), now);
      case OrderCommandKind::kReplace: break;
    }
    const NewOrderSingle request = of_its_own(command.replace.order);
    const OldOrder old{.id = command.replace.old_order_id, .mode = command.replace.mode};
    if (const auto no = changes_.check_replace(old.id, request)) return deny(request, *no, now);
    place(request, old, now);
  }

  // `old`: what it replaces, if it does.
  void place(const NewOrderSingle& request, const OldOrder& old, const Now& now) noexcept {
    if (!sessions_.is_present(request.strategy)) [[unlikely]] {
      return deny(request, {.reason = RejectReason::kStrategyGone}, now);
    }
    const MonoTime taken = clock_.stamp();
    if (request.trace.last != MonoTime{}) hops_.record(Hop::kRingToRisk, request.trace.last, taken);
    auto approved = gate_.approve(request, now);
    const MonoTime judged = hops_.record(Hop::kRiskCheck, taken, clock_.stamp());
    if (!approved) return accounting_.report_denied(request, approved.error(), now);
    Order* order = admit(approved->get(), now);
    if (order == nullptr) return;
    if (old.id != OrderId{} && !accounting_.begin_replace(*order, old, now)) {
      return take_back(*order, request, RejectReason::kJournal, now);
    }
    const HeldOrders::Way way{.position = journal_.position(), .taken = taken, .judged = judged};
    if (held_.is_empty() && journal_.is_written_down(way.position)) [[likely]] {
      return send(*approved, *order, way, now);
    }
    if (held_.is_full()) return take_back(*order, request, RejectReason::kJournal, now);
    accounting_.on_held(*order, now);
    held_.push({std::move(*approved), order->id, way});
  }

  void send(const risk::Approved<NewOrderSingle>& approved, Order& order,
            const HeldOrders::Way& way, const Now& now) noexcept {
    const MonoTime stored = hops_.record(Hop::kRiskToJournal, way.judged, clock_.stamp());
    if (const risk::Verdict no = refusal_now(approved.get())) [[unlikely]]
      return take_back(order, approved.get(), *no, now);
    const bool is_replace = order.replaces != OrderId{};
    switch (is_replace ? changes_.send_replace(approved, order, now)
                       : venue_.send_new(approved, order.id, now)) {
      case SendError::kNone: return on_left(order, way.taken, stored, now);
      case SendError::kPartialWrite:
        accounting_.on_sent(order, now.mono, now);
        return accounting_.on_doubt(order, now);
      case SendError::kNotConnected:
      case SendError::kSendBufferFull:
        return take_back(order, approved.get(), RejectReason::kVenueDisconnected, now);
      case SendError::kHeld:
        return take_back(order, approved.get(), RejectReason::kVenueBudget, now);
    }
  }

  // It has not left, and will not.
  void take_back(Order& order, const NewOrderSingle& request, const Reject& reject,
                 const Now& now) noexcept {
    accounting_.undo(order, now);
    deny(request, reject, now);
  }
  void take_back(Order& order, const NewOrderSingle& request, RejectReason reason,
                 const Now& now) noexcept {
    take_back(order, request, Reject{.reason = reason}, now);
  }

  // Whether something has been stopped since the order was let through.
  [[nodiscard]] risk::Verdict refusal_now(const NewOrderSingle& request) const noexcept {
    if (const risk::Verdict no = risk::check_trading_state(kill_switch_)) return no;
    return gate_.judge_modes(request, true);
  }

  // Orders whose records have reached the disk leave now, unless the world has changed meanwhile:
  // killed, not ready any more, or cancelled by their strategy. All are given up when the disk is.
  int release_held(const Now& now) noexcept {
    return release_ready(held_, journal_, kill_switch_, settings_.sends_per_cycle, now,
                         [&](const HeldOrders::Held& held, bool is_written_down) noexcept {
                           release(held, is_written_down, now);
                         });
  }

  void release(const HeldOrders::Held& held, bool is_written_down, const Now& now) noexcept {
    Order* order = accounting_.store().find(held.id);
    PORTCULLIS_CHECK(order != nullptr, "a held order is open");
    order->is_held = false;
    const NewOrderSingle& request = held.approved.get();
    if (const risk::Verdict no = refusal_now(request)) return take_back(*order, request, *no, now);
    if (!is_written_down) return take_back(*order, request, RejectReason::kJournal, now);
    if (order->is_cancel_wanted || sessions_.is_gone(order->strategy)) {
      return accounting_.withdraw(*order, now);
    }
    if (order->replaces != OrderId{} && changes_.check_replace(order->replaces, request)) {
      return take_back(*order, request, RejectReason::kNotChangeable, now);
    }
    send(held.approved, *order, held.way, now);
  }

  // A record, in the journal too, and an id for an approved order; denied, and its reserve given
  // back, without any of them.
  [[nodiscard]] Order* admit(const NewOrderSingle& request, const Now& now) noexcept {
    Reject reject = accounting_.refusal_to_open(1, now.mono);
    if (reject.reason == RejectReason::kNone) {
      if (const std::optional<OrderId> id = ids_.next(); id.has_value()) {
        if (Order* order = accounting_.open(request, *id, now); order != nullptr) return order;
        reject = {.reason = RejectReason::kJournal};
      } else {
        reject = {.reason = RejectReason::kNotReady};  // no id is reserved at the moment
      }
    }
    exposure_.release(risk::held_of(request), request.qty);
    deny(request, reject, now);
    return nullptr;
  }

  void on_left(Order& order, MonoTime taken, MonoTime stored, const Now& now) noexcept {
    const MonoTime sent = venue_.last_sent();
    hops_.record(Hop::kJournalToEncoded, stored, venue_.last_encoded());
    hops_.record(Hop::kEncodedToWire, venue_.last_encoded(), sent);
    hops_.record(Hop::kOrderInToWire, taken, sent);
    if (order.trace.wire_in != MonoTime{})
      hops_.record(Hop::kTickToTrade, order.trace.wire_in, sent);
    accounting_.on_sent(order, sent, now);
  }

  void deny(const NewOrderSingle& request, const Reject& reject, const Now& now) noexcept {
    gate_.record_denial(reject.reason);
    accounting_.report_denied(request, reject, now);
  }

  // ---- the venue's answers
  // -----------------------------------------------------------------------
  void note_failure_class(const RequestFailure& failure, const Now& now) noexcept {
    if (failure.failure == FailureClass::kRateLimited) {
      counters_.rate_limited.add();
      paused_until_ = now.mono + settings_.rate_limit_pause;
    }
    if (failure.failure != FailureClass::kAuthentication) return;
    counters_.authentication_failures.add();
    kill_switch_.set_ready(false);
    paused_until_ = now.mono + settings_.authentication_retry;
    reconciliation_.restart_if_up(paused_until_);
    log_.post(
        LogLevel::kError, now.mono,
        "oms: the venue refuses our key, signature or clock (code {}): no new orders until it "
        "accepts a question again; check key, permissions and time",
        failure.venue_code);
  }

  void on_external(const VenueReport& report, const Now& now) noexcept {
    ExternalOrders& others = accounting_.external_orders();
    if (!others.has_overflowed()) is_overflow_told_ = false;
    if (others.has_overflowed() && !is_overflow_told_) {
      is_overflow_told_ = true;
      if (kill_switch_.is_ready()) reconciliation_.restart(now.mono + settings_.query_backoff_max);
      kill_switch_.set_ready(false);
      log_.post(LogLevel::kError, now.mono,
                "oms: other programs have more than {} orders open on the account: no new orders "
                "until there are fewer; raise account.external_orders_max",
                static_cast<std::int64_t>(settings_.external_order_max));
    }
    if (settings_.external_orders != ExternalOrderPolicy::kCancel) return;
    ExternalOrder* order = others.find(report.symbol, report.venue_order_id);
    const bool is_asked_for =
        order == nullptr || (order->cancel_sent != MonoTime{} &&
                             now.mono < order->cancel_sent + settings_.query_backoff_max);
    if (is_asked_for || !venue_.is_up()) return;
    journal_.record_external_cancel(order->symbol, order->venue_order_id, now);
    if (venue_.send_cancel(OrderId{}, order->symbol, order->venue_order_id, now) !=
        SendError::kNone) {
      return;
    }
    order->cancel_sent = now.mono;
    counters_.external_cancels_sent.add();
  }

  void on_order_failure(Order& order, const RequestFailure& failure, const Now& now) noexcept {
    if (failure.kind == RequestKind::kNewOrder) {
      accounting_.on_new_failure(order, failure, now);
      if (order.replaces != OrderId{}) changes_.on_replace_cancel_failure(order, failure, now);
    } else if (failure.kind == RequestKind::kReplaceCancel) {
      changes_.on_replace_cancel_failure(order, failure, now);
    } else if (failure.kind == RequestKind::kAmend) {
      accounting_.on_amend_failure(order, failure, now);
    } else if (failure.kind == RequestKind::kCancel) {
      accounting_.on_cancel_failure(order, failure, now);
    } else if (failure.failure == FailureClass::kNoSuchOrder) {
      accounting_.on_absent(order, now);
    } else {
      order.query_asked = MonoTime{};  // answered, and nothing learned
    }
  }

  void on_open_orders_known(const Now& now) noexcept {
    const auto result = reconciliation_.on_open_orders_known(now);
    if (!result) return;
    if (!stops_.on_listing(*result, now)) return;
    publish_summary(now);  // what the control thread prints once it sees the flag
    if (kill_switch_.is_draining()) is_drained_.store(true, std::memory_order_release);
  }

  void doubt_all_in_flight(const Now& now) noexcept {
    OrderStore& store = accounting_.store();
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      Order& order = store.open_at(i);
      if (order.is_held) continue;
      order.query_asked = MonoTime{};
      if (order.is_cancel_pending) {
        order.is_cancel_pending = false;
        order.is_cancel_wanted = !is_terminal(order.state);
      }
      if (order.state == OrderState::kPendingNew) accounting_.on_doubt(order, now);
    }
  }

  // ---- reconciliation
  // ----------------------------------------------------------------------------
  int step_reconcile(const Now& now) noexcept {
    if (!venue_.is_up() || stops_.is_cancelling() || now.mono < paused_until_) return 0;
    return reconciliation_.step(now);
  }

  void check_settled(const Now& now) noexcept {
    if (!reconciliation_.has_settled(now.mono)) return;
    kill_switch_.set_ready(true);
    publish_summary(now);
    log_.post(LogLevel::kInfo, now.mono,
              "oms: reconciled with the venue: {} orders working, {} of them with unknown outcome",
              accounting_.working_count(), accounting_.count_in(OrderState::kUnknown));
  }

  // ---- timers
  // ---------------------------------------------------------------------------------
  // Looks at the open orders, some at each turn, from the end so that closing one is harmless.
  int walk(const Now& now) noexcept {
    OrderStore& store = accounting_.store();
    if (walk_left_ == 0) {
      if (now.mono < walk_next_) return 0;
      walk_next_ = now.mono + settings_.timer_interval;
      walk_left_ = store.open_count();
      check_settled(now);
      sessions_.step(now.mono);
    }
    int sent = 0;
    for (int i = 0; i < settings_.walk_per_cycle && sent < settings_.sends_per_cycle; ++i) {
      walk_left_ = std::min(walk_left_, store.open_count());
      if (walk_left_ == 0) break;
      --walk_left_;
      sent += attend(store.open_at(walk_left_), now);
    }
    return sent;
  }

  // Its strategy is gone, or may not trade the symbol for a while.
  [[nodiscard]] bool is_abandoned(const Order& order, const Now& now) noexcept {
    if (breakers_ != nullptr) {
      if (order.state == OrderState::kUnknown) {
        breakers_->on_unknown(order.symbol, now.mono - order.unknown_since, now);
      }
      if (breakers_->is_frozen(order.strategy, order.symbol)) return true;
    }
    return sessions_.is_gone(order.strategy);
  }

  int attend(Order& order, const Now& now) noexcept {
    if (order.is_held) return 0;
    if (is_abandoned(order, now)) changes_.cancel_abandoned(order, now);
    if (order.is_restate_due) accounting_.restate(order, now);
    accounting_.check_deadlines(order, now);
    int sent = 0;
    if (order.is_cancel_wanted && now.mono >= order.cancel_next && venue_.may_cancel()) {
      sent += changes_.repeat_cancel(order, now);
      if (order.is_cancel_pending) stops_.on_order_cancel_sent(order, now);
    }
    if (!venue_.may_ask() || now.mono < paused_until_) return sent;
    const bool has_question =
        order.state == OrderState::kUnknown || order.is_query_wanted || order.is_reconciling;
    if (has_question && now.mono >= order.query_next) sent += ask_status(order, now);
    if (!order.missing_qty().is_zero() && now.mono >= order.trades_next) {
      sent += ask_trades(order, now);
    }
    return sent;
  }

  int ask_status(Order& order, const Now& now) noexcept {
    const SendError error = venue_.send_query(order.id, order.symbol, now);
    order.query_next = now.mono + order.query_backoff;
    order.query_backoff = std::min(order.query_backoff * 2, settings_.query_backoff_max);
    if (error != SendError::kNone) return 0;
    if (order.query_asked == MonoTime{}) order.query_asked = now.mono;
    counters_.queries_sent.add();
    return 1;
  }

  int ask_trades(Order& order, const Now& now) noexcept {
    order.trades_next = now.mono + order.trades_backoff;
    order.trades_backoff = std::min(order.trades_backoff * 2, settings_.query_backoff_max);
    if (order.venue_order_id == VenueOrderId{}) {  // a status answer brings it
      accounting_.ask_soon(order, now.mono);
      return 0;
    }
    const SendError error =
        venue_.send_trades_query(order.id, order.symbol, order.venue_order_id, now);
    if (error != SendError::kNone) return 0;
    counters_.trades_queries_sent.add();
    return 1;
  }

  void publish_summary(const Now& now) noexcept {
    summary_next_ = now.mono + settings_.summary_interval;
    accounting_.settle_waiting_fees(now);
    accounting_.publish_summary(kill_switch_.is_ready(), now.mono);
  }

  const OmsSettings& settings_;
  risk::PreTradeGate& gate_;
  V& venue_;
  Ids& ids_;
  risk::Exposure& exposure_;
  KillSwitch& kill_switch_;
  LogRing& log_;
  HopTimers& hops_;
  const HopClock& clock_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  Breakers* breakers_;
  JournalWatch journal_watch_;
  std::vector<StrategyPort> ports_;  // constant after construction

  OrderAccounting accounting_;
  OrderChanges<V> changes_;
  OrderLists<V, Ids> lists_;
  AccountReconciliation<V> reconciliation_;
  StopKeeper<V> stops_;
  HeldOrders held_;
  ParkedEvents parked_;
  StrategySessions sessions_;
  StallWatch stall_watch_;

  MonoTime paused_until_{};  // no question to the venue before this
  MonoTime walk_next_{};
  MonoTime summary_next_{};
  std::size_t walk_left_{0};
  bool is_overflow_told_{false};

  // Written by the trading thread, read by the control thread.
  std::atomic<bool> is_drained_{false};
};

}  // namespace portcullis::oms
