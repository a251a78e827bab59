#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/check.hpp"
#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/matching/book_types.hpp"
#include "sim/matching/order_table.hpp"
#include "sim/matching/price_ladder.hpp"

namespace portcullis::sim {

// The resting orders of one symbol in price-time order, found by handle, by order id and by price.
// An order is 32 bytes in an OrderTable, linked into its level's queue by handle; the levels are a
// PriceLadder. Nothing is allocated after reserve() while the book stays within it. Every change of
// a level counts one update id and is remembered until the next diff.
class OrderBook {
 public:
  using Handle = std::uint32_t;
  static constexpr Handle kNoHandle = PriceLevel::kNoOrder;

  struct Resting {
    std::uint64_t order_id{0};  // zero: quantity mirrored from a recording, nobody's order
    SimAccountId account{};
    Side side{Side::kBuy};
    Price px{};
    Qty leaves{};
  };

  // `tick_size`: what prices are usually a multiple of. Others work too, at the cost of one
  // rearrangement of the book when a finer one comes; zero: found out from the prices.
  explicit OrderBook(Price tick_size = {}) noexcept : ladder_{tick_size} {}

  // `orders` as OrderTable::reserve. `price_runs`: stretches of 64 neighbouring ticks that may hold
  // a level or a change not taken.
  void reserve(std::uint32_t orders, std::uint32_t price_runs);

  // Joins the back of its level's queue. The handle lives until the quantity is gone. An order id
  // is in the book once.
  Handle add(const Resting& resting);
  // Takes `qty` (at most what is left) off the order; at zero it leaves the book.
  void reduce(Handle handle, Qty qty);
  void remove(Handle handle);
  [[nodiscard]] Resting at(Handle handle) const {
    const OrderTable::Node& node = nodes_[handle];
    return {.order_id = node.order_id,
            .account = node.account,
            .side = ladder_.side_of(node.level),
            .px = ladder_.px_of(node.level),
            .leaves = node.leaves};
  }
  // kNoHandle when no resting order has the id (which is not zero).
  [[nodiscard]] Handle find(std::uint64_t order_id) const { return nodes_.find(order_id); }

  // First in line at the best price; kNoHandle when the side is empty.
  [[nodiscard]] Handle best(Side side) const {
    const PriceLadder::Ref level = ladder_.best(side);
    return level == PriceLadder::kNone ? kNoHandle : ladder_[level].head;
  }
  // Next in priority on the same side, behind `handle` and then at worse prices.
  [[nodiscard]] Handle next(Handle handle) const {
    const OrderTable::Node& node = nodes_[handle];
    if (node.next != kNoHandle) return node.next;
    const PriceLadder::Ref level = ladder_.next(node.level);
    return level == PriceLadder::kNone ? kNoHandle : ladder_[level].head;
  }
  // A hint: an order of the other side is about to trade here. Fetches what it will meet after the
  // first order, as far as that can be known without waiting for that one.
  void expect_trades(Side side) const {
    constexpr int kLevelsAhead = 3;
    PriceLadder::Ref level = ladder_.best(side);
    for (int ahead = 0; ahead < kLevelsAhead && level != PriceLadder::kNone; ++ahead) {
      level = ladder_.next(level);
      if (level != PriceLadder::kNone) __builtin_prefetch(&nodes_[ladder_[level].head]);
    }
  }
  // Zero quantity: the side is empty.
  [[nodiscard]] Level best_level(Side side) const {
    const PriceLadder::Ref level = ladder_.best(side);
    if (level == PriceLadder::kNone) return {};
    return {.px = ladder_.px_of(level), .qty = ladder_[level].total};
  }
  // True when an order of `taker_side` at `px` would trade with what rests on the other side.
  [[nodiscard]] bool is_crossed_by(Side taker_side, Price px) const {
    const PriceLadder::Ref level = ladder_.best(opposite(taker_side));
    if (level == PriceLadder::kNone) return false;
    const Price best = ladder_.px_of(level);
    return taker_side == Side::kBuy ? best <= px : best >= px;
  }
  [[nodiscard]] std::vector<Level> levels(Side side, std::size_t limit) const;
  [[nodiscard]] Qty qty_at(Side side, Price px) const;
  // What stands before the order in its level's queue.
  [[nodiscard]] Qty qty_ahead(Handle handle) const;
  [[nodiscard]] std::uint32_t order_count() const noexcept { return order_count_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return nodes_.memory_bytes() + ladder_.memory_bytes();
  }

  // Brings the mirrored (order id zero) quantity of a level to `qty`. New quantity queues at the
  // back. Of lost quantity `ahead_ppm` parts in a million are taken from the front of the queue
  // (ahead of the first order that is somebody's, then between those, then behind them), the rest
  // from the back; either goes on where the other began when it finds too little.
  void set_mirrored(Side side, Price px, Qty qty, std::int64_t ahead_ppm = 0);

