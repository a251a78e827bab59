#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/latency/latency_lane.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/request/json_request.hpp"

namespace portcullis::sim {

// What a connection to the WebSocket API asked for in its URL, and where it comes from.
struct WsApiOptions {
  std::string remote{};
  bool returns_rate_limits{true};  // unless a request says otherwise
  TimeUnit time_unit{TimeUnit::kMilliseconds};
};

// One connection to the WebSocket API (Binance: WebSocket API): requests in, replies and the user
// data events of its subscriptions out. One thread.
class WsApiSession final : public WsService {
 public:
  WsApiSession(VenueCore& venue, TextSink& sink, WsApiOptions options);
  ~WsApiSession() override;
  WsApiSession(const WsApiSession&) = delete;
  WsApiSession& operator=(const WsApiSession&) = delete;

  void on_text(std::string_view text) override;

 private:
  struct Logon {
    std::string api_key;
    SimAccountId account;
    WallTime since;
  };
  using Identity = std::expected<Caller, VenueError>;

  // Null, and the refusal sent, when the request has no method that could be carried out.
  const Method* admit(const JsonRequest& request);
  void refuse_broken(const std::expected<JsonRequest, JsonRequestError>& request);
  void answer(JsonRequest request, const Method& method);
  // To the matching engine, which takes time when the venue's latency model or a fault says so.
  void send_in(JsonRequest request, const Method& method, const Caller& caller,
               const RequestFault& fault);
  void carry_out(const JsonRequest& request, const Method& method, const Caller& caller,
                 const RequestFault& fault);
  [[nodiscard]] std::string_view api_key_of(const Params& params) const;
  void end_revoked_logon();

  [[nodiscard]] Caller anybody() const;
  [[nodiscard]] Identity authenticate(const Params& params, Security security) const;
  [[nodiscard]] Identity authenticate_by_logon(const Params& params, Security security) const;
  [[nodiscard]] Identity authenticate_by_key(const Params& params, Security security) const;

  ApiResult call_session(const Method& method, const Params& params);
  ApiResult logon(const Params& params);
  ApiResult logout();
  ApiResult subscribe(SimAccountId account, bool is_by_logon);
  ApiResult subscribe_by_logon();
  ApiResult subscribe_by_signature(const Params& params);
  ApiResult unsubscribe(const Params& params);
  void end_subscription(std::uint64_t id);
  void forget_ended_subscriptions();
  void end_logon();
  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] std::string subscriptions_json() const;

  void deliver(std::string reply, const std::optional<MessageFate>& fate);
  void refuse(std::string_view id_json, const VenueError& error, const Params* params = nullptr);

  VenueCore& venue_;
  TextSink& sink_;
  const WsApiOptions options_;
  IpUsage& ip_;
  const WallTime connected_;
  std::optional<Logon> logon_;
  std::map<std::uint64_t, SimAccountId> subscriptions_;
  std::optional<std::uint64_t> logon_subscription_;
  std::uint64_t next_subscription_id_{0};
  LatencyLane way_in_;
  std::uint64_t number_{0};  // of the request in hand, in the record
  std::shared_ptr<bool> life_{std::make_shared<bool>(true)};  // for what runs later
};

}  // namespace portcullis::sim
