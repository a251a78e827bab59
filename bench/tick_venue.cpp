#include "bench/tick_venue.hpp"

namespace portcullis::bench {

TickVenue::TickVenue(const MonoClock& clock) : clock_{clock} {
  net::test::ServerOptions options;
  options.credentials = authority_.issue();
  orders_ = std::make_unique<net::test::LoopbackServer>(
      options, [this](net::test::ServerPeer& peer) { serve_orders(peer); });
  ticks_ = std::make_unique<net::test::LoopbackServer>(
      options, [this](net::test::ServerPeer& peer) { serve_ticks(peer); });
}

TickVenue::~TickVenue() {
  stop_.store(true);
  send_tick();
}

void TickVenue::send_tick() {
  ticks_wanted_.fetch_add(1, std::memory_order_release);
  ticks_wanted_.notify_one();
}

void TickVenue::serve_ticks(net::test::ServerPeer& peer) {
  peer.accept_upgrade();
  for (int sent = 0; !stop_.load();) {
    ticks_wanted_.wait(sent, std::memory_order_acquire);
    ++sent;
    const std::string frame =
        R"({"stream":"btcusdt@bookTicker","data":{"u":)" + std::to_string(50'000'000'000 + sent) +
        R"(,"s":"BTCUSDT","b":"61602.01000000","B":"1.67177000","a":"61602.02000000","A":"2.)" +
        std::to_string(10'000'000 + sent) + R"("}})";
    sent_ns_.store(count_ns(clock_.now()));
    peer.send_text(frame);
  }
}

void TickVenue::serve_orders(net::test::ServerPeer& peer) {
  peer.accept_upgrade();
  while (peer.read_frame()) {
    arrived_ns_.store(count_ns(clock_.now()));
    orders_seen_.fetch_add(1, std::memory_order_release);
  }
}

}  // namespace portcullis::bench
