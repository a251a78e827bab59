#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"

namespace portcullis {

// Client order id as the venue sees it: `<gateway><epoch><sequence>`, e.g. "pc1-00002a-00000001f4".
// Alphabet and length fit Binance's ^[a-zA-Z0-9-_]{1,36}$. Derived from the OrderId and back, so
// that a report finds its order without a string map, and an orphan names its owner.
//
// The gateway id (1 to 8 characters of [a-z0-9]) keeps two gateways on one account apart.
inline constexpr unsigned kSequenceBits = 40;

[[nodiscard]] constexpr OrderId make_order_id(std::uint64_t epoch,
                                              std::uint64_t sequence) noexcept {
  return OrderId{epoch << kSequenceBits | sequence};
}
[[nodiscard]] constexpr std::uint64_t epoch_of(OrderId id) noexcept {
  return id.raw() >> kSequenceBits;
}
[[nodiscard]] constexpr std::uint64_t sequence_of(OrderId id) noexcept {
  return id.raw() & ((std::uint64_t{1} << kSequenceBits) - 1);
}

class ClOrdIdCodec {
 public:
  static constexpr std::size_t kTextMax = 36;
  static constexpr std::size_t kGatewayIdMax = 8;

  // Aborts on a gateway id outside its alphabet or length: configuration has checked it before.
  explicit ClOrdIdCodec(std::string_view gateway_id) noexcept;
  [[nodiscard]] static bool is_valid_gateway_id(std::string_view gateway_id) noexcept;

  // Writes the id's text; returns its length, at most kTextMax. No allocation.
  std::size_t encode(OrderId id, char* out) const noexcept;
  // Nothing for an id that this gateway did not make.
  [[nodiscard]] std::optional<OrderId> decode(std::string_view text) const noexcept;

 private:
  std::array<char, kGatewayIdMax + 1> prefix_{};  // "pc1-"
  std::size_t prefix_length_{0};
};

}  // namespace portcullis
