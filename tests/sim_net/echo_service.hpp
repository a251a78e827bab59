#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/event_loop.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim::test {

// Answers what it hears. HTTP: the body tells method, path, query, body and sender; the path asks
// for other things:
//   /later   in 50 ms       /never   not at all       /cut   drops the line
//   /big/N   N bytes        /status/N         /keep  when the test says so
// WebSockets: /ws.. (a stream connection) and /api echo each message; the message
//   "many N" is answered with N messages, "close" closes with 1008, "cut" cuts.
class EchoService final : public HttpService {
 public:
  explicit EchoService(EventLoop& loop) : loop_{loop} {}

  void on_request(const HttpRequest& request, Responder responder) override;
  std::unique_ptr<WsService> on_upgrade(const UpgradeRequest& request, TextSink& sink) override;
  [[nodiscard]] std::optional<WsKind> upgrade_kind(std::string_view target) const override;
  std::optional<HttpReply> refuse_upgrade(const UpgradeRequest& request, WsKind kind) override;
  void on_flood(std::string_view remote) override { floods_.emplace_back(remote); }

  // The loop's thread, as everything below.
  [[nodiscard]] std::vector<TextSink*>& sinks() noexcept { return sinks_; }
  [[nodiscard]] const std::vector<std::string>& floods() const noexcept { return floods_; }
  void refuse_from(std::string remote) { refused_ = std::move(remote); }
  [[nodiscard]] std::vector<Responder>& kept() noexcept { return kept_; }

 private:
  class Session;

  EventLoop& loop_;
  std::vector<TextSink*> sinks_;
  std::vector<std::string> floods_;
  std::vector<Responder> kept_;  // of /keep
  std::string refused_;
};

}  // namespace portcullis::sim::test
