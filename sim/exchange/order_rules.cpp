#include "sim/exchange/order_rules.hpp"

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

// A bound of zero is off.
template <class Value>
bool is_within(Value value, Value min, Value max, Value step) {
  return value >= min && (max.is_zero() || value <= max) && value.is_multiple_of(step);
}

bool passes(const SymbolFilters::PriceFilter& filter, Price px) {
  return px.is_positive() && is_within(px, filter.px_min, filter.px_max, filter.tick_size);
}
bool passes(const SymbolFilters::LotSize& filter, Qty qty) {
  return qty.is_positive() && is_within(qty, filter.qty_min, filter.qty_max, filter.lot_size);
}

}  // namespace

std::optional<VenueError> check_filters(const SymbolSpec& spec, const NewOrder& order,
                                        Price reference) {
  const bool has_price = order.type != OrderType::kMarket;
  const SymbolFilters& filters = spec.filters;
  if (has_price && filters.price && !passes(*filters.price, order.px)) {
    return refuse(kInvalidMessage, "Filter failure: PRICE_FILTER");
  }
  if (filters.lot_size && !passes(*filters.lot_size, order.qty)) {
    return refuse(kInvalidMessage, "Filter failure: LOT_SIZE");
  }
  const Price px = has_price ? order.px : reference;
  if (px.is_zero()) return std::nullopt;
  const Notional value = notional(px, order.qty);
  if (!value.is_positive()) return refuse(kInvalidMessage, "Price * QTY is zero or less.");
  if (filters.notional &&
      (value < filters.notional->notional_min || value > filters.notional->notional_max)) {
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
