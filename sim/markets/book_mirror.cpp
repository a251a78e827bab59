#include "sim/markets/book_mirror.hpp"

namespace portcullis::sim {

void BookMirror::apply(const DepthImage& image, WallTime now) {
  exchange_.mirror_image(symbol_, {.bids = image.bids, .asks = image.asks}, now);
}

void BookMirror::apply(const DepthUpdate& update, WallTime now) {
  exchange_.mirror(symbol_, {.bids = update.bids, .asks = update.asks, .covers = update.covers},
                   now);
}

void BookMirror::apply(const FeedPrint& print, WallTime now) {
  exchange_.mirror(symbol_,
                   MirrorPrint{.aggressor = print.is_buyer_maker ? Side::kSell : Side::kBuy,
                               .level = print.level,
                               .time = print.time},
                   now);
}

}  // namespace portcullis::sim
