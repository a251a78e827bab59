#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "core/enums.hpp"
#include "core/time.hpp"
#include "sim/matching/book_types.hpp"

namespace portcullis::sim {

// How accounts' orders fare in a book that is mirrored from another venue (or from its recording),
// where nobody reacts to them. docs/simulator.md says what is optimistic and what is pessimistic.
struct MirrorRules {
  // When a level loses quantity that no print explains, somebody has cancelled. This part of it, in
  // millionths, stood ahead of a resting order, as far as there was that much; the rest behind it.
  std::int64_t cancel_ahead_ppm{500'000};
  // Ahead and behind lose by what they hold instead.
  bool are_cancels_proportional{false};

  // What an account has taken off a level is gone until..
  enum class Impact : std::uint8_t {
    kUntilUpdate,      // ..the level's next update
    kForAWhile,        // ..`impact_for` has passed
    kWhileLevelLives,  // ..the other venue's level has been empty once
  } impact{Impact::kUntilUpdate};
  Nanos impact_for{0};

  // A print beyond an order's price has taken all that stood at it: the order is filled whole.
  // False: only up to the print's own quantity.
  bool are_passed_orders_filled{true};
  // Depth and prints come separately, in either order: for so long (in the other venue's time) a
  // loss waits for a print that explains it.
  Nanos print_window{std::chrono::milliseconds{100}};
};

// Levels of another venue's book that have changed, absolute.
struct MirrorUpdate {
  std::span<const Level> bids{};
  std::span<const Level> asks{};
  // The other venue's time before which prints are in the quantities. Nothing: all that came before
  // this update are (a snapshot).
  std::optional<WallTime> covers{};
};

// A trade of another venue.
struct MirrorPrint {
  Side aggressor{Side::kBuy};
  Level level{};
  WallTime time{};  // of that venue
};

}  // namespace portcullis::sim
