#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/matching/slab.hpp"

namespace portcullis::sim {

// What rests at one price: the quantity and the ends of the queue.
struct PriceLevel {
  static constexpr std::uint32_t kNoOrder = 0xFFFF'FFFF;
  Qty total{};
  std::uint32_t head{kNoOrder};
  std::uint32_t tail{kNoOrder};
};

// Both sides' price levels, found by price in a few steps and walked from the best on, however many
// there are.
//
// A price is a whole number of grid steps; 64 neighbouring steps are a leaf that holds its levels
// in place, and leaves hang in a radix tree of 64-way nodes whose bitmaps say where a live level
// is. A side's keys grow from the best price to the worst (a bid's step number is taken from the
// top), so that "next" is always the next bit. Leaves and nodes are made when a price comes up and
// given back when nothing lives there; the tree is as high as the prices in it are far apart.
//
// A level is named by a Ref, which stays until the level is dropped or the grid is refined.
class PriceLadder {
 public:
  using Ref = std::uint32_t;
  static constexpr Ref kNone = 0xFFFF'FFFF;

  // `grid` is the step; zero: found out from the prices themselves.
  explicit PriceLadder(Price grid) noexcept : grid_{grid.raw()} {}

  // Memory for levels in `runs` stretches of 64 neighbouring steps.
  void reserve(std::uint32_t runs);
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return leaves_.memory_bytes() + nodes_.memory_bytes();
  }
  [[nodiscard]] bool fits(Price px) const noexcept { return grid_ != 0 && px.raw() % grid_ == 0; }
  // Makes the grid so fine that `px` fits. Every Ref changes: moved(level, its new ref) is told of
  // each live one.
  template <class Moved>
  void refine(Price px, Moved&& moved);

  // The live level at the price, or kNone.
  [[nodiscard]] Ref find(Side side, Price px) const noexcept {
    if (!fits(px)) return kNone;
    const std::uint64_t key = key_of(side, px);
    const std::uint32_t leaf = find_leaf(of(side), key);
    return leaf != kNone && (leaves_[leaf].live & bit(key)) != 0 ? ref(leaf, key) : kNone;
  }
  // The same, made live when it was not. The price fits.
  Ref make(Side side, Price px);
  // The level is empty.
  void drop(Ref ref);

  [[nodiscard]] Ref best(Side side) const noexcept { return of(side).best; }
  // The next worse live level of the same side.
  [[nodiscard]] Ref next(Ref ref) const noexcept;
  PriceLevel& operator[](Ref ref) noexcept { return leaves_[ref >> kBits].levels[ref & kMask]; }
  const PriceLevel& operator[](Ref ref) const noexcept {
    return leaves_[ref >> kBits].levels[ref & kMask];
  }
  [[nodiscard]] Side side_of(Ref ref) const noexcept { return leaves_[ref >> kBits].side; }
  [[nodiscard]] Price px_of(Ref ref) const noexcept {
    const Leaf& leaf = leaves_[ref >> kBits];
    return px_at(leaf, ref & kMask);
  }

  // Remembers that the level changed.
  void mark(Ref ref) {
    Leaf& leaf = leaves_[ref >> kBits];
    if (leaf.marks == 0) {
      leaf.next_marked = of(leaf.side).marked;
      of(leaf.side).marked = ref >> kBits;
    }
    leaf.marks |= std::uint64_t{1} << (ref & kMask);
  }
  // Every level marked since the last call, once, best price first: told(price, its quantity now).
  template <class Told>
  void take_marks(Side side, Told&& told);

 private:
  static constexpr unsigned kBits = 6;
  static constexpr std::uint32_t kFanOut = 1U << kBits;
  static constexpr std::uint32_t kMask = kFanOut - 1;
  // No price divided by a grid reaches it, and complements stay positive.
  static constexpr std::uint64_t kTop = 0x7FFF'FFFF'FFFF'FFFF;

