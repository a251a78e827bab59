#include "sim/matching/order_book.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace portcullis::sim {

OrderBook::Handle OrderBook::add(const Resting& resting) {
  PORTCULLIS_CHECK(resting.leaves.is_positive(), "an order without quantity cannot rest");
  const std::uint32_t level_index = level_at(resting.side, resting.px);
  const Handle handle = take_node();
  PriceLevel& level = levels_[level_index];
  nodes_[handle] = {.resting = resting, .previous = level.tail, .level = level_index};
  if (level.tail == kNoHandle) {
    level.head = handle;
  } else {
    nodes_[level.tail].next = handle;
  }
  level.tail = handle;
  level.total += resting.leaves;
  depth_.touch(resting.side, resting.px);
  return handle;
}

void OrderBook::reduce(Handle handle, Qty qty) {
  Node& node = nodes_[handle];
  PORTCULLIS_CHECK(qty.is_positive() && qty <= node.resting.leaves,
                   "a resting order can only lose what it has");
  node.resting.leaves -= qty;
  levels_[node.level].total -= qty;
  depth_.touch(node.resting.side, node.resting.px);
  if (node.resting.leaves.is_zero()) unlink(handle);
}

OrderBook::Handle OrderBook::best(Side side) const {
  const SideLevels& levels = of(side);
  return levels.empty() ? kNoHandle : levels_[levels.back().level].head;
}

OrderBook::Handle OrderBook::next(Handle handle) const {
  const Node& node = nodes_[handle];
  if (node.next != kNoHandle) return node.next;
  const auto here = lower_bound(node.resting.side, node.resting.px);
  if (here == of(node.resting.side).begin()) return kNoHandle;
  return levels_[std::prev(here)->level].head;
}

Level OrderBook::best_level(Side side) const {
  const SideLevels& levels = of(side);
  if (levels.empty()) return {};
  const PriceLevel& level = levels_[levels.back().level];
  return {.px = level.px, .qty = level.total};
}

bool OrderBook::is_crossed_by(Side taker_side, Price px) const {
  const SideLevels& levels = of(opposite(taker_side));
  if (levels.empty()) return false;
  const Price best = levels_[levels.back().level].px;
  return taker_side == Side::kBuy ? best <= px : best >= px;
}

std::vector<Level> OrderBook::levels(Side side, std::size_t limit) const {
  const SideLevels& refs = of(side);
  std::vector<Level> out;
  out.reserve(std::min(limit, refs.size()));
  for (auto ref = refs.rbegin(); ref != refs.rend() && out.size() < limit; ++ref) {
    out.push_back({.px = levels_[ref->level].px, .qty = levels_[ref->level].total});
  }
  return out;
}

Qty OrderBook::qty_at(Side side, Price px) const {
  const PriceLevel* level = find_level(side, px);
  return level == nullptr ? Qty{} : level->total;
}

void OrderBook::set_mirrored(Side side, Price px, Qty qty) {
  Qty present{};
  const PriceLevel* level = find_level(side, px);
  Handle handle = level == nullptr ? kNoHandle : level->tail;
  for (Handle at_handle = handle; at_handle != kNoHandle; at_handle = nodes_[at_handle].previous) {
    if (at(at_handle).order_id == 0) present += at(at_handle).leaves;
  }
  if (qty > present) {
    add({.account = kCrowd, .side = side, .px = px, .leaves = qty - present});
  }
  Qty surplus = present - qty;
  while (surplus.is_positive()) {
    const Handle previous = nodes_[handle].previous;
    if (at(handle).order_id == 0) {
      const Qty taken = std::min(surplus, at(handle).leaves);
      reduce(handle, taken);
      surplus -= taken;
    }
    handle = previous;
  }
}

std::optional<DepthDiff> OrderBook::take_depth_diff() {
  const auto touched = depth_.take();
  if (!touched) return std::nullopt;
  DepthDiff diff{.first_update_id = touched->first_update_id,
                 .last_update_id = touched->last_update_id,
                 .bids = {},
                 .asks = {}};
  const auto fill = [this](Side side, const std::vector<Price>& prices, std::vector<Level>& out) {
    out.reserve(prices.size());
    for (const Price px : prices) out.push_back({.px = px, .qty = qty_at(side, px)});
  };
  fill(Side::kBuy, touched->prices[0], diff.bids);
  std::ranges::reverse(diff.bids);  // best first
  fill(Side::kSell, touched->prices[1], diff.asks);
  return diff;
}

OrderBook::SideLevels::const_iterator OrderBook::lower_bound(Side side, Price px) const {
  return std::ranges::lower_bound(of(side), key_of(side, px), {}, &LevelRef::key);
}

const OrderBook::PriceLevel* OrderBook::find_level(Side side, Price px) const {
  const auto ref = lower_bound(side, px);
  if (ref == of(side).end() || ref->key != key_of(side, px)) return nullptr;
  return &levels_[ref->level];
}

std::uint32_t OrderBook::level_at(Side side, Price px) {
  const auto ref = lower_bound(side, px);
  if (ref != of(side).end() && ref->key == key_of(side, px)) return ref->level;
  std::uint32_t index = 0;
  if (free_levels_.empty()) {
    index = static_cast<std::uint32_t>(levels_.size());
    levels_.emplace_back();
  } else {
    index = free_levels_.back();
    free_levels_.pop_back();
  }
  levels_[index] = {.px = px};
  of(side).insert(ref, {.key = key_of(side, px), .level = index});
  return index;
}

OrderBook::Handle OrderBook::take_node() {
  if (free_node_ == kNoHandle) {
    nodes_.emplace_back();
    return static_cast<Handle>(nodes_.size() - 1);
  }
  const Handle handle = free_node_;
  free_node_ = nodes_[handle].next;
  return handle;
}

void OrderBook::unlink(Handle handle) {
  Node& node = nodes_[handle];
  PriceLevel& level = levels_[node.level];
  (node.previous == kNoHandle ? level.head : nodes_[node.previous].next) = node.next;
  (node.next == kNoHandle ? level.tail : nodes_[node.next].previous) = node.previous;
  if (level.head == kNoHandle) drop_level(node.resting.side, node.level);
  node.next = free_node_;
  free_node_ = handle;
}

void OrderBook::drop_level(Side side, std::uint32_t level) {
  of(side).erase(lower_bound(side, levels_[level].px));
  free_levels_.push_back(level);
}

}  // namespace portcullis::sim
