// The requests that change an order: cancelReplace and amend keepPriority.
#include <array>

#include "oms/binance/order_encoder.hpp"

namespace portcullis::oms::binance {

std::string_view OrderEncoder::order_replace(const NewOrderSingle& order, OrderId id,
                                             const OldOrder& old, WallTime now) noexcept {
  begin({RequestTag::kReplace, id.raw()}, "order.cancelReplace");
  if (old.venue_id != VenueOrderId{}) {
    frame_.add_number("cancelOrderId", static_cast<std::int64_t>(old.venue_id.raw()));
  } else {
    std::array<char, ClOrdIdCodec::kTextMax> client_id;
    frame_.add_text("cancelOrigClientOrderId",
                    {client_id.data(), cl_ord_ids_.encode(old.id, client_id.data())});
  }
  frame_.add_text("cancelReplaceMode",
                  old.mode == ReplaceMode::kAllowFailure ? "ALLOW_FAILURE" : "STOP_ON_FAILURE");
  add_new_order(order, id, now);
  return finish();
}

std::string_view OrderEncoder::order_amend(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                           Qty qty, WallTime now) noexcept {
  begin({RequestTag::kAmend, id.raw()}, "order.amend.keepPriority");
  std::array<char, ClOrdIdCodec::kTextMax> client_id;
  // Without it the venue would give the order a client id of its own making.
  frame_.add_text("newClientOrderId", {client_id.data(), cl_ord_ids_.encode(id, client_id.data())});
  std::array<char, kDecimalTextMax> text;
  frame_.add_text("newQty", {text.data(), qty.format(text.data())});
  add_order_reference(id, venue_order_id);
  frame_.add_number("recvWindow", settings_.recv_window_new_order.count());
  frame_.add_text("symbol", instruments_->at(symbol).symbol);
  frame_.add_number("timestamp", timestamp_ms(now));
  return finish();
}

}  // namespace portcullis::oms::binance
