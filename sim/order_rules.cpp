#include "sim/order_rules.hpp"

#include <utility>

namespace portcullis::sim {

namespace {

constexpr int kInvalidMessage = -1013;
constexpr int kMandatoryParam = -1102;
constexpr int kNewOrderRejected = -2010;
constexpr int kCancelRejected = -2011;
constexpr int kNoSuchOrder = -2013;
constexpr int kClientOrderIdInvalid = -2039;

VenueError refuse(int code, std::string text) {
  return {.http_status = 400, .code = code, .message = std::move(text)};
}

template <class Value>
bool is_within(Value value, Value min, Value max, Value step) {
  return value >= min && value <= max && value.is_multiple_of(step);
}

}  // namespace

std::optional<VenueError> check_filters(const SymbolSpec& spec, const NewOrder& order,
                                        Price reference) {
  const bool has_price = order.type != OrdType::kMarket;
  if (has_price &&
      (!order.px.is_positive() || !is_within(order.px, spec.px_min, spec.px_max, spec.tick_size))) {
    return refuse(kInvalidMessage, "Filter failure: PRICE_FILTER");
  }
  if (!order.qty.is_positive() ||
      !is_within(order.qty, spec.qty_min, spec.qty_max, spec.lot_size)) {
    return refuse(kInvalidMessage, "Filter failure: LOT_SIZE");
  }
  const Price px = has_price ? order.px : reference;
  if (px.is_zero()) return std::nullopt;
  const Notional value = notional(px, order.qty);
  if (!value.is_positive()) return refuse(kInvalidMessage, "Price * QTY is zero or less.");
  if (value < spec.notional_min || value > spec.notional_max) {
    return refuse(kInvalidMessage, "Filter failure: NOTIONAL");
  }
  return std::nullopt;
}

VenueError market_is_closed() {
  return refuse(kNewOrderRejected, "Market is closed.");
}
VenueError duplicate_order() {
  return refuse(kNewOrderRejected, "Duplicate order sent.");
}
VenueError would_match_and_take() {
  return refuse(kNewOrderRejected, "Order would immediately match and take.");
}
VenueError insufficient_balance() {
  return refuse(kNewOrderRejected, "Account has insufficient balance for requested action.");
}
VenueError unknown_order() {
  return refuse(kCancelRejected, "Unknown order sent.");
}
VenueError no_such_order() {
  return refuse(kNoSuchOrder, "Order does not exist.");
}
VenueError ids_disagree() {
  return refuse(kClientOrderIdInvalid, "Client order ID is not correct for this order ID.");
}
VenueError no_order_id_given() {
  return refuse(kMandatoryParam,
                "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
}

}  // namespace portcullis::sim
