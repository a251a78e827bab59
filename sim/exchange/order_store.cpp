#include "sim/exchange/order_store.hpp"

#include "core/check.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

OrderHistory* OrderStore::history_of(SimAccountId account) const {
  return account.raw() < histories_.size() ? histories_[account.raw()].get() : nullptr;
}

OrderHistory& OrderStore::history_for(SimAccountId account) {
  if (account.raw() >= histories_.size()) histories_.resize(account.raw() + 1);
  auto& history = histories_[account.raw()];
  if (!history) history = std::make_unique<OrderHistory>();
  return *history;
}

OrderStore::Entry* OrderStore::find(SimAccountId account, std::uint64_t order_id) const {
  OrderHistory* history = history_of(account);
  return history == nullptr ? nullptr : history->find(order_id);
}

OrderStore::Entry& OrderStore::entry_of(const OrderBook::Resting& resting) const {
  Entry* entry = find(resting.account, resting.order_id);
  PORTCULLIS_CHECK(entry != nullptr, "what rests in the book is in its account's history");
  return *entry;
}

std::expected<OrderStore::Entry*, VenueError> OrderStore::look_up(SimAccountId account,
                                                                  const OrderName& name,
                                                                  const VenueError& absent) const {
  if (name.order_id == 0 && name.client_order_id.empty()) {
    return std::unexpected{no_order_id_given()};
  }
  OrderHistory* history = history_of(account);
  if (history == nullptr) return std::unexpected{absent};
  Entry* entry =
      name.order_id != 0 ? history->find(name.order_id) : history->find(name.client_order_id);
  if (entry == nullptr) return std::unexpected{absent};
  const std::string& client_order_id = entry->order.client_order_id;
  if (!name.client_order_id.empty() && client_order_id != name.client_order_id) {
    return std::unexpected{ids_disagree()};
  }
  return entry;
}

}  // namespace portcullis::sim
