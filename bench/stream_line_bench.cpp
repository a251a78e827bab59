// Frames a second over a real connection on loopback: the venue with its generated market against a
// program that does nothing but send ready frames.
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/bench_list.hpp"
#include "bench/live_venue.hpp"
#include "core/check.hpp"
#include "sim/markets/market_generator.hpp"
#include "sim/net/ws_frame.hpp"

namespace portcullis::bench {

namespace {

constexpr std::string_view kTicker =
    R"({"u":400900217,"s":"BTCUSDT","b":"61600.12000000","B":"0.31210000",)"
    R"("a":"61600.13000000","A":"0.40660000"})";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  explicit Socket(int handle) : handle_{handle} { PORTCULLIS_CHECK(handle >= 0, "no socket"); }
  ~Socket() { ::close(handle_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

// Subscribes by its URL and counts the frames that come.
class FrameReader {
 public:
  explicit FrameReader(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    const sockaddr_in address = loopback(port);
    const int connected = ::connect(
        socket_.handle(), reinterpret_cast<const sockaddr*>(&address),  // the socket API's own way
        sizeof address);
    PORTCULLIS_CHECK(connected == 0, "cannot connect");
    const std::string request =
        "GET /ws/btcusdt@bookTicker HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";
    const auto sent = ::send(socket_.handle(), request.data(), request.size(), MSG_NOSIGNAL);
    PORTCULLIS_CHECK(sent == static_cast<ssize_t>(request.size()), "cannot ask for the stream");
  }

  // Frames a second over a second or so.
  double rate(const MonoClock& clock) {
    const MonoTime begin = clock.now();
    const std::uint64_t before = frames_;
    MonoTime now = begin;
    while (now - begin < std::chrono::seconds{1}) {
      read_some();
      now = clock.now();
    }
    return static_cast<double>(frames_ - before) * 1e9 / static_cast<double>((now - begin).count());
  }
  void read_some() {
    const auto count = ::recv(socket_.handle(), bytes_.data() + held_, bytes_.size() - held_, 0);
    PORTCULLIS_CHECK(count > 0, "the venue has hung up");
    held_ += static_cast<std::size_t>(count);
    take_frames();
  }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  void take_frames() {
    std::string_view rest{bytes_.data(), held_};
    if (!is_upgraded_) {
      const std::size_t end = rest.find("\r\n\r\n");
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 4);
      is_upgraded_ = true;
    }
    while (const auto header = sim::parse_frame_header(rest)) {
      if (rest.size() < header->size + header->length) break;
      rest.remove_prefix(header->size + header->length);
      ++frames_;
    }
    held_ = rest.size();
    std::memmove(bytes_.data(), rest.data(), held_);
  }

  Socket socket_;
  std::array<char, 256 << 10> bytes_;
  std::size_t held_{0};
  std::uint64_t frames_{0};
  bool is_upgraded_{false};
};

// One connection at a time: answers the upgrade, then sends ready frames until it is closed.
class BareWriter {
 public:
  BareWriter() : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);  // the socket API's own way
    const bool listens = ::bind(listener_.handle(), generic, size) == 0 &&
                         ::listen(listener_.handle(), 1) == 0 &&
                         ::getsockname(listener_.handle(), generic, &size) == 0;
    PORTCULLIS_CHECK(listens, "cannot listen");
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void serve_one() {
    Socket peer{::accept(listener_.handle(), nullptr, nullptr)};
    const int yes = 1;
    ::setsockopt(peer.handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::array<char, 4'096> request;
    PORTCULLIS_CHECK(::recv(peer.handle(), request.data(), request.size(), 0) > 0, "no request");
    std::string bytes = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    while (::send(peer.handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
      bytes.clear();
      while (bytes.size() < (16U << 10)) sim::append_frame(bytes, sim::WsOpcode::kText, kTicker);
    }
  }

 private:
  Socket listener_;
  std::uint16_t port_{0};
};

std::unique_ptr<sim::Market> market_at_full_speed(sim::Exchange& exchange) {
  return std::make_unique<sim::MarketGenerator>(
      exchange,
      sim::MarketGeneratorConfig{.seed = 1, .events_per_second = 5'000'000, .start_prices = {}});
}

double bare_rate(const MonoClock& clock) {
  BareWriter writer;
  std::thread thread{[&writer] { writer.serve_one(); }};
  double rate = 0;
  {
    FrameReader reader{writer.port()};
    while (reader.frames() < 1'000) reader.read_some();
    rate = reader.rate(clock);
  }
  thread.join();
  return rate;
}

}  // namespace

void bench_stream_line(Reporter& reporter) {
  if (!reporter.wants("sim_book_ticker_stream")) return;
  constexpr int kRounds = 5;
  Figure figure{"sim_book_ticker_stream",
                "the generated market at full speed, bookTicker frames received by one subscriber "
                "over loopback, one frame; means of a second",
                "a program that sends ready frames, 16 kB a write"};
  figure.reference.emplace();
  std::vector<double> rates;
  LiveVenue venue{market_at_full_speed};
  for (int round = 0; round < kRounds; ++round) {
    {
      FrameReader reader{venue.server().plain_port()};
      while (reader.frames() < 1'000) reader.read_some();
      rates.push_back(reader.rate(reporter.clock()));
      figure.ours.add(1e9 / rates.back());
    }
    figure.reference->add(1e9 / bare_rate(reporter.clock()));
  }
  reporter.report(figure);
  reporter.remark("  sim_book_ticker_stream: " +
                  std::to_string(static_cast<std::int64_t>(1e9 / figure.ours.quantile(0.5))) +
                  " frames a second");
}

}  // namespace portcullis::bench
