#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/admin/venue_control.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// The test's side door, on a port of its own: scripts faults, cuts lines, tells the truth. JSON
// bodies over plain HTTP:
//   POST /faults {"action","method",..}   one step (docs/simulator.md)
//   POST /scenario                        TOML, added as a whole
//   GET /faults, DELETE /faults, GET /fault_actions
//   GET /truth[?account=NAME][&since=NS]
//   GET /status                  connections, markets, the last update ids
//   POST /deposit {"account","asset","amount"}
//   POST /depth_gap {"symbol"}   loses the next depth event
//   POST /silence {"stream","on"} freezes a stream, while pings go on
//   POST /disconnect {"what"}    "streams", "ws-api" or "all"
//   POST /clock {"skew_ms"}      moves the venue's clock
//   POST /halt {"symbol","on"}   stops trading of a symbol
// One thread.
class AdminApi final : public HttpService {
 public:
  AdminApi(VenueCore& venue, VenueControl& control) : venue_{venue}, control_{control} {}

  void on_request(const HttpRequest& request, Responder responder) override;
  std::unique_ptr<WsService> on_upgrade(const UpgradeRequest&, TextSink&) override {
    return nullptr;
  }
  [[nodiscard]] std::optional<WsKind> upgrade_kind(std::string_view) const override {
    return std::nullopt;
  }

 private:
  HttpReply act(const HttpRequest& request);
  [[nodiscard]] HttpReply truth(const HttpRequest& request) const;
  [[nodiscard]] HttpReply status() const;
  HttpReply deposit(std::string_view text);
  HttpReply symbol_switch(const HttpRequest& request);
  HttpReply disconnect(std::string_view body);
  HttpReply start_scenario(std::string_view toml);
  HttpReply done(const VenueAction& action);

  VenueCore& venue_;
  VenueControl& control_;
};

}  // namespace portcullis::sim
