// Where somebody's orders stand among the quantity that is mirrored from another venue.
#include <algorithm>

#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

OrderBook::Handle OrderBook::first_at(Side side, Price px) const {
  const PriceLadder::Ref level = ladder_.find(side, px);
  return level == PriceLadder::kNone ? kNoHandle : ladder_[level].head;
}

OrderBook::Handle OrderBook::last_order_at(Side side, Price px, std::uint64_t id_end) const {
  const PriceLadder::Ref level = ladder_.find(side, px);
  Handle handle = level == PriceLadder::kNone ? kNoHandle : ladder_[level].tail;
  while (handle != kNoHandle) {
    const Node& node = nodes_[handle];
    if (node.order_id != 0 && node.order_id < id_end) break;
    handle = node.previous;
  }
  return handle;
}

Qty OrderBook::mirrored_at(Side side, Price px) const {
  Qty sum{};
  for (Handle each = first_at(side, px); each != kNoHandle; each = nodes_[each].next) {
    if (nodes_[each].order_id == 0) sum += nodes_[each].leaves;
  }
  return sum;
}

OrderBook::Mirrored OrderBook::mirrored_around(Handle handle) const {
  Mirrored out;
  const auto add = [this](Handle each, Qty& sum) {
    if (nodes_[each].order_id == 0) sum += nodes_[each].leaves;
  };
  for (Handle each = nodes_[handle].previous; each != kNoHandle; each = nodes_[each].previous) {
    add(each, out.ahead);
  }
  for (Handle each = nodes_[handle].next; each != kNoHandle; each = nodes_[each].next) {
    add(each, out.behind);
  }
  return out;
}

void OrderBook::move_mirrored_behind(Handle handle, Qty qty) {
  const Qty moved = take_mirrored_front(handle, qty);
  put_mirrored_behind(handle, moved);
}

Qty OrderBook::take_mirrored_front(Handle handle, Qty qty) {
  Qty taken{};
  for (Handle each = ladder_[nodes_[handle].level].head; each != handle && taken < qty;) {
    const Handle next = nodes_[each].next;
    taken += take_one(each, qty - taken);
    each = next;
  }
  return taken;
}

void OrderBook::take_mirrored_back(Handle handle, Qty qty, std::vector<MirroredPlace>* places) {
  const auto take = [&](Handle each, std::uint64_t before_order_id) {
    const Qty taken = take_one(each, qty);
    qty -= taken;
    if (places != nullptr && taken.is_positive()) places->push_back({before_order_id, taken});
  };
  for (Handle each = nodes_[handle].next;
       each != kNoHandle && nodes_[each].order_id == 0 && qty.is_positive();) {
    const Handle next = nodes_[each].next;
    take(each, 0);
    each = next;
  }
  std::uint64_t before = nodes_[handle].order_id;
  for (Handle each = nodes_[handle].previous; each != kNoHandle && qty.is_positive();) {
    const Handle previous = nodes_[each].previous;
    if (nodes_[each].order_id != 0) before = nodes_[each].order_id;
    take(each, before);
    each = previous;
  }
}

void OrderBook::put_mirrored_behind(Handle handle, Qty qty) {
  put_between(handle, nodes_[handle].next, nodes_[handle].level, qty);
}

void OrderBook::put_mirrored_before(Handle handle, Qty qty) {
  put_between(nodes_[handle].previous, handle, nodes_[handle].level, qty);
}

Qty OrderBook::take_one(Handle handle, Qty qty) {
  Node& node = nodes_[handle];
  if (node.order_id != 0) return {};
  const Qty taken = std::min(qty, node.leaves);
  node.leaves -= taken;
  ladder_[node.level].total -= taken;
  if (node.leaves.is_zero()) unlink(handle);
  return taken;
}

void OrderBook::put_between(Handle previous, Handle next, PriceLadder::Ref level_ref, Qty qty) {
  if (!qty.is_positive()) return;
  PriceLevel& level = ladder_[level_ref];
  level.total += qty;
  for (const Handle neighbour : {previous, next}) {
    if (neighbour == kNoHandle || nodes_[neighbour].order_id != 0) continue;
    nodes_[neighbour].leaves += qty;
    return;
  }
  const Handle added = nodes_.take(0);  // may move the nodes
  nodes_[added] = {.order_id = 0,
                   .leaves = qty,
                   .account = kCrowd,
                   .previous = previous,
                   .next = next,
                   .level = level_ref};
  (previous == kNoHandle ? level.head : nodes_[previous].next) = added;
  (next == kNoHandle ? level.tail : nodes_[next].previous) = added;
  ++order_count_;
}

}  // namespace portcullis::sim
