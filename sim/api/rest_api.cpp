#include "sim/api/rest_api.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sim/api/request_faults.hpp"
#include "sim/api/rest_routes.hpp"
#include "sim/api/time_unit_param.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

// The signed payload is query and body as they came, without the signature parameter and without
// anything at the join.
void append_without_signature(std::string& payload, std::string_view encoded) {
  bool is_first = true;
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.starts_with("signature=")) continue;
    if (!is_first) payload += '&';
    is_first = false;
    payload += pair;
  }
}

// GET has its parameters in the query alone; a body that calls itself JSON has none either, as the
// clients that send an empty one expect.
bool has_form_body(const HttpRequest& request) {
  const std::string_view type = request.headers.get("content-type");
  return request.method != "GET" && type.find("json") == std::string_view::npos;
}

}  // namespace

HttpReply error_reply(const VenueError& error, WallTime now) {
  HttpReply reply{.status = error.http_status,
                  .body = error_json(error.code, error.message, error.data_json)};
  if (error.retry_at) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(*error.retry_at - now);
    reply.headers.emplace_back("retry-after",
                               std::to_string(std::max<std::int64_t>(wait.count(), 0)));
  }
  return reply;
}

void RestApi::answer(const HttpRequest& request, Responder responder) {
  const WallTime now = venue_.clock.now();
  IpUsage& ip = venue_.usage.of(request.remote);
  const RestRoute route = find_route(request.method, request.path);
  const Method* method = VenueApi::find_method(route.method);
  const std::uint64_t number =
      venue_.truth.on_request({.in = now,
                               .remote = request.remote,
                               .method = method != nullptr ? std::string{method->rule.name}
                                                           : request.method + " " + request.path});
  if (method == nullptr) {
    HttpReply reply = answer_other(route, ip, now);
    venue_.truth.on_reply(number, now, reply.status, 0, {});
    return send_out(std::move(reply), {}, std::move(responder));
  }
  auto pending = prepare(request, *method, ip, now);
  if (!pending) {
    HttpReply refused = error_reply(pending.error(), now);
    add_usage_headers(refused, ip, now);
    venue_.truth.on_reply(number, now, refused.status, pending.error().code, {});
    return send_out(std::move(refused), {}, std::move(responder));
  }
  pending->number = number;
  venue_.truth.on_sender(number, pending->caller.account,
                         pending->params.find("symbol").value_or(""),
                         client_order_id_of(pending->params));
  const auto fault =
      request_fault(venue_, *method, pending->params, pending->caller.account, pending->api_key);
  const Nanos delay = venue_.draw_way_in(method->rule) + (fault ? fault->request_delay : Nanos{0});
  if (delay == Nanos{0}) {
    return carry_out(*pending, fault.value_or(RequestFault{}), std::move(responder));
  }
  // The request is on its way whether or not its sender stays to hear of it.
  auto land = [this, pending = *std::move(pending), fault = fault.value_or(RequestFault{}),
               responder = std::move(responder)]() mutable {
    carry_out(pending, fault, std::move(responder));
  };
  venue_.scheduler.after(std::chrono::ceil<std::chrono::microseconds>(delay), std::move(land));
}

// HTTP has one request of a connection under way at a time: nothing to keep in order.
void RestApi::send_out(HttpReply reply, const std::optional<MessageFate>& fate,
                       Responder responder) {
  const Nanos delay = venue_.latency.draw(LatencyLeg::kReportOut);
  if (delay == Nanos{0}) {
    return deliver_reply(venue_.scheduler, std::move(reply), fate, std::move(responder));
  }
  venue_.scheduler.after(std::chrono::ceil<std::chrono::microseconds>(delay),
                         [&scheduler = venue_.scheduler, reply = std::move(reply), fate,
                          responder = std::move(responder)]() mutable {
                           deliver_reply(scheduler, std::move(reply), fate, std::move(responder));
                         });
}

