#pragma once

#include <cstdint>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// What a taker makes of a resting order it meets.
struct Meeting {
  enum class Verdict : std::uint8_t {
    kTrade,  // `qty`, at the resting order's price
    kSkip,   // leave it where it is and look behind it
    kAgain,  // the taker has changed the book (taken the order out, say): look again
    kStop,   // this price or this order ends it
  };
  Verdict verdict{Verdict::kStop};
  Qty qty{};  // kTrade: at most what rests

  static Meeting trade(Qty qty) noexcept { return {.verdict = Verdict::kTrade, .qty = qty}; }
  static Meeting skip() noexcept { return {.verdict = Verdict::kSkip}; }
  static Meeting again() noexcept { return {.verdict = Verdict::kAgain}; }
  static Meeting stop() noexcept { return {.verdict = Verdict::kStop}; }
};

// True when an order of `taker_side` limited at `limit` may trade at `resting`.
[[nodiscard]] constexpr bool may_trade_at(Side taker_side, Price limit, Price resting) noexcept {
  // What is not turned is the buyer's: resting <= limit. Sides come at random: no branch.
  const std::int64_t turn = -std::int64_t{taker_side != Side::kBuy};
  return (resting.raw() ^ turn) <= (limit.raw() ^ turn);
}
// The limit of an order that takes any price.
[[nodiscard]] constexpr Price any_price(Side taker_side) noexcept {
  return taker_side == Side::kBuy ? Price::max() : Price{};
}

// The matching loop: a taker meets the other side's orders in price-time order until it has enough,
// stops, or finds nothing more. The taker is told of each trade when the book has already lost the
// quantity; `resting` is then the maker as it stood before. It may change the book in meet() and
// on_trade() (an iceberg's next slice queues again), except for orders it has skipped.
//
//   bool    taker.has_enough() const
//   Meeting taker.meet(OrderBook::Handle maker, const OrderBook::Resting& resting)
//   void    taker.on_trade(OrderBook::Handle maker, const OrderBook::Resting& resting, Qty qty)
template <class Taker>
void match(OrderBook& book, Side taker_side, Taker& taker) {
  const Side side = opposite(taker_side);
  OrderBook::Handle skipped = OrderBook::kNoHandle;
  while (!taker.has_enough()) {
    const OrderBook::Handle maker =
        skipped == OrderBook::kNoHandle ? book.best(side) : book.next(skipped);
    if (maker == OrderBook::kNoHandle) return;
    const OrderBook::Resting resting = book.at(maker);
    const Meeting meeting = taker.meet(maker, resting);
    switch (meeting.verdict) {
      case Meeting::Verdict::kTrade:
        book.expect_trades(side);
        book.reduce(maker, meeting.qty);
        taker.on_trade(maker, resting, meeting.qty);
        break;
      case Meeting::Verdict::kSkip: skipped = maker; break;
      case Meeting::Verdict::kAgain: break;
      case Meeting::Verdict::kStop: return;
    }
  }
}

}  // namespace portcullis::sim
