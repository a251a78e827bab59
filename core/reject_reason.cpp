#include "core/reject_reason.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "core/decimal.hpp"

namespace portcullis {

const char* to_string(RejectReason reason) noexcept {
  switch (reason) {
    case RejectReason::kNone: return "none";
    case RejectReason::kMalformedOrder: return "malformed_order";
    case RejectReason::kKillSwitch: return "kill_switch";
    case RejectReason::kCancelOnly: return "cancel_only";
    case RejectReason::kNotReady: return "not_ready";
    case RejectReason::kUnknownSymbol: return "unknown_symbol";
    case RejectReason::kSymbolNotTrading: return "symbol_not_trading";
    case RejectReason::kSymbolNotAllowed: return "symbol_not_allowed";
    case RejectReason::kPriceFilter: return "price_filter";
    case RejectReason::kLotSize: return "lot_size";
    case RejectReason::kVenueNotional: return "venue_notional";
    case RejectReason::kMaxOrderQty: return "max_order_qty";
    case RejectReason::kMaxOrderNotional: return "max_order_notional";
    case RejectReason::kBookMissing: return "book_missing";
    case RejectReason::kBookStale: return "book_stale";
    case RejectReason::kBookCrossed: return "book_crossed";
    case RejectReason::kPriceCollar: return "price_collar";
    case RejectReason::kMaxPosition: return "max_position";
    case RejectReason::kOrderRate: return "order_rate";
    case RejectReason::kOrderStoreFull: return "order_store_full";
    case RejectReason::kVenueDisconnected: return "venue_disconnected";
    case RejectReason::kJournal: return "journal";
    case RejectReason::kVenueBudget: return "venue_budget";
    case RejectReason::kClock: return "clock";
    case RejectReason::kNotOffered: return "not_offered";
    case RejectReason::kIcebergParts: return "iceberg_parts";
    case RejectReason::kTrailingDelta: return "trailing_delta";
    case RejectReason::kStopSide: return "stop_side";
    case RejectReason::kUnboundedQty: return "unbounded_qty";
    case RejectReason::kNotChangeable: return "not_changeable";
    case RejectReason::kAmendQty: return "amend_qty";
    case RejectReason::kStrategyGone: return "strategy_gone";
    case RejectReason::kOrderList: return "order_list";
    case RejectReason::kScopeHalted: return "scope_halted";
    case RejectReason::kUnknownStrategy: return "unknown_strategy";
    case RejectReason::kStrategySymbol: return "strategy_symbol";
    case RejectReason::kStaleSignal: return "stale_signal";
    case RejectReason::kLowConfidence: return "low_confidence";
    case RejectReason::kMarketOrder: return "market_order";
    case RejectReason::kMaxOrderValue: return "max_order_value";
    case RejectReason::kBookWide: return "book_wide";
    case RejectReason::kLastTradeCollar: return "last_trade_collar";
    case RejectReason::kVenueReferenceCollar: return "venue_reference_collar";
    case RejectReason::kReferenceMissing: return "reference_missing";
    case RejectReason::kPercentPrice: return "percent_price";
    case RejectReason::kDuplicateOrder: return "duplicate_order";
    case RejectReason::kReduceOnly: return "reduce_only";
    case RejectReason::kUncoveredSell: return "uncovered_sell";
    case RejectReason::kMaxOpenOrders: return "max_open_orders";
    case RejectReason::kVenueOpenOrders: return "venue_open_orders";
    case RejectReason::kVenueMaxPosition: return "venue_max_position";
    case RejectReason::kMaxOpenValue: return "max_open_value";
    case RejectReason::kGrossExposure: return "gross_exposure";
    case RejectReason::kNetExposure: return "net_exposure";
    case RejectReason::kDailyQty: return "daily_qty";
    case RejectReason::kDailyValue: return "daily_value";
    case RejectReason::kAmendRate: return "amend_rate";
    case RejectReason::kAmendCount: return "amend_count";
    case RejectReason::kRejectStorm: return "reject_storm";
    case RejectReason::kRunaway: return "runaway";
    case RejectReason::kRepeatedExecution: return "repeated_execution";
    case RejectReason::kOrderToTrade: return "order_to_trade";
    case RejectReason::kVelocity: return "velocity";
    case RejectReason::kFillMismatch: return "fill_mismatch";
    case RejectReason::kPositionMismatch: return "position_mismatch";
    case RejectReason::kUnknownOrders: return "unknown_orders";
    case RejectReason::kUnknownOrderAge: return "unknown_order_age";
    case RejectReason::kVenueLatency: return "venue_latency";
    case RejectReason::kClockLost: return "clock_lost";
    case RejectReason::kResultUnknown: return "result_unknown";
    case RejectReason::kRealizedLoss: return "realized_loss";
    case RejectReason::kUnrealizedLoss: return "unrealized_loss";
    case RejectReason::kDailyLoss: return "daily_loss";
    case RejectReason::kRollingLoss: return "rolling_loss";
    case RejectReason::kDrawdown: return "drawdown";
    case RejectReason::kLossesInRow: return "losses_in_row";
    case RejectReason::kBookHealth: return "book_health";
    case RejectReason::kCount: break;
  }
  return "?";
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
