// Orders a second over a real connection, TLS on loopback: the whole venue against a program that
// sends back as many bytes and knows nothing. One client program asks both, with as many requests
// under way.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "bench/bare_trader.hpp"
#include "bench/bench_list.hpp"
#include "bench/live_venue.hpp"
#include "bench/loopback_line.hpp"
#include "core/check.hpp"
#include "core/unique_fd.hpp"
#include "sim/net/ws_frame.hpp"
#include "tests/sim/signing.hpp"

namespace portcullis::bench {

namespace {

constexpr int kUnderWay = 64;

// One end of a WebSocket over TLS that blocks.
class TlsLine {
 public:
  TlsLine(UniqueFd fd, SSL_CTX* context, bool is_client)
      : fd_{std::move(fd)},
        ssl_{SSL_new(context), SSL_free} {
    SSL_set_fd(ssl_.get(), fd_.get());
    const int shaken = is_client ? SSL_connect(ssl_.get()) : SSL_accept(ssl_.get());
    PORTCULLIS_CHECK(shaken == 1, "no TLS");
  }

  void send(std::string_view bytes) {
    const int sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    PORTCULLIS_CHECK(sent == static_cast<int>(bytes.size()), "the peer has hung up");
  }
  // The head of an HTTP message.
  void read_head() {
    std::string_view held;
    while (held.find("\r\n\r\n") == std::string_view::npos) {
      PORTCULLIS_CHECK(read_some(), "no upgrade");
      held = {bytes_.data(), held_};
    }
    drop(held.find("\r\n\r\n") + 4);
  }
  // The payloads that one read brings, masked or not, go to `on_frame`; false at the end of the
  // line.
  template <class OnFrame>
  bool read_frames(OnFrame&& on_frame) {
    if (!read_some()) return false;
    const std::string_view rest = take_frames({bytes_.data(), held_}, on_frame);
    drop(held_ - rest.size());
    return true;
  }

 private:
  bool read_some() {
    const int count =
        SSL_read(ssl_.get(), bytes_.data() + held_, static_cast<int>(bytes_.size() - held_));
    if (count > 0) held_ += static_cast<std::size_t>(count);
    return count > 0;
  }
  void drop(std::size_t count) {
    held_ -= count;
    std::memmove(bytes_.data(), bytes_.data() + count, held_);
  }

  UniqueFd fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::array<char, 128 << 10> bytes_;
  std::size_t held_{0};
};

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

class Client {
 public:
  explicit Client(std::uint16_t port) : line_{connect_to(port), context_.get(), true} {
    line_.send(
        "GET /ws-api/v3 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n");
    line_.read_head();
  }

  // Until `count` replies are there; the last one.
  std::string exchange(std::string_view frames, int count) {
    std::string last;
    line_.send(frames);
    while (count > 0) {
      const bool has_more = line_.read_frames([&](std::string_view payload) {
        if (--count == 0) last = payload;
      });
      PORTCULLIS_CHECK(has_more, "the venue has hung up");
    }
    return last;
  }

 private:
  Context context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  TlsLine line_;
};

// Answers each frame with one of a fixed size: all that came in one read, in one write.
class BareEcho {
 public:
  BareEcho(const std::string& certificates, std::size_t reply_size) {
    const bool has_key =
        SSL_CTX_use_certificate_chain_file(context_.get(),
                                           (certificates + "/server.pem").c_str()) == 1 &&
        SSL_CTX_use_PrivateKey_file(context_.get(), (certificates + "/server_key.pem").c_str(),
                                    SSL_FILETYPE_PEM) == 1;
    PORTCULLIS_CHECK(has_key, "no certificate");
    thread_ = std::thread{[this, reply_size] { serve_one(std::string(reply_size, 'x')); }};
  }
  ~BareEcho() { thread_.join(); }
  BareEcho(const BareEcho&) = delete;
  BareEcho& operator=(const BareEcho&) = delete;
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

 private:
  void serve_one(const std::string& reply) {
    TlsLine line{listener_.accept(), context_.get(), false};
    line.read_head();
    line.send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    std::string out;
    while (line.read_frames(
        [&](std::string_view) { sim::append_frame(out, sim::WsOpcode::kText, reply); })) {
      if (!out.empty()) line.send(out);
      out.clear();
    }
  }

  Context context_{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  LoopbackListener listener_;
  std::thread thread_;
};

// Orders that rest, each with an id of its own.
std::string order_text(int number) {
  const std::string id = std::to_string(1'000'000 + number);
  return R"({"id":)" + id +
         R"(,"method":"order.place","params":{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT",)"
         R"("timeInForce":"GTC","quantity":"0.00100","price":")" +
         std::to_string(50'000 + number % 1'000) + R"(.10","newClientOrderId":"bench-)" + id +
         R"(","recvWindow":60000,"timestamp":)" + sim::test::now_ms_text() + "}}";
}

std::string logon_text(const LiveVenue& venue) {
  return sim::test::logon_text(venue.server().keys().at("main").ed25519_api_key,
                               sim::test::SigningKey::read(venue.folder() + "/ed25519_private.pem"),
                               sim::test::now_ms_text());
}

}  // namespace

void bench_order_line(Reporter& reporter) {
  if (!reporter.wants("sim_ws_order_place")) return;
  constexpr int kRounds = 200;
  Figure figure{
      "sim_ws_order_place",
      "orders that rest over one WebSocket with TLS on loopback, 64 under way, one order; "
      "means of 64, 200 times",
      "a program that sends back as many bytes"};
  figure.reference.emplace();
  LiveVenue venue;
  Client client{venue.server().tls_port()};
  const std::string logon = client.exchange(masked_frame(logon_text(venue)), 1);
  PORTCULLIS_CHECK(logon.find(R"("status":200)") != std::string::npos, "the logon was refused");
  int number = 0;
  const auto some_orders = [&number] {
    std::string frames;
    for (int i = 0; i < kUnderWay; ++i) frames += masked_frame(order_text(++number));
    return frames;
  };
  const std::string placed = client.exchange(some_orders(), kUnderWay);
  PORTCULLIS_CHECK(placed.find(R"("status":"NEW")") != std::string::npos, "an order was refused");
  BareEcho echo{venue.folder(), placed.size()};
  {
    Client bare{echo.port()};
    for (int round = 0; round < kRounds; ++round) {
      const std::string frames = some_orders();
      for (auto [who, samples] :
           {std::pair{&client, &figure.ours}, std::pair{&bare, &*figure.reference}}) {
        const MonoTime begin = reporter.clock().now();
        const std::string last = who->exchange(frames, kUnderWay);
        samples->add(static_cast<double>((reporter.clock().now() - begin).count()) / kUnderWay);
        PORTCULLIS_CHECK(who == &bare || last.find(R"("status":"NEW")") != std::string::npos,
                         "an order was refused");
      }
    }
  }
  reporter.report(figure);
  reporter.remark("  sim_ws_order_place: " +
                  std::to_string(static_cast<std::int64_t>(1e9 / figure.ours.quantile(0.5))) +
                  " orders a second");
}

}  // namespace portcullis::bench
