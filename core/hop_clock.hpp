#pragma once

#include "core/clock.hpp"
#include "core/time.hpp"

namespace portcullis {

// The one clock a stage may read by itself: for stamping hops, never for a decision. In a
// simulation it is constructed frozen and returns the simulated time it is told.
class HopClock {
 public:
  explicit HopClock(const MonoClock& clock) noexcept : clock_{&clock} {}
  HopClock() noexcept = default;  // frozen at zero until set

  [[nodiscard]] MonoTime stamp() const noexcept {
    return clock_ != nullptr ? clock_->now() : frozen_;
  }
  void set_frozen(MonoTime now) noexcept { frozen_ = now; }

 private:
  const MonoClock* clock_{nullptr};
  MonoTime frozen_{};
};

}  // namespace portcullis
