#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

struct HttpRequest {
  std::string method;  // "GET", upper case
  std::string path;    // "/api/v3/order"
  std::string query;   // without '?', still encoded
  std::string body;
  std::string api_key;  // X-MBX-APIKEY
};

struct HttpReply {
  enum class Delivery : std::uint8_t {
    kNow,
    kNever,  // the connection stays open, silent
    kCut,    // the connection is dropped without a reply
  };
  int status{200};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::chrono::milliseconds delay{0};
  Delivery delivery{Delivery::kNow};
};

// What a port serves, without the transport: plain requests, and WebSocket upgrades by target.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual HttpReply on_request(const HttpRequest& request) = 0;
  // Nothing for a target that is no WebSocket; `sink` outlives the service made.
  virtual std::unique_ptr<WsService> on_upgrade(std::string_view target, TextSink& sink) = 0;
  [[nodiscard]] virtual bool is_upgrade_target(std::string_view target) const = 0;
};

}  // namespace portcullis::sim
