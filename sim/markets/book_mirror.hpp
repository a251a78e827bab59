#pragma once

#include <cstddef>

#include "sim/exchange/exchange.hpp"
#include "sim/markets/feed_events.hpp"

namespace portcullis::sim {

// Puts what another venue's market data says into one symbol of the exchange: its book as the
// crowd's levels, its trades as prints. Which updates to put there is DepthSync's to say.
class BookMirror {
 public:
  BookMirror(Exchange& exchange, std::size_t symbol) : exchange_{exchange}, symbol_{symbol} {}

  // The whole book: what the image does not name is gone, a former one's leftovers among it.
  void apply(const DepthImage& image, WallTime now);
  void apply(const DepthUpdate& update, WallTime now);
  void apply(const FeedPrint& print, WallTime now);
  // No book at all, as while the other venue cannot be heard.
  void clear(WallTime now) { apply(DepthImage{}, now); }

 private:
  Exchange& exchange_;
  std::size_t symbol_;
};

}  // namespace portcullis::sim
