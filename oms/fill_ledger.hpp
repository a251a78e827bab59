#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "oms/flat_index.hpp"

namespace portcullis::oms {

// The trades that have been counted, so that each is counted once however often and by whichever
// path it is told. The key is the symbol, the trade id and our side of it: a trade id is unique
// within a symbol, and a trade of ours with ourselves has both sides under one id.
//
// A symbol's trades up to its floor have all been counted, or are older than our journal: own
// trades are asked for from there on, and one at or below it is never counted again. The floor
// rises when the venue has listed everything above it, and when the window overflows and its oldest
// trade is forgotten; trades are listed again long before that (OwnTrades).
//
// The first floor is learned and nothing below it was listed. A journal may be older than that: it
// knows orders whose trades are below it and were never told. These are judged by what is
// remembered alone. Trading thread only.
class FillLedger {
 public:
  explicit FillLedger(std::size_t window, std::size_t symbol_count = 0);

  // Whose a trade is: an order that is known is in the journal, and its trades are no older.
  enum class Owner : std::uint8_t { kKnownOrder, kNone };

  // True when the trade is new: count it. False: it has been counted.
  [[nodiscard]] bool record(SymbolId symbol, TradeId trade_id, Side side,
                            Owner owner = Owner::kNone) noexcept;
  [[nodiscard]] bool has(SymbolId symbol, TradeId trade_id, Side side,
                         Owner owner = Owner::kNone) const noexcept;

  // Nothing until the venue has first said how far the symbol's trades had come.
  [[nodiscard]] std::optional<TradeId> floor(SymbolId symbol) const noexcept;
  // Every own trade up to this one has been told; the first time, or is older than our journal. It
  // never goes down.
  void raise_floor(SymbolId symbol, TradeId trade_id) noexcept;

  struct Floor {
    TradeId learned{};    // by the first list: up to here nothing was listed
    TradeId counted{};    // from there to here all have been counted
    TradeId forgotten{};  // the highest that the window has dropped
    bool is_known{false};
  };
  [[nodiscard]] const Floor& floor_of(SymbolId symbol) const noexcept {
    return floors_[symbol.raw()];
  }
  // As another ledger had it, whose trades have been recorded here; start-up only.
  void adopt_floor(SymbolId symbol, const Floor& floor) noexcept;
  // Trades recorded since a floor was last raised, and how many are remembered: before the first
  // reaches the second, trades have to be listed.
  [[nodiscard]] std::size_t unlisted_count() const noexcept { return unlisted_count_; }
  void clear_unlisted() noexcept { unlisted_count_ = 0; }
  void adopt_unlisted(std::size_t count) noexcept { unlisted_count_ = count; }
  [[nodiscard]] std::size_t window() const noexcept { return window_; }
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
  std::size_t unlisted_count_{0};
  std::vector<Floor> floors_;  // by SymbolId; size constant after construction
};

}  // namespace portcullis::oms
