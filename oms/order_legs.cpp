// What the orders of a list have to do with each other here: next to nothing. Each has its own
// reserve, state and questions; that one ends another is told by the venue, of each.
#include "core/mutant.hpp"
#include "oms/order_accounting.hpp"
#include "oms/report_meaning.hpp"

namespace portcullis::oms {

bool OrderAccounting::begin_list(OrderId list_id, ListKind kind, const Now& now) noexcept {
  if (!journal_.record_list(list_id, kind, now)) return false;
  for (std::size_t i = 0; i < list_size(kind); ++i) {
    Order* order = store_.find(OrderId{list_id.raw() + i});
    if (order == nullptr) continue;  // read from a journal: long ended, and evicted since
    order->list_id = list_id;
    order->list_kind = kind;
    order->list_leg = static_cast<std::uint8_t>(i);
    if (is_planted(Mutant::kReserveOfFirstLegOnly) && i > 0) free_reserve(*order);
  }
  return true;
}

// Its working order is filled: it is an order like any other from here on. A word from before that
// may come later, by another path, and does not make it wait again.
void OrderAccounting::note_live(Order& order, const VenueReport& report, const Now& now) noexcept {
  if (report.is_waiting || (!is_shown_working(report) && !is_trade(report))) return;
  // A listed trade does not say the quantity, which is still to be stated.
  if (order.has_qty_bound() && !report.qty.is_positive()) return;
  order.is_live = true;
  if (order.state != OrderState::kNew || !is_statement(report)) return;  // told by what follows
  ExecutionReport out = report_of(order, ExecType::kNew);
  infer(order, out, report.source);
  publish(out, report.received, now);
}

void OrderAccounting::free_siblings(const Order& order) noexcept {
  if (!order.is_in_list()) return;
  for (std::size_t i = 0; i < list_size(order.list_kind); ++i) {
    Order* other = store_.find(OrderId{order.list_id.raw() + i});
    if (other != nullptr && other->id != order.id) free_reserve(*other);
  }
}

}  // namespace portcullis::oms
