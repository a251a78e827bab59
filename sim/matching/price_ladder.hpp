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
  static constexpr std::uint32_t kNoOrder = 0;
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
    return leaves_.memory_bytes() + levels_.memory_bytes() + nodes_.memory_bytes();
  }
  // Where a price is on the grid; `fits` is false when it is not.
  struct Step {
    std::uint64_t number;
    bool fits;
  };
  [[nodiscard]] Step step_of(Price px) const noexcept {
    if (grid_ == 0) return {.number = 0, .fits = false};
    const std::int64_t number = px.raw() / grid_;
    return {.number = static_cast<std::uint64_t>(number), .fits = number * grid_ == px.raw()};
  }
  // Makes the grid so fine that `px` fits. Every Ref changes: moved(level, its new ref) is told of
  // each live one.
  template <class Moved>
  void refine(Price px, Moved&& moved);

  // The live level at the price, or kNone.
  [[nodiscard]] Ref find(Side side, Price px) const noexcept {
    const Step step = step_of(px);
    if (!step.fits) return kNone;
    const std::uint64_t key = key_of(side, step);
    const std::uint32_t leaf = find_leaf(of(side), key);
    return leaf != kNone && (leaves_[leaf].live & bit(key)) != 0 ? ref(leaf, key) : kNone;
  }
  // The same, made live when it was not. The step fits.
  Ref make(Side side, Step step);
  // The level is empty from now on if `is_empty`.
  void drop_if(bool is_empty, Ref ref);

  [[nodiscard]] Ref best(Side side) const noexcept { return of(side).best; }
  // The next worse live level of the same side.
  [[nodiscard]] Ref next(Ref from) const noexcept;
  PriceLevel& operator[](Ref ref) noexcept { return levels_[ref]; }
  const PriceLevel& operator[](Ref ref) const noexcept { return levels_[ref]; }
  [[nodiscard]] Side side_of(Ref ref) const noexcept { return leaves_[ref >> kBits].side(); }
  [[nodiscard]] Price px_of(Ref ref) const noexcept {
    return px_at(leaves_[ref >> kBits], ref & kMask);
  }

  // Remembers that the level changed.
  void mark(Ref ref) {
    Leaf& leaf = leaves_[ref >> kBits];
    if (leaf.marks == 0) {
      leaf.next_marked = of(leaf.side()).marked;
      of(leaf.side()).marked = ref >> kBits;
    }
    leaf.marks |= bit(ref);
  }
  // Every level marked since the last call, once, best price first: told(price, its quantity now).
  template <class Told>
  void take_marks(Side side, Told&& told);

 private:
  static constexpr unsigned kBits = 6;
  static constexpr std::uint32_t kFanOut = 1U << kBits;
  static constexpr std::uint32_t kMask = kFanOut - 1;
  // As many ones as a price has bits.
  static constexpr std::uint64_t kTop = 0x7FFF'FFFF'FFFF'FFFF;

  // What is known of 64 levels; they themselves are apart, so that these stay in the cache.
  struct Leaf {
    static constexpr unsigned kSideShift = 63;
    std::uint64_t live;
    std::uint64_t marks;
    std::uint64_t prefix_and_side;  // of the keys: key >> kBits
    std::uint32_t parent;           // in the free list: the link
    std::uint32_t next_marked;

    [[nodiscard]] Side side() const noexcept {
      return static_cast<Side>(prefix_and_side >> kSideShift);
    }
    [[nodiscard]] std::uint64_t prefix() const noexcept {
      return prefix_and_side & ~(std::uint64_t{1} << kSideShift);
    }
  };
  struct Node {
    std::uint64_t live;    // children with a live level below
    std::uint64_t made;    // children that exist
    std::uint64_t prefix;  // key >> kBits * (height + 1)
    std::uint32_t parent;  // in the free list: the link
    std::uint32_t height;  // one: the children are leaves
    std::array<std::uint32_t, kFanOut> child;
  };
  static constexpr std::uint64_t kNoKey = ~std::uint64_t{0};
  struct Tree {
    std::uint32_t root{kNone};
    Ref best{kNone};
    std::uint64_t best_key{kNoKey};
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
  // A bid's key is its step taken from the top; the same turns the key into the step. (No branch:
  // sides come at random.)
  static std::uint64_t turned(Side side, std::uint64_t number) noexcept {
    return number ^ (kTop * std::uint64_t{side == Side::kBuy});
  }
  static std::uint64_t key_of(Side side, Step step) noexcept { return turned(side, step.number); }
  [[nodiscard]] std::uint64_t key_of(Ref ref) const noexcept {
    return leaves_[ref >> kBits].prefix() << kBits | (ref & kMask);
  }
  [[nodiscard]] Price px_at(const Leaf& leaf, std::uint32_t slot) const noexcept {
    const std::uint64_t key = leaf.prefix() << kBits | slot;
    return Price::from_raw(static_cast<std::int64_t>(turned(leaf.side(), key)) * grid_);
  }

  [[nodiscard]] std::uint32_t find_leaf(const Tree& tree, std::uint64_t key) const noexcept;
  [[nodiscard]] Ref first_below(std::uint32_t index) const noexcept;
  void set_best(Tree& tree, Ref best) noexcept {
    tree.best = best;
    tree.best_key = best == kNone ? kNoKey : key_of(best);
  }
  std::uint32_t make_leaf(Side side, std::uint64_t key);
  std::uint32_t new_node(std::uint64_t key, std::uint32_t height, std::uint32_t parent);
  std::uint32_t new_leaf(Side side, std::uint64_t key, std::uint32_t parent);
  void raise(Tree& tree, std::uint64_t key);  // until the root covers the key
  void set_live(std::uint32_t leaf);
  void clear_live(std::uint32_t leaf);
  void free_leaf(std::uint32_t leaf);
  void lower(Tree& tree);  // while the root has one child only
  void collect_leaves(std::uint32_t index, std::vector<std::uint32_t>& out) const;
  [[nodiscard]] std::vector<std::uint32_t> leaves_of(Side side) const;
  // The marked leaves of a side, best first; the list is empty afterwards.
  const std::vector<std::uint32_t>& take_marked(Side side);

  std::int64_t grid_;
  Slab<Leaf, &Leaf::parent> leaves_;
  FlatArray<PriceLevel> levels_;  // 64 a leaf
  Slab<Node, &Node::parent> nodes_;
  std::array<Tree, 2> trees_;
  std::vector<std::uint32_t> taken_;  // kept for its memory
};

