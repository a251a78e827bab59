#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/messages.hpp"
#include "oms/order_accounting.hpp"
#include "oms/venue.hpp"
#include "risk/pre_trade_gate.hpp"
#include "risk/verdict.hpp"

namespace portcullis::oms {

// What strategies want changed in orders that they have: cancels, one by one or all at once,
// amendments, and that half of a cancelReplace which is about the old order. Trading thread only.
//
// A cancel is never refused for risk, state or session: what cannot be sent now is sent on
// reconnect. It is the one request that may be sent again. An amendment is sent once; until its
// outcome is known the order holds its old quantity, which is the larger one.
template <Venue V>
class OrderChanges {
 public:
  // All of them outlive it. No allocation after this.
  OrderChanges(const OmsContext& context, risk::PreTradeGate& gate, V& venue,
               OrderAccounting& accounting)
      : settings_{context.settings},
        instruments_{context.instruments},
        gate_{gate},
        venue_{venue},
        accounting_{accounting},
        counters_{context.counters},
        journal_{context.journal},
        is_sweep_wanted_(context.instruments.size()) {}

  // ---- cancels
  void cancel(const OrderCancelRequest& request, const Now& now) noexcept {
    gate_.record_cancel();
    Order* order = accounting_.store().find(request.order_id);
    if (order == nullptr || order->strategy != request.strategy) {
      return accounting_.report_cancel_rejected(request, now);
    }
    if (is_terminal(order->state)) return accounting_.report_cancel_rejected(*order, 0, now);
    if (order->cancel_attempts >= settings_.cancel_attempts_max) return give_up_cancel(*order, now);
    if (order->is_cancel_pending || order->is_cancel_wanted) {
      return counters_.cancels_repeated.add();
    }
    order->is_cancel_wanted = order->is_held;  // it will not leave
    if (!order->is_held) send_cancel(*order, now);
  }

  // Everything that the account has open in the symbol, whoever's it is, by the venue's own request
  // for it. Those of this gateway that this has not ended soon, because it could not be sent or has
  // failed or because they were still on their way, are cancelled one by one. What is ordered
  // afterwards is left alone.
  void cancel_all(const OrderMassCancelRequest& request, const Now& now) noexcept {
    gate_.record_cancel();
    const bool is_account = request.symbol == kNoSymbol;
    if (!is_account && !instruments_.contains(request.symbol)) {
      return accounting_.report_cancel_rejected(
          OrderCancelRequest{.trace = {}, .order_id = {}, .strategy = request.strategy}, now);
    }
    for (std::size_t i = 0; i < is_sweep_wanted_.size(); ++i) {
      if (is_account || i == request.symbol.raw()) is_sweep_wanted_[i] = 1;
    }
    sweep_next_ = 0;
    OrderStore& store = accounting_.store();
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      Order& order = store.open_at(i);
      const bool is_meant = is_account || order.symbol == request.symbol;
      if (!is_meant || is_terminal(order.state) || order.is_cancel_pending) continue;
      if (!order.is_cancel_wanted) order.cancel_next = now.mono + settings_.query_backoff_min;
      order.is_cancel_wanted = true;
    }
    (void)step(now);
  }
  // The requests of cancel_all, some at each turn, each of them tried once.
  int step(const Now& now) noexcept {
    int sent = 0;
    for (; sweep_next_ < is_sweep_wanted_.size() && sent < settings_.sends_per_cycle;
         ++sweep_next_) {
      if (is_sweep_wanted_[sweep_next_] == 0) continue;
      is_sweep_wanted_[sweep_next_] = 0;
      const SymbolId symbol{static_cast<SymbolId::rep>(sweep_next_)};
      journal_.record_mass_cancel(symbol, now);
      if (venue_.send_symbol_cancel(symbol, now) != SendError::kNone) continue;
      counters_.mass_cancels_sent.add();
      ++sent;
    }
    return sent;
  }

  // One that could not be sent, or was not answered.
  int repeat_cancel(Order& order, const Now& now) noexcept {
    if (order.cancel_attempts >= settings_.cancel_attempts_max) {
      give_up_cancel(order, now);
      return 0;
    }
    send_cancel(order, now);
    return 1;
  }

  // One whose strategy is gone: cancelled until it has ended, at the pace of repeated cancels.
  void cancel_abandoned(Order& order, const Now& now) noexcept {
    const bool is_under_way = order.is_cancel_pending || order.is_cancel_wanted;
    if (is_under_way || is_terminal(order.state) || now.mono < order.cancel_next) return;
    if (order.cancel_attempts < settings_.cancel_attempts_max) {
      order.is_cancel_wanted = true;
    } else if (!order.is_query_wanted) {
      accounting_.ask_soon(order, now.mono);  // found working, it may be tried anew
    }
  }

  // ---- amendments
  void amend(const OrderAmendRequest& request, const Now& now) noexcept {
    Order* order = accounting_.store().find(request.order_id);
    if (order == nullptr || order->strategy != request.strategy) {
      return accounting_.report_amend_refused(request, now);
    }
    if (const risk::Verdict no = check_amend(*order, request.qty, now); no) {
      return accounting_.report_amend_refused(*order, *no, now);
    }
    if (!accounting_.begin_amend(*order, request.qty, now)) {
      return accounting_.report_amend_refused(*order, {.reason = RejectReason::kJournal}, now);
    }
    switch (venue_.send_amend(order->id, order->symbol, order->venue_order_id, request.qty, now)) {
      case SendError::kNone: return counters_.amends_sent.add();
      case SendError::kPartialWrite: return;  // it is asked about like one without an answer
      case SendError::kNotConnected:
      case SendError::kSendBufferFull:
      case SendError::kHeld: return accounting_.on_amend_not_sent(*order, now);
    }
  }

