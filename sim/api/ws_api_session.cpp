#include "sim/api/ws_api_session.hpp"

#include <utility>

#include "sim/api/request_faults.hpp"
#include "sim/api/ws_api_reply.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr int kConnectWeight = 2;
constexpr int kBrokenRequestWeight = 1;
constexpr std::uint64_t kSubscriptionIdMax = 65'535;
constexpr std::size_t kLiveSubscriptionsMax = 1'000;

bool is_session_method(std::string_view name) {
  return name.starts_with("session.") || name.starts_with("userDataStream.");
}

// What was there before user data came over this interface (Binance: listenKeys).
bool is_gone(std::string_view name) {
  return name == "userDataStream.start" || name == "userDataStream.ping" ||
         name == "userDataStream.stop";
}

VenueError broken_request(const JsonRequestError& error) {
  constexpr const char* kId =
      "Invalid 'id' in JSON request; expected an integer, a string matching "
      "'^[a-zA-Z0-9-_]{1,36}$', or null.";
  using Kind = JsonRequestError::Kind;
  VenueError answer{400, -1135, "Invalid JSON Request"};
  if (error.kind == Kind::kId) answer.message = kId;
  if (error.kind == Kind::kMethod) {
    answer.message = "Invalid 'method' in JSON request; expected a string.";
  }
  if (error.kind == Kind::kParams) {
    answer.message = "Invalid 'params' in JSON request; expected an object.";
  }
  return answer;
}

VenueError subscription_active() {
  return {400, -2035, "User Data Stream subscription already active."};
}
VenueError subscription_inactive() {
  return {400, -2036, "User Data Stream subscription not active."};
}
VenueError subscriptions_used_up() {
  return {400, -2042, "Maximum subscription ID reached for this connection."};
}

}  // namespace

WsApiSession::WsApiSession(VenueCore& venue, TextSink& sink, WsApiOptions options)
    : venue_{venue},
      sink_{sink},
      options_{std::move(options)},
      ip_{venue.usage.of(options_.remote)},
      connected_{venue.clock.now()},
      way_in_{venue.scheduler} {
  ip_.weight.add(kConnectWeight, connected_);
}

WsApiSession::~WsApiSession() {
  venue_.users.remove_all(sink_);
}

void WsApiSession::on_text(std::string_view text) {
  auto request = parse_json_request(text);
  number_ = venue_.truth.on_request({.in = venue_.clock.now(),
                                     .remote = options_.remote,
                                     .is_ws = true,
                                     .method = request ? request->method : "?"});
  if (!request || request->params_kind == JsonRequest::ParamsKind::kList) {
    return refuse_broken(request);
  }
  if (const Method* method = admit(*request)) answer(*std::move(request), *method);
}

void WsApiSession::refuse_broken(const std::expected<JsonRequest, JsonRequestError>& request) {
  const auto refused = venue_.usage.admit(ip_, kBrokenRequestWeight, venue_.clock.now());
  if (refused) {
    refuse("null", *refused);
  } else if (request) {
    refuse(request->id_json, broken_request({JsonRequestError::Kind::kParams, {}, {}}));
  } else {
    const bool is_id_known = request.error().kind != JsonRequestError::Kind::kSyntax;
    refuse(is_id_known && !request.error().id_json.empty() ? request.error().id_json : "null",
           broken_request(request.error()));
  }
}

const Method* WsApiSession::admit(const JsonRequest& request) {
  std::string_view name = request.method;
  if (name.starts_with("v3/")) name.remove_prefix(3);
  const Method* method = VenueApi::find_method(name);
  const int weight =
      method != nullptr ? VenueApi::weight_of(*method, request.params) : kBrokenRequestWeight;
  auto refused = venue_.usage.admit(ip_, weight, venue_.clock.now());
  if (!refused && name.empty()) refused = missing_parameter("method");
  if (!refused && method == nullptr) {
    refused = is_gone(name) ? VenueError{410, -1016, "This service is no longer available."}
                            : VenueError{400, -1020, "This operation is not supported."};
  }
  if (!refused) return method;
  refuse(request.id_json, *refused, &request.params);
  return nullptr;
}

void WsApiSession::answer(JsonRequest request, const Method& method) {
  if (logon_ && !venue_.authenticator.identify(logon_->api_key, Security::kNone, options_.remote)) {
    return end_revoked_logon();
  }
  Identity caller = anybody();
  if (method.rule.is_signed()) caller = authenticate(request.params, method.rule.security);
  if (!caller) return refuse(request.id_json, caller.error(), &request.params);
  venue_.truth.on_sender(number_, caller->account, request.params.find("symbol").value_or(""),
                         client_order_id_of(request.params));
  const auto fault =
      request_fault(venue_, method, request.params, caller->account, api_key_of(request.params));
  if (venue_.latency.is_zero() && (!fault || fault->request_delay == Nanos{0})) {
    return carry_out(request, method, *caller, fault.value_or(RequestFault{}));
  }
  send_in(std::move(request), method, *caller, fault.value_or(RequestFault{}));
}

