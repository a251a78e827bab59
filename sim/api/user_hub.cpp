#include "sim/api/user_hub.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"
#include "sim/render/user_event_json.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

UserHub::UserHub(const Exchange& exchange, FaultPlan& faults, Scheduler& scheduler)
    : exchange_{exchange},
      faults_{faults},
      scheduler_{scheduler} {
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
  publish(
      account, [&](TimeUnit unit) { return execution_report_json(symbol, event, now, unit); },
      "executionReport", venue_text(event.type));
}

void UserHub::on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                                  WallTime updated, WallTime now) {
  publish(
      account, [&](TimeUnit unit) { return account_position_json(balances, updated, now, unit); },
      "outboundAccountPosition", "");
}

void UserHub::on_list_event(SimAccountId account, const OrderList& list, WallTime now) {
  const SymbolSpec& symbol = exchange_.symbols()[list.symbol];
  publish(
      account, [&](TimeUnit unit) { return list_status_json(symbol, list, now, unit); },
      "listStatus", "");
}

void UserHub::on_deposit(SimAccountId account, std::string_view asset, Qty amount, WallTime now) {
  publish(
      account, [&](TimeUnit unit) { return balance_update_json(asset, amount, now, unit); },
      "balanceUpdate", "");
  std::vector<Balance> touched;
  for (const Balance& balance : exchange_.balances(account)) {
    if (balance.asset == asset) touched.push_back(balance);
  }
  on_account_position(account, touched, now, now);
}

bool UserHub::has_subscriber(SimAccountId account) const {
  return std::ranges::any_of(subscriptions_, [account](const Subscription& subscription) {
    return subscription.account == account;
  });
}

template <class MakeJson>
void UserHub::publish(SimAccountId account, MakeJson make_json, std::string_view event_name,
                      std::string_view execution_type) {
  // A fault is spent on an event that somebody would have seen, never on one without listeners.
  if (!has_subscriber(account)) return;
  const auto fault = faults_.take_for_event(event_name, execution_type);
  if (fault && fault->action == FaultAction::kDropEvent) return;
  std::array<std::string, 2> event_json;  // by time unit
  for (const Subscription& subscription : subscriptions_) {
    if (subscription.account != account) continue;
    std::string& json = event_json[static_cast<std::size_t>(subscription.time_unit)];
    if (json.empty()) json = make_json(subscription.time_unit);
    deliver(subscription, json, fault);
  }
}

void UserHub::deliver(const Subscription& subscription, const std::string& event_json,
                      const std::optional<Fault>& fault) {
  const auto text =
      std::make_shared<const std::string>(JsonOut{}
                                              .open_object()
                                              .field("subscriptionId", subscription.id)
                                              .key("event")
                                              .raw(event_json)
                                              .close_object()
                                              .take());
  if (fault && fault->action == FaultAction::kDelayEvent) {
    send_after(scheduler_, std::chrono::milliseconds{fault->ms}, *subscription.sink, text);
    return;
  }
  subscription.sink->send(text, 0);
  if (fault) subscription.sink->send(text, 0);
}

}  // namespace portcullis::sim
