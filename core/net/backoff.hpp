#pragma once

#include <chrono>
#include <cstdint>

namespace portcullis::net {

struct BackoffPolicy {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds max{30'000};
  // After each failure the bound doubles; the wait is drawn uniformly from [bound/2, bound].
};

// The waits between tries. Jitter keeps gateways that lost the same venue at the same moment from
// coming back at the same moment. The same seed gives the same waits, on every platform.
class Backoff {
 public:
  Backoff(const BackoffPolicy& policy, std::uint64_t seed) noexcept;

  // The wait before the next try; doubles the bound of the one after.
  [[nodiscard]] std::chrono::milliseconds next() noexcept;
  // Back to the first bound; the random sequence goes on.
  void reset() noexcept { bound_ms_ = first_ms_; }

 private:
  std::uint64_t first_ms_;
  std::uint64_t max_ms_;
  std::uint64_t bound_ms_;
  std::uint64_t random_state_;
};

}  // namespace portcullis::net
