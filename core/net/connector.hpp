#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "core/net/ws_connection.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis::net {

// Turns the blocking work of connecting into something a hot agent can ask for without waiting: a
// cold thread of its own connects, with jittered exponential backoff between failures, and hands
// the open connection over. One Connector serves one agent's one endpoint.
struct BackoffPolicy {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds max{30'000};
  // After each failure the bound doubles; the wait is drawn uniformly from [bound/2, bound].
};

class Connector {
 public:
  // `seed` makes the jitter reproducible.
  Connector(Endpoint endpoint, WsLimits limits, BackoffPolicy backoff, std::uint64_t seed);
  ~Connector();  // stops and joins the thread
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  // Hot agent: ask for a connection. Idempotent while one is being made.
  void request() noexcept;
  // Hot agent: the connection asked for, or null while there is none yet. The agent owns it and
  // gives it back with retire() when it is done with it.
  [[nodiscard]] WsConnection* take() noexcept;
  // Hot agent: hands a connection back; it is closed and freed on the cold thread.
  void retire(WsConnection* connection) noexcept;

  [[nodiscard]] std::uint64_t attempts() const noexcept;
  [[nodiscard]] std::uint64_t failures() const noexcept;
  // Any cold thread: text of the last failure, empty if none.
  [[nodiscard]] std::string last_error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net
