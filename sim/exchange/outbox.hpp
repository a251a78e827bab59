#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "sim/exchange/accounts.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// What one call to the exchange has to tell, kept until its state is whole.
class Outbox {
 public:
  void set_listener(ExchangeListener* listener) noexcept { listener_ = listener; }
  [[nodiscard]] bool has_listener() const noexcept { return listener_ != nullptr; }

  void add(const PublicTrade& trade);
  // `base` and `quote`: the assets whose balances the account will be told.
  void add(SimAccountId account, AccountEvent event, Accounts::Asset base, Accounts::Asset quote);
  void flush(const Accounts& accounts);
  void tell_best(std::size_t symbol, const BestPrices& best, WallTime now);

 private:
  struct ForAccount {
    SimAccountId account;
    AccountEvent event;
    Accounts::Asset base;
    Accounts::Asset quote;
  };
  using Entry = std::variant<PublicTrade, ForAccount>;

  void attach_balances(std::vector<Entry>& entries, const Accounts& accounts) const;

  ExchangeListener* listener_{nullptr};
  std::vector<Entry> entries_;
};

}  // namespace portcullis::sim
