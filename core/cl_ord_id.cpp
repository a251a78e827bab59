#include "core/cl_ord_id.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace portcullis {

namespace {

constexpr std::size_t kEpochDigits = 6;      // 24 bits
constexpr std::size_t kSequenceDigits = 10;  // 40 bits

constexpr bool is_gateway_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void put_hex(std::uint64_t value, std::size_t digits, char* out) noexcept {
  for (std::size_t i = digits; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 0xF];
}

std::optional<std::uint64_t> take_hex(std::string_view text) noexcept {
  std::uint64_t value = 0;
  for (const char c : text) {
    const bool is_letter = c >= 'a' && c <= 'f';
    if (!is_letter && (c < '0' || c > '9')) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(is_letter ? c - 'a' + 10 : c - '0');
  }
  return value;
}

}  // namespace

ClOrdIdCodec::ClOrdIdCodec(std::string_view gateway_id) noexcept {
  PORTCULLIS_CHECK(is_valid_gateway_id(gateway_id), "gateway id: 1 to 8 characters of [a-z0-9]");
  std::ranges::copy(gateway_id, prefix_.begin());
  prefix_[gateway_id.size()] = '-';
  prefix_length_ = gateway_id.size() + 1;
}

bool ClOrdIdCodec::is_valid_gateway_id(std::string_view gateway_id) noexcept {
  return !gateway_id.empty() && gateway_id.size() <= kGatewayIdMax &&
         std::ranges::all_of(gateway_id, is_gateway_char);
}

std::size_t ClOrdIdCodec::encode(OrderId id, char* out) const noexcept {
  std::copy_n(prefix_.data(), prefix_length_, out);
  char* cursor = out + prefix_length_;
  put_hex(epoch_of(id), kEpochDigits, cursor);
  cursor += kEpochDigits;
  *cursor++ = '-';
  put_hex(sequence_of(id), kSequenceDigits, cursor);
  return prefix_length_ + kEpochDigits + 1 + kSequenceDigits;
}

std::optional<OrderId> ClOrdIdCodec::decode(std::string_view text) const noexcept {
  if (text.size() != prefix_length_ + kEpochDigits + 1 + kSequenceDigits) return std::nullopt;
  if (text.substr(0, prefix_length_) != std::string_view{prefix_.data(), prefix_length_} ||
      text[prefix_length_ + kEpochDigits] != '-') {
    return std::nullopt;
  }
  const auto epoch = take_hex(text.substr(prefix_length_, kEpochDigits));
  const auto sequence = take_hex(text.substr(prefix_length_ + kEpochDigits + 1));
  if (!epoch || !sequence) return std::nullopt;
  return make_order_id(*epoch, *sequence);
}

}  // namespace portcullis