  // ---- places in the queue of a mirrored level (mirrored_queue.cpp)
  // First in line at the price; kNoHandle: nobody is.
  [[nodiscard]] Handle first_at(Side side, Price px) const;
  // Next in the same queue, or kNoHandle.
  [[nodiscard]] Handle next_in_line(Handle handle) const { return nodes_[handle].next; }
  // Last in line of the orders that are somebody's and whose id is below `id_end`.
  [[nodiscard]] Handle last_order_at(Side side, Price px, std::uint64_t id_end) const;
  [[nodiscard]] Qty mirrored_at(Side side, Price px) const;
  // Mirrored quantity of the handle's level, before it and behind it in line.
  struct Mirrored {
    Qty ahead{};
    Qty behind{};
  };
  [[nodiscard]] Mirrored mirrored_around(Handle handle) const;
  // Below, nothing is counted as a change of the level; tell_change() does, when there was one.
  // Lets up to `qty` of mirrored quantity from the front of the queue stand right behind `handle`.
  void move_mirrored_behind(Handle handle, Qty qty);
  // Up to `qty` from the front of the queue, as far as `handle`.
  Qty take_mirrored_front(Handle handle, Qty qty);
  // Where mirrored quantity stood: right before an order, or (id zero) behind the last one.
  struct MirroredPlace {
    std::uint64_t before_order_id{0};
    Qty qty{};
  };
  // `qty` from what stands right behind `handle`, then from before it, from the back to the front;
  // `places`, when given, gets where it was, in that order.
  void take_mirrored_back(Handle handle, Qty qty, std::vector<MirroredPlace>* places = nullptr);
  void put_mirrored_behind(Handle handle, Qty qty);
  void put_mirrored_before(Handle handle, Qty qty);
  void tell_change(Handle handle) { changed(nodes_[handle].level); }

  [[nodiscard]] std::uint64_t last_update_id() const noexcept { return last_update_id_; }
  // Nothing when nothing changed since the last one, which this one continues.
  std::optional<DepthDiff> take_depth_diff();
  // The same into memory that is used again; false when nothing changed.
  bool take_depth_diff(DepthDiff& diff);

 private:
  using Node = OrderTable::Node;

  void changed(PriceLadder::Ref level) {
    ++last_update_id_;
    ladder_.mark(level);
  }
  // One or the other without a branch. What a deep book holds is unpredictable and colder than any
  // cache: one order's misses shall not wait for another's.
  static Handle either(bool first, Handle yes, Handle no) noexcept {
    const Handle mask = Handle{0} - Handle{first};
    return (yes & mask) | (no & ~mask);
  }
  PriceLadder::Ref level_for(Side side, Price px);
  void unlink(Handle handle);  // its quantity is off the level already
  void refine(Price px);
  void grow_mirrored(Side side, Price px, Qty more);
  void shrink_mirrored_front(PriceLadder::Ref level, Qty less);
  void shrink_mirrored_back(PriceLadder::Ref level, Qty less);
  // Takes from a mirrored order without telling; returns how much.
  Qty take_one(Handle handle, Qty qty);
  // Adds mirrored quantity between two neighbours in a queue, of which one may be missing.
  void put_between(Handle previous, Handle next, PriceLadder::Ref level, Qty qty);
  // Takes up to `less` off a mirrored order; returns how much.
  Qty shrink_one(Handle handle, Qty less);

  OrderTable nodes_;
  PriceLadder ladder_;
  std::uint32_t order_count_{0};
  std::uint64_t last_update_id_{0};
  std::uint64_t taken_update_id_{0};
};

inline PriceLadder::Ref OrderBook::level_for(Side side, Price px) {
  const PriceLadder::Step step = ladder_.step_of(px);
  if (step.fits) [[likely]] {
    return ladder_.make(side, step);
  }
  refine(px);
  return ladder_.make(side, ladder_.step_of(px));
}

inline OrderBook::Handle OrderBook::add(const Resting& resting) {
  PORTCULLIS_CHECK(resting.leaves.is_positive(), "an order without quantity cannot rest");
  PORTCULLIS_CHECK(resting.px.is_positive(), "an order without a price cannot rest");
  const PriceLadder::Ref ref = level_for(resting.side, resting.px);
  const Handle handle = nodes_.take(resting.order_id);
  PriceLevel& level = ladder_[ref];
  const Handle tail = level.tail;
  nodes_[handle] = {.order_id = resting.order_id,
                    .leaves = resting.leaves,
                    .account = resting.account,
                    .previous = tail,
                    .next = kNoHandle,
                    .level = ref};
  nodes_[tail].next = handle;
  level.head = either(tail == kNoHandle, handle, level.head);
  level.tail = handle;
  level.total += resting.leaves;
  ++order_count_;
  changed(ref);
  return handle;
}

inline void OrderBook::reduce(Handle handle, Qty qty) {
  Node& node = nodes_[handle];
  PORTCULLIS_CHECK(qty.is_positive() && qty <= node.leaves,
                   "a resting order can only lose what it has");
  if (qty == node.leaves) {
    remove(handle);
    return;
  }
  node.leaves -= qty;
  ladder_[node.level].total -= qty;
  changed(node.level);
}

inline void OrderBook::remove(Handle handle) {
  const Node& node = nodes_[handle];
  ladder_[node.level].total -= node.leaves;
  changed(node.level);
  unlink(handle);
}

inline void OrderBook::unlink(Handle handle) {
  const Node& node = nodes_[handle];
  PriceLevel& level = ladder_[node.level];
  const Handle previous = node.previous;
  const Handle next = node.next;
  nodes_[previous].next = next;
  nodes_[next].previous = previous;
  level.head = either(previous == kNoHandle, next, level.head);
  level.tail = either(next == kNoHandle, previous, level.tail);
  ladder_.drop_if((previous | next) == kNoHandle, node.level);
  --order_count_;
  nodes_.release(handle);
}

}  // namespace portcullis::sim
