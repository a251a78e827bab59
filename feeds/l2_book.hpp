#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "feeds/decoded_event.hpp"

namespace portcullis::feeds {

// Aggregated book of one symbol: two flat arrays a side, sorted with the best level last, so that
// the changes near the top, which are most of them, move few elements. Fixed capacity, taken at
// construction: a side that is full drops its worst level and counts it.
//
// Feed thread only.
class L2Book {
 public:
  static constexpr std::size_t kDefaultCapacity = 6000;  // a 5000-level snapshot and room to grow

  explicit L2Book(std::size_t levels_max_a_side = kDefaultCapacity);

  // Sets the whole quantity at a price; zero removes the level, and removing what is not there is
  // normal.
  void set_level(Side side, Price px, Qty qty) noexcept;
  // Replaces a side; best first is the fast order, any other works.
  void assign(Side side, std::span<const BookLevel> levels) noexcept;
  void clear() noexcept;

  [[nodiscard]] std::size_t level_count(Side side) const noexcept { return half(side).count; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // A zero level when the side is empty.
  [[nodiscard]] BookLevel best(Side side) const noexcept { return level(side, 0); }
  // The level `depth` places behind the best; a zero level beyond the last.
  [[nodiscard]] BookLevel level(Side side, std::size_t depth) const noexcept {
    const Half& levels = half(side);
    if (depth >= levels.count) return {};
    const std::size_t at = levels.count - 1 - depth;
    return {Price::from_raw(from_key(side, levels.keys[at])), Qty::from_raw(levels.qtys[at])};
  }
  // Calls visit(BookLevel) for up to `limit` levels, best first.
  template <class Visitor>
  void for_each(Side side, std::size_t limit, Visitor&& visit) const {
    const std::size_t count = std::min(limit, level_count(side));
    for (std::size_t depth = 0; depth < count; ++depth) visit(level(side, depth));
  }
  // Both sides present and bid >= ask: impossible at the venue, so the book is wrong.
  [[nodiscard]] bool is_crossed() const noexcept;
  [[nodiscard]] std::uint64_t dropped_levels() const noexcept { return dropped_levels_; }

 private:
  // A key grows toward the best level: the price for bids, its negation for asks, so that one
  // search serves both sides.
  struct Half {
    std::vector<std::int64_t> keys;
    std::vector<std::int64_t> qtys;
    std::size_t count{0};
  };

  [[nodiscard]] static constexpr std::int64_t from_key(Side side, std::int64_t key) noexcept {
    return side == Side::kBuy ? key : -key;
  }
  [[nodiscard]] const Half& half(Side side) const noexcept {
    return side == Side::kBuy ? bids_ : asks_;
  }
  [[nodiscard]] Half& half(Side side) noexcept { return side == Side::kBuy ? bids_ : asks_; }
  void insert(Half& levels, std::size_t at, std::int64_t key, std::int64_t qty) noexcept;
  static void erase(Half& levels, std::size_t at) noexcept;

  std::size_t capacity_;
  Half bids_;
  Half asks_;
  std::uint64_t dropped_levels_{0};
};

}  // namespace portcullis::feeds
