#pragma once

#include "core/counters.hpp"

namespace portcullis::oms {

// What the order accounting counts; one writer, the trading thread. Default-made ones count into
// nowhere.
struct OmsCounters {
  Counter orders_sent;
  Counter orders_denied;
  Counter orders_rejected;
  Counter orders_unknown;   // times an outcome became unknown
  Counter unknown_overdue;  // unknown longer than the alert's limit
  Counter orders_not_placed;
  Counter fills;  // unique
  Counter fills_duplicate;
  Counter fills_late;  // after the order had ended
  Counter fills_over;  // beyond the order's quantity
  Counter fills_malformed;
  Counter impossible_events;
  Counter foreign_events;   // orders on the account that this gateway did not make
  Counter external_orders;  // of them working now
  Counter external_cancels_sent;
  Counter parked_events;    // of symbols and assets that are not configured
  Counter balance_changes;  // deposits, withdrawals, transfers and locks from outside
  Counter inferred;         // states and fills concluded from an answer to a question
  Counter inferred_confirmed;
  Counter orphan_events;  // orders of ours that the store does not know
  Counter orphans_cancelled;
  Counter cancels_sent;
  Counter cancels_repeated;  // a cancel was under way already
  Counter cancels_rejected;
  Counter mass_cancels_sent;
  Counter amends_sent;
  Counter amends_rejected;  // by the venue or by us
  Counter replaces_sent;
  Counter lists_sent;  // their orders are in orders_sent, too
  Counter list_cancels_sent;
  Counter queries_sent;
  Counter trades_queries_sent;
  Counter trades_pages_sent;  // of own trades since the last known id
  Counter trades_recovered;   // own trades that only a listing told
  Counter order_lookups_sent;
  Counter listings_sent;
  Counter reconciliations;
  Counter position_drift;  // symbols whose holdings disagreed with our fills
  Counter rate_limited;
  Counter authentication_failures;
  Counter reports_overflowed;
  Counter reports_lost;
  Counter journal_lost;     // records that found no room
  Counter strategies_lost;  // times that one was not heard any more, or said goodbye
  Counter strategies_gone;  // of them now
  Counter stalls;           // turns that came too late (OmsSettings::stall_max)

  // Start-up only; labels "oms.<name>".
  [[nodiscard]] static OmsCounters allocate(CounterFile& file);
};

}  // namespace portcullis::oms
