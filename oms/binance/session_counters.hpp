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
  Counter ignored_events;
  Counter unknown_events;
  Counter foreign_replies;
  Counter malformed_events;
  Counter garbage;
  Counter streams_terminated;
  Counter server_shutdowns;
  Counter key_revoked;
  Counter clock_skew_ms;  // the venue's clock minus ours, as last stated
  Counter orders_short_count;
  Counter orders_short_limit;
  Counter orders_day_count;
  Counter orders_day_limit;
  Counter weight_count;
  Counter weight_limit;
};

}  // namespace portcullis::oms::binance
