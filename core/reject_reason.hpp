#pragma once

#include <cstddef>
#include <cstdint>

#include "core/mode.hpp"
#include "core/risk_scope.hpp"

namespace portcullis {

// Why the gate said no. One entry a rule; kCount sizes the counters, so that a rule cannot exist
// without one. Order is not meaningful; risk/pre_trade_gate.hpp holds the order of the checks.
enum class RejectReason : std::uint8_t {
  kNone,
  kMalformedOrder,  // non-positive quantity; a parameter missing, or not allowed for the type
  kKillSwitch,      // halted: latched until a human re-arms
  kCancelOnly,      // SIGUSR2, drain, or the venue
  kNotReady,        // start-up, reconciliation: not yet trading
  kUnknownSymbol,
  kSymbolNotTrading,  // the venue's status is not TRADING
  kSymbolNotAllowed,  // not on the configured list
  kPriceFilter,       // venue PRICE_FILTER: range or tick size
  kLotSize,           // venue LOT_SIZE / MARKET_LOT_SIZE: range or step
  kVenueNotional,     // venue NOTIONAL / MIN_NOTIONAL
  kMaxOrderQty,
  kMaxOrderNotional,
  kBookMissing,
  kBookStale,
  kBookCrossed,
  kPriceCollar,
  kMaxPosition,
  kOrderRate,
  kOrderStoreFull,
  kVenueDisconnected,  // no session able to send: refused, never queued
  kJournal,            // it could not be written down: full, failing, or behind
  kVenueBudget,      // it would be more than our share of the venue's limits, or the venue said so
  kClock,            // the venue's time is not known well enough for it to take an order
  kNotOffered,       // the symbol does not take this type or parameter (exchangeInfo)
  kIcebergParts,     // venue ICEBERG_PARTS
  kTrailingDelta,    // venue TRAILING_DELTA
  kStopSide,         // the stop price is on the side that the market has passed already
  kUnboundedQty,     // no upper bound can be given for what a quote quantity buys or sells
  kNotChangeable,    // the order to amend or replace does not work, or a change is under way
  kAmendQty,         // not less than the order, or not more than what has been filled of it
  kStrategyGone,     // its heartbeat was lost or it said goodbye, and it is not back yet
  kOrderList,        // the legs make no list that the venue takes: types, sides, quantities, prices
  kScopeHalted,      // the account, strategy or symbol was killed: until a human re-arms it
  kUnknownStrategy,  // no limits are configured for the strategy
  kStrategySymbol,   // the symbol is not on the strategy's list
  kStaleSignal,      // the decision behind the order is too old, or untold
  kLowConfidence,    // the order's confidence is below the least, or untold
  kMarketOrder,      // market orders are not allowed on the symbol
  kMaxOrderValue,    // of one order, in the reference currency
  kBookWide,         // the spread is too wide to compare prices with
  kLastTradeCollar,  // too far from the last trade
  kVenueReferenceCollar,  // too far from the venue's reference price
  kReferenceMissing,      // a price that the check compares with is missing or stale
  kPercentPrice,          // venue PERCENT_PRICE / PERCENT_PRICE_BY_SIDE
  kDuplicateOrder,        // the same order again and again
  kReduceOnly,            // only what brings the position nearer to flat, not through it
  kUncoveredSell,         // more would be sold than is held
  kMaxOpenOrders,
  kVenueOpenOrders,   // venue MAX_NUM_ORDERS, _ALGO_ORDERS, _ICEBERG_ORDERS
  kVenueMaxPosition,  // venue MAX_POSITION
  kMaxOpenValue,      // of all open orders, in the reference currency
  kGrossExposure,
  kNetExposure,
  kDailyQty,    // traded today and still open
  kDailyValue,  // traded today and still open, in the reference currency
  kAmendRate,
  kAmendCount,  // venue MAX_NUM_ORDER_AMENDS
  // Of the breakers (oms/breakers).
  kRejectStorm,        // the venue refuses order after order
  kRunaway,            // the gate does, and they keep coming
  kRepeatedExecution,  // too many orders traded since a human has looked
  kOrderToTrade,       // too many messages for what they trade
  kVelocity,           // too much traded in too short a time
  kFillMismatch,       // a fill that does not fit its order: quantity, side or price
  kPositionMismatch,   // the venue's account is not what our fills say
  kUnknownOrders,      // too many orders whose outcome is not known
  kUnknownOrderAge,    // one of them for too long
  kVenueLatency,
  kClockLost,      // the venue's time has not been known for too long
  kResultUnknown,  // a loss limit cannot be judged
  kRealizedLoss,
  kUnrealizedLoss,
  kDailyLoss,
  kRollingLoss,
  kDrawdown,
  kLossesInRow,
  kBookHealth,  // a book has been out of order for too long
  kCount,
};

// What the numbers of a Reject count.
enum class RejectUnit : std::uint8_t { kNone, kPrice, kQty, kNotional, kCount, kNanos };

// The whole verdict: rule, limit, the value in force and what it would have become. Decimals are
// raw 1e-8 integers in the unit named. Of a refusal by mode also the mode, and the scope that is in
// it. Trivially copyable: it travels in the execution report.
struct Reject {
  RejectReason reason{RejectReason::kNone};
  RejectUnit unit{RejectUnit::kNone};
  RiskScope scope{RiskScope::kOrder};  // whose limit it is
  Mode mode{Mode::kRunning};           // kRunning: not refused by mode
  Scope mode_scope{};                  // whose mode it is
  std::int64_t limit{0};
  std::int64_t value{0};
  std::int64_t projected{0};

  friend bool operator==(const Reject&, const Reject&) noexcept = default;
};

// Stable snake_case names: the metric label and the panel's text ("max_position").
[[nodiscard]] const char* to_string(RejectReason reason) noexcept;
// "max_position of symbol: limit 2, value 1.5, projected 2.5 (base qty)"; the length, <= `size`.
std::size_t format_reject(const Reject& reject, char* out, std::size_t size) noexcept;

}  // namespace portcullis
