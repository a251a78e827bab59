#pragma once

#include <unordered_map>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// When each account's balances last changed (the updateTime of its account answer). One thread.
class AccountClock {
 public:
  void on_change(SimAccountId account, WallTime now) { changed_[account.raw()] = now; }
  // The beginning of time for an account that nothing happened to.
  [[nodiscard]] WallTime last_change(SimAccountId account) const {
    const auto found = changed_.find(account.raw());
    return found == changed_.end() ? WallTime{} : found->second;
  }

 private:
  std::unordered_map<std::uint32_t, WallTime> changed_;
};

}  // namespace portcullis::sim
