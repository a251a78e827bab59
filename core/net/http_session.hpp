#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/net/endpoint.hpp"
#include "core/net/http_client.hpp"

namespace portcullis::net {

class Transport;

// A connection to an HTTP server that is kept for the next request. Cold threads only: blocking,
// allocating. Connects at the first request, and again when the server has closed meanwhile.
class HttpSession {
 public:
  enum class Method { kGet, kPost, kPut, kDelete };
  using Headers = std::map<std::string, std::string>;

  // Scheme, host, port and trust of `server` count, its path does not. A request as a whole is
  // bounded by `timeout`; name resolution comes before, under the system's own timeouts.
  HttpSession(Endpoint server, std::chrono::milliseconds timeout,
              std::size_t body_bytes_max = 16u << 20);
  ~HttpSession();
  HttpSession(HttpSession&& other) noexcept;
  HttpSession& operator=(HttpSession&& other) noexcept;
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  // `target`: path and query. The error text names the endpoint, the step and the cause, and never
  // the query, which may carry a signature. After an error the request may have been carried out.
  // One that a server has closed on, as servers do with idle connections, is sent once more where
  // that is harmless (any method but POST).
  [[nodiscard]] std::expected<HttpResponse, std::string> request(Method method,
                                                                 const std::string& target,
                                                                 const Headers& headers = {});
  // True between requests when a connection is open, as far as is known.
  [[nodiscard]] bool is_connected() const noexcept { return transport_ != nullptr; }

 private:
  struct Attempt;
  [[nodiscard]] Attempt try_once(Method method, const std::string& target, const Headers& headers);

  Endpoint server_;  // with the path of the last request
  std::chrono::milliseconds timeout_;
  std::size_t body_bytes_max_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace portcullis::net
