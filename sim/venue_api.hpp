#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/exchange.hpp"
#include "sim/fault_plan.hpp"
#include "sim/params.hpp"
#include "sim/truth_log.hpp"
#include "sim/usage_meter.hpp"

namespace portcullis::sim {

// What a method wants before it is carried out, and what it costs (Binance: request weight).
struct MethodRule {
  std::string_view name;  // as the WebSocket API calls it
  bool is_signed{false};
  bool is_order_action{false};  // costs nothing when it succeeds; ORDERS limits are told with it
  int weight{1};
};

// A request's result: JSON of the result, or the venue's error.
using ApiResult = std::expected<std::string, VenueError>;

// The venue's methods behind both protocols. REST calls go by the WebSocket API's names. Signatures
// and timing are checked before (the protocols sign differently). One thread.
class VenueApi {
 public:
  VenueApi(Exchange& exchange, UsageMeter& usage, FaultPlan& faults, TruthLog& truth);

  // Nothing for a method that does not exist here.
  [[nodiscard]] static const MethodRule* find_method(std::string_view name) noexcept;

  // `account` matters for signed methods only. Counts the weight.
  ApiResult call(const MethodRule& method, const Params& params, SimAccountId account,
                 WallTime now);

 private:
  struct Call {
    const Params& params;
    SimAccountId account;
    WallTime now;
  };

  ApiResult route(const MethodRule& method, const Call& call);
  ApiResult route_order(std::string_view method, const Call& call);
  ApiResult exchange_info(const Call& call);
  ApiResult depth(const Call& call);
  ApiResult place(const Call& call);
  ApiResult cancel(const Call& call);
  ApiResult cancel_all(const Call& call);
  ApiResult order_status(const Call& call);
  ApiResult open_orders(const Call& call);
  ApiResult account_status(const Call& call);
  ApiResult my_trades(const Call& call);

  [[nodiscard]] std::expected<std::size_t, VenueError> symbol_of(const Params& params) const;
  void record(const Call& call, const char* method, std::size_t symbol,
              std::string_view client_order_id, const VenueError* error);

  Exchange& exchange_;
  UsageMeter& usage_;
  FaultPlan& faults_;
  TruthLog& truth_;
  std::uint64_t made_id_count_{0};
};

// The weight of a depth request by its limit (Binance: order book).
[[nodiscard]] int depth_weight(std::uint64_t limit) noexcept;

}  // namespace portcullis::sim
