#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/net/endpoint.hpp"
#include "tests/net/test_certificates.hpp"

namespace portcullis::net::test {

struct ServerFrame {
  int opcode{0};  // RFC 6455: 1 text, 2 binary, 8 close, 9 ping, 10 pong
  bool is_last{true};
  bool is_masked{false};
  std::string payload;  // unmasked
};

// One accepted connection, on the server's side. Every read gives up after ten seconds.
class ServerPeer {
 public:
  virtual ~ServerPeer() = default;

  // Answers the upgrade (by Beast's server role); the request's target.
  virtual std::string accept_upgrade() = 0;
  // A text message by Beast; a text or binary message by Beast, nullopt when the client is gone.
  virtual void send_text(std::string_view text) = 0;
  virtual std::optional<std::string> read_message() = 0;

  // Below Beast: the bytes as they are, under TLS where the server speaks it.
  virtual void send_raw(std::string_view bytes) = 0;
  // One frame as the client sent it; nullopt when the client is gone.
  virtual std::optional<ServerFrame> read_frame() = 0;
  // An HTTP request's head.
  virtual std::string read_head() = 0;

  // TLS 1.3: new keys from the next byte on, and the client is asked for new ones of its own.
  virtual void update_keys() = 0;
  // Ends the connection with a reset instead of a FIN.
  virtual void reset() = 0;
  // Blocks until the client is gone, reading nothing but that.
  virtual void await_end() = 0;
};

// A frame as a server sends it; `first` is FIN, RSV and opcode.
[[nodiscard]] std::string server_frame(std::uint8_t first, std::string_view payload);

struct ServerOptions {
  std::optional<Credentials> credentials;  // none: plain
  bool is_tls11_only{false};
  // Each connection is served on a thread of its own; the script must bear that.
  bool is_concurrent{false};
};

// A real server on a loopback port of the kernel's choice, with one thread unless told otherwise;
// `script` is run for each connection in turn, which is closed when it returns. Exceptions end that
// connection's script only.
class LoopbackServer {
 public:
  using Script = std::move_only_function<void(ServerPeer&)>;

  LoopbackServer(const ServerOptions& options, Script script);
  ~LoopbackServer();  // stops and joins
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] int connection_count() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net::test
