#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// The user data streams: one subscription is an account on a connection, under a number of that
// connection (Binance: user data stream). One thread.
class UserHub {
 public:
  UserHub(const Exchange& exchange, FaultPlan& faults, Scheduler& scheduler);

  void add(TextSink& sink, std::uint64_t subscription_id, SimAccountId account);
  void remove(TextSink& sink, std::uint64_t subscription_id);
  void remove_all(TextSink& sink);

  void on_account_event(SimAccountId account, const AccountEvent& event, WallTime now);
  void on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                           WallTime updated, WallTime now);
  void on_list_event(SimAccountId account, const OrderList& list, WallTime now);
  void on_deposit(SimAccountId account, std::string_view asset, Qty amount, WallTime now);

 private:
  struct Subscription {
    TextSink* sink;
    std::uint64_t id;
    SimAccountId account;
  };

  void publish(SimAccountId account, const std::string& event_json, std::string_view event_name,
               std::string_view execution_type);

  const Exchange& exchange_;
  FaultPlan& faults_;
  Scheduler& scheduler_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace portcullis::sim