inline std::uint32_t PriceLadder::find_leaf(const Tree& tree, std::uint64_t key) const noexcept {
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

inline PriceLadder::Ref PriceLadder::make(Side side, Step step) {
  const std::uint64_t key = key_of(side, step);
  std::uint32_t index = find_leaf(of(side), key);
  if (index == kNone) index = make_leaf(side, key);
  Leaf& leaf = leaves_[index];
  if (leaf.live == 0) set_live(index);
  leaf.live |= bit(key);
  if (Tree& tree = of(side); key < tree.best_key) {
    tree.best_key = key;
    tree.best = ref(index, key);
  }
  return ref(index, key);
}

// Whether the level is empty is anybody's guess: no branch on it but for the best one's.
inline void PriceLadder::drop_if(bool is_empty, Ref ref) {
  Leaf& leaf = leaves_[ref >> kBits];
  Tree& tree = of(leaf.side());
  leaf.live &= ~(std::uint64_t{is_empty} << (ref & kMask));
  if (tree.best == ref && is_empty) set_best(tree, next(ref));
  if (leaf.live == 0) clear_live(ref >> kBits);
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
  std::uint64_t slot = leaf.prefix() & kMask;
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
      told(px_at(leaf, slot), levels_[ref(index, slot)].total);
    }
    leaf.marks = 0;
    if (leaf.live == 0) free_leaf(index);
  }
}

template <class Moved>
void PriceLadder::refine(Price px, Moved&& moved) {
  PriceLadder finer{Price::from_raw(common_step(grid_, px.raw()))};
  finer.leaves_.reserve(leaves_.capacity());
  finer.levels_.grow(levels_.count());
  finer.nodes_.reserve(nodes_.capacity());
  for (const Side side : {Side::kBuy, Side::kSell}) {
    for (const std::uint32_t index : leaves_of(side)) {
      const Leaf& leaf = leaves_[index];
      for (std::uint64_t rest = leaf.live | leaf.marks; rest != 0; rest &= rest - 1) {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(rest));
        const Ref to = finer.make(side, finer.step_of(px_at(leaf, slot)));
        finer[to] = levels_[ref(index, slot)];
        if ((leaf.marks & bit(slot)) != 0) finer.mark(to);
        const bool is_live = (leaf.live & bit(slot)) != 0;
        if (is_live) moved(finer[to], to);
        finer.drop_if(!is_live, to);
      }
    }
  }
  *this = std::move(finer);
}

}  // namespace portcullis::sim
