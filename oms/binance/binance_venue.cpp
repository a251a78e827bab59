#include "oms/binance/binance_venue.hpp"

#include <algorithm>
#include <utility>

#include "core/mutant.hpp"
#include "core/net/connector.hpp"
#include "core/no_alloc.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr std::int32_t kSubscriptionActive = -2035;

Nanos next_backoff(Nanos current, std::chrono::milliseconds first, std::chrono::milliseconds max) {
  return current == Nanos{} ? Nanos{first} : std::min(2 * current, Nanos{max});
}

std::int64_t whole_ms(Nanos time) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

std::expected<std::unique_ptr<BinanceVenue>, std::string> BinanceVenue::create(
    BinanceVenueSettings settings, const InstrumentTable& instruments,
    const ClOrdIdCodec& cl_ord_ids, CounterFile& counters, LogRing& log, const HopClock& clock) {
  net::ThreadedConnections connections;
  return create_on(connections, std::move(settings), instruments, cl_ord_ids, counters, log, clock);
}

std::expected<std::unique_ptr<BinanceVenue>, std::string> BinanceVenue::create_on(
    net::ConnectionMaker& connections, BinanceVenueSettings settings,
    const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids, CounterFile& counters,
    LogRing& log, const HopClock& clock) {
  auto endpoint = net::parse_ws_url(settings.ws_api_url);
  if (!endpoint) return std::unexpected{"venue.binance ws_api_url: " + endpoint.error()};
  if (settings.address == nullptr) settings.address = std::make_shared<net::AddressBudget>();
  endpoint->ca_file = settings.ca_file;
  endpoint->address = settings.address;
  endpoint->party = net::AddressBudget::Party::kOrderConnects;
  auto signer = Signer::make(settings.key_kind, settings.secret);
  if (!signer) return std::unexpected{"venue.binance " + signer.error()};
  settings.secret = Secret{};  // the signer has what it needs of it
  auto encoder = OrderEncoder::make({.api_key = settings.api_key,
                                     .recv_window_new_order = settings.recv_window_new_order,
                                     .recv_window = settings.recv_window,
                                     .strategy = settings.strategy},
                                    std::move(*signer), instruments, cl_ord_ids);
  if (!encoder) return std::unexpected{encoder.error()};
  auto source = connections.make(std::move(*endpoint),
                                 {.message_bytes_max = settings.message_bytes_max,
                                  .receive_buffer_bytes = 2 * settings.message_bytes_max},
                                 settings.connect_backoff, settings.jitter_seed);
  return std::unique_ptr<BinanceVenue>{new BinanceVenue{std::move(source), std::move(settings),
                                                        std::move(*encoder), instruments,
                                                        cl_ord_ids, counters, log, clock}};
}

BinanceVenue::BinanceVenue(std::unique_ptr<net::ConnectionSource> connections,
                           BinanceVenueSettings settings, OrderEncoder encoder,
                           const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
                           CounterFile& counters, LogRing& log, const HopClock& clock)
    : settings_{std::move(settings)},
      log_{log},
      clock_{clock},
      counters_{counters},
      manners_{settings_.manners, settings_.address, counters_, log},
      encoder_{std::move(encoder)},
      decoder_{instruments, cl_ord_ids, settings_.message_bytes_max},
      connections_{std::move(connections)} {
}

BinanceVenue::~BinanceVenue() {
  if (connection_ != nullptr) connections_->retire(connection_);
}

int BinanceVenue::advance(const Now& now) noexcept {
  manners_.turn(now);
  switch (step_) {
    case Step::kIdle: advance_idle(now); return 0;
    case Step::kConnecting: advance_connecting(now); return 0;
    case Step::kClock:
      if (manners_.is_clock_good(now.mono)) {
        open_session(now);
        return 1;
      }
      [[fallthrough]];
    case Step::kLogon:
    case Step::kSubscribe:
      if (now.mono - step_started_ > settings_.step_timeout) {
        counters_.step_timeouts.add();
        log_.post(
            LogLevel::kWarning, now.mono,
            "venue.binance: no answer to the time, the logon or the subscription within {} ms; "
            "reconnecting",
            settings_.step_timeout.count());
        drop(DropReason::kTransport, now);
        return 1;
      }
      keep_alive(now);
      return 0;
    case Step::kUp: keep_alive(now); return 0;
  }
  return 0;
}

