#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/order_history.hpp"

namespace portcullis::sim {

// The contingent orders of one symbol that wait for a price: by stop price, and those that trail
// the trades (Binance: trailing stop FAQ). Holds the entries it is given until it triggers them or
// they are removed.
class StopBook {
 public:
  using Entry = OrderHistory::Entry;

  [[nodiscard]] bool empty() const noexcept {
    return rising_.empty() && falling_.empty() && trails_.empty();
  }
  // Waits for its stop price; a trailing order without one trails from `last` (zero: from the next
  // trade) at once.
  void add(Entry& entry, Price last, WallTime now);
  void remove(const Entry& entry);
  // After each trade. What it triggers leaves the book and is appended, nearest stop price first,
  // then trailing orders in the order in which they began to trail.
  void on_trade(Price px, WallTime now, std::vector<Entry*>& triggered);

 private:
  // The order id keeps time among equals.
  using Waiting = std::map<std::pair<Price, std::uint64_t>, Entry*>;
  struct Trail {
    Entry* entry;
    Price extreme;  // the best price since it began to trail; zero: no trade yet
  };

  [[nodiscard]] Waiting& waiting_of(const Order& order);
  void start_trailing(Entry& entry, Price px, WallTime now);
  void reach(Waiting& waiting, Waiting::iterator it, Price px, WallTime now,
             std::vector<Entry*>& triggered);

  Waiting rising_;   // trigger when the price is at least theirs
  Waiting falling_;  // at most theirs; by negated price, so that the nearest is first in both
  std::vector<Trail> trails_;
};

}  // namespace portcullis::sim
