#include "sim/api/user_hub.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"
#include "sim/render/user_event_json.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

UserHub::UserHub(const Exchange& exchange, const AccountDirectory& accounts, FaultPlan& faults,
                 MessageGate& gate)
    : exchange_{exchange},
      accounts_{accounts},
      faults_{faults},
      gate_{gate} {
}

void UserHub::add(TextSink& sink, std::uint64_t subscription_id, SimAccountId account,
                  TimeUnit time_unit) {
  subscriptions_.push_back({&sink, subscription_id, account, time_unit});
}

void UserHub::end(TextSink& sink, std::uint64_t subscription_id, WallTime now) {
  const auto found = std::ranges::find_if(subscriptions_, [&](const Subscription& subscription) {
    return subscription.sink == &sink && subscription.id == subscription_id;
  });
  if (found == subscriptions_.end()) return;
  deliver(*found, stream_terminated_json(now, found->time_unit), {});
  subscriptions_.erase(found);
}

void UserHub::remove_all(TextSink& sink) {
  std::erase_if(subscriptions_,
                [&sink](const Subscription& subscription) { return subscription.sink == &sink; });
}

void UserHub::on_account_event(SimAccountId account, const AccountEvent& event, WallTime now) {
  const SymbolSpec& symbol = exchange_.symbols()[event.order.symbol];
  publish(account, [&](TimeUnit unit) { return execution_report_json(symbol, event, now, unit); },
          {.name = "executionReport",
           .detail = venue_text(event.type),
           .symbol = symbol.symbol,
           .client_order_id = event.order.client_order_id});
}

void UserHub::on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                                  WallTime updated, WallTime now) {
  publish(account,
          [&](TimeUnit unit) { return account_position_json(balances, updated, now, unit); },
          {.name = "outboundAccountPosition"});
}

void UserHub::on_list_event(SimAccountId account, const OrderList& list, WallTime now) {
  const SymbolSpec& symbol = exchange_.symbols()[list.symbol];
  publish(account, [&](TimeUnit unit) { return list_status_json(symbol, list, now, unit); },
          {.name = "listStatus",
           .symbol = symbol.symbol,
           .client_order_id = list.list_client_order_id});
}

void UserHub::on_deposit(SimAccountId account, std::string_view asset, Qty amount, WallTime now) {
  publish(account, [&](TimeUnit unit) { return balance_update_json(asset, amount, now, unit); },
          {.name = "balanceUpdate"});
  tell_balance(account, asset, now);
}

void UserHub::on_external_lock(SimAccountId account, std::string_view asset, Qty amount,
                               WallTime now) {
  publish(account, [&](TimeUnit unit) { return external_lock_json(asset, amount, now, unit); },
          {.name = "externalLockUpdate"});
  tell_balance(account, asset, now);
}

void UserHub::tell_balance(SimAccountId account, std::string_view asset, WallTime now) {
  std::vector<Balance> touched;
  for (const Balance& balance : exchange_.balances(account)) {
    if (balance.asset == asset) touched.push_back(balance);
  }
  on_account_position(account, touched, now, now);
}

void UserHub::end_all(std::optional<SimAccountId> account, WallTime now) {
  const auto is_meant = [account](const Subscription& subscription) {
    return !account || subscription.account == *account;
  };
  for (const Subscription& subscription : subscriptions_) {
    if (!is_meant(subscription)) continue;
    deliver(subscription, stream_terminated_json(now, subscription.time_unit), {});
  }
  std::erase_if(subscriptions_, is_meant);
}

void UserHub::cut(std::optional<SimAccountId> account) {
  for (const Subscription& subscription : subscriptions_) {
    if (!account || subscription.account == *account) subscription.sink->cut();
  }
}

std::vector<SimAccountId> UserHub::accounts_of(const TextSink& sink) const {
  std::vector<SimAccountId> accounts;
  for (const Subscription& subscription : subscriptions_) {
    if (subscription.sink == &sink) accounts.push_back(subscription.account);
  }
  return accounts;
}

bool UserHub::has(const TextSink& sink, std::uint64_t subscription_id) const {
  return std::ranges::any_of(subscriptions_, [&](const Subscription& subscription) {
    return subscription.sink == &sink && subscription.id == subscription_id;
  });
}

bool UserHub::has_subscriber(SimAccountId account) const {
  return std::ranges::any_of(subscriptions_, [account](const Subscription& subscription) {
    return subscription.account == account;
  });
}

template <class MakeJson>
void UserHub::publish(SimAccountId account, MakeJson make_json, Occurrence what) {
  // A fault is spent on an event that somebody would have seen, never on one without listeners.
  if (!has_subscriber(account)) return;
  what.kind = Occurrence::Kind::kEvent;
  what.account = accounts_.name_of(account);
  const auto fate = faults_.on_event(what);
  std::array<std::string, 2> event_json;  // by time unit
  for (const Subscription& subscription : subscriptions_) {
    if (subscription.account != account) continue;
    std::string& json = event_json[static_cast<std::size_t>(subscription.time_unit)];
    if (json.empty()) json = make_json(subscription.time_unit);
    deliver(subscription, json, fate);
  }
}

void UserHub::deliver(const Subscription& subscription, const std::string& event_json,
                      const std::optional<MessageFate>& fate) {
  auto text = std::make_shared<const std::string>(JsonOut{}
                                                      .open_object()
                                                      .field("subscriptionId", subscription.id)
                                                      .key("event")
                                                      .raw(event_json)
                                                      .close_object()
                                                      .take());
  if (fate) return gate_.send(*subscription.sink, std::move(text), *fate);
  gate_.send(*subscription.sink, std::move(text));
}

}  // namespace portcullis::sim
