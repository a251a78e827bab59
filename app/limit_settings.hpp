#pragma once

#include <string>
#include <vector>

#include "core/config_reader.hpp"
#include "core/instrument.hpp"
#include "risk/limits.hpp"

namespace portcullis::app {

// What one strategy may do, as the configuration says it, and on which symbols.
struct StrategyLimitSettings {
  std::string name;  // its place in the list is its StrategyId
  risk::StrategyLimits limits;
  std::vector<risk::PairLimits> pairs;  // by the symbols' order
};

// The risk limits by name, inheritance applied: [limits.default] to [symbols.NAME],
// [limits.strategy_default] to [limits.strategy.NAME], and a symbol's own limits to what a strategy
// may do on it. docs/risk.md explains each key.
struct LimitSettings {
  std::string reference_currency;
  std::vector<std::pair<std::string, std::string>> conversions;  // quote asset, symbol
  std::vector<std::pair<std::string, risk::SymbolLimits>> symbols;
  std::vector<StrategyLimitSettings> strategies;
  std::vector<std::pair<std::string, risk::GroupLimits>> groups;
  risk::AccountLimits account;
  risk::GlobalLimits global;
  Nanos mark_age_max{0};
};

// Reads [limits] and [symbols] of `root`; problems are reported there.
[[nodiscard]] LimitSettings read_limits(ConfigSection root);

// The flat set for the gate: what `settings` says, by the ids of `instruments`, whose first symbols
// are those of `settings` in the same order.
[[nodiscard]] risk::Limits make_limits(const LimitSettings& settings,
                                       const InstrumentTable& instruments);

}  // namespace portcullis::app
