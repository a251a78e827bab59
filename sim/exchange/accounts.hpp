#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "sim/exchange/order.hpp"

namespace portcullis::sim {

// Who has how much of what, free and locked, to the last 1e-8. Amounts are Qty whatever the asset:
// a balance of USDT is a quantity of USDT. Account 0 is the crowd, which may go below zero.
class Accounts {
 public:
  using Asset = std::uint32_t;

  Accounts();

  Asset intern(std::string_view asset);  // found or added
  [[nodiscard]] std::optional<Asset> find(std::string_view asset) const;
  [[nodiscard]] const std::string& name(Asset asset) const { return assets_[asset]; }

  SimAccountId add(const std::vector<Balance>& balances);
  [[nodiscard]] bool exists(SimAccountId account) const noexcept {
    return account.raw() < accounts_.size();
  }
  [[nodiscard]] std::vector<Balance> balances(SimAccountId account) const;  // every asset
  [[nodiscard]] Balance balance(SimAccountId account, Asset asset) const;
  [[nodiscard]] Qty free(SimAccountId account, Asset asset) const;

  void credit(SimAccountId account, Asset asset, Qty amount);  // free += amount, either sign
  void lock(SimAccountId account, Asset asset, Qty amount);    // from free to locked
  void unlock(SimAccountId account, Asset asset, Qty amount);  // and back
  // The same outside of any order.
  void lock_externally(SimAccountId account, Asset asset, Qty amount);
  [[nodiscard]] Qty externally_locked(SimAccountId account, Asset asset) const;
  void collect_fee(Asset asset, Qty amount);  // into the venue's own pocket
  [[nodiscard]] std::vector<Balance> fees_collected() const;

 private:
  struct Holding {
    Qty free{};
    Qty locked{};
    Qty external{};  // of what is locked
  };
  Holding& at(SimAccountId account, Asset asset);
  // Zero holdings where an asset became known after the account.
  [[nodiscard]] Holding get(SimAccountId account, Asset asset) const;

  std::vector<std::string> assets_;
  std::vector<std::vector<Holding>> accounts_;
  std::vector<Qty> fees_;  // by asset; as long as the assets
};

}  // namespace portcullis::sim
