// Order lists: how one leg's fate becomes the others'.
#include <algorithm>
#include <utility>

#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/order_checks.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

namespace {

bool has_working_order(ListKind kind) {
  return kind != ListKind::kOco;
}

bool is_stop_loss(OrderType type) {
  return type == OrderType::kStopLoss || type == OrderType::kStopLossLimit;
}

// As the venue lists them: the working order first, of a pair the stop loss first.
NewOrderList in_venue_order(NewOrderList list) {
  const std::size_t first = has_working_order(list.kind) ? 1 : 0;
  if (list.orders.size() == first + 2 && is_stop_loss(list.orders[first + 1].type)) {
    std::swap(list.orders[first], list.orders[first + 1]);
  }
  return list;
}

NewOrder as_request(const Order& order) {
  NewOrder request;
  request.side = order.side;
  request.type = order.type;
  request.tif = order.tif;
  request.px = order.px;
  request.qty = order.qty;
  request.stop_px = order.stop_px;
  request.trailing_bips = order.trailing_bips;
  request.iceberg_qty = order.iceberg_qty;
  request.peg = order.peg;
  return request;
}

}  // namespace

std::expected<PlaceListResult, VenueError> MatchingEngine::place_list(SimAccountId account,
                                                                      const NewOrderList& request,
                                                                      WallTime now) {
  if (auto no = list_request_refusal(account, request, now)) return std::unexpected{*std::move(no)};
  const NewOrderList list = in_venue_order(request);
  std::vector<Terms> terms;
  if (auto no = list_refusal(account, list, terms, now)) {
    return std::unexpected{std::move(no->error)};
  }
  const ListEntry& opened = open_list(account, list, terms, now);
  const std::vector<Entry*> legs = legs_of(opened);
  PlaceListResult placed;
  placed.reports.resize(legs.size());
  if (has_working_order(list.kind)) {
    work(*legs[0], now, &placed.reports[0].prevented);
  } else {
    for (Entry* leg : legs) {
      if (!is_contingent(leg->order.type)) work(*leg, now);
    }
  }
  for (std::size_t leg = 0; leg < legs.size(); ++leg) {
    placed.reports[leg].order = legs[leg]->order;
    placed.reports[leg].fills = legs[leg]->fills;
  }
  placed.list = opened.list;
  settle_deferred(now);
  return placed;
}

std::optional<VenueError> MatchingEngine::list_request_refusal(SimAccountId account,
                                                               const NewOrderList& list,
                                                               WallTime now) const {
  if (spec_.status != SymbolStatus::kTrading) return request_refused(refusal::kMarketClosed);
  if (auto no = check_list_shape(spec_, list)) return no;
  const bool is_opo = list.kind == ListKind::kOpo || list.kind == ListKind::kOpoco;
  OpenCounts added{.lists = 1};
  for (std::size_t leg = 0; leg < list.orders.size(); ++leg) {
    NewOrder order = list.orders[leg];
    added.orders += 1;
    added.algo_orders += is_contingent(order.type) ? 1 : 0;
    added.iceberg_orders += order.iceberg_qty.is_positive() ? 1 : 0;
    // What an OPO's pending order will sell is not known yet; the most that it can be is.
    if (is_opo && leg > 0) order.qty = list.orders[0].qty;
    if (auto no = request_refusal(account, order, now)) return no;
  }
  return count_refusal(account, added, now);
}

