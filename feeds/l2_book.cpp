#include "feeds/l2_book.hpp"

#include <cstring>

#include "core/check.hpp"

namespace portcullis::feeds {

namespace {

// Index of the first key that is not below `key`. Scans from the best end first: real updates
// cluster there, and a short predictable scan beats a binary search.
std::size_t lower_bound_from_best(const std::int64_t* keys, std::size_t count,
                                  std::int64_t key) noexcept {
  constexpr std::size_t kScan = 8;
  std::size_t at = count;
  const std::size_t stop = count > kScan ? count - kScan : 0;
  while (at > stop && keys[at - 1] >= key) --at;
  if (at > stop || at == 0) return at;
  return static_cast<std::size_t>(std::lower_bound(keys, keys + at, key) - keys);
}

void shift(std::vector<std::int64_t>& cells, std::size_t from, std::size_t to,
           std::size_t count) noexcept {
  if (count > 0) std::memmove(&cells[to], &cells[from], count * sizeof(std::int64_t));
}

}  // namespace

L2Book::L2Book(std::size_t levels_max_a_side) : capacity_{levels_max_a_side} {
  PORTCULLIS_CHECK(levels_max_a_side > 0, "a book needs room for one level");
  for (Half* side : {&bids_, &asks_}) {
    side->keys.assign(capacity_, 0);
    side->qtys.assign(capacity_, 0);
  }
}

void L2Book::set_level(Side side, Price px, Qty qty) noexcept {
  Half& levels = half(side);
  const std::int64_t key = from_key(side, px.raw());  // its own inverse
  const std::size_t at = lower_bound_from_best(levels.keys.data(), levels.count, key);
  const bool is_known = at < levels.count && levels.keys[at] == key;
  if (qty.is_zero()) {
    if (is_known) erase(levels, at);
  } else if (is_known) {
    levels.qtys[at] = qty.raw();
  } else {
    insert(levels, at, key, qty.raw());
  }
}

void L2Book::insert(Half& levels, std::size_t at, std::int64_t key, std::int64_t qty) noexcept {
  if (levels.count == capacity_) {
    ++dropped_levels_;
    if (at == 0) return;  // itself the worst
    shift(levels.keys, 1, 0, at - 1);
    shift(levels.qtys, 1, 0, at - 1);
    --at;
  } else {
    shift(levels.keys, at, at + 1, levels.count - at);
    shift(levels.qtys, at, at + 1, levels.count - at);
    ++levels.count;
  }
  levels.keys[at] = key;
  levels.qtys[at] = qty;
}

void L2Book::erase(Half& levels, std::size_t at) noexcept {
  shift(levels.keys, at + 1, at, levels.count - at - 1);
  shift(levels.qtys, at + 1, at, levels.count - at - 1);
  --levels.count;
}

void L2Book::assign(Side side, std::span<const BookLevel> levels) noexcept {
  half(side).count = 0;
  // Worst first, so that each insertion is at the best end.
  for (std::size_t i = levels.size(); i > 0; --i) {
    set_level(side, levels[i - 1].px, levels[i - 1].qty);
  }
}

void L2Book::clear() noexcept {
  bids_.count = 0;
  asks_.count = 0;
}

bool L2Book::is_crossed() const noexcept {
  return bids_.count > 0 && asks_.count > 0 && best(Side::kBuy).px >= best(Side::kSell).px;
}

}  // namespace portcullis::feeds
