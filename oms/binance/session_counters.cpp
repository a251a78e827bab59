#include "oms/binance/session_counters.hpp"

namespace portcullis::oms::binance {

SessionCounters::SessionCounters(CounterFile& file)
    : state{file.allocate("venue.binance.state")},
      connects{file.allocate("venue.binance.connects")},
      disconnects{file.allocate("venue.binance.disconnects")},
      logon_refused{file.allocate("venue.binance.logon_refused")},
      step_timeouts{file.allocate("venue.binance.step_timeouts")},
      liveness_drops{file.allocate("venue.binance.liveness_drops")},
      requests_sent{file.allocate("venue.binance.requests_sent")},
      new_orders_sent{file.allocate("venue.binance.new_orders_sent")},
      send_failures{file.allocate("venue.binance.send_failures")},
      send_refused_rate_limit{file.allocate("venue.binance.send_refused_rate_limit")},
      partial_writes{file.allocate("venue.binance.partial_writes")},
      replies{file.allocate("venue.binance.replies")},
      failures{file.allocate("venue.binance.failures")},
      failures_unknown{file.allocate("venue.binance.failures_unknown")},
      rate_limited{file.allocate("venue.binance.rate_limited")},
      order_events{file.allocate("venue.binance.order_events")},
      balance_events{file.allocate("venue.binance.balance_events")},
      parked_events{file.allocate("venue.binance.parked_events")},
      ignored_events{file.allocate("venue.binance.ignored_events")},
      unknown_events{file.allocate("venue.binance.unknown_events")},
      foreign_replies{file.allocate("venue.binance.foreign_replies")},
      malformed_events{file.allocate("venue.binance.malformed_events")},
      garbage{file.allocate("venue.binance.garbage")},
      streams_terminated{file.allocate("venue.binance.streams_terminated")},
      server_shutdowns{file.allocate("venue.binance.server_shutdowns")},
      key_revoked{file.allocate("venue.binance.key_revoked")},
      clock_skew_ms{file.allocate("venue.binance.clock_skew_ms")},
      orders_short_count{file.allocate("venue.binance.orders_short_count")},
      orders_short_limit{file.allocate("venue.binance.orders_short_limit")},
      orders_day_count{file.allocate("venue.binance.orders_day_count")},
      orders_day_limit{file.allocate("venue.binance.orders_day_limit")},
      weight_count{file.allocate("venue.binance.weight_count")},
      weight_limit{file.allocate("venue.binance.weight_limit")} {
}

}  // namespace portcullis::oms::binance