void WsApiSession::send_in(JsonRequest request, const Method& method, const Caller& caller,
                           const RequestFault& fault) {
  // The request is on its way whether or not its sender stays to hear of it.
  auto land = [&venue = venue_, life = std::weak_ptr{life_}, this, request = std::move(request),
               &method, caller, fault, number = number_] {
    if (!life.expired()) {
      number_ = number;
      return carry_out(request, method, caller, fault);
    }
    const WallTime now = venue.clock.now();
    (void)call_with_fault(venue, fault, request.params, caller.account, now,
                          [&] { return venue.api.call(method, request.params, caller, now); });
  };
  const Nanos latency = venue_.draw_way_in(method.rule);
  if (fault.request_delay > Nanos{0}) {  // out of its order: that is the fault
    const auto late = std::chrono::ceil<std::chrono::microseconds>(fault.request_delay + latency);
    return venue_.scheduler.after(late, std::move(land));
  }
  // What is the connection's own business is settled where it ends, not in the engine.
  if (is_session_method(method.rule.name)) return land();
  way_in_.pass(latency, std::move(land));
}

std::string_view WsApiSession::api_key_of(const Params& params) const {
  if (const auto own = params.find("apiKey")) return *own;
  return logon_ ? std::string_view{logon_->api_key} : std::string_view{};
}

void WsApiSession::carry_out(const JsonRequest& request, const Method& method, const Caller& caller,
                             const RequestFault& fault) {
  const WallTime now = venue_.clock.now();
  const ApiResult result = call_with_fault(venue_, fault, request.params, caller.account, now, [&] {
    return is_session_method(method.rule.name)
               ? call_session(method, request.params)
               : venue_.api.call(method, request.params, caller, now);
  });
  venue_.truth.on_reply(number_, venue_.clock.now(), result ? 200 : result.error().http_status,
                        result ? 0 : result.error().code, fault.reply);
  const auto wish = request.params.find("returnRateLimits");
  const bool shows_limits = wish ? *wish != "false" : options_.returns_rate_limits;
  deliver(reply_json(venue_.usage,
                     {.id_json = request.id_json,
                      .result = result,
                      .ip = shows_limits ? &ip_ : nullptr,
                      .orders_of = method.rule.counts_orders ? &caller.account : nullptr},
                     now),
          fault.reply);
}

void WsApiSession::deliver(std::string reply, const std::optional<MessageFate>& fate) {
  auto text = std::make_shared<const std::string>(std::move(reply));
  if (fate) return venue_.gate.send(sink_, std::move(text), *fate);
  venue_.gate.send(sink_, std::move(text));
}

void WsApiSession::refuse(std::string_view id_json, const VenueError& error, const Params* params) {
  const auto wish = params != nullptr ? params->find("returnRateLimits") : std::nullopt;
  const bool shows_limits = wish ? *wish != "false" : options_.returns_rate_limits;
  const ApiResult result = std::unexpected{error};
  venue_.truth.on_reply(number_, venue_.clock.now(), error.http_status, error.code, {});
  deliver(reply_json(venue_.usage,
                     {.id_json = id_json, .result = result, .ip = shows_limits ? &ip_ : nullptr},
                     venue_.clock.now()),
          {});
}

// A key that is revoked, or that may not be used from here any more, takes its session along
// (Binance: the session is told so by a message without an id).
void WsApiSession::end_revoked_logon() {
  end_logon();
  const ApiResult result = std::unexpected{invalid_key()};
  venue_.truth.on_reply(number_, venue_.clock.now(), result.error().http_status,
                        result.error().code, {});
  deliver(reply_json(venue_.usage, {.id_json = "null", .result = result}, venue_.clock.now()), {});
}

Caller WsApiSession::anybody() const {
  return {.ip = &ip_, .protocol = Protocol::kWs, .time_unit = options_.time_unit};
}

WsApiSession::Identity WsApiSession::authenticate(const Params& params, Security security) const {
  // A key and signature of its own override the session's.
  const bool is_by_logon = logon_ && !params.has("apiKey") && !params.has("signature");
  return is_by_logon ? authenticate_by_logon(params, security)
                     : authenticate_by_key(params, security);
}

WsApiSession::Identity WsApiSession::authenticate_by_logon(const Params& params,
                                                           Security security) const {
  const auto key = venue_.authenticator.identify(logon_->api_key, security, options_.remote);
  if (!key) return std::unexpected{key.error()};
  const auto deadline = Authenticator::check_timing(params, venue_.clock.now());
  if (!deadline) return std::unexpected{deadline.error()};
  Caller caller = anybody();
  caller.account = logon_->account;
  caller.deadline = *deadline;
  return caller;
}

WsApiSession::Identity WsApiSession::authenticate_by_key(const Params& params,
                                                         Security security) const {
  const auto api_key = params.required("apiKey");
  if (!api_key) return std::unexpected{api_key.error()};
  const auto key = venue_.authenticator.identify(*api_key, security, options_.remote);
  if (!key) return std::unexpected{key.error()};
  if (!params.has("timestamp")) return std::unexpected{missing_parameter("timestamp")};
  const auto signature = params.required("signature");
  if (!signature) return std::unexpected{signature.error()};
  auto refused = venue_.authenticator.verify(*api_key, params.sorted_payload(), *signature);
  if (refused) return std::unexpected{*std::move(refused)};
  const auto deadline = Authenticator::check_timing(params, venue_.clock.now());
  if (!deadline) return std::unexpected{deadline.error()};
  Caller caller = anybody();
  caller.account = key->account;
  caller.deadline = *deadline;
  return caller;
}

