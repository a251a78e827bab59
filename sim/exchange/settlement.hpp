#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/exchange/commission.hpp"
#include "sim/exchange/order_history.hpp"
#include "sim/exchange/venue_state.hpp"

namespace portcullis::sim {

// Moves one symbol's money: locks of orders, what trades bring and cost, commission.
class Settlement {
 public:
  using Entry = OrderHistory::Entry;

  Settlement(std::size_t symbol, const SymbolSpec& spec, VenueState& venue)
      : symbol_{symbol},
        spec_{spec},
        venue_{venue},
        base_{venue.accounts.intern(spec.base_asset)},
        quote_{venue.accounts.intern(spec.quote_asset)} {}

  // What an order must have locked for what is left of it, of its lock asset. A market order that
  // works needs nothing if it buys: its cost is checked instead.
  [[nodiscard]] static Qty lock_needed(const Order& order) noexcept;
  // False, and nothing changed, when the account has not so much more that is free.
  bool relock(Entry& entry, Qty needed);
  [[nodiscard]] Qty free_for(SimAccountId account, Side side) const;

  struct Trade {
    std::uint64_t trade_id{0};
    Price px{};
    Qty qty{};
    Notional quote{};
    WallTime time{};
  };
  // One account's side of a trade; the order stands as it is after it. With `hold` what is received
  // is kept locked and counted there (Binance: OPO).
  [[nodiscard]] Fill settle(Entry& entry, const Trade& trade, bool is_maker, Qty* hold);
  // The crowd's side of a trade with an account.
  void settle_crowd(Side side, const Trade& trade);
  // The money of a prevented match between two accounts, without commission.
  void transfer(Entry& buyer, Entry& seller, Notional quote, Qty qty);

  void lock_base(SimAccountId account, Qty qty) { venue_.accounts.lock(account, base_, qty); }
  void unlock_base(SimAccountId account, Qty qty) { venue_.accounts.unlock(account, base_, qty); }
  // Base asset, free and locked.
  [[nodiscard]] Qty position(SimAccountId account) const;
  // The account will be told these.
  void note_position(SimAccountId account);

 private:
  [[nodiscard]] Accounts::Asset lock_asset(Side side) const noexcept {
    return side == Side::kBuy ? quote_ : base_;
  }
  void spend(Entry& entry, Qty spent);
  // The commission of a fill, taken from the account and written into the fill.
  void charge(Fill& fill, Qty received);
  // False when it is not paid in the discount asset.
  bool charge_discounted(Fill& fill);
  void pay(Fill& fill, Accounts::Asset asset, Fee fee);
  [[nodiscard]] CommissionRate rate_of(const Fill& fill) const;
  Qty hold_received(const Fill& fill, Qty received);

  const std::size_t symbol_;
  const SymbolSpec& spec_;
  VenueState& venue_;
  const Accounts::Asset base_;
  const Accounts::Asset quote_;
};

[[nodiscard]] constexpr Qty as_qty(Notional value) noexcept {
  return Qty::from_raw(value.raw());
}

}  // namespace portcullis::sim
