#include "core/net/http_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace portcullis::net {

namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kEndOfLine = "\r\n";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view stated, std::string_view lower_name) noexcept {
  return std::ranges::equal(stated, lower_name, {}, lower);
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) noexcept {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

HttpExchange::HttpExchange(std::size_t body_bytes_max)
    : inbox_{2 * ByteStream::kReceiveBytesMax},
      head_(kHeadBytesMax),
      body_(body_bytes_max) {
}

void HttpExchange::attach(ByteStream& stream) noexcept {
  stream_ = &stream;
  phase_ = Phase::kIdle;
  inbox_.consume(inbox_.size());
}

ByteStream::Sent HttpExchange::send(std::string_view request) noexcept {
  if (stream_ == nullptr || is_busy() || !stream_->has_room(request.size())) {
    return ByteStream::Sent::kNone;
  }
  const ByteStream::Sent sent = stream_->send(request);
  if (sent == ByteStream::Sent::kAll) phase_ = Phase::kHead;
  return sent;
}

HttpExchange::Status HttpExchange::poll() noexcept {
  if (stream_ == nullptr) return Status::kNothing;
  const IoCount got = stream_->receive(inbox_);
  switch (got.kind) {
    case IoCount::Kind::kWouldBlock: return Status::kNothing;
    case IoCount::Kind::kBytes: return step();
    case IoCount::Kind::kEnd:
      if (phase_ == Phase::kToEnd) return finish();
      return lose(got.cause);
    case IoCount::Kind::kFailed: return lose(got.cause);
  }
  return Status::kNothing;
}

HttpExchange::Status HttpExchange::step() noexcept {
  do {
    has_moved_ = false;
    switch (phase_) {
      case Phase::kIdle: return lose("an answer to no request");
      case Phase::kHead:
        if (!read_head()) return lose("not a valid HTTP answer");
        if (phase_ == Phase::kIdle) return finish();
        break;
      case Phase::kBody:
        if (!take_body()) return lose("the body is over the limit set for it");
        if (left_ == 0) return finish();
        break;
      case Phase::kToEnd:
        left_ = inbox_.size();
        if (!take_body()) return lose("the body is over the limit set for it");
        return Status::kNothing;
      case Phase::kChunkSize:
        if (!read_chunk_size()) return lose("not a valid chunk of an HTTP answer");
        break;
      case Phase::kChunk:
        if (!take_body()) return lose("the body is over the limit set for it");
        if (left_ > 0) break;
        if (inbox_.size() < kEndOfLine.size()) return Status::kNothing;
        inbox_.consume(kEndOfLine.size());
        phase_ = Phase::kChunkSize;
        has_moved_ = true;
        break;
      case Phase::kTrailer:
        if (const auto line = next_line(); line && line->empty()) return finish();
        break;
    }
  } while (has_moved_ && inbox_.size() > 0);
  return Status::kNothing;
}

// Also the heads of interim answers (100 to 199), which are passed over.
bool HttpExchange::read_head() noexcept {
  const std::string_view here = inbox_.bytes();
  const std::size_t end = here.find(kEndOfHead);
  if (end == std::string_view::npos) return here.size() < kHeadBytesMax;
  if (end + kEndOfHead.size() > kHeadBytesMax) return false;
  head_size_ = end + kEndOfLine.size();
  std::memcpy(head_.data(), here.data(), head_size_);
  inbox_.consume(end + kEndOfHead.size());
  has_moved_ = true;
  body_size_ = 0;
  return read_head_text({head_.data(), head_size_});
}

bool HttpExchange::read_head_text(std::string_view head) noexcept {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;  // "HTTP/1.1 200"
  if (!head.starts_with(kVersion) || head.size() < kStatusAt + 3) return false;
  const auto status = parse_number<int>(head.substr(kStatusAt, 3));
  if (!status || *status < 100 || *status > 999) return false;
  if (*status < 200) return true;
  status_ = *status;
  const auto connection = header("connection");
  is_last_ = head[kVersion.size()] == '0' || (connection && is_same_name(*connection, "close"));
  if (const auto coding = header("transfer-encoding")) {
    phase_ = Phase::kChunkSize;
    return is_same_name(*coding, "chunked");
  }
  if (*status == 204 || *status == 304) {
    phase_ = Phase::kIdle;
    return true;
  }
  if (header("content-length")) {
    const auto length = header_number("content-length");
    if (!length || *length < 0) return false;
    left_ = static_cast<std::size_t>(*length);
    phase_ = left_ == 0 ? Phase::kIdle : Phase::kBody;
    return true;
  }
  is_last_ = true;
  phase_ = Phase::kToEnd;
  return true;
}

// Moves what is here of the `left_` bytes.
bool HttpExchange::take_body() noexcept {
  const std::size_t count = std::min(left_, inbox_.size());
  if (body_.size() - body_size_ < count) return false;
  std::memcpy(body_.data() + body_size_, inbox_.bytes().data(), count);
  inbox_.consume(count);
  body_size_ += count;
  left_ -= count;
  has_moved_ = has_moved_ || count > 0;
  return true;
}

bool HttpExchange::read_chunk_size() noexcept {
  constexpr std::size_t kLineMax = 1'024;
  const auto line = next_line();
  if (!line) return inbox_.size() < kLineMax;
  const auto size = parse_number<std::size_t>(trimmed(line->substr(0, line->find(';'))), 16);
  if (!size) return false;
  left_ = *size;
  phase_ = left_ == 0 ? Phase::kTrailer : Phase::kChunk;
  return true;
}

std::optional<std::string_view> HttpExchange::next_line() noexcept {
  const std::string_view here = inbox_.bytes();
  const std::size_t end = here.find(kEndOfLine);
  if (end == std::string_view::npos) return std::nullopt;
  inbox_.consume(end + kEndOfLine.size());
  has_moved_ = true;
  return here.substr(0, end);
}

std::optional<std::string_view> HttpExchange::header(std::string_view name) const noexcept {
  std::string_view rest{head_.data(), head_size_};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(kEndOfLine), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + kEndOfLine.size(), rest.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_same_name(line.substr(0, colon), name)) continue;
    return trimmed(line.substr(colon + 1));
  }
  return std::nullopt;
}

std::optional<std::int64_t> HttpExchange::header_number(std::string_view name) const noexcept {
  const auto value = header(name);
  return value ? parse_number<std::int64_t>(*value) : std::nullopt;
}

HttpExchange::Status HttpExchange::lose(const char* cause) noexcept {
  cause_ = cause;
  phase_ = Phase::kIdle;
  return Status::kLost;
}

HttpExchange::Status HttpExchange::finish() noexcept {
  // Pipelining is not asked for: more than the answer is no answer.
  if (inbox_.size() > 0) is_last_ = true;
  phase_ = Phase::kIdle;
  return Status::kAnswer;
}

}  // namespace portcullis::net
