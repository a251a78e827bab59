#include "sim/api/ws_api_session.hpp"

#include <utility>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

VenueError invalid_key() {
  return {401, -2015, "Invalid API-key, IP, or permissions for action."};
}

bool is_session_method(std::string_view name) {
  return name.starts_with("session.") || name.starts_with("userDataStream.");
}

VenueError fault_error(const Fault& fault) {
  return {fault.status, fault.code, fault.message};
}

}  // namespace

WsApiSession::WsApiSession(VenueCore& venue, TextSink& sink, bool returns_rate_limits)
    : venue_{venue},
      sink_{sink},
      returns_rate_limits_{returns_rate_limits},
      connected_{venue.clock.now()} {
  constexpr int kConnectWeight = 2;
  venue_.usage.add_weight(kConnectWeight, connected_);
}

WsApiSession::~WsApiSession() {
  venue_.users.remove_all(sink_);
}

void WsApiSession::on_text(std::string_view text) {
  const auto request = parse_json_request(text);
  if (!request) return refuse("null", {400, -1135, "Invalid JSON Request"});
  std::string_view name = request->method;
  if (name.starts_with("v3/")) name.remove_prefix(3);
  if (name.empty()) return refuse(request->id_json, missing_parameter("method"));
  const Method* method = VenueApi::find_method(name);
  if (method == nullptr) {
    return refuse(request->id_json, {400, -1020, "This operation is not supported."});
  }
  answer(*request, *method);
}

void WsApiSession::answer(const JsonRequest& request, const Method& method) {
  SimAccountId account{};
  if (method.rule.is_signed) {
    const Identity identity = authenticate(request.params, true);
    if (!identity) {
      venue_.usage.add_weight(method.rule.weight, venue_.clock.now());
      return deliver(reply_json(request, &method, nullptr, std::unexpected{identity.error()}), {});
    }
    account = *identity;
  }
  const auto fault = venue_.faults.take_for_request(method.rule.name);
  if (fault && fault->action == FaultAction::kDelayRequest) {
    // The request is on its way whether or not its sender stays to hear of it.
    auto land = [&venue = venue_, life = std::weak_ptr{life_}, this, request, &method, account] {
      if (!life.expired()) return carry_out(request, method, account, {});
      (void)venue.api.call(method, request.params, account, venue.clock.now());
    };
    venue_.scheduler.after(std::chrono::milliseconds{fault->ms}, std::move(land));
    return;
  }
  carry_out(request, method, account, fault);
}

void WsApiSession::carry_out(const JsonRequest& request, const Method& method, SimAccountId account,
                             const std::optional<Fault>& fault) {
  ApiResult result{"{}"};
  if (!fault || fault->accept) {
    result = is_session_method(method.rule.name)
                 ? call_session(method.rule.name, request.params)
                 : venue_.api.call(method, request.params, account, venue_.clock.now());
  }
  const bool is_replaced =
      fault && (fault->action == FaultAction::kReject || fault->action == FaultAction::kError);
  if (is_replaced) result = std::unexpected{fault_error(*fault)};
  deliver(reply_json(request, &method, method.rule.is_signed ? &account : nullptr, result), fault);
}

void WsApiSession::deliver(std::string reply, const std::optional<Fault>& fault) {
  const auto text = std::make_shared<const std::string>(std::move(reply));
  if (fault && fault->action == FaultAction::kDropReply) return;
  if (fault && fault->action == FaultAction::kDisconnect) return sink_.cut();
  if (fault && fault->action == FaultAction::kDelayReply) {
    return send_after(venue_.scheduler, std::chrono::milliseconds{fault->ms}, sink_, text);
  }
  sink_.send(text, 0);
  if (fault && fault->action == FaultAction::kDuplicateReply) sink_.send(text, 0);
}

void WsApiSession::refuse(const std::string& id_json, const VenueError& error) {
  JsonRequest request;
  request.id_json = id_json;
  venue_.usage.add_weight(1, venue_.clock.now());
  deliver(reply_json(request, nullptr, nullptr, std::unexpected{error}), {});
}

std::string WsApiSession::reply_json(const JsonRequest& request, const Method* method,
                                     const SimAccountId* account, const ApiResult& result) const {
  JsonOut out;
  out.open_object().key("id").raw(request.id_json);
  if (result) {
    out.field("status", 200).key("result").raw(*result);
  } else {
    out.field("status", result.error().http_status)
        .key("error")
        .raw(error_json(result.error().code, result.error().message));
  }
  const auto wish = request.params.find("returnRateLimits");
  if (wish ? *wish != "false" : returns_rate_limits_) {
    const bool shows_orders = method != nullptr && method->rule.name == "order.place";
    out.key("rateLimits")
        .raw(venue_.usage.rate_limits_json(shows_orders ? account : nullptr, venue_.clock.now()));
  }
  return out.close_object().take();
}

