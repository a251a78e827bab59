#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
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
  // What comes next: the next of that kind. A trade is small and frequent, a report neither.
  enum class Kind : std::uint8_t { kTrade, kOrder, kList };
  struct Position {
    SimAccountId account;
    std::array<Accounts::Asset, 3> assets;  // a call is about one symbol, and perhaps a discount
    std::size_t count;
  };

  void tell_all();
  void tell_positions(const Accounts& accounts, WallTime now);

  ExchangeListener* listener_{nullptr};
  std::vector<Kind> kinds_;
  std::vector<PublicTrade> trades_;
  std::vector<ForAccount> orders_;
  std::vector<ListForAccount> lists_;
  std::vector<Position> positions_;  // in the order in which the accounts came up
};

}  // namespace portcullis::sim
