#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::net {

// One WebSocket connection, plain or TLS. Connecting blocks and allocates (cold threads only, see
// Connector); reading and writing never block and, once connected, never allocate (hot threads).
//
// Owned by one thread at a time; handing it over through a ring is the way from the cold connector
// to a hot agent and back.

struct Endpoint {
  std::string host;
  std::uint16_t port{443};
  std::string path;  // with its query: "/stream?streams=btcusdt@trade"
  bool is_tls{true};
  std::string ca_file;  // empty: the system's trust store
};

// "wss://host:port/path" or "ws://..."; says what is wrong otherwise.
[[nodiscard]] std::expected<Endpoint, std::string> parse_ws_url(std::string_view url);
// "https://host:port/path" or "http://...".
[[nodiscard]] std::expected<Endpoint, std::string> parse_http_url(std::string_view url);
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

struct WsLimits {
  std::size_t message_bytes_max{8u << 20};
  std::size_t receive_buffer_bytes{16u << 20};
  std::chrono::milliseconds connect_timeout{5000};
};

enum class WsStatus : std::uint8_t {
  kMessage,  // a whole text or binary message is in `payload`
  kNothing,  // no complete message yet
  kClosed,   // the peer closed, or the transport failed: see close_reason()
};

struct WsMessage {
  WsStatus status{WsStatus::kNothing};
  // Valid until the next try_read; followed by at least 64 readable bytes of slack, which a SIMD
  // parser may read.
  std::string_view payload;
  MonoTime received;  // the `now` of the try_read that completed it
};

class WsConnection {
 public:
  // Cold. Resolves, connects, does TLS (SNI, chain and host name verified) and the upgrade. The
  // error text names the endpoint, the step and the cause.
  static std::expected<std::unique_ptr<WsConnection>, std::string> connect(const Endpoint& endpoint,
                                                                           const WsLimits& limits);
  ~WsConnection();
  WsConnection(const WsConnection&) = delete;
  WsConnection& operator=(const WsConnection&) = delete;

  // Hot. Takes what the socket has, answers pings, hands out at most one message.
  WsMessage try_read(MonoTime now) noexcept;

  enum class WriteStatus : std::uint8_t {
    kSent,     // the kernel has all of it
    kFull,     // nothing was written; the kernel's buffer is full
    kPartial,  // some bytes left, the connection is closed now
    kClosed,   // nothing was written
  };
  // Hot. One masked text frame in one write.
  [[nodiscard]] WriteStatus try_write(std::string_view text) noexcept;
  // Hot. A ping with an empty payload; its pong updates last_pong().
  [[nodiscard]] WriteStatus try_ping() noexcept;

  [[nodiscard]] bool is_open() const noexcept;
  // Moment of the last byte received; silence is the caller's to judge.
  [[nodiscard]] MonoTime last_received() const noexcept;
  [[nodiscard]] MonoTime last_pong() const noexcept;
  // Frames written by try_read itself (pongs), for the caller's message budget.
  [[nodiscard]] std::uint64_t control_frames_sent() const noexcept;
  // Static text, or the peer's close reason; for the cold log.
  [[nodiscard]] std::string_view close_reason() const noexcept;

 private:
  struct Impl;
  explicit WsConnection(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net
