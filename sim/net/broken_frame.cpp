#include "sim/net/broken_frame.hpp"

#include <algorithm>

#include "sim/net/ws_frame.hpp"

namespace portcullis::sim {

namespace {

constexpr unsigned kReservedBit1 = 0x40;
constexpr unsigned kMaskBit = 0x80;
constexpr unsigned kUnknownOpcode = 0x3;

void append_fragments(std::string& out, std::string_view text, std::size_t bytes) {
  const std::size_t piece = std::max<std::size_t>(bytes, 1);
  WsOpcode opcode = WsOpcode::kText;
  do {
    const std::string_view head = text.substr(0, piece);
    text.remove_prefix(head.size());
    append_frame_header(out, opcode, head.size(), text.empty());
    out += head;
    opcode = WsOpcode::kContinuation;
  } while (!text.empty());
}

void append_masked(std::string& out, std::string_view text) {
  constexpr std::array<char, 4> kMask{0x12, 0x34, 0x56, 0x78};
  const std::size_t start = out.size();
  append_frame_header(out, WsOpcode::kText, text.size());
  out[start + 1] = static_cast<char>(static_cast<unsigned char>(out[start + 1]) | kMaskBit);
  out.append(kMask.data(), kMask.size());
  const std::size_t payload = out.size();
  out += text;
  apply_mask({out.data() + payload, text.size()}, kMask);
}

void set_first_byte(std::string& out, std::size_t at, unsigned bits) {
  out[at] = static_cast<char>(bits);
}

}  // namespace

void append_broken_message(std::string& out, std::string_view text, const WireFault& fault) {
  const std::size_t start = out.size();
  constexpr unsigned kFinalText = 0x81;
  switch (fault.kind) {
    case WireFaultKind::kFragment: return append_fragments(out, text, fault.bytes);
    case WireFaultKind::kBadOpcode:
      append_frame(out, WsOpcode::kText, text);
      return set_first_byte(out, start, (kFinalText & 0xF0U) | kUnknownOpcode);
    case WireFaultKind::kReservedBits:
      append_frame(out, WsOpcode::kText, text);
      return set_first_byte(out, start, kFinalText | kReservedBit1);
    case WireFaultKind::kWrongLength:
      append_frame_header(out, WsOpcode::kText, text.size() + fault.bytes);
      out += text;
      return;
    case WireFaultKind::kMasked: return append_masked(out, text);
    case WireFaultKind::kBadUtf8:
      append_frame_header(out, WsOpcode::kText, text.size() + 1);
      out += text;
      out += '\xFF';
      return;
    case WireFaultKind::kOversized:
      append_frame_header(out, WsOpcode::kText, std::max(text.size(), fault.bytes));
      out += text;
      out.append(fault.bytes - std::min(fault.bytes, text.size()), ' ');
      return;
    case WireFaultKind::kStopReading:
    case WireFaultKind::kSlowReading:
    case WireFaultKind::kTrickle:
    case WireFaultKind::kHoldBack:
    case WireFaultKind::kSilence:
    case WireFaultKind::kEnd:
    case WireFaultKind::kEndWithoutNotify:
    case WireFaultKind::kReset:
    case WireFaultKind::kEndOfHearing: break;
  }
  append_frame(out, WsOpcode::kText, text);
}

}  // namespace portcullis::sim
