#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/net/backoff.hpp"
#include "core/net/connection_source.hpp"
#include "tests/simulation/network.hpp"

namespace portcullis::simulation {

// What net::Connector is in life, on simulated time: the same rules for when to try again, without
// its thread.
class SimulatedConnections final : public net::ConnectionSource {
 public:
  SimulatedConnections(Network& network, Nanos boot, net::Endpoint endpoint,
                       const net::WsLimits& limits, const net::BackoffPolicy& backoff,
                       std::uint64_t seed);
  ~SimulatedConnections() override;
  SimulatedConnections(const SimulatedConnections&) = delete;
  SimulatedConnections& operator=(const SimulatedConnections&) = delete;

  void request() noexcept override;
  [[nodiscard]] net::WsConnection* take() noexcept override;
  void retire(net::WsConnection* connection) noexcept override { delete connection; }
  [[nodiscard]] std::uint64_t failures() const noexcept override { return failures_; }
  [[nodiscard]] std::string last_error() const override { return error_; }

 private:
  void try_at(MonoTime moment);
  void try_now();

  // The gateway's clock, which is not the timeline's once the machine has been started again.
  [[nodiscard]] MonoTime gateway_now() const { return network_.timeline.now().mono - boot_; }

  Network& network_;
  const Nanos boot_;
  net::Endpoint endpoint_;
  const std::shared_ptr<net::AddressBudget> address_;  // may be null
  const net::WsLimits limits_;
  net::Backoff backoff_;
  std::unique_ptr<net::WsConnection> ready_;
  std::optional<MonoTime> connected_at_;
  std::uint64_t failures_{0};
  std::string error_;
  bool is_requested_{false};
  std::shared_ptr<bool> life_{std::make_shared<bool>(true)};
};

class SimulatedConnectionMaker final : public net::ConnectionMaker {
 public:
  // `boot`: by how much the gateway's clock is behind the timeline's.
  SimulatedConnectionMaker(Network& network, Nanos boot) : network_{network}, boot_{boot} {}
  [[nodiscard]] std::unique_ptr<net::ConnectionSource> make(net::Endpoint endpoint,
                                                            const net::WsLimits& limits,
                                                            const net::BackoffPolicy& backoff,
                                                            std::uint64_t seed) override {
    return std::make_unique<SimulatedConnections>(network_, boot_, std::move(endpoint), limits,
                                                  backoff, seed);
  }

 private:
  Network& network_;
  Nanos boot_;
};

}  // namespace portcullis::simulation
