#include "oms/order_accounting.hpp"

#include <algorithm>
#include <optional>

#include "core/mutant.hpp"
#include "oms/breakers/breakers.hpp"
#include "oms/report_meaning.hpp"

namespace portcullis::oms {

namespace {

// The venue finds a timestamp outside of its receive window.
constexpr std::int32_t kOutsideOfWindow = -1021;

ExecType exec_type_of(OrderEvent event) noexcept {
  switch (event) {
    case OrderEvent::kAccepted: return ExecType::kNew;
    case OrderEvent::kPartialFill:
    case OrderEvent::kFill: return ExecType::kTrade;
    case OrderEvent::kCanceled: return ExecType::kCanceled;
    case OrderEvent::kRejected: return ExecType::kRejected;
    case OrderEvent::kExpired: return ExecType::kExpired;
    case OrderEvent::kOutcomeUnknown: return ExecType::kUnknown;
    case OrderEvent::kProvenAbsent: return ExecType::kNotPlaced;
    case OrderEvent::kCount: break;
  }
  return ExecType::kUnknown;
}

std::int64_t log_number(OrderId id) noexcept {
  return static_cast<std::int64_t>(id.raw());
}

}  // namespace

OrderAccounting::OrderAccounting(const OmsContext& context)
    : settings_{context.settings},
      instruments_{context.instruments},
      exposure_{context.exposure},
      log_{context.log},
      hops_{context.hops},
      clock_{context.clock},
      counters_{context.counters},
      journal_{context.journal},
      fee_rates_{context.fee_rates},
      breakers_{context.breakers},
      store_{context.settings.order_capacity},
      ledger_{context.settings.fill_window, context.instruments.size()},
      external_orders_{context.settings.external_order_max, context.exposure,
                       context.counters.external_orders},
      positions_{context.instruments,
                 std::max(context.ports.size(), context.settings.strategies_min)},
      publisher_{context.ports, context.settings.report_overflow, context.kill_switch, context.log,
                 context.counters},
      view_{context.instruments.size(), positions_.strategy_count(),
            context.instruments.asset_count()},
      activity_(context.instruments.size()) {
}

// ---- orders out
// ----------------------------------------------------------------------------------

Order* OrderAccounting::open(const NewOrderSingle& request, OrderId id, const Now& now) noexcept {
  if (!store_.has_room() || !journal_.record_order(request, id, now)) return nullptr;
  Order* order = store_.open(id);
  order->ref = request.ref;
  order->trace = request.trace;
  order->px = request.px;
  order->qty = request.qty;
  order->reserved = request.qty;
  order->held_px = request.held_px;
  order->has_reserve = true;
  order->symbol = request.symbol;
  order->strategy = request.strategy;
  order->side = request.side;
  order->type = request.type;
  order->tif = request.tif;
  order->terms = request.terms;
  order->query_backoff = settings_.query_backoff_min;
  order->trades_backoff = settings_.query_backoff_min;
  ++count_by_state_[static_cast<std::size_t>(OrderState::kPendingNew)];
  ++activity_[request.symbol.raw()].open_count;
  return order;
}

Reject OrderAccounting::refusal_to_open(std::size_t count, MonoTime now) const noexcept {
  if (journal_.refusal(now) != journal::JournalRefusal::kNone) {
    return {.reason = RejectReason::kJournal};
  }
  if (store_.has_room(count)) [[likely]]
    return {};
  const auto open = static_cast<std::int64_t>(store_.open_count());
  return {.reason = RejectReason::kOrderStoreFull,
          .unit = RejectUnit::kCount,
          .limit = static_cast<std::int64_t>(store_.capacity()),
          .value = open,
          .projected = open + static_cast<std::int64_t>(count)};
}

void OrderAccounting::on_held(Order& order, const Now& now) noexcept {
  order.is_held = true;
  tell_pending(order, now);
}

void OrderAccounting::on_sent(Order& order, MonoTime sent_at, const Now& now) noexcept {
  order.sent_at = sent_at;
  counters_.orders_sent.add();
  if (breakers_ != nullptr) breakers_->on_message(order.strategy, now);
  if (!order.is_told) tell_pending(order, now);
}

void OrderAccounting::tell_pending(Order& order, const Now& now) noexcept {
  order.is_told = true;
  ExecutionReport report = report_of(order, ExecType::kPendingNew);
  report.trace.wire_in = order.trace.wire_in;
  publish(report, MonoTime{}, now);
}

void OrderAccounting::undo(Order& order, const Now& now) noexcept {
  journal_.record_not_sent(order.id, now);
  enter(order, OrderState::kNotPlaced);
  settle(order);
}

void OrderAccounting::withdraw(Order& order, const Now& now) noexcept {
  order.is_cancel_wanted = false;
  undo(order, now);
  ExecutionReport report = report_of(order, ExecType::kNotPlaced);
  publish(report, MonoTime{}, now);
}

void OrderAccounting::report_denied(const NewOrderSingle& order, const Reject& reject,
                                    const Now& now) noexcept {
  counters_.orders_denied.add();
  if (breakers_ != nullptr) breakers_->on_refused(order.strategy, now);
  ExecutionReport report;
  report.trace.wire_in = order.trace.wire_in;
  report.ref = order.ref;
  report.px = order.px;
  report.qty = order.qty;
  report.reject = reject;
  report.symbol = order.symbol;
  report.strategy = order.strategy;
  report.side = order.side;
  report.exec_type = ExecType::kDenied;
  report.state = OrderState::kRejected;
  publish(report, MonoTime{}, now);
}

void OrderAccounting::report_cancel_rejected(const OrderCancelRequest& request,
                                             const Now& now) noexcept {
  counters_.cancels_rejected.add();
  ExecutionReport report;
  report.order_id = request.order_id;
  report.strategy = request.strategy;
  report.exec_type = ExecType::kCancelRejected;
  report.state = OrderState::kNotPlaced;  // nothing of the strategy's by this id is working
  publish(report, MonoTime{}, now);
}

void OrderAccounting::report_cancel_rejected(const Order& order, std::int32_t venue_code,
                                             const Now& now) noexcept {
  counters_.cancels_rejected.add();
  ExecutionReport report = report_of(order, ExecType::kCancelRejected);
  report.venue_code = venue_code;
  publish(report, MonoTime{}, now);
}

// ---- the venue's words
// ---------------------------------------------------------------------------

bool OrderAccounting::on_report(const VenueReport& report, const Now& now) noexcept {
  if (report.order_id == OrderId{} && !report.is_adopted &&
      settings_.external_orders == ExternalOrderPolicy::kAdopt) {
    VenueReport adopted = report;
    adopted.is_adopted = true;
    return on_report(adopted, now);
  }
  Order* order = report.order_id != OrderId{} ? store_.find(report.order_id) : nullptr;
  note_fee_rate(report, order != nullptr ? order->symbol : report.symbol, now);
  journal_.record_report(report, now);
  if (order == nullptr) return on_stray(report, now);
  if (report.source != ReportSource::kQuery) confirm(*order);
  if (report.source != ReportSource::kQuery) record_first_word(*order, report.received, now);
  store_.name_at_venue(*order, report.venue_order_id);
  note_stated_qty(*order, report, now);
  if (order->is_pending_leg() && !order->is_live) [[unlikely]]
    note_live(*order, report, now);
  if (is_trade(report)) apply_fill(*order, report, now);
  apply_claims(*order, report, now);
  if (is_statement(report)) apply_statement(*order, report, now);
  conclude_by_qty(*order, report, now);
  settle(*order);
  return false;
}

// The venue's sum, which may be ahead of the fills that reached us.
void OrderAccounting::apply_claims(Order& order, const VenueReport& report,
                                   const Now& now) noexcept {
  const bool has_state = is_statement(report) || report.source != ReportSource::kQuery;
  const bool is_filled = has_state && report.state == OrderState::kFilled;
  const Qty claimed = is_filled ? order.qty : std::min(report.cum_qty, order.qty);
  order.venue_cum_qty = std::max({order.venue_cum_qty, claimed, order.cum_qty});
  if (order.missing_qty().is_zero()) {
    order.trades_next = MonoTime{};
    order.trades_backoff = settings_.query_backoff_min;
    return;
  }
  if (order.trades_next != MonoTime{}) return;
  order.trades_next = now.mono + settings_.missing_fill_delay;
  reopen(order);
}

void OrderAccounting::apply_statement(Order& order, const VenueReport& report,
                                      const Now& now) noexcept {
  const std::optional<OrderEvent> event = event_of(report);
  if (!event) return;
  order.absent_answers = 0;
  const bool is_answer = report.source == ReportSource::kQuery;
  if (is_answer) {
    conclude_amend(order, now);
    order.query_asked = MonoTime{};
    order.is_query_wanted = false;
    order.is_reconciling = false;
    if (is_shown_working(report)) order.cancel_attempts = 0;  // worth trying again
  }
  if (is_answer && is_terminal(order.state)) {
    if (is_shown_working(report)) on_undead(order, now);
    return;
  }
  const bool is_resumed = *event == OrderEvent::kAccepted && order.cum_qty.is_positive() &&
                          order.state == OrderState::kUnknown;
  if (!transition(order, is_resumed ? OrderEvent::kPartialFill : *event, now)) return;
  ExecutionReport out = report_of(order, exec_type_of(*event));
  infer(order, out, report.source);
  publish(out, report.received, now);
  if (order.state != OrderState::kRejected) return;
  counters_.orders_rejected.add();
  if (breakers_ != nullptr) breakers_->on_venue_reject(order.strategy, now);
}

void OrderAccounting::apply_fill(Order& order, const VenueReport& report, const Now& now) noexcept {
  if (!report.last_qty.is_positive() || !report.last_px.is_positive()) {
    counters_.fills_malformed.add();
    ask_soon(order, now.mono);
    return;
  }
  if (!ledger_.record(order.symbol, report.trade_id, order.side, FillLedger::Owner::kKnownOrder)) {
    counters_.fills_duplicate.add();
    return;
  }
  if (is_planted(Mutant::kLateFillDropped) && is_terminal(order.state)) return;
  order.cum_qty += report.last_qty;
  order.cum_quote += notional(report.last_px, report.last_qty);
  book_fill_exposure(order, report.last_qty, report.last_px);
  book_order_fill(order, report, now);
  if (order.cum_qty > order.qty) {
    counters_.fills_over.add();
    log_.post(LogLevel::kError, now.mono,
              "oms: order {} has filled {d} of {d}: more than it asked for; the position is right, "
              "ask the venue why",
              log_number(order.id), order.cum_qty.raw(), order.qty.raw());
  }
  move_on_fill(order, report, now);
  ExecutionReport out = report_of(order, ExecType::kTrade);
  out.trade_id = report.trade_id;
  out.last_px = report.last_px;
  out.last_qty = report.last_qty;
  out.fee = report.fee;
  out.fee_asset = report.fee_asset;
  out.liquidity = report.liquidity;
  infer(order, out, report.source);
  publish(out, report.received, now);
  publish_position(order.symbol, order.strategy);
}

// What an answer to a question tells is a conclusion until the venue says it of its own accord.
void OrderAccounting::infer(Order& order, ExecutionReport& report, ReportSource source) noexcept {
  if (source != ReportSource::kQuery) return;
  report.is_inferred = true;
  order.is_inferred = true;
  counters_.inferred.add();
}

// The real event: it takes the conclusion's place, and moves nothing that this has moved.
void OrderAccounting::confirm(Order& order) noexcept {
  if (!order.is_inferred) return;
  order.is_inferred = false;
  counters_.inferred_confirmed.add();
}

void OrderAccounting::move_on_fill(Order& order, const VenueReport& report,
                                   const Now& now) noexcept {
  const OrderEvent event =
      is_filled_by(order, report, now.mono) ? OrderEvent::kFill : OrderEvent::kPartialFill;
  if (is_terminal(order.state)) counters_.fills_late.add();
  (void)transition(order, event, now);
  // It was there after all: is the rest working?
  if (order.state == OrderState::kNotPlaced) ask_soon(order, now.mono);
}

// Working quantity becomes position as far as the order still holds any; beyond that the position
// moves alone.
void OrderAccounting::book_fill_exposure(Order& order, Qty qty, Price px) noexcept {
  const Qty held = std::min(order.reserved, qty);
  if (held.is_positive()) {
    exposure_.on_fill(held_of(order), held, px);
    order.reserved -= held;
  }
  if (qty > held) exposure_.on_late_fill(held_of(order), qty - held, px);
}

void OrderAccounting::on_new_failure(Order& order, const RequestFailure& failure,
                                     const Now& now) noexcept {
  journal_.record_failure(failure, now);
  if (failure.received != MonoTime{}) record_first_word(order, failure.received, now);
  switch (failure.failure) {
    case FailureClass::kUnknown:
    case FailureClass::kNoSuchOrder:
      if (order.state == OrderState::kPendingNew) on_doubt(order, now);
      return;
    case FailureClass::kRejected:
    case FailureClass::kRateLimited:
    case FailureClass::kAuthentication: break;
  }
  if (!transition(order, OrderEvent::kRejected, now)) return;
  counters_.orders_rejected.add();
  // A pause that the venue asks for is no word about the order.
  const bool is_about_order = failure.failure == FailureClass::kRejected;
  if (breakers_ != nullptr && is_about_order) breakers_->on_venue_reject(order.strategy, now);
  ExecutionReport report = report_of(order, ExecType::kRejected);
  report.venue_code = failure.venue_code;
  publish(report, failure.received, now);
  settle(order);
}

void OrderAccounting::want_cancel(Order& order, MonoTime at) noexcept {
  order.is_cancel_wanted = !is_terminal(order.state);
  order.cancel_next = at;
}

void OrderAccounting::on_cancel_failure(Order& order, const RequestFailure& failure,
                                        const Now& now) noexcept {
  journal_.record_failure(failure, now);
  const bool was_pending = order.is_cancel_pending;
  order.is_cancel_pending = false;
  switch (failure.failure) {
    case FailureClass::kUnknown:
      return want_cancel(order, now.mono + settings_.cancel_backoff(order.cancel_attempts));
    case FailureClass::kRateLimited:
      return want_cancel(order, now.mono + settings_.rate_limit_pause);
    case FailureClass::kNoSuchOrder:
      // Filled, ended, or not arrived yet: the query says which, the refusal proves nothing.
      if (!is_terminal(order.state)) ask_soon(order, now.mono);
      break;
    case FailureClass::kAuthentication:
      // The clock is measured again within a second; a key that is refused takes a human.
      if (failure.venue_code == kOutsideOfWindow) {
        return want_cancel(order, now.mono + settings_.rate_limit_pause);
      }
      break;
    case FailureClass::kRejected: break;
  }
  order.is_cancel_wanted = false;
  if (was_pending) report_cancel_rejected(order, failure.venue_code, now);
}

void OrderAccounting::on_absent(Order& order, const Now& now) noexcept {
  const MonoTime asked = order.query_asked;
  order.query_asked = MonoTime{};
  order.is_reconciling = false;
  order.is_query_wanted = false;
  if (is_terminal(order.state)) return settle(order);
  if (order.state == OrderState::kPendingNew) return;  // too early to mean anything
  if (order.state != OrderState::kUnknown) {
    log_.post(
        LogLevel::kError, now.mono,
        "oms: the venue denies order {}, which it had acknowledged: its exposure is held until "
        "absence is proven",
        log_number(order.id));
    counters_.impossible_events.add();
    on_doubt(order, now);
  }
  if (is_planted(Mutant::kAbsentAtFirstDenial)) return on_proven_absent(order, now);
  if (asked == MonoTime{} || asked < order.sent_at + settings_.absence_after()) return;
  if (order.absent_answers == 0) {
    order.absent_answers = 1;
    order.absent_asked = asked;
    return;
  }
  if (asked < order.absent_asked + settings_.absence_spacing) return;
  on_proven_absent(order, now);
}

void OrderAccounting::on_proven_absent(Order& order, const Now& now) noexcept {
  journal_.record_proven_absent(order.id, now);
  if (!transition(order, OrderEvent::kProvenAbsent, now)) return;
  counters_.orders_not_placed.add();
  ExecutionReport report = report_of(order, ExecType::kNotPlaced);
  report.is_inferred = true;
  publish(report, MonoTime{}, now);
  settle(order);
}

void OrderAccounting::on_trades_known(SymbolId symbol, TradeId trade_id, const Now& now) noexcept {
  if (const auto known = ledger_.floor(symbol); known && *known >= trade_id) return;
  journal_.record_trades_known(symbol, trade_id, now);
  ledger_.raise_floor(symbol, trade_id);
}

// ---- doubt
// ---------------------------------------------------------------------------------------

void OrderAccounting::on_doubt(Order& order, const Now& now) noexcept {
  journal_.record_outcome_unknown(order.id, now);
  if (!transition(order, OrderEvent::kOutcomeUnknown, now)) return;
  if (is_planted(Mutant::kReserveFreedByDoubt)) free_reserve(order);
  order.unknown_since = now.mono;
  order.absent_answers = 0;
  order.query_next = now.mono;
  counters_.orders_unknown.add();
  ExecutionReport report = report_of(order, ExecType::kUnknown);
  publish(report, MonoTime{}, now);
}

void OrderAccounting::ask_soon(Order& order, MonoTime now) noexcept {
  reopen(order);
  order.is_query_wanted = true;
  order.query_next = std::max(order.query_next, now);
}

void OrderAccounting::settle(Order& order) noexcept {
  if (!order.is_settled()) return;
  if (is_planted(Mutant::kReserveFreedBySibling)) free_siblings(order);
  free_reserve(order);
  if (store_.close(order)) --activity_[order.symbol.raw()].open_count;
}

void OrderAccounting::free_reserve(Order& order) noexcept {
  if (!order.has_reserve) return;
  exposure_.release(held_of(order), order.reserved);
  order.reserved = Qty{};
  order.has_reserve = false;
}

void OrderAccounting::reopen(Order& order) noexcept {
  if (store_.reopen(order)) ++activity_[order.symbol.raw()].open_count;
}

std::uint32_t OrderAccounting::working_count() const noexcept {
  return count_in(OrderState::kPendingNew) + count_in(OrderState::kNew) +
         count_in(OrderState::kPartiallyFilled) + count_in(OrderState::kUnknown);
}

// ---- movement
// ------------------------------------------------------------------------------------

bool OrderAccounting::transition(Order& order, OrderEvent event, const Now& now) noexcept {
  const std::optional<OrderState> to = next_state(order.state, event);
  if (!to) {
    contradict(order, event, now);
    return false;
  }
  if (*to == order.state) return false;
  enter(order, *to);
  if (is_terminal(*to)) {  // whatever was asked about it has been answered
    order.is_query_wanted = false;
    order.is_reconciling = false;
    order.is_cancel_wanted = false;
    order.is_amend_pending = false;
  }
  return true;
}

void OrderAccounting::enter(Order& order, OrderState state) noexcept {
  if (!is_terminal(order.state)) --count_by_state_[static_cast<std::size_t>(order.state)];
  if (!is_terminal(state)) ++count_by_state_[static_cast<std::size_t>(state)];
  order.state = state;
  order.query_next = MonoTime{};
  order.query_backoff = settings_.query_backoff_min;
}

void OrderAccounting::contradict(Order& order, OrderEvent event, const Now& now) noexcept {
  counters_.impossible_events.add();
  log_.post_text(
      LogLevel::kError, now.mono,
      "oms: the venue says {s} of order {}, which cannot follow its state {}: it is asked "
      "about",
      to_string(event), log_number(order.id), static_cast<std::int64_t>(order.state));
  ask_soon(order, now.mono);
}

void OrderAccounting::record_first_word(Order& order, MonoTime received, const Now& now) noexcept {
  if (order.has_venue_word || order.sent_at == MonoTime{}) return;
  order.has_venue_word = true;
  hops_.record(Hop::kWireToAck, order.sent_at, received);
  if (breakers_ != nullptr) breakers_->on_first_word(received - order.sent_at, now);
}

// ---- reports
// -------------------------------------------------------------------------------------

ExecutionReport OrderAccounting::report_of(const Order& order, ExecType type) const noexcept {
  ExecutionReport report;
  report.order_id = order.id;
  report.ref = order.ref;
  report.venue_order_id = order.venue_order_id;
  report.px = order.px;
  report.qty = order.qty;
  report.cum_qty = order.cum_qty;
  report.symbol = order.symbol;
  report.strategy = order.strategy;
  report.side = order.side;
  report.exec_type = type;
  report.state = order.state;
  report.is_waiting = order.is_waiting();
  return report;
}

// `received`: when the venue's frame arrived; zero when no frame caused the report.
void OrderAccounting::publish(ExecutionReport& report, MonoTime received, const Now& now) noexcept {
  const bool is_venue_caused = received != MonoTime{};
  report.trace.last = clock_.stamp();
  if (is_venue_caused) {
    report.trace.wire_in = received;
    hops_.record(Hop::kAckToClient, received, report.trace.last);
  }
  publisher_.publish(report, now.mono);
}

void OrderAccounting::publish_summary(bool is_ready, MonoTime now) noexcept {
  view_.publish(OmsSnapshot{.taken = now,
                            .orders_sent = counters_.orders_sent.get(),
                            .orders_denied = counters_.orders_denied.get(),
                            .orders_rejected = counters_.orders_rejected.get(),
                            .orders_not_placed = counters_.orders_not_placed.get(),
                            .fills = counters_.fills.get(),
                            .open_count = working_count(),
                            .unknown_count = count_in(OrderState::kUnknown),
                            .is_ready = is_ready});
  for (std::size_t i = 0; i < activity_.size(); ++i) {
    view_.publish_open_count(SymbolId{static_cast<SymbolId::rep>(i)}, activity_[i].open_count);
  }
}

}  // namespace portcullis::oms
