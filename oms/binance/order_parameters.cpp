#include "oms/binance/order_parameters.hpp"

#include <array>

#include "core/decimal.hpp"
#include "oms/binance/enums_text.hpp"

namespace portcullis::oms::binance {

namespace {

template <class Number>
void add_decimal(RequestFrame& frame, std::string_view name, Number value) noexcept {
  std::array<char, kDecimalTextMax> text;
  frame.add_text(name, {text.data(), value.format(text.data())});
}

void add_peg(RequestFrame& frame, const OrderTerms& terms) noexcept {
  if (terms.peg == PegKind::kNone) return;
  if (terms.peg_offset_levels != 0) {
    frame.add_text("pegOffsetType", "PRICE_LEVEL");
    frame.add_number("pegOffsetValue", terms.peg_offset_levels);
  }
  frame.add_text("pegPriceType", peg_kind_text(terms.peg));
}

// A post-only order has no time in force, nor has what is or becomes a market order.
bool has_time_in_force(OrdType type) noexcept {
  return has_limit_px(type) && type != OrdType::kLimitMaker;
}

}  // namespace

void add_order_parameters(const NewOrderSingle& order, const OrderParameters& parameters,
                          RequestFrame& frame) noexcept {
  const OrderTerms& terms = order.terms;
  if (!terms.iceberg_qty.is_zero()) add_decimal(frame, "icebergQty", terms.iceberg_qty);
  frame.add_text("newClientOrderId", parameters.client_id);
  frame.add_text("newOrderRespType", "FULL");
  add_peg(frame, terms);
  if (!order.px.is_zero()) add_decimal(frame, "price", order.px);
  if (order.is_by_quote()) {  // the quantity of such an order is our bound, not our wish
    add_decimal(frame, "quoteOrderQty", terms.quote_qty);
  } else {
    add_decimal(frame, "quantity", order.qty);
  }
  frame.add_number("recvWindow", parameters.recv_window_ms);
  if (terms.stp != StpMode::kVenueDefault) {
    frame.add_text("selfTradePreventionMode", stp_mode_text(terms.stp));
  }
  frame.add_text("side", side_text(order.side));
  if (!terms.stop_px.is_zero()) add_decimal(frame, "stopPrice", terms.stop_px);
  frame.add_text("symbol", parameters.symbol);
  if (has_time_in_force(order.type)) {
    frame.add_text("timeInForce", time_in_force_text(order.tif));
  }
  frame.add_number("timestamp", parameters.timestamp_ms);
  if (terms.trailing_delta_bips != 0) {
    frame.add_number("trailingDelta", terms.trailing_delta_bips);
  }
  frame.add_text("type", ord_type_text(order.type));
}

}  // namespace portcullis::oms::binance
