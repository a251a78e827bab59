#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/decimal.hpp"
#include "core/enums.hpp"

namespace portcullis::sim {

// What a client may ask for, in the venue's words (Binance: ENUM definitions, new order).

enum class OrderType : std::uint8_t {
  kLimit,
  kMarket,
  kStopLoss,
  kStopLossLimit,
  kTakeProfit,
  kTakeProfitLimit,
  kLimitMaker,
  kCount,
};

[[nodiscard]] constexpr bool is_contingent(OrderType type) noexcept {
  return type == OrderType::kStopLoss || type == OrderType::kStopLossLimit ||
         type == OrderType::kTakeProfit || type == OrderType::kTakeProfitLimit;
}
// A market order once it works.
[[nodiscard]] constexpr bool is_market_like(OrderType type) noexcept {
  return type == OrderType::kMarket || type == OrderType::kStopLoss ||
         type == OrderType::kTakeProfit;
}
// Waits for the price to rise to its stop price, else to fall to it (Binance: trigger order price
// rules). Of contingent orders.
[[nodiscard]] constexpr bool is_triggered_above(OrderType type, Side side) noexcept {
  const bool is_stop = type == OrderType::kStopLoss || type == OrderType::kStopLossLimit;
  return is_stop == (side == Side::kBuy);
}
[[nodiscard]] constexpr bool has_limit_price(OrderType type) noexcept {
  return type == OrderType::kLimit || type == OrderType::kLimitMaker ||
         type == OrderType::kStopLossLimit || type == OrderType::kTakeProfitLimit;
}

enum class OrderStatus : std::uint8_t {
  kNew,
  kPendingNew,  // of an order list, until the working order is filled
  kPartiallyFilled,
  kFilled,
  kCanceled,
  kRejected,
  kExpired,
  kExpiredInMatch,  // self-trade prevention
};

[[nodiscard]] constexpr bool is_open(OrderStatus status) noexcept {
  return status == OrderStatus::kNew || status == OrderStatus::kPendingNew ||
         status == OrderStatus::kPartiallyFilled;
}

// Self-trade prevention (Binance: STP FAQ).
enum class StpMode : std::uint8_t {
  kNone,
  kExpireTaker,
  kExpireMaker,
  kExpireBoth,
  kDecrement,
  kTransfer,
  kCount,
};

enum class ExpiryReason : std::uint8_t {
  kNone,
  kRejected,
  kExchangeCanceled,
  kOcoTrigger,
  kOtoPhaseOneExpired,
  kUnfilledIoc,
  kUnfilledFok,
  kInsufficientLiquidity,
  kPriceRangeExceeded,
};

// Why an order was rejected, the "r" of an execution report (Binance: order reject reason).
enum class RejectReason : std::uint8_t {
  kNone,
  kInsufficientBalances,
  kStopWouldTriggerImmediately,
  kWouldMatchImmediately,
  kOcoBadPrices,
};

enum class PegPriceType : std::uint8_t { kNone, kPrimary, kMarket };

// Price taken from the book: the best of the own (primary) or the other (market) side, moved by
// `offset_levels` existing price levels (Binance: pegged orders).
struct Peg {
  PegPriceType price_type{PegPriceType::kNone};
  int offset_levels{0};
  bool has_offset{false};

  [[nodiscard]] bool is_set() const noexcept { return price_type != PegPriceType::kNone; }
};

struct NewOrder {
  std::string client_order_id{};  // empty: the exchange makes one
  Side side{Side::kBuy};
  OrderType type{OrderType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  Price px{};                                   // zero: none
  Qty qty{};                                    // zero: none (quote_order_qty is given)
  Notional quote_order_qty{};                   // market orders only
  Price stop_px{};                              // zero: none
  std::optional<std::int64_t> trailing_bips{};  // trailingDelta; 100 is one percent
  Qty iceberg_qty{};                            // zero: all of it shows
  std::optional<StpMode> stp{};                 // none: the symbol's default
  Peg peg{};
  std::optional<std::int64_t> strategy_id{};
  std::optional<std::int64_t> strategy_type{};
};

}  // namespace portcullis::sim
