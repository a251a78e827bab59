// Cancel, cancel and replace, amend.
#include <algorithm>
#include <utility>

#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/order_checks.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

namespace {

bool is_restricted(const Order& order, CancelRestriction restriction) {
  switch (restriction) {
    case CancelRestriction::kNone: return false;
    case CancelRestriction::kOnlyNew: return order.status != OrderStatus::kNew;
    case CancelRestriction::kOnlyPartiallyFilled:
      return order.status != OrderStatus::kPartiallyFilled;
  }
  return false;
}

bool may_change(SymbolStatus status) {
  return status == SymbolStatus::kTrading || status == SymbolStatus::kCancelOnly;
}

}  // namespace

std::optional<VenueError> MatchingEngine::change_refusal(SimAccountId account) const {
  if (!may_change(spec_.status)) return request_refused(refusal::kMarketClosed);
  if (!venue_.of_account[account.raw()].settings.can_trade) {
    return cancel_refused(refusal::kMayNotTrade);
  }
  return std::nullopt;
}

std::expected<MatchingEngine::Entry*, VenueError> MatchingEngine::find_open(
    SimAccountId account, const OrderName& name) const {
  auto found = orders_.look_up(account, name, cancel_refused(refusal::kUnknownOrder));
  if (found && !(*found)->order.is_open()) {
    return std::unexpected{cancel_refused(refusal::kUnknownOrder)};
  }
  return found;
}

std::expected<CancelResult, VenueError> MatchingEngine::cancel(SimAccountId account,
                                                               const CancelRequest& request,
                                                               WallTime now) {
  if (account == kCrowd) {
    if (!cancel_crowd(request.target.order_id)) {
      return std::unexpected{cancel_refused(refusal::kUnknownOrder)};
    }
    return CancelResult{};
  }
  auto canceled = try_cancel(account, request, now);
  settle_deferred(now);
  return canceled;
}

std::expected<CancelResult, VenueError> MatchingEngine::try_cancel(SimAccountId account,
                                                                   const CancelRequest& request,
                                                                   WallTime now) {
  if (auto no = change_refusal(account)) return std::unexpected{*std::move(no)};
  const auto found = find_open(account, request.target);
  if (!found) return std::unexpected{found.error()};
  if (is_restricted((*found)->order, request.restriction)) {
    return std::unexpected{cancel_refused(refusal::kCancelRestricted)};
  }
  std::string id = request.cancel_client_order_id;
  if (id.empty()) id = make_id(~next_execution_id_);
  return cancel_entry(**found, id, now);
}

CancelResult MatchingEngine::cancel_entry(Entry& entry, const std::string& cancel_client_order_id,
                                          WallTime now) {
  end(entry,
      {.event = EventType::kCanceled,
       .status = OrderStatus::kCanceled,
       .cancel_client_order_id = cancel_client_order_id},
      now);
  CancelResult result{.cancel_client_order_id = cancel_client_order_id};
  const ListEntry* list = list_of(entry);
  if (list == nullptr) {
    result.orders.push_back(entry.order);
    return result;
  }
  result.list = list->list;
  for (const Entry* leg : legs_of(*list)) result.orders.push_back(leg->order);
  return result;
}

std::expected<std::vector<CancelResult>, VenueError> MatchingEngine::cancel_all(
    SimAccountId account, WallTime now) {
  if (auto no = change_refusal(account)) return std::unexpected{*std::move(no)};
  std::vector<CancelResult> canceled;
  const std::string id = make_id(~next_execution_id_);
  if (OrderHistory* history = orders_.history_of(account)) {
    const std::vector<std::uint64_t> open(history->open().begin(), history->open().end());
    for (const std::uint64_t order_id : open) {
      Entry& entry = *history->find(order_id);
      if (entry.order.is_open()) canceled.push_back(cancel_entry(entry, id, now));
    }
  }
  if (canceled.empty()) return std::unexpected{cancel_refused(refusal::kUnknownOrder)};
  return canceled;
}

