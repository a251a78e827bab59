#include "oms/oms_counters.hpp"

namespace portcullis::oms {

OmsCounters OmsCounters::allocate(CounterFile& file) {
  OmsCounters counters;
  counters.orders_sent = file.allocate("oms.orders_sent");
  counters.orders_denied = file.allocate("oms.orders_denied");
  counters.orders_rejected = file.allocate("oms.orders_rejected");
  counters.orders_unknown = file.allocate("oms.orders_unknown");
  counters.unknown_overdue = file.allocate("oms.unknown_overdue");
  counters.orders_not_placed = file.allocate("oms.orders_not_placed");
  counters.fills = file.allocate("oms.fills");
  counters.fills_duplicate = file.allocate("oms.fills_duplicate");
  counters.fills_late = file.allocate("oms.fills_late");
  counters.fills_over = file.allocate("oms.fills_over");
  counters.fills_malformed = file.allocate("oms.fills_malformed");
  counters.impossible_events = file.allocate("oms.impossible_events");
  counters.foreign_events = file.allocate("oms.foreign_events");
  counters.external_orders = file.allocate("oms.external_orders");
  counters.external_cancels_sent = file.allocate("oms.external_cancels_sent");
  counters.parked_events = file.allocate("oms.parked_events");
  counters.balance_changes = file.allocate("oms.balance_changes");
  counters.inferred = file.allocate("oms.inferred");
  counters.inferred_confirmed = file.allocate("oms.inferred_confirmed");
  counters.orphan_events = file.allocate("oms.orphan_events");
  counters.orphans_cancelled = file.allocate("oms.orphans_cancelled");
  counters.cancels_sent = file.allocate("oms.cancels_sent");
  counters.cancels_repeated = file.allocate("oms.cancels_repeated");
  counters.cancels_rejected = file.allocate("oms.cancels_rejected");
  counters.mass_cancels_sent = file.allocate("oms.mass_cancels_sent");
  counters.amends_sent = file.allocate("oms.amends_sent");
  counters.amends_rejected = file.allocate("oms.amends_rejected");
  counters.replaces_sent = file.allocate("oms.replaces_sent");
  counters.lists_sent = file.allocate("oms.lists_sent");
  counters.list_cancels_sent = file.allocate("oms.list_cancels_sent");
  counters.queries_sent = file.allocate("oms.queries_sent");
  counters.trades_queries_sent = file.allocate("oms.trades_queries_sent");
  counters.trades_pages_sent = file.allocate("oms.trades_pages_sent");
  counters.trades_recovered = file.allocate("oms.trades_recovered");
  counters.order_lookups_sent = file.allocate("oms.order_lookups_sent");
  counters.listings_sent = file.allocate("oms.listings_sent");
  counters.reconciliations = file.allocate("oms.reconciliations");
  counters.position_drift = file.allocate("oms.position_drift");
  counters.rate_limited = file.allocate("oms.rate_limited");
  counters.authentication_failures = file.allocate("oms.authentication_failures");
  counters.reports_overflowed = file.allocate("oms.reports_overflowed");
  counters.reports_lost = file.allocate("oms.reports_lost");
  counters.journal_lost = file.allocate("oms.journal_lost");
  counters.strategies_lost = file.allocate("oms.strategies_lost");
  counters.strategies_gone = file.allocate("oms.strategies_gone");
  counters.stalls = file.allocate("oms.stalls");
  return counters;
}

}  // namespace portcullis::oms
