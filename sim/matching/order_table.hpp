#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/decimal.hpp"
#include "sim/matching/book_types.hpp"
#include "sim/matching/id_map.hpp"
#include "sim/matching/slab.hpp"

namespace portcullis::sim {

// Where the resting orders of a book are, by handle and by order id.
//
// Order ids are handed out in sequence, so thirty-two consecutive ones share a block of nodes: an
// id's place is its block and its last five bits, a new order's memory is next to the last one's,
// and finding an order costs no memory of its own that would have to be fetched. A directory of
// pages says which block an id is in. A block is given back when its last order has gone; the price
// is that one old survivor may hold a kilobyte.
//
// Orders without an id (mirrored quantity) live in blocks of their own. The first node is nobody's:
// what a queue's end points to may be written without asking whether it is the end.
class OrderTable {
 public:
  using Handle = std::uint32_t;
  static constexpr Handle kNone = 0;  // the node that is nobody's

  struct alignas(32) Node {
    std::uint64_t order_id{0};  // zero too while nothing rests here
    Qty leaves{};
    SimAccountId account{};
    Handle previous{kNone};
    Handle next{kNone};  // in the queue; while nothing rests here, in a free list
    std::uint32_t level{0};
  };
  static_assert(sizeof(Node) == 32, "two orders to a cache line");

  // Memory for so many orders at once, if on average at least one in eight of the ids in the blocks
  // in use still rests; the market generator's flow leaves about one in five.
  OrderTable() { grow(1); }
  void reserve(std::uint32_t orders);

  // The node of a new order, to be filled in whole at once. The id is not in the table.
  Handle take(std::uint64_t order_id) {
    return order_id != 0 ? take_identified(order_id) : take_anonymous();
  }
  void release(Handle handle) {
    Node& node = (*this)[handle];
    if (node.order_id == 0) return release_anonymous(handle);
    const std::uint64_t order_id = std::exchange(node.order_id, 0);
    std::uint32_t& resting = resting_[handle >> kBits];
    resting &= ~place_bit(handle);
    if (resting == 0) free_block(handle >> kBits, order_id);
  }
  // kNone when there is no such order (id zero: never).
  [[nodiscard]] Handle find(std::uint64_t order_id) const {
    const Handle handle = place_of(find_block(order_id), order_id);
    return order_id != 0 && nodes_[handle].order_id == order_id ? handle : kNone;
  }

  Node& operator[](Handle handle) noexcept { return nodes_[handle]; }
  const Node& operator[](Handle handle) const noexcept { return nodes_[handle]; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return nodes_.memory_bytes() + resting_.memory_bytes() + pages_.memory_bytes() +
           page_of_.memory_bytes();
  }

 private:
  static constexpr unsigned kBits = 5;
  static constexpr std::uint32_t kBlock = 1U << kBits;
  static constexpr std::uint32_t kMask = kBlock - 1;
  static constexpr unsigned kPageBits = 10;
  static constexpr std::uint32_t kPage = 1U << kPageBits;  // blocks a directory page names

  struct Page {
    std::uint64_t number;                    // order id >> kBits + kPageBits
    std::uint32_t count;                     // blocks named
    std::uint32_t link;                      // in the free list
    std::array<std::uint32_t, kPage> block;  // plus one; zero: none
  };

  static std::uint64_t page_number(std::uint64_t order_id) noexcept {
    return order_id >> (kBits + kPageBits);
  }
  static std::size_t page_slot(std::uint64_t order_id) noexcept {
    return static_cast<std::size_t>(order_id >> kBits) & (kPage - 1);
  }
  static std::uint32_t place_bit(Handle handle) noexcept {
    return static_cast<std::uint32_t>(1U << (handle & kMask));
  }
  static Handle place_of(std::uint32_t block, std::uint64_t order_id) noexcept {
    return block << kBits | (static_cast<std::uint32_t>(order_id) & kMask);
  }
  [[nodiscard]] std::uint32_t find_page(std::uint64_t order_id) const {
    const std::uint64_t number = page_number(order_id);
    if (newest_page_ != kNoPage && pages_[newest_page_].number == number) return newest_page_;
    return page_of_.find(number, [&](std::uint32_t page) { return pages_[page].number == number; });
  }
  // Zero: none has the id.
  [[nodiscard]] std::uint32_t find_block(std::uint64_t order_id) const {
    const std::uint32_t page = find_page(order_id);
    return page == kNoPage ? 0 : pages_[page].block[page_slot(order_id)];
  }

  Handle take_identified(std::uint64_t order_id) {
    std::uint32_t block = find_block(order_id);
    if (block == 0) block = name_block(order_id);
    const Handle handle = place_of(block, order_id);
    resting_[block] = static_cast<std::uint32_t>(resting_[block] | place_bit(handle));
    return handle;
  }
  void grow(std::uint32_t blocks);
  Handle take_anonymous();
  void release_anonymous(Handle handle);
  std::uint32_t take_block();
  // Gives the ids around a new order a block.
  std::uint32_t name_block(std::uint64_t order_id);
  void free_block(std::uint32_t block, std::uint64_t order_id);
  void free_page(std::uint32_t page);
  std::uint32_t new_page(std::uint64_t order_id);

  static constexpr std::uint32_t kNoPage = IdMap::kNone;

  FlatArray<Node> nodes_;
  // By block, a bit for each order that rests; apart because it is small enough to stay cached.
  FlatArray<std::uint32_t> resting_;
  std::uint32_t blocks_made_{1};
  std::uint32_t free_block_{0};  // threaded through the first nodes' `next`
  Handle free_anonymous_{kNone};
  Slab<Page, &Page::link> pages_;
  IdMap page_of_;
  std::uint32_t newest_page_{kNoPage};
};

}  // namespace portcullis::sim
