#include "oms/binance/order_parameters.hpp"

#include <array>

#include "core/decimal.hpp"
#include "oms/binance/enums_text.hpp"

namespace portcullis::oms::binance {

namespace {

// A parameter's name behind the name of its order in a list.
class LegName {
 public:
  explicit LegName(std::string_view prefix) noexcept
      : prefix_size_{prefix.copy(text_.data(), text_.size())} {}
  [[nodiscard]] std::string_view operator()(std::string_view term) noexcept {
    return {text_.data(), prefix_size_ + term.copy(text_.data() + prefix_size_, kTermMax)};
  }

 private:
  static constexpr std::size_t kPrefixMax = 12;  // "pendingAbove"
  static constexpr std::size_t kTermMax = 16;
  std::array<char, kPrefixMax + kTermMax> text_;
  std::size_t prefix_size_;
};

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
  if (!terms.iceberg_qty.is_zero()) add_decimal("icebergQty", terms.iceberg_qty, frame);
  frame.add_text("newClientOrderId", parameters.client_id);
  frame.add_text("newOrderRespType", "FULL");
  add_peg(frame, terms);
  if (!order.px.is_zero()) add_decimal("price", order.px, frame);
  if (order.is_by_quote()) {  // the quantity of such an order is our bound, not our wish
    add_decimal("quoteOrderQty", terms.quote_qty, frame);
  } else {
    add_decimal("quantity", order.qty, frame);
  }
  frame.add_number("recvWindow", parameters.recv_window_ms);
  if (terms.stp != StpMode::kVenueDefault) {
    frame.add_text("selfTradePreventionMode", stp_mode_text(terms.stp));
  }
  frame.add_text("side", side_text(order.side));
  if (!terms.stop_px.is_zero()) add_decimal("stopPrice", terms.stop_px, frame);
  if (parameters.strategy.id != 0) frame.add_number("strategyId", parameters.strategy.id);
  if (parameters.strategy.type != 0) frame.add_number("strategyType", parameters.strategy.type);
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

void add_leg_parameters(const NewOrderSingle& order, const LegParameters& parameters,
                        RequestFrame& frame) noexcept {
  const OrderTerms& terms = order.terms;
  LegName name{parameters.prefix};
  frame.add_text(name("ClientOrderId"), parameters.client_id);
  if (!terms.iceberg_qty.is_zero()) add_decimal(name("IcebergQty"), terms.iceberg_qty, frame);
  if (terms.peg != PegKind::kNone) {
    if (terms.peg_offset_levels != 0) {
      frame.add_text(name("PegOffsetType"), "PRICE_LEVEL");
      frame.add_number(name("PegOffsetValue"), terms.peg_offset_levels);
    }
    frame.add_text(name("PegPriceType"), peg_kind_text(terms.peg));
  }
  if (!order.px.is_zero()) add_decimal(name("Price"), order.px, frame);
  if (parameters.has_qty) add_decimal(name("Quantity"), order.qty, frame);
  if (parameters.has_side) frame.add_text(name("Side"), side_text(order.side));
  if (!terms.stop_px.is_zero()) add_decimal(name("StopPrice"), terms.stop_px, frame);
  if (parameters.strategy.id != 0) frame.add_number(name("StrategyId"), parameters.strategy.id);
  if (parameters.strategy.type != 0) {
    frame.add_number(name("StrategyType"), parameters.strategy.type);
  }
  if (has_time_in_force(order.type)) {
    frame.add_text(name("TimeInForce"), time_in_force_text(order.tif));
  }
  if (terms.trailing_delta_bips != 0) {
    frame.add_number(name("TrailingDelta"), terms.trailing_delta_bips);
  }
  frame.add_text(name("Type"), ord_type_text(order.type));
}

}  // namespace portcullis::oms::binance
