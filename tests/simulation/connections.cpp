#include "tests/simulation/connections.hpp"

#include <utility>

#include "core/net/connector.hpp"

namespace portcullis::simulation {

namespace {

constexpr std::size_t kMessageBytesMax = 256u << 10;
constexpr net::WsLimits kLimits{.message_bytes_max = kMessageBytesMax,
                                .receive_buffer_bytes = 2 * kMessageBytesMax};

}  // namespace

SimulatedConnections::SimulatedConnections(Network& network, std::uint64_t seed)
    : network_{network},
      backoff_{{}, seed} {
}

SimulatedConnections::~SimulatedConnections() = default;

void SimulatedConnections::request() noexcept {
  if (std::exchange(is_requested_, true)) return;
  const MonoTime now = network_.timeline.now().mono;
  if (!connected_at_) return try_at(now);
  if (now - *connected_at_ < net::Connector::kShortLife) return try_at(now + backoff_.next());
  backoff_.reset();
  try_at(now);
}

net::WsConnection* SimulatedConnections::take() noexcept {
  if (ready_ != nullptr) is_requested_ = false;
  return ready_.release();
}

void SimulatedConnections::try_at(MonoTime moment) {
  constexpr auto kHandshakes = std::chrono::milliseconds{3};
  network_.timeline.at(moment + kHandshakes, [this, life = std::weak_ptr{life_}] {
    if (!life.expired()) try_now();
  });
}

void SimulatedConnections::try_now() {
  const net::Endpoint endpoint{
      .host = "venue.simulated", .port = 80, .path = "/ws-api/v3", .is_tls = false, .ca_file = {}};
  if (const auto line = network_.connect(error_); line != nullptr) {
    auto made =
        net::WsConnection::upgrade(std::make_unique<SimulatedStream>(network_, line), endpoint,
                                   kLimits, net::Deadline{std::chrono::seconds{5}});
    if (made) {
      ready_ = std::move(*made);
      connected_at_ = network_.timeline.now().mono;
      return;
    }
    error_ = made.error();
  }
  try_at(network_.timeline.now().mono + backoff_.next());
}

}  // namespace portcullis::simulation
