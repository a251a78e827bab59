#include "sim/net/http_parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

#include "sim/lower_case.hpp"

namespace portcullis::sim {

namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

namespace {

std::string_view text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// A proxy's form of a target, "http://host/path", means the path (RFC 9112, 3.2.2).
std::string_view origin_form(std::string_view target) {
  if (!target.starts_with("http://") && !target.starts_with("https://")) return target;
  const std::size_t path = target.find('/', target.find("//") + 2);
  return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

HttpParser::Problem problem_of(const ErrorCode& error) {
  if (error == http::error::header_limit) return {431, "request header too long"};
  if (error == http::error::body_limit) return {413, "request body too long"};
  return {400, "malformed HTTP request"};
}

}  // namespace

struct HttpParser::Impl {
  http::request_parser<http::string_body> parser;
};

HttpParser::HttpParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_{header_bytes_max},
      body_bytes_max_{body_bytes_max} {
  restart();
}
HttpParser::~HttpParser() = default;

void HttpParser::restart() {
  impl_ = std::make_unique<Impl>();
  impl_->parser.eager(true);
  impl_->parser.header_limit(static_cast<std::uint32_t>(header_bytes_max_));
  impl_->parser.body_limit(body_bytes_max_);
  status_ = Status::kMore;
  is_expectation_told_ = false;
}

std::size_t HttpParser::read(std::string_view bytes) {
  std::size_t taken = 0;
  while (status_ == Status::kMore && taken < bytes.size()) {
    ErrorCode error;
    const std::string_view rest = bytes.substr(taken);
    const std::size_t count =
        impl_->parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    taken += count;
    if (error == http::error::need_more) break;
    if (error) {
      status_ = Status::kBad;
      problem_ = problem_of(error);
    } else if (impl_->parser.is_done()) {
      status_ = Status::kWhole;
    } else if (count == 0) {
      break;
    }
  }
  return taken;
}

bool HttpParser::take_expectation() {
  if (is_expectation_told_ || status_ != Status::kMore || !impl_->parser.is_header_done()) {
    return false;
  }
  is_expectation_told_ = true;
  return lower_case(text_of(impl_->parser.get()[http::field::expect])) == "100-continue";
}

HttpRequest HttpParser::take_request() {
  auto message = impl_->parser.release();
  keeps_alive_ = message.keep_alive();
  is_upgrade_ = http::token_list{message[http::field::connection]}.exists("upgrade") &&
                http::token_list{message[http::field::upgrade]}.exists("websocket");
  target_ = origin_form(text_of(message.target()));
  const std::size_t question = std::min(target_.find('?'), target_.size());
  HttpRequest request;
  request.method = text_of(message.method_string());
  request.path = target_.substr(0, question);
  request.query = target_.substr(std::min(question + 1, target_.size()));
  request.body = std::move(message.body());
  for (const auto& field : message) {
    request.headers.add(lower_case(text_of(field.name_string())),
                        std::string{text_of(field.value())});
  }
  restart();
  return request;
}

}  // namespace portcullis::sim
