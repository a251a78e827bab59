// How the session is made, and what goes out.
#include "oms/binance/binance_venue.hpp"

#include <algorithm>
#include <utility>

#include "core/mutant.hpp"
#include "core/net/connector.hpp"
#include "core/no_alloc.hpp"

namespace portcullis::oms::binance {

std::expected<std::unique_ptr<BinanceVenue>, std::string> BinanceVenue::create(
    BinanceVenueSettings settings, const InstrumentTable& instruments,
    const ClOrdIdCodec& cl_ord_ids, CounterFile& counters, LogRing& log, const HopClock& clock) {
  net::ThreadedConnections connections;
  if (settings.address == nullptr) settings.address = std::make_shared<net::AddressBudget>();
  std::unique_ptr<net::StreamSource> rest;
  if (!settings.rest_url.empty()) {
    auto endpoint = net::parse_http_url(settings.rest_url);
    if (!endpoint) return std::unexpected{"venue.binance rest_url: " + endpoint.error()};
    endpoint->ca_file = settings.ca_file;
    endpoint->address = settings.address;
    endpoint->party = net::AddressBudget::Party::kOrderConnects;
    rest = std::make_unique<net::StreamConnector>(std::move(*endpoint), settings.connect_backoff,
                                                  settings.jitter_seed);
  }
  return create_on(connections, std::move(settings), instruments, cl_ord_ids, counters, log, clock,
                   std::move(rest));
}

std::expected<std::unique_ptr<BinanceVenue>, std::string> BinanceVenue::create_on(
    net::ConnectionMaker& connections, BinanceVenueSettings settings,
    const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids, CounterFile& counters,
    LogRing& log, const HopClock& clock, std::unique_ptr<net::StreamSource> rest) {
  auto endpoint = net::parse_ws_url(settings.ws_api_url);
  if (!endpoint) return std::unexpected{"venue.binance ws_api_url: " + endpoint.error()};
  if (settings.connections < 1 || settings.connections > BinanceVenueSettings::kConnectionsMax) {
    return std::unexpected<std::string>{"venue.binance connections: not 1 to 8"};
  }
  if (settings.address == nullptr) settings.address = std::make_shared<net::AddressBudget>();
  endpoint->ca_file = settings.ca_file;
  endpoint->address = settings.address;
  endpoint->party = net::AddressBudget::Party::kOrderConnects;
  auto encoder = make_encoder(settings, {}, instruments, cl_ord_ids);
  if (!encoder) return std::unexpected{encoder.error()};
  std::optional<OrderEncoder> rest_encoder;
  if (rest != nullptr) {
    const auto host = net::parse_http_url(settings.rest_url);
    if (!host) return std::unexpected{"venue.binance rest_url: " + host.error()};
    auto made = make_encoder(settings, net::host_header(*host), instruments, cl_ord_ids);
    if (!made) return std::unexpected{made.error()};
    rest_encoder = std::move(*made);
  }
  settings.secret = Secret{};  // the signers have what they need of it
  std::vector<std::unique_ptr<net::ConnectionSource>> sources;
  for (std::size_t i = 0; i < settings.connections; ++i) {
    sources.push_back(connections.make(*endpoint,
                                       {.message_bytes_max = settings.message_bytes_max,
                                        .receive_buffer_bytes = 2 * settings.message_bytes_max},
                                       settings.connect_backoff, settings.jitter_seed + i));
  }
  return std::unique_ptr<BinanceVenue>{new BinanceVenue{
      std::move(sources), std::move(settings), std::move(*encoder), std::move(rest_encoder),
      std::move(rest), instruments, cl_ord_ids, counters, log, clock}};
}

std::expected<OrderEncoder, std::string> BinanceVenue::make_encoder(
    const BinanceVenueSettings& settings, std::string rest_host, const InstrumentTable& instruments,
    const ClOrdIdCodec& cl_ord_ids) {
  auto signer = Signer::make(settings.key_kind, settings.secret);
  if (!signer) return std::unexpected{"venue.binance " + signer.error()};
  EncoderSettings encoder;
  encoder.api_key = settings.api_key;
  encoder.recv_window_new_order = settings.recv_window_new_order;
  encoder.recv_window = settings.recv_window;
  encoder.strategy = settings.strategy;
  encoder.rest_host = std::move(rest_host);
  return OrderEncoder::make(std::move(encoder), std::move(*signer), instruments, cl_ord_ids);
}

BinanceVenue::BinanceVenue(std::vector<std::unique_ptr<net::ConnectionSource>> sources,
                           BinanceVenueSettings settings, OrderEncoder encoder,
                           std::optional<OrderEncoder> rest_encoder,
                           std::unique_ptr<net::StreamSource> rest,
                           const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
                           CounterFile& counters, LogRing& log, const HopClock& clock)
    : settings_{std::move(settings)},
      log_{log},
      clock_{clock},
      counters_{counters},
      manners_{settings_.manners, settings_.address, counters_, log},
      encoder_{std::move(encoder)},
      decoder_{instruments, cl_ord_ids, settings_.message_bytes_max},
      rest_encoder_{std::move(rest_encoder)} {
  if (rest != nullptr) {
    RestLine::Settings line;
    line.timeout = settings_.rest_timeout;
    line.body_bytes_max = settings_.message_bytes_max / 2;
    rest_ = std::make_unique<RestLine>(std::move(rest), line);
  }
  slots_.reserve(sources.size());
  for (auto& source : sources) {
    const std::size_t number = slots_.size();
    slots_.emplace_back(std::move(source), number, counters);
  }
}

BinanceVenue::~BinanceVenue() {
  for (ConnectionSlot& slot : slots_) {
    for (ApiConnection* connection : slot.both()) {
      if (connection->is_open()) slot.retire(connection->close());
    }
  }
}

std::string BinanceVenue::last_connect_error() const {
  for (const ConnectionSlot& slot : slots_) {
    if (std::string error = slot.last_error(); !error.empty()) return error;
  }
  return rest_ != nullptr ? rest_->last_error() : std::string{};
}

// ---- which way

BinanceVenue::Way BinanceVenue::choose(SymbolId symbol, OrderId follows) noexcept {
  if (follows != OrderId{}) {
    // By the way that its order has left, also while that is being drained.
    const RouteId route = routes_.of(follows);
    for (ConnectionSlot& slot : slots_) {
      for (ApiConnection* connection : slot.both()) {
        const bool is_it = route != RouteId{} && connection->route() == route;
        if (is_it && connection->is_ready()) return {.connection = connection, .is_bound = true};
      }
    }
  }
  if (ready_count_ <= 1) return {.connection = ready_count_ == 1 ? ready_[0] : nullptr};
  switch (settings_.spread) {
    case Spread::kRoundRobin: return {.connection = ready_[turn_++ % ready_count_]};
    case Spread::kSymbol:
      if (symbol == kNoSymbol) break;
      // Of the slots, so that the loss of another connection does not move it.
      if (ApiConnection& own = slots_[symbol.raw() % slots_.size()].current();
          own.is_ready() && !own.is_ending()) {
        return {.connection = &own};
      }
      return {.connection = ready_[symbol.raw() % ready_count_]};
    case Spread::kBest: break;
  }
  return {.connection = *std::ranges::min_element(ready_.begin(), ready_.begin() + ready_count_, {},
                                                  &ApiConnection::round_trip)};
}

ApiConnection* BinanceVenue::another_than(const ApiConnection* connection) noexcept {
  for (std::size_t i = 0; i < ready_count_; ++i) {
    if (ready_[i] != connection) return ready_[i];
  }
  return nullptr;
}

ConnectionSlot& BinanceVenue::slot_of(const ApiConnection& connection) noexcept {
  return *std::ranges::find_if(slots_, [&](ConnectionSlot& slot) {
    return &slot.current() == &connection || &slot.other() == &connection;
  });
}

// ---- sending

SendError BinanceVenue::admit(SendClass kind, RequestTag tag, const Now& now) noexcept {
  const bool is_cancel = kind == SendClass::kCancel || kind == SendClass::kKill;
  if (ready_count_ == 0) [[unlikely]] {
    // Never a new order, without the user data stream.
    if (kind == SendClass::kOrder || !is_rest_open()) return SendError::kNotConnected;
  } else if (!is_cancel && state_ != VenueSessionState::kUp) {
    return SendError::kNotConnected;
  }
  return manners_.may_send(kind, tag, now) ? SendError::kNone : SendError::kHeld;
}

SendError BinanceVenue::send(SendClass kind, RequestId id, std::string_view frame, Way way,
                             const Now& now) noexcept {
  if (frame.empty() || way.connection == nullptr) return SendError::kNotConnected;
  const SendError error = write(kind, id, frame, *way.connection, now);
  const bool is_elsewhere =
      error == SendError::kNotConnected || (error == SendError::kSendBufferFull && !way.is_bound);
  if (!is_elsewhere) [[likely]]
    return error;
  ApiConnection* const second = another_than(way.connection);
  return second != nullptr ? write(kind, id, frame, *second, now) : error;
}

SendError BinanceVenue::write(SendClass kind, RequestId id, std::string_view frame,
                              ApiConnection& connection, const Now& now) noexcept {
  manners_.on_send(kind, id, connection.route(), now);
  switch (connection.line().try_write(frame)) {
    case net::WsConnection::WriteStatus::kSent:
      counters_.requests_sent.add();
      slot_of(connection).counters.requests.add();
      for (std::int64_t i = 0; i < order_count(id.tag); ++i) {  // a list's ids follow one another
        routes_.note(OrderId{id.value + static_cast<std::uint64_t>(i)}, connection.route());
      }
      return SendError::kNone;
    case net::WsConnection::WriteStatus::kFull:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      return SendError::kSendBufferFull;
    case net::WsConnection::WriteStatus::kPartial:
      counters_.partial_writes.add();
      manners_.forget_last();  // its sender is told now
      drop(slot_of(connection), connection, DropReason::kTransport, now);
      return SendError::kPartialWrite;
    case net::WsConnection::WriteStatus::kClosed:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      drop(slot_of(connection), connection, DropReason::kTransport, now);
      return SendError::kNotConnected;
  }
  return SendError::kNotConnected;
}

// While REST has one under way the next one waits, as behind a full send buffer.
template <class Render>
SendError BinanceVenue::send_by_rest(SendClass kind, RequestId request, const Now& now,
                                     Render&& render) noexcept {
  if (rest_ == nullptr || !rest_->is_idle()) return SendError::kSendBufferFull;
  // An Ed25519 signature allocates in OpenSSL; this way is for when the fast one is not there.
  const AllocAllowedScope signing;
  return write_rest(kind, request, render(*rest_encoder_, manners_.timestamp(now)), now);
}

SendError BinanceVenue::send_new(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                 const Now& now) noexcept {
  const RequestId request{RequestTag::kNewOrder, id.raw()};
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  const SendError error =
      send_order(request, encoder_.order_place(order.get(), id, manners_.timestamp(now)),
                 choose(order.get().symbol, OrderId{}), now);
  if (error != SendError::kSendBufferFull || !settings_.rest_orders) [[likely]]
    return error;
  return send_by_rest(SendClass::kOrder, request, now,
                      [&](OrderEncoder& encoder, WallTime time) noexcept {
                        return encoder.order_place(order.get(), id, time);
                      });
}

SendError BinanceVenue::send_replace(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                     const OldOrder& old, const Now& now) noexcept {
  const RequestId request{RequestTag::kReplace, id.raw()};
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  return send_order(request, encoder_.order_replace(order.get(), id, old, manners_.timestamp(now)),
                    choose(order.get().symbol, old.id), now);
}

SendError BinanceVenue::send_list(const risk::Approved<NewOrderList>& list, OrderId id,
                                  const Now& now) noexcept {
  const RequestId request = new_list_id(list.get(), id);
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  const SendError error =
      send_order(request, encoder_.list_place(list.get(), id, manners_.timestamp(now)),
                 choose(list.get().orders[0].symbol, OrderId{}), now);
  if (error != SendError::kSendBufferFull || !settings_.rest_orders) [[likely]]
    return error;
  return send_by_rest(SendClass::kOrder, request, now,
                      [&](OrderEncoder& encoder, WallTime time) noexcept {
                        return encoder.list_place(list.get(), id, time);
                      });
}

SendError BinanceVenue::send_order(RequestId request, std::string_view frame, Way way,
                                   const Now& now) noexcept {
  const MonoTime encoded = clock_.stamp();
  const SendError result = send(SendClass::kOrder, request, frame, way, now);
  if (result != SendError::kNone) return result;
  if (is_planted(Mutant::kSentTwice)) (void)send(SendClass::kOrder, request, frame, way, now);
  last_sent_ = clock_.stamp();
  last_encoded_ = encoded;
  counters_.new_orders_sent.add();
  return SendError::kNone;
}

template <class Render>
SendError BinanceVenue::ask(SendClass kind, RequestId request, SymbolId symbol, const Now& now,
                            Render&& render) noexcept {
  if (const SendError no = admit(kind, request.tag, now); no != SendError::kNone) return no;
  if (ready_count_ == 0) [[unlikely]]
    return send_by_rest(kind, request, now, render);
  const SendError error = send(kind, request, render(encoder_, manners_.timestamp(now)),
                               choose(symbol, request.order_id()), now);
  if (error != SendError::kSendBufferFull) [[likely]]
    return error;
  return send_by_rest(kind, request, now, render);
}

SendError BinanceVenue::send_cancel(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                    const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kCancel, id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.order_cancel(id, symbol, venue_order_id, time);
             });
}

