#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <unordered_map>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/matching/matcher.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::bench {

// What two matchers must agree on: every trade, in order.
struct TradeSum {
  std::uint64_t count{0};
  std::uint64_t checksum{0};

  void add(std::uint64_t maker, std::uint64_t taker, Price px, Qty qty) noexcept {
    ++count;
    for (const std::uint64_t part : {maker, taker, static_cast<std::uint64_t>(px.raw()),
                                     static_cast<std::uint64_t>(qty.raw())}) {
      checksum = (checksum ^ part) * 0x0000'0100'0000'01B3;
    }
  }
  friend bool operator==(const TradeSum&, const TradeSum&) = default;
};

struct Incoming {
  std::uint64_t id{0};
  Side side{Side::kBuy};
  Price px{};  // any_price() for a market order
  Qty qty{};
};

// The simulator's matching core with nothing around it: what the venue does for the crowd's orders.
class CoreMatcher {
 public:
  explicit CoreMatcher(Price tick) : book_{tick} {}

  void reserve(std::uint32_t orders, std::uint32_t price_runs) {
    book_.reserve(orders, price_runs);
  }
  // gone(id) is told of each maker that is filled.
  template <class Gone>
  Qty take(const Incoming& order, Gone&& gone) {
    Taker<Gone> taker{order, order.qty, trades_, gone};
    sim::match(book_, order.side, taker);
    return taker.left;
  }
  void market(const Incoming& order) {
    (void)take(order, [](std::uint64_t) {});
  }
  void limit(const Incoming& order) {
    rest(order, take(order, [](std::uint64_t) {}));
  }
  void rest(const Incoming& order, Qty left) {
    if (!left.is_positive()) return;
    book_.add({.order_id = order.id,
               .account = sim::kCrowd,
               .side = order.side,
               .px = order.px,
               .leaves = left});
  }
  bool cancel(std::uint64_t id) {
    const sim::OrderBook::Handle handle = book_.find(id);
    if (handle == sim::OrderBook::kNoHandle) return false;
    book_.remove(handle);
    return true;
  }

  [[nodiscard]] const TradeSum& trades() const noexcept { return trades_; }
  [[nodiscard]] const sim::OrderBook& book() const noexcept { return book_; }
  sim::OrderBook& book() noexcept { return book_; }

 private:
  template <class Gone>
  struct Taker {
    const Incoming& order;
    Qty left;
    TradeSum& trades;
    Gone& gone;

    [[nodiscard]] bool has_enough() const { return !left.is_positive(); }
    sim::Meeting meet(sim::OrderBook::Handle, const sim::OrderBook::Resting& resting) const {
      if (!sim::may_trade_at(order.side, order.px, resting.px)) return sim::Meeting::stop();
      return sim::Meeting::trade(std::min(left, resting.leaves));
    }
    void on_trade(sim::OrderBook::Handle, const sim::OrderBook::Resting& resting, Qty qty) {
      left -= qty;
      trades.add(resting.order_id, order.id, resting.px, qty);
      if (qty == resting.leaves) gone(resting.order_id);
    }
  };

  sim::OrderBook book_;
  TradeSum trades_;
};

// The reference: what one writes first. A tree of prices, a list a price, a hash table of ids.
class MapMatcher {
 public:
  void reserve(std::size_t orders) { where_.reserve(orders); }

  void market(const Incoming& order) { (void)take(order); }
  void limit(const Incoming& order) {
    const Qty left = take(order);
    if (!left.is_positive()) return;
    if (order.side == Side::kBuy) {
      rest(bids_, order, left);
    } else {
      rest(asks_, order, left);
    }
  }
  bool cancel(std::uint64_t id) {
    const auto found = where_.find(id);
    if (found == where_.end()) return false;
    const Place place = found->second;
    where_.erase(found);
    if (place.side == Side::kBuy) {
      drop(bids_, place);
    } else {
      drop(asks_, place);
    }
    return true;
  }
  [[nodiscard]] const TradeSum& trades() const noexcept { return trades_; }
  [[nodiscard]] std::size_t order_count() const noexcept { return where_.size(); }

 private:
  struct Order {
    std::uint64_t id;
    Qty left;
  };
  using Queue = std::list<Order>;
  struct Place {
    Side side;
    Price px;
    Queue::iterator order;
  };

  Qty take(const Incoming& order) {
    return order.side == Side::kBuy ? take_from(asks_, order) : take_from(bids_, order);
  }
  template <class Levels>
  Qty take_from(Levels& levels, const Incoming& order) {
    Qty left = order.qty;
    while (left.is_positive() && !levels.empty()) {
      auto level = levels.begin();
      if (!sim::may_trade_at(order.side, order.px, level->first)) break;
      Queue& queue = level->second;
      Order& maker = queue.front();
      const Qty qty = std::min(left, maker.left);
      trades_.add(maker.id, order.id, level->first, qty);
      left -= qty;
      maker.left -= qty;
      if (maker.left.is_positive()) continue;
      where_.erase(maker.id);
      queue.pop_front();
      if (queue.empty()) levels.erase(level);
    }
    return left;
  }
  template <class Levels>
  void rest(Levels& levels, const Incoming& order, Qty left) {
    Queue& queue = levels[order.px];
    queue.push_back({.id = order.id, .left = left});
    where_[order.id] = {.side = order.side, .px = order.px, .order = std::prev(queue.end())};
  }
  template <class Levels>
  void drop(Levels& levels, const Place& place) {
    const auto level = levels.find(place.px);
    level->second.erase(place.order);
    if (level->second.empty()) levels.erase(level);
  }

  std::map<Price, Queue, std::greater<>> bids_;
  std::map<Price, Queue> asks_;
  std::unordered_map<std::uint64_t, Place> where_;
  TradeSum trades_;
};

}  // namespace portcullis::bench
