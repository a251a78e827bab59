#include "oms/order_accounting.hpp"

namespace portcullis::oms {

// Less of the order can be filled from here on: what it held beyond that is given back.
void OrderAccounting::lower_qty(Order& order, Qty qty) noexcept {
  order.qty = qty;
  const Qty needed = qty > order.cum_qty ? qty - order.cum_qty : Qty{};
  if (!order.has_reserve || order.reserved <= needed) return;
  exposure_.lower(order.symbol, order.side, order.reserved - needed);
  order.reserved = needed;
}

// A market order by quote quantity left with an upper bound for a quantity. The venue works the
// quantity out from its book; what has filled it is all of it. Only ever lowered: a smaller number
// is the later one, and what fills beyond the bound is counted and reported as a fill too many.
void OrderAccounting::note_stated_qty(Order& order, const VenueReport& report) noexcept {
  if (!order.is_by_quote() || is_terminal(order.state)) [[likely]]
    return;
  const Qty stated = report.state == OrderState::kFilled ? report.cum_qty : report.qty;
  if (stated.is_positive() && stated < order.qty && stated >= order.cum_qty) {
    lower_qty(order, stated);
  }
}

// Its last fill may have been counted before the quantity was known, when nothing said that it was
// the last.
void OrderAccounting::conclude_by_quote(Order& order, const VenueReport& report,
                                        const Now& now) noexcept {
  if (!order.is_by_quote() || order.cum_qty < order.qty || is_terminal(order.state)) [[likely]]
    return;
  if (!transition(order, OrderEvent::kFill, now)) return;
  ExecutionReport out = report_of(order, ExecType::kTrade);
  out.is_inferred = true;  // the end alone: its fills have been told
  publish(out, report.received, now);
}

}  // namespace portcullis::oms
