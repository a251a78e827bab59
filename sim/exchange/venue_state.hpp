#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/accounts.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/order_history.hpp"
#include "sim/exchange/order_lists.hpp"
#include "sim/exchange/outbox.hpp"

namespace portcullis::sim {

class PriceStatistics;

// What all symbols of the venue share.
struct VenueState {
  struct Account {
    AccountSettings settings{};
    OpenCounts open{};                                      // over all symbols
    std::map<std::size_t, SymbolCommission> commissions{};  // its own, by symbol
  };
  // A symbol that trades the discount asset against another: who knows what it costs.
  struct DiscountMarket {
    Accounts::Asset asset;
    const PriceStatistics* prices;
  };

  explicit VenueState(ExchangeRules rules_in) : rules{std::move(rules_in)} {}

  // Two accounts whose orders must not trade with each other.
  [[nodiscard]] bool is_one_owner(SimAccountId a, SimAccountId b) const {
    if (a == b) return true;
    const std::int64_t group = of_account[a.raw()].settings.trade_group_id;
    return group >= 0 && group == of_account[b.raw()].settings.trade_group_id;
  }
  // The account's own rates, or the symbol's.
  [[nodiscard]] const SymbolCommission& commission(SimAccountId account, std::size_t symbol,
                                                   const SymbolSpec& spec) const {
    const auto& own = of_account[account.raw()].commissions;
    const auto found = own.find(symbol);
    return found == own.end() ? spec.commission : found->second;
  }
  // Of one discount asset in `asset`; zero: nobody knows.
  [[nodiscard]] Price discount_px(Accounts::Asset asset) const;

  ExchangeRules rules;
  MirrorRules mirror_rules{};
  Accounts accounts{};
  std::optional<Accounts::Asset> discount_asset{};  // nothing: nobody here trades or prices it
  std::vector<Account> of_account{1};               // the crowd's first
  std::vector<DiscountMarket> discount_markets{};
  OrderLists lists{};
  Outbox outbox{};
};

}  // namespace portcullis::sim
