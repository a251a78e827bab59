#pragma once

#include <chrono>

#include "core/time.hpp"

namespace portcullis::watchdog {

// CLOCK_MONOTONIC, by the kernel: this program has all the time in the world to ask.
[[nodiscard]] inline MonoTime cold_now() noexcept {
  return MonoTime{std::chrono::steady_clock::now().time_since_epoch()};
}

}  // namespace portcullis::watchdog
