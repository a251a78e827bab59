#include "oms/binance/enums_text.hpp"

namespace portcullis::oms::binance {

std::string_view side_text(Side side) noexcept {
  return side == Side::kBuy ? "BUY" : "SELL";
}

std::string_view ord_type_text(OrdType type) noexcept {
  switch (type) {
    case OrdType::kLimit: return "LIMIT";
    case OrdType::kMarket: return "MARKET";
    case OrdType::kLimitMaker: return "LIMIT_MAKER";
    case OrdType::kStopLoss: return "STOP_LOSS";
    case OrdType::kStopLossLimit: return "STOP_LOSS_LIMIT";
    case OrdType::kTakeProfit: return "TAKE_PROFIT";
    case OrdType::kTakeProfitLimit: return "TAKE_PROFIT_LIMIT";
  }
  return "LIMIT";
}

std::string_view time_in_force_text(TimeInForce tif) noexcept {
  switch (tif) {
    case TimeInForce::kGtc: return "GTC";
    case TimeInForce::kIoc: return "IOC";
    case TimeInForce::kFok: return "FOK";
  }
  return "GTC";
}

std::string_view stp_mode_text(StpMode mode) noexcept {
  switch (mode) {
    case StpMode::kVenueDefault:
    case StpMode::kNone: return "NONE";
    case StpMode::kExpireTaker: return "EXPIRE_TAKER";
    case StpMode::kExpireMaker: return "EXPIRE_MAKER";
    case StpMode::kExpireBoth: return "EXPIRE_BOTH";
  }
  return "NONE";
}

std::string_view peg_kind_text(PegKind kind) noexcept {
  return kind == PegKind::kMarket ? "MARKET_PEG" : "PRIMARY_PEG";
}

std::optional<Side> parse_side(std::string_view text) noexcept {
  if (text == "BUY") return Side::kBuy;
  if (text == "SELL") return Side::kSell;
  return std::nullopt;
}

std::optional<OrderState> parse_order_status(std::string_view text) noexcept {
  if (text == "NEW" || text == "PENDING_NEW" || text == "PENDING_CANCEL") return OrderState::kNew;
  if (text == "PARTIALLY_FILLED") return OrderState::kPartiallyFilled;
  if (text == "FILLED") return OrderState::kFilled;
  if (text == "CANCELED") return OrderState::kCanceled;
  if (text == "REJECTED") return OrderState::kRejected;
  if (text == "EXPIRED" || text == "EXPIRED_IN_MATCH") return OrderState::kExpired;
  return std::nullopt;
}

std::optional<ExecType> parse_execution_type(std::string_view text, OrderState state) noexcept {
  if (text == "NEW") return ExecType::kNew;
  if (text == "TRADE") return ExecType::kTrade;
  if (text == "CANCELED") return ExecType::kCanceled;
  if (text == "EXPIRED") return ExecType::kExpired;
  if (text == "REJECTED") return ExecType::kRejected;
  if (text == "REPLACED" || text == "TRADE_PREVENTION") return exec_type_of(state);
  return std::nullopt;
}

ExecType exec_type_of(OrderState state) noexcept {
  switch (state) {
    case OrderState::kCanceled: return ExecType::kCanceled;
    case OrderState::kRejected: return ExecType::kRejected;
    case OrderState::kExpired: return ExecType::kExpired;
    case OrderState::kPendingNew:
    case OrderState::kNew:
    case OrderState::kPartiallyFilled:
    case OrderState::kFilled:
    case OrderState::kUnknown:
    case OrderState::kNotPlaced:
    case OrderState::kCount: return ExecType::kNew;
  }
  return ExecType::kNew;
}

}  // namespace portcullis::oms::binance