// The venue may have ended some (eventStreamTerminated).
void WsApiSession::forget_ended_subscriptions() {
  std::erase_if(subscriptions_,
                [this](const auto& entry) { return !venue_.users.has(sink_, entry.first); });
  if (logon_subscription_ && !subscriptions_.contains(*logon_subscription_)) {
    logon_subscription_.reset();
  }
}

ApiResult WsApiSession::call_session(const Method& method, const Params& params) {
  forget_ended_subscriptions();
  if (auto refused = VenueApi::check_params(method, params, Protocol::kWs)) {
    return std::unexpected{*std::move(refused)};
  }
  const std::string_view name = method.rule.name;
  if (name == "session.logon") return logon(params);
  if (name == "session.status") return status_json();
  if (name == "session.logout") return logout();
  if (name == "session.subscriptions") return subscriptions_json();
  if (name == "userDataStream.subscribe") return subscribe_by_logon();
  if (name == "userDataStream.subscribe.signature") return subscribe_by_signature(params);
  return unsubscribe(params);
}

ApiResult WsApiSession::logon(const Params& params) {
  const Identity identity = authenticate_by_key(params, Security::kNone);
  if (!identity) return std::unexpected{identity.error()};
  const std::string_view api_key = *params.find("apiKey");
  const auto key = venue_.authenticator.identify(api_key, Security::kNone, options_.remote);
  // Only Ed25519 keys may log on (Binance: authenticate after connection).
  if (key->type != KeyType::kEd25519) return std::unexpected{invalid_key()};
  logon_ = Logon{std::string{api_key}, identity->account, venue_.clock.now()};
  return status_json();
}

ApiResult WsApiSession::logout() {
  end_logon();
  return status_json();
}

void WsApiSession::end_logon() {
  logon_.reset();
  if (logon_subscription_) end_subscription(*logon_subscription_);
}

void WsApiSession::end_subscription(std::uint64_t id) {
  venue_.users.end(sink_, id, venue_.clock.now());
  subscriptions_.erase(id);
  if (logon_subscription_ == id) logon_subscription_.reset();
}

ApiResult WsApiSession::subscribe_by_logon() {
  if (!logon_) return std::unexpected{invalid_key()};
  const auto key =
      venue_.authenticator.identify(logon_->api_key, Security::kUserStream, options_.remote);
  if (!key) return std::unexpected{key.error()};
  return subscribe(logon_->account, true);
}

ApiResult WsApiSession::subscribe_by_signature(const Params& params) {
  const Identity identity = authenticate_by_key(params, Security::kUserStream);
  if (!identity) return std::unexpected{identity.error()};
  return subscribe(identity->account, false);
}

ApiResult WsApiSession::subscribe(SimAccountId account, bool is_by_logon) {
  for (const auto& [id, subscribed] : subscriptions_) {
    if (subscribed == account) return std::unexpected{subscription_active()};
  }
  if (next_subscription_id_ >= kSubscriptionIdMax ||
      subscriptions_.size() >= kLiveSubscriptionsMax) {
    return std::unexpected{subscriptions_used_up()};
  }
  const std::uint64_t id = next_subscription_id_++;
  subscriptions_[id] = account;
  if (is_by_logon) logon_subscription_ = id;
  venue_.users.add(sink_, id, account, options_.time_unit);
  return JsonOut{}.open_object().field("subscriptionId", id).close_object().take();
}

ApiResult WsApiSession::unsubscribe(const Params& params) {
  const auto id = params.whole("subscriptionId");
  if (!id) return std::unexpected{id.error()};
  if (*id ? !subscriptions_.contains(**id) : subscriptions_.empty()) {
    return std::unexpected{subscription_inactive()};
  }
  if (*id) {
    end_subscription(**id);
  } else {
    while (!subscriptions_.empty()) end_subscription(subscriptions_.begin()->first);
  }
  return "{}";
}

std::string WsApiSession::status_json() const {
  JsonOut out{options_.time_unit};
  out.open_object();
  if (logon_) {
    out.field("apiKey", logon_->api_key).field("authorizedSince", logon_->since);
  } else {
    out.key("apiKey").null().key("authorizedSince").null();
  }
  return out.field("connectedSince", connected_)
      .field("returnRateLimits", options_.returns_rate_limits)
      .field("serverTime", venue_.clock.now())
      .field("userDataStream", !subscriptions_.empty())
      .close_object()
      .take();
}

std::string WsApiSession::subscriptions_json() const {
  JsonOut out;
  out.open_array();
  for (const auto& [id, account] : subscriptions_) {
    out.open_object().field("subscriptionId", id).close_object();
  }
  return out.close_array().take();
}

}  // namespace portcullis::sim
