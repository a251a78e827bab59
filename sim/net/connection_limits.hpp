#pragma once

#include <chrono>
#include <cstddef>

namespace portcullis::sim {

// What one connection may do; the defaults are the venue's where it names one (Binance: WebSocket
// streams, general information).
struct ConnectionLimits {
  std::size_t request_bytes_max{64u << 10};  // of an HTTP body or a WebSocket message
  std::size_t header_bytes_max{16u << 10};
  std::size_t queue_max{50'000};  // unsent messages, then the connection is cut
  std::size_t queue_bytes_max{64u << 20};
  // For a request to come whole, for its reply to be taken, and for an idle connection.
  std::chrono::milliseconds http_timeout{30'000};
  std::chrono::milliseconds ping_interval{20'000};
  std::chrono::milliseconds pong_timeout{60'000};
  std::chrono::milliseconds close_timeout{5'000};  // for the peer's close frame
  std::chrono::milliseconds ws_life{24 * 3'600'000};
  // Of a client on a stream connection, pings, pongs and controls included; then it is cut. 0: no
  // limit.
  int incoming_per_second_max{5};
  std::size_t connections_max{50'000};  // of a port; more are closed as they come
};

}  // namespace portcullis::sim
