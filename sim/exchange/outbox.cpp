#include "sim/exchange/outbox.hpp"

#include <algorithm>

namespace portcullis::sim {

void Outbox::add(const PublicTrade& trade) {
  if (!has_listener()) return;
  kinds_.push_back(Kind::kTrade);
  trades_.push_back(trade);
}

void Outbox::add(SimAccountId account, AccountEvent event) {
  if (!has_listener()) return;
  kinds_.push_back(Kind::kOrder);
  orders_.push_back({account, std::move(event)});
}

void Outbox::add(SimAccountId account, const OrderList& list) {
  if (!has_listener()) return;
  kinds_.push_back(Kind::kList);
  lists_.push_back({account, list});
}

void Outbox::add_position(SimAccountId account, Accounts::Asset asset) {
  if (!has_listener()) return;
  auto position = std::ranges::find(positions_, account, &Position::account);
  if (position == positions_.end()) {
    positions_.push_back({.account = account, .assets = {}, .count = 0});
    position = std::prev(positions_.end());
  }
  auto* const known = position->assets.begin() + static_cast<std::ptrdiff_t>(position->count);
  if (std::find(position->assets.begin(), known, asset) == known) {
    position->assets[position->count++] = asset;
  }
}

void Outbox::flush(const Accounts& accounts, WallTime now) {
  if (!kinds_.empty()) tell_all();
  if (!positions_.empty()) tell_positions(accounts, now);
}

// The vectors keep their memory.
void Outbox::tell_all() {
  auto trade = trades_.begin();
  auto order = orders_.begin();
  auto list = lists_.begin();
  for (const Kind kind : kinds_) {
    switch (kind) {
      case Kind::kTrade: listener_->on_trade(*trade++); break;
      case Kind::kOrder:
        listener_->on_account_event(order->account, order->event);
        ++order;
        break;
      case Kind::kList:
        listener_->on_list_event(list->account, list->list);
        ++list;
        break;
    }
  }
  if (!trades_.empty()) listener_->on_trades_end(trades_.back().symbol);
  kinds_.clear();
  trades_.clear();
  orders_.clear();
  lists_.clear();
}

void Outbox::tell_positions(const Accounts& accounts, WallTime now) {
  for (const Position& position : positions_) {
    std::vector<Balance> balances;
    balances.reserve(position.count);
    for (std::size_t i = 0; i < position.count; ++i) {
      balances.push_back(accounts.balance(position.account, position.assets[i]));
    }
    listener_->on_account_position(position.account, balances, now);
  }
  positions_.clear();
}

void Outbox::tell_best(std::size_t symbol, const BestPrices& best, WallTime now) {
  if (has_listener()) listener_->on_best_prices(symbol, best, now);
}

}  // namespace portcullis::sim
