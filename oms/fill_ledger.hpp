#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "oms/flat_index.hpp"

namespace portcullis::oms {

// The trades that have been counted, so that each is counted once however often and by whichever
// path it is told. The key is the symbol, the trade id and our side of it: a trade id is unique
// within a symbol, and a trade of ours with ourselves has both sides under one id.
//
// Exact over the last `window` trades; beyond that the oldest is forgotten, and a trade told again
// after so long would count again. The window is therefore far larger than anything a venue
// repeats (an own-trades answer holds at most 1,000). Trading thread only.
class FillLedger {
 public:
  explicit FillLedger(std::size_t window);

  // True when the trade is new: count it. False: it has been counted.
  [[nodiscard]] bool record(SymbolId symbol, TradeId trade_id, Side side) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return seen_.size(); }
  // All that are remembered, the oldest first: `visit(symbol, trade_id, side)`. Cold.
  template <class Visit>
  void for_each(Visit&& visit) const {
    const std::size_t first = seen_.size() == window_ ? next_ : 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const Key& key = by_age_[(first + i) % window_];
      visit(key.symbol, key.trade_id, key.side);
    }
  }

 private:
  struct Key {
    TradeId trade_id{};
    SymbolId symbol{};
    Side side{Side::kBuy};
    [[nodiscard]] std::uint64_t hash() const noexcept {
      return mix_bits(trade_id.raw() ^ std::uint64_t{symbol.raw()} << 47 ^
                      static_cast<std::uint64_t>(side) << 63);
    }
    friend bool operator==(const Key&, const Key&) noexcept = default;
  };
  struct Nothing {};

  std::size_t window_;
  FlatIndex<Key, Nothing> seen_;
  std::unique_ptr<Key[]> by_age_;  // a ring; next_ is the oldest once it has gone round
  std::size_t next_{0};
};

}  // namespace portcullis::oms