HttpReply RestApi::answer_other(RestRoute route, IpUsage& ip, WallTime now) {
  HttpReply reply;
  if (const auto refused = venue_.usage.admit(ip, 1, now)) {
    reply = error_reply(*refused, now);
  } else if (route.kind == RestRoute::Kind::kEmptyList) {
    reply.body = "[]";
  } else if (route.kind == RestRoute::Kind::kGone) {
    reply = error_reply({410, -1016, "This service is no longer available."}, now);
  } else {
    const int status = route.kind == RestRoute::Kind::kWrongMethod ? 405 : 404;
    reply = error_reply({status, -1020, "This operation is not supported."}, now);
  }
  add_usage_headers(reply, ip, now);
  return reply;
}

std::expected<RestApi::Pending, VenueError> RestApi::prepare(const HttpRequest& request,
                                                             const Method& method, IpUsage& ip,
                                                             WallTime now) {
  Pending pending{.method = &method,
                  .params = {},
                  .caller = {.ip = &ip, .protocol = Protocol::kRest},
                  .api_key = std::string{request.headers.get("x-mbx-apikey")}};
  const bool is_sound = pending.params.add_encoded(request.query) &&
                        (!has_form_body(request) || pending.params.add_encoded(request.body));
  const int weight = is_sound ? VenueApi::weight_of(method, pending.params) : method.rule.weight;
  if (auto refused = venue_.usage.admit(ip, weight, now)) {
    return std::unexpected{*std::move(refused)};
  }
  if (!is_sound) {
    return std::unexpected{VenueError{400, -1100, "Illegal characters found in a parameter."}};
  }
  const auto unit = read_time_unit(request.headers.get("x-mbx-time-unit"));
  if (!unit) return std::unexpected{unit.error()};
  pending.caller.time_unit = *unit;
  if (method.rule.is_signed()) {
    if (auto refused = authenticate(request, pending, now)) {
      return std::unexpected{*std::move(refused)};
    }
  }
  return pending;
}

std::optional<VenueError> RestApi::authenticate(const HttpRequest& request, Pending& pending,
                                                WallTime now) {
  const Authenticator& keys = venue_.authenticator;
  const auto identity =
      keys.identify(pending.api_key, pending.method->rule.security, request.remote);
  if (!identity) return identity.error();
  if (!pending.params.has("timestamp")) return missing_parameter("timestamp");
  const auto signature = pending.params.required("signature");
  if (!signature) return signature.error();
  std::string payload;
  payload.reserve(request.query.size() + request.body.size());
  append_without_signature(payload, request.query);
  append_without_signature(payload, request.body);
  if (auto refused = keys.verify(pending.api_key, payload, *signature)) return refused;
  const auto deadline = Authenticator::check_timing(pending.params, now);
  if (!deadline) return deadline.error();
  pending.caller.account = identity->account;
  pending.caller.deadline = *deadline;
  return std::nullopt;
}

void RestApi::carry_out(const Pending& pending, const RequestFault& fault, Responder responder) {
  const WallTime now = venue_.clock.now();
  const Method& method = *pending.method;
  ApiResult result =
      call_with_fault(venue_, fault, pending.params, pending.caller.account, now,
                      [&] { return venue_.api.call(method, pending.params, pending.caller, now); });
  HttpReply reply =
      result ? HttpReply{.status = 200, .body = *result} : error_reply(result.error(), now);
  if (fault.refusal && fault.refusal->is_html) reply = html_refusal(*fault.refusal);
  add_usage_headers(reply, *pending.caller.ip, now);
  if (method.rule.counts_orders && reply.status == 200) {
    add_order_headers(reply, pending.caller.account, now);
  }
  venue_.truth.on_reply(pending.number, venue_.clock.now(), reply.status,
                        result ? 0 : result.error().code, fault.reply);
  send_out(std::move(reply), fault.reply, std::move(responder));
}

void RestApi::add_usage_headers(HttpReply& reply, const IpUsage& ip, WallTime now) const {
  const std::string weight = std::to_string(ip.weight.count(now));
  reply.headers.emplace_back("x-mbx-used-weight", weight);
  reply.headers.emplace_back("x-mbx-used-weight-1m", weight);
}

void RestApi::add_order_headers(HttpReply& reply, SimAccountId account, WallTime now) const {
  reply.headers.emplace_back("x-mbx-order-count-10s",
                             std::to_string(venue_.usage.orders_10s(account, now)));
  reply.headers.emplace_back("x-mbx-order-count-1d",
                             std::to_string(venue_.usage.orders_day(account, now)));
}

}  // namespace portcullis::sim
