#include "oms/binance/order_encoder.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "core/check.hpp"
#include "oms/binance/enums_text.hpp"
#include "oms/binance/order_parameters.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr std::size_t kSymbolMax = 40;
constexpr auto kTradesMax = static_cast<std::int64_t>(TradesPage::kTradesMax);

std::size_t tail_index(Side side, OrdType type, TimeInForce tif) noexcept {
  std::size_t index = 0;
  switch (type) {
    case OrdType::kLimit: index = static_cast<std::size_t>(tif); break;
    case OrdType::kMarket: index = 3; break;
    case OrdType::kLimitMaker: index = 4; break;
    case OrdType::kStopLoss:
    case OrdType::kStopLossLimit:
    case OrdType::kTakeProfit:
    case OrdType::kTakeProfitLimit: break;  // not plain: no frame of theirs has a tail
  }
  return side == Side::kBuy ? index : index + 5;
}

template <std::size_t kSize>
char* put(char* out, const char (&literal)[kSize]) noexcept {
  std::memcpy(out, literal, kSize - 1);
  return out + kSize - 1;
}

// Thirteen digits until the year 2286; the general way before 2001 and after.
char* put_ms(char* out, std::int64_t ms) noexcept {
  return std::to_chars(out, out + 20, ms).ptr;
}

bool is_plain(std::string_view text, std::size_t size_max) noexcept {
  return !text.empty() && text.size() <= size_max &&
         std::ranges::none_of(text, [](unsigned char c) {
           return c < 0x20 || c == '"' || c == '\\' || c == '&' || c == '=';
         });
}

}  // namespace

std::expected<OrderEncoder, std::string> OrderEncoder::make(EncoderSettings settings, Signer signer,
                                                            const InstrumentTable& instruments,
                                                            const ClOrdIdCodec& cl_ord_ids) {
  if (!is_plain(settings.api_key, RequestFrame::kFieldMax)) {
    return std::unexpected<std::string>{
        "venue.binance api_key: empty, longer than 128 characters or with characters no key has; "
        "copy it again from the venue's API management page"};
  }
  for (const auto window : {settings.recv_window_new_order, settings.recv_window}) {
    if (window.count() < 1 || window.count() > 60'000) {
      return std::unexpected<std::string>{
          "venue.binance recv_window: outside the venue's 1 to 60000 ms"};
    }
  }
  const StrategyMark& mark = settings.strategy;
  if (mark.id < 0 || (mark.type != 0 && mark.type < StrategyMark::kTypeMin)) {
    return std::unexpected<std::string>{
        "venue.binance strategy: the id is negative, or the type below the venue's 1000000"};
  }
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const std::string& symbol = instruments.at(SymbolId{static_cast<std::uint16_t>(i)}).symbol;
    if (!is_plain(symbol, kSymbolMax)) {
      return std::unexpected{"venue.binance symbol \"" + symbol +
                             "\": empty, longer than 40 bytes or with characters no symbol has"};
    }
  }
  return OrderEncoder{std::move(settings), std::move(signer), instruments, cl_ord_ids};
}

OrderEncoder::OrderEncoder(EncoderSettings settings, Signer signer,
                           const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids)
    : settings_{std::move(settings)},
      signer_{std::move(signer)},
      cl_ord_ids_{cl_ord_ids},
      instruments_{&instruments} {
  if (!settings_.rest_host.empty()) frame_.use_rest(settings_.rest_host, settings_.api_key);
  has_short_way_ = !signs_each() && !settings_.strategy.is_set();
  render_tails();
}

