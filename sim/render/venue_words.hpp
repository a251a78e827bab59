#pragma once

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// Our enumerators in the venue's spelling (Binance: ENUM definitions).
[[nodiscard]] const char* venue_text(Side side) noexcept;
[[nodiscard]] const char* venue_text(OrderType type) noexcept;
[[nodiscard]] const char* venue_text(TimeInForce tif) noexcept;
[[nodiscard]] const char* venue_text(OrderStatus status) noexcept;
[[nodiscard]] const char* venue_text(StpMode mode) noexcept;
[[nodiscard]] const char* venue_text(ExpiryReason reason) noexcept;
[[nodiscard]] const char* venue_text(PegPriceType type) noexcept;
[[nodiscard]] const char* venue_text(SymbolStatus status) noexcept;
[[nodiscard]] const char* venue_text(ListStatusType type) noexcept;
[[nodiscard]] const char* venue_text(ListOrderStatus status) noexcept;
[[nodiscard]] const char* venue_text(RejectReason reason) noexcept;
// What happened, the "x" of an execution report.
[[nodiscard]] const char* venue_text(AccountEvent::Type type) noexcept;
// The contingency: an OTOCO is an OTO to the venue.
[[nodiscard]] const char* venue_text(ListKind kind) noexcept;

}  // namespace portcullis::sim
