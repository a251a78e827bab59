#include "sim/api/user_hub.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

UserHub::UserHub(const Exchange& exchange, FaultPlan& faults, Scheduler& scheduler)
    : exchange_{exchange},
      faults_{faults},
      scheduler_{scheduler} {
}

void UserHub::add(TextSink& sink, std::uint64_t subscription_id, SimAccountId account) {
  subscriptions_.push_back({&sink, subscription_id, account});
}

void UserHub::remove(TextSink& sink, std::uint64_t subscription_id) {
  std::erase_if(subscriptions_, [&sink, subscription_id](const Subscription& subscription) {
    return subscription.sink == &sink && subscription.id == subscription_id;
  });
}

void UserHub::remove_all(TextSink& sink) {
  std::erase_if(subscriptions_,
                [&sink](const Subscription& subscription) { return subscription.sink == &sink; });
}

void UserHub::on_account_event(SimAccountId account, const AccountEvent& event, WallTime now) {
  const SymbolSpec& symbol = exchange_.symbols()[event.order.symbol];
  publish(account, execution_report_json(symbol, event, now), "executionReport",
          venue_text(event.type));
}

void UserHub::on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                                  WallTime updated, WallTime now) {
  publish(account, account_position_json(balances, updated, now), "outboundAccountPosition", "");
}

void UserHub::on_list_event(SimAccountId account, const OrderList& list, WallTime now) {
  publish(account, list_status_json(exchange_.symbols()[list.symbol], list, now), "listStatus", "");
}

void UserHub::on_deposit(SimAccountId account, std::string_view asset, Qty amount, WallTime now) {
  publish(account, balance_update_json(asset, amount, now), "balanceUpdate", "");
  std::vector<Balance> touched;
  for (const Balance& balance : exchange_.balances(account)) {
    if (balance.asset == asset) touched.push_back(balance);
  }
  publish(account, account_position_json(touched, now, now), "outboundAccountPosition", "");
}

void UserHub::publish(SimAccountId account, const std::string& event_json,
                      std::string_view event_name, std::string_view execution_type) {
  // A fault is spent on an event that somebody would have seen, never on one without listeners.
  const bool has_listener = std::ranges::any_of(
      subscriptions_,
      [account](const auto& subscription) { return subscription.account == account; });
  if (!has_listener) return;
  const auto fault = faults_.take_for_event(event_name, execution_type);
  if (fault && fault->action == FaultAction::kDropEvent) return;
  for (const Subscription& subscription : subscriptions_) {
    if (subscription.account != account) continue;
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
      continue;
    }
    subscription.sink->send(text, 0);
    if (fault) subscription.sink->send(text, 0);
  }
}

}  // namespace portcullis::sim
