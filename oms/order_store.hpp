#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/ids.hpp"
#include "oms/flat_index.hpp"
#include "oms/order.hpp"

namespace portcullis::oms {

// All orders, in a slab of fixed capacity indexed by OrderId. An order is open until it is settled
// (oms/order.hpp) and is never evicted while it is; closed ones stay for late events and go
// oldest-first when room is needed. Trading thread only; memory is taken at construction.
class OrderStore {
 public:
  explicit OrderStore(std::size_t capacity);

  // A fresh open record with this id, or nothing when all are open. An id twice is a bug and
  // aborts.
  [[nodiscard]] Order* open(OrderId id) noexcept;
  // Open or closed; nothing when it never existed or has been evicted.
  [[nodiscard]] Order* find(OrderId id) noexcept;

  // By what the venue calls it: its ids are unique within a symbol.
  [[nodiscard]] Order* find_at_venue(SymbolId symbol, VenueOrderId venue_order_id) noexcept;
  void name_at_venue(Order& order, VenueOrderId venue_order_id) noexcept;

  // To the closed ones, as the youngest. False when it is closed already.
  bool close(Order& order) noexcept;
  // Back to the open ones: a late word has raised a question about it.
  // False when it is open already.
  bool reopen(Order& order) noexcept;

  // The open orders, densely: close() of the i-th moves the last into its place, so a walk that
  // closes goes from the end to the beginning.
  [[nodiscard]] std::size_t open_count() const noexcept { return open_count_; }
  [[nodiscard]] Order& open_at(std::size_t i) noexcept { return slots_[open_[i]].order; }
  // The closed ones, the oldest first. Cold.
  template <class Visit>
  void for_each_closed(Visit&& visit) const {
    for (SlotIndex i = oldest_closed_; i != kNoSlot; i = slots_[i].younger) visit(slots_[i].order);
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // Free or evictable.
  [[nodiscard]] bool has_room(std::size_t count = 1) const noexcept {
    return open_count_ + count <= capacity_;
  }

 private:
  using SlotIndex = std::uint32_t;
  static constexpr SlotIndex kNoSlot = 0xFFFF'FFFF;

  struct Key {
    OrderId id{};
    [[nodiscard]] std::uint64_t hash() const noexcept { return mix_bits(id.raw()); }
    friend bool operator==(const Key&, const Key&) noexcept = default;
  };

  struct VenueKey {
    VenueOrderId id{};
    SymbolId symbol{};
    [[nodiscard]] std::uint64_t hash() const noexcept {
      return mix_bits(id.raw() ^ std::uint64_t{symbol.raw()} << 48);
    }
    friend bool operator==(const VenueKey&, const VenueKey&) noexcept = default;
  };

  struct Slot {
    Order order{};
    SlotIndex older{kNoSlot};  // among the closed
    SlotIndex younger{kNoSlot};
    SlotIndex open_position{kNoSlot};  // in open_, kNoSlot when closed or free
  };

  [[nodiscard]] SlotIndex take_slot() noexcept;
  [[nodiscard]] SlotIndex index_of(const Order& order) const noexcept;
  void enter_open(SlotIndex index) noexcept;
  void unlink_closed(SlotIndex index) noexcept;
  void forget_venue_name(SlotIndex index) noexcept;

  std::size_t capacity_;
  std::unique_ptr<Slot[]> slots_;
  std::unique_ptr<SlotIndex[]> open_;
  FlatIndex<Key, SlotIndex> by_id_;
  FlatIndex<VenueKey, SlotIndex> by_venue_id_;
  std::size_t open_count_{0};
  std::size_t used_count_{0};  // slots handed out so far; beyond it all are free
  SlotIndex oldest_closed_{kNoSlot};
  SlotIndex youngest_closed_{kNoSlot};
};

}  // namespace portcullis::oms
