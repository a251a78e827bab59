#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/sim_net/patience.hpp"

namespace portcullis::sim::test {

using Json = nlohmann::json;

struct HttpAnswer {
  int status{0};
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  [[nodiscard]] Json json() const { return Json::parse(body); }
};

struct HttpCall {
  std::string method{"GET"};
  std::string target;
  std::string body{};
  std::string api_key{};
  std::chrono::milliseconds patience{kPatience};
};

// One request on a connection of its own. Nothing when no whole answer came in time; `ca_file`
// makes it TLS, verified for "localhost".
[[nodiscard]] std::optional<HttpAnswer> http_call(std::uint16_t port, const HttpCall& call,
                                                  const std::string& ca_file = "");
// What a bare socket hears until the peer closes or `patience` is over.
[[nodiscard]] std::string raw_exchange(std::uint16_t port, const std::string& bytes,
                                       std::chrono::milliseconds patience);

// A WebSocket client, independent of the gateway's own.
class WsClient {
 public:
  // Throws when the connection or its upgrade fails.
  WsClient(std::uint16_t port, const std::string& target, const std::string& ca_file = "");
  ~WsClient();

  void send(const std::string& text);
  // The next text message; nothing when none came in time or the connection has ended.
  std::optional<std::string> receive(std::chrono::milliseconds patience = kPatience);
  // The next message, parsed; throws when there is none.
  Json next();
  // Sends a request and returns the first message that is a reply.
  Json call(const Json& request);
  // The next message that is a reply; events before it are kept for next_event().
  Json next_reply();
  Json next_event();
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] int ping_count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim::test
