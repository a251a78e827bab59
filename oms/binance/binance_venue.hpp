#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "core/cl_ord_id.hpp"
#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/net/connection_source.hpp"
#include "core/net/ws_connection.hpp"
#include "oms/binance/binance_venue_settings.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/binance/message_decoder.hpp"
#include "oms/binance/order_encoder.hpp"
#include "oms/binance/rate_budget.hpp"
#include "oms/binance/session_counters.hpp"
#include "oms/binance/venue_manners.hpp"
#include "oms/venue.hpp"
#include "risk/venue_allowance.hpp"

namespace portcullis::oms::binance {

// The session with Binance spot over its WebSocket API: orders out, answers and user-data events
// in, on one connection. Keeps itself connected, logged on and subscribed; says so to the listener
// and decides nothing about an order.
//
//   kDown -> (connector) kConnecting -> kLoggingOn: time, until the venue's clock is known well
//   enough; session.logon (Ed25519), then userDataStream.subscribe, or with an HMAC key
//   userDataStream.subscribe.signature -> kUp
//
// A subscription that the venue ends is made again on the same connection; that, and a message that
// could not be read, takes the session through kLoggingOn to kUp, so that the listener reconciles
// what it may have missed. Everything runs on the trading thread, create() excepted.
class BinanceVenue {
 public:
  static constexpr const char* kRoleName = "venue.binance";

  // Cold. Starts the connector's thread; connecting begins with the first poll. The references must
  // outlive the venue. Error text: which setting is wrong and what to do.
  static std::expected<std::unique_ptr<BinanceVenue>, std::string> create(
      BinanceVenueSettings settings, const InstrumentTable& instruments,
      const ClOrdIdCodec& cl_ord_ids, CounterFile& counters, LogRing& log, const HopClock& clock);
  // The same with connections of the caller's making.
  static std::expected<std::unique_ptr<BinanceVenue>, std::string> create_on(
      net::ConnectionMaker& connections, BinanceVenueSettings settings,
      const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids, CounterFile& counters,
      LogRing& log, const HopClock& clock);
  ~BinanceVenue();
  BinanceVenue(const BinanceVenue&) = delete;
  BinanceVenue& operator=(const BinanceVenue&) = delete;

  // One bounded turn: keeps the session alive, reads up to kMessagesPerPoll messages and tells the
  // listener what they say. Returns how much was done.
  template <VenueListener L>
  int poll(L& listener, const Now& now) noexcept {
    int work = advance(now);
    announce(listener, now);
    for (int i = 0; i < kMessagesPerPoll && read_message(now); ++i) {
      ++work;
      deliver(listener, now);
      announce(listener, now);
    }
    announce(listener, now);
    return work;
  }

  [[nodiscard]] bool is_up() const noexcept { return state_ == VenueSessionState::kUp; }
  // Cancels pass as soon as requests are taken, with or without the user data stream.
  [[nodiscard]] bool may_cancel() const noexcept {
    return connection_ != nullptr && is_authenticated_;
  }

  // What the venue's limits, a pause or ban it has asked for, or its clock stand against
  // (venue_manners.hpp) is answered with kHeld: nothing was handed to the kernel.
  [[nodiscard]] SendError send_new(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                   const Now& now) noexcept;
  [[nodiscard]] SendError send_cancel(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                      const Now& now) noexcept;
  [[nodiscard]] SendError send_replace(const risk::Approved<NewOrderSingle>& order, OrderId id,
                                       const OldOrder& old, const Now& now) noexcept;
  [[nodiscard]] SendError send_list(const risk::Approved<NewOrderList>& list, OrderId id,
                                    const Now& now) noexcept;
  [[nodiscard]] SendError send_list_cancel(OrderId id, SymbolId symbol, const Now& now) noexcept;
  [[nodiscard]] SendError send_amend(OrderId id, SymbolId symbol, VenueOrderId venue_order_id,
                                     Qty qty, const Now& now) noexcept;
  [[nodiscard]] SendError send_query(OrderId id, SymbolId symbol, const Now& now) noexcept;
  // Without a venue order id the venue would list the whole symbol: refused with kNotConnected, ask
  // send_query for the id first.
  [[nodiscard]] SendError send_trades_query(OrderId id, SymbolId symbol,
                                            VenueOrderId venue_order_id, const Now& now) noexcept;
  [[nodiscard]] SendError send_trades_since(SymbolId symbol, TradeId from, const Now& now) noexcept;
  [[nodiscard]] SendError send_order_lookup(SymbolId symbol, VenueOrderId venue_order_id,
                                            const Now& now) noexcept;
  [[nodiscard]] SendError send_mass_cancel(SymbolId symbol, const Now& now) noexcept;
  [[nodiscard]] SendError send_symbol_cancel(SymbolId symbol, const Now& now) noexcept;
  [[nodiscard]] SendError send_open_orders_query(const Now& now) noexcept;
  [[nodiscard]] SendError send_account_query(const Now& now) noexcept;

