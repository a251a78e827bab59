// Frames a second over a real connection on loopback: the venue with its generated market against a
// program that does nothing but send ready frames.
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include "bench/bench_list.hpp"
#include "bench/live_venue.hpp"
#include "bench/loopback_line.hpp"
#include "core/check.hpp"
#include "sim/markets/market_generator.hpp"
#include "sim/net/ws_frame.hpp"

namespace portcullis::bench {

namespace {

constexpr std::string_view kTicker =
    R"({"u":400900217,"s":"BTCUSDT","b":"61600.12000000","B":"0.31210000",)"
    R"("a":"61600.13000000","A":"0.40660000"})";

// Subscribes by its URL and counts the frames that come.
class FrameReader {
 public:
  explicit FrameReader(std::uint16_t port) : socket_{connect_to(port)} {
    const std::string request =
        "GET /ws/btcusdt@bookTicker HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";
    const auto sent = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
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
    const auto count = ::recv(socket_.get(), bytes_.data() + held_, bytes_.size() - held_, 0);
    PORTCULLIS_CHECK(count > 0, "the venue has hung up");
    held_ += static_cast<std::size_t>(count);
    count_frames();
  }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  void count_frames() {
    std::string_view rest{bytes_.data(), held_};
    if (!is_upgraded_) {
      const std::size_t end = rest.find("\r\n\r\n");
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 4);
      is_upgraded_ = true;
    }
    rest = take_frames(rest, [this](std::string_view) { ++frames_; });
    held_ = rest.size();
    std::memmove(bytes_.data(), rest.data(), held_);
  }

  UniqueFd socket_;
  std::array<char, 256 << 10> bytes_;
  std::size_t held_{0};
  std::uint64_t frames_{0};
  bool is_upgraded_{false};
};

// One connection at a time: answers the upgrade, then sends ready frames until it is closed.
class BareWriter {
 public:
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  void serve_one() {
    const UniqueFd peer = listener_.accept();
    std::array<char, 4'096> request;
    PORTCULLIS_CHECK(::recv(peer.get(), request.data(), request.size(), 0) > 0, "no request");
    std::string bytes = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    while (::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
      bytes.clear();
      while (bytes.size() < (16U << 10)) sim::append_frame(bytes, sim::WsOpcode::kText, kTicker);
    }
  }

 private:
  LoopbackListener listener_;
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