std::expected<CancelResult, VenueError> MatchingEngine::cancel_list(
    SimAccountId account, const CancelListRequest& request, WallTime now) {
  if (auto no = change_refusal(account)) return std::unexpected{*std::move(no)};
  const auto& name = request.list_client_order_id;
  if (request.list_id < 0 && name.empty()) return std::unexpected{no_list_id_given()};
  const ListEntry* list = std::as_const(venue_.lists).find(account, request.list_id, name);
  if (list == nullptr || !list->is_open() || list->list.symbol != symbol_) {
    return std::unexpected{cancel_refused(refusal::kUnknownList)};
  }
  std::string id = request.cancel_client_order_id;
  if (id.empty()) id = make_id(~next_execution_id_);
  const std::vector<Entry*> legs = legs_of(*list);
  const auto open = std::ranges::find_if(legs, [](Entry* leg) { return leg->order.is_open(); });
  return cancel_entry(**open, id, now);
}

std::size_t MatchingEngine::expire_all(WallTime now) {
  std::size_t count = 0;
  for (std::uint32_t account = 1; account < venue_.of_account.size(); ++account) {
    OrderHistory* history = orders_.history_of(SimAccountId{account});
    if (history == nullptr) continue;
    const std::vector<std::uint64_t> open(history->open().begin(), history->open().end());
    for (const std::uint64_t order_id : open) {
      Entry& entry = *history->find(order_id);
      if (!entry.order.is_open()) continue;
      end(entry, {.reason = ExpiryReason::kExchangeCanceled}, now);
      ++count;
    }
  }
  return count;
}

// ---- cancel and replace
// ----------------------------------------------------------------------------

std::expected<CancelReplaceResult, VenueError> MatchingEngine::cancel_replace(
    SimAccountId account, const CancelReplaceRequest& request, WallTime now) {
  if (!spec_.allows_cancel_replace) {
    return std::unexpected{
        request_refused("Order cancel-replace is not supported for this symbol.")};
  }
  // Filters are looked at before anything is done: the cancel does not make room for the order.
  if (const auto tested = test(account, request.order, now); !tested) {
    return std::unexpected{tested.error()};
  }
  using Outcome = CancelReplaceResult::Outcome;
  CancelReplaceResult result;
  result.canceled = try_cancel(account, request.cancel, now);
  result.cancel = result.canceled ? Outcome::kSuccess : Outcome::kFailure;
  if (result.canceled || !request.stops_on_failure) {
    if (request.order_count_error) {
      result.placed = std::unexpected{*request.order_count_error};
    } else if (auto placed = enter(account, request.order, now)) {
      result.placed = *std::move(placed);
    } else {
      if (result.canceled) report_rejected(account, request.order, placed.error(), now);
      result.placed = std::unexpected{std::move(placed.error().error)};
    }
    result.placement = result.placed ? Outcome::kSuccess : Outcome::kFailure;
  }
  settle_deferred(now);
  return result;
}

// The venue reports the order that came to nothing after its cancel did not (Binance: execution
// types, REJECTED).
void MatchingEngine::report_rejected(SimAccountId account, const NewOrder& order,
                                     const Refusal& refusal, WallTime now) {
  Entry entry;
  entry.order = make_order(account, {.order = order}, now);
  ++next_order_id_;
  entry.order.working_time.reset();
  entry.order.status = OrderStatus::kRejected;
  tell(entry, {.type = EventType::kRejected, .reject_reason = refusal.reason});
}

// ---- amend
// -----------------------------------------------------------------------------------------

