#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "core/check.hpp"
#include "sim/matching/pages.hpp"

namespace portcullis::sim {

// Elements of one type named by a 32-bit index, reused through a free list that is threaded through
// `link_of(element)`. Grows by doubling (the elements move, the indices stay); after reserve() it
// does not. One thread.
template <class T, std::uint32_t T::* kLink>
class Slab {
 public:
  static_assert(std::is_trivially_copyable_v<T>, "growing copies bytes");
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  // A new element is T{}; one used before is as it was released, but for the link.
  std::uint32_t take() {
    if (free_ != kNone) {
      const std::uint32_t index = free_;
      free_ = data()[index].*kLink;
      return index;
    }
    if (size_ == capacity_) grow(capacity_ == 0 ? kFirst : capacity_ * 2);
    ::new (static_cast<void*>(data() + size_)) T{};
    return size_++;
  }
  void release(std::uint32_t index) {
    data()[index].*kLink = free_;
    free_ = index;
  }
  void reserve(std::uint32_t count) {
    if (count > capacity_) grow(count);
  }
  T& operator[](std::uint32_t index) { return data()[index]; }
  const T& operator[](std::uint32_t index) const { return data()[index]; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return pages_.bytes(); }

 private:
  static constexpr std::uint32_t kFirst = 16;

  T* data() const noexcept { return static_cast<T*>(pages_.data()); }
  void grow(std::uint32_t count) {
    PORTCULLIS_CHECK(count > capacity_ && count < kNone / 2, "an order book is full");
    Pages bigger{std::size_t{count} * sizeof(T)};
    if (size_ != 0) std::memcpy(bigger.data(), pages_.data(), std::size_t{size_} * sizeof(T));
    pages_ = std::move(bigger);
    capacity_ = count;
  }

  Pages pages_;
  std::uint32_t size_{0};
  std::uint32_t capacity_{0};
  std::uint32_t free_{kNone};
};

}  // namespace portcullis::sim
