#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/matching/book_types.hpp"
#include "sim/matching/depth_tracker.hpp"

namespace portcullis::sim {

// The resting orders of one symbol in price-time order. Orders and price levels live in slabs of
// their own, linked by index; each side is a flat array of levels with the best at its end, so that
// the busy end is the cheap one. Every change of a level is told to the depth tracker.
class OrderBook {
 public:
  using Handle = std::uint32_t;
  static constexpr Handle kNoHandle = 0xFFFF'FFFF;

  struct Resting {
    std::uint64_t order_id{0};  // zero: quantity mirrored from a recording, nobody's order
    SimAccountId account{};
    Side side{Side::kBuy};
    Price px{};
    Qty leaves{};
  };

  // Joins the back of its level's queue. The handle lives until the quantity is gone.
  Handle add(const Resting& resting);
  // Takes `qty` (at most what is left) off the order; at zero it leaves the book.
  void reduce(Handle handle, Qty qty);
  void remove(Handle handle) { reduce(handle, at(handle).leaves); }
  [[nodiscard]] const Resting& at(Handle handle) const { return nodes_[handle].resting; }

  // First in line at the best price; kNoHandle when the side is empty.
  [[nodiscard]] Handle best(Side side) const;
  // Next in priority on the same side, behind `handle` and then at worse prices.
  [[nodiscard]] Handle next(Handle handle) const;
  // Zero quantity: the side is empty.
  [[nodiscard]] Level best_level(Side side) const;
  // True when an order of `taker_side` at `px` would trade with what rests on the other side.
  [[nodiscard]] bool is_crossed_by(Side taker_side, Price px) const;
  [[nodiscard]] std::vector<Level> levels(Side side, std::size_t limit) const;
  [[nodiscard]] Qty qty_at(Side side, Price px) const;

  // Brings the mirrored (order id zero) quantity of a level to `qty`: new quantity queues at the
  // back, lost quantity is taken from the back.
  void set_mirrored(Side side, Price px, Qty qty);

  [[nodiscard]] std::uint64_t last_update_id() const noexcept { return depth_.last_update_id(); }
  std::optional<DepthDiff> take_depth_diff();

 private:
  struct Node {
    Resting resting;
    Handle previous{kNoHandle};
    Handle next{kNoHandle};  // in the queue; in the free list when unused
    std::uint32_t level{0};
  };
  struct PriceLevel {
    Price px{};
    Qty total{};
    Handle head{kNoHandle};
    Handle tail{kNoHandle};
  };
  // Ascending by key, best last: a bid's price, an ask's price negated.
  struct LevelRef {
    std::int64_t key;
    std::uint32_t level;
  };
  using SideLevels = std::vector<LevelRef>;

  static std::int64_t key_of(Side side, Price px) noexcept {
    return side == Side::kBuy ? px.raw() : -px.raw();
  }
  [[nodiscard]] const SideLevels& of(Side side) const {
    return sides_[static_cast<std::size_t>(side)];
  }
  SideLevels& of(Side side) { return sides_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] SideLevels::const_iterator lower_bound(Side side, Price px) const;
  [[nodiscard]] const PriceLevel* find_level(Side side, Price px) const;
  std::uint32_t level_at(Side side, Price px);  // found or made
  Handle take_node();
  void unlink(Handle handle);
  void drop_level(Side side, std::uint32_t level);

  std::vector<Node> nodes_;
  Handle free_node_{kNoHandle};
  std::vector<PriceLevel> levels_;
  std::vector<std::uint32_t> free_levels_;
  std::array<SideLevels, 2> sides_;
  DepthTracker depth_;
};

}  // namespace portcullis::sim
