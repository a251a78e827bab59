#include "core/net/http_client.hpp"

#include <utility>

#include "core/net/http_session.hpp"

namespace portcullis::net {

std::expected<HttpResponse, std::string> http_get(const Endpoint& endpoint,
                                                  const std::map<std::string, std::string>& headers,
                                                  std::chrono::milliseconds timeout,
                                                  std::size_t body_bytes_max) {
  HttpSession::Headers all = headers;
  all.try_emplace("Connection", "close");
  HttpSession session{endpoint, timeout, body_bytes_max};
  return session.request(HttpSession::Method::kGet, endpoint.path, all);
}

}  // namespace portcullis::net
