#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/api/account_clock.hpp"
#include "sim/api/truth_log.hpp"
#include "sim/api/usage_meter.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/json/json_out.hpp"
#include "sim/latency/latency_model.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/request/param_names.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

// What a method works on: the venue without its protocols.
struct VenueParts {
  Exchange& exchange;
  UsageMeter& usage;
  FaultPlan& faults;
  TruthLog& truth;
  const MarketData& market;
  const AccountClock& account_clock;
};

enum class Protocol : std::uint8_t { kRest, kWs };

// One request, its sender known and its signature and timing checked where the method asks for it.
struct Call {
  VenueParts& venue;
  const Params& params;
  SimAccountId account;  // of signed methods
  WallTime now;
  Protocol protocol;
  TimeUnit time_unit;  // the answer's; begin it with json()
  WallTime deadline;   // timestamp and recvWindow: the matching engine is not reached after it
  int& weight;         // what the call is charged when it succeeds; a method may change it

  [[nodiscard]] JsonOut json() const { return JsonOut{time_unit}; }
  [[nodiscard]] const SymbolSpec& spec(std::size_t symbol) const {
    return venue.exchange.symbols()[symbol];
  }
};

// A request's result: JSON of the result, or the venue's error.
using ApiResult = std::expected<std::string, VenueError>;

// Who may call a method (Binance: endpoint security types). All but kNone are signed.
enum class Security : std::uint8_t { kNone, kTrade, kUserData, kUserStream };

// What a method wants before it is carried out, and what it costs (Binance: request weight).
struct MethodRule {
  std::string_view name;  // as the WebSocket API calls it; REST calls go by the same names
  Security security{Security::kNone};
  int weight{1};
  bool is_free_on_success{false};
  bool counts_orders{false};          // the account's ORDERS limits are told with the answer
  const ParamNames* params{nullptr};  // null: any
  // How a call gets to the matching engine; nothing: it needs none.
  std::optional<LatencyLeg> way_in{};

  [[nodiscard]] constexpr bool is_signed() const noexcept { return security != Security::kNone; }
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
[[nodiscard]] std::span<const Method> ticker_methods() noexcept;
[[nodiscard]] std::span<const Method> order_methods() noexcept;
[[nodiscard]] std::span<const Method> order_change_methods() noexcept;
[[nodiscard]] std::span<const Method> order_list_methods() noexcept;
[[nodiscard]] std::span<const Method> account_methods() noexcept;
[[nodiscard]] std::span<const Method> history_methods() noexcept;
[[nodiscard]] std::span<const Method> session_methods() noexcept;

// The symbol a call names: -1102, -1100, -1121.
[[nodiscard]] std::expected<std::size_t, VenueError> symbol_of(const Call& call);

// The last step before the matching engine: counts the new orders (-1015), and checks once more
// that the request is not too old (-1021), which a request that was late inside the venue is.
[[nodiscard]] std::optional<VenueError> enter_engine(const Call& call, int orders);
// Tells the record that a message reached the matching engine, and what came of it.
void record(const Call& call, const char* method, std::size_t symbol,
            std::string_view client_order_id, const VenueError* error);

}  // namespace portcullis::sim
