#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// The header fields of a request in their order, names in lower case.
class HttpHeaders {
 public:
  void add(std::string lower_case_name, std::string value) {
    fields_.emplace_back(std::move(lower_case_name), std::move(value));
  }
  // The first of that name; empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view lower_case_name) const {
    for (const auto& [name, value] : fields_) {
      if (name == lower_case_name) return value;
    }
    return {};
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method;  // "GET", upper case
  std::string path;    // "/api/v3/order"
  std::string query;   // without '?', still encoded
  std::string body;
  std::string remote;  // the sender's IP address: "127.0.0.1", "::1"
  HttpHeaders headers;
};

struct HttpReply {
  int status{200};
  std::string body{};
  // Names in lower case, as the live venue sends them. A content-type here replaces JSON.
  std::vector<std::pair<std::string, std::string>> headers{};
  // Injected into the connection just before this reply is written.
  std::optional<WireFault> wire_fault{};
};

// The way back to the sender of a request, on the server's thread: now, later, or never. It may be
// moved and kept; the first answer counts, and none does when the connection has gone by then.
class Responder {
 public:
  // What the transport does with the answer.
  class Connection {
   public:
    virtual ~Connection() = default;
    virtual void on_reply(HttpReply reply) = 0;
    virtual void on_cut() = 0;
    virtual void on_silence() = 0;
  };

  explicit Responder(std::shared_ptr<Connection> connection) noexcept
      : connection_{std::move(connection)} {}
  // Unanswered: the connection stays open and silent until the sender gives up.
  ~Responder() {
    if (connection_ != nullptr) connection_->on_silence();
  }
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) = delete;

  void reply(HttpReply reply) {
    if (const auto taken = std::exchange(connection_, nullptr)) taken->on_reply(std::move(reply));
  }
  // Drops the connection without a reply, as a lost line does.
  void cut() {
    if (const auto taken = std::exchange(connection_, nullptr)) taken->on_cut();
  }

 private:
  std::shared_ptr<Connection> connection_;
};

enum class WsKind : std::uint8_t {
  kStreams,  // market streams: few messages a second are taken from the client
  kApi,      // the WebSocket API
  kOther,
};

struct UpgradeRequest {
  std::string target;  // "/ws/btcusdt@trade", "/ws-api/v3?returnRateLimits=false", as it came
  std::string remote;  // the sender's IP address
  HttpHeaders headers;
};

// What a port serves, without the transport: plain requests, and WebSocket upgrades by target.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual void on_request(const HttpRequest& request, Responder responder) = 0;
  // Nothing for a target that is no WebSocket; `sink` outlives the service made.
  virtual std::unique_ptr<WsService> on_upgrade(const UpgradeRequest& request, TextSink& sink) = 0;
  // Nothing for a target that is no WebSocket: it is asked as a plain request then.
  [[nodiscard]] virtual std::optional<WsKind> upgrade_kind(std::string_view target) const = 0;

  // Asked before each upgrade, which is a connection attempt: the reply that refuses it, if any.
  virtual std::optional<HttpReply> refuse_upgrade(const UpgradeRequest& request, WsKind kind) {
    (void)request;
    (void)kind;
    return std::nullopt;
  }
  // A connection from `remote` was cut because it sent more messages a second than allowed.
  virtual void on_flood(std::string_view remote) { (void)remote; }
};

}  // namespace portcullis::sim
