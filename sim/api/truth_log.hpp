#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "sim/api/account_directory.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// Everything that truly happened to the accounts, whatever faults hid from their clients: the
// oracle of a test. One thread; grows without bound, as a test's life is short.
class TruthLog {
 public:
  // One order message that reached the matching engine, in the order of arrival.
  struct Message {
    WallTime time{};
    SimAccountId account{};
    std::string method;  // "order.place"
    std::string symbol;
    std::string client_order_id;
    int code{0};  // 0: accepted; otherwise the venue's refusal
  };
  struct Filter {
    std::optional<SimAccountId> account;
    WallTime since{};  // messages and fills from here on; orders changed from here on
  };

  void on_message(Message message) { messages_.push_back(std::move(message)); }
  void on_account_event(SimAccountId account, const AccountEvent& event);

  [[nodiscard]] std::string json(const Exchange& exchange, const AccountDirectory& accounts,
                                 const Filter& filter) const;

 private:
  std::vector<Message> messages_;
  std::map<std::pair<std::size_t, std::uint64_t>, Order> orders_;  // symbol, order id
  std::vector<Fill> fills_;
};

}  // namespace portcullis::sim
