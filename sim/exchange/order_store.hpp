#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/exchange/order_history.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// The accounts' orders of one symbol, by account, with their histories. Of the crowd only the book
// knows.
class OrderStore {
 public:
  using Entry = OrderHistory::Entry;

  [[nodiscard]] OrderHistory* history_of(SimAccountId account) const;  // null: never ordered here
  OrderHistory& history_for(SimAccountId account);                     // made when absent
  [[nodiscard]] Entry* find(SimAccountId account, std::uint64_t order_id) const;
  // Of an account's resting order.
  [[nodiscard]] Entry& entry_of(const OrderBook::Resting& resting) const;
  // By either id or both, which must agree: the venue looks by order id first.
  [[nodiscard]] std::expected<Entry*, VenueError> look_up(SimAccountId account,
                                                          const OrderName& name,
                                                          const VenueError& absent) const;

 private:
  // By account; null where the account has never ordered.
  std::vector<std::unique_ptr<OrderHistory>> histories_;
};

}  // namespace portcullis::sim
