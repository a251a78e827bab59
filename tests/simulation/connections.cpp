#include "tests/simulation/connections.hpp"

#include <utility>

#include "core/net/connector.hpp"

namespace portcullis::simulation {

SimulatedConnections::SimulatedConnections(Network& network, Nanos boot, net::Endpoint endpoint,
                                           const net::WsLimits& limits,
                                           const net::BackoffPolicy& backoff, std::uint64_t seed)
    : network_{network},
      boot_{boot},
      endpoint_{std::move(endpoint)},
      address_{std::move(endpoint_.address)},
      limits_{limits},
      backoff_{backoff, seed} {
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
  if (address_ != nullptr && gateway_now() < address_->blocked_until()) {
    ++failures_;
    return try_at(network_.timeline.now().mono + backoff_.next());
  }
  if (address_ != nullptr && !address_->try_take_connection(endpoint_.party, gateway_now())) {
    ++failures_;
    return try_at(network_.timeline.now().mono + backoff_.next());
  }
  if (const auto line = network_.connect(error_); line != nullptr) {
    auto made =
        net::WsConnection::upgrade(std::make_unique<SimulatedStream>(network_, line), endpoint_,
                                   limits_, net::Deadline{std::chrono::seconds{5}});
    if (made) {
      ready_ = std::move(*made);
      connected_at_ = network_.timeline.now().mono;
      return;
    }
    error_ = made.error();
    if (address_ != nullptr && line->refusal().status != 0) {
      address_->note_refusal(endpoint_.party, line->refusal().status, line->refusal().retry_after_s,
                             gateway_now());
    }
  }
  ++failures_;
  try_at(network_.timeline.now().mono + backoff_.next());
}

}  // namespace portcullis::simulation
