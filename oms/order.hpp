#pragma once

#include <cstdint>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "risk/scope_exposure.hpp"

namespace portcullis::oms {

// One order as the gateway knows it. Trading thread only.
//
// Two sums stand side by side: `cum_qty` is what our own unique fills add up to, and
// `venue_cum_qty` the most the venue has ever claimed. Where the claim is ahead, fills are missing
// and are asked for; positions and states move by fills alone.
struct Order {
  OrderId id{};
  VenueOrderId venue_order_id{};  // zero until the venue has named the order
  StrategyRef ref{};
  Trace trace{};
  Price px{};  // zero for a market order
  // An upper bound where it is the venue's to say (has_qty_bound); of an amended order the larger
  // quantity, until the venue states the smaller.
  Qty qty{};
  Qty cum_qty{};
  Qty venue_cum_qty{};
  Qty reserved{};   // of the exposure: what this order may still add to the position
  Price held_px{};  // what it counts at in the exposure; zero: not known
  Notional cum_quote{};

  MonoTime sent_at{};
  MonoTime unknown_since{};
  MonoTime query_next{};    // no status query before this
  MonoTime query_asked{};   // of the oldest query without an answer; zero when none is out
  MonoTime absent_asked{};  // of the query whose answer was the last counted denial
  MonoTime trades_next{};   // no own-trades query before this; zero while no fill is missing
  MonoTime cancel_next{};   // no repeated cancel before this
  MonoTime cancel_sent{};
  MonoTime amend_sent{};
  Qty amend_qty{};     // what the last amendment asks for
  OrderId replaces{};  // the order that this one's cancelReplace ends; zero: it came as itself
  OrderId list_id{};   // of its list the first order's id, and the list's own; zero: in none
  Nanos query_backoff{};
  Nanos trades_backoff{};

  SymbolId symbol{kNoSymbol};
  StrategyId strategy{};
  Side side{Side::kBuy};
  OrdType type{OrdType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  OrderTerms terms{};
  OrderState state{OrderState::kPendingNew};
  ReplaceMode replace_mode{ReplaceMode::kStopOnFailure};
  ListKind list_kind{ListKind::kOco};
  std::uint8_t list_leg{0};

  std::uint8_t absent_answers{0};
  std::uint8_t cancel_attempts{0};
  bool has_reserve{false};        // holds a place in the exposure, to be released once
  bool is_cancel_pending{false};  // a cancel is on its way
  bool is_cancel_wanted{false};   // and this one could not be sent yet, or has to be repeated
  bool is_cancel_written{false};  // the one that is to leave next is in the journal
  bool is_amended{false};         // an amendment has left: it may be smaller at the venue
  bool is_amend_pending{false};   // and what has become of the last one is not known
  bool is_query_wanted{false};    // something about this order has to be asked
  bool is_reconciling{false};     // asked about since the session came back, not answered yet
  bool has_venue_word{false};     // the first answer, whatever it was, has been timed
  bool is_unknown_alerted{false};
  bool is_told{false};         // its strategy knows its id
  bool is_held{false};         // not sent yet: its record is on its way to the disk
  bool is_inferred{false};     // its last move was concluded from an answer, not told as an event
  bool is_restate_due{false};  // of an earlier run: its strategy has not been told yet
  bool is_live{false};  // of a pending leg: its working order is filled, and the venue works it
  std::uint32_t listing_seen{0};  // the last open-orders listing that named this order
  std::uint32_t amend_count{0};   // amendments that have left

  [[nodiscard]] Qty leaves_qty() const noexcept {
    return is_terminal(state) ? Qty{} : qty - cum_qty;
  }
  // What the venue says was traded and we have not seen.
  [[nodiscard]] Qty missing_qty() const noexcept {
    return venue_cum_qty > cum_qty ? venue_cum_qty - cum_qty : Qty{};
  }
  // The venue works the quantity out: of a market order by quote quantity, and of what sells
  // another's proceeds (OPO).
  [[nodiscard]] bool is_sized_by_venue() const noexcept {
    return !terms.quote_qty.is_zero() || (is_pending_leg() && is_paid_by_working(list_kind));
  }
  // And has not said it yet: `qty` is an upper bound.
  [[nodiscard]] bool has_qty_bound() const noexcept { return is_sized_by_venue() && !is_live; }
  [[nodiscard]] bool is_in_list() const noexcept { return list_id != OrderId{}; }
  [[nodiscard]] bool is_pending_leg() const noexcept {
    return is_in_list() && list_leg > 0 && has_pending_legs(list_kind);
  }
  // At the venue or on its way there, and not to be filled before its working order is.
  [[nodiscard]] bool is_waiting() const noexcept {
    return is_pending_leg() && !is_live && cum_qty.is_zero() && !is_terminal(state);
  }
  // Nothing more to ask or to hold: may be forgotten when room is needed.
  [[nodiscard]] bool is_settled() const noexcept {
    return is_terminal(state) && !is_query_wanted && !is_reconciling && missing_qty().is_zero();
  }
};

// By what it counts in the exposure, from the gate until its end.
[[nodiscard]] inline risk::Held held_of(const Order& order) noexcept {
  return {.symbol = order.symbol,
          .side = order.side,
          .strategy = order.strategy,
          .px = order.held_px,
          .is_algo = is_contingent(order.type),
          .is_iceberg = !order.terms.iceberg_qty.is_zero()};
}

}  // namespace portcullis::oms
