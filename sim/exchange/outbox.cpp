#include "sim/exchange/outbox.hpp"

#include <algorithm>

namespace portcullis::sim {

void Outbox::add(const PublicTrade& trade) {
  if (has_listener()) entries_.emplace_back(trade);
}

void Outbox::add(SimAccountId account, AccountEvent event) {
  if (has_listener()) entries_.emplace_back(ForAccount{account, std::move(event)});
}

void Outbox::add(SimAccountId account, const OrderList& list) {
  if (has_listener()) entries_.emplace_back(ListForAccount{account, list});
}

void Outbox::add_position(SimAccountId account, Accounts::Asset asset) {
  if (!has_listener()) return;
  auto position = std::ranges::find(positions_, account, &Position::account);
  if (position == positions_.end()) {
    positions_.push_back({.account = account, .assets = {}});
    position = std::prev(positions_.end());
  }
  if (std::ranges::find(position->assets, asset) != position->assets.end()) return;
  position->assets.push_back(asset);
}

void Outbox::flush(const Accounts& accounts, WallTime now) {
  if (entries_.empty() && positions_.empty()) return;
  std::vector<Entry> entries = std::exchange(entries_, {});
  const PublicTrade* last_trade = nullptr;
  for (const Entry& entry : entries) {
    tell(entry);
    if (const auto* trade = std::get_if<PublicTrade>(&entry)) last_trade = trade;
  }
  if (last_trade != nullptr) listener_->on_trades_end(last_trade->symbol);
  entries.clear();
  entries_ = std::move(entries);  // keeps the memory
  tell_positions(accounts, now);
}

void Outbox::tell(const Entry& entry) {
  if (const auto* trade = std::get_if<PublicTrade>(&entry)) {
    listener_->on_trade(*trade);
  } else if (const auto* order = std::get_if<ForAccount>(&entry)) {
    listener_->on_account_event(order->account, order->event);
  } else {
    const auto& list = std::get<ListForAccount>(entry);
    listener_->on_list_event(list.account, list.list);
  }
}

void Outbox::tell_positions(const Accounts& accounts, WallTime now) {
  for (const Position& position : std::exchange(positions_, {})) {
    std::vector<Balance> balances;
    for (const Accounts::Asset asset : position.assets) {
      balances.push_back(accounts.balance(position.account, asset));
    }
    listener_->on_account_position(position.account, balances, now);
  }
}

void Outbox::tell_best(std::size_t symbol, const BestPrices& best, WallTime now) {
  if (has_listener()) listener_->on_best_prices(symbol, best, now);
}

}  // namespace portcullis::sim