  struct Leaf {
    std::uint64_t live;
    std::uint64_t marks;
    std::uint64_t prefix;  // of the keys: key >> kBits
    std::uint32_t parent;  // in the free list: the link
    std::uint32_t next_marked;
    Side side;
    std::array<PriceLevel, kFanOut> levels;
  };
  struct Node {
    std::uint64_t live;    // children with a live level below
    std::uint64_t made;    // children that exist
    std::uint64_t prefix;  // key >> kBits * (height + 1)
    std::uint32_t parent;  // in the free list: the link
    std::uint32_t height;  // one: the children are leaves
    std::array<std::uint32_t, kFanOut> child;
  };
  struct Tree {
    std::uint32_t root{kNone};
    Ref best{kNone};
    std::uint32_t marked{kNone};  // the list of leaves with marks
  };

  [[nodiscard]] const Tree& of(Side side) const { return trees_[static_cast<std::size_t>(side)]; }
  Tree& of(Side side) { return trees_[static_cast<std::size_t>(side)]; }
  // The coarsest step that both are a multiple of; a step of zero is not known yet.
  static std::int64_t common_step(std::int64_t step, std::int64_t raw) noexcept {
    return std::gcd(step, raw);
  }
  static Ref ref(std::uint32_t leaf, std::uint64_t key) noexcept {
    return leaf << kBits | (static_cast<std::uint32_t>(key) & kMask);
  }
  static std::uint64_t bit(std::uint64_t slot) noexcept {
    return std::uint64_t{1} << (slot & kMask);
  }
  static std::uint64_t above(std::uint64_t slot) noexcept { return ~std::uint64_t{1} << slot; }
  static std::uint64_t prefix(std::uint64_t key, std::uint32_t height) noexcept {
    const unsigned shift = kBits * (height + 1);
    return shift >= 64 ? 0 : key >> shift;
  }
  [[nodiscard]] std::uint64_t key_of(Side side, Price px) const noexcept {
    const auto steps = static_cast<std::uint64_t>(px.raw() / grid_);
    return side == Side::kBuy ? kTop - steps : steps;
  }
  [[nodiscard]] std::uint64_t key_of(Ref ref) const noexcept {
    return leaves_[ref >> kBits].prefix << kBits | (ref & kMask);
  }
  [[nodiscard]] Price px_at(const Leaf& leaf, std::uint32_t slot) const noexcept {
    const std::uint64_t key = leaf.prefix << kBits | slot;
    const std::uint64_t steps = leaf.side == Side::kBuy ? kTop - key : key;
    return Price::from_raw(static_cast<std::int64_t>(steps) * grid_);
  }

  [[nodiscard]] std::uint32_t find_leaf(const Tree& tree, std::uint64_t key) const noexcept;
  [[nodiscard]] Ref first_below(std::uint32_t node) const noexcept;
  std::uint32_t make_leaf(Side side, std::uint64_t key);
  std::uint32_t new_node(std::uint64_t key, std::uint32_t height, std::uint32_t parent);
  std::uint32_t new_leaf(Side side, std::uint64_t key, std::uint32_t parent);
  void raise(Tree& tree, std::uint64_t key);  // until the root covers the key
  void set_live(std::uint32_t leaf);
  void clear_live(std::uint32_t leaf);
  void free_leaf(std::uint32_t leaf);
  void lower(Tree& tree);  // while the root has one child only
  void collect_leaves(std::uint32_t node, std::vector<std::uint32_t>& out) const;
  [[nodiscard]] std::vector<std::uint32_t> leaves_of(Side side) const;
  // The marked leaves of a side, best first; the list is empty afterwards.
  const std::vector<std::uint32_t>& take_marked(Side side);

  std::int64_t grid_;
  Slab<Leaf, &Leaf::parent> leaves_;
  Slab<Node, &Node::parent> nodes_;
  std::array<Tree, 2> trees_;
  std::vector<std::uint32_t> taken_;  // kept for its memory
};

inline std::uint32_t PriceLadder::find_leaf(const Tree& tree, std::uint64_t key) const noexcept {
  if (tree.best != kNone && leaves_[tree.best >> kBits].prefix == key >> kBits) {
    return tree.best >> kBits;
  }
  if (tree.root == kNone) return kNone;
  const Node* node = &nodes_[tree.root];
  if (prefix(key, node->height) != node->prefix) return kNone;
  for (unsigned shift = node->height * kBits;; shift -= kBits) {
    const std::uint64_t slot = (key >> shift) & kMask;
    if ((node->made & bit(slot)) == 0) return kNone;
    const std::uint32_t child = node->child[slot];
    if (shift == kBits) return child;
    node = &nodes_[child];
  }
}

