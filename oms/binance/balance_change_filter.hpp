#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "oms/binance/route_id.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

// While two connections carry the user data stream each change of a balance is told twice, and it
// counts once: what another connection has told lately, to the last field, is the same. (Reports
// have ids, by which the order accounting knows them.) Pure.
class BalanceChangeFilter {
 public:
  // True: not told by another connection.
  [[nodiscard]] bool is_news(const VenueBalanceChange& change, RouteId route) noexcept {
    const auto same = std::ranges::find_if(told_, [&](const Told& told) {
      return told.route != RouteId{} && told.route != route && told.change.asset == change.asset &&
             told.change.delta == change.delta && told.change.venue_time == change.venue_time &&
             told.change.is_lock == change.is_lock;
    });
    if (same != told_.end()) {
      same->route = RouteId{};  // each one answers for one
      return false;
    }
    told_[next_++ % told_.size()] = {change, route};
    return true;
  }

 private:
  struct Told {
    VenueBalanceChange change{};
    RouteId route{};
  };
  std::array<Told, 32> told_{};
  std::size_t next_{0};
};

}  // namespace portcullis::oms::binance
