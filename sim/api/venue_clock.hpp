#pragma once

#include <chrono>

#include "core/time.hpp"

namespace portcullis::sim {

// The simulated venue's own clock: the system's, plus a skew that a test may set. One thread.
class VenueClock {
 public:
  [[nodiscard]] WallTime now() const noexcept {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return WallTime{std::chrono::duration_cast<Nanos>(since_epoch) + skew_};
  }
  void set_skew(Nanos skew) noexcept { skew_ = skew; }
  [[nodiscard]] Nanos skew() const noexcept { return skew_; }

 private:
  Nanos skew_{0};
};

}  // namespace portcullis::sim
