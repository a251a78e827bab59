#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/counters.hpp"
#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "oms/flat_index.hpp"
#include "oms/venue.hpp"
#include "risk/exposure.hpp"

namespace portcullis::oms {

struct ExternalOrder {
  VenueOrderId venue_order_id{};
  OrderId order_id{};  // not zero: ours, of an earlier life
  Qty cum_qty{};
  Qty leaves_qty{};        // what it counts for in the exposure
  Price px{};              // and at which price; zero: not known
  MonoTime told_at{};      // when it was last said to be working
  MonoTime cancel_sent{};  // zero: never
  SymbolId symbol{kNoSymbol};
  Side side{Side::kBuy};
  std::uint32_t listing_seen{0};
};

// The working orders on the account that are not in the order store. What they may still add to the
// position counts in the exposure, from the first word of them until they end or a listing asked
// for later does not name them. A word that was overtaken by the order's end brings it back until
// the next listing: too much counts, never too little.
//
// Of fixed capacity. One order more, and what works on the account is not known: has_overflowed().
// Not restored from the journal, for a start lists the open orders before it lets one pass. Trading
// thread only; memory is taken at construction.
class ExternalOrders {
 public:
  ExternalOrders(std::size_t capacity, risk::Exposure& exposure, Counter working);

  // What the venue says of one, on a symbol of the table. An own-trades entry says nothing here.
  void on_report(const VenueReport& report, MonoTime now) noexcept;
  // By a listing with this number.
  void on_listed(const VenueReport& report, std::uint32_t listing) noexcept;
  // The listing is complete: what it did not name, and was not told of since the question, has
  // ended.
  void on_listing_complete(std::uint32_t listing, MonoTime asked) noexcept;

  [[nodiscard]] bool has_overflowed() const noexcept { return has_overflowed_; }
  // A listing that begins finds out anew.
  void clear_overflow() noexcept { has_overflowed_ = false; }

  [[nodiscard]] std::size_t count() const noexcept { return orders_.size(); }
  [[nodiscard]] const ExternalOrder& at(std::size_t i) const noexcept { return orders_[i]; }
  // Nothing when it does not work.
  [[nodiscard]] ExternalOrder* find(SymbolId symbol, VenueOrderId venue_order_id) noexcept;

  // As another accounting had them: nothing is added to the exposure. Start-up only.
  void adopt(std::span<const ExternalOrder> orders, bool has_overflowed) noexcept;

 private:
  struct Key {
    VenueOrderId id{};
    SymbolId symbol{};
    [[nodiscard]] std::uint64_t hash() const noexcept {
      return mix_bits(id.raw() ^ std::uint64_t{symbol.raw()} << 48);
    }
    friend bool operator==(const Key&, const Key&) noexcept = default;
  };

  [[nodiscard]] static Key key_of(const ExternalOrder& order) noexcept {
    return {.id = order.venue_order_id, .symbol = order.symbol};
  }
  void add(const VenueReport& report, MonoTime now) noexcept;
  void remove(ExternalOrder& order) noexcept;

  std::size_t capacity_;
  risk::Exposure& exposure_;
  Counter working_;
  std::vector<ExternalOrder> orders_;  // dense; its capacity is constant after construction
  FlatIndex<Key, std::uint32_t> by_name_;
  bool has_overflowed_{false};
};

}  // namespace portcullis::oms
