#pragma once

#include "core/counters.hpp"

namespace portcullis::oms::binance {

// "venue.binance.*": what the session counts. Written by the trading thread.
struct SessionCounters {
  explicit SessionCounters(CounterFile& file);

  Counter state;  // VenueSessionState as a number
  Counter connects;
  Counter disconnects;
  Counter logon_refused;
  Counter step_timeouts;
  Counter liveness_drops;
  Counter requests_sent;
  Counter new_orders_sent;
  Counter send_failures;
  Counter send_refused_rate_limit;
  Counter partial_writes;
  Counter replies;
  Counter failures;
  Counter failures_unknown;
  Counter rate_limited;
  Counter order_events;
  Counter balance_events;
  Counter parked_events;
  Counter list_events;
  Counter unknown_events;
  Counter foreign_replies;
  Counter stale_answers;  // to a question from before the session came up
  Counter malformed_events;
  Counter garbage;
  Counter streams_terminated;
  Counter server_shutdowns;
  Counter key_revoked;
  Counter clock_skew_ms;     // the venue's clock minus our wall clock, as last measured
  Counter clock_error_us;    // its bound
  Counter clock_steps;       // times the venue's clock has jumped beyond what drift explains
  Counter clock_refused;     // -1021: timestamps that the venue did not take
  Counter bans;              // 418
  Counter order_limits;      // -1015
  Counter limited_until_ns;  // MonoTime of the end of a pause or a ban, whichever is later
  Counter budget_held;       // sends that waited for budget
  Counter cancels_held;      // cancels that waited for the end of a pause or a ban
  Counter cancel_probes;     // cancels tried during a pause
  Counter probes_refused;
  Counter rest_connects;
  Counter rest_requests;
  Counter rest_losses;  // of the connection, with or without a request under way
  Counter key_doubts;   // -1022, -2014, -2015
  Counter weight_used;  // as believed, never less than the venue counts
  Counter raw_used;
  Counter orders_short_used;
  Counter orders_day_used;
  Counter orders_short_count;
  Counter orders_short_limit;
  Counter orders_day_count;
  Counter orders_day_limit;
  Counter weight_count;
  Counter weight_limit;
};

}  // namespace portcullis::oms::binance
