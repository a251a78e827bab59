#include "sim/api/rest_api.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

struct Route {
  std::string_view http_method;
  std::string_view path;
  std::string_view api_method;
};
constexpr std::array<Route, 12> kRoutes{{
    {"GET", "/api/v3/ping", "ping"},
    {"GET", "/api/v3/time", "time"},
    {"GET", "/api/v3/exchangeInfo", "exchangeInfo"},
    {"GET", "/api/v3/depth", "depth"},
    {"GET", "/api/v3/account", "account.status"},
    {"GET", "/api/v3/openOrders", "openOrders.status"},
    {"DELETE", "/api/v3/openOrders", "openOrders.cancelAll"},
    {"GET", "/api/v3/order", "order.status"},
    {"POST", "/api/v3/order", "order.place"},
    {"DELETE", "/api/v3/order", "order.cancel"},
    {"POST", "/api/v3/order/test", "order.test"},
    {"GET", "/api/v3/myTrades", "myTrades"},
}};

HttpReply error_reply(const VenueError& error) {
  return {.status = error.http_status, .body = error_json(error.code, error.message)};
}

HttpReply no_such_route(const HttpRequest& request) {
  const bool is_known_path = std::ranges::any_of(
      kRoutes, [&request](const Route& route) { return route.path == request.path; });
  if (is_known_path) return error_reply({405, -1020, "This operation is not supported."});
  return error_reply({404, -1020, "This operation is not supported."});
}

// The signed payload is query and body as they came, without the signature parameter and without
// anything at the join.
std::string without_signature(std::string_view encoded) {
  std::string kept;
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.starts_with("signature=")) continue;
    if (!kept.empty()) kept += '&';
    kept += pair;
  }
  return kept;
}

}  // namespace

std::expected<SimAccountId, VenueError> RestApi::authenticate(const HttpRequest& request,
                                                              const Params& params, WallTime now) {
  const std::string api_key{request.headers.get("x-mbx-apikey")};
  const auto key = venue_.authenticator.identify(api_key);
  if (!key) return std::unexpected{key.error()};
  if (!params.has("timestamp")) return std::unexpected{missing_parameter("timestamp")};
  const auto signature = params.required("signature");
  if (!signature) return std::unexpected{signature.error()};
  const std::string payload = without_signature(request.query) + without_signature(request.body);
  const auto verified = venue_.authenticator.verify(api_key, payload, *signature);
  if (!verified) return std::unexpected{verified.error()};
  if (const auto timing = Authenticator::check_timing(params, now); !timing) {
    return std::unexpected{timing.error()};
  }
  return key->account;
}

void RestApi::add_usage_headers(HttpReply& reply, const Method& method, SimAccountId account,
                                WallTime now) {
  const std::string weight = std::to_string(venue_.usage.weight(now));
  reply.headers.emplace_back("x-mbx-used-weight", weight);
  reply.headers.emplace_back("x-mbx-used-weight-1m", weight);
  if (method.rule.name != "order.place" || reply.status != 200) return;
  reply.headers.emplace_back("x-mbx-order-count-10s",
                             std::to_string(venue_.usage.orders_10s(account, now)));
  reply.headers.emplace_back("x-mbx-order-count-1d",
                             std::to_string(venue_.usage.orders_day(account, now)));
}

void RestApi::answer_with_fault(const Fault& fault, HttpReply reply, Responder responder) {
  switch (fault.action) {
    case FaultAction::kDropReply: return;
    case FaultAction::kDisconnect: return responder.cut();
    case FaultAction::kDelayReply:
    case FaultAction::kDelayRequest: {
      auto send = [reply = std::move(reply), responder = std::move(responder)]() mutable {
        responder.reply(std::move(reply));
      };
      return venue_.scheduler.after(std::chrono::milliseconds{fault.ms}, std::move(send));
    }
    case FaultAction::kReject:
    case FaultAction::kError:
    case FaultAction::kDuplicateReply:  // one HTTP request has one reply
    case FaultAction::kDropEvent:
    case FaultAction::kDuplicateEvent:
    case FaultAction::kDelayEvent: break;
  }
  responder.reply(std::move(reply));
}

void RestApi::answer(const HttpRequest& request, Responder responder) {
  const auto* route = std::ranges::find_if(kRoutes, [&request](const Route& candidate) {
    return candidate.http_method == request.method && candidate.path == request.path;
  });
  if (route == kRoutes.end()) return responder.reply(no_such_route(request));
  const Method& method = *VenueApi::find_method(route->api_method);
  const WallTime now = venue_.clock.now();

  Params params;
  const bool has_form_body = request.method != "GET" && !request.body.starts_with('{');
  if (!params.add_encoded(request.query) || (has_form_body && !params.add_encoded(request.body))) {
    return responder.reply(error_reply({400, -1100, "Illegal characters found in a parameter."}));
  }
  SimAccountId account{};
  if (method.rule.is_signed) {
    const auto authenticated = authenticate(request, params, now);
    if (!authenticated) {
      venue_.usage.add_weight(method.rule.weight, now);
      HttpReply refused = error_reply(authenticated.error());
      add_usage_headers(refused, method, account, now);
      return responder.reply(std::move(refused));
    }
    account = *authenticated;
  }
  const auto fault = venue_.faults.take_for_request(method.rule.name);
  HttpReply reply;
  if (!fault || fault->accept) {
    const ApiResult result = venue_.api.call(method, params, account, now);
    reply = result ? HttpReply{.status = 200, .body = *result} : error_reply(result.error());
  }
  const bool is_replaced =
      fault && (fault->action == FaultAction::kReject || fault->action == FaultAction::kError);
  if (is_replaced) reply = error_reply({fault->status, fault->code, fault->message});
  add_usage_headers(reply, method, account, now);
  if (fault) return answer_with_fault(*fault, std::move(reply), std::move(responder));
  responder.reply(std::move(reply));
}

}  // namespace portcullis::sim