SendError BinanceVenue::send_list_cancel(OrderId id, SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kListCancel, id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.list_cancel(id, symbol, time);
             });
}

// Its weight is a question's, and as a question it never stands in the way of cancels.
SendError BinanceVenue::send_amend(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                   Qty qty, const Now& now) noexcept {
  return ask(SendClass::kQuery, {RequestTag::kAmend, id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.order_amend(id, symbol, venue_order_id, qty, time);
             });
}

SendError BinanceVenue::send_query(OrderId id, SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kQuery, {RequestTag::kQuery, id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.order_status(id, symbol, time);
             });
}

SendError BinanceVenue::send_trades_query(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                          const Now& now) noexcept {
  if (venue_order_id == VenueOrderId{}) return SendError::kNotConnected;
  return ask(SendClass::kQuery, {RequestTag::kTrades, id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.my_trades(id, symbol, venue_order_id, time);
             });
}

SendError BinanceVenue::send_trades_since(SymbolId symbol, TradeId from, const Now& now) noexcept {
  return ask(SendClass::kQuery, trades_since_id(symbol, from), symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.trades_since(symbol, from, time);
             });
}

SendError BinanceVenue::send_order_lookup(SymbolId symbol, VenueOrderId venue_order_id,
                                          const Now& now) noexcept {
  return ask(SendClass::kQuery, {RequestTag::kOrderLookup, venue_order_id.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.order_lookup(symbol, venue_order_id, time);
             });
}

SendError BinanceVenue::send_mass_cancel(SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kKill, {RequestTag::kMassCancel, symbol.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.cancel_all(RequestTag::kMassCancel, symbol, time);
             });
}

SendError BinanceVenue::send_symbol_cancel(SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kSymbolCancel, symbol.raw()}, symbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.cancel_all(RequestTag::kSymbolCancel, symbol, time);
             });
}

SendError BinanceVenue::send_open_orders_query(const Now& now) noexcept {
  const RequestId request = number(RequestTag::kOpenOrders);
  return ask(SendClass::kQuery, request, kNoSymbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.open_orders(request.value, time);
             });
}

SendError BinanceVenue::send_account_query(const Now& now) noexcept {
  const RequestId request = number(RequestTag::kAccount);
  return ask(SendClass::kQuery, request, kNoSymbol, now,
             [&](OrderEncoder& encoder, WallTime time) noexcept {
               return encoder.account_status(request.value, time);
             });
}

}  // namespace portcullis::oms::binance