std::optional<MatchingEngine::Refusal> MatchingEngine::list_refusal(SimAccountId account,
                                                                    const NewOrderList& list,
                                                                    std::vector<Terms>& terms,
                                                                    WallTime now) const {
  if (!list.list_client_order_id.empty() &&
      venue_.lists.is_open(account, list.list_client_order_id)) {
    return Refusal{order_refused(refusal::kDuplicate)};
  }
  const bool is_oco = list.kind == ListKind::kOco;
  const auto& orders = list.orders;
  if (is_oco) {
    // Of a sell the stop loss, which comes first here, is below.
    const bool is_sell = orders[0].side == Side::kSell;
    if (!is_pair_around(orders[is_sell ? 1 : 0], orders[is_sell ? 0 : 1], prices_.last())) {
      return Refusal{order_refused(refusal::kBadPrices), RejectReason::kOcoBadPrices};
    }
  }
  for (std::size_t leg = 0; leg < orders.size(); ++leg) {
    const auto is_same = [&](const NewOrder& other) {
      return !other.client_order_id.empty() && other.client_order_id == orders[leg].client_order_id;
    };
    if (std::ranges::count_if(orders, is_same) > 1) {
      return Refusal{order_refused(refusal::kDuplicate)};
    }
    const bool is_live = is_oco || leg == 0;
    if (is_live) {
      auto found = engine_terms(account, orders[leg], now);
      if (!found) return std::move(found.error());
      terms.push_back(*std::move(found));
    } else if (is_duplicate(account, orders[leg].client_order_id)) {
      return Refusal{order_refused(refusal::kDuplicate)};
    } else {
      terms.push_back({.order = orders[leg]});
    }
  }
  if (can_pay_list(account, list, terms, now)) return std::nullopt;
  return Refusal{order_refused(refusal::kNoFunds), RejectReason::kInsufficientBalances};
}

// A pair needs what its dearer leg needs; pending orders need nothing until they are placed.
bool MatchingEngine::can_pay_list(SimAccountId account, const NewOrderList& list,
                                  const std::vector<Terms>& terms, WallTime now) const {
  const std::size_t live = list.kind == ListKind::kOco ? 2 : 1;
  for (std::size_t leg = 0; leg < live; ++leg) {
    if (!can_pay(make_order(account, terms[leg], now), {}, now)) return false;
  }
  return true;
}

MatchingEngine::ListEntry& MatchingEngine::open_list(SimAccountId account, const NewOrderList& list,
                                                     const std::vector<Terms>& terms,
                                                     WallTime now) {
  OrderList made{.list_client_order_id = list.list_client_order_id,
                 .kind = list.kind,
                 .account = account,
                 .symbol = symbol_,
                 .time = now};
  if (made.list_client_order_id.empty()) made.list_client_order_id = make_id(~next_order_id_);
  ListEntry& opened = venue_.lists.open(std::move(made));
  venue_.of_account[account.raw()].open.lists += 1;
  orders_.history_for(account).counts().lists += 1;
  std::vector<Entry*> legs;
  for (std::size_t leg = 0; leg < terms.size(); ++leg) {
    Order order = make_order(account, terms[leg], now);
    order.list_id = opened.list.list_id;
    if (opened.is_phase_one && leg > 0) {
      order.status = OrderStatus::kPendingNew;
      order.working_time.reset();
    }
    legs.push_back(&accept(std::move(order)));
    const Order& accepted = legs.back()->order;
    opened.list.legs.push_back({accepted.order_id, accepted.client_order_id});
  }
  if (opened.is_phase_one) {
    settlement_.relock(*legs[0], Settlement::lock_needed(legs[0]->order));
  } else {
    lock_pair(*legs[0], *legs[1]);
  }
  for (Entry* leg : legs) {
    const bool waits = is_contingent(leg->order.type) && !opened.is_phase_one;
    if (waits) {
      leg->is_waiting = true;
      stops_.add(*leg, prices_.last(), now);
    }
    tell(*leg, EventType::kNew);
  }
  tell_list(opened, ListStatusType::kExecStarted, now);
  return opened;
}

// ---- legs
// ------------------------------------------------------------------------------------------

MatchingEngine::ListEntry* MatchingEngine::list_of(const Entry& entry) const {
  return entry.order.list_id < 0 ? nullptr : venue_.lists.find(entry.order.list_id);
}

std::vector<MatchingEngine::Entry*> MatchingEngine::legs_of(const ListEntry& list) const {
  std::vector<Entry*> legs;
  for (const OrderList::Leg& leg : list.list.legs) {
    if (Entry* entry = orders_.find(list.list.account, leg.order_id)) legs.push_back(entry);
  }
  return legs;
}

MatchingEngine::Entry* MatchingEngine::sibling_of(const Entry& entry, const ListEntry& list) const {
  return list.is_phase_one ? nullptr : pair_leg_of(entry, list);
}