  [[nodiscard]] MonoTime last_encoded() const noexcept { return last_encoded_; }
  [[nodiscard]] MonoTime last_sent() const noexcept { return last_sent_; }

  [[nodiscard]] VenueSessionState state() const noexcept { return state_; }
  // The venue's limits as its answers last stated them.
  [[nodiscard]] const RateBudget& rate_budget() const noexcept { return budget_; }
  // For the gate: whether one order more could leave.
  [[nodiscard]] const risk::VenueAllowance& allowance() const noexcept {
    return manners_.allowance();
  }
  [[nodiscard]] const VenueManners& manners() const noexcept { return manners_; }
  // Any cold thread: why the last connection attempt failed, empty if none did.
  [[nodiscard]] std::string last_connect_error() const { return connections_->last_error(); }

 private:
  static constexpr int kMessagesPerPoll = 16;
  // kDown, kConnecting, kLoggingOn, kUp, twice over: more cannot happen in one turn.
  static constexpr std::size_t kAnnouncementsMax = 8;

  enum class Step : std::uint8_t { kIdle, kConnecting, kClock, kLogon, kSubscribe, kUp };
  enum class DropReason : std::uint8_t { kTransport, kAuthentication, kServerShutdown };

  BinanceVenue(std::unique_ptr<net::ConnectionSource> connections, BinanceVenueSettings settings,
               OrderEncoder encoder, const InstrumentTable& instruments,
               const ClOrdIdCodec& cl_ord_ids, CounterFile& counters, LogRing& log,
               const HopClock& clock);

  // The session's own life; none of these talks to the listener.
  int advance(const Now& now) noexcept;
  void advance_idle(const Now& now) noexcept;
  void advance_connecting(const Now& now) noexcept;
  void keep_alive(const Now& now) noexcept;
  void start_logon(const Now& now) noexcept;
  void start_subscribe(const Now& now) noexcept;
  void come_up(const Now& now) noexcept;
  void drop(DropReason reason, const Now& now) noexcept;
  void set_state(VenueSessionState state) noexcept;

  // Reads and decodes one message into message_, and lets the session act on it. False: none.
  bool read_message(const Now& now) noexcept;
  void act_on_message(const Now& now) noexcept;
  void act_on_session_result(const Now& now) noexcept;
  void act_on_session_failure(const Now& now) noexcept;
  void act_on_unreadable(const Now& now) noexcept;
  void note_limits() noexcept;
  void ask_time(const Now& now) noexcept;
  void open_session(const Now& now) noexcept;

  [[nodiscard]] SendError send_order(RequestId request, std::string_view frame,
                                     const Now& now) noexcept;
  [[nodiscard]] SendError admit(SendClass kind, RequestTag tag, const Now& now) noexcept;
  [[nodiscard]] SendError send(SendClass kind, RequestId id, std::string_view frame,
                               const Now& now) noexcept;
  template <class Render>
  [[nodiscard]] SendError ask(SendClass kind, RequestId request, const Now& now,
                              Render&& render) noexcept;
  // Of the session's own requests: a failure drops the connection.
  void send_own(RequestId request, std::string_view frame, const Now& now) noexcept;
  // The next of the questions that have no subject to tell them apart.
  [[nodiscard]] RequestId number(RequestTag tag) noexcept;
  // To a listing of open orders asked for before the session last came up: it is older than what
  // was missed. (The account's answers are told apart by who asks: OutstandingQuestions.)
  [[nodiscard]] bool is_answer_stale() const noexcept {
    return message_.request.tag == RequestTag::kOpenOrders &&
           message_.request.value <= questions_before_up_;
  }

  template <VenueListener L>
  void announce(L& listener, const Now& now) noexcept {
    for (std::size_t i = 0; i < announcement_count_; ++i) {
      listener.on_session_state(announcements_[i], now);
    }
    announcement_count_ = 0;
  }

