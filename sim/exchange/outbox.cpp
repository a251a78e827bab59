#include "sim/exchange/outbox.hpp"

#include <algorithm>

namespace portcullis::sim {

void Outbox::add(const PublicTrade& trade) {
  if (has_listener()) entries_.emplace_back(trade);
}

void Outbox::add(SimAccountId account, AccountEvent event, Accounts::Asset base,
                 Accounts::Asset quote) {
  if (!has_listener()) return;
  entries_.emplace_back(ForAccount{account, std::move(event), base, quote});
}

void Outbox::flush(const Accounts& accounts) {
  if (entries_.empty()) return;
  std::vector<Entry> entries = std::exchange(entries_, {});
  attach_balances(entries, accounts);
  const PublicTrade* last_trade = nullptr;
  for (const Entry& entry : entries) {
    if (const auto* trade = std::get_if<PublicTrade>(&entry)) {
      listener_->on_trade(*trade);
      last_trade = trade;
    } else {
      const auto& told = std::get<ForAccount>(entry);
      listener_->on_account_event(told.account, told.event);
    }
  }
  if (last_trade != nullptr) listener_->on_trades_end(last_trade->symbol);
  entries.clear();
  entries_ = std::move(entries);  // keeps the memory
}

void Outbox::tell_best(std::size_t symbol, const BestPrices& best, WallTime now) {
  if (has_listener()) listener_->on_best_prices(symbol, best, now);
}

// A call is about one symbol, so that the assets are the same in all its events.
void Outbox::attach_balances(std::vector<Entry>& entries, const Accounts& accounts) const {
  std::vector<SimAccountId> done;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    auto* last = std::get_if<ForAccount>(&*entry);
    if (last == nullptr || std::ranges::find(done, last->account) != done.end()) continue;
    done.push_back(last->account);
    last->event.balances = {accounts.balance(last->account, last->base),
                            accounts.balance(last->account, last->quote)};
  }
}

}  // namespace portcullis::sim
