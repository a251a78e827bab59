#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/check.hpp"
#include "core/kill_switch.hpp"
#include "core/messages.hpp"
#include "oms/held_orders.hpp"
#include "oms/id_source.hpp"
#include "oms/order_accounting.hpp"
#include "oms/venue.hpp"
#include "risk/checks/order_terms.hpp"
#include "risk/checks/trading_state.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::oms {

// Order lists on their way out, and their cancels. Trading thread only.
//
// A list is one request and several orders: each has its own id, record, reserve and fate, and
// becomes unknown and is found by itself. What they share is how they leave: all have passed the
// gate, all are in the journal, and the list after them, or none leaves and none holds anything.
// A list is named by its first order's id; the others have the ids that follow.
template <Venue V, IdSource Ids>
class OrderLists {
 public:
  // All of them outlive it. No allocation after this.
  OrderLists(const OmsContext& context, risk::PreTradeGate& gate, V& venue, Ids& ids,
             OrderAccounting& accounting)
      : settings_{context.settings},
        instruments_{context.instruments},
        gate_{gate},
        venue_{venue},
        ids_{ids},
        exposure_{context.exposure},
        kill_switch_{context.kill_switch},
        accounting_{accounting},
        counters_{context.counters},
        journal_{context.journal},
        coming_(context.ports.size()),
        held_{context.settings.held_max} {}

  // The next leg of a strategy's list; with the last one the list is placed. What was begun and is
  // not continued is denied.
  void take(const OrderListLeg& command, StrategyId strategy, const Now& now) noexcept {
    Coming& coming = coming_[strategy.raw()];
    NewOrderSingle leg = command.order;
    leg.strategy = strategy;
    const bool is_next =
        command.leg == coming.count && (coming.count == 0 || command.kind == coming.list.kind);
    if (!is_next) {
      deny({coming.list.orders.data(), coming.count}, {.reason = RejectReason::kOrderList}, now);
      coming.count = 0;
    }
    const bool is_sound =
        command.leg == coming.count && risk::is_enumerator(command.kind, ListKind::kOpoco);
    if (!is_sound) return deny({&leg, 1}, {.reason = RejectReason::kOrderList}, now);
    coming.list.kind = command.kind;
    coming.list.orders[coming.count++] = leg;
    if (coming.count < coming.list.size()) return;
    coming.count = 0;
    place(coming.list, now);
  }

  // Cancels the whole list that the order is of. Like any cancel it is never refused for risk,
  // state or session: what its one request has not ended soon is cancelled one by one.
  void cancel(const OrderCancelRequest& request, const Now& now) noexcept {
    gate_.record_cancel();
    const Order* named = accounting_.store().find(request.order_id);
    if (named == nullptr || named->strategy != request.strategy || !named->is_in_list()) {
      return accounting_.report_cancel_rejected(request, now);
    }
    int open = 0;
    int wanted = 0;
    for_each_leg(named->list_id, [&](Order& order) noexcept {
      if (is_terminal(order.state)) return;
      ++open;
      if (order.is_cancel_pending || order.is_cancel_wanted) return;
      order.is_cancel_wanted = true;
      order.cancel_next = now.mono + settings_.query_backoff_min;
      if (order.is_held) return;  // it will not leave
      ++wanted;
      journal_.record_cancel(order.id, now);
    });
    if (open == 0) return accounting_.report_cancel_rejected(*named, 0, now);
    if (wanted == 0) return counters_.cancels_repeated.add();
    if (venue_.send_list_cancel(named->list_id, named->symbol, now) == SendError::kNone) {
      counters_.list_cancels_sent.add();
    }
  }

  // Lists whose records have reached the disk leave now, unless the world has changed meanwhile.
  int release_held(const Now& now) noexcept {
    return release_ready(held_, journal_, kill_switch_, settings_.sends_per_cycle, now,
                         [&](const HeldLists::Held& held, bool is_written_down) noexcept {
                           release(held, is_written_down, now);
                         });
  }