void OrderEncoder::render_tails() {
  tails_.resize(instruments_->size());
  const std::string window = std::to_string(settings_.recv_window_new_order.count());
  const auto render = [&](SymbolId symbol, Side side, OrdType type, TimeInForce tif) {
    std::string text = R"(","recvWindow":)" + window + R"(,"side":")";
    text += side_text(side);
    text += R"(","symbol":")" + instruments_->at(symbol).symbol;
    if (type == OrdType::kLimit) {
      text += R"(","timeInForce":")";
      text += time_in_force_text(tif);
    }
    text += R"(","timestamp":)";
    Tail& tail = tails_[symbol.raw()][tail_index(side, type, tif)];
    PORTCULLIS_CHECK(text.size() <= tail.text.size(), "an order's constant part outgrew its room");
    tail.length = static_cast<std::uint8_t>(text.copy(tail.text.data(), tail.text.size()));
  };
  for (std::size_t i = 0; i < tails_.size(); ++i) {
    const SymbolId symbol{static_cast<std::uint16_t>(i)};
    for (const Side side : {Side::kBuy, Side::kSell}) {
      for (const TimeInForce tif : {TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok}) {
        render(symbol, side, OrdType::kLimit, tif);
      }
      render(symbol, side, OrdType::kMarket, TimeInForce::kGtc);
      render(symbol, side, OrdType::kLimitMaker, TimeInForce::kGtc);
    }
  }
}

std::int64_t OrderEncoder::timestamp_ms(WallTime now) const noexcept {
  return count_ms(now) + settings_.clock_offset.count();
}

