#include "sim/latency/latency_model.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::sim {

namespace {

// Apart from what else is drawn by the same seed.
constexpr std::uint64_t kSalt = 0x1A7E'9C11'5EED'0000U;

Random random_of(std::uint64_t seed, LatencyLeg leg) {
  const auto number = static_cast<std::uint64_t>(leg);
  return Random{Random{Random{seed ^ kSalt}.next() + number}.next()};
}

}  // namespace

bool LatencyConfig::is_zero() const noexcept {
  return std::ranges::all_of(legs, &LatencySource::is_zero);
}

LatencyModel::LatencyModel(LatencyConfig config, std::uint64_t seed)
    : config_{std::move(config)},
      randoms_{random_of(seed, LatencyLeg::kOrderIn), random_of(seed, LatencyLeg::kCancelIn),
               random_of(seed, LatencyLeg::kReportOut)},
      is_zero_{config_.is_zero()} {
}

}  // namespace portcullis::sim