std::expected<AmendResult, VenueError> MatchingEngine::amend(SimAccountId account,
                                                             const AmendRequest& request,
                                                             WallTime now) {
  if (!may_change(spec_.status)) return std::unexpected{request_refused(refusal::kMarketClosed)};
  if (!spec_.allows_amend) return std::unexpected{amend_refused(refusal::kNoAmend)};
  const auto found =
      orders_.look_up(account, request.target, amend_refused(refusal::kUnknownOrder));
  if (!found) return std::unexpected{found.error()};
  Entry& entry = **found;
  if (auto no = amend_refusal(entry, request, now)) return std::unexpected{*std::move(no)};

  AmendResult result{.orig_client_order_id = entry.order.client_order_id};
  std::string id = request.new_client_order_id;
  if (id.empty()) id = make_id(~next_execution_id_);
  ListEntry* list = list_of(entry);
  Entry* sibling = list == nullptr ? nullptr : pair_leg_of(entry, *list);
  result.execution_id = amend_entry(entry, id, request.new_qty, now);
  // Of a pair only one can trade: both have the same quantity.
  if (sibling != nullptr) {
    amend_entry(*sibling, sibling->order.client_order_id, request.new_qty, now);
    if (!list->is_phase_one) lock_pair(entry, *sibling);
  }
  if (list != nullptr) {
    for (OrderList::Leg& leg : list->list.legs) {
      if (leg.order_id == entry.order.order_id) leg.client_order_id = id;
    }
    if (id != result.orig_client_order_id) tell_list(*list, ListStatusType::kUpdated, now);
    list->list.status_type = ListStatusType::kExecStarted;
  }
  if (entry.order.leaves().is_zero()) end(entry, {}, now);
  settle_deferred(now);
  result.order = entry.order;
  if (list != nullptr) result.list = list->list;
  return result;
}

std::optional<VenueError> MatchingEngine::amend_refusal(const Entry& entry,
                                                        const AmendRequest& request,
                                                        WallTime now) const {
  const Order& order = entry.order;
  if (!order.is_open()) return amend_refused(refusal::kUnknownOrder);
  const ListEntry* list = list_of(entry);
  if (list != nullptr && list->is_opo() && order.status == OrderStatus::kPendingNew) {
    return amend_refused(refusal::kAmendPendingOpo);
  }
  if (request.new_qty > order.qty) return amend_refused(refusal::kAmendIncrease);
  // Less than what is done already cannot be: what is done stays. Of a pair both must agree.
  const Entry* sibling = list == nullptr ? nullptr : pair_leg_of(entry, *list);
  const bool is_below_done =
      request.new_qty < order.cum_qty + order.prevented_qty ||
      (sibling != nullptr && request.new_qty <= sibling->order.prevented_qty);
  if (request.new_qty == order.qty || is_below_done) return amend_refused(refusal::kNoChange);
  const auto& amends_max = spec_.filters.order_amends_max;
  if (amends_max && order.amend_count >= *amends_max) {
    return amend_refused("Filter failure: MAX_NUM_ORDER_AMENDS");
  }
  if (request.new_client_order_id != order.client_order_id &&
      is_duplicate(order.account, request.new_client_order_id)) {
    return amend_refused(refusal::kDuplicate);
  }
  NewOrder amended;
  amended.side = order.side;
  amended.type = order.type;
  amended.qty = request.new_qty;
  const OrderFilters rules = filters(order.side, now);
  if (auto no = rules.check_quantity(amended)) return no;
  return rules.check_value(amended, order.limit_px());
}

std::uint64_t MatchingEngine::amend_entry(Entry& entry, const std::string& client_order_id, Qty qty,
                                          WallTime now) {
  Order& order = entry.order;
  OrderHistory& history = *orders_.history_of(order.account);
  const Amendment amendment{.symbol = symbol_,
                            .order_id = order.order_id,
                            .execution_id = next_execution_id_,
                            .orig_client_order_id = order.client_order_id,
                            .new_client_order_id = client_order_id,
                            .orig_qty = order.qty,
                            .new_qty = qty,
                            .time = now};
  if (client_order_id != order.client_order_id) history.rename(entry, client_order_id);
  order.qty = qty;
  order.amend_count += 1;
  order.updated = now;
  if (entry.handle != OrderBook::kNoHandle) {
    const Qty shown = book_.at(entry.handle).leaves;
    if (shown > order.leaves()) book_.reduce(entry.handle, shown - order.leaves());
    if (order.leaves().is_zero()) entry.handle = OrderBook::kNoHandle;
  }
  settlement_.relock(entry, std::min(entry.locked, Settlement::lock_needed(order)));
  history.add_amendment(amendment);
  AccountEvent event{.type = EventType::kReplaced};
  event.orig_client_order_id = amendment.orig_client_order_id;
  tell(entry, std::move(event));
  return amendment.execution_id;
}

}  // namespace portcullis::sim
