#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/net/backoff.hpp"
#include "core/net/connection_source.hpp"
#include "core/net/ws_connection.hpp"

namespace portcullis::net {

// Turns the blocking work of connecting into something a hot agent can ask for without waiting: a
// cold thread of its own connects, with jittered exponential backoff between failures, and hands
// the open connection over. One Connector serves one agent's one endpoint.
class Connector final : public ConnectionSource {
 public:
  // A connection that lived less than this counts as a failure for the wait before the next: a
  // venue that accepts and drops at once must not be hammered.
  static constexpr std::chrono::seconds kShortLife{10};

  // `seed` makes the jitter reproducible.
  Connector(Endpoint endpoint, WsLimits limits, BackoffPolicy backoff, std::uint64_t seed);
  // Stops and joins the thread, calling off a connect under way. A connection still with the agent
  // must have been retired before.
  ~Connector() override;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  void request() noexcept override;
  [[nodiscard]] WsConnection* take() noexcept override;
  void retire(WsConnection* connection) noexcept override;
  [[nodiscard]] std::string last_error() const override;

  [[nodiscard]] std::uint64_t failures() const noexcept override;

  [[nodiscard]] std::uint64_t attempts() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Connections of threads of their own.
class ThreadedConnections final : public ConnectionMaker {
 public:
  [[nodiscard]] std::unique_ptr<ConnectionSource> make(Endpoint endpoint, const WsLimits& limits,
                                                       const BackoffPolicy& backoff,
                                                       std::uint64_t seed) override {
    return std::make_unique<Connector>(std::move(endpoint), limits, backoff, seed);
  }
};

}  // namespace portcullis::net