MatchingEngine::Entry* MatchingEngine::pair_leg_of(const Entry& entry,
                                                   const ListEntry& list) const {
  const auto pair = list.pair();
  const bool is_in_pair = pair && (entry.order.order_id == list.list.legs[*pair].order_id ||
                                   entry.order.order_id == list.list.legs[*pair + 1].order_id);
  if (!is_in_pair || list.has_started) return nullptr;
  for (std::size_t leg = *pair; leg < *pair + 2; ++leg) {
    const std::uint64_t order_id = list.list.legs[leg].order_id;
    if (order_id == entry.order.order_id) continue;
    Entry* other = orders_.find(list.list.account, order_id);
    if (other != nullptr && other->order.is_open()) return other;
  }
  return nullptr;
}

void MatchingEngine::leg_starts(Entry& entry, WallTime now) {
  ListEntry* list = list_of(entry);
  if (list == nullptr) return;
  Entry* sibling = sibling_of(entry, *list);
  if (sibling == nullptr) return;
  list->has_started = true;
  entry.locked += std::exchange(sibling->locked, Qty{});
  settlement_.relock(entry, Settlement::lock_needed(entry.order));
  end(*sibling, {.reason = ExpiryReason::kOcoTrigger}, now);
}

void MatchingEngine::leg_ended(Entry& entry, const Ending& ending, WallTime now) {
  ListEntry* list = list_of(entry);
  if (list == nullptr || !list->is_open()) return;
  // A cancel is a cancel for all of the list; anything else makes the others expire.
  Ending others = ending;
  others.prevented = nullptr;
  others.last_prevented_qty = {};
  const bool is_cancel =
      ending.event == EventType::kCanceled || ending.reason == ExpiryReason::kExchangeCanceled;
  if (std::exchange(list->is_phase_one, false)) {
    if (!is_cancel) others = {.reason = ExpiryReason::kOtoPhaseOneExpired};
    release_received(*list);
    list->has_started = true;
    end_others(*list, others, now);
  } else if (sibling_of(entry, *list) != nullptr) {
    if (!is_cancel) others = {.reason = ExpiryReason::kOcoTrigger};
    list->has_started = true;
    end_others(*list, others, now);
  }
  close_list_if_done(*list, now);
}

void MatchingEngine::leg_filled(Entry& entry, WallTime now) {
  ListEntry* list = list_of(entry);
  if (list == nullptr || !list->is_open()) return;
  if (list->is_phase_one) {
    activated_.push_back(list->list.list_id);
  } else {
    close_list_if_done(*list, now);
  }
}

void MatchingEngine::end_others(const ListEntry& list, const Ending& ending, WallTime now) {
  for (Entry* leg : legs_of(list)) {
    if (leg->order.is_open()) end(*leg, ending, now);
  }
}

void MatchingEngine::close_list_if_done(ListEntry& list, WallTime now) {
  if (!list.is_open()) return;
  const std::vector<Entry*> legs = legs_of(list);
  if (std::ranges::any_of(legs, [](const Entry* leg) { return leg->order.is_open(); })) return;
  const SimAccountId account = list.list.account;
  venue_.of_account[account.raw()].open.lists -= 1;
  orders_.history_for(account).counts().lists -= 1;
  venue_.lists.close(list);
  tell_list(list, ListStatusType::kAllDone, now);
}

void MatchingEngine::tell_list(ListEntry& list, ListStatusType type, WallTime now) {
  list.list.status_type = type;
  list.list.time = now;
  venue_.outbox.add(list.list.account, list.list);
}

bool MatchingEngine::lock_pair(Entry& first, Entry& second) {
  const Qty first_needs = Settlement::lock_needed(first.order);
  const Qty second_needs = Settlement::lock_needed(second.order);
  const bool is_first = first_needs >= second_needs;
  Entry& carrier = is_first ? first : second;
  Entry& other = is_first ? second : first;
  carrier.locked += std::exchange(other.locked, Qty{});
  return settlement_.relock(carrier, std::max(first_needs, second_needs));
}

