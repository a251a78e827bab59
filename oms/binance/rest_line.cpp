#include "oms/binance/rest_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace portcullis::oms::binance {

namespace {

// Around a body, and the slack behind it.
constexpr std::size_t kEnvelopeBytes = 256;

bool is_json(std::string_view body) noexcept {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && (body[begin] == '{' || body[begin] == '[');
}

}  // namespace

RestLine::RestLine(std::unique_ptr<net::StreamSource> source, const Settings& settings)
    : settings_{settings},
      source_{std::move(source)},
      exchange_{settings.body_bytes_max},
      message_(settings.body_bytes_max + kEnvelopeBytes) {
}

RestLine::~RestLine() {
  if (stream_ != nullptr) source_->retire(stream_);
}

bool RestLine::keep_open(bool may_connect, MonoTime now) noexcept {
  if (stream_ != nullptr) return false;
  if (!is_requested_) {
    if (!may_connect) return false;
    source_->request();
    is_requested_ = true;
  }
  stream_ = source_->take();
  if (stream_ == nullptr) return false;
  is_requested_ = false;
  exchange_.attach(*stream_);
  ends_with_answer_ = false;
  last_used_ = now - settings_.warm_interval;  // the time is asked for at once
  return true;
}

net::ByteStream::Sent RestLine::send(RequestId request, std::string_view http,
                                     MonoTime now) noexcept {
  const net::ByteStream::Sent sent = exchange_.send(http);
  switch (sent) {
    case net::ByteStream::Sent::kAll:
      request_ = request;
      sent_at_ = now;
      last_used_ = now;
      break;
    case net::ByteStream::Sent::kNone: break;
    case net::ByteStream::Sent::kPart:
    case net::ByteStream::Sent::kFailed: give_up(); break;
  }
  return sent;
}

RestLine::Event RestLine::poll(MonoTime now) noexcept {
  if (stream_ == nullptr) return Event::kNothing;
  if (std::exchange(ends_with_answer_, false)) {
    cause_ = "the venue ended it behind an answer";
    give_up();
    return Event::kLost;
  }
  const bool is_busy = exchange_.is_busy();
  if (!is_busy && now < look_next_) return Event::kNothing;
  look_next_ = now + kIdleLook;
  switch (exchange_.poll()) {
    case net::HttpExchange::Status::kNothing:
      if (!is_busy || now - sent_at_ <= settings_.timeout) return Event::kNothing;
      cause_ = "no answer in time";
      give_up();
      return Event::kLost;
    case net::HttpExchange::Status::kAnswer:
      ends_with_answer_ = exchange_.is_last();
      render_message();
      return Event::kAnswer;
    case net::HttpExchange::Status::kLost:
      cause_ = exchange_.cause();
      give_up();
      return Event::kLost;
  }
  return Event::kNothing;
}

void RestLine::give_up() noexcept {
  if (stream_ == nullptr) return;
  exchange_.detach();
  source_->retire(std::exchange(stream_, nullptr));
}

std::int64_t RestLine::retry_after_s() const noexcept {
  return std::max<std::int64_t>(exchange_.header_number("retry-after").value_or(0), 0);
}

void RestLine::render_message() noexcept {
  size_ = 0;
  std::array<char, RequestId::kTextSize> id;
  write_request_id(request_, id.data());
  const std::string_view body = exchange_.body();
  int status = exchange_.status();
  const bool is_success = status >= 200 && status < 300;
  // It may have happened, and what has become of it cannot be read.
  if (is_success && !is_json(body)) status = 500;
  std::array<char, 8> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), status).ptr;
  put(R"({"id":")");
  put({id.data(), id.size()});
  put(R"(","status":)");
  put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  put(is_success && is_json(body) ? R"(,"result":)" : R"(,"error":)");
  put(is_json(body) ? body : std::string_view{R"({"code":0,"msg":"an answer that is no JSON"})"});
  put("}");
}

void RestLine::put(std::string_view text) noexcept {
  std::ranges::copy(text, message_.data() + size_);
  size_ += text.size();
}

}  // namespace portcullis::oms::binance