  // The venue has refused the request, or has not said what became of it: so it is of each order.
  void on_failure(const RequestFailure& failure, const Now& now) noexcept {
    for_each_leg(failure.order_id, [&](Order& order) noexcept {
      RequestFailure of_order = failure;
      of_order.kind = RequestKind::kNewOrder;
      of_order.order_id = order.id;
      accounting_.on_new_failure(order, of_order, now);
    });
  }

  // The list is over at the venue. An order that is not over here has missed its own report, and is
  // asked about; nothing is concluded from this.
  void on_status(const VenueListStatus& status, const Now& now) noexcept {
    if (!status.is_done) return;
    for_each_leg(status.list_id, [&](Order& order) noexcept {
      if (!is_terminal(order.state) && !order.is_held) accounting_.ask_soon(order, now.mono);
    });
  }

 private:
  // What has come of a list so far.
  struct Coming {
    NewOrderList list{};
    std::size_t count{0};
  };

  // The orders of a list that the store still knows.
  template <class Visit>
  void for_each_leg(OrderId list_id, Visit&& visit) noexcept {
    if (list_id == OrderId{}) return;
    for (std::size_t i = 0; i < NewOrderList::kLegsMax; ++i) {
      Order* order = accounting_.store().find(OrderId{list_id.raw() + i});
      if (order != nullptr && order->list_id == list_id) visit(*order);
    }
  }

  [[nodiscard]] bool is_offered(const NewOrderList& list) const noexcept {
    const SymbolId symbol = list.orders[0].symbol;
    if (!instruments_.contains(symbol)) return true;  // the gate says what is wrong with that
    const Instrument& instrument = instruments_.at(symbol);
    switch (list.kind) {
      case ListKind::kOco: return instrument.has_oco;
      case ListKind::kOto: return instrument.has_oto;
      case ListKind::kOtoco: return instrument.has_oto && instrument.has_oco;
      case ListKind::kOpo: return instrument.has_opo;
      case ListKind::kOpoco: return instrument.has_opo && instrument.has_oco;
    }
    return false;
  }

  void place(const NewOrderList& request, const Now& now) noexcept {
    if (!is_offered(request)) {
      return deny(request.legs(), {.reason = RejectReason::kNotOffered}, now);
    }
    auto approved = gate_.approve_list(request, now);
    if (!approved) {  // counted by the gate, as one
      for (const NewOrderSingle& leg : request.legs()) {
        accounting_.report_denied(leg, approved.error(), now);
      }
      return;
    }
    const NewOrderList& list = approved->get();
    const std::optional<OrderId> list_id = admit(list, now);
    if (!list_id) return;
    if (!accounting_.begin_list(*list_id, list.kind, now)) {
      return take_back(*list_id, list, RejectReason::kJournal, now);
    }
    const WayOut way{.position = journal_.position(), .taken = now.mono, .judged = now.mono};
    if (held_.is_empty() && journal_.is_written_down(way.position)) [[likely]] {
      return send(*approved, *list_id, now);
    }
    if (held_.is_full()) return take_back(*list_id, list, RejectReason::kJournal, now);
    for_each_leg(*list_id, [&](Order& order) noexcept { accounting_.on_held(order, now); });
    held_.push({std::move(*approved), *list_id, way});
  }

