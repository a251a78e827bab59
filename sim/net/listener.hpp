#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/certificates.hpp"
#include "sim/net/connection_limits.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/event_loop.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// One listening port: HTTP requests and WebSocket upgrades, handed to a service. Its connections
// live as long as the Connections they are in; loop and service must outlive both.
class Listener {
 public:
  struct Config {
    std::string address{"127.0.0.1"};
    std::uint16_t port{0};                // 0: a free one
    std::optional<CertificateFiles> tls;  // nothing: plain
    ConnectionLimits limits;
    std::shared_ptr<Connections> connections{};  // nothing: its own
    // Of each HTTP reply that does not say them itself; names in lower case.
    std::vector<std::pair<std::string, std::string>> reply_headers{};
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
