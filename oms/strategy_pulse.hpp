#pragma once

#include <atomic>
#include <cstdint>

#include "core/spsc_ring.hpp"

namespace portcullis::oms {

// A strategy's heartbeat, beside its rings: by it the order accounting knows that it still runs,
// whether or not it has anything to order. One writer, the strategy's thread.
class StrategyPulse {
 public:
  // At least several times in each heartbeat_timeout; once a turn is natural.
  void beat() noexcept {
    beats_.store(beats_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  // Any thread. Zero: never.
  [[nodiscard]] std::uint64_t beats() const noexcept {
    return beats_.load(std::memory_order_relaxed);
  }

 private:
  alignas(kNoFalseSharing) std::atomic<std::uint64_t> beats_{0};
};

}  // namespace portcullis::oms
