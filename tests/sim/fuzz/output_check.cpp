#include "tests/sim/fuzz/output_check.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "core/check.hpp"

namespace portcullis::sim::fuzz {

namespace {

// Takes the head of a reply: all up to the empty line.
std::string_view take_head(std::string_view& text) {
  const std::size_t end = text.find("\r\n\r\n");
  PORTCULLIS_CHECK(end != std::string_view::npos, "a reply without the end of its header");
  const std::string_view head = text.substr(0, end + 2);
  text.remove_prefix(end + 4);
  return head;
}

int status_of(std::string_view head) {
  PORTCULLIS_CHECK(head.starts_with("HTTP/1.1 ") && head.size() > 13 && head[12] == ' ',
                   "no status line");
  int status = 0;
  const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, status);
  PORTCULLIS_CHECK(error == std::errc{} && end == head.data() + 12 && status >= 100 && status < 600,
                   "no status");
  return status;
}

std::string_view field_of(std::string_view head, std::string_view name) {
  const std::string wanted = "\r\n" + std::string{name} + ": ";
  const std::size_t at = head.find(wanted);
  if (at == std::string_view::npos) return {};
  const std::size_t first = at + wanted.size();
  return head.substr(first, head.find("\r\n", first) - first);
}

void check_fields(std::string_view head) {
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    PORTCULLIS_CHECK(line.find(": ") != std::string_view::npos &&
                         line.find_first_of("\r\n") == std::string_view::npos,
                     "a header field without a name");
    at = end + 2;
  }
}

void check_body(std::string_view head, std::string_view& text) {
  const std::string_view length = field_of(head, "content-length");
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), size);
  PORTCULLIS_CHECK(!length.empty() && error == std::errc{} && end == length.data() + length.size(),
                   "a reply without a length");
  // To HEAD the length is told and no body follows.
  const bool is_to_head = size > 0 && (text.empty() || text.starts_with("HTTP/1.1 "));
  if (is_to_head) return;
  PORTCULLIS_CHECK(size <= text.size(), "a reply shorter than it says");
  const std::string_view body = text.substr(0, size);
  text.remove_prefix(size);
  const bool is_json = field_of(head, "content-type").find("json") != std::string_view::npos;
  PORTCULLIS_CHECK(!is_json || nlohmann::json::accept(body), "a body that is no JSON");
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

struct Frame {
  unsigned opcode;
  std::string_view payload;
};

Frame take_frame(std::string_view& bytes) {
  PORTCULLIS_CHECK(bytes.size() >= 2, "half a frame header");
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  PORTCULLIS_CHECK((first & 0xF0U) == 0x80U, "a fragment, or reserved bits");
  PORTCULLIS_CHECK((second & 0x80U) == 0, "a server's frame is masked");
  const std::size_t extra = second == 126 ? 2 : second == 127 ? 8 : 0;
  PORTCULLIS_CHECK(bytes.size() >= 2 + extra, "half a length");
  const std::uint64_t size = extra == 0 ? second : number_of(bytes.substr(2, extra));
  const std::uint64_t least = extra == 0 ? 0 : extra == 2 ? 126 : 0x10000;
  PORTCULLIS_CHECK(size >= least && size <= bytes.size() - 2 - extra, "a wrong length");
  const Frame frame{first & 0xFU, bytes.substr(2 + extra, size)};
  bytes.remove_prefix(2 + extra + size);
  return frame;
}

}  // namespace

void check_http_replies(std::string_view text) {
  while (!text.empty()) {
    const std::string_view head = take_head(text);
    const int status = status_of(head);
    check_fields(head);
    if (status == 101) return check_ws_frames(text);
    if (status != 100 && status != 204) check_body(head, text);
  }
}

void check_ws_frames(std::string_view bytes) {
  constexpr unsigned kText = 0x1;
  constexpr unsigned kClose = 0x8;
  constexpr unsigned kPong = 0xA;
  while (!bytes.empty()) {
    const auto [opcode, payload] = take_frame(bytes);
    PORTCULLIS_CHECK(opcode == kText || (opcode >= kClose && opcode <= kPong), "unknown opcode");
    PORTCULLIS_CHECK(opcode == kText || payload.size() <= 125, "a long control frame");
    if (opcode == kText) {
      PORTCULLIS_CHECK(nlohmann::json::accept(payload), "a message that is no JSON");
    }
    PORTCULLIS_CHECK(opcode != kClose || (bytes.empty() && payload.size() != 1), "a bad farewell");
  }
}

}  // namespace portcullis::sim::fuzz
