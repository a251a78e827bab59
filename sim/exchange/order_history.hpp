#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/exchange/client_id_index.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// How many orders are open, by what the venue's count filters look at.
struct OpenCounts {
  int orders{0};
  int algo_orders{0};  // stops and take profits
  int iceberg_orders{0};
  int lists{0};

  void add(const Order& order, int by);
};

// One account's orders, fills, prevented matches and amendments in one symbol: what is open, and
// the newest of what is over.
class OrderHistory {
 public:
  struct Entry {
    Order order;
    OrderBook::Handle handle{OrderBook::kNoHandle};  // while it rests
    Qty locked{};            // of the quote asset for a buy, of the base asset for a sell
    bool is_waiting{false};  // in the stop book
    std::vector<Fill> fills;
  };
  static constexpr std::size_t kClosedKept = 100'000;
  static constexpr std::size_t kFillsKept = 200'000;
  static constexpr std::size_t kOthersKept = 10'000;  // prevented matches; amendments

  // The entry stays where it is until it is forgotten. Ids come in ascending order.
  Entry& add(const Order& order);
  void add_fill(Entry& entry, const Fill& fill);
  void add_prevented(const PreventedMatch& match);
  void add_amendment(const Amendment& amendment);
  // From now on it answers to that name.
  void rename(Entry& entry, const std::string& client_order_id);
  // After the order's last event; forgets the oldest closed order when there are too many.
  void close(const Entry& entry);

  [[nodiscard]] Entry* find(std::uint64_t order_id);
  // The newest order with that client id, open or closed.
  [[nodiscard]] Entry* find(std::string_view client_order_id) {
    return find(id_of(client_order_id));
  }
  [[nodiscard]] bool is_open(std::string_view client_order_id) const;
  [[nodiscard]] const std::set<std::uint64_t>& open() const noexcept { return open_; }
  [[nodiscard]] const OpenCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] OpenCounts& counts() noexcept { return counts_; }

  [[nodiscard]] std::vector<Order> orders(const HistoryQuery& query) const;
  [[nodiscard]] std::vector<Fill> fills(const HistoryQuery& query) const;
  [[nodiscard]] std::vector<PreventedMatch> prevented_matches(const HistoryQuery& query) const;
  [[nodiscard]] std::vector<Amendment> amendments(std::uint64_t order_id,
                                                  const HistoryQuery& query) const;

 private:
  void forget_oldest();
  [[nodiscard]] bool has_name(std::uint64_t order_id, std::string_view client_order_id) const;
  [[nodiscard]] std::uint64_t id_of(std::string_view client_order_id) const;  // zero: nobody's
  void name(const Order& order);

  std::unordered_map<std::uint64_t, Entry> orders_;
  ClientIdIndex by_client_id_;
  std::set<std::uint64_t> open_;   // oldest first
  std::deque<std::uint64_t> ids_;  // of orders_, ascending; some may be forgotten
  std::deque<std::uint64_t> closed_;
  std::deque<Fill> fills_;
  std::deque<PreventedMatch> prevented_;
  std::deque<Amendment> amendments_;
  OpenCounts counts_;
};

}  // namespace portcullis::sim
