#pragma once

#include <atomic>
#include <chrono>

namespace portcullis::net {

// The end of a blocking, cold operation: a moment, and optionally a flag by which another thread
// calls it off. Waits look at the flag every kSlice.
class Deadline {
 public:
  static constexpr std::chrono::milliseconds kSlice{20};

  explicit Deadline(std::chrono::milliseconds timeout,
                    const std::atomic<bool>* abandon = nullptr) noexcept
      : end_{std::chrono::steady_clock::now() + timeout},
        abandon_{abandon} {}

  // Same flag, no later than this one: a share of it for one of several tries.
  [[nodiscard]] Deadline share(std::chrono::milliseconds timeout) const noexcept {
    Deadline part{timeout, abandon_};
    if (part.end_ > end_) part.end_ = end_;
    return part;
  }

  [[nodiscard]] bool is_abandoned() const noexcept {
    return abandon_ != nullptr && abandon_->load(std::memory_order_acquire);
  }
  [[nodiscard]] std::chrono::milliseconds left() const noexcept {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? left : std::chrono::milliseconds{0};
  }
  [[nodiscard]] bool is_over() const noexcept { return is_abandoned() || left().count() == 0; }

 private:
  std::chrono::steady_clock::time_point end_;
  const std::atomic<bool>* abandon_;
};

}  // namespace portcullis::net
