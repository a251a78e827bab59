#include "sim/matching/order_book.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kMillion = 1'000'000;

Qty share_of(Qty qty, std::int64_t ppm) {
  return Qty::from_raw(static_cast<std::int64_t>(Int128{qty.raw()} * ppm / kMillion));
}

}  // namespace

void OrderBook::reserve(std::uint32_t orders, std::uint32_t price_runs) {
  nodes_.reserve(orders);
  ladder_.reserve(price_runs);
}

std::vector<Level> OrderBook::levels(Side side, std::size_t limit) const {
  std::vector<Level> out;
  for (PriceLadder::Ref level = ladder_.best(side);
       level != PriceLadder::kNone && out.size() < limit; level = ladder_.next(level)) {
    out.push_back({.px = ladder_.px_of(level), .qty = ladder_[level].total});
  }
  return out;
}

Qty OrderBook::qty_at(Side side, Price px) const {
  const PriceLadder::Ref level = ladder_.find(side, px);
  return level == PriceLadder::kNone ? Qty{} : ladder_[level].total;
}

Qty OrderBook::qty_ahead(Handle handle) const {
  Qty ahead{};
  for (Handle each = nodes_[handle].previous; each != kNoHandle; each = nodes_[each].previous) {
    ahead += nodes_[each].leaves;
  }
  return ahead;
}

void OrderBook::set_mirrored(Side side, Price px, Qty qty, std::int64_t ahead_ppm) {
  Qty present{};
  const PriceLadder::Ref level = ladder_.find(side, px);
  if (level != PriceLadder::kNone) {
    for (Handle each = ladder_[level].head; each != kNoHandle; each = nodes_[each].next) {
      if (nodes_[each].order_id == 0) present += nodes_[each].leaves;
    }
  }
  if (qty > present) {
    grow_mirrored(side, px, qty - present);
  } else if (qty < present) {
    const Qty ahead = share_of(present - qty, ahead_ppm);
    // The level may be gone after the first, but then nothing is left for the second.
    if (ahead.is_positive()) shrink_mirrored_front(level, ahead);
    if (ahead < present - qty) shrink_mirrored_back(level, present - qty - ahead);
  }
}

// What queues behind mirrored quantity is one with it.
void OrderBook::grow_mirrored(Side side, Price px, Qty more) {
  const PriceLadder::Ref ref = ladder_.find(side, px);
  const Handle tail = ref == PriceLadder::kNone ? kNoHandle : ladder_[ref].tail;
  if (tail == kNoHandle || nodes_[tail].order_id != 0) {
    add({.account = kCrowd, .side = side, .px = px, .leaves = more});
    return;
  }
  nodes_[tail].leaves += more;
  ladder_[ref].total += more;
  changed(ref);
}

void OrderBook::shrink_mirrored_front(PriceLadder::Ref level, Qty less) {
  for (Handle handle = ladder_[level].head; less.is_positive() && handle != kNoHandle;) {
    const Handle next = nodes_[handle].next;
    less -= shrink_one(handle, less);
    handle = next;
  }
}

void OrderBook::shrink_mirrored_back(PriceLadder::Ref level, Qty less) {
  for (Handle handle = ladder_[level].tail; less.is_positive() && handle != kNoHandle;) {
    const Handle previous = nodes_[handle].previous;
    less -= shrink_one(handle, less);
    handle = previous;
  }
}

Qty OrderBook::shrink_one(Handle handle, Qty less) {
  const Node& node = nodes_[handle];
  if (node.order_id != 0) return {};
  const Qty taken = std::min(less, node.leaves);
  reduce(handle, taken);
  return taken;
}

std::optional<DepthDiff> OrderBook::take_depth_diff() {
  std::optional<DepthDiff> diff{std::in_place};
  if (!take_depth_diff(*diff)) diff.reset();
  return diff;
}

bool OrderBook::take_depth_diff(DepthDiff& diff) {
  if (last_update_id_ == taken_update_id_) return false;
  diff.first_update_id = taken_update_id_ + 1;
  diff.last_update_id = taken_update_id_ = last_update_id_;
  const auto take = [this](Side side, std::vector<Level>& out) {
    out.clear();
    ladder_.take_marks(side, [&out](Price px, Qty qty) { out.push_back({.px = px, .qty = qty}); });
  };
  take(Side::kBuy, diff.bids);
  take(Side::kSell, diff.asks);
  return true;
}

void OrderBook::refine(Price px) {
  ladder_.refine(px, [this](const PriceLevel& level, PriceLadder::Ref ref) {
    for (Handle each = level.head; each != kNoHandle; each = nodes_[each].next) {
      nodes_[each].level = ref;
    }
  });
}

}  // namespace portcullis::sim
