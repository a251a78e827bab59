#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace portcullis::sim {

// The frames of RFC 6455, section 5. Written by hand and not taken from a library for two reasons:
// all that is queued in a turn leaves in one write (one TLS record for many small frames), and the
// fault plan breaks single frames, which a library rightly refuses to do. Who judges it is not of
// this project: Beast as the client, and npm's ws.
enum class WsOpcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

namespace ws_close {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kBadPayload = 1007;
inline constexpr std::uint16_t kPolicy = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
}  // namespace ws_close

inline constexpr std::size_t kControlPayloadMax = 125;
inline constexpr std::size_t kClientHeaderMax = 14;  // two bytes, a length of eight, the mask

struct WsFrameHeader {
  bool is_final;
  std::uint8_t reserved;  // RSV1..3 as three bits
  std::uint8_t opcode;    // four bits, maybe of no meaning
  bool is_masked;
  std::array<char, 4> mask;
  std::uint64_t length;
  bool has_shortest_length;  // as the RFC demands
  std::size_t size;          // of the header itself
};

// Nothing while more bytes are needed.
[[nodiscard]] std::optional<WsFrameHeader> parse_frame_header(std::string_view bytes) noexcept;

// Masks or unmasks in place.
void apply_mask(std::span<char> payload, const std::array<char, 4>& mask) noexcept;

// Appends the header of a server's frame; the payload follows.
void append_frame_header(std::string& out, WsOpcode opcode, std::uint64_t length,
                         bool is_final = true);
inline void append_frame(std::string& out, WsOpcode opcode, std::string_view payload) {
  append_frame_header(out, opcode, payload.size());
  out += payload;
}
// Cuts the reason where a control frame is full.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

// Whether an endpoint may send this code (RFC 6455, 7.4).
[[nodiscard]] bool is_valid_close_code(std::uint16_t code) noexcept;

}  // namespace portcullis::sim