void BinanceVenue::advance_idle(const Now& now) noexcept {
  if (now.mono < next_attempt_ || !manners_.may_connect(now.mono)) return;
  connections_->request();
  step_ = Step::kConnecting;
  set_state(VenueSessionState::kConnecting);
}

void BinanceVenue::advance_connecting(const Now& now) noexcept {
  connection_ = connections_->take();
  if (connection_ == nullptr) return;
  counters_.connects.add();
  manners_.on_connect();
  garbage_of_connection_ = 0;
  is_shutdown_announced_ = false;
  last_ping_ = now.mono;
  is_ping_unanswered_ = false;
  set_state(VenueSessionState::kLoggingOn);
  step_ = Step::kClock;
  step_started_ = now.mono;
  ask_time(now);
}

void BinanceVenue::ask_time(const Now& now) noexcept {
  const RequestId request = number(RequestTag::kTime);
  send_own(request, encoder_.server_time(request.value), now);
}

void BinanceVenue::open_session(const Now& now) noexcept {
  if (encoder_.key_kind() == KeyKind::kEd25519) {
    start_logon(now);
  } else {
    is_authenticated_ = true;  // each request carries its own signature
    start_subscribe(now);
  }
}

void BinanceVenue::keep_alive(const Now& now) noexcept {
  if (manners_.wants_time(now.mono) &&
      manners_.may_send(SendClass::kSession, RequestTag::kTime, now)) {
    ask_time(now);
    if (connection_ == nullptr) return;
  }
  if (is_ping_unanswered_ && connection_->last_received() >= ping_unanswered_since_) {
    is_ping_unanswered_ = false;
  }
  // Judged by an unanswered ping and not by silence: after this thread itself stood still, all is
  // silent and nothing is wrong.
  if (is_ping_unanswered_ && now.mono - ping_unanswered_since_ > settings_.liveness_timeout) {
    counters_.liveness_drops.add();
    log_.post(LogLevel::kWarning, now.mono,
              "venue.binance: nothing received for {} ms after a ping; reconnecting",
              whole_ms(now.mono - ping_unanswered_since_));
    drop(DropReason::kTransport, now);
    return;
  }
  if (now.mono - last_ping_ < settings_.ping_interval) return;
  last_ping_ = now.mono;
  switch (connection_->try_ping()) {
    case net::WsConnection::WriteStatus::kFull:
    case net::WsConnection::WriteStatus::kSent:
      if (!is_ping_unanswered_) ping_unanswered_since_ = now.mono;
      is_ping_unanswered_ = true;
      return;
    case net::WsConnection::WriteStatus::kPartial:
    case net::WsConnection::WriteStatus::kClosed: drop(DropReason::kTransport, now); return;
  }
}

void BinanceVenue::start_logon(const Now& now) noexcept {
  step_ = Step::kLogon;
  step_started_ = now.mono;
  // OpenSSL allocates while it signs. Once a connection, before any order may leave on it; the
  // timestamp inside keeps it from being made ahead on the cold side.
  const AllocAllowedScope signing;
  send_own({RequestTag::kLogon, 0}, encoder_.session_logon(manners_.timestamp(now)), now);
}

void BinanceVenue::start_subscribe(const Now& now) noexcept {
  step_ = Step::kSubscribe;
  step_started_ = now.mono;
  send_own({RequestTag::kSubscribe, 0}, encoder_.subscribe(manners_.timestamp(now)), now);
}

void BinanceVenue::come_up(const Now& now) noexcept {
  step_ = Step::kUp;
  up_since_ = now.mono;
  set_state(VenueSessionState::kUp);
  log_.post(LogLevel::kInfo, now.mono, "venue.binance: logged on and subscribed, session up");
}

void BinanceVenue::drop(DropReason reason, const Now& now) noexcept {
  const bool was_stable =
      state_ == VenueSessionState::kUp && now.mono - up_since_ >= settings_.stable_after;
  if (connection_ != nullptr) {
    connections_->retire(connection_);
    connection_ = nullptr;
    counters_.disconnects.add();
  }
  if (was_stable) {
    logon_backoff_ = {};
    reconnect_backoff_ = {};
  }
  Nanos pause{};
  if (reason == DropReason::kAuthentication) {
    logon_backoff_ =
        next_backoff(logon_backoff_, settings_.logon_backoff_first, settings_.logon_backoff_max);
    pause = logon_backoff_;
  } else if (!was_stable) {
    reconnect_backoff_ = next_backoff(reconnect_backoff_, settings_.reconnect_backoff_first,
                                      settings_.reconnect_backoff_max);
    pause = reconnect_backoff_;
  }
  next_attempt_ = std::max(now.mono + pause, manners_.blocked_until());
  is_authenticated_ = false;
  step_ = Step::kIdle;
  set_state(VenueSessionState::kDown);
}