  // ---- cancelReplace
  // Whether the order may be the old one of a cancelReplace: it works at the venue, and nothing
  // else is under way that would end it.
  [[nodiscard]] risk::Verdict check_replace(OrderId target,
                                            const NewOrderSingle& request) noexcept {
    if (instruments_.contains(request.symbol) &&
        !instruments_.at(request.symbol).has_cancel_replace) {
      return Reject{.reason = RejectReason::kNotOffered};
    }
    const Order* old = accounting_.store().find(target);
    const bool may_be = old != nullptr && old->strategy == request.strategy &&
                        old->symbol == request.symbol && is_working(*old) && !old->is_in_list() &&
                        !old->is_cancel_pending && !old->is_cancel_wanted;
    if (may_be) return {};
    return Reject{.reason = RejectReason::kNotChangeable};
  }

  // `order` takes the place of the one that it names; both were looked at by check_replace.
  [[nodiscard]] SendError send_replace(const risk::Approved<NewOrderSingle>& approved, Order& order,
                                       const Now& now) noexcept {
    Order* old = accounting_.store().find(order.replaces);
    const VenueOrderId venue_order_id = old != nullptr ? old->venue_order_id : VenueOrderId{};
    const SendError error = venue_.send_replace(
        approved, order.id,
        {.id = order.replaces, .venue_id = venue_order_id, .mode = order.replace_mode}, now);
    if (old == nullptr || (error != SendError::kNone && error != SendError::kPartialWrite)) {
      return error;
    }
    old->is_cancel_pending = true;
    old->cancel_sent = now.mono;
    counters_.replaces_sent.add();
    return error;
  }

  // The venue's word about the cancel half, by the new order's id.
  void on_replace_cancel_failure(const Order& order, const RequestFailure& failure,
                                 const Now& now) noexcept {
    Order* old = accounting_.store().find(order.replaces);
    if (old == nullptr || is_terminal(old->state) || !old->is_cancel_pending) return;
    RequestFailure cancel = failure;
    cancel.kind = RequestKind::kCancel;
    cancel.order_id = old->id;
    // It was refused as half of something: whether it is still wanted alone is the strategy's.
    const bool is_definite = cancel.failure == FailureClass::kRateLimited ||
                             cancel.failure == FailureClass::kAuthentication;
    if (is_definite) cancel.failure = FailureClass::kRejected;
    accounting_.on_cancel_failure(*old, cancel, now);
  }

 private:
  [[nodiscard]] static bool is_working(const Order& order) noexcept {
    return order.state == OrderState::kNew || order.state == OrderState::kPartiallyFilled;
  }

  [[nodiscard]] risk::Verdict check_amend(const Order& order, Qty qty, const Now& now) noexcept {
    if (!instruments_.at(order.symbol).has_amend)
      return Reject{.reason = RejectReason::kNotOffered};
    const bool may_be = is_working(order) && !order.is_cancel_pending && !order.is_cancel_wanted &&
                        !order.is_amend_pending && !order.has_qty_bound();
    if (!may_be) return Reject{.reason = RejectReason::kNotChangeable};
    // The venue takes less than before only, and what has been filled stays.
    if (qty >= order.qty || qty <= order.cum_qty) {
      return Reject{.reason = RejectReason::kAmendQty,
                    .unit = RejectUnit::kQty,
                    .limit = order.qty.raw(),
                    .value = order.cum_qty.raw(),
                    .projected = qty.raw()};
    }
    NewOrderSingle amended;
    amended.px = order.px;
    amended.qty = qty;
    amended.symbol = order.symbol;
    amended.side = order.side;
    amended.strategy = order.strategy;
    amended.type = order.type;
    amended.terms = order.terms;
    return gate_.approve_amended(amended, order.amend_count, now);
  }

  // What cannot leave may be tried for days: written down before its first try, and not at each.
  void send_cancel(Order& order, const Now& now) noexcept {
    if (!order.is_cancel_written) journal_.record_cancel(order.id, now);
    order.is_cancel_written = true;
    const SendError error = venue_.send_cancel(order.id, order.symbol, order.venue_order_id, now);
    order.is_cancel_wanted = error != SendError::kNone;
    order.cancel_next = now.mono + settings_.cancel_backoff(order.cancel_attempts);
    if (error != SendError::kNone) return;
    order.is_cancel_written = false;
    order.is_cancel_pending = true;
    order.cancel_sent = now.mono;
    ++order.cancel_attempts;
    counters_.cancels_sent.add();
  }

  // So many cancels without an answer: is the order there at all? If the venue shows it working,
  // it may be cancelled again.
  void give_up_cancel(Order& order, const Now& now) noexcept {
    order.is_cancel_wanted = false;
    accounting_.ask_soon(order, now.mono);
    accounting_.report_cancel_rejected(order, 0, now);
  }

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  risk::PreTradeGate& gate_;
  V& venue_;
  OrderAccounting& accounting_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  std::vector<std::uint8_t> is_sweep_wanted_;  // by SymbolId; size constant after construction
  std::size_t sweep_next_{SIZE_MAX};           // the next to look at; beyond the end: none wanted
};

}  // namespace portcullis::oms
