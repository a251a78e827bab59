#include "tests/sim/fuzz/fuzz_venue.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "core/check.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/net/http_connection.hpp"
#include "tests/sim/fuzz/fuzz_keys.hpp"

namespace portcullis::sim::fuzz {

namespace {

// A fuzzer cannot guess a signature: one that is there, whatever it says, becomes the right one.
class SigningService final : public HttpService {
 public:
  explicit SigningService(VenueCore& venue) : service_{venue} {}

  void on_request(const HttpRequest& request, Responder responder) override {
    HttpRequest copy{request};
    sign(copy.query, copy.body);
    service_.on_request(copy, std::move(responder));
  }
  std::unique_ptr<WsService> on_upgrade(const UpgradeRequest& request, TextSink& sink) override {
    return service_.on_upgrade(request, sink);
  }
  [[nodiscard]] std::optional<WsKind> upgrade_kind(std::string_view target) const override {
    return service_.upgrade_kind(target);
  }
  std::optional<HttpReply> refuse_upgrade(const UpgradeRequest& request, WsKind kind) override {
    return service_.refuse_upgrade(request, kind);
  }
  void on_flood(std::string_view remote) override { service_.on_flood(remote); }

 private:
  VenueService service_;
};

}  // namespace

struct FuzzVenue::Impl {
  Impl() : venue{{*symbol_spec_by_name("BTCUSDT")}, loop, {}, 1'000}, service{venue} {
    port = std::make_shared<const PortContext>(loop, service, ConnectionLimits{}, connections);
    venue.clock.freeze();
    venue.clock.set_skew(wall_time(kTimeMs * 1'000'000) - venue.clock.now());
    account = venue.exchange.add_account(
        {{"BTC", Qty::from_units(10), {}}, {"USDT", Qty::from_units(1'000'000), {}}});
    venue.accounts.add("main", account);
    add_keys(venue.authenticator, account);
  }
  ~Impl() {
    if (client >= 0) ::close(client);
    connections.reset();
    loop.discard();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  EventLoop loop;
  VenueCore venue;
  SigningService service;
  SimAccountId account{};
  std::shared_ptr<Connections> connections{std::make_shared<Connections>()};
  std::shared_ptr<const PortContext> port;
  int client{-1};
  int clients{0};
};

FuzzVenue::FuzzVenue() : impl_{std::make_unique<Impl>()} {
}
FuzzVenue::~FuzzVenue() = default;

// Each from an address of its own: the ban of one is not that of the next.
void FuzzVenue::connect() {
  if (impl_->client >= 0) (void)finish();
  received_.clear();
  int ends[2]{};  // NOLINT(*-avoid-c-arrays): socketpair's own form
  const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
  PORTCULLIS_CHECK(made == 0, "no socket pair");
  impl_->client = ends[0];
  ByteStream stream{impl_->loop, ends[1], nullptr, impl_->connections->shared_fault_counts()};
  ConnectionInfo info{impl_->connections->next_id(), std::nullopt,
                      "10.0.0." + std::to_string(++impl_->clients)};
  const auto connection =
      std::make_shared<HttpConnection>(impl_->port, std::move(info), std::move(stream));
  impl_->connections->add(connection);
  connection->start();
}

void FuzzVenue::send(std::string_view bytes, std::size_t step) {
  std::size_t turn = 0;
  while (!bytes.empty()) {
    const std::size_t wanted = step == 0 ? bytes.size() : 1 + (turn++ * 7) % step;
    const std::string_view piece = bytes.substr(0, wanted);
    const ssize_t sent = ::send(impl_->client, piece.data(), piece.size(), MSG_NOSIGNAL);
    settle();
    // The server has closed, or waits until its replies are taken, which settle() has done.
    if (sent <= 0 && errno != EAGAIN) return;
    if (sent <= 0 && step == 0) return;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent <= 0) return;
  }
}

std::string FuzzVenue::finish() {
  ::shutdown(impl_->client, SHUT_WR);
  settle();
  ::close(std::exchange(impl_->client, -1));
  settle();
  return std::exchange(received_, {});
}

const std::string& FuzzVenue::logon_request() {
  static const std::string text = signed_logon(kTimeMs);
  return text;
}

// Until neither side has anything to do.
void FuzzVenue::settle() {
  boost::asio::io_context& context = impl_->loop.native();
  constexpr int kTurnsMax = 100'000;
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    context.restart();
    const bool has_run = context.poll() > 0;
    const bool has_received = impl_->client >= 0 && receive();
    if (!has_run && !has_received) return;
  }
  PORTCULLIS_CHECK(false, "the venue does not come to rest");
}

bool FuzzVenue::receive() {
  std::array<char, 16'384> room;
  const ssize_t count = ::recv(impl_->client, room.data(), room.size(), 0);
  if (count <= 0) return false;
  received_.append(room.data(), static_cast<std::size_t>(count));
  constexpr std::size_t kMost = 64u << 20;
  PORTCULLIS_CHECK(received_.size() < kMost, "a few bytes are answered without end");
  return true;
}

void FuzzVenue::check() {
  connect();
  send("GET /api/v3/ping HTTP/1.1\r\nHost: venue\r\n\r\n");
  PORTCULLIS_CHECK(received_.starts_with("HTTP/1.1 200 ") && received_.ends_with("\r\n\r\n{}"),
                   "the venue does not answer a ping");
  (void)finish();
  const auto is_sound = [](const Balance& balance) {
    return balance.free >= Qty{} && balance.locked >= Qty{};
  };
  PORTCULLIS_CHECK(std::ranges::all_of(impl_->venue.exchange.balances(impl_->account), is_sound),
                   "a balance below zero");
  PORTCULLIS_CHECK(impl_->connections->size() == 0, "a connection that has ended is still kept");
}

}  // namespace portcullis::sim::fuzz
