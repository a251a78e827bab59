#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/byte_stream.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/net/ws_reader.hpp"
#include "sim/random.hpp"
#include "tests/simulation/timeline.hpp"

namespace portcullis::simulation {

class Network;

// Why an upgrade was refused.
struct Refusal {
  int status{0};  // HTTP; zero: it was not
  std::int64_t retry_after_s{0};
};

// Who listens at the other end of the network: makes the service of a connection, or says why not.
class Host {
 public:
  virtual ~Host() = default;
  virtual std::unique_ptr<sim::WsService> accept(std::string_view target, sim::TextSink& sink,
                                                 Refusal& refusal) = 0;
};

// One connection: two directions of bytes, each in order and with delays, and the server's end of
// it, which speaks the WebSocket protocol with the simulator's own reader. A stream of the client's
// holds one end, the network the other.
class Line final : public sim::TextSink,
                   private sim::WsReader::Handler,
                   public std::enable_shared_from_this<Line> {
 public:
  Line(Network& network, std::uint64_t number) : network_{network}, number_{number} {}

  // ---- the client's end
  // How many of them the kernel takes; the rest will never be.
  std::size_t client_send(std::string_view bytes);
  [[nodiscard]] net::IoCount client_receive(net::ReceiveBuffer& into);
  void client_close();
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
  // The upgrade, which costs no simulated time: the answer to a request.
  [[nodiscard]] std::string answer_upgrade(std::string_view request);
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }
  // What was asked for in the upgrade.
  [[nodiscard]] const std::string& target() const noexcept { return target_; }

  // ---- the server's end (TextSink)
  void send(sim::SharedText text, std::uint64_t conflation_key) override;
  void cut() override { reset(); }
  void close(std::uint16_t code, std::string_view reason) override;
  [[nodiscard]] std::weak_ptr<sim::TextSink> weak() override { return weak_from_this(); }
  [[nodiscard]] std::uint64_t connection_id() const override { return number_; }
  void announce_shutdown();
  void ping();

  // ---- faults
  // Both ends are told nothing more; what is under way is lost.
  void reset();
  // No more comes from the server; the client sees the end.
  void end();
  // The reset comes behind so many more bytes of the client's, or of the server's.
  void reset_behind_up(std::size_t bytes) { up_left_ = bytes; }
  void reset_behind_down(std::size_t bytes) { down_left_ = bytes; }
  // The next send of the client is taken up to there only, and the connection is gone.
  void break_next_send(std::size_t bytes) { next_send_ = bytes; }
  // What was held back by a blocked network goes on.
  void on_unblocked();

 private:
  struct Piece {
    MonoTime at;
    std::string bytes;
  };

  void arrive_at_server(std::string bytes);
  void push_down(std::string bytes);
  void lose_service();
  [[nodiscard]] bool on_frame() override { return service_ != nullptr; }
  [[nodiscard]] bool on_message(std::string_view text) override;
  [[nodiscard]] bool on_ping(std::string_view payload) override;
  [[nodiscard]] bool on_pong(std::string_view) override { return true; }
  void on_close(std::uint16_t code) override;

  Network& network_;
  const std::uint64_t number_;
  std::unique_ptr<sim::WsService> service_;
  std::string target_;
  Refusal refusal_{};
  sim::WsReader reader_{1u << 20};
  std::deque<std::string> held_up_;  // arrived, and the network is blocked
  std::deque<Piece> down_;
  MonoTime last_up_{};
  MonoTime last_down_{};
  std::optional<std::size_t> up_left_;
  std::optional<std::size_t> down_left_;
  std::optional<std::size_t> next_send_;
  bool is_broken_{false};  // reset
  bool is_ended_{false};   // the server has ended it
  bool is_client_gone_{false};
};

// What the network does to everybody at the moment.
struct NetworkConditions {
  Nanos delay_min{std::chrono::microseconds{50}};
  Nanos delay_jitter{std::chrono::microseconds{400}};
  bool is_up_blocked{false};    // nothing arrives at the venue; it is not lost, but late
  bool is_down_blocked{false};  // nor at the gateway
  bool refuses{false};          // new connections
  bool is_window_shut{false};   // the kernel takes nothing of the client's
  bool comes_in_pieces{true};   // a receive brings what it likes of what is here
};

class Network {
 public:
  Network(Timeline& timeline_in, Host& host_in, std::uint64_t seed)
      : timeline{timeline_in},
        host{host_in},
        random{seed} {}

  // Null, and why, when nobody takes it.
  [[nodiscard]] std::shared_ptr<Line> connect(std::string& refusal);
  [[nodiscard]] Nanos draw_delay();
  void block(bool is_up, bool is_down) noexcept;
  void unblock();
  // The client has let go of it while the network was blocked: what it had sent still arrives.
  void keep(std::shared_ptr<Line> line) { lingering_.push_back(std::move(line)); }
  template <class Visit>
  void for_each_line(Visit&& visit) {
    for (const auto& weak : std::vector{lines_}) {
      if (const auto line = weak.lock(); line != nullptr && !line->is_broken()) visit(*line);
    }
  }
  [[nodiscard]] std::size_t line_count() const noexcept;

  Timeline& timeline;
  Host& host;
  sim::Random random;
  NetworkConditions conditions;
  // How often each of these has really done something.
  std::uint64_t resets{0};
  std::uint64_t cut_sends{0};
  std::uint64_t refused_connects{0};
  std::uint64_t held_pieces{0};
  std::uint64_t shut_windows{0};

 private:
  std::vector<std::weak_ptr<Line>> lines_;
  std::vector<std::shared_ptr<Line>> lingering_;
  std::uint64_t count_{0};
};

// The client's end as the gateway's code knows it.
class SimulatedStream final : public net::ByteStream {
 public:
  SimulatedStream(Network& network, std::shared_ptr<Line> line)
      : network_{network},
        line_{std::move(line)} {}
  ~SimulatedStream() override { line_->client_close(); }
  SimulatedStream(const SimulatedStream&) = delete;
  SimulatedStream& operator=(const SimulatedStream&) = delete;

  [[nodiscard]] net::IoCount receive(net::ReceiveBuffer& into) noexcept override {
    return line_->client_receive(into);
  }
  [[nodiscard]] bool has_room(std::size_t count) noexcept override;
  [[nodiscard]] Sent send(std::string_view bytes) noexcept override;
  [[nodiscard]] const char* cause() const noexcept override { return "connection reset by peer"; }
  [[nodiscard]] std::expected<void, std::string> receive_some(net::ReceiveBuffer& into,
                                                              const net::Deadline&) override;
  [[nodiscard]] std::expected<void, std::string> send_all(std::string_view bytes,
                                                          const net::Deadline&) override;
  void shut_down() noexcept override {}

 private:
  Network& network_;
  std::shared_ptr<Line> line_;
  std::string answer_;  // to the upgrade
};

}  // namespace portcullis::simulation
