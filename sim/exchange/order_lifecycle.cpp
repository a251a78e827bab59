// Orders that end, reports, and what waits for a trade: triggered stops.
#include <algorithm>
#include <utility>

#include "sim/exchange/matching_engine.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

MatchingEngine::MatchingEngine(std::size_t symbol, const SymbolSpec& spec, VenueState& venue)
    : symbol_{symbol},
      spec_{spec},
      venue_{venue},
      settlement_{symbol, spec, venue},
      book_{spec.tick_size()},
      liquidity_{book_, orders_, venue} {
  on_spec_changed();
}

void MatchingEngine::end(Entry& entry, const Ending& ending, WallTime now) {
  Order& order = entry.order;
  release(entry);
  order.status = ending.status;
  order.expiry_reason = ending.reason;
  order.updated = now;
  settlement_.relock(entry, {});
  AccountEvent event{.type = ending.event,
                     .last_prevented_qty = ending.last_prevented_qty,
                     .reject_reason = ending.reject};
  event.cancel_client_order_id = ending.cancel_client_order_id;
  if (ending.prevented != nullptr) event.prevented = *ending.prevented;
  tell(entry, std::move(event));
  close(entry);
  leg_ended(entry, ending, now);
}

void MatchingEngine::close_filled(Entry& entry, WallTime now) {
  settlement_.relock(entry, {});
  close(entry);
  leg_filled(entry, now);
}

void MatchingEngine::release(Entry& entry) {
  if (entry.handle != OrderBook::kNoHandle) {
    book_.remove(std::exchange(entry.handle, OrderBook::kNoHandle));
  }
  if (std::exchange(entry.is_waiting, false)) stops_.remove(entry);
}

void MatchingEngine::close(Entry& entry) {
  venue_.of_account[entry.order.account.raw()].open.add(entry.order, -1);
  orders_.history_of(entry.order.account)->close(entry);
}

void MatchingEngine::tell(const Entry& entry, EventType type) {
  tell(entry, AccountEvent{.type = type});
}

void MatchingEngine::tell(const Entry& entry, AccountEvent event) {
  event.execution_id = next_execution_id_++;
  if (!venue_.outbox.has_listener()) return;
  event.order = entry.order;
  settlement_.note_position(entry.order.account);
  venue_.outbox.add(entry.order.account, std::move(event));
}

// The venue makes 22 letters and digits when a client sends no id of its own.
std::string MatchingEngine::make_id(std::uint64_t number) const {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 22;
  Random random{symbol_ << 48U ^ number};
  std::string id(kLength, '0');
  for (char& letter : id) letter = kAlphabet[random.next() % kAlphabet.size()];
  return id;
}

// ---- after a call's own matching
// -------------------------------------------------------------------

void MatchingEngine::settle_deferred(WallTime now) {
  while (!triggered_.empty() || !activated_.empty()) {
    for (Entry* entry : std::exchange(triggered_, {})) {
      if (entry->order.is_open()) trigger(*entry, now);
    }
    for (const std::int64_t list_id : std::exchange(activated_, {})) {
      if (ListEntry* list = venue_.lists.find(list_id)) activate(*list, now);
    }
  }
}

void MatchingEngine::trigger(Entry& entry, WallTime now) {
  leg_starts(entry, now);
  entry.order.working_time = now;
  entry.order.updated = now;
  if (const auto refused = prepare_triggered(entry, now)) {
    entry.order.working_time.reset();
    reject_waiting(entry, *refused, now);
    return;
  }
  tell(entry, EventType::kNew);
  work(entry, now);
}

// The price of a peg and the funds of what works at another price than it waited at.
std::optional<RejectReason> MatchingEngine::prepare_triggered(Entry& entry, WallTime now) {
  Order& order = entry.order;
  if (order.peg.is_set()) {
    const auto px = liquidity_.peg_price(order.side, order.peg);
    if (!px) return RejectReason::kNone;
    order.pegged_px = *px;
    NewOrder terms;
    terms.side = order.side;
    terms.type = order.type;
    terms.qty = order.qty;
    const OrderFilters rules = filters(order.side, now);
    if (rules.check_price(order.side, *px) || rules.check_value(terms, *px)) {
      return RejectReason::kNone;
    }
  }
  const bool is_paid = can_pay(order, entry.locked, now);
  if (!is_paid || !settlement_.relock(entry, Settlement::lock_needed(order))) {
    return RejectReason::kInsufficientBalances;
  }
  return std::nullopt;
}

void MatchingEngine::reject_waiting(Entry& entry, RejectReason reason, WallTime now) {
  end(entry, {.reason = ExpiryReason::kRejected, .reject = reason}, now);
}

}  // namespace portcullis::sim
