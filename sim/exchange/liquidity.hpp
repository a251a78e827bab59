#pragma once

#include <optional>
#include <vector>

#include "sim/exchange/order_store.hpp"
#include "sim/exchange/venue_state.hpp"
#include "sim/matching/matcher.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// Prices a taker may trade at; a zero bound is off (Binance: price range execution rule).
struct PriceBand {
  Price low{};
  Price high{};

  [[nodiscard]] bool contains(Price px) const noexcept {
    return px >= low && (high.is_zero() || px <= high);
  }
};

// What a taker will do, before it does it.
struct TakerTerms {
  SimAccountId account{};
  StpMode stp{StpMode::kNone};
  Side side{Side::kBuy};
  Price limit{};  // any_price() for a market order
  Qty qty{};
  PriceBand band{};

  [[nodiscard]] bool takes(Price px) const noexcept { return may_trade_at(side, limit, px); }
};

// Looks at a symbol's book without touching it: hidden iceberg quantity counts, self-trade
// prevention is played through.
class Liquidity {
 public:
  Liquidity(const OrderBook& book, const OrderStore& orders, const VenueState& venue)
      : book_{book},
        orders_{orders},
        venue_{venue} {}

  struct Reach {
    Qty qty{};        // that would be traded (or transferred)
    Notional cost{};  // of it
  };
  [[nodiscard]] Reach reach(const TakerTerms& terms) const;

  // The quantity that `quote` buys or brings, to a whole step below.
  struct ForQuote {
    Qty qty{};
    bool is_book_empty{false};
    bool is_exhausted{false};  // the book holds less than that
  };
  [[nodiscard]] ForQuote for_quote(Side taker_side, Notional quote, Qty step) const;

  // Nothing when the book has no such level.
  [[nodiscard]] std::optional<Price> peg_price(Side side, const Peg& peg) const;

 private:
  struct Walk;  // one look through the book
  // False when the walk is over.
  bool take_level(Walk& walk) const;
  [[nodiscard]] bool is_transfer(const TakerTerms& terms, const OrderBook::Resting& resting) const;
  [[nodiscard]] Qty hidden(const OrderBook::Resting& resting) const;

  const OrderBook& book_;
  const OrderStore& orders_;
  const VenueState& venue_;
};

}  // namespace portcullis::sim
