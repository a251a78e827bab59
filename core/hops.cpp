#include "core/hops.hpp"

#include <array>

namespace portcullis {

const char* to_string(Hop hop) noexcept {
  static constexpr std::array<const char*, kHopCount> kNames{
      "wire_to_decoded",     "decoded_to_book",  "book_to_ring", "ring_to_strategy",
      "strategy_to_gateway", "ring_to_risk",     "risk_check",   "risk_to_journal",
      "journal_to_encoded",  "encoded_to_wire",  "wire_to_ack",  "ack_to_client",
      "tick_to_trade",       "order_in_to_wire", "venue_to_us"};
  const auto index = static_cast<std::size_t>(hop);
  return index < kNames.size() ? kNames[index] : "?";
}

}  // namespace portcullis
