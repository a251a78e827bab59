#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"
#include "core/messages.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

// What a request was about, readable from its id alone: a reply that comes late, or after its
// request was given up, is still attributed. The letter is the first character of the id's text.
enum class RequestTag : char {
  kNewOrder = 'n',
  kCancel = 'c',
  kQuery = 'q',
  kTrades = 't',
  kTradesSince = 'h',
  kOrderLookup = 'v',
  kMassCancel = 'm',
  kSymbolCancel = 'x',  // the same for a strategy
  kAmend = 'e',
  kReplace = 'r',
  kListOfTwo = 'p',
  kListOfThree = 'w',
  kListCancel = 'd',
  kOpenOrders = 'o',
  kAccount = 'a',
  kLogon = 'l',
  kSubscribe = 's',
  kTime = 'k',  // the venue's clock
};

// `<letter><16 hex digits>`, e.g. "n00002a00000001f4"; inside the venue's 36 characters. `value` is
// the OrderId (of a cancelReplace the new order's, of a list its first order's), the SymbolId of a
// mass cancel, the VenueOrderId of a lookup, the SymbolId (upper 16 bits) and the first TradeId
// (lower 48) of a page of own trades, or zero.
struct RequestId {
  static constexpr std::size_t kTextSize = 17;

  RequestTag tag{RequestTag::kNewOrder};
  std::uint64_t value{0};

  [[nodiscard]] OrderId order_id() const noexcept;    // zero for a request about no order
  [[nodiscard]] SymbolId symbol() const noexcept;     // of a mass cancel and a page, else kNoSymbol
  [[nodiscard]] TradeId from_trade() const noexcept;  // of a page, else zero
  [[nodiscard]] VenueOrderId venue_order_id() const noexcept;  // of a lookup, else zero

  friend bool operator==(const RequestId&, const RequestId&) noexcept = default;
};

// A trade id of more than 48 bits, which no venue has come near, makes an id whose answer is not
// taken for the page asked for.
[[nodiscard]] RequestId trades_since_id(SymbolId symbol, TradeId from) noexcept;

[[nodiscard]] RequestId new_list_id(const NewOrderList& list, OrderId first) noexcept;

// Writes RequestId::kTextSize characters.
void write_request_id(RequestId id, char* out) noexcept;
// Nothing for an id that write_request_id did not write.
[[nodiscard]] std::optional<RequestId> parse_request_id(std::string_view text) noexcept;
// How many new orders the request places, which is what the venue's order limits count.
[[nodiscard]] std::int64_t order_count(RequestTag tag) noexcept;
// The seam's word for it; nothing for the session's own requests.
[[nodiscard]] std::optional<RequestKind> request_kind(RequestTag tag) noexcept;

}  // namespace portcullis::oms::binance
