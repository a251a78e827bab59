#include "core/net/frame_scanner.hpp"

namespace portcullis::net {

namespace {

constexpr std::uint8_t kFinBit = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kOpcodeBits = 0x0f;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::uint8_t kLengthBits = 0x7f;
constexpr std::uint64_t kControlBytesMax = 125;

enum Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPingOpcode = 9,
  kPong = 10,
};

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8U) | static_cast<std::uint8_t>(byte);
  return value;
}

// A length of 126 or 127 says that the true one follows, in two bytes or in eight (RFC 6455, 5.2).
std::size_t length_bytes_after(std::uint64_t short_length) noexcept {
  if (short_length < 126) return 0;
  return short_length == 126 ? 2 : 8;
}

}  // namespace

FrameBounds scan_frame(std::string_view bytes, std::uint64_t payload_bytes_max) noexcept {
  using Kind = FrameBounds::Kind;
  if (bytes.size() < 2) return {};
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  const auto opcode = static_cast<std::uint8_t>(first & kOpcodeBits);
  const bool is_last = (first & kFinBit) != 0;
  const bool is_control = opcode >= kClose;
  const bool is_masked = (second & kMaskBit) != 0;
  const std::uint64_t short_length = second & kLengthBits;
  const std::size_t extra = length_bytes_after(short_length);
  const std::size_t header_bytes = 2 + extra + (is_masked ? 4U : 0U);
  if (bytes.size() < header_bytes) return {};
  const std::uint64_t length = extra == 0 ? short_length : big_endian(bytes.substr(2, extra));
  const bool is_known = opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
  const std::uint64_t length_max = is_control ? kControlBytesMax : payload_bytes_max;
  if (is_masked || !is_known || (first & kReservedBits) != 0 || (is_control && !is_last) ||
      length > length_max) {
    return {.kind = Kind::kUnusual, .header_bytes = header_bytes, .payload_bytes = 0};
  }
  FrameBounds frame{.kind = Kind::kIncomplete,
                    .header_bytes = header_bytes,
                    .payload_bytes = static_cast<std::size_t>(length)};
  if (bytes.size() < frame.frame_bytes()) return frame;
  if (is_control) {
    frame.kind = opcode == kPingOpcode ? Kind::kPing : Kind::kControl;
  } else {
    frame.kind = is_last ? Kind::kLast : Kind::kPart;
  }
  return frame;
}

}  // namespace portcullis::net