WsApiSession::Identity WsApiSession::authenticate(const Params& params,
                                                  bool needs_signature) const {
  const auto check_time = [&params, this](SimAccountId account) -> Identity {
    const auto timing = Authenticator::check_timing(params, venue_.clock.now());
    if (!timing) return std::unexpected{timing.error()};
    return account;
  };
  // A key and signature of its own override the session's.
  const bool is_by_session = logon_ && !params.has("apiKey") && !params.has("signature");
  if (is_by_session && needs_signature) return check_time(logon_->account);
  const auto api_key = params.required("apiKey");
  if (!api_key) return std::unexpected{api_key.error()};
  const auto key = venue_.authenticator.identify(*api_key);
  if (!key) return std::unexpected{key.error()};
  if (!params.has("timestamp")) return std::unexpected{missing_parameter("timestamp")};
  const auto signature = params.required("signature");
  if (!signature) return std::unexpected{signature.error()};
  const auto verified = venue_.authenticator.verify(*api_key, params.sorted_payload(), *signature);
  if (!verified) return std::unexpected{verified.error()};
  return check_time(verified->account);
}

ApiResult WsApiSession::call_session(std::string_view name, const Params& params) {
  venue_.usage.add_weight(VenueApi::find_method(name)->rule.weight, venue_.clock.now());
  if (name == "session.logon") return logon(params);
  if (name == "session.status") return status_json();
  if (name == "session.logout") return logout();
  if (name == "session.subscriptions") return subscriptions_json();
  if (name == "userDataStream.subscribe") return subscribe_by_logon();
  if (name == "userDataStream.subscribe.signature") return subscribe_by_signature(params);
  return unsubscribe(params);
}

ApiResult WsApiSession::logon(const Params& params) {
  const Identity identity = authenticate(params, false);
  if (!identity) return std::unexpected{identity.error()};
  const std::string api_key{*params.find("apiKey")};
  const auto key = venue_.authenticator.identify(api_key);
  // Only Ed25519 keys may log on (Binance: authenticate after connection).
  if (!key || key->type != KeyType::kEd25519) return std::unexpected{invalid_key()};
  logon_ = Logon{api_key, *identity, venue_.clock.now()};
  return status_json();
}

ApiResult WsApiSession::logout() {
  logon_.reset();
  if (logon_subscription_) {
    venue_.users.remove(sink_, *logon_subscription_);
    subscriptions_.erase(*logon_subscription_);
    logon_subscription_.reset();
  }
  return status_json();
}

ApiResult WsApiSession::subscribe_by_logon() {
  if (!logon_) return std::unexpected{invalid_key()};
  return subscribe(logon_->account, true);
}

ApiResult WsApiSession::subscribe_by_signature(const Params& params) {
  const Identity identity = authenticate(params, false);
  if (!identity) return std::unexpected{identity.error()};
  return subscribe(*identity, false);
}

ApiResult WsApiSession::subscribe(SimAccountId account, bool is_by_logon) {
  for (const auto& [id, subscribed] : subscriptions_) {
    if (subscribed == account) {
      return std::unexpected{
          VenueError{400, -2035, "User Data Stream subscription already active."}};
    }
  }
  const std::uint64_t id = next_subscription_id_++;
  subscriptions_[id] = account;
  if (is_by_logon) logon_subscription_ = id;
  venue_.users.add(sink_, id, account);
  return JsonOut{}.open_object().field("subscriptionId", id).close_object().take();
}

ApiResult WsApiSession::unsubscribe(const Params& params) {
  const auto id = params.whole("subscriptionId");
  if (!id) return std::unexpected{id.error()};
  if (*id ? !subscriptions_.contains(**id) : subscriptions_.empty()) {
    return std::unexpected{VenueError{400, -2036, "User Data Stream subscription not active."}};
  }
  if (*id) {
    venue_.users.remove(sink_, **id);
    subscriptions_.erase(**id);
  } else {
    venue_.users.remove_all(sink_);
    subscriptions_.clear();
  }
  if (logon_subscription_ && !subscriptions_.contains(*logon_subscription_)) {
    logon_subscription_.reset();
  }
  return "{}";
}

std::string WsApiSession::status_json() const {
  JsonOut out;
  out.open_object();
  if (logon_) {
    out.field("apiKey", logon_->api_key).field("authorizedSince", logon_->since);
  } else {
    out.key("apiKey").null().key("authorizedSince").null();
  }
  return out.field("connectedSince", connected_)
      .field("returnRateLimits", returns_rate_limits_)
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
