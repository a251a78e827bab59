#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/net/byte_stream.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/port_context.hpp"
#include "sim/net/send_queue.hpp"
#include "sim/net/ws_reader.hpp"

namespace portcullis::sim {

// One WebSocket after its upgrade: frames in and out, pings, limits, the way it ends. What is sent
// within one turn of the loop leaves in one write; while the line takes no more, messages wait in
// a queue, and one that waits too long is the end. One thread.
class WsConnection final : public TextSink,
                           public Connection,
                           public ByteStream::Owner,
                           private WsReader::Handler,
                           public std::enable_shared_from_this<WsConnection> {
 public:
  WsConnection(std::shared_ptr<const PortContext> port, ConnectionInfo info, ByteStream stream);

  // Answers the upgrade and serves it. `rest`: bytes that came behind the request.
  void start(const UpgradeRequest& request, std::string_view response, std::span<char> rest);

  void send(SharedText text, std::uint64_t conflation_key) override;
  void send_copy(std::string_view text, std::uint64_t conflation_key) override;
  void cut() override;
  void close(std::uint16_t code, std::string_view reason) override;
  void inject(const WireFault& fault) override;
  void on_shutdown_notice() override;
  std::weak_ptr<TextSink> weak() override;
  [[nodiscard]] std::uint64_t connection_id() const override { return info().id; }
  [[nodiscard]] ConnectionTraffic traffic() const override;

  void on_bytes(std::span<char> bytes) override;
  void on_drained() override;
  void on_end(ByteStream::End end) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Ping {
    std::string payload;
    Clock::time_point sent;
  };
  struct CloseFrame {
    std::uint16_t code;
    std::string reason;
  };

  bool on_frame() override;
  bool on_message(std::string_view text) override;
  bool on_ping(std::string_view payload) override;
  bool on_pong(std::string_view payload) override;
  void on_close(std::uint16_t code) override;

  [[nodiscard]] bool takes_messages() const { return !is_over_ && !closing_ && !has_sent_close_; }
  [[nodiscard]] bool must_wait() const { return stream_.is_blocked() || !queue_.empty(); }
  void wait_in_line(SharedText text, std::uint64_t conflation_key);
  void send_now(std::string_view text);
  void append_message(std::string_view text);
  void flush_soon();
  void flush();
  void send_close(std::uint16_t code, std::string_view reason);
  void watch();
  void on_watch();
  void ping(Clock::time_point now);
  [[nodiscard]] bool is_flooding();
  // Ends it; the service goes later, as it may be in the middle of a call.
  void finish(ByteStream::Farewell farewell);

  const std::shared_ptr<const PortContext> port_;
  ByteStream stream_;
  std::unique_ptr<WsService> service_;
  WsReader reader_;
  std::string batch_;      // encoded, leaves with the next flush
  SendQueue queue_;        // while the line is blocked
  std::string pings_due_;  // encoded, while the line is blocked
  std::string pong_due_;   // encoded, while the line is blocked: the last one answers for all
  std::deque<WireFault> frame_faults_;  // of the next messages, in order
  std::deque<Ping> pings_;              // unanswered
  std::uint64_t ping_count_{0};
  std::uint64_t messages_in_{0};
  std::uint64_t messages_out_{0};
  Clock::time_point opened_{};
  Clock::time_point next_ping_{};
  Clock::time_point flood_window_{};
  int flood_count_{0};
  std::optional<CloseFrame> closing_;  // waits for the queue to empty
  bool has_sent_close_{false};
  bool is_flush_due_{false};
  bool is_reading_{false};
  bool is_over_{false};
};

}  // namespace portcullis::sim