// ---- pending orders, once the working order is filled
// ----------------------------------------------

void MatchingEngine::activate(ListEntry& list, WallTime now) {
  std::vector<Entry*> pending = legs_of(list);
  pending.erase(pending.begin());
  list.is_phase_one = false;
  if (list.is_opo()) give_quantity(list, pending);
  for (Entry* leg : pending) {
    leg->order.status = OrderStatus::kNew;
    leg->order.updated = now;
    if (!is_contingent(leg->order.type)) leg->order.working_time = now;
  }
  if (const auto refused = activation_refusal(list, pending, now)) {
    list.has_started = true;
    for (Entry* leg : pending) {
      leg->order.working_time.reset();
      reject_waiting(*leg, *refused, now);
    }
    return;
  }
  tell_list(list, ListStatusType::kExecStarted, now);
  for (Entry* leg : pending) {
    if (is_contingent(leg->order.type)) {
      leg->is_waiting = true;
      stops_.add(*leg, prices_.last(), now);
    }
    tell(*leg, EventType::kNew);
  }
  for (Entry* leg : pending) {
    if (leg->order.is_open() && !leg->is_waiting) work(*leg, now);
  }
}

std::optional<RejectReason> MatchingEngine::activation_refusal(ListEntry& list,
                                                               const std::vector<Entry*>& pending,
                                                               WallTime now) {
  if (list.pair()) {
    const bool is_sell = pending[0]->order.side == Side::kSell;
    const NewOrder above = as_request(pending[is_sell ? 1 : 0]->order);
    const NewOrder below = as_request(pending[is_sell ? 0 : 1]->order);
    if (!is_pair_around(above, below, prices_.last())) return RejectReason::kOcoBadPrices;
  }
  for (Entry* leg : pending) {
    if (const auto refused = prepare_pending(*leg, now)) return refused;
  }
  const bool is_locked =
      list.pair() ? lock_pair(*pending[0], *pending[1])
                  : settlement_.relock(*pending[0], Settlement::lock_needed(pending[0]->order));
  if (!is_locked) return RejectReason::kInsufficientBalances;
  return std::nullopt;
}

std::optional<RejectReason> MatchingEngine::prepare_pending(Entry& entry, WallTime now) {
  Order& order = entry.order;
  const OrderFilters rules = filters(order.side, now);
  const NewOrder request = as_request(order);
  if (rules.check_quantity(request)) return RejectReason::kNone;
  Terms terms{.order = request};
  if (resolve_peg(terms, now)) return RejectReason::kNone;
  order.pegged_px = terms.pegged_px;
  if (terms.pegged_px.is_zero() && rules.check_value(request, request.px)) {
    return RejectReason::kNone;
  }
  if (const auto refused = price_refusal(terms)) return refused->reason;
  if (!can_pay(order, {}, now)) return RejectReason::kInsufficientBalances;
  return std::nullopt;
}

// An OPO's pending orders sell what the working order brought in, cut to the lot; the rest is free.
void MatchingEngine::give_quantity(ListEntry& list, const std::vector<Entry*>& pending) {
  const Qty received = list.received;
  release_received(list);
  const auto& market_lot = spec_.filters.market_lot_size;
  for (Entry* leg : pending) {
    Qty step = spec_.lot_size();
    Qty qty_max = spec_.filters.lot_size ? spec_.filters.lot_size->qty_max : Qty{};
    if (leg->order.type == OrderType::kMarket && market_lot) {
      step = std::max(step, market_lot->lot_size);
      if (market_lot->qty_max.is_positive()) {
        qty_max = qty_max.is_zero() ? market_lot->qty_max : std::min(qty_max, market_lot->qty_max);
      }
    }
    const Qty most = qty_max.is_positive() ? std::min(received, qty_max) : received;
    leg->order.qty = Qty::from_raw(most.raw() - most.raw() % step.raw());
  }
}

void MatchingEngine::release_received(ListEntry& list) {
  settlement_.unlock_base(list.list.account, std::exchange(list.received, Qty{}));
}

}  // namespace portcullis::sim
