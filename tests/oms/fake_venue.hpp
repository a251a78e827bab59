#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/messages.hpp"
#include "oms/venue.hpp"
#include "risk/approved.hpp"

namespace portcullis::oms::test {

// A venue session that records what it is asked to send and fails on demand. Answers are given by
// the test, in whichever order it likes: faults are what this is for.
class FakeVenue {
 public:
  struct Sent {
    RequestKind kind{RequestKind::kNewOrder};
    OrderId order_id{};
    SymbolId symbol{kNoSymbol};
    VenueOrderId venue_order_id{};
    MonoTime at{};
    TradeId from{};  // of a page of own trades
    OldOrder old{};  // of a cancelReplace
    Qty qty{};       // of an amendment
  };

  FakeVenue() { sent.reserve(1 << 16); }

  [[nodiscard]] bool is_up() noexcept { return up; }
  [[nodiscard]] bool may_cancel() noexcept { return up || is_logged_on; }
  [[nodiscard]] bool may_ask() noexcept { return up; }
  SendError send_new(const risk::Approved<NewOrderSingle>& order, OrderId id,
                     const Now& now) noexcept {
    last = order.get();
    return send({RequestKind::kNewOrder, id, order.get().symbol, {}, now.mono});
  }
  SendError send_cancel(OrderId id, SymbolId symbol, VenueOrderId venue_id,
                        const Now& now) noexcept {
    return send({RequestKind::kCancel, id, symbol, venue_id, now.mono});
  }
  SendError send_replace(const risk::Approved<NewOrderSingle>& order, OrderId id,
                         const OldOrder& old, const Now& now) noexcept {
    last = order.get();
    return send({RequestKind::kReplaceCancel, id, order.get().symbol, {}, now.mono, {}, old});
  }
  SendError send_list(const risk::Approved<NewOrderList>& list, OrderId id,
                      const Now& now) noexcept {
    last_list = list.get();
    return send({RequestKind::kNewList, id, list.get().orders[0].symbol, {}, now.mono});
  }
  SendError send_list_cancel(OrderId id, SymbolId symbol, const Now& now) noexcept {
    return send({RequestKind::kListCancel, id, symbol, {}, now.mono});
  }
  SendError send_amend(OrderId id, SymbolId symbol, VenueOrderId venue_id, Qty qty,
                       const Now& now) noexcept {
    return send({RequestKind::kAmend, id, symbol, venue_id, now.mono, {}, {}, qty});
  }
  SendError send_query(OrderId id, SymbolId symbol, const Now& now) noexcept {
    return send({RequestKind::kQuery, id, symbol, {}, now.mono});
  }
  SendError send_trades_query(OrderId id, SymbolId symbol, VenueOrderId venue_id,
                              const Now& now) noexcept {
    return send({RequestKind::kTrades, id, symbol, venue_id, now.mono});
  }
  SendError send_trades_since(SymbolId symbol, TradeId from, const Now& now) noexcept {
    return send({RequestKind::kTradesSince, {}, symbol, {}, now.mono, from});
  }
  SendError send_order_lookup(SymbolId symbol, VenueOrderId venue_id, const Now& now) noexcept {
    return send({RequestKind::kOrderLookup, {}, symbol, venue_id, now.mono});
  }
  SendError send_mass_cancel(SymbolId symbol, const Now& now) noexcept {
    return send({RequestKind::kMassCancel, {}, symbol, {}, now.mono});
  }
  SendError send_symbol_cancel(SymbolId symbol, const Now& now) noexcept {
    return send({RequestKind::kMassCancel, {}, symbol, {}, now.mono});
  }
  SendError send_open_orders_query(const Now& now) noexcept {
    return send({RequestKind::kOpenOrders, {}, kNoSymbol, {}, now.mono});
  }
  SendError send_account_query(const Now& now) noexcept {
    return send({RequestKind::kAccount, {}, kNoSymbol, {}, now.mono});
  }
  [[nodiscard]] MonoTime last_encoded() noexcept { return last_at; }
  [[nodiscard]] MonoTime last_sent() noexcept { return last_at; }

  [[nodiscard]] std::size_t count(RequestKind kind) const {
    std::size_t n = 0;
    for (const Sent& request : sent) n += request.kind == kind ? 1 : 0;
    return n;
  }

  std::vector<Sent> sent;
  NewOrderSingle last{};
  NewOrderList last_list{};
  MonoTime last_at{};
  std::size_t tried{0};               // what left, and what could not
  SendError error{SendError::kNone};  // the answer to everything, while the session is up
  bool is_logged_on{false};           // and up to no more: the user data stream is not there
  bool up{false};

 private:
  SendError send(const Sent& request) noexcept {
    const bool is_cancel = request.kind == RequestKind::kCancel ||
                           request.kind == RequestKind::kMassCancel ||
                           request.kind == RequestKind::kListCancel;
    if (!up && !(is_cancel && is_logged_on)) return SendError::kNotConnected;
    ++tried;
    if (error == SendError::kNone || error == SendError::kPartialWrite) sent.push_back(request);
    last_at = request.at;
    return error;
  }
};

static_assert(Venue<FakeVenue>);

// Ids from one; runs dry on demand.
class CountingIds {
 public:
  [[nodiscard]] std::optional<OrderId> next() noexcept {
    if (is_dry) return std::nullopt;
    return OrderId{++last};
  }
  std::uint64_t last{0};
  bool is_dry{false};
};

}  // namespace portcullis::oms::test
