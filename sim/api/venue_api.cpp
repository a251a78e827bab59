#include "sim/api/venue_api.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "sim/api/authenticator.hpp"

namespace portcullis::sim {

namespace {

std::unordered_map<std::string_view, const Method*> methods_by_name() {
  std::unordered_map<std::string_view, const Method*> methods;
  for (const std::span<const Method> family :
       {order_methods(), order_change_methods(), order_list_methods(), market_methods(),
        ticker_methods(), account_methods(), history_methods(), general_methods(),
        session_methods()}) {
    for (const Method& method : family) methods.emplace(method.rule.name, &method);
  }
  return methods;
}

// What the protocols themselves read of a request.
constexpr std::array<std::string_view, 3> kRestNames{"timestamp", "recvWindow", "signature"};
constexpr std::array<std::string_view, 5> kWsNames{"apiKey", "timestamp", "recvWindow", "signature",
                                                   "returnRateLimits"};

std::span<const std::string_view> common_names(const Method& method, Protocol protocol) {
  if (protocol == Protocol::kWs) return kWsNames;
  return method.rule.is_signed() ? std::span<const std::string_view>{kRestNames}
                                 : std::span<const std::string_view>{};
}

}  // namespace

const Method* VenueApi::find_method(std::string_view name) noexcept {
  static const auto methods = methods_by_name();
  const auto found = methods.find(name);
  return found == methods.end() ? nullptr : found->second;
}

int VenueApi::weight_of(const Method& method, const Params& params) {
  return method.weight != nullptr ? method.weight(params) : method.rule.weight;
}

std::optional<VenueError> VenueApi::check_params(const Method& method, const Params& params,
                                                 Protocol protocol) {
  if (method.rule.params == nullptr) return std::nullopt;
  return check_names(params, *method.rule.params, common_names(method, protocol));
}

ApiResult VenueApi::call(const Method& method, const Params& params, const Caller& caller,
                         WallTime now) {
  if (auto error = check_params(method, params, caller.protocol)) {
    return std::unexpected{*std::move(error)};
  }
  if (method.carry_out == nullptr) {
    return std::unexpected{VenueError{400, -1020, "This operation is not supported."}};
  }
  const int charged = weight_of(method, params);
  int weight = method.rule.is_free_on_success ? 0 : charged;
  parts_.faults.set_cause(method.rule.name);
  ApiResult result = method.carry_out({.venue = parts_,
                                       .params = params,
                                       .account = caller.account,
                                       .now = now,
                                       .protocol = caller.protocol,
                                       .time_unit = caller.time_unit,
                                       .deadline = caller.deadline,
                                       .weight = weight});
  parts_.faults.set_cause("");
  if (result && weight < charged) parts_.usage.refund(*caller.ip, charged - weight, now);
  return result;
}

std::expected<std::size_t, VenueError> symbol_of(const Call& call) {
  const auto name = call.params.required("symbol");
  if (!name) return std::unexpected{name.error()};
  const auto symbol = call.venue.exchange.find_symbol(*name);
  if (symbol) return *symbol;
  if (!is_symbol_name(*name)) return std::unexpected{illegal_characters("symbol", kSymbolRange)};
  return std::unexpected{VenueError{400, -1121, "Invalid symbol."}};
}

std::optional<VenueError> enter_engine(const Call& call, int orders) {
  if (orders > 0) {
    if (auto error = call.venue.usage.count_orders(call.account, orders, call.now)) return error;
  }
  if (call.now > call.deadline) return outside_of_window();
  return std::nullopt;
}

void record(const Call& call, const char* method, std::size_t symbol,
            std::string_view client_order_id, const VenueError* error) {
  call.venue.truth.on_message({.time = call.now,
                               .account = call.account,
                               .method = method,
                               .symbol = call.spec(symbol).symbol,
                               .client_order_id = std::string{client_order_id},
                               .code = error != nullptr ? error->code : 0});
}

}  // namespace portcullis::sim
