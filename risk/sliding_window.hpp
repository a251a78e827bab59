#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/time.hpp"
#include "risk/limits.hpp"

namespace portcullis::risk {

inline constexpr std::size_t kWindowEventsMax = 1024;

// "Never more than n in any window of this length", exactly: the moments of the last events are
// kept, and the n-th latest must have left the window. Memory is taken at construction; a change of
// limits keeps what has happened. One owner thread.
//
// Unset, it refuses everything; so does a count beyond kWindowEventsMax.
class SlidingWindow {
 public:
  SlidingWindow() : times_{std::make_unique<MonoTime[]>(kWindowEventsMax)} {}

  // kOffCount: no limit, but events count for a later one.
  void configure(std::uint32_t count_max, Nanos window) noexcept {
    is_off_ = count_max == kOffCount;
    const bool is_set = count_max <= kWindowEventsMax && window.count() > 0;
    count_max_ = is_set ? count_max : 0;
    window_ = window;
  }

  [[nodiscard]] bool has_room(MonoTime now) const noexcept {
    if (is_off_) return true;
    if (count_max_ == 0) return false;
    if (count_ < count_max_) return true;
    return now - times_[(count_ - count_max_) & kMask] >= window_;
  }
  void prefetch() const noexcept { __builtin_prefetch(&times_[count_ & kMask], 1); }
  void take(MonoTime now) noexcept { times_[count_++ & kMask] = now; }
  // The event that was taken last. What it had displaced stays forgotten, which is stricter.
  void give_back() noexcept { --count_; }

  // Events in the window that ends now; looks at each of them. For the text of a reject.
  [[nodiscard]] std::int64_t in_window(MonoTime now) const noexcept {
    std::int64_t found = 0;
    const std::uint64_t kept = count_ < kWindowEventsMax ? count_ : kWindowEventsMax;
    for (std::uint64_t i = 1; i <= kept; ++i, ++found) {
      if (now - times_[(count_ - i) & kMask] >= window_) break;
    }
    return found;
  }

 private:
  static constexpr std::uint64_t kMask = kWindowEventsMax - 1;

  std::unique_ptr<MonoTime[]> times_;  // a ring of kWindowEventsMax
  std::uint64_t count_{0};             // events ever
  std::uint32_t count_max_{0};
  bool is_off_{false};
  Nanos window_{0};
};

}  // namespace portcullis::risk
