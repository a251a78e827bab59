#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/net/byte_stream.hpp"
#include "core/net/deadline.hpp"
#include "core/net/endpoint.hpp"
#include "core/time.hpp"

namespace portcullis::net {

// One WebSocket connection, plain or TLS. Connecting blocks and allocates (cold threads only, see
// Connector); reading and writing never block and, once connected, never allocate (hot threads).
//
// Owned by one thread at a time; handing it over through a ring is the way from the cold connector
// to a hot agent and back.

struct WsLimits {
  std::size_t message_bytes_max{8u << 20};
  // Raised to what one message of the size above needs.
  std::size_t receive_buffer_bytes{16u << 20};
  // TCP, TLS and upgrade together. Name resolution comes before, under the system's own timeouts.
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
  // The longest text try_write takes. A longer one closes the connection, unsent.
  static constexpr std::size_t kTextBytesMax = 64u << 10;

  // Cold. Resolves, connects, does TLS (SNI, chain and host name verified) and the upgrade. The
  // error text names the endpoint, the step and the cause. Setting `*abandon` from another thread
  // calls it off within a few tens of milliseconds.
  static std::expected<std::unique_ptr<WsConnection>, std::string> connect(
      const Endpoint& endpoint, const WsLimits& limits, const std::atomic<bool>* abandon = nullptr);
  // Cold. The upgrade alone, on a stream that is open.
  static std::expected<std::unique_ptr<WsConnection>, std::string> upgrade(
      std::unique_ptr<ByteStream> stream, const Endpoint& endpoint, const WsLimits& limits,
      const Deadline& deadline);
  // Cold. Sends a close frame and, over TLS, a goodbye, where that needs no wait.
  ~WsConnection();
  WsConnection(const WsConnection&) = delete;
  WsConnection& operator=(const WsConnection&) = delete;

  // Hot. Takes what the socket has, answers pings, hands out at most one message. At most one
  // receive call and about 64 KiB a turn, and no receive call while a whole message is waiting.
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
  // Moment of the last byte received, from the first try_read on; silence is the caller's to judge.
  [[nodiscard]] MonoTime last_received() const noexcept;
  // The epoch while no pong has come.
  [[nodiscard]] MonoTime last_pong() const noexcept;
  // Frames written by try_read itself (pongs), for the caller's message budget.
  [[nodiscard]] std::uint64_t control_frames_sent() const noexcept;
  // Why it closed: a text of ours, or "closed by the peer: <code> <its reason>". For the cold log.
  [[nodiscard]] std::string_view close_reason() const noexcept;

 private:
  struct Impl;
  explicit WsConnection(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net