std::string_view OrderEncoder::order_place(const NewOrderSingle& order, OrderId id,
                                           WallTime now) noexcept {
  if (!has_short_way_ || !order.is_plain()) {
    return general_order_place(order, id, now);
  }
  char* const begin = frame_.data();
  char* out = put(begin, R"({"id":")");
  write_request_id({RequestTag::kNewOrder, id.raw()}, out);
  out =
      put(out + RequestId::kTextSize, R"(","method":"order.place","params":{"newClientOrderId":")");
  out += cl_ord_ids_.encode(id, out);
  out = put(out, R"(","newOrderRespType":"FULL",)");
  if (order.type != OrdType::kMarket) {
    out = put(out, R"("price":")");
    out += order.px.format(out);
    out = put(out, R"(",)");
  }
  out = put(out, R"("quantity":")");
  out += order.qty.format(out);
  const Tail& tail = tails_[order.symbol.raw()][tail_index(order.side, order.type, order.tif)];
  // A copy of constant size is two or four vector moves; what lies beyond `length` is overwritten.
  std::memcpy(out, tail.text.data(), tail.text.size());
  out = put_ms(out + tail.length, timestamp_ms(now));
  switch (order.type) {
    case OrdType::kLimit: out = put(out, R"(,"type":"LIMIT"}})"); break;
    case OrdType::kMarket: out = put(out, R"(,"type":"MARKET"}})"); break;
    case OrdType::kLimitMaker: out = put(out, R"(,"type":"LIMIT_MAKER"}})"); break;
    case OrdType::kStopLoss:
    case OrdType::kStopLossLimit:
    case OrdType::kTakeProfit:
    case OrdType::kTakeProfitLimit: break;  // not plain: rendered by general_order_place
  }
  return {begin, static_cast<std::size_t>(out - begin)};
}

std::string_view OrderEncoder::general_order_place(const NewOrderSingle& order, OrderId id,
                                                   WallTime now) noexcept {
  begin({RequestTag::kNewOrder, id.raw()}, "order.place");
  add_new_order(order, id, now);
  return finish();
}

void OrderEncoder::add_new_order(const NewOrderSingle& order, OrderId id, WallTime now) noexcept {
  std::array<char, ClOrdIdCodec::kTextMax> client_id;
  add_order_parameters(order,
                       {.client_id = {client_id.data(), cl_ord_ids_.encode(id, client_id.data())},
                        .symbol = instruments_->at(order.symbol).symbol,
                        .strategy = settings_.strategy,
                        .recv_window_ms = settings_.recv_window_new_order.count(),
                        .timestamp_ms = timestamp_ms(now)},
                       frame_);
}

void OrderEncoder::begin(RequestId id, std::string_view method) noexcept {
  frame_.begin(id, method, signs_each());
  if (signs_each() && !frame_.is_rest()) frame_.add_text("apiKey", settings_.api_key);
}

std::string_view OrderEncoder::finish() noexcept {
  return frame_.finish(signer_);
}

void OrderEncoder::add_recv_window_symbol_timestamp(SymbolId symbol, WallTime now) noexcept {
  frame_.add_number("recvWindow", settings_.recv_window.count());
  if (symbol != kNoSymbol) frame_.add_text("symbol", instruments_->at(symbol).symbol);
  frame_.add_number("timestamp", timestamp_ms(now));
}

void OrderEncoder::add_order_reference(OrderId id, VenueOrderId venue_order_id) noexcept {
  if (venue_order_id.raw() != 0) {
    frame_.add_number("orderId", static_cast<std::int64_t>(venue_order_id.raw()));
    return;
  }
  std::array<char, ClOrdIdCodec::kTextMax> client_id;
  frame_.add_text("origClientOrderId",
                  {client_id.data(), cl_ord_ids_.encode(id, client_id.data())});
}

std::string_view OrderEncoder::order_cancel(OrderId id, SymbolId symbol,
                                            VenueOrderId venue_order_id, WallTime now) noexcept {
  begin({RequestTag::kCancel, id.raw()}, "order.cancel");
  add_order_reference(id, venue_order_id);
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::order_status(OrderId id, SymbolId symbol, WallTime now) noexcept {
  begin({RequestTag::kQuery, id.raw()}, "order.status");
  add_order_reference(id, VenueOrderId{});
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::my_trades(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                         WallTime now) noexcept {
  begin({RequestTag::kTrades, id.raw()}, "myTrades");
  frame_.add_number("limit", kTradesMax);
  frame_.add_number("orderId", static_cast<std::int64_t>(venue_order_id.raw()));
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::trades_since(SymbolId symbol, TradeId from, WallTime now) noexcept {
  begin(trades_since_id(symbol, from), "myTrades");
  if (from != TradeId{}) frame_.add_number("fromId", static_cast<std::int64_t>(from.raw()));
  frame_.add_number("limit", from != TradeId{} ? kTradesMax : 1);
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::order_lookup(SymbolId symbol, VenueOrderId venue_order_id,
                                            WallTime now) noexcept {
  begin({RequestTag::kOrderLookup, venue_order_id.raw()}, "order.status");
  add_order_reference(OrderId{}, venue_order_id);
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::cancel_all(RequestTag tag, SymbolId symbol, WallTime now) noexcept {
  begin({tag, symbol.raw()}, "openOrders.cancelAll");
  add_recv_window_symbol_timestamp(symbol, now);
  return finish();
}

std::string_view OrderEncoder::open_orders(std::uint64_t number, WallTime now) noexcept {
  begin({RequestTag::kOpenOrders, number}, "openOrders.status");
  add_recv_window_symbol_timestamp(kNoSymbol, now);
  return finish();
}

std::string_view OrderEncoder::account_status(std::uint64_t number, WallTime now) noexcept {
  begin({RequestTag::kAccount, number}, "account.status");
  add_recv_window_symbol_timestamp(kNoSymbol, now);
  return finish();
}

std::string_view OrderEncoder::session_logon(WallTime now, std::uint64_t number) noexcept {
  PORTCULLIS_CHECK(signer_.kind() == KeyKind::kEd25519, "the venue logs on Ed25519 keys only");
  frame_.begin({RequestTag::kLogon, number}, "session.logon", true);
  frame_.add_text("apiKey", settings_.api_key);
  add_recv_window_symbol_timestamp(kNoSymbol, now);
  return finish();
}

std::string_view OrderEncoder::server_time(std::uint64_t number) noexcept {
  frame_.begin({RequestTag::kTime, number}, "time", false);
  return finish();
}

std::string_view OrderEncoder::subscribe(WallTime now, std::uint64_t number) noexcept {
  if (signer_.kind() == KeyKind::kEd25519) {
    frame_.begin({RequestTag::kSubscribe, number}, "userDataStream.subscribe", false);
    return finish();
  }
  begin({RequestTag::kSubscribe, number}, "userDataStream.subscribe.signature");
  add_recv_window_symbol_timestamp(kNoSymbol, now);
  return finish();
}

}  // namespace portcullis::oms::binance
