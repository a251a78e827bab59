#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "sim/markets/latency_source.hpp"

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

  [[nodiscard]] bool is_zero() const noexcept {
    for (const LatencySource& leg : legs) {
      if (!leg.is_zero()) return false;
    }
    return true;
  }
};

// "order=const:500us,cancel=lognormal:300us/2ms,report=hlog:FILE#TAG"; a leg that is not named has
// no delay. The problem otherwise.
[[nodiscard]] std::expected<LatencyConfig, std::string> parse_latency(std::string_view text);

// Draws the delays of one venue. One thread.
class LatencyModel {
 public:
  explicit LatencyModel(LatencyConfig config = {}, std::uint64_t seed = 1)
      : config_{std::move(config)},
        random_{seed} {}

  [[nodiscard]] Nanos draw(LatencyLeg leg) {
    return config_.legs[static_cast<std::size_t>(leg)].draw(random_);
  }
  [[nodiscard]] bool is_zero() const noexcept { return config_.is_zero(); }

 private:
  LatencyConfig config_;
  Random random_;
};

}  // namespace portcullis::sim
