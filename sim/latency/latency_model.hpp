#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/latency/latency_source.hpp"

namespace portcullis::sim {

// The ways between a client and the matching engine that take time.
enum class LatencyLeg : std::uint8_t {
  kOrderIn,    // a request that may place an order, until the engine has it
  kCancelIn,   // a request that only takes away or reduces
  kReportOut,  // a reply or a user data event, until it is on the wire
  kCount,
};

struct LatencyConfig {
  std::array<LatencySource, static_cast<std::size_t>(LatencyLeg::kCount)> legs{};

  [[nodiscard]] LatencySource& leg(LatencyLeg leg) { return legs[static_cast<std::size_t>(leg)]; }
  [[nodiscard]] bool is_zero() const noexcept;
};

// Draws the delays of one venue, each leg from a sequence of its own, so that one more report
// changes no order's delay. The same for the same config, seed and sequence of draws. One thread.
class LatencyModel {
 public:
  LatencyModel() = default;  // no way takes any time
  LatencyModel(LatencyConfig config, std::uint64_t seed);

  [[nodiscard]] Nanos draw(LatencyLeg leg) {
    const auto index = static_cast<std::size_t>(leg);
    return config_.legs[index].draw(randoms_[index]);
  }
  // Nothing needs to be drawn, nor kept in order.
  [[nodiscard]] bool is_zero() const noexcept { return is_zero_; }

 private:
  static constexpr std::size_t kLegs = static_cast<std::size_t>(LatencyLeg::kCount);

  LatencyConfig config_;
  std::array<Random, kLegs> randoms_{Random{0}, Random{0}, Random{0}};
  bool is_zero_{true};
};

}  // namespace portcullis::sim
