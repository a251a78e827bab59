#pragma once

#include <cstdint>

namespace portcullis::oms::binance {

// One of the venue's limits as its last answer stated it. Zero limit: not stated yet. The venue's
// numbers are the only truth: they count what other programs of the account and address do too.
struct RateWindow {
  std::int64_t count{0};
  std::int64_t limit{0};
  std::int32_t interval_s{0};
};

// Binance: WebSocket API, "rate limits". The windows are aligned to the clock, not sliding.
struct RateBudget {
  RateWindow orders_short;    // unfilled orders of the account, seconds or minutes
  RateWindow orders_day;      // the same, a day
  RateWindow request_weight;  // weight of the address, a minute
  RateWindow raw_requests;    // requests of the address, whatever they weigh
};

}  // namespace portcullis::oms::binance