  // Records, in the journal too, and ids for all of them; denied, and everything given back,
  // without any of these. The list's id.
  [[nodiscard]] std::optional<OrderId> admit(const NewOrderList& list, const Now& now) noexcept {
    Reject reject = accounting_.refusal_to_open(list.size(), now.mono);
    std::size_t opened = 0;
    OrderId list_id{};
    while (reject.reason == RejectReason::kNone && opened < list.size()) {
      const std::optional<OrderId> id = ids_.next();
      if (!id) {
        reject = {.reason = RejectReason::kNotReady};  // none is reserved at the moment
        break;
      }
      if (opened == 0) list_id = *id;
      PORTCULLIS_CHECK(id->raw() == list_id.raw() + opened, "a list's orders have ids in a row");
      if (accounting_.open(list.orders[opened], *id, now) == nullptr) {
        reject = {.reason = RejectReason::kJournal};
        break;
      }
      ++opened;
    }
    if (reject.reason == RejectReason::kNone) return list_id;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const NewOrderSingle& leg = list.orders[i];
      if (i < opened) {
        accounting_.undo(*accounting_.store().find(OrderId{list_id.raw() + i}), now);
      } else {
        exposure_.release(risk::held_of(leg), leg.qty);
      }
    }
    deny(list.legs(), reject, now);
    return std::nullopt;
  }

  // Whether something has been stopped since the list was let through.
  [[nodiscard]] risk::Verdict refusal_now(const NewOrderList& list) const noexcept {
    if (const risk::Verdict no = risk::check_trading_state(kill_switch_)) return no;
    for (const NewOrderSingle& leg : list.legs()) {
      if (const risk::Verdict no = gate_.judge_modes(leg, true)) return no;
    }
    return {};
  }

  void send(const risk::Approved<NewOrderList>& approved, OrderId list_id,
            const Now& now) noexcept {
    if (const risk::Verdict no = refusal_now(approved.get())) [[unlikely]]
      return take_back(list_id, approved.get(), *no, now);
    const SendError error = venue_.send_list(approved, list_id, now);
    switch (error) {
      case SendError::kNone:
      case SendError::kPartialWrite: break;
      case SendError::kNotConnected:
      case SendError::kSendBufferFull:
        return take_back(list_id, approved.get(), RejectReason::kVenueDisconnected, now);
      case SendError::kHeld:
        return take_back(list_id, approved.get(), RejectReason::kVenueBudget, now);
    }
    const bool has_left = error == SendError::kNone;
    const MonoTime sent = has_left ? venue_.last_sent() : now.mono;
    for_each_leg(list_id, [&](Order& order) noexcept {
      accounting_.on_sent(order, sent, now);
      if (!has_left) accounting_.on_doubt(order, now);
    });
    if (has_left) counters_.lists_sent.add();
  }

  void release(const HeldLists::Held& held, bool is_written_down, const Now& now) noexcept {
    bool is_cancelled = false;
    for_each_leg(held.id, [&](Order& order) noexcept {
      order.is_held = false;
      is_cancelled = is_cancelled || order.is_cancel_wanted;
    });
    const NewOrderList& list = held.approved.get();
    if (!is_written_down && !refusal_now(list))
      return take_back(held.id, list, RejectReason::kJournal, now);
    if (!is_cancelled) return send(held.approved, held.id, now);
    for_each_leg(held.id, [&](Order& order) noexcept { accounting_.withdraw(order, now); });
  }

  // It has not left, and will not.
  void take_back(OrderId list_id, const NewOrderList& list, RejectReason reason,
                 const Now& now) noexcept {
    take_back(list_id, list, Reject{.reason = reason}, now);
  }
  void take_back(OrderId list_id, const NewOrderList& list, const Reject& reject,
                 const Now& now) noexcept {
    for (std::size_t i = 0; i < list.size(); ++i) {
      accounting_.undo(*accounting_.store().find(OrderId{list_id.raw() + i}), now);
    }
    deny(list.legs(), reject, now);
  }

  void deny(std::span<const NewOrderSingle> orders, const Reject& reject, const Now& now) noexcept {
    for (const NewOrderSingle& order : orders) {
      gate_.record_denial(reject.reason);
      accounting_.report_denied(order, reject, now);
    }
  }

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  risk::PreTradeGate& gate_;
  V& venue_;
  Ids& ids_;
  risk::Exposure& exposure_;
  KillSwitch& kill_switch_;
  OrderAccounting& accounting_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  std::vector<Coming> coming_;  // by strategy; size constant after construction
  HeldLists held_;
};

}  // namespace portcullis::oms
