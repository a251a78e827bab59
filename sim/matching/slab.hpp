#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "core/check.hpp"
#include "sim/matching/pages.hpp"

namespace portcullis::sim {

// A growing array of plain elements that moves when it grows, all of them T{} at first.
template <class T>
class FlatArray {
 public:
  static_assert(std::is_trivially_copyable_v<T>, "growing copies bytes");

  void grow(std::uint32_t count) {
    if (count <= count_) return;
    Pages bigger{std::size_t{count} * sizeof(T)};
    if (count_ != 0) std::memcpy(bigger.data(), pages_.data(), std::size_t{count_} * sizeof(T));
    pages_ = std::move(bigger);
    std::fill(data() + count_, data() + count, T{});
    count_ = count;
  }
  T& operator[](std::uint32_t index) noexcept { return data()[index]; }
  const T& operator[](std::uint32_t index) const noexcept { return data()[index]; }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return pages_.bytes(); }

 private:
  [[nodiscard]] T* data() const noexcept { return static_cast<T*>(pages_.data()); }

  Pages pages_;
  std::uint32_t count_{0};
};

// Elements named by a 32-bit index and used again through a free list that is threaded through
// `element.*kLink`. Grows by doubling (the indices stay); after reserve() it need not. One thread.
template <class T, std::uint32_t T::* kLink>
class Slab {
 public:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  // A new element is T{}; one used before is as it was released, but for the link.
  std::uint32_t take() {
    if (free_ != kNone) {
      const std::uint32_t index = free_;
      free_ = elements_[index].*kLink;
      return index;
    }
    if (made_ == elements_.count()) grow();
    return made_++;
  }
  void release(std::uint32_t index) {
    elements_[index].*kLink = free_;
    free_ = index;
  }
  void reserve(std::uint32_t count) { elements_.grow(count); }
  T& operator[](std::uint32_t index) noexcept { return elements_[index]; }
  const T& operator[](std::uint32_t index) const noexcept { return elements_[index]; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return elements_.count(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return elements_.memory_bytes(); }

 private:
  static constexpr std::uint32_t kFirst = std::max<std::size_t>(1, 2'048 / sizeof(T));
  static constexpr std::uint32_t kMost = 1U << 30U;

  void grow() {
    PORTCULLIS_CHECK(made_ < kMost, "an order book is full");
    elements_.grow(std::max(kFirst, made_ * 2));
  }

  FlatArray<T> elements_;
  std::uint32_t made_{0};
  std::uint32_t free_{kNone};
};

}  // namespace portcullis::sim
