#include "oms/binance/request_id.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr int kTradeIdBits = 48;
constexpr std::uint64_t kTradeIdMask = (std::uint64_t{1} << kTradeIdBits) - 1;

std::optional<RequestTag> parse_tag(char letter) noexcept {
  const auto tag = static_cast<RequestTag>(letter);
  switch (tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kCancel:
    case RequestTag::kQuery:
    case RequestTag::kTrades:
    case RequestTag::kTradesSince:
    case RequestTag::kOrderLookup:
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
    case RequestTag::kAmend:
    case RequestTag::kReplace:
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree:
    case RequestTag::kListCancel:
    case RequestTag::kOpenOrders:
    case RequestTag::kAccount:
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: return tag;
  }
  return std::nullopt;
}

int hex_digit(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

OrderId RequestId::order_id() const noexcept {
  switch (tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kCancel:
    case RequestTag::kQuery:
    case RequestTag::kAmend:
    case RequestTag::kReplace:
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree:
    case RequestTag::kListCancel:
    case RequestTag::kTrades: return OrderId{value};
    case RequestTag::kTradesSince:
    case RequestTag::kOrderLookup:
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
    case RequestTag::kOpenOrders:
    case RequestTag::kAccount:
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: return OrderId{};
  }
  return OrderId{};
}

SymbolId RequestId::symbol() const noexcept {
  if (tag == RequestTag::kTradesSince) {
    return SymbolId{static_cast<std::uint16_t>(value >> kTradeIdBits)};
  }
  const bool is_of_symbol = tag == RequestTag::kMassCancel || tag == RequestTag::kSymbolCancel;
  if (!is_of_symbol || value >= kNoSymbol.raw()) return kNoSymbol;
  return SymbolId{static_cast<std::uint16_t>(value)};
}

TradeId RequestId::from_trade() const noexcept {
  return TradeId{tag == RequestTag::kTradesSince ? value & kTradeIdMask : 0};
}

VenueOrderId RequestId::venue_order_id() const noexcept {
  return VenueOrderId{tag == RequestTag::kOrderLookup ? value : 0};
}

RequestId trades_since_id(SymbolId symbol, TradeId from) noexcept {
  return {RequestTag::kTradesSince,
          std::uint64_t{symbol.raw()} << kTradeIdBits | (from.raw() & kTradeIdMask)};
}

RequestId new_list_id(const NewOrderList& list, OrderId first) noexcept {
  return {list.size() == 2 ? RequestTag::kListOfTwo : RequestTag::kListOfThree, first.raw()};
}

void write_request_id(RequestId id, char* out) noexcept {
  constexpr char kDigits[] = "0123456789abcdef";
  out[0] = static_cast<char>(id.tag);
  for (int i = 0; i < 16; ++i) out[1 + i] = kDigits[id.value >> (60 - 4 * i) & 15];
}

std::optional<RequestId> parse_request_id(std::string_view text) noexcept {
  if (text.size() != RequestId::kTextSize) return std::nullopt;
  const auto tag = parse_tag(text[0]);
  if (!tag) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text.substr(1)) {
    const int nibble = hex_digit(digit);
    if (nibble < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(nibble);
  }
  return RequestId{*tag, value};
}

std::int64_t order_count(RequestTag tag) noexcept {
  switch (tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kReplace: return 1;
    case RequestTag::kListOfTwo: return 2;
    case RequestTag::kListOfThree: return 3;
    case RequestTag::kCancel:
    case RequestTag::kQuery:
    case RequestTag::kTrades:
    case RequestTag::kTradesSince:
    case RequestTag::kOrderLookup:
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
    case RequestTag::kAmend:
    case RequestTag::kListCancel:
    case RequestTag::kOpenOrders:
    case RequestTag::kAccount:
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: return 0;
  }
  return 0;
}

std::optional<RequestKind> request_kind(RequestTag tag) noexcept {
  switch (tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kReplace: return RequestKind::kNewOrder;
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree: return RequestKind::kNewList;
    case RequestTag::kListCancel: return RequestKind::kListCancel;
    case RequestTag::kAmend: return RequestKind::kAmend;
    case RequestTag::kCancel: return RequestKind::kCancel;
    case RequestTag::kQuery: return RequestKind::kQuery;
    case RequestTag::kTrades: return RequestKind::kTrades;
    case RequestTag::kTradesSince: return RequestKind::kTradesSince;
    case RequestTag::kOrderLookup: return RequestKind::kOrderLookup;
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel: return RequestKind::kMassCancel;
    case RequestTag::kOpenOrders: return RequestKind::kOpenOrders;
    case RequestTag::kAccount: return RequestKind::kAccount;
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace portcullis::oms::binance
