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
#include "sim/net/text_sink.hpp"
#include "sim/request/json_request.hpp"

namespace portcullis::sim {

// One connection to the WebSocket API (Binance: WebSocket API): requests in, replies and the user
// data events of its subscriptions out. One thread.
class WsApiSession final : public WsService {
 public:
  // `returns_rate_limits`: from the URL, unless a request says otherwise.
  WsApiSession(VenueCore& venue, TextSink& sink, bool returns_rate_limits);
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
  using Identity = std::expected<SimAccountId, VenueError>;

  void answer(const JsonRequest& request, const Method& method);
  void carry_out(const JsonRequest& request, const Method& method, SimAccountId account,
                 const std::optional<Fault>& fault);
  [[nodiscard]] Identity authenticate(const Params& params, bool needs_signature) const;
  ApiResult call_session(std::string_view name, const Params& params);
  ApiResult logon(const Params& params);
  ApiResult logout();
  ApiResult subscribe(SimAccountId account, bool is_by_logon);
  ApiResult subscribe_by_logon();
  ApiResult subscribe_by_signature(const Params& params);
  ApiResult unsubscribe(const Params& params);
  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] std::string subscriptions_json() const;

  [[nodiscard]] std::string reply_json(const JsonRequest& request, const Method* method,
                                       const SimAccountId* account, const ApiResult& result) const;
  void deliver(std::string reply, const std::optional<Fault>& fault);
  void refuse(const std::string& id_json, const VenueError& error);

  VenueCore& venue_;
  TextSink& sink_;
  const bool returns_rate_limits_;
  const WallTime connected_;
  std::optional<Logon> logon_;
  std::map<std::uint64_t, SimAccountId> subscriptions_;
  std::optional<std::uint64_t> logon_subscription_;
  std::uint64_t next_subscription_id_{0};
  std::shared_ptr<bool> life_{std::make_shared<bool>(true)};  // for what runs later
};

}  // namespace portcullis::sim
