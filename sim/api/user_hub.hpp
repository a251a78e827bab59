#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/api/account_directory.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/message_gate.hpp"
#include "sim/json/json_out.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// The user data streams: one subscription is an account on a connection, under a number of that
// connection (Binance: user data stream). One thread.
class UserHub {
 public:
  UserHub(const Exchange& exchange, const AccountDirectory& accounts, FaultPlan& faults,
          MessageGate& gate);

  void add(TextSink& sink, std::uint64_t subscription_id, SimAccountId account,
           TimeUnit time_unit = TimeUnit::kMilliseconds);
  // Says so to the subscriber (eventStreamTerminated) and forgets it.
  void end(TextSink& sink, std::uint64_t subscription_id, WallTime now);
  void remove_all(TextSink& sink);

  void on_account_event(SimAccountId account, const AccountEvent& event, WallTime now);
  void on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                           WallTime updated, WallTime now);
  void on_list_event(SimAccountId account, const OrderList& list, WallTime now);
  void on_deposit(SimAccountId account, std::string_view asset, Qty amount, WallTime now);
  void on_external_lock(SimAccountId account, std::string_view asset, Qty amount, WallTime now);

  // Faults. Ends the account's subscriptions, saying so; cuts the connections that have one. Nobody
  // named: everybody's.
  void end_all(std::optional<SimAccountId> account, WallTime now);
  void cut(std::optional<SimAccountId> account);

  [[nodiscard]] std::vector<SimAccountId> accounts_of(const TextSink& sink) const;
  [[nodiscard]] bool has(const TextSink& sink, std::uint64_t subscription_id) const;

 private:
  struct Subscription {
    TextSink* sink;
    std::uint64_t id;
    SimAccountId account;
    TimeUnit time_unit;
  };

  // `make_json` writes the event in a time unit; asked once for each unit that a subscriber has.
  // `what` is complete but for its account.
  template <class MakeJson>
  void publish(SimAccountId account, MakeJson make_json, Occurrence what);
  void tell_balance(SimAccountId account, std::string_view asset, WallTime now);
  [[nodiscard]] bool has_subscriber(SimAccountId account) const;
  void deliver(const Subscription& subscription, const std::string& event_json,
               const std::optional<MessageFate>& fate);

  const Exchange& exchange_;
  const AccountDirectory& accounts_;
  FaultPlan& faults_;
  MessageGate& gate_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace portcullis::sim
