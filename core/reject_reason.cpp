#include "core/reject_reason.hpp"

#include <array>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>

#include "core/decimal.hpp"

namespace portcullis {

namespace {

struct Named {
  RejectReason reason;
  const char* name;
};

using enum RejectReason;
constexpr Named kNames[] = {
    {kNone, "none"},
    {kMalformedOrder, "malformed_order"},
    {kKillSwitch, "kill_switch"},
    {kCancelOnly, "cancel_only"},
    {kNotReady, "not_ready"},
    {kUnknownSymbol, "unknown_symbol"},
    {kSymbolNotTrading, "symbol_not_trading"},
    {kSymbolNotAllowed, "symbol_not_allowed"},
    {kPriceFilter, "price_filter"},
    {kLotSize, "lot_size"},
    {kVenueNotional, "venue_notional"},
    {kMaxOrderQty, "max_order_qty"},
    {kMaxOrderNotional, "max_order_notional"},
    {kBookMissing, "book_missing"},
    {kBookStale, "book_stale"},
    {kBookCrossed, "book_crossed"},
    {kPriceCollar, "price_collar"},
    {kMaxPosition, "max_position"},
    {kOrderRate, "order_rate"},
    {kOrderStoreFull, "order_store_full"},
    {kVenueDisconnected, "venue_disconnected"},
    {kJournal, "journal"},
    {kVenueBudget, "venue_budget"},
    {kClock, "clock"},
    {kNotOffered, "not_offered"},
    {kIcebergParts, "iceberg_parts"},
    {kTrailingDelta, "trailing_delta"},
    {kStopSide, "stop_side"},
    {kUnboundedQty, "unbounded_qty"},
    {kNotChangeable, "not_changeable"},
    {kAmendQty, "amend_qty"},
    {kStrategyGone, "strategy_gone"},
    {kOrderList, "order_list"},
    {kScopeHalted, "scope_halted"},
    {kUnknownStrategy, "unknown_strategy"},
    {kStrategySymbol, "strategy_symbol"},
    {kStaleSignal, "stale_signal"},
    {kLowConfidence, "low_confidence"},
    {kMarketOrder, "market_order"},
    {kMaxOrderValue, "max_order_value"},
    {kBookWide, "book_wide"},
    {kLastTradeCollar, "last_trade_collar"},
    {kVenueReferenceCollar, "venue_reference_collar"},
    {kReferenceMissing, "reference_missing"},
    {kPercentPrice, "percent_price"},
    {kDuplicateOrder, "duplicate_order"},
    {kReduceOnly, "reduce_only"},
    {kUncoveredSell, "uncovered_sell"},
    {kMaxOpenOrders, "max_open_orders"},
    {kVenueOpenOrders, "venue_open_orders"},
    {kVenueMaxPosition, "venue_max_position"},
    {kMaxOpenValue, "max_open_value"},
    {kGrossExposure, "gross_exposure"},
    {kNetExposure, "net_exposure"},
    {kDailyQty, "daily_qty"},
    {kDailyValue, "daily_value"},
    {kAmendRate, "amend_rate"},
    {kAmendCount, "amend_count"},
    {kRejectStorm, "reject_storm"},
    {kRunaway, "runaway"},
    {kRepeatedExecution, "repeated_execution"},
    {kOrderToTrade, "order_to_trade"},
    {kVelocity, "velocity"},
    {kFillMismatch, "fill_mismatch"},
    {kPositionMismatch, "position_mismatch"},
    {kUnknownOrders, "unknown_orders"},
    {kUnknownOrderAge, "unknown_order_age"},
    {kVenueLatency, "venue_latency"},
    {kClockLost, "clock_lost"},
    {kResultUnknown, "result_unknown"},
    {kRealizedLoss, "realized_loss"},
    {kUnrealizedLoss, "unrealized_loss"},
    {kDailyLoss, "daily_loss"},
    {kRollingLoss, "rolling_loss"},
    {kDrawdown, "drawdown"},
    {kLossesInRow, "losses_in_row"},
    {kBookHealth, "book_health"},
};

consteval bool is_in_order() {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (std::to_underlying(kNames[i].reason) != i) return false;
  }
  return std::size(kNames) == std::to_underlying(RejectReason::kCount);
}
static_assert(is_in_order(), "a name for each reason, in the order of the enumeration");

}  // namespace

const char* to_string(RejectReason reason) noexcept {
  return reason < RejectReason::kCount ? kNames[std::to_underlying(reason)].name : "?";
}

namespace {

class TextOut {
 public:
  TextOut(char* out, std::size_t size) noexcept : out_{out}, size_{size} {}
  void put(std::string_view text) noexcept {
    length_ += text.copy(out_ + length_, size_ - length_);
  }
  [[nodiscard]] std::size_t length() const noexcept { return length_; }

 private:
  char* out_;
  std::size_t size_;
  std::size_t length_{0};
};

void put_number(TextOut& text, std::int64_t value, RejectUnit unit) noexcept {
  std::array<char, 24> digits{};
  if (unit == RejectUnit::kCount || unit == RejectUnit::kNanos) {
    const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  } else {
    text.put({digits.data(), format_fixed8(value, digits.data())});
  }
}

const char* unit_text(RejectUnit unit) noexcept {
  switch (unit) {
    case RejectUnit::kNone: return "";
    case RejectUnit::kPrice: return " (price)";
    case RejectUnit::kQty: return " (base qty)";
    case RejectUnit::kNotional: return " (quote notional)";
    case RejectUnit::kCount: return " (count)";
    case RejectUnit::kNanos: return " (ns)";
  }
  return "";
}

// " (strategy 3 is HALTED)"
void put_mode(TextOut& text, const Reject& reject) noexcept {
  text.put(" (");
  text.put(to_string(reject.mode_scope.kind));
  const bool is_numbered = reject.mode_scope.kind == ScopeKind::kStrategy ||
                           reject.mode_scope.kind == ScopeKind::kSymbol;
  if (is_numbered) {
    text.put(" ");
    put_number(text, reject.mode_scope.index, RejectUnit::kCount);
  }
  text.put(" is ");
  text.put(to_string(reject.mode));
  text.put(")");
}

}  // namespace

std::size_t format_reject(const Reject& reject, char* out, std::size_t size) noexcept {
  TextOut text{out, size};
  text.put(to_string(reject.reason));
  if (reject.scope != RiskScope::kOrder) {
    text.put(" of ");
    text.put(to_string(reject.scope));
  }
  if (reject.mode != Mode::kRunning) put_mode(text, reject);
  if (reject.unit == RejectUnit::kNone) return text.length();
  text.put(": limit ");
  put_number(text, reject.limit, reject.unit);
  text.put(", value ");
  put_number(text, reject.value, reject.unit);
  text.put(", projected ");
  put_number(text, reject.projected, reject.unit);
  text.put(unit_text(reject.unit));
  return text.length();
}

}  // namespace portcullis
