#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/net/backoff.hpp"
#include "core/net/endpoint.hpp"
#include "core/net/ws_connection.hpp"

namespace portcullis::net {

// Where an agent's connections come from: a thread of its own (Connector), or a simulation.
class ConnectionSource {
 public:
  virtual ~ConnectionSource() = default;
  ConnectionSource(const ConnectionSource&) = delete;
  ConnectionSource& operator=(const ConnectionSource&) = delete;

  // Hot agent: ask for a connection. Idempotent while one is being made.
  virtual void request() noexcept = 0;
  // Hot agent: the connection asked for, or null while there is none yet. The agent owns it and
  // gives it back with retire() when it is done with it.
  [[nodiscard]] virtual WsConnection* take() noexcept = 0;
  // Hot agent: hands a connection back; it is closed and freed elsewhere.
  virtual void retire(WsConnection* connection) noexcept = 0;

  // Any thread: attempts that failed so far.
  [[nodiscard]] virtual std::uint64_t failures() const noexcept = 0;
  // Any cold thread: text of the last failure, empty if none.
  [[nodiscard]] virtual std::string last_error() const = 0;

 protected:
  ConnectionSource() = default;
};

// Makes the sources. Cold; outlives none of them.
class ConnectionMaker {
 public:
  virtual ~ConnectionMaker() = default;
  // `seed` makes the jitter reproducible.
  [[nodiscard]] virtual std::unique_ptr<ConnectionSource> make(Endpoint endpoint,
                                                               const WsLimits& limits,
                                                               const BackoffPolicy& backoff,
                                                               std::uint64_t seed) = 0;
};

}  // namespace portcullis::net
