#pragma once

#include <cstddef>
#include <cstdint>

namespace portcullis {

// The field's words, FIX's meanings. to_string gives the log and panel form (lower case, words
// joined by '-'); a venue's spelling lives with the venue.

enum class Side : std::uint8_t { kBuy, kSell };
enum class OrdType : std::uint8_t {
  kLimit,
  kMarket,
  kLimitMaker,
  // These wait for the market to reach a price and then become a market or a limit order.
  kStopLoss,
  kStopLossLimit,
  kTakeProfit,
  kTakeProfitLimit,
};
enum class TimeInForce : std::uint8_t { kGtc, kIoc, kFok };
enum class Liquidity : std::uint8_t { kNone, kMaker, kTaker };
// Whose order gives way when two of one account meet. The modes that move quantity without a fill
// (Binance: DECREMENT, TRANSFER) are missing: the accounting does not know them.
enum class StpMode : std::uint8_t { kVenueDefault, kNone, kExpireTaker, kExpireMaker, kExpireBoth };
// The price of a pegged order is the venue's best one, of the own side or of the far side.
enum class PegKind : std::uint8_t { kNone, kPrimary, kMarket };
// How the orders of a list hang together (Binance: "Order lists"). OCO: one cancels the other. OTO:
// one triggers the other, which waits until the first is filled; OTOCO: triggers a pair. OPO,
// OPOCO: the same, and what waits sells what the first has brought in.
enum class ListKind : std::uint8_t { kOco, kOto, kOtoco, kOpo, kOpoco };

// Where an order is now (FIX 39). Pending cancel is a bit beside it, never a state: a refused
// cancel clears the bit and what was underneath is still there.
enum class OrderState : std::uint8_t {
  kPendingNew,  // sent (or about to be), nothing heard
  kNew,         // the venue has it on its book
  kPartiallyFilled,
  kFilled,
  kCanceled,
  kRejected,   // the venue said no
  kExpired,    // IOC/FOK remainder, self-trade prevention, venue's own doing
  kUnknown,    // sent, and the outcome is not known: exposure stays, a query runs
  kNotPlaced,  // proven absent at the venue by the UNKNOWN procedure
  kCount,
};

// What happened (FIX 150). Never switch on one meaning the other.
enum class ExecType : std::uint8_t {
  kPendingNew,  // the gateway accepted the order and is sending it
  kNew,
  kTrade,
  kCanceled,
  kRejected,  // by the venue
  kDenied,    // by our own gate: the order never left
  kExpired,
  kUnknown,  // outcome unknown; exposure held
  kNotPlaced,
  kCancelRejected,  // the cancel was refused; the order is what it was
  kRestated,        // an order of an earlier run that is still open, told once after the start
  kReplaced,        // amended: the order is smaller, and where it was in the queue
  kAmendRejected,   // by the venue or by us; the order is what it was
  kCount,
};

enum class BookState : std::uint8_t { kEmpty, kBuffering, kSynced, kStale };

[[nodiscard]] constexpr bool is_terminal(OrderState state) noexcept {
  return state == OrderState::kFilled || state == OrderState::kCanceled ||
         state == OrderState::kRejected || state == OrderState::kExpired ||
         state == OrderState::kNotPlaced;
}
[[nodiscard]] constexpr Side opposite(Side side) noexcept {
  return side == Side::kBuy ? Side::kSell : Side::kBuy;
}

// Waits for a stop price, or for a distance to the market's best.
[[nodiscard]] constexpr bool is_contingent(OrdType type) noexcept {
  return type >= OrdType::kStopLoss && type <= OrdType::kTakeProfitLimit;
}
// Carries a limit price, from the start or once it is triggered.
[[nodiscard]] constexpr bool has_limit_px(OrdType type) noexcept {
  return type == OrdType::kLimit || type == OrdType::kLimitMaker ||
         type == OrdType::kStopLossLimit || type == OrdType::kTakeProfitLimit;
}
// The market has to rise to a contingent order's stop price, or to fall to it.
[[nodiscard]] constexpr bool is_triggered_above(OrdType type, Side side) noexcept {
  const bool is_stop_loss = type == OrdType::kStopLoss || type == OrdType::kStopLossLimit;
  return is_stop_loss == (side == Side::kBuy);
}

[[nodiscard]] constexpr std::size_t list_size(ListKind kind) noexcept {
  return kind == ListKind::kOtoco || kind == ListKind::kOpoco ? 3 : 2;
}
// The first order works, and the others wait until it is filled.
[[nodiscard]] constexpr bool has_pending_legs(ListKind kind) noexcept {
  return kind != ListKind::kOco;
}
// What waits has no quantity of its own.
[[nodiscard]] constexpr bool is_paid_by_working(ListKind kind) noexcept {
  return kind == ListKind::kOpo || kind == ListKind::kOpoco;
}

[[nodiscard]] const char* to_string(Side side) noexcept;
[[nodiscard]] const char* to_string(OrdType type) noexcept;
[[nodiscard]] const char* to_string(TimeInForce tif) noexcept;
[[nodiscard]] const char* to_string(Liquidity liquidity) noexcept;
[[nodiscard]] const char* to_string(StpMode mode) noexcept;
[[nodiscard]] const char* to_string(PegKind kind) noexcept;
[[nodiscard]] const char* to_string(ListKind kind) noexcept;
[[nodiscard]] const char* to_string(OrderState state) noexcept;
[[nodiscard]] const char* to_string(ExecType type) noexcept;
[[nodiscard]] const char* to_string(BookState state) noexcept;

}  // namespace portcullis
