#include "core/mutant.hpp"
#include "oms/order_accounting.hpp"

namespace portcullis::oms {

// Less of the order can be filled from here on: what it held beyond that is given back.
void OrderAccounting::lower_qty(Order& order, Qty qty) noexcept {
  order.qty = qty;
  const Qty needed = qty > order.cum_qty ? qty - order.cum_qty : Qty{};
  if (!order.has_reserve || order.reserved <= needed) return;
  exposure_.lower(held_of(order), order.reserved - needed);
  order.reserved = needed;
}

// A market order by quote quantity and what sells another's proceeds left with an upper bound for a
// quantity. The venue works the quantity out; what has filled it is all of it. And an amendment
// makes an order smaller, now or when the venue comes to it: ours, one that a failure of power has
// taken out of the journal, or another program's. Only ever lowered: a smaller number is the later
// one, whichever path it came by, and what fills beyond a bound is reported as a fill too many.
void OrderAccounting::note_stated_qty(Order& order, const VenueReport& report,
                                      const Now& now) noexcept {
  const bool is_smaller = report.qty.is_positive() && report.qty < order.qty;
  if ((!is_smaller && !order.has_qty_bound()) || is_terminal(order.state)) [[likely]]
    return;
  const bool is_whole = order.has_qty_bound() && report.state == OrderState::kFilled;
  const Qty stated = is_whole ? report.cum_qty : report.qty;
  if (!stated.is_positive() || stated >= order.qty || stated < order.cum_qty) return;
  lower_qty(order, stated);
  if (order.has_qty_bound()) return;
  order.is_amended = true;
  if (stated <= order.amend_qty) order.is_amend_pending = false;
  ExecutionReport out = report_of(order, ExecType::kReplaced);
  out.is_inferred = report.source == ReportSource::kQuery;
  publish(out, report.received, now);
  if (order.cum_qty >= order.qty) ask_soon(order, now.mono);  // it may have ended by this
}

// Whether this fill is its last. An amended order that has no more to fill may have been filled, or
// have expired of its amendment: that is the venue's word.
bool OrderAccounting::is_filled_by(Order& order, const VenueReport& report, MonoTime now) noexcept {
  if (order.cum_qty < order.qty) return false;
  if (!order.is_amended || report.state == OrderState::kFilled) return true;
  if (!is_terminal(order.state)) ask_soon(order, now);
  return false;
}

// Its last fill may have been counted before the quantity was known, when nothing said that it was
// the last.
void OrderAccounting::conclude_by_qty(Order& order, const VenueReport& report,
                                      const Now& now) noexcept {
  const bool is_due =
      order.is_amended ? report.state == OrderState::kFilled : order.is_sized_by_venue();
  if (!is_due || order.cum_qty < order.qty || is_terminal(order.state)) [[likely]]
    return;
  if (!transition(order, OrderEvent::kFill, now)) return;
  ExecutionReport out = report_of(order, ExecType::kTrade);
  out.is_inferred = true;  // the end alone: its fills have been told
  publish(out, report.received, now);
}

// ---- amendments
// ----------------------------------------------------------------------------------

bool OrderAccounting::begin_amend(Order& order, Qty qty, const Now& now) noexcept {
  if (!journal_.record_amend(order.id, qty, now)) return false;
  order.amend_qty = qty;
  ++order.amend_count;
  order.amend_sent = now.mono;
  order.is_amended = true;
  order.is_amend_pending = true;
  if (is_planted(Mutant::kReserveLoweredByAmend)) lower_qty(order, qty);
  return true;
}

void OrderAccounting::on_amend_not_sent(Order& order, const Now& now) noexcept {
  on_amend_failure(order,
                   {.kind = RequestKind::kAmend,
                    .failure = FailureClass::kRejected,
                    .order_id = order.id,
                    .symbol = order.symbol},
                   now);
}

void OrderAccounting::on_amend_failure(Order& order, const RequestFailure& failure,
                                       const Now& now) noexcept {
  journal_.record_failure(failure, now);
  if (!order.is_amend_pending) return;
  const bool is_gone = failure.failure == FailureClass::kNoSuchOrder;
  if (is_gone || failure.failure == FailureClass::kUnknown) ask_soon(order, now.mono);
  if (failure.failure == FailureClass::kUnknown) return;
  order.is_amend_pending = false;
  counters_.amends_rejected.add();
  ExecutionReport report = report_of(order, ExecType::kAmendRejected);
  report.venue_code = failure.venue_code;
  publish(report, failure.received, now);
}

// The venue has answered a question about the order, and not with the smaller quantity. Once the
// question was asked so late that the amendment cannot come any more, it has not happened.
void OrderAccounting::conclude_amend(Order& order, const Now& now) noexcept {
  if (!order.is_amend_pending || order.query_asked == MonoTime{}) [[likely]]
    return;
  if (order.query_asked >= order.amend_sent + settings_.absence_after()) {
    on_amend_not_sent(order, now);
  }
}

void OrderAccounting::report_amend_refused(const OrderAmendRequest& request,
                                           const Now& now) noexcept {
  counters_.amends_rejected.add();
  ExecutionReport report;
  report.order_id = request.order_id;
  report.strategy = request.strategy;
  report.reject = {.reason = RejectReason::kNotChangeable};
  report.exec_type = ExecType::kAmendRejected;
  report.state = OrderState::kNotPlaced;  // nothing of the strategy's by this id is working
  publish(report, MonoTime{}, now);
}

void OrderAccounting::report_amend_refused(const Order& order, const Reject& reject,
                                           const Now& now) noexcept {
  counters_.amends_rejected.add();
  ExecutionReport report = report_of(order, ExecType::kAmendRejected);
  report.reject = reject;
  publish(report, MonoTime{}, now);
}

// ---- cancelReplace
// -------------------------------------------------------------------------------

bool OrderAccounting::begin_replace(Order& order, const OldOrder& old, const Now& now) noexcept {
  if (!journal_.record_replace(order.id, old, now)) return false;
  order.replaces = old.id;
  order.replace_mode = old.mode;
  Order* ended = is_planted(Mutant::kReserveFreedByReplace) ? store_.find(old.id) : nullptr;
  if (ended != nullptr) free_reserve(*ended);
  return true;
}

}  // namespace portcullis::oms
