#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sim/net/byte_stream.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/http_parser.hpp"
#include "sim/net/port_context.hpp"

namespace portcullis::sim {

// One accepted connection while it speaks HTTP: requests one after the other, pipelined or not, a
// reply for each in its turn; then it closes, or becomes a WebSocket. One thread.
class HttpConnection final : public Connection,
                             public ByteStream::Owner,
                             public Responder::Connection,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<const PortContext> port, ConnectionInfo info, ByteStream stream);

  void start();

  void on_reply(HttpReply reply) override;
  void on_cut() override;
  void on_silence() override;

  void cut() override;
  // HTTP has no word for it: the reply that is being waited for is the last.
  void close(std::uint16_t code, std::string_view reason) override;
  void inject(const WireFault& fault) override;
  void on_shutdown_notice() override {}
  [[nodiscard]] ConnectionTraffic traffic() const override {
    return {.messages_in = requests_, .messages_out = replies_};
  }

  void on_bytes(std::span<char> bytes) override;
  void on_drained() override;
  void on_end(ByteStream::End end) override;

 private:
  using Clock = std::chrono::steady_clock;

  void process();
  void step();
  void on_whole_request();
  void upgrade(HttpRequest request, WsKind kind);
  void refuse(int status, std::string_view why);
  void renew_deadline();
  void watch();
  void finish(ByteStream::Farewell farewell);
  void leave();

  const std::shared_ptr<const PortContext> port_;
  ByteStream stream_;
  HttpParser parser_;
  std::string unread_;
  Clock::time_point deadline_{};
  std::uint64_t requests_{0};
  std::uint64_t replies_{0};
  bool keeps_alive_{true};
  bool is_head_{false};       // the request being answered
  bool is_answering_{false};  // a responder is out
  bool is_silent_{false};     // and will never be used
  bool is_processing_{false};
  bool is_paused_{false};  // too much has come that has to wait
  bool is_last_{false};    // the peer has closed its half, or we are asked to end
  bool is_over_{false};
};

}  // namespace portcullis::sim
