#include "sim/exchange/order_history.hpp"

namespace portcullis::sim {

OrderHistory::Entry& OrderHistory::add(const Order& order) {
  by_client_id_[order.client_order_id] = order.order_id;
  open_.insert(order.order_id);
  return orders_.insert_or_assign(order.order_id, Entry{.order = order, .fills = {}}).first->second;
}

void OrderHistory::add_fill(Entry& entry, const Fill& fill) {
  entry.fills.push_back(fill);
  fills_.push_back(fill);
  if (fills_.size() > kFillsKept) fills_.pop_front();
}

void OrderHistory::close(const Entry& entry) {
  open_.erase(entry.order.order_id);
  closed_.push_back(entry.order.order_id);
  if (closed_.size() > kClosedKept) forget_oldest();
}

OrderHistory::Entry* OrderHistory::find(std::uint64_t order_id) {
  const auto found = orders_.find(order_id);
  return found == orders_.end() ? nullptr : &found->second;
}

OrderHistory::Entry* OrderHistory::find(std::string_view client_order_id) {
  const auto found = by_client_id_.find(std::string{client_order_id});
  return found == by_client_id_.end() ? nullptr : find(found->second);
}

bool OrderHistory::is_open(std::string_view client_order_id) const {
  const auto found = by_client_id_.find(std::string{client_order_id});
  return found != by_client_id_.end() && open_.contains(found->second);
}

void OrderHistory::forget_oldest() {
  const auto oldest = orders_.find(closed_.front());
  closed_.pop_front();
  const auto named = by_client_id_.find(oldest->second.order.client_order_id);
  // The id may have been used again since; then it is the newer order's.
  if (named != by_client_id_.end() && named->second == oldest->first) by_client_id_.erase(named);
  orders_.erase(oldest);
}

}  // namespace portcullis::sim
