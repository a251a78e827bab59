#include "sim/exchange/order_history.hpp"

#include <algorithm>

#include "sim/exchange/history_query.hpp"

namespace portcullis::sim {

namespace {

template <class Element>
void keep(std::deque<Element>& all, const Element& element, std::size_t count_max) {
  all.push_back(element);
  if (all.size() > count_max) all.pop_front();
}

// Ids of orders that are gone may make up this many, and half, of the list.
constexpr std::size_t kForgottenMax = 1'000;

}  // namespace

void OpenCounts::add(const Order& order, int by) {
  orders += by;
  if (is_contingent(order.type)) algo_orders += by;
  if (order.iceberg_qty.is_positive()) iceberg_orders += by;
}

OrderHistory::Entry& OrderHistory::add(const Order& order) {
  name(order);
  open_.insert(order.order_id);
  ids_.push_back(order.order_id);
  counts_.add(order, 1);
  Entry entry;
  entry.order = order;
  return orders_.insert_or_assign(order.order_id, std::move(entry)).first->second;
}

void OrderHistory::add_fill(Entry& entry, const Fill& fill) {
  entry.fills.push_back(fill);
  keep(fills_, fill, kFillsKept);
}

void OrderHistory::add_prevented(const PreventedMatch& match) {
  keep(prevented_, match, kOthersKept);
}

void OrderHistory::add_amendment(const Amendment& amendment) {
  keep(amendments_, amendment, kOthersKept);
}

void OrderHistory::rename(Entry& entry, const std::string& client_order_id) {
  by_client_id_.erase(entry.order.client_order_id, entry.order.order_id);
  entry.order.client_order_id = client_order_id;
  name(entry.order);
}

void OrderHistory::close(const Entry& entry) {
  if (open_.erase(entry.order.order_id) == 0) return;
  counts_.add(entry.order, -1);
  closed_.push_back(entry.order.order_id);
  if (closed_.size() > kClosedKept) forget_oldest();
}

OrderHistory::Entry* OrderHistory::find(std::uint64_t order_id) {
  const auto found = orders_.find(order_id);
  return found == orders_.end() ? nullptr : &found->second;
}

bool OrderHistory::is_open(std::string_view client_order_id) const {
  return open_.contains(id_of(client_order_id));
}

std::vector<Order> OrderHistory::orders(const HistoryQuery& query) const {
  const bool is_forward = query.from_id || query.start;
  std::vector<Order> out;
  const auto take = [&](std::uint64_t id) {
    const auto found = orders_.find(id);
    if (found == orders_.end()) return;
    const Order& order = found->second.order;
    if ((query.start && order.created < *query.start) || (query.end && order.created > *query.end))
      return;
    out.push_back(order);
  };
  if (is_forward) {
    auto id = std::ranges::lower_bound(ids_, query.from_id.value_or(0));
    for (; id != ids_.end() && out.size() < query.limit; ++id) take(*id);
    return out;
  }
  for (auto id = ids_.rbegin(); id != ids_.rend() && out.size() < query.limit; ++id) take(*id);
  std::ranges::reverse(out);
  return out;
}

std::vector<Fill> OrderHistory::fills(const HistoryQuery& query) const {
  return select_history(
      fills_, query, [](const Fill& fill) { return fill.trade_id; },
      [](const Fill& fill) { return fill.time; },
      [&query](const Fill& fill) { return !query.order_id || fill.order_id == *query.order_id; });
}

std::vector<PreventedMatch> OrderHistory::prevented_matches(const HistoryQuery& query) const {
  return select_history(
      prevented_, query, [](const PreventedMatch& match) { return match.prevented_match_id; },
      [](const PreventedMatch& match) { return match.time; },
      [&query](const PreventedMatch& match) {
        return !query.order_id || match.taker_order_id == *query.order_id ||
               match.maker_order_id == *query.order_id;
      });
}

std::vector<Amendment> OrderHistory::amendments(std::uint64_t order_id,
                                                const HistoryQuery& query) const {
  return select_history(
      amendments_, query, [](const Amendment& amendment) { return amendment.execution_id; },
      [](const Amendment& amendment) { return amendment.time; },
      [order_id](const Amendment& amendment) { return amendment.order_id == order_id; });
}

void OrderHistory::forget_oldest() {
  const auto oldest = orders_.find(closed_.front());
  closed_.pop_front();
  by_client_id_.erase(oldest->second.order.client_order_id, oldest->first);
  orders_.erase(oldest);
  if (ids_.size() < 2 * orders_.size() + kForgottenMax) return;
  std::erase_if(ids_, [this](std::uint64_t id) { return !orders_.contains(id); });
}

bool OrderHistory::has_name(std::uint64_t order_id, std::string_view client_order_id) const {
  const auto found = orders_.find(order_id);
  return found != orders_.end() && found->second.order.client_order_id == client_order_id;
}

std::uint64_t OrderHistory::id_of(std::string_view client_order_id) const {
  return by_client_id_.find(
      client_order_id, [&](std::uint64_t order_id) { return has_name(order_id, client_order_id); });
}

void OrderHistory::name(const Order& order) {
  by_client_id_.put(order.client_order_id, order.order_id, [&](std::uint64_t order_id) {
    return has_name(order_id, order.client_order_id);
  });
}

}  // namespace portcullis::sim
