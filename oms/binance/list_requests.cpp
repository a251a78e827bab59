// The requests that place and cancel an order list.
#include <array>
#include <string_view>

#include "oms/binance/enums_text.hpp"
#include "oms/binance/order_encoder.hpp"
#include "oms/binance/order_parameters.hpp"

namespace portcullis::oms::binance {

namespace {

std::string_view list_method(ListKind kind) noexcept {
  switch (kind) {
    case ListKind::kOco: return "orderList.place.oco";
    case ListKind::kOto: return "orderList.place.oto";
    case ListKind::kOtoco: return "orderList.place.otoco";
    case ListKind::kOpo: return "orderList.place.opo";
    case ListKind::kOpoco: return "orderList.place.opoco";
  }
  return "orderList.place.oco";
}

}  // namespace

// Parameters in the byte order of their names: a pair's "above" comes before "apiKey".
std::string_view OrderEncoder::list_place(const NewOrderList& list, OrderId first,
                                          WallTime now) noexcept {
  const bool is_oco = list.kind == ListKind::kOco;
  frame_.begin(new_list_id(list, first), list_method(list.kind), signs_each());
  if (is_oco) add_leg(list, 0, first, "above", false);
  if (signs_each() && !frame_.is_rest()) frame_.add_text("apiKey", settings_.api_key);
  if (is_oco) add_leg(list, 1, first, "below", false);
  std::array<char, ClOrdIdCodec::kTextMax> name;
  frame_.add_text("listClientOrderId", {name.data(), cl_ord_ids_.encode(first, name.data())});
  frame_.add_text("newOrderRespType", "FULL");
  const NewOrderSingle& last = list.legs().back();
  if (list.size() == 3) {
    add_leg(list, 1, first, "pendingAbove", false);
    add_leg(list, 2, first, "pendingBelow", false);
    if (!is_paid_by_working(list.kind)) add_decimal("pendingQuantity", last.qty, frame_);
    frame_.add_text("pendingSide", side_text(last.side));
  } else if (!is_oco) {
    add_leg(list, 1, first, "pending", true);
  }
  if (is_oco) add_decimal("quantity", last.qty, frame_);
  frame_.add_number("recvWindow", settings_.recv_window_new_order.count());
  if (last.terms.stp != StpMode::kVenueDefault) {
    frame_.add_text("selfTradePreventionMode", stp_mode_text(last.terms.stp));
  }
  if (is_oco) frame_.add_text("side", side_text(last.side));
  frame_.add_text("symbol", instruments_->at(last.symbol).symbol);
  frame_.add_number("timestamp", timestamp_ms(now));
  if (!is_oco) add_leg(list, 0, first, "working", true);
  return finish();
}

void OrderEncoder::add_leg(const NewOrderList& list, std::size_t leg, OrderId first,
                           std::string_view prefix, bool has_side) noexcept {
  std::array<char, ClOrdIdCodec::kTextMax> client_id;
  const std::size_t size = cl_ord_ids_.encode(OrderId{first.raw() + leg}, client_id.data());
  // What sells another's proceeds says no quantity: ours is only a bound.
  const bool has_qty = has_side && !(list.is_pending(leg) && is_paid_by_working(list.kind));
  add_leg_parameters(list.orders[leg],
                     {.prefix = prefix,
                      .client_id = {client_id.data(), size},
                      .strategy = settings_.strategy,
                      .has_side = has_side,
                      .has_qty = has_qty},
                     frame_);
}

std::string_view OrderEncoder::list_cancel(OrderId list_id, SymbolId symbol,
                                           WallTime now) noexcept {
  begin({RequestTag::kListCancel, list_id.raw()}, "orderList.cancel");
  std::array<char, ClOrdIdCodec::kTextMax> name;
  frame_.add_text("listClientOrderId", {name.data(), cl_ord_ids_.encode(list_id, name.data())});
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

}  // namespace portcullis::oms::binance
