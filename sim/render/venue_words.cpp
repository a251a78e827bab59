#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

const char* venue_text(Side side) noexcept {
  switch (side) {
    case Side::kBuy: return "BUY";
    case Side::kSell: return "SELL";
  }
  return "";
}

const char* venue_text(OrderType type) noexcept {
  switch (type) {
    case OrderType::kLimit: return "LIMIT";
    case OrderType::kMarket: return "MARKET";
    case OrderType::kStopLoss: return "STOP_LOSS";
    case OrderType::kStopLossLimit: return "STOP_LOSS_LIMIT";
    case OrderType::kTakeProfit: return "TAKE_PROFIT";
    case OrderType::kTakeProfitLimit: return "TAKE_PROFIT_LIMIT";
    case OrderType::kLimitMaker: return "LIMIT_MAKER";
    case OrderType::kCount: break;
  }
  return "";
}

const char* venue_text(TimeInForce tif) noexcept {
  switch (tif) {
    case TimeInForce::kGtc: return "GTC";
    case TimeInForce::kIoc: return "IOC";
    case TimeInForce::kFok: return "FOK";
  }
  return "";
}

const char* venue_text(OrderStatus status) noexcept {
  switch (status) {
    case OrderStatus::kNew: return "NEW";
    case OrderStatus::kPendingNew: return "PENDING_NEW";
    case OrderStatus::kPartiallyFilled: return "PARTIALLY_FILLED";
    case OrderStatus::kFilled: return "FILLED";
    case OrderStatus::kCanceled: return "CANCELED";
    case OrderStatus::kRejected: return "REJECTED";
    case OrderStatus::kExpired: return "EXPIRED";
    case OrderStatus::kExpiredInMatch: return "EXPIRED_IN_MATCH";
  }
  return "";
}

const char* venue_text(StpMode mode) noexcept {
  switch (mode) {
    case StpMode::kNone: return "NONE";
    case StpMode::kExpireTaker: return "EXPIRE_TAKER";
    case StpMode::kExpireMaker: return "EXPIRE_MAKER";
    case StpMode::kExpireBoth: return "EXPIRE_BOTH";
    case StpMode::kDecrement: return "DECREMENT";
    case StpMode::kTransfer: return "TRANSFER";
    case StpMode::kCount: break;
  }
  return "";
}

const char* venue_text(ExpiryReason reason) noexcept {
  switch (reason) {
    case ExpiryReason::kNone: return "NONE";
    case ExpiryReason::kRejected: return "REJECTED";
    case ExpiryReason::kExchangeCanceled: return "EXCHANGE_CANCELED";
    case ExpiryReason::kOcoTrigger: return "OCO_TRIGGER";
    case ExpiryReason::kOtoPhaseOneExpired: return "OTO_PHASE_ONE_EXPIRED";
    case ExpiryReason::kUnfilledIoc: return "UNFILLED_IOC_QUANTITY_EXPIRED";
    case ExpiryReason::kUnfilledFok: return "UNFILLED_FOK_ORDER_EXPIRED";
    case ExpiryReason::kInsufficientLiquidity: return "INSUFFICIENT_LIQUIDITY";
    case ExpiryReason::kPriceRangeExceeded: return "EXECUTION_RULE_PRICE_RANGE_EXCEEDED";
  }
  return "";
}

const char* venue_text(PegPriceType type) noexcept {
  switch (type) {
    case PegPriceType::kNone: return "NONE";
    case PegPriceType::kPrimary: return "PRIMARY_PEG";
    case PegPriceType::kMarket: return "MARKET_PEG";
  }
  return "";
}

const char* venue_text(SymbolStatus status) noexcept {
  switch (status) {
    case SymbolStatus::kTrading: return "TRADING";
    case SymbolStatus::kEndOfDay: return "END_OF_DAY";
    case SymbolStatus::kHalt: return "HALT";
    case SymbolStatus::kBreak: return "BREAK";
    case SymbolStatus::kCancelOnly: return "CANCEL_ONLY";
  }
  return "";
}

const char* venue_text(ListStatusType type) noexcept {
  switch (type) {
    case ListStatusType::kResponse: return "RESPONSE";
    case ListStatusType::kExecStarted: return "EXEC_STARTED";
    case ListStatusType::kUpdated: return "UPDATED";
    case ListStatusType::kAllDone: return "ALL_DONE";
  }
  return "";
}

const char* venue_text(ListOrderStatus status) noexcept {
  switch (status) {
    case ListOrderStatus::kExecuting: return "EXECUTING";
    case ListOrderStatus::kAllDone: return "ALL_DONE";
    case ListOrderStatus::kReject: return "REJECT";
  }
  return "";
}

const char* venue_text(RejectReason reason) noexcept {
  switch (reason) {
    case RejectReason::kNone: return "NONE";
    case RejectReason::kInsufficientBalances: return "INSUFFICIENT_BALANCES";
    case RejectReason::kStopWouldTriggerImmediately: return "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY";
    case RejectReason::kWouldMatchImmediately: return "WOULD_MATCH_IMMEDIATELY";
    case RejectReason::kOcoBadPrices: return "OCO_BAD_PRICES";
  }
  return "";
}

const char* venue_text(AccountEvent::Type type) noexcept {
  switch (type) {
    case AccountEvent::Type::kNew: return "NEW";
    case AccountEvent::Type::kTrade: return "TRADE";
    case AccountEvent::Type::kCanceled: return "CANCELED";
    case AccountEvent::Type::kExpired: return "EXPIRED";
    case AccountEvent::Type::kReplaced: return "REPLACED";
    case AccountEvent::Type::kRejected: return "REJECTED";
    case AccountEvent::Type::kTradePrevention: return "TRADE_PREVENTION";
  }
  return "";
}

const char* venue_text(ListKind kind) noexcept {
  return kind == ListKind::kOco ? "OCO" : "OTO";
}

}  // namespace portcullis::sim
