#include "core/net/http_session.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "core/net/transport.hpp"

namespace portcullis::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Parser = http::response_parser<http::string_body>;
using Headers = std::map<std::string, std::string>;

constexpr int kHttpVersion11 = 11;
constexpr std::size_t kReceiveBytes = 256u << 10;
constexpr std::uint32_t kHeadBytesMax = 64u << 10;

std::string lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::unexpected<std::string> failed_step(const Endpoint& endpoint, std::string_view step,
                                         std::string_view cause) {
  std::string text = to_string(endpoint);
  return std::unexpected{text.append(": ").append(step).append(": ").append(cause)};
}

http::verb verb_of(HttpSession::Method method) noexcept {
  switch (method) {
    case HttpSession::Method::kGet: return http::verb::get;
    case HttpSession::Method::kPost: return http::verb::post;
    case HttpSession::Method::kPut: return http::verb::put;
    case HttpSession::Method::kDelete: return http::verb::delete_;
  }
  return http::verb::unknown;
}

std::string request_text(const Endpoint& server, HttpSession::Method method,
                         const std::string& target, const Headers& headers) {
  http::request<http::empty_body> request{verb_of(method), target, kHttpVersion11};
  request.set(http::field::host, host_header(server));
  request.set(http::field::user_agent, "portcullis");
  request.set(http::field::accept, "application/json");
  for (const auto& [name, value] : headers) request.set(name, value);
  std::ostringstream out;
  out << request;
  return std::move(out).str();
}

// Feeds the parser what the peer sends until the answer is whole.
std::expected<void, std::string> read_answer(Transport& transport, Parser& parser,
                                             const Deadline& deadline) {
  ReceiveBuffer inbox{kReceiveBytes};
  while (!parser.is_done()) {
    const auto received = transport.receive_some(inbox, deadline);
    beast::error_code error;
    if (!received) {
      if (!parser.got_some()) return received;
      // A body without a length ends with the connection; one with a length was cut short.
      if (!deadline.is_over()) parser.put_eof(error);
      if (deadline.is_over() || error || !parser.is_done()) {
        return std::unexpected{"the answer is incomplete: " + received.error()};
      }
      return {};
    }
    while (!error && inbox.size() > 0 && !parser.is_done()) {
      const std::size_t taken = parser.put(asio::buffer(inbox.bytes().data(), inbox.size()), error);
      inbox.consume(taken);
    }
    if (error == http::error::need_more) error = {};
    if (error == http::error::body_limit) {
      return std::unexpected{std::string{"the body is over the limit set for it"}};
    }
    if (error) return std::unexpected{"not a valid HTTP answer: " + error.message()};
  }
  return {};
}

HttpResponse to_response(Parser::value_type answer) {
  HttpResponse response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    const std::string_view name{field.name_string().data(), field.name_string().size()};
    const std::string_view value{field.value().data(), field.value().size()};
    std::string& joined = response.headers[lower_case(name)];
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  response.body = std::move(answer.body());
  return response;
}

}  // namespace

// What became of one try.
struct HttpSession::Attempt {
  std::expected<HttpResponse, std::string> answer;
  bool may_repeat{false};  // the connection had ended before this request was heard
};

HttpSession::HttpSession(Endpoint server, std::chrono::milliseconds timeout,
                         std::size_t body_bytes_max)
    : server_{std::move(server)},
      timeout_{timeout},
      body_bytes_max_{body_bytes_max} {
}

HttpSession::~HttpSession() = default;
HttpSession::HttpSession(HttpSession&& other) noexcept = default;
HttpSession& HttpSession::operator=(HttpSession&& other) noexcept = default;

std::expected<HttpResponse, std::string> HttpSession::request(Method method,
                                                              const std::string& target,
                                                              const Headers& headers) {
  Attempt attempt = try_once(method, target, headers);
  if (attempt.may_repeat && method != Method::kPost) attempt = try_once(method, target, headers);
  return std::move(attempt.answer);
}

HttpSession::Attempt HttpSession::try_once(Method method, const std::string& target,
                                           const Headers& headers) {
  const Deadline deadline{timeout_};
  server_.path = target;  // for the error texts
  // Given back only after a whole answer: a connection in any other state is of no use.
  std::unique_ptr<Transport> transport = std::move(transport_);
  const bool is_used = transport != nullptr;
  if (!is_used) {
    auto connected = Transport::connect(server_, deadline);
    if (!connected) return {.answer = std::unexpected{std::move(connected.error())}};
    transport = std::move(*connected);
  }
  const std::string request = request_text(server_, method, target, headers);
  if (const auto sent = transport->send_all(request, deadline); !sent) {
    return {.answer = failed_step(server_, "HTTP request", sent.error()), .may_repeat = is_used};
  }
  Parser parser;
  parser.header_limit(kHeadBytesMax);
  parser.body_limit(body_bytes_max_);
  parser.eager(true);
  if (const auto read = read_answer(*transport, parser, deadline); !read) {
    const bool has_closed = is_used && !parser.got_some() && !deadline.is_over();
    return {.answer = failed_step(server_, "HTTP answer", read.error()), .may_repeat = has_closed};
  }
  if (parser.keep_alive()) transport_ = std::move(transport);
  return {.answer = to_response(parser.release())};
}

}  // namespace portcullis::net
