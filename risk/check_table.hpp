#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/reject_reason.hpp"
#include "core/risk_scope.hpp"

namespace portcullis::risk {

// What follows when a check finds something.
enum class CheckAction : std::uint8_t { kReject, kAlert, kReduceOnly, kHalt, kCancel };

[[nodiscard]] constexpr const char* to_string(CheckAction action) noexcept {
  switch (action) {
    case CheckAction::kReject: return "reject";
    case CheckAction::kAlert: return "alert";
    case CheckAction::kReduceOnly: return "reduce_only";
    case CheckAction::kHalt: return "halt";
    case CheckAction::kCancel: return "cancel";
  }
  return "?";
}

// One check of the gate, or one refusal of the stages behind it. The counters, the documents and
// the tests follow from this table: a reason without a row does not compile, a row without a test
// case fails.
struct CheckRow {
  RejectReason reason;  // its name is the check's name
  std::uint8_t scopes;  // bit_of_scope of each that has such a limit
  CheckAction action;
  std::string_view keys;     // the configuration's, with their units; empty: none
  std::string_view meaning;  // one sentence
  std::string_view source;   // the rule that asks for it
};

template <class... Scope>
[[nodiscard]] constexpr std::uint8_t scopes(Scope... scope) noexcept {
  return static_cast<std::uint8_t>(((1U << std::to_underlying(scope)) | ...));
}

namespace check_rows {

using enum RejectReason;
using S = RiskScope;
inline constexpr CheckAction kReject = CheckAction::kReject;
inline constexpr CheckAction kHalt = CheckAction::kHalt;
inline constexpr std::uint8_t kLossScopes = scopes(S::kStrategy, S::kAccount, S::kGlobal);

inline constexpr CheckRow kRows[] = {
    {kMalformedOrder, scopes(S::kOrder), kReject, "",
     "The order makes sense by itself: enumerators known, amounts positive, and the parameters "
     "that its type needs and no other.",
     "NI 23-103 checklist"},
    {kKillSwitch, scopes(S::kGlobal), kReject, "", "Nothing opens while a kill is latched.",
     "RTS6 12"},
    {kCancelOnly, scopes(S::kGlobal), kReject, "", "Nothing opens while only cancels may leave.",
     "RTS6 12"},
    {kNotReady, scopes(S::kSymbol, S::kGlobal), kReject, "",
     "Nothing opens before the account is reconciled, or on a symbol whose books do not add up.",
     "RTS6 17"},
    {kUnknownSymbol, scopes(S::kOrder), kReject, "", "The symbol is in the instrument table.",
     "RTS6 15(5)"},
    {kUnknownStrategy, scopes(S::kStrategy), kReject, "limits.strategy.NAME",
     "The strategy has limits of its own.", "RTS6 15(5)"},
    {kScopeHalted, scopes(S::kSymbol, S::kStrategy, S::kAccount), CheckAction::kHalt, "",
     "No scope of the order was killed; docs/kill_switch.md has the modes.", "RTS6 12"},
    {kSymbolNotAllowed, scopes(S::kSymbol), kReject, "enabled", "The symbol may be traded at all.",
     "RTS6 15(5), 15c3-5(c)(2)"},
    {kSymbolNotTrading, scopes(S::kSymbol), kReject, "", "The venue trades the symbol now.",
     "RTS6 15"},
    {kStrategySymbol, scopes(S::kStrategySymbol), kReject, "symbols",
     "The symbol is on the strategy's list.", "RTS6 15(5)"},
    {kNotOffered, scopes(S::kSymbol), kReject, "",
     "The venue takes this type and these parameters on the symbol.", "Binance"},
    {kMarketOrder, scopes(S::kSymbol), kReject, "market_orders",
     "Orders without a limit price are allowed on the symbol.", "FIA"},
    {kStaleSignal, scopes(S::kStrategy), kReject, "signal_age_max (duration)",
     "The decision behind the order is young; one that is not told is refused.", "FIX MaxLatency"},
    {kLowConfidence, scopes(S::kStrategy), kReject, "min_confidence_ppm, untold_confidence",
     "The strategy is sure enough of the order.", ""},
    {kUnboundedQty, scopes(S::kOrder), kReject, "",
     "An upper bound can be given for what a quote quantity buys or sells.", "RTS6 15(2)"},
    {kPriceFilter, scopes(S::kSymbol), kReject, "", "Venue PRICE_FILTER: range and tick.",
     "Binance"},
    {kLotSize, scopes(S::kSymbol), kReject, "", "Venue LOT_SIZE, MARKET_LOT_SIZE: range and step.",
     "Binance"},
    {kIcebergParts, scopes(S::kSymbol), kReject, "", "Venue ICEBERG_PARTS.", "Binance"},
    {kTrailingDelta, scopes(S::kSymbol), kReject, "", "Venue TRAILING_DELTA.", "Binance"},
    {kBookMissing, scopes(S::kSymbol), kReject, "", "There is a book in sequence, with both sides.",
     "FIA"},
    {kVenueNotional, scopes(S::kSymbol), kReject, "", "Venue NOTIONAL, MIN_NOTIONAL.", "Binance"},
    {kMaxOrderQty, scopes(S::kSymbol, S::kStrategySymbol), kReject, "max_order_qty (base units)",
     "One order is not larger than this.", "RTS6 15(1)(c)"},
    {kMaxOrderNotional, scopes(S::kSymbol), kReject, "max_order_notional (quote units)",
     "One order is not worth more than this.", "RTS6 15(1)(b)"},
    {kReferenceMissing, scopes(S::kSymbol, S::kStrategy, S::kGroup, S::kAccount, S::kGlobal),
     kReject, "mark_age_max, last_trade_age_max, venue_reference_age_max (durations)",
     "Every price that a check compares or converts with is known and young.",
     "NI 23-103 checklist"},
    {kMaxOrderValue, scopes(S::kSymbol, S::kStrategy, S::kAccount, S::kGlobal), kReject,
     "max_order_value (reference currency)", "One order is not worth more than this.",
     "RTS6 15(1)(b)"},
    {kBookStale, scopes(S::kSymbol), kReject, "book_age_max (duration)", "The book is young.",
     "FIA"},
    {kBookCrossed, scopes(S::kSymbol), kReject, "", "The book is not crossed.", "FIA"},
    {kBookWide, scopes(S::kSymbol), kReject, "spread_max_bps", "The spread is not too wide.",
     "FIA"},
    {kPriceCollar, scopes(S::kSymbol), kReject, "collar_width_bps",
     "The price is near the mid of the live book.", "RTS6 15(1)(a)"},
    {kStopSide, scopes(S::kOrder), kReject, "",
     "A stop price lies on the side that the market has not passed.", "Binance"},
    {kLastTradeCollar, scopes(S::kSymbol), kReject, "last_collar_width_bps",
     "The price is near the last trade.", "RTS6 15(1)(a)"},
    {kVenueReferenceCollar, scopes(S::kSymbol), kReject, "venue_collar_width_bps",
     "The price is near the venue's reference price.", "RTS6 15(1)(a)"},
    {kPercentPrice, scopes(S::kSymbol), kReject, "",
     "Venue PERCENT_PRICE, PERCENT_PRICE_BY_SIDE, by the nearest reference that is known.",
     "Binance"},
    {kDuplicateOrder, scopes(S::kStrategy), kReject, "duplicates_max, duplicates_window (duration)",
     "The same order is not sent again and again.", "15c3-5(c)(1)(ii)"},
    {kReduceOnly, scopes(S::kSymbol, S::kStrategy, S::kStrategySymbol), kReject,
     "reduce_only; SAFE_MODE", "The order brings the position nearer to flat, and not through it.",
     "FIA"},
    {kUncoveredSell, scopes(S::kSymbol), kReject, "uncovered_sells, position_baseline (base units)",
     "No more is sold than is held.", "Reg SHO"},
    {kMaxPosition, scopes(S::kSymbol, S::kStrategySymbol), kReject,
     "max_long_position, max_short_position (base units)",
     "The position stays inside, were every open order of its side filled.", "RTS6 17(4)"},
    {kVenueMaxPosition, scopes(S::kSymbol), kReject, "", "Venue MAX_POSITION.", "Binance"},
    {kMaxOpenOrders, scopes(S::kSymbol, S::kStrategy, S::kAccount), kReject, "max_open_orders",
     "No more orders than this are open.", "FIA"},
    {kVenueOpenOrders, scopes(S::kSymbol), kReject, "",
     "Venue MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ICEBERG_ORDERS.", "Binance"},
    {kMaxOpenValue, scopes(S::kSymbol, S::kStrategy, S::kGroup, S::kAccount), kReject,
     "max_open_value (reference currency)", "The open orders are not worth more than this.",
     "UMIR 7.1"},
    {kGrossExposure, scopes(S::kGroup, S::kAccount, S::kGlobal), kReject,
     "max_gross_exposure (reference currency)",
     "The sum of the worst cases of all symbols stays inside; what reduces passes.",
     "15c3-5(c)(1)(i)"},
    {kNetExposure, scopes(S::kGroup, S::kAccount, S::kGlobal), kReject,
     "max_net_exposure (reference currency)",
     "The worst net of all symbols stays inside, either way.", "15c3-5(c)(1)(i)"},
    {kDailyQty, scopes(S::kSymbol), kReject, "max_daily_qty (base units)",
     "What was traded since midnight UTC and is still open stays inside.", "RTS6 15(1)(c)"},
    {kDailyValue, scopes(S::kSymbol, S::kStrategy, S::kAccount), kReject,
     "max_daily_value (reference currency)",
     "What was traded since midnight UTC and is still open stays inside.", "RTS6 15(1)(b)"},
    {kVenueBudget, scopes(S::kAccount), kReject, "venue.order_share (percent)",
     "Our share of the venue's limits is not used up.", "Binance"},
    {kClock, scopes(S::kGlobal), kReject, "venue.clock_error_max (duration)",
     "The venue's time is known well enough.", "RTS25"},
    {kOrderRate, scopes(S::kSymbol, S::kStrategy, S::kAccount), kReject,
     "order_rate_max, order_rate_window, order_burst_max, order_window_max, order_window",
     "New orders come no faster than this, by token bucket and by sliding window.",
     "RTS6 15(1)(d)"},
    // Of amendments.
    {kNotChangeable, scopes(S::kOrder), kReject, "", "The order works, and no change is under way.",
     "Binance"},
    {kAmendQty, scopes(S::kOrder), kReject, "",
     "The new quantity is less than the order's and more than what has been filled.", "Binance"},
    {kAmendCount, scopes(S::kOrder), kReject, "", "Venue MAX_NUM_ORDER_AMENDS.", "Binance"},
    {kAmendRate, scopes(S::kSymbol, S::kStrategy, S::kAccount), kReject,
     "amend_rate_max, amend_rate_window, amend_burst_max, amend_window_max, amend_window",
     "Amendments come no faster than this.", "RTS6 15(1)(d)"},
    // Of the stages before and behind the gate.
    {kStrategyGone, scopes(S::kStrategy), CheckAction::kCancel,
     "strategy_sessions.heartbeat_timeout (duration)",
     "The strategy is heard; of one that is not, the orders are cancelled.", "FIA"},
    {kOrderList, scopes(S::kOrder), kReject, "",
     "The orders of a list make one that the venue takes.", "Binance"},
    {kOrderStoreFull, scopes(S::kGlobal), kReject, "orders.capacity",
     "There is room for the order.", "RTS6 10"},
    {kVenueDisconnected, scopes(S::kGlobal), kReject, "",
     "A session can send now; nothing is queued.", "RTS6 15"},
    {kJournal, scopes(S::kGlobal), kReject, "journal.stall_max (duration)",
     "The order can be written down before it is sent.", "RTS6 28"},
    // Of the breakers, which watch and raise a mode; kReject: while it lasts, with no human.
    {kRejectStorm, scopes(S::kStrategy, S::kAccount), kHalt,
     "venue_rejects_max, venue_rejects_window", "The venue does not refuse order after order.",
     "CME port closure"},
    {kRunaway, scopes(S::kStrategy), kHalt, "refusals_max, refusals_window",
     "A strategy does not go on sending what the gate refuses.", "SEC 70694"},
    {kRepeatedExecution, scopes(S::kStrategy), kHalt, "executions_max",
     "No more orders trade than this before a human has looked.", "RTS6 15(3)"},
    {kOrderToTrade, scopes(S::kStrategy, S::kAccount), kReject,
     "order_to_trade_max, order_to_trade_floor, order_to_trade_window",
     "Messages for each trade, amendments and cancels counted; alert at 80 %.", "MiFID OTR"},
    {kVelocity, scopes(S::kStrategySymbol), CheckAction::kCancel,
     "velocity_qty_max (base units), velocity_notional_max (quote units), velocity_window, "
     "velocity_freeze",
     "What trades within a window stays inside; else its orders are cancelled and it is frozen, or "
     "with no freeze halted.",
     "FIX 1530=10"},
    {kFillMismatch, scopes(S::kAccount), kHalt, "",
     "Each fill fits its order: quantity, side and price.", "FIA"},
    {kPositionMismatch, scopes(S::kAccount), kHalt, "position_tolerance (base units)",
     "The venue's account is what our fills say; reduce-only the first time, halt the second.",
     "RTS6 16, 17"},
    {kUnknownOrders, scopes(S::kAccount), CheckAction::kReduceOnly, "unknown_orders_max",
     "No more orders than this are of unknown outcome; none is sent while they are.", "RTS6 15"},
    {kUnknownOrderAge, scopes(S::kSymbol), CheckAction::kReduceOnly, "unknown_age_max (duration)",
     "No order is of unknown outcome for longer.", "RTS6 15"},
    {kVenueLatency, scopes(S::kAccount), CheckAction::kReduceOnly, "latency_max (duration)",
     "The venue's first word to an order comes soon, smoothed over 16 orders; alert at 70 %.",
     "RTS6 16"},
    {kClockLost, scopes(S::kAccount), CheckAction::kReduceOnly, "clock_grace (duration)",
     "The venue's time is not unknown for longer.", "RTS25"},
    {kResultUnknown, kLossScopes, CheckAction::kReduceOnly, "result_grace (duration)",
     "What a loss limit is held against is known, or was lately.", "NI 23-103 checklist"},
    {kRealizedLoss, kLossScopes, kHalt, "realized_loss_max (reference currency)",
     "Lost by what was closed, and by fees, since midnight UTC.", "FIA"},
    {kUnrealizedLoss, kLossScopes, kHalt, "unrealized_loss_max (reference currency)",
     "Lost by what is open, at the price of closing it.", "FIA"},
    {kDailyLoss, kLossScopes, kHalt, "daily_loss_max (reference currency)",
     "Both, since midnight UTC.", "FIA"},
    {kRollingLoss, kLossScopes, kHalt, "rolling_loss_max (reference currency), rolling_loss_window",
     "Fall from the best result of the window.", "FIA"},
    {kDrawdown, kLossScopes, kHalt, "drawdown_max (reference currency)",
     "Fall from the best result ever, or since a human has looked.", "FIA"},
    {kLossesInRow, kLossScopes, kHalt, "losses_in_row_max",
     "Orders that closed at a loss, one after the other.", "FIA"},
    {kBookHealth, scopes(S::kSymbol), CheckAction::kAlert, "book_alert_after (duration)",
     "No book is out of sequence, stale, one-sided or crossed for longer.", "FIA"},
};

}  // namespace check_rows

// In the order in which the gate asks; what later stages refuse stands at the end.
inline constexpr auto kCheckTable = std::to_array(check_rows::kRows);

[[nodiscard]] constexpr const CheckRow* find_check(RejectReason reason) noexcept {
  const auto* const found = std::ranges::find(kCheckTable, reason, &CheckRow::reason);
  return found != kCheckTable.end() ? &*found : nullptr;
}

[[nodiscard]] constexpr bool has_scope(const CheckRow& row, RiskScope scope) noexcept {
  return (row.scopes >> std::to_underlying(scope) & 1U) != 0;
}

// The table as Markdown, for `portcullis risk checks` and docs/risk.md. Cold.
[[nodiscard]] std::string check_table_text();

namespace detail {
consteval bool has_every_reason_once() {
  for (unsigned i = 1; i < std::to_underlying(RejectReason::kCount); ++i) {
    const auto reason = static_cast<RejectReason>(i);
    if (std::ranges::count(kCheckTable, reason, &CheckRow::reason) != 1) return false;
  }
  return kCheckTable.size() == std::to_underlying(RejectReason::kCount) - 1U;
}
}  // namespace detail
static_assert(detail::has_every_reason_once(), "a reason without a row, or with two");

}  // namespace portcullis::risk
