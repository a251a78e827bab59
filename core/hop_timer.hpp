#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "core/histogram.hpp"
#include "core/hops.hpp"
#include "core/time.hpp"

namespace portcullis {

// One histogram a hop, one writing thread a histogram (core/hops.hpp says which). A negative
// duration is a clock fault: it is counted, not recorded as zero.
class HopTimers {
 public:
  // Records end - start and returns end, so that hops chain: t = record(hop, t, clock.stamp()).
  MonoTime record(Hop hop, MonoTime start, MonoTime end) noexcept {
    Timer& timer = timers_[static_cast<std::size_t>(hop)];
    const std::int64_t elapsed_ns = (end - start).count();
    if (elapsed_ns >= 0) [[likely]] {
      timer.histogram.record(elapsed_ns);
    } else {
      timer.negative.store(timer.negative.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
    }
    return end;
  }

  // Any thread.
  [[nodiscard]] const LatencyHistogram& of(Hop hop) const noexcept {
    return timers_[static_cast<std::size_t>(hop)].histogram;
  }
  [[nodiscard]] std::uint64_t negative_count(Hop hop) const noexcept {
    return timers_[static_cast<std::size_t>(hop)].negative.load(std::memory_order_relaxed);
  }

 private:
  struct Timer {
    LatencyHistogram histogram;
    std::atomic<std::uint64_t> negative{0};
  };
  std::array<Timer, kHopCount> timers_;
};

}  // namespace portcullis
