#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "core/mode.hpp"

namespace portcullis::app {

// What people call the scopes: "global", "account", "strategy:NAME", "symbol:BTCUSDT". A strategy
// may be given by its number too. The names are those of the latch file.
class ScopeNames {
 public:
  explicit ScopeNames(const Settings& settings);
  ScopeNames(std::vector<std::string> strategies, std::vector<std::string> symbols)
      : strategies_{std::move(strategies)},
        symbols_{std::move(symbols)} {}

  [[nodiscard]] std::string text_of(Scope scope) const;
  // The error says what there is.
  [[nodiscard]] std::expected<Scope, std::string> parse(std::string_view text) const;

  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategies_.size(); }

 private:
  std::vector<std::string> strategies_;  // by StrategyId
  std::vector<std::string> symbols_;     // by SymbolId
};

}  // namespace portcullis::app