inline PriceLadder::Ref PriceLadder::make(Side side, Price px) {
  const std::uint64_t key = key_of(side, px);
  std::uint32_t index = find_leaf(of(side), key);
  if (index == kNone) index = make_leaf(side, key);
  Leaf& leaf = leaves_[index];
  if ((leaf.live & bit(key)) != 0) return ref(index, key);
  if (leaf.live == 0) set_live(index);
  leaf.live |= bit(key);
  Ref& best = of(side).best;
  if (best == kNone || key < key_of(best)) best = ref(index, key);
  return ref(index, key);
}

inline void PriceLadder::drop(Ref ref) {
  const std::uint32_t index = ref >> kBits;
  Tree& tree = of(leaves_[index].side);
  if (tree.best == ref) tree.best = next(ref);
  leaves_[index].live &= ~bit(ref);
  if (leaves_[index].live == 0) clear_live(index);
}

inline PriceLadder::Ref PriceLadder::first_below(std::uint32_t index) const noexcept {
  const Node* node = &nodes_[index];
  for (;;) {
    const std::uint32_t child = node->child[static_cast<std::size_t>(std::countr_zero(node->live))];
    if (node->height == 1) {
      const int slot = std::countr_zero(leaves_[child].live);
      return ref(child, static_cast<std::uint64_t>(slot));
    }
    node = &nodes_[child];
  }
}

inline PriceLadder::Ref PriceLadder::next(Ref from) const noexcept {
  const Leaf& leaf = leaves_[from >> kBits];
  if (const std::uint64_t rest = leaf.live & above(from & kMask); rest != 0) {
    return ref(from >> kBits, static_cast<std::uint64_t>(std::countr_zero(rest)));
  }
  std::uint64_t slot = leaf.prefix & kMask;
  for (std::uint32_t index = leaf.parent; index != kNone;) {
    const Node& node = nodes_[index];
    if (const std::uint64_t rest = node.live & above(slot); rest != 0) {
      const std::uint32_t child = node.child[static_cast<std::size_t>(std::countr_zero(rest))];
      if (node.height != 1) return first_below(child);
      const int first = std::countr_zero(leaves_[child].live);
      return ref(child, static_cast<std::uint64_t>(first));
    }
    slot = node.prefix & kMask;
    index = node.parent;
  }
  return kNone;
}

template <class Told>
void PriceLadder::take_marks(Side side, Told&& told) {
  for (const std::uint32_t index : take_marked(side)) {
    Leaf& leaf = leaves_[index];
    for (std::uint64_t marks = leaf.marks; marks != 0; marks &= marks - 1) {
      const auto slot = static_cast<std::uint32_t>(std::countr_zero(marks));
      told(px_at(leaf, slot), leaf.levels[slot].total);
    }
    leaf.marks = 0;
    if (leaf.live == 0) free_leaf(index);
  }
}

template <class Moved>
void PriceLadder::refine(Price px, Moved&& moved) {
  PriceLadder finer{Price::from_raw(common_step(grid_, px.raw()))};
  finer.leaves_.reserve(leaves_.capacity());
  finer.nodes_.reserve(nodes_.capacity());
  for (const Side side : {Side::kBuy, Side::kSell}) {
    for (const std::uint32_t index : leaves_of(side)) {
      const Leaf& leaf = leaves_[index];
      for (std::uint64_t rest = leaf.live | leaf.marks; rest != 0; rest &= rest - 1) {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(rest));
        const Ref to = finer.make(side, px_at(leaf, slot));
        finer[to] = leaf.levels[slot];
        if ((leaf.marks & bit(slot)) != 0) finer.mark(to);
        if ((leaf.live & bit(slot)) != 0) {
          moved(finer[to], to);
        } else {
          finer.drop(to);
        }
      }
    }
  }
  *this = std::move(finer);
}

}  // namespace portcullis::sim
