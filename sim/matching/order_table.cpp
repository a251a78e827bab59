#include "sim/matching/order_table.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace portcullis::sim {

void OrderTable::reserve(std::uint32_t orders) {
  constexpr std::uint32_t kIdsForEach = 8;
  constexpr std::uint32_t kSpare = 64;
  // One a block is the worst there is.
  const std::uint32_t blocks = std::min(orders, orders / kBlock * kIdsForEach + kSpare) + 1;
  grow(blocks);
  const std::uint32_t pages = blocks / (kPage / 16) + 4;  // a page is freed with its last block
  pages_.reserve(pages);
  page_of_.reserve(pages);
}

void OrderTable::grow(std::uint32_t blocks) {
  PORTCULLIS_CHECK(blocks < 1U << (32 - kBits), "an order book is full");
  nodes_.grow(blocks * kBlock);
  resting_.grow(blocks);
}

OrderTable::Handle OrderTable::take_anonymous() {
  if (free_anonymous_ == kNone) {
    const std::uint32_t block = take_block();
    for (std::uint32_t place = kBlock; place-- > 0;) release_anonymous(block << kBits | place);
  }
  return std::exchange(free_anonymous_, nodes_[free_anonymous_].next);
}

void OrderTable::release_anonymous(Handle handle) {
  nodes_[handle].next = std::exchange(free_anonymous_, handle);
}

std::uint32_t OrderTable::take_block() {
  if (free_block_ != 0) {
    return std::exchange(free_block_, nodes_[free_block_ << kBits].next);
  }
  if (blocks_made_ == resting_.count()) grow(blocks_made_ * 2);
  return blocks_made_++;
}

std::uint32_t OrderTable::name_block(std::uint64_t order_id) {
  std::uint32_t page = find_page(order_id);
  if (page == kNoPage) page = new_page(order_id);
  const std::uint32_t block = take_block();
  pages_[page].block[page_slot(order_id)] = block;
  ++pages_[page].count;
  return block;
}

void OrderTable::free_block(std::uint32_t block, std::uint64_t order_id) {
  nodes_[block << kBits].next = std::exchange(free_block_, block);
  const std::uint32_t page = find_page(order_id);
  pages_[page].block[page_slot(order_id)] = 0;
  if (--pages_[page].count == 0 && page != newest_page_) free_page(page);
}

// The newest page is kept though nothing may rest in it: it is the next orders'.
std::uint32_t OrderTable::new_page(std::uint64_t order_id) {
  if (newest_page_ != kNoPage && pages_[newest_page_].count == 0) free_page(newest_page_);
  newest_page_ = pages_.take();
  Page& page = pages_[newest_page_];
  page.number = page_number(order_id);
  page.count = 0;  // and every entry is zero: new, or given back empty
  page_of_.insert(page.number, newest_page_);
  return newest_page_;
}

void OrderTable::free_page(std::uint32_t page) {
  page_of_.erase(pages_[page].number, [page](std::uint32_t other) { return other == page; });
  pages_.release(page);
}

}  // namespace portcullis::sim
