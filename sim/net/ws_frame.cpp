#include "sim/net/ws_frame.hpp"

#include <cstring>

namespace portcullis::sim {

namespace {

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

}  // namespace

std::optional<WsFrameHeader> parse_frame_header(std::string_view bytes) noexcept {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  WsFrameHeader header{};
  header.is_final = (first & 0x80U) != 0;
  header.reserved = static_cast<std::uint8_t>(first >> 4U & 0x7U);
  header.opcode = static_cast<std::uint8_t>(first & 0xFU);
  header.is_masked = (second & 0x80U) != 0;
  const unsigned short_length = second & 0x7FU;
  const std::size_t length_size = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  header.size = 2 + length_size + (header.is_masked ? 4 : 0);
  if (bytes.size() < header.size) return std::nullopt;
  header.length = length_size == 0 ? short_length : big_endian(bytes.substr(2, length_size));
  header.has_shortest_length = length_size == 0 || (length_size == 2 && header.length >= 126) ||
                               (length_size == 8 && header.length > 0xFFFF);
  if (header.is_masked) {
    std::memcpy(header.mask.data(), bytes.data() + 2 + length_size, header.mask.size());
  }
  return header;
}

void apply_mask(std::span<char> payload, const std::array<char, 4>& mask) noexcept {
  std::array<char, 8> twice{mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3]};
  std::uint64_t key = 0;
  std::memcpy(&key, twice.data(), sizeof key);
  std::size_t i = 0;
  for (; i + sizeof key <= payload.size(); i += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + i, sizeof word);
    word ^= key;
    std::memcpy(payload.data() + i, &word, sizeof word);
  }
  for (; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i & 3U]);
}

void append_frame_header(std::string& out, WsOpcode opcode, std::uint64_t length, bool is_final) {
  out += static_cast<char>((is_final ? 0x80U : 0U) | static_cast<unsigned>(opcode));
  if (length < 126) {
    out += static_cast<char>(length);
  } else if (length <= 0xFFFF) {
    out += static_cast<char>(126);
    append_big_endian(out, length, 2);
  } else {
    out += static_cast<char>(127);
    append_big_endian(out, length, 8);
  }
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
  reason = reason.substr(0, kControlPayloadMax - sizeof code);
  append_frame_header(out, WsOpcode::kClose, sizeof code + reason.size());
  append_big_endian(out, code, sizeof code);
  out += reason;
}

bool is_valid_close_code(std::uint16_t code) noexcept {
  // 1004 is reserved, 1005, 1006 and 1015 are never sent; 3000 to 4999 are for others to name.
  if (code >= 1000 && code <= 1014) return code != 1004 && code != 1005 && code != 1006;
  return code >= 3000 && code <= 4999;
}

}  // namespace portcullis::sim
