#include "sim/markets/book_mirror.hpp"

#include <vector>

namespace portcullis::sim {

namespace {

// A level that is named twice ends with what is said last.
std::vector<Level> removed_then(const std::vector<Level>& old, const std::vector<Level>& levels) {
  std::vector<Level> out;
  out.reserve(old.size() + levels.size());
  for (const Level& level : old) out.push_back({.px = level.px, .qty = {}});
  out.insert(out.end(), levels.begin(), levels.end());
  return out;
}

}  // namespace

void BookMirror::apply(const DepthImage& image, WallTime now) {
  const DepthSnapshot present = exchange_.depth(symbol_, static_cast<std::size_t>(-1));
  exchange_.set_crowd_levels(symbol_, removed_then(present.bids, image.bids),
                             removed_then(present.asks, image.asks), now);
}

void BookMirror::apply(const DepthUpdate& update, WallTime now) {
  exchange_.set_crowd_levels(symbol_, update.bids, update.asks, now);
}

void BookMirror::apply(const FeedPrint& print, WallTime now) {
  exchange_.print_crowd_trade(symbol_, print.is_buyer_maker ? Side::kSell : Side::kBuy, print.level,
                              now);
}

}  // namespace portcullis::sim
