#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace portcullis::sim {

// The newest `capacity` elements in order; memory grows with what is kept, up to there. One thread.
template <class T>
class BoundedRing {
 public:
  explicit BoundedRing(std::size_t capacity) : capacity_{std::max<std::size_t>(1, capacity)} {}

  void push_back(T value) {
    if (items_.size() < capacity_) {
      items_.push_back(std::move(value));
      return;
    }
    items_[head_] = std::move(value);
    head_ = head_ + 1 == capacity_ ? 0 : head_ + 1;
    has_dropped_ = true;
  }

  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  // True when elements older than front() were here.
  [[nodiscard]] bool has_dropped() const noexcept { return has_dropped_; }
  // 0: the oldest.
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
    return items_[place_of(index)];
  }
  [[nodiscard]] const T& front() const noexcept { return (*this)[0]; }
  [[nodiscard]] const T& back() const noexcept { return (*this)[size() - 1]; }
  [[nodiscard]] T& back() noexcept { return items_[place_of(size() - 1)]; }

  // The first index whose projection is not below `value`; size() when there is none. The elements
  // must be in the projection's order.
  template <class Value, class Projection>
  [[nodiscard]] std::size_t lower_bound(const Value& value, Projection projection) const {
    std::size_t first = 0;
    std::size_t count = size();
    while (count > 0) {
      const std::size_t half = count / 2;
      if (std::invoke(projection, (*this)[first + half]) < value) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first;
  }

 private:
  [[nodiscard]] std::size_t place_of(std::size_t index) const noexcept {
    const std::size_t at = head_ + index;
    return at < items_.size() ? at : at - items_.size();
  }

  std::size_t capacity_;
  std::vector<T> items_;
  std::size_t head_{0};  // of the oldest, once the ring is full
  bool has_dropped_{false};
};

}  // namespace portcullis::sim
