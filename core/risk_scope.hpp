#pragma once

#include <cstdint>

namespace portcullis {

// What a limit holds for. A gateway has one account; global is the gateway's own ceiling over it,
// set by those who run it and not by those who trade.
enum class RiskScope : std::uint8_t {
  kOrder,           // the order by itself
  kSymbol,          // all that the account does on a symbol
  kStrategy,        // all that a strategy does
  kStrategySymbol,  // what a strategy does on a symbol
  kGroup,           // a named set of strategies
  kAccount,
  kGlobal,
  kCount,
};

// Stable snake_case names, as in the metrics, the documents and the configuration.
[[nodiscard]] constexpr const char* to_string(RiskScope scope) noexcept {
  switch (scope) {
    case RiskScope::kOrder: return "order";
    case RiskScope::kSymbol: return "symbol";
    case RiskScope::kStrategy: return "strategy";
    case RiskScope::kStrategySymbol: return "strategy_symbol";
    case RiskScope::kGroup: return "group";
    case RiskScope::kAccount: return "account";
    case RiskScope::kGlobal: return "global";
    case RiskScope::kCount: break;
  }
  return "?";
}

}  // namespace portcullis
