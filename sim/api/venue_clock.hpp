#pragma once

#include <chrono>
#include <optional>

#include "core/time.hpp"

namespace portcullis::sim {

// The simulated venue's own clock: the system's, plus a skew that a test may set, or standing
// still. One thread.
class VenueClock {
 public:
  [[nodiscard]] WallTime now() const noexcept { return frozen_ ? *frozen_ : true_time() + skew_; }
  // What measures and schedules: no fault moves it.
  [[nodiscard]] MonoTime steady() const noexcept {
    if (driven_) return driven_->mono;
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return MonoTime{std::chrono::duration_cast<Nanos>(since_start)};
  }

  // The true time is what it is told from here on, and not the system's: for a simulation.
  void drive(const Now& now) noexcept { driven_ = now; }

  void set_skew(Nanos skew) noexcept {
    if (frozen_) *frozen_ += skew - skew_;
    skew_ = skew;
  }
  [[nodiscard]] Nanos skew() const noexcept { return skew_; }
  void freeze() noexcept { frozen_ = now(); }
  // Goes on where the time would be by now.
  void thaw() noexcept { frozen_.reset(); }
  [[nodiscard]] bool is_frozen() const noexcept { return frozen_.has_value(); }

 private:
  [[nodiscard]] WallTime true_time() const noexcept {
    if (driven_) return driven_->wall;
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return WallTime{std::chrono::duration_cast<Nanos>(since_epoch)};
  }

  Nanos skew_{0};
  std::optional<WallTime> frozen_;
  std::optional<Now> driven_;
};

}  // namespace portcullis::sim
