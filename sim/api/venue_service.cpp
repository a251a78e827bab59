#include "sim/api/venue_service.hpp"

#include "sim/api/ws_api_session.hpp"
#include "sim/streams/stream_session.hpp"

namespace portcullis::sim {

namespace {

constexpr std::string_view kApiPath = "/ws-api/v3";

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

}  // namespace

// Knows its sink to the service for as long as the connection lives.
class VenueService::ApiSession final : public WsService {
 public:
  ApiSession(VenueService& owner, TextSink& sink, bool returns_rate_limits)
      : owner_{owner},
        sink_{sink},
        session_{owner.venue_, sink, returns_rate_limits} {
    owner_.api_sinks_.insert(&sink_);
  }
  ~ApiSession() override { owner_.api_sinks_.erase(&sink_); }
  ApiSession(const ApiSession&) = delete;
  ApiSession& operator=(const ApiSession&) = delete;

  void on_text(std::string_view text) override { session_.on_text(text); }

 private:
  VenueService& owner_;
  TextSink& sink_;
  WsApiSession session_;
};

std::optional<WsKind> VenueService::upgrade_kind(std::string_view target) const {
  const std::string_view path = path_of(target);
  if (path == kApiPath) return WsKind::kApi;
  if (path == "/ws" || path.starts_with("/ws/") || path == "/stream") return WsKind::kStreams;
  return std::nullopt;
}

std::unique_ptr<WsService> VenueService::on_upgrade(const UpgradeRequest& request, TextSink& sink) {
  const std::string& target = request.target;
  const auto kind = upgrade_kind(target);
  if (!kind) return nullptr;
  if (*kind == WsKind::kStreams) {
    return std::make_unique<StreamSession>(venue_.streams, sink, target);
  }
  const bool returns_rate_limits = target.find("returnRateLimits=false") == std::string::npos;
  return std::make_unique<ApiSession>(*this, sink, returns_rate_limits);
}

void VenueService::cut_api_sessions() {
  for (TextSink* sink : api_sinks_) sink->cut();
}

}  // namespace portcullis::sim
