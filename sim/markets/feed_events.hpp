#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "sim/matching/book_types.hpp"

namespace portcullis::sim {

// What a venue's market data says, decoded: of a recording or of a live stream. Times are that
// venue's own clock.

struct DepthUpdate {
  std::uint64_t first_id{0};                   // U
  std::uint64_t last_id{0};                    // u
  std::optional<std::uint64_t> previous_id{};  // pu: USD-M futures only
  // Prints before this moment are in the quantities. On spot that is E: of the recorded prints with
  // T = E, 61 of 62 whose event can be told are in the next one. On USD-M it is T and its own
  // millisecond.
  WallTime covers{};
  std::vector<Level> bids{};  // absolute quantities; zero removes
  std::vector<Level> asks{};
};

// The REST snapshot.
struct DepthImage {
  std::uint64_t last_id{0};
  std::vector<Level> bids{};
  std::vector<Level> asks{};
};

struct FeedPrint {
  std::uint64_t trade_id{0};
  Level level{};
  bool is_buyer_maker{false};
  WallTime time{};  // T
};

}  // namespace portcullis::sim
