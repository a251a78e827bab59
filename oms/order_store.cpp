#include "oms/order_store.hpp"

#include "core/check.hpp"

namespace portcullis::oms {

OrderStore::OrderStore(std::size_t capacity)
    : capacity_{capacity},
      slots_{std::make_unique<Slot[]>(capacity)},
      open_{std::make_unique<SlotIndex[]>(capacity)},
      by_id_{capacity},
      by_venue_id_{capacity} {
  PORTCULLIS_CHECK(capacity < kNoSlot, "the order store's slots are numbered in 32 bits");
}

Order* OrderStore::open(OrderId id) noexcept {
  const SlotIndex index = take_slot();
  if (index == kNoSlot) return nullptr;
  Slot& slot = slots_[index];
  slot = Slot{};
  slot.order.id = id;
  const bool is_new = by_id_.insert(Key{id}, index);
  PORTCULLIS_CHECK(is_new, "an order id is never used twice");
  enter_open(index);
  return &slot.order;
}

Order* OrderStore::find(OrderId id) noexcept {
  const SlotIndex* index = by_id_.find(Key{id});
  return index != nullptr ? &slots_[*index].order : nullptr;
}

Order* OrderStore::find_at_venue(SymbolId symbol, VenueOrderId venue_order_id) noexcept {
  const SlotIndex* index = by_venue_id_.find(VenueKey{.id = venue_order_id, .symbol = symbol});
  return index != nullptr ? &slots_[*index].order : nullptr;
}

void OrderStore::name_at_venue(Order& order, VenueOrderId venue_order_id) noexcept {
  if (venue_order_id == VenueOrderId{} || venue_order_id == order.venue_order_id) return;
  const SlotIndex index = index_of(order);
  forget_venue_name(index);
  order.venue_order_id = venue_order_id;
  (void)by_venue_id_.insert(VenueKey{.id = venue_order_id, .symbol = order.symbol}, index);
}

// Of two orders that were given one name the first keeps it.
void OrderStore::forget_venue_name(SlotIndex index) noexcept {
  const Order& order = slots_[index].order;
  const VenueKey key{.id = order.venue_order_id, .symbol = order.symbol};
  const SlotIndex* named = by_venue_id_.find(key);
  if (named != nullptr && *named == index) by_venue_id_.erase(key);
}

bool OrderStore::close(Order& order) noexcept {
  const SlotIndex index = index_of(order);
  Slot& slot = slots_[index];
  if (slot.open_position == kNoSlot) return false;
  const SlotIndex last = open_[open_count_ - 1];
  open_[slot.open_position] = last;
  slots_[last].open_position = slot.open_position;
  slot.open_position = kNoSlot;
  --open_count_;
  slot.older = youngest_closed_;
  slot.younger = kNoSlot;
  (youngest_closed_ != kNoSlot ? slots_[youngest_closed_].younger : oldest_closed_) = index;
  youngest_closed_ = index;
  return true;
}

bool OrderStore::reopen(Order& order) noexcept {
  const SlotIndex index = index_of(order);
  if (slots_[index].open_position != kNoSlot) return false;
  unlink_closed(index);
  enter_open(index);
  return true;
}

OrderStore::SlotIndex OrderStore::take_slot() noexcept {
  if (used_count_ < capacity_) return static_cast<SlotIndex>(used_count_++);
  const SlotIndex evicted = oldest_closed_;
  if (evicted == kNoSlot) return kNoSlot;
  unlink_closed(evicted);
  by_id_.erase(Key{slots_[evicted].order.id});
  forget_venue_name(evicted);
  return evicted;
}

OrderStore::SlotIndex OrderStore::index_of(const Order& order) const noexcept {
  const SlotIndex* index = by_id_.find(Key{order.id});
  PORTCULLIS_CHECK(index != nullptr, "the order is one of this store's");
  return *index;
}

void OrderStore::enter_open(SlotIndex index) noexcept {
  slots_[index].open_position = static_cast<SlotIndex>(open_count_);
  open_[open_count_++] = index;
}

void OrderStore::unlink_closed(SlotIndex index) noexcept {
  Slot& slot = slots_[index];
  (slot.older != kNoSlot ? slots_[slot.older].younger : oldest_closed_) = slot.younger;
  (slot.younger != kNoSlot ? slots_[slot.younger].older : youngest_closed_) = slot.older;
  slot.older = kNoSlot;
  slot.younger = kNoSlot;
}

}  // namespace portcullis::oms
