#include "sim/api/venue_service.hpp"

#include "sim/api/time_unit_param.hpp"
#include "sim/api/ws_api_session.hpp"
#include "sim/json/json_out.hpp"
#include "sim/latency/latency_sink.hpp"
#include "sim/streams/stream_session.hpp"

namespace portcullis::sim {

namespace {

constexpr std::string_view kApiPath = "/ws-api/v3";

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::expected<TimeUnit, VenueError> time_unit_of(std::string_view target) {
  const std::size_t question = target.find('?');
  if (question == std::string_view::npos) return TimeUnit::kMilliseconds;
  Params query;
  query.add_encoded(target.substr(question + 1));
  return read_time_unit(query.find("timeUnit").value_or(""));
}

}  // namespace

class VenueService::Connection final : public WsService {
 public:
  Connection(VenueService& owner, TextSink& sink, const UpgradeRequest& request, bool is_api)
      : owner_{owner},
        slow_sink_{is_api ? slow_way_out(owner.venue_, sink) : nullptr},
        sink_{slow_sink_ != nullptr ? *slow_sink_ : sink},
        remote_{request.remote},
        session_{
            is_api ? api_session(owner.venue_, sink_, request)
                   : std::make_unique<StreamSession>(owner.venue_.streams, sink_, request.target)},
        is_api_{is_api} {
    owner_.connections_.insert(this);
  }
  ~Connection() override { owner_.connections_.erase(this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_text(std::string_view text) override { session_->on_text(text); }
  void on_shutdown_notice() override { owner_.announce_shutdown(*this); }

  [[nodiscard]] TextSink& sink() noexcept { return sink_; }
  [[nodiscard]] const std::string& remote() const noexcept { return remote_; }
  [[nodiscard]] bool is_api() const noexcept { return is_api_; }

 private:
  // Null when reports take no time.
  static std::shared_ptr<LatencySink> slow_way_out(VenueCore& venue, TextSink& sink) {
    if (venue.latency.is_zero()) return nullptr;
    return std::make_shared<LatencySink>(sink, venue.latency, venue.scheduler);
  }
  static std::unique_ptr<WsService> api_session(VenueCore& venue, TextSink& sink,
                                                const UpgradeRequest& request) {
    const WsApiOptions options{
        .remote = request.remote,
        .returns_rate_limits = request.target.find("returnRateLimits=false") == std::string::npos,
        .time_unit = time_unit_of(request.target).value_or(TimeUnit::kMilliseconds)};
    return std::make_unique<WsApiSession>(venue, sink, options);
  }

  VenueService& owner_;
  const std::shared_ptr<LatencySink> slow_sink_;
  TextSink& sink_;
  const std::string remote_;
  const std::unique_ptr<WsService> session_;
  const bool is_api_;
};

VenueService::VenueService(VenueCore& venue) : venue_{venue}, rest_{venue} {
  venue_.usage.set_ban_listener([this](std::string_view address) { close_all_from(address); });
}

std::optional<WsKind> VenueService::upgrade_kind(std::string_view target) const {
  const std::string_view path = path_of(target);
  if (path == kApiPath) return WsKind::kApi;
  if (path == "/ws" || path.starts_with("/ws/") || path == "/stream") return WsKind::kStreams;
  return std::nullopt;
}

std::optional<HttpReply> VenueService::refuse_upgrade(const UpgradeRequest& request, WsKind kind) {
  IpUsage& ip = venue_.usage.of(request.remote);
  const WallTime now = venue_.clock.now();
  if (const auto refused = venue_.usage.admit_connection(ip, kind == WsKind::kApi, now)) {
    return error_reply(*refused, now);
  }
  const auto unit = time_unit_of(request.target);
  if (!unit) return error_reply(unit.error(), now);
  return std::nullopt;
}

std::unique_ptr<WsService> VenueService::on_upgrade(const UpgradeRequest& request, TextSink& sink) {
  const auto kind = upgrade_kind(request.target);
  if (!kind) return nullptr;
  return std::make_unique<Connection>(*this, sink, request, *kind == WsKind::kApi);
}

// The serverShutdown event (Binance: general WebSocket information).
void VenueService::announce_shutdown(Connection& connection) {
  const WallTime now = venue_.clock.now();
  if (!connection.is_api()) return venue_.streams.announce_shutdown(connection.sink(), now);
  venue_.gate.send(connection.sink(),
                   std::make_shared<const std::string>(JsonOut{}
                                                           .open_object()
                                                           .key("event")
                                                           .open_object()
                                                           .field("e", "serverShutdown")
                                                           .field("E", now)
                                                           .close_object()
                                                           .close_object()
                                                           .take()));
}

void VenueService::on_flood(std::string_view remote) {
  venue_.usage.on_flood(venue_.usage.of(remote), venue_.clock.now());
}

std::map<std::uint64_t, std::vector<std::string>> VenueService::subscriptions() {
  std::map<std::uint64_t, std::vector<std::string>> found;
  for (Connection* connection : connections_) {
    TextSink& sink = connection->sink();
    std::vector<std::string>& names = found[sink.connection_id()];
    if (!connection->is_api()) {
      names = venue_.streams.subscriptions(sink);
      continue;
    }
    for (const SimAccountId account : venue_.users.accounts_of(sink)) {
      names.push_back("user:" + std::string{venue_.accounts.name_of(account)});
    }
  }
  return found;
}

// A little later, so that the one whose request was the last too many is told why.
void VenueService::close_all_from(std::string_view address) {
  constexpr std::uint16_t kPolicyViolation = 1'008;
  for (Connection* connection : connections_) {
    if (connection->remote() != address) continue;
    venue_.scheduler.after(std::chrono::microseconds{0}, [weak = connection->sink().weak()] {
      if (const auto sink = weak.lock()) sink->close(kPolicyViolation, "banned");
    });
  }
}

}  // namespace portcullis::sim
