#include "sim/matching/price_ladder.hpp"

#include <algorithm>

namespace portcullis::sim {

void PriceLadder::reserve(std::uint32_t runs) {
  // Two more a side for the ends of the stretch; inner nodes are few where leaves are neighbours.
  leaves_.reserve(runs + 4);
  levels_.grow(leaves_.capacity() * kFanOut);
  nodes_.reserve(runs / 4 + 64);
  taken_.reserve(runs + 4);
}

std::uint32_t PriceLadder::make_leaf(Side side, std::uint64_t key) {
  Tree& tree = of(side);
  if (tree.root == kNone) tree.root = new_node(key, 1, kNone);
  raise(tree, key);
  std::uint32_t at = tree.root;
  for (std::uint32_t height = nodes_[at].height;; --height) {
    const std::uint64_t slot = (key >> (height * kBits)) & kMask;
    if ((nodes_[at].made & bit(slot)) == 0) {
      const std::uint32_t child =
          height == 1 ? new_leaf(side, key, at) : new_node(key, height - 1, at);
      nodes_[at].child[slot] = child;
      nodes_[at].made |= bit(slot);
    }
    at = nodes_[at].child[slot];
    if (height == 1) return at;
  }
}

std::uint32_t PriceLadder::new_node(std::uint64_t key, std::uint32_t height, std::uint32_t parent) {
  const std::uint32_t index = nodes_.take();
  Node& node = nodes_[index];
  node.live = 0;
  node.made = 0;
  node.prefix = prefix(key, height);
  node.parent = parent;
  node.height = height;
  return index;
}

// A leaf that was given back is all empty levels already.
std::uint32_t PriceLadder::new_leaf(Side side, std::uint64_t key, std::uint32_t parent) {
  const std::uint32_t index = leaves_.take();
  levels_.grow(leaves_.capacity() * kFanOut);
  Leaf& leaf = leaves_[index];
  leaf.live = 0;
  leaf.marks = 0;
  leaf.prefix_and_side = key >> kBits | std::uint64_t{static_cast<std::uint8_t>(side)}
                                            << Leaf::kSideShift;
  leaf.parent = parent;
  return index;
}

void PriceLadder::raise(Tree& tree, std::uint64_t key) {
  while (prefix(key, nodes_[tree.root].height) != nodes_[tree.root].prefix) {
    const std::uint32_t below = tree.root;
    const std::uint64_t below_prefix = nodes_[below].prefix;
    const std::uint32_t height = nodes_[below].height + 1;
    const std::uint32_t root = new_node(key, height, kNone);
    nodes_[root].prefix = below_prefix >> kBits;
    const std::uint64_t slot = below_prefix & kMask;
    nodes_[root].child[slot] = below;
    nodes_[root].made = bit(slot);
    if (nodes_[below].live != 0) nodes_[root].live = bit(slot);
    nodes_[below].parent = root;
    tree.root = root;
  }
}

// The leaf is about to have its first live level.
void PriceLadder::set_live(std::uint32_t leaf) {
  std::uint64_t slot = leaves_[leaf].prefix() & kMask;
  for (std::uint32_t index = leaves_[leaf].parent; index != kNone;) {
    Node& node = nodes_[index];
    const bool was_live = node.live != 0;
    node.live |= bit(slot);
    if (was_live) return;
    slot = node.prefix & kMask;
    index = node.parent;
  }
}

// The leaf has lost its last live level.
void PriceLadder::clear_live(std::uint32_t leaf) {
  std::uint64_t slot = leaves_[leaf].prefix() & kMask;
  for (std::uint32_t index = leaves_[leaf].parent; index != kNone;) {
    Node& node = nodes_[index];
    node.live &= ~bit(slot);
    if (node.live != 0) break;
    slot = node.prefix & kMask;
    index = node.parent;
  }
  if (leaves_[leaf].marks == 0) free_leaf(leaf);
}

void PriceLadder::free_leaf(std::uint32_t leaf) {
  Tree& tree = of(leaves_[leaf].side());
  std::uint64_t slot = leaves_[leaf].prefix() & kMask;
  std::uint32_t index = leaves_[leaf].parent;
  leaves_.release(leaf);
  while (index != kNone) {
    Node& node = nodes_[index];
    node.made &= ~bit(slot);
    if (node.made != 0) break;
    slot = node.prefix & kMask;
    const std::uint32_t parent = node.parent;
    nodes_.release(index);
    if (tree.root == index) tree.root = kNone;
    index = parent;
  }
  if (tree.root != kNone) lower(tree);
}

void PriceLadder::lower(Tree& tree) {
  for (;;) {
    const Node& root = nodes_[tree.root];
    if (root.height == 1 || std::popcount(root.made) != 1) return;
    const std::uint32_t child = root.child[static_cast<std::size_t>(std::countr_zero(root.made))];
    nodes_.release(tree.root);
    nodes_[child].parent = kNone;
    tree.root = child;
  }
}

void PriceLadder::collect_leaves(std::uint32_t index, std::vector<std::uint32_t>& out) const {
  const Node& node = nodes_[index];
  for (std::uint64_t made = node.made; made != 0; made &= made - 1) {
    const std::uint32_t child = node.child[static_cast<std::size_t>(std::countr_zero(made))];
    if (node.height == 1) {
      out.push_back(child);
    } else {
      collect_leaves(child, out);
    }
  }
}

std::vector<std::uint32_t> PriceLadder::leaves_of(Side side) const {
  std::vector<std::uint32_t> out;
  if (of(side).root != kNone) collect_leaves(of(side).root, out);
  return out;
}

const std::vector<std::uint32_t>& PriceLadder::take_marked(Side side) {
  taken_.clear();
  for (std::uint32_t leaf = std::exchange(of(side).marked, kNone); leaf != kNone;
       leaf = leaves_[leaf].next_marked) {
    taken_.push_back(leaf);
  }
  std::ranges::sort(taken_, {}, [this](std::uint32_t leaf) { return leaves_[leaf].prefix(); });
  return taken_;
}

}  // namespace portcullis::sim
