#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/matching/pages.hpp"

namespace portcullis::sim {

// 64-bit id -> 32-bit index, for ids that come mostly in sequence. Eight consecutive ids share one
// cache line and the lines are scattered by a multiplicative hash, so that a run of ids fills the
// table evenly and old survivors do not pile up in front of new ids. Open addressing at most half
// full, removal by shifting back: no tombstones. Only the id's low half is kept here; the caller's
// `is_it(index)` says whether the whole id is the same.
class IdMap {
 public:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  void reserve(std::uint32_t count) {
    if (std::uint64_t{count} * 2 > capacity()) rehash(std::bit_ceil(count * 2));
  }

  void insert(std::uint64_t id, std::uint32_t index) {
    if ((count_ + 1) * 2 > capacity()) rehash(capacity() == 0 ? kFirst : capacity() * 2);
    put({.id_low = low(id), .taken = index + 1});
    ++count_;
  }

  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint64_t id, IsIt&& is_it) const {
    const std::uint32_t slot = slot_of(id, is_it);
    return slot == kNone ? kNone : slots()[slot].taken - 1;
  }

  template <class IsIt>
  void erase(std::uint64_t id, IsIt&& is_it) {
    const std::uint32_t slot = slot_of(id, is_it);
    if (slot == kNone) return;
    --count_;
    close_gap(slot);
  }

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return pages_.bytes(); }

 private:
  struct Slot {
    std::uint32_t id_low;
    std::uint32_t taken;  // index + 1; zero: free
  };
  static constexpr std::uint32_t kFirst = 16;
  static constexpr unsigned kRunBits = 3;  // ids in a cache line

  [[nodiscard]] std::uint32_t capacity() const noexcept { return mask_ == 0 ? 0 : mask_ + 1; }
  static std::uint32_t low(std::uint64_t id) noexcept { return static_cast<std::uint32_t>(id); }
  [[nodiscard]] Slot* slots() const noexcept { return static_cast<Slot*>(pages_.data()); }
  // The golden ratio's multiples are spread the most evenly.
  [[nodiscard]] std::uint32_t home(std::uint32_t id_low) const noexcept {
    const std::uint32_t line = (id_low >> kRunBits) * 0x9E37'79B1U >> shift_;
    return line << kRunBits | (id_low & ((1U << kRunBits) - 1));
  }

  void put(Slot slot) noexcept {
    std::uint32_t at = home(slot.id_low);
    while (slots()[at].taken != 0) at = (at + 1) & mask_;
    slots()[at] = slot;
  }

  template <class IsIt>
  [[nodiscard]] std::uint32_t slot_of(std::uint64_t id, IsIt&& is_it) const {
    if (mask_ == 0) return kNone;
    for (std::uint32_t at = home(low(id)); slots()[at].taken != 0; at = (at + 1) & mask_) {
      if (slots()[at].id_low == low(id) && is_it(slots()[at].taken - 1)) return at;
    }
    return kNone;
  }

  // Moves back whatever the gap would cut off from its home.
  void close_gap(std::uint32_t gap) noexcept {
    for (std::uint32_t at = (gap + 1) & mask_; slots()[at].taken != 0; at = (at + 1) & mask_) {
      const std::uint32_t from_home = (at - home(slots()[at].id_low)) & mask_;
      if (from_home < ((at - gap) & mask_)) continue;
      slots()[gap] = slots()[at];
      gap = at;
    }
    slots()[gap].taken = 0;
  }

  void rehash(std::uint32_t capacity_new) {
    const std::uint32_t capacity_old = capacity();
    const Pages old =
        std::exchange(pages_, Pages{std::size_t{std::max(capacity_new, kFirst)} * sizeof(Slot)});
    mask_ = std::max(capacity_new, kFirst) - 1;
    shift_ = 32 - (static_cast<unsigned>(std::bit_width(mask_)) - kRunBits);
    const auto* const slots_old = static_cast<const Slot*>(old.data());
    for (std::uint32_t at = 0; at < capacity_old; ++at) {
      if (slots_old[at].taken != 0) put(slots_old[at]);
    }
  }

  Pages pages_;
  std::uint32_t count_{0};
  std::uint32_t mask_{0};
  unsigned shift_{0};
};

}  // namespace portcullis::sim
