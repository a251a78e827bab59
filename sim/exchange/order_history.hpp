#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// One account's orders and fills in one symbol: open ones, and the newest kClosedKept closed ones.
class OrderHistory {
 public:
  struct Entry {
    Order order;
    OrderBook::Handle handle{OrderBook::kNoHandle};  // while it rests
    Qty locked{};  // of the quote asset for a buy, of the base asset for a sell
    std::vector<Fill> fills;
  };
  static constexpr std::size_t kClosedKept = 100'000;
  static constexpr std::size_t kFillsKept = 200'000;

  // The entry stays where it is until it is forgotten.
  Entry& add(const Order& order);
  void add_fill(Entry& entry, const Fill& fill);
  // After the order's last event; forgets the oldest closed order when there are too many.
  void close(const Entry& entry);

  [[nodiscard]] Entry* find(std::uint64_t order_id);
  // The newest order with that client id, open or closed.
  [[nodiscard]] Entry* find(std::string_view client_order_id);
  [[nodiscard]] bool is_open(std::string_view client_order_id) const;
  [[nodiscard]] const std::set<std::uint64_t>& open() const noexcept { return open_; }
  [[nodiscard]] const std::deque<Fill>& fills() const noexcept { return fills_; }

 private:
  void forget_oldest();

  std::unordered_map<std::uint64_t, Entry> orders_;
  std::unordered_map<std::string, std::uint64_t> by_client_id_;
  std::set<std::uint64_t> open_;  // oldest first
  std::deque<std::uint64_t> closed_;
  std::deque<Fill> fills_;
};

}  // namespace portcullis::sim
