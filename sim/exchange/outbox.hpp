#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "sim/exchange/accounts.hpp"
#include "sim/exchange/exchange_events.hpp"

namespace portcullis::sim {

// What one call to the exchange has to tell, kept until its state is whole.
class Outbox {
 public:
  void set_listener(ExchangeListener* listener) noexcept { listener_ = listener; }
  [[nodiscard]] bool has_listener() const noexcept { return listener_ != nullptr; }

  void add(const PublicTrade& trade);
  void add(SimAccountId account, AccountEvent event);
  void add(SimAccountId account, const OrderList& list);
  // The account will be told what it has of these assets, after everything else.
  void add_position(SimAccountId account, Accounts::Asset asset);
  void flush(const Accounts& accounts, WallTime now);
  void tell_best(std::size_t symbol, const BestPrices& best, WallTime now);

 private:
  struct ForAccount {
    SimAccountId account;
    AccountEvent event;
  };
  struct ListForAccount {
    SimAccountId account;
    OrderList list;
  };
  using Entry = std::variant<PublicTrade, ForAccount, ListForAccount>;
  struct Position {
    SimAccountId account;
    std::vector<Accounts::Asset> assets;
  };

  void tell(const Entry& entry);
  void tell_positions(const Accounts& accounts, WallTime now);

  ExchangeListener* listener_{nullptr};
  std::vector<Entry> entries_;
  std::vector<Position> positions_;  // in the order in which the accounts came up
};

}  // namespace portcullis::sim
