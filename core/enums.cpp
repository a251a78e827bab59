#include "core/enums.hpp"

namespace portcullis {

const char* to_string(Side side) noexcept {
  return side == Side::kBuy ? "buy" : "sell";
}

const char* to_string(OrdType type) noexcept {
  switch (type) {
    case OrdType::kLimit: return "limit";
    case OrdType::kMarket: return "market";
    case OrdType::kLimitMaker: return "limit-maker";
    case OrdType::kStopLoss: return "stop-loss";
    case OrdType::kStopLossLimit: return "stop-loss-limit";
    case OrdType::kTakeProfit: return "take-profit";
    case OrdType::kTakeProfitLimit: return "take-profit-limit";
  }
  return "?";
}

const char* to_string(TimeInForce tif) noexcept {
  switch (tif) {
    case TimeInForce::kGtc: return "gtc";
    case TimeInForce::kIoc: return "ioc";
    case TimeInForce::kFok: return "fok";
  }
  return "?";
}

const char* to_string(Liquidity liquidity) noexcept {
  switch (liquidity) {
    case Liquidity::kNone: return "none";
    case Liquidity::kMaker: return "maker";
    case Liquidity::kTaker: return "taker";
  }
  return "?";
}

const char* to_string(StpMode mode) noexcept {
  switch (mode) {
    case StpMode::kVenueDefault: return "venue-default";
    case StpMode::kNone: return "none";
    case StpMode::kExpireTaker: return "expire-taker";
    case StpMode::kExpireMaker: return "expire-maker";
    case StpMode::kExpireBoth: return "expire-both";
  }
  return "?";
}

const char* to_string(PegKind kind) noexcept {
  switch (kind) {
    case PegKind::kNone: return "none";
    case PegKind::kPrimary: return "primary";
    case PegKind::kMarket: return "market";
  }
  return "?";
}

const char* to_string(ListKind kind) noexcept {
  switch (kind) {
    case ListKind::kOco: return "oco";
    case ListKind::kOto: return "oto";
    case ListKind::kOtoco: return "otoco";
    case ListKind::kOpo: return "opo";
    case ListKind::kOpoco: return "opoco";
  }
  return "?";
}

const char* to_string(OrderState state) noexcept {
  switch (state) {
    case OrderState::kPendingNew: return "pending-new";
    case OrderState::kNew: return "new";
    case OrderState::kPartiallyFilled: return "partially-filled";
    case OrderState::kFilled: return "filled";
    case OrderState::kCanceled: return "canceled";
    case OrderState::kRejected: return "rejected";
    case OrderState::kExpired: return "expired";
    case OrderState::kUnknown: return "unknown";
    case OrderState::kNotPlaced: return "not-placed";
    case OrderState::kCount: break;
  }
  return "?";
}

const char* to_string(ExecType type) noexcept {
  switch (type) {
    case ExecType::kPendingNew: return "pending-new";
    case ExecType::kNew: return "new";
    case ExecType::kTrade: return "trade";
    case ExecType::kCanceled: return "canceled";
    case ExecType::kRejected: return "rejected";
    case ExecType::kDenied: return "denied";
    case ExecType::kExpired: return "expired";
    case ExecType::kUnknown: return "unknown";
    case ExecType::kNotPlaced: return "not-placed";
    case ExecType::kCancelRejected: return "cancel-rejected";
    case ExecType::kRestated: return "restated";
    case ExecType::kReplaced: return "replaced";
    case ExecType::kAmendRejected: return "amend-rejected";
    case ExecType::kCount: break;
  }
  return "?";
}

const char* to_string(BookState state) noexcept {
  switch (state) {
    case BookState::kEmpty: return "empty";
    case BookState::kBuffering: return "buffering";
    case BookState::kSynced: return "synced";
    case BookState::kStale: return "stale";
  }
  return "?";
}

}  // namespace portcullis
