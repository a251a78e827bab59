// libFuzzer: whatever a client says over a WebSocket, in whatever pieces, each answer is a frame of
// JSON, and the venue goes on. The first byte chooses between the WebSocket API, logged on, and the
// market streams, and between bytes as they are and one text frame for each line of the input; the
// second one chooses the pieces.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.hpp"
#include "tests/sim/fuzz/fuzz_venue.hpp"
#include "tests/sim/fuzz/output_check.hpp"

namespace {

using namespace portcullis::sim::fuzz;

// A client's, with a mask that changes nothing.
void append_frame(std::string& out, std::string_view text) {
  out += '\x81';
  if (text.size() < 126) {
    out += static_cast<char>(0x80U | text.size());
  } else {
    out += '\xFE';
    out += static_cast<char>(text.size() >> 8U & 0xFFU);
    out += static_cast<char>(text.size() & 0xFFU);
  }
  out.append(4, '\0');
  out += text;
}

std::string frames_of(std::string_view lines) {
  constexpr std::size_t kLongest = 0xFFFF;
  std::string frames;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    append_frame(frames, line.substr(0, kLongest));
  }
  return frames;
}

void open(FuzzVenue& venue, bool is_api) {
  const std::string target = is_api ? "/ws-api/v3" : "/ws/btcusdt@depth@100ms";
  venue.connect();
  venue.send("GET " + target +
             " HTTP/1.1\r\nHost: venue\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  PORTCULLIS_CHECK(venue.received().starts_with("HTTP/1.1 101 "), "no upgrade");
  if (!is_api) return;
  std::string logon;
  append_frame(logon, FuzzVenue::logon_request());
  venue.send(logon);
  PORTCULLIS_CHECK(venue.received().find("\"status\":200") != std::string::npos, "no logon");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 2, size - 2};
  const bool is_api = data[0] % 4U < 2;
  const bool is_raw = data[0] % 2U == 1;
  FuzzVenue venue;
  open(venue, is_api);
  venue.send(is_raw ? std::string{input} : frames_of(input), data[1] % 16U);
  check_http_replies(venue.finish());
  venue.check();
  return 0;
}
