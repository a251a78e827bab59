#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/time.hpp"

namespace portcullis::risk {

// A sum, or the highest value, over a sliding window, in buckets: whatever came within the window
// is in it, and what came before it for at most one bucket (a 32nd of the window) more, so that it
// never tells too little. A window of zero forgets nothing. Fixed memory, no division once its
// length is set; an addition costs as many steps as buckets have passed, 33 at most.
template <class Amount, bool kIsHighest = false>
class BucketWindow {
 public:
  static constexpr std::size_t kBuckets = 32;

  void set_length(Nanos window) noexcept {
    constexpr auto kCount = static_cast<Nanos::rep>(kBuckets);
    width_ = Nanos{(window.count() + kCount - 1) / kCount};
    clear();
  }

  void add(Amount amount, MonoTime now) noexcept {
    advance(now);
    if constexpr (kIsHighest) {
      if (!has_[index_] || amount > buckets_[index_]) buckets_[index_] = amount;
      has_[index_] = true;
    } else {
      buckets_[index_] += amount;
      sum_ += amount;
    }
  }
  [[nodiscard]] Amount sum(MonoTime now) noexcept
    requires(!kIsHighest)
  {
    advance(now);
    return sum_;
  }
  // `least` when nothing is higher.
  [[nodiscard]] Amount highest(Amount least, MonoTime now) noexcept
    requires kIsHighest
  {
    advance(now);
    Amount best = least;
    for (std::size_t i = 0; i < kSlots; ++i) {
      if (has_[i]) best = std::max(best, buckets_[i]);
    }
    return best;
  }
  void clear() noexcept {
    buckets_.fill(Amount{});
    has_.fill(false);
    sum_ = Amount{};
    end_ = MonoTime{};
  }

 private:
  static constexpr std::size_t kSlots = kBuckets + 1;  // whole ones, and the one under way

  void advance(MonoTime now) noexcept {
    if (now < end_ || width_ == Nanos{0}) [[likely]]
      return;
    if (now - end_ >= width_ * static_cast<Nanos::rep>(kBuckets)) {
      clear();
      end_ = now + width_;
      return;
    }
    while (now >= end_) {
      index_ = index_ + 1 == kSlots ? 0 : index_ + 1;
      sum_ -= buckets_[index_];
      buckets_[index_] = Amount{};
      has_[index_] = false;
      end_ += width_;
    }
  }

  std::array<Amount, kSlots> buckets_{};
  std::array<bool, kSlots> has_{};
  Amount sum_{};
  Nanos width_{};
  MonoTime end_{};  // of the bucket under way
  std::size_t index_{0};
};

}  // namespace portcullis::risk
