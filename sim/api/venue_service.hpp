#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/api/rest_api.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// The venue's own port: REST, market streams and the WebSocket API, told apart by path. One thread.
class VenueService final : public HttpService {
 public:
  explicit VenueService(VenueCore& venue);

  void on_request(const HttpRequest& request, Responder responder) override {
    rest_.answer(request, std::move(responder));
  }
  std::unique_ptr<WsService> on_upgrade(const UpgradeRequest& request, TextSink& sink) override;
  [[nodiscard]] std::optional<WsKind> upgrade_kind(std::string_view target) const override;

  // A banned address, one that connects too often, and a URL that cannot be (Binance: timeUnit).
  std::optional<HttpReply> refuse_upgrade(const UpgradeRequest& request, WsKind kind) override;
  void on_flood(std::string_view remote) override;

  // What the WebSockets listen to, by connection: stream names, "user:ACCOUNT".
  [[nodiscard]] std::map<std::uint64_t, std::vector<std::string>> subscriptions();

 private:
  // One WebSocket connection, known to the service for as long as it lives.
  class Connection;

  void close_all_from(std::string_view address);
  void announce_shutdown(Connection& connection);

  VenueCore& venue_;
  RestApi rest_;
  std::set<Connection*> connections_;
};

}  // namespace portcullis::sim
