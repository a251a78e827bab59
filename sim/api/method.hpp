#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/api/truth_log.hpp"
#include "sim/api/usage_meter.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/json/json_out.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

// What a method works on: the venue without its protocols.
struct VenueParts {
  Exchange& exchange;
  UsageMeter& usage;
  FaultPlan& faults;
  TruthLog& truth;
  const MarketData& market;
};

// One request, its sender known and its signature and timing checked where the method asks for it.
struct Call {
  VenueParts& venue;
  const Params& params;
  SimAccountId account;  // of signed methods
  WallTime now;
  TimeUnit time_unit{TimeUnit::kMilliseconds};  // the answer's; begin it with json()

  [[nodiscard]] JsonOut json() const { return JsonOut{time_unit}; }
};

// A request's result: JSON of the result, or the venue's error.
using ApiResult = std::expected<std::string, VenueError>;

// What a method wants before it is carried out, and what it costs (Binance: request weight).
struct MethodRule {
  std::string_view name;  // as the WebSocket API calls it; REST calls go by the same names
  bool is_signed{false};
  bool is_order_action{false};  // costs nothing when it succeeds; ORDERS limits are told with it
  int weight{1};
};

struct Method {
  MethodRule rule;
  // Null: the session's own business (logon, subscriptions).
  ApiResult (*carry_out)(const Call& call){nullptr};
  // Null: rule.weight.
  int (*weight)(const Params& params){nullptr};
};

// The methods by family, each in a file of its own.
[[nodiscard]] std::span<const Method> general_methods() noexcept;
[[nodiscard]] std::span<const Method> market_methods() noexcept;
[[nodiscard]] std::span<const Method> order_methods() noexcept;
[[nodiscard]] std::span<const Method> account_methods() noexcept;
[[nodiscard]] std::span<const Method> session_methods() noexcept;

// The symbol a call names: -1102, -1100, -1121.
[[nodiscard]] std::expected<std::size_t, VenueError> symbol_of(const Call& call);

}  // namespace portcullis::sim
