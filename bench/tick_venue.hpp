#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "tests/net/loopback_server.hpp"
#include "tests/net/test_certificates.hpp"

namespace portcullis::bench {

// Both ends of a wire-to-wire measurement: sends one tick when told to over one TLS WebSocket,
// waits for the order on another, and takes the time of both.
class TickVenue {
 public:
  explicit TickVenue(const MonoClock& clock);
  ~TickVenue();
  TickVenue(const TickVenue&) = delete;
  TickVenue& operator=(const TickVenue&) = delete;

  [[nodiscard]] std::uint16_t tick_port() const { return ticks_->port(); }
  [[nodiscard]] std::uint16_t order_port() const { return orders_->port(); }
  [[nodiscard]] const std::string& ca_file() const { return authority_.ca_file(); }

  void send_tick();
  [[nodiscard]] int orders_seen() const { return orders_seen_.load(std::memory_order_acquire); }
  // Of the last order: from the tick's send to the order's arrival.
  [[nodiscard]] std::int64_t wire_to_wire_ns() const {
    return arrived_ns_.load() - sent_ns_.load();
  }

 private:
  void serve_ticks(net::test::ServerPeer& peer);
  void serve_orders(net::test::ServerPeer& peer);

  const MonoClock& clock_;
  net::test::TestAuthority authority_{"tick-to-trade"};
  std::atomic<bool> stop_{false};
  std::atomic<int> ticks_wanted_{0};
  std::atomic<int> orders_seen_{0};
  std::atomic<std::int64_t> sent_ns_{0};
  std::atomic<std::int64_t> arrived_ns_{0};
  std::unique_ptr<net::test::LoopbackServer> orders_;
  std::unique_ptr<net::test::LoopbackServer> ticks_;
};

}  // namespace portcullis::bench
