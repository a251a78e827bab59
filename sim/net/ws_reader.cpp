#include "sim/net/ws_reader.hpp"

namespace portcullis::sim {

namespace {

bool is_control(std::uint8_t opcode) noexcept {
  return opcode >= static_cast<std::uint8_t>(WsOpcode::kClose);
}

bool is_opcode(std::uint8_t opcode) noexcept {
  return opcode <= static_cast<std::uint8_t>(WsOpcode::kBinary) ||
         (is_control(opcode) && opcode <= static_cast<std::uint8_t>(WsOpcode::kPong));
}

constexpr std::uint16_t kNoCode = 1005;

}  // namespace

std::optional<WsReader::Violation> WsReader::read(std::span<char> bytes, Handler& handler) {
  const bool is_continued = !unread_.empty();
  if (is_continued) {
    unread_.append(bytes.data(), bytes.size());
    bytes = unread_;
  }
  const std::size_t size = bytes.size();
  Step step = Step::kMore;
  while (step == Step::kMore && !bytes.empty()) step = read_frame(bytes, handler);
  if (step == Step::kOver) {
    unread_ = {};
  } else if (is_continued) {
    unread_.erase(0, size - bytes.size());
  } else {
    unread_.assign(bytes.data(), bytes.size());
  }
  return violation_;
}

WsReader::Step WsReader::read_frame(std::span<char>& bytes, Handler& handler) {
  const auto header = parse_frame_header({bytes.data(), bytes.size()});
  if (!header) return Step::kStarved;
  // Before its payload has come: who means to send too much is told at once.
  if (violates(*header)) return Step::kOver;
  if (bytes.size() - header->size < header->length) return Step::kStarved;
  const auto payload = bytes.subspan(header->size, static_cast<std::size_t>(header->length));
  bytes = bytes.subspan(header->size + payload.size());
  apply_mask(payload, header->mask);
  if (!handler.on_frame()) return Step::kOver;
  const std::string_view text{payload.data(), payload.size()};
  return is_control(header->opcode) ? on_control(*header, text, handler)
                                    : on_data(*header, text, handler);
}

bool WsReader::violates(const WsFrameHeader& header) noexcept {
  const auto found = [this](std::uint16_t code, std::string_view reason) {
    violation_ = {code, reason};
    return true;
  };
  using ws_close::kProtocolError;
  if (header.reserved != 0) return found(kProtocolError, "reserved bits are set");
  if (!is_opcode(header.opcode)) return found(kProtocolError, "unknown opcode");
  if (!header.is_masked) return found(kProtocolError, "a client's frame is masked");
  if (!header.has_shortest_length) return found(kProtocolError, "the length is not the shortest");
  if (is_control(header.opcode)) {
    if (!header.is_final) return found(kProtocolError, "a control frame has no fragments");
    if (header.length > kControlPayloadMax) return found(kProtocolError, "control frame too long");
    return false;
  }
  const bool is_continuation = header.opcode == static_cast<std::uint8_t>(WsOpcode::kContinuation);
  if (is_continuation && !is_fragmented_) return found(kProtocolError, "nothing to continue");
  if (!is_continuation && is_fragmented_) return found(kProtocolError, "a message is unfinished");
  if (header.length > message_bytes_max_ - message_.size()) {
    return found(ws_close::kTooBig, "message too long");
  }
  return false;
}

WsReader::Step WsReader::on_control(const WsFrameHeader& header, std::string_view payload,
                                    Handler& handler) {
  if (header.opcode == static_cast<std::uint8_t>(WsOpcode::kClose)) {
    return on_close_frame(payload, handler);
  }
  const bool goes_on = header.opcode == static_cast<std::uint8_t>(WsOpcode::kPing)
                           ? handler.on_ping(payload)
                           : handler.on_pong(payload);
  return goes_on ? Step::kMore : Step::kOver;
}

WsReader::Step WsReader::on_close_frame(std::string_view payload, Handler& handler) {
  if (payload.size() == 1) return end(ws_close::kProtocolError, "half a close code");
  std::uint16_t code = kNoCode;
  if (!payload.empty()) {
    code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                      static_cast<unsigned char>(payload[1]));
    if (!is_valid_close_code(code)) return end(ws_close::kProtocolError, "no such close code");
    if (!is_utf8(payload.substr(2))) return end(ws_close::kBadPayload, "the reason is not UTF-8");
  }
  handler.on_close(code);
  return Step::kOver;
}

WsReader::Step WsReader::on_data(const WsFrameHeader& header, std::string_view payload,
                                 Handler& handler) {
  if (!utf8_.add(payload) || (header.is_final && !utf8_.is_whole())) {
    return end(ws_close::kBadPayload, "the text is not UTF-8");
  }
  if (header.is_final && !is_fragmented_) {
    return handler.on_message(payload) ? Step::kMore : Step::kOver;
  }
  message_ += payload;
  is_fragmented_ = !header.is_final;
  if (is_fragmented_) return Step::kMore;
  const bool goes_on = handler.on_message(message_);
  message_ = {};
  return goes_on ? Step::kMore : Step::kOver;
}

WsReader::Step WsReader::end(std::uint16_t code, std::string_view reason) noexcept {
  violation_ = {code, reason};
  return Step::kOver;
}

}  // namespace portcullis::sim