void BinanceVenue::set_state(VenueSessionState state) noexcept {
  state_ = state;
  if (state == VenueSessionState::kUp) questions_before_up_ = question_count_;
  counters_.state.set(static_cast<std::int64_t>(state));
  // When a turn is fuller than it can be, the newest state is the one that matters.
  if (announcement_count_ == announcements_.size()) --announcement_count_;
  announcements_[announcement_count_++] = state;
}

bool BinanceVenue::read_message(const Now& now) noexcept {
  if (connection_ == nullptr) return false;
  const net::WsMessage message = connection_->try_read(now.mono);
  switch (message.status) {
    case net::WsStatus::kMessage:
      decoder_.decode(message.payload, message.received, message_);
      act_on_message(now);
      return true;
    case net::WsStatus::kNothing:
      // What the venue still had for us has been read: now the connection may go.
      if (is_shutdown_announced_) drop(DropReason::kServerShutdown, now);
      return false;
    case net::WsStatus::kClosed:
      log_.post_text(LogLevel::kWarning, now.mono, "venue.binance: connection lost: {s}",
                     connection_->close_reason());
      drop(DropReason::kTransport, now);
      return false;
  }
  return false;
}

void BinanceVenue::act_on_message(const Now& now) noexcept {
  note_limits();
  manners_.on_message(message_, now);
  switch (message_.kind) {
    case MessageKind::kResult: counters_.replies.add(); return act_on_session_result(now);
    case MessageKind::kFailure:
      counters_.replies.add();
      counters_.failures.add();
      if (message_.failure.failure == FailureClass::kUnknown) counters_.failures_unknown.add();
      return;
    case MessageKind::kSessionFailure: counters_.replies.add(); return act_on_session_failure(now);
    case MessageKind::kKeyRevoked:
      counters_.key_revoked.add();
      log_.post(LogLevel::kError, now.mono,
                "venue.binance: the venue revoked the key of this session ({}); check the key and "
                "its IP list at the venue",
                message_.failure.venue_code);
      return drop(DropReason::kAuthentication, now);
    case MessageKind::kOrderEvent: return counters_.order_events.add();
    case MessageKind::kBalanceEvent:
    case MessageKind::kBalanceChange: return counters_.balance_events.add();
    case MessageKind::kParkedEvent: return counters_.parked_events.add();
    case MessageKind::kStreamTerminated:
      counters_.streams_terminated.add();
      if (step_ != Step::kUp) return;
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: the venue ended the user data subscription; subscribing again");
      set_state(VenueSessionState::kLoggingOn);
      return start_subscribe(now);
    case MessageKind::kServerShutdown:
      counters_.server_shutdowns.add();
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: the server announced its shutdown; reconnecting");
      is_shutdown_announced_ = true;
      return;
    case MessageKind::kListEvent: return counters_.list_events.add();
    case MessageKind::kUnknownEvent: return counters_.unknown_events.add();
    case MessageKind::kForeignReply: return counters_.foreign_replies.add();
    case MessageKind::kMalformedEvent:
      counters_.malformed_events.add();
      return act_on_unreadable(now);
    case MessageKind::kGarbage: counters_.garbage.add(); return act_on_unreadable(now);
  }
}

void BinanceVenue::act_on_session_result(const Now& now) noexcept {
  if (message_.request.tag == RequestTag::kLogon && step_ == Step::kLogon) {
    is_authenticated_ = true;
    start_subscribe(now);
  } else if (message_.request.tag == RequestTag::kSubscribe && step_ == Step::kSubscribe) {
    come_up(now);
  }
}

