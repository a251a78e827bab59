#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "core/net/ws_connection.hpp"
#include "tests/net/loopback_server.hpp"
#include "tests/net/test_certificates.hpp"
#include "tests/support/eventually.hpp"

namespace portcullis::net::test {

// Enough for any machine; no test passes by waiting it out.
inline constexpr std::chrono::seconds kPatience{10};

inline Endpoint endpoint_of(const LoopbackServer& server, const TestAuthority* authority) {
  return {.host = "localhost",
          .port = server.port(),
          .path = "/ws/test?x=1",
          .is_tls = authority != nullptr,
          .ca_file = authority == nullptr ? "" : authority->ca_file()};
}

inline WsLimits small_limits() {
  return {.message_bytes_max = 1u << 20,
          .receive_buffer_bytes = 2u << 20,
          .connect_timeout = std::chrono::milliseconds{5000}};
}

// Reads until something other than kNothing comes, giving each turn its own moment from `now` on.
inline WsMessage read_until(WsConnection& connection, MonoTime now = mono_time(1000)) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const WsMessage message = connection.try_read(now);
    if (message.status != WsStatus::kNothing) return message;
    if (std::chrono::steady_clock::now() > give_up) return message;
    std::this_thread::yield();
  }
}

template <class Condition>
bool eventually(Condition&& holds) {
  return portcullis::test::eventually(holds, kPatience);
}

// Each test runs against a plain server and a TLS one.
class WsTest : public testing::TestWithParam<bool> {
 protected:
  // Starts the server with `script` and connects to it; fails the test when that does not work.
  WsConnection& connect(LoopbackServer::Script script, const WsLimits& limits = small_limits()) {
    ServerOptions options;
    if (GetParam()) options.credentials = authority_.issue();
    server_ = std::make_unique<LoopbackServer>(options, std::move(script));
    auto connected = WsConnection::connect(endpoint_of(*server_, authority()), limits);
    if (!connected) throw std::runtime_error{connected.error()};
    connection_ = std::move(*connected);
    return *connection_;
  }
  // The usual script: upgrade, then these bytes, then wait for the client to leave.
  WsConnection& connect_to_bytes(std::string bytes, const WsLimits& limits = small_limits()) {
    return connect(
        [bytes = std::move(bytes)](ServerPeer& peer) {
          peer.accept_upgrade();
          peer.send_raw(bytes);
          peer.await_end();
        },
        limits);
  }
  const TestAuthority* authority() const { return GetParam() ? &authority_ : nullptr; }

  TestAuthority authority_{"portcullis test CA"};
  std::unique_ptr<LoopbackServer> server_;
  // Last, so that it goes first: the server's script waits for that.
  std::unique_ptr<WsConnection> connection_;
};

inline std::string transport_name(const testing::TestParamInfo<bool>& info) {
  return info.param ? "Tls" : "Plain";
}

}  // namespace portcullis::net::test
