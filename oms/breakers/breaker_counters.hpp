#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "core/counters.hpp"
#include "core/reject_reason.hpp"

namespace portcullis::oms {

// One writer, the trading thread. Default-made ones count into nowhere.
struct BreakerCounters {
  // By rule: times that it made a scope stricter, froze one, began to refuse, or told a human.
  std::array<Counter, static_cast<std::size_t>(RejectReason::kCount)> trips{};
  Counter results_unknown;   // scopes with a loss limit whose result is not known now
  Counter books_unhealthy;   // books that are out of order now, for longer than is let pass
  Counter frozen;            // strategies' symbols now
  Counter venue_latency_ns;  // smoothed

  // Start-up only; "breaker.trips.<rule>" of those from kRejectStorm on.
  [[nodiscard]] static BreakerCounters allocate(CounterFile& file) {
    BreakerCounters counters;
    for (auto i = static_cast<std::size_t>(RejectReason::kRejectStorm); i < counters.trips.size();
         ++i) {
      counters.trips[i] =
          file.allocate(std::string{"breaker.trips."} + to_string(static_cast<RejectReason>(i)));
    }
    counters.results_unknown = file.allocate("breaker.results_unknown");
    counters.books_unhealthy = file.allocate("breaker.books_unhealthy");
    counters.frozen = file.allocate("breaker.frozen");
    counters.venue_latency_ns = file.allocate("breaker.venue_latency_ns");
    return counters;
  }
};

}  // namespace portcullis::oms
