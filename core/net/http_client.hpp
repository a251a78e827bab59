#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "core/net/ws_connection.hpp"

namespace portcullis::net {

struct HttpResponse {
  int status{0};
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
};

// Cold threads only: blocking, allocating. One request, one connection, bounded by `timeout` as a
// whole and by `body_bytes_max`. The error text names the endpoint, the step and the cause.
[[nodiscard]] std::expected<HttpResponse, std::string> http_get(
    const Endpoint& endpoint, const std::map<std::string, std::string>& headers = {},
    std::chrono::milliseconds timeout = std::chrono::seconds{10},
    std::size_t body_bytes_max = 64u << 20);

}  // namespace portcullis::net
