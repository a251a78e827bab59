#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "oms/binance/order_parameters.hpp"
#include "oms/binance/request_frame.hpp"
#include "oms/binance/request_id.hpp"
#include "oms/binance/signer.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

struct EncoderSettings {
  std::string api_key;
  // How old a request may be when the venue takes it. Small for new orders: an order that was held
  // up somewhere is better refused than late.
  std::chrono::milliseconds recv_window_new_order{1500};
  std::chrono::milliseconds recv_window{5000};
  // Added to our wall clock to give the venue's.
  std::chrono::milliseconds clock_offset{0};
  StrategyMark strategy{};  // on every new order
  // Of the Host header; given, the requests are REST's instead of the WebSocket API's.
  std::string rest_host{};
};

// Renders requests of the WebSocket API, or the same as REST requests, into one buffer. Each view
// returned is valid until the next call. With an Ed25519 signer the session is logged on once and
// requests carry no signature; with an HMAC signer each request carries the key and is signed
// (Binance: WebSocket API, "request security"). REST requests are all signed, which with an Ed25519
// key allocates. One thread; allocates at construction only, session_logon() and signed Ed25519
// requests excepted.
class OrderEncoder {
 public:
  // Error text: which setting cannot be rendered.
  static std::expected<OrderEncoder, std::string> make(EncoderSettings settings, Signer signer,
                                                       const InstrumentTable& instruments,
                                                       const ClOrdIdCodec& cl_ord_ids);

  [[nodiscard]] std::string_view order_place(const NewOrderSingle& order, OrderId id,
                                             WallTime now) noexcept;
  // By the venue's id when it is known (the venue is faster so), else by the client id.
  [[nodiscard]] std::string_view order_cancel(OrderId id, SymbolId symbol,
                                              VenueOrderId venue_order_id, WallTime now) noexcept;
  // Cancels one order and places another. Nothing is cancelled when the order count is exceeded
  // (orderRateLimitExceededMode DO_NOTHING, the venue's default).
  [[nodiscard]] std::string_view order_replace(const NewOrderSingle& order, OrderId id,
                                               const OldOrder& old, WallTime now) noexcept;
  // The list has its first order's id for a name; its orders have that and the ids that follow.
  [[nodiscard]] std::string_view list_place(const NewOrderList& list, OrderId first,
                                            WallTime now) noexcept;
  [[nodiscard]] std::string_view list_cancel(OrderId list_id, SymbolId symbol,
                                             WallTime now) noexcept;
  // The order keeps its client id. As short-lived as a new order: what comes late does not happen.
  [[nodiscard]] std::string_view order_amend(OrderId id, SymbolId symbol,
                                             VenueOrderId venue_order_id, Qty qty,
                                             WallTime now) noexcept;
  [[nodiscard]] std::string_view order_status(OrderId id, SymbolId symbol, WallTime now) noexcept;
  [[nodiscard]] std::string_view my_trades(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                           WallTime now) noexcept;
  // A symbol's own trades from an id on; zero: the newest one alone.
  [[nodiscard]] std::string_view trades_since(SymbolId symbol, TradeId from, WallTime now) noexcept;
  [[nodiscard]] std::string_view order_lookup(SymbolId symbol, VenueOrderId venue_order_id,
                                              WallTime now) noexcept;
  // `tag`: kMassCancel or kSymbolCancel.
  [[nodiscard]] std::string_view cancel_all(RequestTag tag, SymbolId symbol, WallTime now) noexcept;
  // `number`: which of these questions it is; the answer names it.
  [[nodiscard]] std::string_view open_orders(std::uint64_t number, WallTime now) noexcept;
  [[nodiscard]] std::string_view account_status(std::uint64_t number, WallTime now) noexcept;

  // Ed25519 only. Signs, and so allocates inside OpenSSL; before any trading on the session.
  // `number`: which of these requests it is; the answer names it.
  [[nodiscard]] std::string_view session_logon(WallTime now, std::uint64_t number = 0) noexcept;
  // userDataStream.subscribe after a logon, userDataStream.subscribe.signature with an HMAC key.
  [[nodiscard]] std::string_view subscribe(WallTime now, std::uint64_t number = 0) noexcept;

  // The venue's clock; no key is needed.
  [[nodiscard]] std::string_view server_time(std::uint64_t number) noexcept;

  [[nodiscard]] KeyKind key_kind() const noexcept { return signer_.kind(); }
  [[nodiscard]] bool signs_each() const noexcept {
    return frame_.is_rest() || signer_.kind() == KeyKind::kHmacSha256;
  }

 private:
  // The constant end of an order.place frame between the quantity and the timestamp.
  struct Tail {
    std::array<char, 127> text{};
    std::uint8_t length{0};
  };
  // LIMIT with each time in force, MARKET, LIMIT_MAKER; times two sides.
  static constexpr std::size_t kTailsPerSymbol = 10;

  OrderEncoder(EncoderSettings settings, Signer signer, const InstrumentTable& instruments,
               const ClOrdIdCodec& cl_ord_ids);

  // Signed, marked, or with parameters that a plain order does not have.
  [[nodiscard]] std::string_view general_order_place(const NewOrderSingle& order, OrderId id,
                                                     WallTime now) noexcept;
  void add_leg(const NewOrderList& list, std::size_t leg, OrderId first, std::string_view prefix,
               bool has_side) noexcept;
  void add_new_order(const NewOrderSingle& order, OrderId id, WallTime now) noexcept;
  // Common beginning and end of the requests other than a new order on a logged-on session.
  void begin(RequestId id, std::string_view method) noexcept;
  std::string_view finish() noexcept;
  void add_recv_window_symbol_timestamp(SymbolId symbol, WallTime now) noexcept;
  void add_order_reference(OrderId id, VenueOrderId venue_order_id) noexcept;
  [[nodiscard]] std::int64_t timestamp_ms(WallTime now) const noexcept;
  void render_tails();

  EncoderSettings settings_;
  Signer signer_;
  ClOrdIdCodec cl_ord_ids_;
  const InstrumentTable* instruments_;
  bool has_short_way_{false};  // for plain orders: neither signed nor marked
  std::vector<std::array<Tail, kTailsPerSymbol>> tails_;  // by SymbolId
  RequestFrame frame_;
};

}  // namespace portcullis::oms::binance
