#include "watchdog/rest_venue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "watchdog/cold_clock.hpp"

namespace portcullis::watchdog {

namespace {

using Method = net::HttpSession::Method;

// One that never was: only this program uses the name, and to place nothing.
constexpr const char* kNoSuchOrder = "portcullis-watchdog-key-test";
constexpr const char* kRecvWindow = "5000";
constexpr auto kTimeout = std::chrono::seconds{3};
constexpr std::int64_t kNsPerMs = 1'000'000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

// For a query: everything that is not a letter or a digit by its number. A symbol may be any text.
std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::int64_t integer_in(std::string_view body, const char* key) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{body};
  std::int64_t value = 0;
  if (parser.parse(padded)[key].get(value) != simdjson::SUCCESS) return 0;
  return value;
}

// The symbol of each order of a listing; nothing when it is not one.
std::optional<std::vector<std::string>> symbols_in(std::string_view body) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{body};
  simdjson::dom::array orders;
  if (parser.parse(padded).get(orders) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string> symbols;
  for (const simdjson::dom::element order : orders) {
    std::string_view symbol;
    if (order["symbol"].get(symbol) != simdjson::SUCCESS) return std::nullopt;
    symbols.emplace_back(symbol);
  }
  return symbols;
}

AnswerKind kind_of(int status, std::int64_t code) {
  if (status >= 200 && status < 300) return AnswerKind::kDone;
  if (status == 429 || status == 418 || status == 403) return AnswerKind::kHeld;
  switch (code) {
    case -1003:
    case -1015: return AnswerKind::kHeld;
    case -1021: return AnswerKind::kClockOff;
    case -1022:
    case -2014:
    case -2015: return AnswerKind::kKeyRefused;
    case -2011: return AnswerKind::kNothingOpen;
    default: return AnswerKind::kUnknown;
  }
}

}  // namespace

Answer classify(int http_status, std::string_view retry_after, std::string_view body) {
  constexpr std::size_t kTextMax = 200;
  constexpr std::int64_t kRetrySecondsMax = std::int64_t{72} * 3'600;
  const std::int64_t code = integer_in(body, "code");
  Answer answer{.kind = kind_of(http_status, code), .is_ban = http_status == 418};
  if (const auto seconds = number(retry_after); seconds && answer.kind == AnswerKind::kHeld) {
    answer.retry_after =
        std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 0, kRetrySecondsMax)};
  }
  if (answer.kind == AnswerKind::kDone) return answer;
  answer.text =
      "HTTP " + std::to_string(http_status) + ": " + std::string{body.substr(0, kTextMax)};
  std::ranges::replace_if(answer.text, [](char c) { return c >= 0 && c < ' '; }, ' ');
  return answer;
}

std::expected<RestVenue, std::string> RestVenue::create(const WatchdogSettings& settings) {
  auto endpoint = net::parse_http_url(settings.rest_url);
  if (!endpoint) {
    return std::unexpected{"watchdog.rest_url: " + endpoint.error() + "; write https://host:port"};
  }
  endpoint->ca_file = settings.ca_file;
  auto signer = signing::Signer::make(settings.key_kind, settings.secret);
  if (!signer) return std::unexpected{"watchdog.secret_file: " + signer.error()};
  return RestVenue{net::HttpSession{std::move(*endpoint), kTimeout}, std::move(*signer),
                   settings.api_key};
}

Answer RestVenue::cancel_all(const std::string& symbol) {
  return ask(Method::kDelete, "/api/v3/openOrders", "symbol=" + escaped(symbol));
}

Answer RestVenue::open_orders(const std::string& symbol) {
  Answer answer =
      ask(Method::kGet, "/api/v3/openOrders", symbol.empty() ? "" : "symbol=" + escaped(symbol));
  if (answer.kind != AnswerKind::kDone) return answer;
  auto symbols = symbols_in(body_);
  if (!symbols) return {.kind = AnswerKind::kUnknown, .text = "a list of orders that is none"};
  answer.open_in = std::move(*symbols);
  return answer;
}

Answer RestVenue::keep_warm() {
  Answer answer = send(Method::kGet, "/api/v3/time");
  if (answer.kind != AnswerKind::kDone) return answer;
  const std::int64_t venue_ms = integer_in(body_, "serverTime");
  if (venue_ms <= 0) return {.kind = AnswerKind::kUnknown, .text = "a time that is none"};
  // By the moment of the answer: a timestamp is late by its way here rather than early.
  venue_offset_ = Nanos{venue_ms * kNsPerMs - count_ns(cold_now())};
  return answer;
}

Answer RestVenue::try_key(const std::string& symbol) {
  Answer answer =
      ask(Method::kDelete, "/api/v3/order",
          "symbol=" + escaped(symbol) + "&origClientOrderId=" + std::string{kNoSuchOrder});
  if (answer.kind == AnswerKind::kNothingOpen) return {.kind = AnswerKind::kDone};
  return answer;
}

Answer RestVenue::ask(Method method, const std::string& path, std::string parameters) {
  if (!venue_offset_) {
    if (Answer answer = keep_warm(); answer.kind != AnswerKind::kDone) return answer;
  }
  const std::int64_t timestamp_ms = (count_ns(cold_now()) + venue_offset_->count()) / kNsPerMs;
  if (!parameters.empty()) parameters += '&';
  parameters +=
      "recvWindow=" + std::string{kRecvWindow} + "&timestamp=" + std::to_string(timestamp_ms);
  std::array<char, signing::Signer::kSignatureMax> signature{};
  const std::size_t length = signer_.sign(parameters, signature.data());
  Answer answer =
      send(method, path + "?" + parameters + "&signature=" + escaped({signature.data(), length}));
  if (answer.kind == AnswerKind::kClockOff) venue_offset_.reset();
  return answer;
}

Answer RestVenue::send(Method method, const std::string& target) {
  auto response = session_.request(method, target, {{"X-MBX-APIKEY", api_key_}});
  if (!response) return {.kind = AnswerKind::kUnknown, .text = std::move(response.error())};
  body_ = std::move(response->body);
  const auto retry_after = response->headers.find("retry-after");
  return classify(response->status,
                  retry_after != response->headers.end() ? retry_after->second : std::string{},
                  body_);
}

}  // namespace portcullis::watchdog