void BinanceVenue::act_on_session_failure(const Now& now) noexcept {
  const RequestFailure& failure = message_.failure;
  if (message_.request.tag == RequestTag::kSubscribe && failure.venue_code == kSubscriptionActive) {
    if (step_ == Step::kSubscribe) come_up(now);  // what we asked for is so
    return;
  }
  if (step_ != Step::kClock && step_ != Step::kLogon && step_ != Step::kSubscribe) return;
  const bool is_refused = failure.failure == FailureClass::kAuthentication ||
                          failure.failure == FailureClass::kRejected;
  drop(is_refused ? DropReason::kAuthentication : DropReason::kTransport, now);
  if (is_refused) counters_.logon_refused.add();
  log_.post(LogLevel::kError, now.mono,
            "venue.binance: session refused with code {} (status {}); check key, IP list, key type "
            "and host clock; next attempt in {} ms",
            failure.venue_code, failure.http_status, whole_ms(next_attempt_ - now.mono));
}

void BinanceVenue::act_on_unreadable(const Now& now) noexcept {
  ++garbage_of_connection_;
  log_.post(LogLevel::kError, now.mono, "venue.binance: unreadable message, {} on this connection",
            garbage_of_connection_);
  if (garbage_of_connection_ >= settings_.garbage_max) return drop(DropReason::kTransport, now);
  if (step_ != Step::kUp) return;
  // It may have been a fact about an order: let the listener ask for what it missed.
  set_state(VenueSessionState::kLoggingOn);
  set_state(VenueSessionState::kUp);
}

void BinanceVenue::note_limits() noexcept {
  if (!message_.has_rate_budget) return;
  const auto note = [](const RateWindow& stated, RateWindow& kept, Counter& count,
                       Counter& limit) noexcept {
    if (stated.limit == 0) return;
    kept = stated;
    count.set(stated.count);
    limit.set(stated.limit);
  };
  const RateBudget& stated = message_.budget;
  note(stated.orders_short, budget_.orders_short, counters_.orders_short_count,
       counters_.orders_short_limit);
  note(stated.orders_day, budget_.orders_day, counters_.orders_day_count,
       counters_.orders_day_limit);
  note(stated.request_weight, budget_.request_weight, counters_.weight_count,
       counters_.weight_limit);
}

SendError BinanceVenue::admit(SendClass kind, RequestTag tag, const Now& now) noexcept {
  if (connection_ == nullptr || !is_authenticated_) return SendError::kNotConnected;
  const bool is_cancel = kind == SendClass::kCancel || kind == SendClass::kKill;
  if (!is_cancel && state_ != VenueSessionState::kUp) return SendError::kNotConnected;
  return manners_.may_send(kind, tag, now) ? SendError::kNone : SendError::kHeld;
}

SendError BinanceVenue::send(SendClass kind, RequestId id, std::string_view frame,
                             const Now& now) noexcept {
  if (frame.empty()) return SendError::kNotConnected;  // could not be signed
  manners_.on_send(kind, id, now);
  switch (connection_->try_write(frame)) {
    case net::WsConnection::WriteStatus::kSent:
      counters_.requests_sent.add();
      return SendError::kNone;
    case net::WsConnection::WriteStatus::kFull:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      return SendError::kSendBufferFull;
    case net::WsConnection::WriteStatus::kPartial:
      counters_.partial_writes.add();
      drop(DropReason::kTransport, now);
      return SendError::kPartialWrite;
    case net::WsConnection::WriteStatus::kClosed:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      drop(DropReason::kTransport, now);
      return SendError::kNotConnected;
  }
  return SendError::kNotConnected;
}

void BinanceVenue::send_own(RequestId request, std::string_view frame, const Now& now) noexcept {
  if (!manners_.may_send_own(now.mono)) return drop(DropReason::kTransport, now);
  if (send(SendClass::kSession, request, frame, now) != SendError::kNone &&
      connection_ != nullptr) {
    drop(DropReason::kTransport, now);
  }
}

SendError BinanceVenue::send_new(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                 const Now& now) noexcept {
  const RequestId request{RequestTag::kNewOrder, id.raw()};
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  return send_order(request, encoder_.order_place(order.get(), id, manners_.timestamp(now)), now);
}

SendError BinanceVenue::send_replace(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                     const OldOrder& old, const Now& now) noexcept {
  const RequestId request{RequestTag::kReplace, id.raw()};
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  return send_order(request, encoder_.order_replace(order.get(), id, old, manners_.timestamp(now)),
                    now);
}

SendError BinanceVenue::send_list(const risk::Approved<NewOrderList>& list, OrderId id,
                                  const Now& now) noexcept {
  const RequestId request = new_list_id(list.get(), id);
  if (const SendError no = admit(SendClass::kOrder, request.tag, now); no != SendError::kNone) {
    return no;
  }
  return send_order(request, encoder_.list_place(list.get(), id, manners_.timestamp(now)), now);
}

