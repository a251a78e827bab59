#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/matchers.hpp"

namespace portcullis::bench {

// One thing done to a matcher.
struct FlowOperation {
  enum class Kind : std::uint8_t { kLimit, kCancel, kMarket };
  Kind kind{Kind::kLimit};
  Incoming order{};  // kCancel: the id alone
};

struct MatchingFlow {
  std::vector<FlowOperation> fill;        // limit orders until so many rest
  std::vector<FlowOperation> operations;  // the mix, around that number
  std::uint32_t resting_max{0};
  std::uint32_t price_runs{0};  // of 64 ticks; what a book should reserve
};

inline constexpr std::int64_t kFlowTickRaw = 1'000'000;  // 0.01

// The market generator's flow with the mix: 60 % limit orders around a wandering price (the
// smaller of two draws: more near the price than far), two orders to a price level on average; 30 %
// cancels, by id, of the further of two resting orders; 10 % market orders, as large as it takes
// for about `resting` orders to rest. Made beforehand, so that both matchers are given the same and
// nothing of it is timed.
MatchingFlow make_matching_flow(std::size_t resting, std::size_t operations, std::uint64_t seed);

template <class Matcher>
void apply(Matcher& matcher, const FlowOperation& operation) {
  switch (operation.kind) {
    case FlowOperation::Kind::kLimit: matcher.limit(operation.order); break;
    case FlowOperation::Kind::kCancel: matcher.cancel(operation.order.id); break;
    case FlowOperation::Kind::kMarket: matcher.market(operation.order); break;
  }
}

}  // namespace portcullis::bench