  template <VenueListener L>
  void deliver(L& listener, const Now& now) noexcept {
    if (is_answer_stale()) return counters_.stale_answers.add();
    for (const VenueReport& report : message_.reports) listener.on_venue_report(report, now);
    for (const VenueBalance& balance : message_.balances) listener.on_balance(balance, now);
    if (message_.kind == MessageKind::kBalanceChange) {
      listener.on_balance_change(message_.balance_change, now);
    }
    if (message_.kind == MessageKind::kListEvent)
      listener.on_list_status(message_.list_status, now);
    if (!message_.parked.name.empty()) listener.on_parked(message_.parked, now);
    if (message_.kind == MessageKind::kFailure) deliver_failure(listener, now);
    if (message_.kind != MessageKind::kResult) return;
    switch (message_.request.tag) {
      case RequestTag::kTrades:
        return listener.on_listing_complete(RequestKind::kTrades, kNoSymbol,
                                            message_.request.order_id(), now);
      case RequestTag::kTradesSince:
        return listener.on_trades_page(
            {.symbol = message_.request.symbol(),
             .from = message_.request.from_trade(),
             .is_full = message_.reports.size() >= TradesPage::kTradesMax},
            now);
      case RequestTag::kMassCancel:
      case RequestTag::kSymbolCancel:
        return listener.on_listing_complete(RequestKind::kMassCancel, message_.request.symbol(),
                                            OrderId{}, now);
      case RequestTag::kOpenOrders:
        return listener.on_listing_complete(RequestKind::kOpenOrders, kNoSymbol, OrderId{}, now);
      case RequestTag::kAccount:
        return listener.on_listing_complete(RequestKind::kAccount, kNoSymbol, OrderId{}, now);
      case RequestTag::kNewOrder:
      case RequestTag::kCancel:
      case RequestTag::kAmend:
      case RequestTag::kReplace:
      case RequestTag::kListOfTwo:
      case RequestTag::kListOfThree:
      case RequestTag::kListCancel:
      case RequestTag::kQuery:
      case RequestTag::kOrderLookup:
      case RequestTag::kLogon:
      case RequestTag::kSubscribe:
      case RequestTag::kTime: return;
    }
  }

  // Of a cancelReplace that was carried out in part each half that was not is a failure of its own.
  template <VenueListener L>
  void deliver_failure(L& listener, const Now& now) noexcept {
    const ReplaceAnswer& halves = message_.replace;
    if (!halves.is_told()) return listener.on_request_failure(message_.failure, now);
    RequestFailure failure = message_.failure;
    if (halves.cancel.has_failed()) {
      failure.kind = RequestKind::kReplaceCancel;
      failure.failure = halves.cancel.failure;
      failure.venue_code = halves.cancel.venue_code;
      listener.on_request_failure(failure, now);
    }
    if (halves.placement.word == ReplaceWord::kSuccess) return;
    failure.kind = RequestKind::kNewOrder;
    failure.failure = FailureClass::kRejected;  // not attempted
    failure.venue_code = message_.failure.venue_code;
    if (halves.placement.has_failed()) {
      failure.failure = halves.placement.failure;
      failure.venue_code = halves.placement.venue_code;
    }
    listener.on_request_failure(failure, now);
  }

  const BinanceVenueSettings settings_;
  LogRing& log_;
  const HopClock& clock_;
  SessionCounters counters_;
  VenueManners manners_;
  OrderEncoder encoder_;
  MessageDecoder decoder_;
  DecodedMessage message_;
  const std::unique_ptr<net::ConnectionSource> connections_;
  net::WsConnection* connection_{nullptr};

  Step step_{Step::kIdle};
  VenueSessionState state_{VenueSessionState::kDown};
  std::array<VenueSessionState, kAnnouncementsMax> announcements_{};
  std::size_t announcement_count_{0};
  bool is_authenticated_{false};  // requests are taken: logged on, or each of them is signed
  bool is_shutdown_announced_{false};
  bool is_ping_unanswered_{false};
  int garbage_of_connection_{0};

  std::uint64_t question_count_{0};
  std::uint64_t questions_before_up_{0};
  MonoTime step_started_{};
  MonoTime up_since_{};
  MonoTime last_ping_{};
  MonoTime ping_unanswered_since_{};
  MonoTime next_attempt_{};
  Nanos logon_backoff_{};
  Nanos reconnect_backoff_{};
  RateBudget budget_{};
  MonoTime last_encoded_{};
  MonoTime last_sent_{};
};

}  // namespace portcullis::oms::binance