SendError BinanceVenue::send_order(RequestId request, std::string_view frame,
                                   const Now& now) noexcept {
  const MonoTime encoded = clock_.stamp();
  const SendError result = send(SendClass::kOrder, request, frame, now);
  if (result != SendError::kNone) return result;
  if (is_planted(Mutant::kSentTwice)) (void)send(SendClass::kOrder, request, frame, now);
  last_sent_ = clock_.stamp();
  last_encoded_ = encoded;
  counters_.new_orders_sent.add();
  return SendError::kNone;
}

template <class Render>
SendError BinanceVenue::ask(SendClass kind, RequestId request, const Now& now,
                            Render&& render) noexcept {
  if (const SendError no = admit(kind, request.tag, now); no != SendError::kNone) return no;
  return send(kind, request, render(manners_.timestamp(now)), now);
}

SendError BinanceVenue::send_cancel(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                    const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kCancel, id.raw()}, now, [&](WallTime time) noexcept {
    return encoder_.order_cancel(id, symbol, venue_order_id, time);
  });
}

SendError BinanceVenue::send_list_cancel(OrderId id, SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kListCancel, id.raw()}, now,
             [&](WallTime time) noexcept { return encoder_.list_cancel(id, symbol, time); });
}

// Its weight is a question's, and as a question it never stands in the way of cancels.
SendError BinanceVenue::send_amend(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                   Qty qty, const Now& now) noexcept {
  return ask(SendClass::kQuery, {RequestTag::kAmend, id.raw()}, now, [&](WallTime time) noexcept {
    return encoder_.order_amend(id, symbol, venue_order_id, qty, time);
  });
}

SendError BinanceVenue::send_query(OrderId id, SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kQuery, {RequestTag::kQuery, id.raw()}, now,
             [&](WallTime time) noexcept { return encoder_.order_status(id, symbol, time); });
}

SendError BinanceVenue::send_trades_query(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                          const Now& now) noexcept {
  if (venue_order_id == VenueOrderId{}) return SendError::kNotConnected;
  return ask(SendClass::kQuery, {RequestTag::kTrades, id.raw()}, now, [&](WallTime time) noexcept {
    return encoder_.my_trades(id, symbol, venue_order_id, time);
  });
}

SendError BinanceVenue::send_trades_since(SymbolId symbol, TradeId from, const Now& now) noexcept {
  return ask(SendClass::kQuery, trades_since_id(symbol, from), now,
             [&](WallTime time) noexcept { return encoder_.trades_since(symbol, from, time); });
}

SendError BinanceVenue::send_order_lookup(SymbolId symbol, VenueOrderId venue_order_id,
                                          const Now& now) noexcept {
  return ask(
      SendClass::kQuery, {RequestTag::kOrderLookup, venue_order_id.raw()}, now,
      [&](WallTime time) noexcept { return encoder_.order_lookup(symbol, venue_order_id, time); });
}

SendError BinanceVenue::send_mass_cancel(SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kKill, {RequestTag::kMassCancel, symbol.raw()}, now,
             [&](WallTime time) noexcept {
               return encoder_.cancel_all(RequestTag::kMassCancel, symbol, time);
             });
}

SendError BinanceVenue::send_symbol_cancel(SymbolId symbol, const Now& now) noexcept {
  return ask(SendClass::kCancel, {RequestTag::kSymbolCancel, symbol.raw()}, now,
             [&](WallTime time) noexcept {
               return encoder_.cancel_all(RequestTag::kSymbolCancel, symbol, time);
             });
}

SendError BinanceVenue::send_open_orders_query(const Now& now) noexcept {
  const RequestId request = number(RequestTag::kOpenOrders);
  return ask(SendClass::kQuery, request, now,
             [&](WallTime time) noexcept { return encoder_.open_orders(request.value, time); });
}

SendError BinanceVenue::send_account_query(const Now& now) noexcept {
  const RequestId request = number(RequestTag::kAccount);
  return ask(SendClass::kQuery, request, now,
             [&](WallTime time) noexcept { return encoder_.account_status(request.value, time); });
}

RequestId BinanceVenue::number(RequestTag tag) noexcept {
  return {tag, ++question_count_};
}

}  // namespace portcullis::oms::binance
