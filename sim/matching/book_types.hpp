#pragma once

#include <cstdint>
#include <vector>

#include "core/decimal.hpp"
#include "core/strong.hpp"

namespace portcullis::sim {

using SimAccountId = Strong<std::uint32_t, struct SimAccountIdTag>;
// The crowd: background flow and mirrored books. Unlimited funds, no fees, no reports, no history.
// Its balances() are what it gained and lost so far, so that nothing is created or destroyed.
inline constexpr SimAccountId kCrowd{0};

struct Level {
  Price px{};
  Qty qty{};

  friend bool operator==(const Level&, const Level&) = default;
};

struct BestPrices {
  std::uint64_t update_id{0};
  Level bid{};  // zero quantity: that side is empty
  Level ask{};
};

struct DepthSnapshot {
  std::uint64_t last_update_id{0};
  std::vector<Level> bids;  // best first
  std::vector<Level> asks;
};

// Absolute quantities of the levels that changed since the last take; zero removes.
struct DepthDiff {
  std::uint64_t first_update_id{0};  // U
  std::uint64_t last_update_id{0};   // u
  std::vector<Level> bids;
  std::vector<Level> asks;
};

}  // namespace portcullis::sim
