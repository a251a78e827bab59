#include "tests/sim_net/echo_service.hpp"

#include <algorithm>

namespace portcullis::sim::test {

class EchoService::Session final : public WsService {
 public:
  Session(EchoService& owner, TextSink& sink) : owner_{owner}, sink_{sink} {
    owner_.sinks_.push_back(&sink);
  }
  ~Session() override { std::erase(owner_.sinks_, &sink_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void on_text(std::string_view text) override {
    constexpr std::string_view kMany = "many ";
    if (text == "close") return sink_.close(1008, "asked to");
    if (text == "cut") return sink_.cut();
    if (text.starts_with(kMany)) {
      const int count = std::stoi(std::string{text.substr(kMany.size())});
      for (int i = 0; i < count; ++i) sink_.send_text(std::to_string(i));
      return;
    }
    sink_.send_text(std::string{text});
  }
  void on_shutdown_notice() override { sink_.send_text("going"); }

 private:
  EchoService& owner_;
  TextSink& sink_;
};

void EchoService::on_request(const HttpRequest& request, Responder responder) {
  if (request.path == "/never") return;
  if (request.path == "/cut") return responder.cut();
  if (request.path == "/keep") {
    kept_.push_back(std::move(responder));
    return;
  }
  HttpReply reply;
  if (request.path.starts_with("/big/")) {
    reply.body.assign(std::stoul(request.path.substr(5)), 'b');
  } else if (request.path.starts_with("/status/")) {
    reply.status = std::stoi(request.path.substr(8));
  } else {
    reply.body = request.method + " " + request.path + " " + request.query + " [" + request.body +
                 "] " + request.remote + " " + std::string{request.headers.get("x-test")};
  }
  if (request.path != "/later") return responder.reply(std::move(reply));
  loop_.after(std::chrono::milliseconds{50},
              [reply = std::move(reply), responder = std::move(responder)]() mutable {
                responder.reply(std::move(reply));
              });
}

std::unique_ptr<WsService> EchoService::on_upgrade(const UpgradeRequest& request, TextSink& sink) {
  if (request.target == "/ws/none") return nullptr;
  return std::make_unique<Session>(*this, sink);
}

std::optional<WsKind> EchoService::upgrade_kind(std::string_view target) const {
  if (target.starts_with("/ws")) return WsKind::kStreams;
  if (target.starts_with("/api")) return WsKind::kApi;
  return std::nullopt;
}

std::optional<HttpReply> EchoService::refuse_upgrade(const UpgradeRequest& request, WsKind) {
  if (request.remote != refused_) return std::nullopt;
  return HttpReply{.status = 418, .body = "{}", .headers = {{"retry-after", "120"}}};
}

}  // namespace portcullis::sim::test
