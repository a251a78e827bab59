#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "sim/net/certificates.hpp"
#include "sim/net/event_loop.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

struct ConnectionLimits {
  std::size_t request_bytes_max{64u << 10};  // of an HTTP body or a WebSocket message
  std::size_t header_bytes_max{16u << 10};
  std::size_t queue_max{50'000};  // unsent messages, then the connection is cut
  std::chrono::milliseconds http_timeout{30'000};
  std::chrono::milliseconds ping_interval{20'000};
  std::chrono::milliseconds pong_timeout{60'000};
};

// One listening port: HTTP requests and WebSocket upgrades, handed to a service. Its connections
// outlive it; `service` must outlive them, that is the loop.
class Listener {
 public:
  struct Config {
    std::string address{"127.0.0.1"};
    std::uint16_t port{0};                // 0: a free one
    std::optional<CertificateFiles> tls;  // nothing: plain
    ConnectionLimits limits;
  };

  // The error names address, port and cause.
  static std::expected<std::unique_ptr<Listener>, std::string> open(EventLoop& loop,
                                                                    HttpService& service,
                                                                    const Config& config);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  struct Impl;
  Listener(std::shared_ptr<Impl> impl, std::uint16_t port) noexcept;
  std::shared_ptr<Impl> impl_;
  std::uint16_t port_;
};

}  // namespace portcullis::sim
