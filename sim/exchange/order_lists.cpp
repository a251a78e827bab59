#include "sim/exchange/order_lists.hpp"

#include <algorithm>
#include <utility>

#include "sim/exchange/history_query.hpp"

namespace portcullis::sim {

OrderLists::Entry& OrderLists::open(OrderList list) {
  list.list_id = next_id_++;
  if (list.account.raw() >= accounts_.size()) accounts_.resize(list.account.raw() + 1);
  OfAccount& account = accounts_[list.account.raw()];
  account.ids.push_back(list.list_id);
  account.by_client_id[list.list_client_order_id] = list.list_id;
  const std::int64_t id = list.list_id;
  Entry entry;
  entry.is_phase_one = list.kind != ListKind::kOco;
  entry.list = std::move(list);
  return lists_.emplace(id, std::move(entry)).first->second;
}

void OrderLists::close(Entry& entry) {
  entry.list.status_type = ListStatusType::kAllDone;
  entry.list.order_status = ListOrderStatus::kAllDone;
  OfAccount& account = accounts_[entry.list.account.raw()];
  if (++account.closed_count > kClosedKept) forget_oldest(account);
}

OrderLists::Entry* OrderLists::find(std::int64_t list_id) {
  const auto found = lists_.find(list_id);
  return found == lists_.end() ? nullptr : &found->second;
}

const OrderLists::Entry* OrderLists::find(SimAccountId account, std::int64_t list_id,
                                          std::string_view list_client_order_id) const {
  const OfAccount* lists = of(account);
  if (lists == nullptr) return nullptr;
  if (list_id < 0) {
    const auto named = lists->by_client_id.find(std::string{list_client_order_id});
    if (named == lists->by_client_id.end()) return nullptr;
    list_id = named->second;
  }
  const auto found = lists_.find(list_id);
  if (found == lists_.end() || found->second.list.account != account) return nullptr;
  const bool is_named = list_client_order_id.empty() ||
                        found->second.list.list_client_order_id == list_client_order_id;
  return is_named ? &found->second : nullptr;
}

bool OrderLists::is_open(SimAccountId account, std::string_view list_client_order_id) const {
  const Entry* entry = find(account, -1, list_client_order_id);
  return entry != nullptr && entry->is_open();
}

std::vector<OrderList> OrderLists::open_lists(SimAccountId account) const {
  std::vector<OrderList> out;
  const OfAccount* lists = of(account);
  if (lists == nullptr) return out;
  for (const std::int64_t id : lists->ids) {
    const Entry& entry = lists_.at(id);
    if (entry.is_open()) out.push_back(entry.list);
  }
  return out;
}

std::vector<OrderList> OrderLists::all_lists(SimAccountId account,
                                             const HistoryQuery& query) const {
  std::vector<OrderList> all;
  if (const OfAccount* lists = of(account)) {
    for (const std::int64_t id : lists->ids) all.push_back(lists_.at(id).list);
  }
  return select_history(
      all, query, [](const OrderList& list) { return static_cast<std::uint64_t>(list.list_id); },
      [](const OrderList& list) { return list.time; }, [](const OrderList&) { return true; });
}

const OrderLists::OfAccount* OrderLists::of(SimAccountId account) const {
  return account.raw() < accounts_.size() ? &accounts_[account.raw()] : nullptr;
}

void OrderLists::forget_oldest(OfAccount& account) {
  const auto oldest = std::ranges::find_if(
      account.ids, [this](std::int64_t id) { return !lists_.at(id).is_open(); });
  const Entry& entry = lists_.at(*oldest);
  const auto named = account.by_client_id.find(entry.list.list_client_order_id);
  if (named != account.by_client_id.end() && named->second == *oldest) {
    account.by_client_id.erase(named);
  }
  lists_.erase(*oldest);
  account.ids.erase(oldest);
  --account.closed_count;
}

}  // namespace portcullis::sim
