#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/check.hpp"

namespace portcullis::oms {

// Open-addressing map of fixed capacity: linear probing over twice as many cells as entries, and
// backward-shift deletion, so that no tombstone ever slows a lookup down. All memory is taken at
// construction. `Key` offers hash() and ==. One thread.
template <class Key, class Value>
class FlatIndex {
 public:
  explicit FlatIndex(std::size_t capacity)
      : capacity_{capacity},
        mask_{std::bit_ceil(capacity * 2) - 1},
        cells_{std::make_unique<Cell[]>(mask_ + 1)} {
    PORTCULLIS_CHECK(capacity > 0, "an index needs room for one entry");
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  [[nodiscard]] const Value* find(const Key& key) const noexcept {
    for (std::size_t i = home_of(key); cells_[i].is_used; i = (i + 1) & mask_) {
      if (cells_[i].key == key) return &cells_[i].value;
    }
    return nullptr;
  }

  // False when the key is there already. A full index is a bug: the owner makes room first.
  bool insert(const Key& key, const Value& value) noexcept {
    PORTCULLIS_CHECK(size_ < capacity_, "the owner of an index evicts before it inserts");
    std::size_t i = home_of(key);
    while (cells_[i].is_used) {
      if (cells_[i].key == key) return false;
      i = (i + 1) & mask_;
    }
    cells_[i] = Cell{.key = key, .value = value, .is_used = true};
    ++size_;
    return true;
  }

  bool erase(const Key& key) noexcept {
    std::size_t hole = home_of(key);
    while (!(cells_[hole].is_used && cells_[hole].key == key)) {
      if (!cells_[hole].is_used) return false;
      hole = (hole + 1) & mask_;
    }
    close_hole(hole);
    --size_;
    return true;
  }

 private:
  struct Cell {
    Key key{};
    Value value{};
    bool is_used{false};
  };

  [[nodiscard]] std::size_t home_of(const Key& key) const noexcept {
    return static_cast<std::size_t>(key.hash()) & mask_;
  }

  // Moves every later entry of the run back that may stand nearer to its home.
  void close_hole(std::size_t hole) noexcept {
    for (std::size_t i = (hole + 1) & mask_; cells_[i].is_used; i = (i + 1) & mask_) {
      const std::size_t distance_to_home = (i - home_of(cells_[i].key)) & mask_;
      const std::size_t distance_to_hole = (i - hole) & mask_;
      if (distance_to_home < distance_to_hole) continue;
      cells_[hole] = cells_[i];
      hole = i;
    }
    cells_[hole].is_used = false;
  }

  std::size_t capacity_;
  std::size_t mask_;
  std::unique_ptr<Cell[]> cells_;
  std::size_t size_{0};
};

// Spreads consecutive ids over the cells (the finaliser of SplitMix64).
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace portcullis::oms
