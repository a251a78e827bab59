#include "oms/binance/request_frame.hpp"

#include <charconv>

#include "oms/binance/rest_route.hpp"

namespace portcullis::oms::binance {

namespace {

std::size_t append(char* out, std::size_t size, std::string_view text) noexcept {
  text.copy(out + size, text.size());
  return size + text.size();
}

}  // namespace

void RequestFrame::use_rest(const std::string& host, const std::string& api_key) {
  rest_end_ = " HTTP/1.1\r\nHost: " + host + "\r\nX-MBX-APIKEY: " + api_key +
              "\r\nAccept: application/json\r\nUser-Agent: portcullis\r\n"
              "Content-Length: 0\r\n\r\n";
}

void RequestFrame::begin_rest(std::string_view method) noexcept {
  const RestRoute route = rest_route(method);
  size_ = append(frame_.data(), 0, route.verb);
  size_ = append(frame_.data(), size_, " ");
  size_ = append(frame_.data(), size_, route.path);
  query_begin_ = size_ + 1;
}

// Percent-encoded as RFC 3986 wants it.
void RequestFrame::add_rest(std::string_view name, std::string_view value) noexcept {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  char* const frame = frame_.data();
  size_ = append(frame, size_, has_parameters_ ? "&" : "?");
  size_ = append(frame, size_, name);
  size_ = append(frame, size_, "=");
  for (const char c : value) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (is_plain) {
      frame[size_++] = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    frame[size_++] = '%';
    frame[size_++] = kDigits[byte >> 4U];
    frame[size_++] = kDigits[byte & 15U];
  }
  has_parameters_ = true;
}

std::string_view RequestFrame::finish_rest(const Signer& signer) noexcept {
  if (frame_[0] == ' ') return {};  // REST does not have it
  if (is_signed_) {
    std::array<char, Signer::kSignatureMax> signature;
    const std::string_view query{frame_.data() + query_begin_, size_ - query_begin_};
    const std::size_t length = signer.sign(query, signature.data());
    if (length == 0) return {};
    add_rest("signature", {signature.data(), length});
  }
  size_ = append(frame_.data(), size_, rest_end_);
  return {frame_.data(), size_};
}

void RequestFrame::begin(RequestId id, std::string_view method, bool is_signed) noexcept {
  is_signed_ = is_signed;
  has_parameters_ = false;
  covered_size_ = 0;
  if (is_rest()) [[unlikely]]
    return begin_rest(method);
  size_ = append(frame_.data(), 0, R"({"id":")");
  write_request_id(id, frame_.data() + size_);
  size_ += RequestId::kTextSize;
  size_ = append(frame_.data(), size_, R"(","method":")");
  size_ = append(frame_.data(), size_, method);
  size_ = append(frame_.data(), size_, "\"");
}

void RequestFrame::add(std::string_view name, std::string_view value,
                       std::string_view quote) noexcept {
  if (is_rest()) [[unlikely]]
    return add_rest(name, value);
  char* const frame = frame_.data();
  size_ = append(frame, size_, has_parameters_ ? ",\"" : R"(,"params":{")");
  size_ = append(frame, size_, name);
  size_ = append(frame, size_, "\":");
  size_ = append(frame, size_, quote);
  size_ = append(frame, size_, value);
  size_ = append(frame, size_, quote);
  if (is_signed_) {
    char* const covered = covered_.data();
    if (has_parameters_) covered_size_ = append(covered, covered_size_, "&");
    covered_size_ = append(covered, covered_size_, name);
    covered_size_ = append(covered, covered_size_, "=");
    covered_size_ = append(covered, covered_size_, value);
  }
  has_parameters_ = true;
}

void RequestFrame::add_text(std::string_view name, std::string_view value) noexcept {
  add(name, value, "\"");
}

void RequestFrame::add_number(std::string_view name, std::int64_t value) noexcept {
  std::array<char, 20> digits;
  const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  add(name, {digits.data(), static_cast<std::size_t>(end - digits.data())}, {});
}

std::string_view RequestFrame::finish(const Signer& signer) noexcept {
  if (is_rest()) [[unlikely]]
    return finish_rest(signer);
  if (is_signed_) {
    std::array<char, Signer::kSignatureMax> signature;
    const std::size_t length = signer.sign({covered_.data(), covered_size_}, signature.data());
    if (length == 0) return {};
    is_signed_ = false;  // the signature does not cover itself
    add_text("signature", {signature.data(), length});
  }
  size_ = append(frame_.data(), size_, has_parameters_ ? "}}" : "}");
  return {frame_.data(), size_};
}

}  // namespace portcullis::oms::binance
