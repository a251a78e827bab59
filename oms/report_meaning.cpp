#include "oms/report_meaning.hpp"

namespace portcullis::oms {

bool is_trade(const VenueReport& report) noexcept {
  return report.exec_type == ExecType::kTrade && report.trade_id != TradeId{};
}

bool is_statement(const VenueReport& report) noexcept {
  return report.exec_type != ExecType::kTrade;
}

std::optional<OrderEvent> event_of(const VenueReport& report) noexcept {
  switch (report.exec_type) {
    case ExecType::kCanceled: return OrderEvent::kCanceled;
    case ExecType::kRejected: return OrderEvent::kRejected;
    case ExecType::kExpired: return OrderEvent::kExpired;
    case ExecType::kPendingNew:
    case ExecType::kNew:
    case ExecType::kTrade:
    case ExecType::kDenied:
    case ExecType::kUnknown:
    case ExecType::kNotPlaced:
    case ExecType::kCancelRejected:
    case ExecType::kRestated:
    case ExecType::kReplaced:
    case ExecType::kAmendRejected:
    case ExecType::kCount: break;
  }
  switch (report.state) {
    case OrderState::kPendingNew:
    case OrderState::kNew:
    case OrderState::kPartiallyFilled:
    case OrderState::kFilled: return OrderEvent::kAccepted;  // the claim is in cum_qty
    case OrderState::kCanceled: return OrderEvent::kCanceled;
    case OrderState::kRejected: return OrderEvent::kRejected;
    case OrderState::kExpired: return OrderEvent::kExpired;
    case OrderState::kUnknown:
    case OrderState::kNotPlaced:
    case OrderState::kCount: break;
  }
  return std::nullopt;
}

bool is_shown_working(const VenueReport& report) noexcept {
  return event_of(report) == OrderEvent::kAccepted && report.state != OrderState::kFilled &&
         !is_trade(report);
}

}  // namespace portcullis::oms
