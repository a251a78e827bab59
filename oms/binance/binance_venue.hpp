#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cl_ord_id.hpp"
#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/net/connection_source.hpp"
#include "core/net/stream_source.hpp"
#include "oms/binance/api_connection.hpp"
#include "oms/binance/balance_change_filter.hpp"
#include "oms/binance/binance_venue_settings.hpp"
#include "oms/binance/connection_slot.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/binance/message_decoder.hpp"
#include "oms/binance/message_delivery.hpp"
#include "oms/binance/order_encoder.hpp"
#include "oms/binance/order_routes.hpp"
#include "oms/binance/rate_budget.hpp"
#include "oms/binance/rest_line.hpp"
#include "oms/binance/session_counters.hpp"
#include "oms/binance/venue_manners.hpp"
#include "oms/venue.hpp"
#include "risk/venue_allowance.hpp"

namespace portcullis::oms::binance {

// The session with Binance spot over its WebSocket API: orders out, answers and user-data events
// in, on one connection or on several, under one budget and one clock; and by REST what may not
// wait while none of them takes requests: cancels and questions. Keeps itself connected,
// logged on and subscribed; says so to the listener and decides nothing about an order.
//
//   kDown -> (connector) kConnecting -> kLoggingOn: each connection asks for the time, until the
//   venue's clock is known well enough, and logs on (session.logon, Ed25519 only); the user data
//   stream is subscribed on one of them -> kUp
//
// A connection that is lost while another lives takes along what was under way by it: each of
// those requests is told to the listener as failed with an unknown outcome. When the user data
// stream was on it, the session is at kLoggingOn until another has it. The last one lost is kDown.
// A connection that has come to its age, or whose server announces its end, is replaced before it
// goes: the next one is logged on, and subscribed, and only then the old one drained.
//
// A subscription that the venue ends is made again; that, and a message that could not be read,
// takes the session through kLoggingOn to kUp, so that the listener reconciles what it may have
// missed. Everything runs on the trading thread, create() excepted.
class BinanceVenue {
 public:
  static constexpr const char* kRoleName = "venue.binance";

  // Cold. Starts the connectors' threads; connecting begins with the first poll. The references
  // must outlive the venue. Error text: which setting is wrong and what to do.
  static std::expected<std::unique_ptr<BinanceVenue>, std::string> create(
      BinanceVenueSettings settings, const InstrumentTable& instruments,
      const ClOrdIdCodec& cl_ord_ids, CounterFile& counters, LogRing& log, const HopClock& clock);
  // The same with connections of the caller's making; `rest`: where the second way's come from, if
  // the settings want one.
  static std::expected<std::unique_ptr<BinanceVenue>, std::string> create_on(
      net::ConnectionMaker& connections, BinanceVenueSettings settings,
      const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids, CounterFile& counters,
      LogRing& log, const HopClock& clock, std::unique_ptr<net::StreamSource> rest = nullptr);
  ~BinanceVenue();
  BinanceVenue(const BinanceVenue&) = delete;
  BinanceVenue& operator=(const BinanceVenue&) = delete;

  // One bounded turn: keeps the session alive, reads up to kMessagesPerPoll messages of each
  // connection and tells the listener what they say. Returns how much was done.
  template <VenueListener L>
  int poll(L& listener, const Now& now) noexcept {
    int work = advance(now);
    announce(listener, now);
    for (ConnectionSlot& slot : slots_) {
      for (ApiConnection* connection : slot.both()) {
        for (int i = 0; i < kMessagesPerPoll && read_message(slot, *connection, now); ++i) {
          ++work;
          if (is_for_the_listener_) deliver_message(message_, listener, now);
          announce(listener, now);
        }
      }
    }
    if (rest_ != nullptr && read_rest(now)) {
      ++work;
      if (is_for_the_listener_) deliver_message(message_, listener, now);
    }
    announce(listener, now);
    return work;
  }

  [[nodiscard]] bool is_up() const noexcept { return state_ == VenueSessionState::kUp; }
  // Cancels pass as soon as requests are taken, with or without the user data stream.
  [[nodiscard]] bool may_cancel() const noexcept { return ready_count_ > 0 || is_rest_open(); }
  [[nodiscard]] bool may_ask() const noexcept { return is_up() || is_rest_open(); }

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
  // Connections that take requests.
  [[nodiscard]] std::size_t ready_count() const noexcept { return ready_count_; }
  // The venue's limits as its answers last stated them.
  [[nodiscard]] const RateBudget& rate_budget() const noexcept { return budget_; }
  // For the gate: whether one order more could leave.
  [[nodiscard]] const risk::VenueAllowance& allowance() const noexcept {
    return manners_.allowance();
  }
  [[nodiscard]] const VenueManners& manners() const noexcept { return manners_; }
  // Any cold thread: why the last connection attempt failed, empty if none did.
  [[nodiscard]] std::string last_connect_error() const;

 private:
  static constexpr int kMessagesPerPoll = 16;
  // kDown, kConnecting, kLoggingOn, kUp, several times over.
  static constexpr std::size_t kAnnouncementsMax = 16;

  enum class DropReason : std::uint8_t { kTransport, kAuthentication };

  BinanceVenue(std::vector<std::unique_ptr<net::ConnectionSource>> sources,
               BinanceVenueSettings settings, OrderEncoder encoder,
               std::optional<OrderEncoder> rest_encoder, std::unique_ptr<net::StreamSource> rest,
               const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
               CounterFile& counters, LogRing& log, const HopClock& clock);

  // ---- the session's own life (binance_venue_life.cpp); none of it talks to the listener
  int advance(const Now& now) noexcept;
  void connect(ConnectionSlot& slot, const Now& now) noexcept;
  int advance(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void keep_alive(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void replace(ConnectionSlot& slot, const Now& now) noexcept;
  [[nodiscard]] bool is_drained(const ApiConnection& connection, const Now& now) const noexcept;
  void keep_clock(const Now& now) noexcept;
  void keep_stream(const Now& now) noexcept;
  void ask_time(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void open_session(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void start_subscribe(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void become_ready(ApiConnection& connection, const Now& now) noexcept;
  void take_stream(ApiConnection& connection, const Now& now) noexcept;
  void lose_stream(ApiConnection& connection, const Now& now) noexcept;
  void drop(ConnectionSlot& slot, ApiConnection& connection, DropReason reason,
            const Now& now) noexcept;
  void end(ConnectionSlot& slot, ApiConnection& connection) noexcept;
  void refresh_ready() noexcept;
  void set_state(VenueSessionState state) noexcept;
  // Of the session's own requests: a failure drops the connection.
  void send_own(ConnectionSlot& slot, ApiConnection& connection, RequestId request,
                std::string_view frame, const Now& now) noexcept;
  [[nodiscard]] bool has_open() const noexcept;
  [[nodiscard]] bool has_stream() const noexcept { return stream_route_ != RouteId{}; }

  // ---- the second way (binance_venue_rest.cpp)
  // No connection takes requests, for long enough, and REST does.
  [[nodiscard]] bool is_rest_open() const noexcept {
    return is_rest_wanted_ && ready_count_ == 0 && rest_->is_idle();
  }
  void keep_rest(const Now& now) noexcept;
  // True: message_ holds an answer.
  bool read_rest(const Now& now) noexcept;
  void note_rest_answer(const Now& now) noexcept;
  void lose_rest(const Now& now) noexcept;
  template <class Render>
  [[nodiscard]] SendError send_by_rest(SendClass kind, RequestId request, const Now& now,
                                       Render&& render) noexcept;
  [[nodiscard]] SendError write_rest(SendClass kind, RequestId request, std::string_view http,
                                     const Now& now) noexcept;

  // ---- what comes in (binance_venue_messages.cpp)
  // Reads and decodes one message into message_, and lets the session act on it. False: none.
  bool read_message(ConnectionSlot& slot, ApiConnection& connection, const Now& now) noexcept;
  void act_on_message(ConnectionSlot& slot, ApiConnection& connection, std::string_view payload,
                      const Now& now) noexcept;
  void count_failure() noexcept;
  void act_on_session_result(ApiConnection& connection, const Now& now) noexcept;
  void act_on_session_failure(ConnectionSlot& slot, ApiConnection& connection,
                              const Now& now) noexcept;
  void act_on_unreadable(ConnectionSlot& slot, ApiConnection& connection, std::string_view payload,
                         const Now& now) noexcept;
  [[nodiscard]] bool is_news(const ApiConnection& connection) noexcept;
  void note_limits() noexcept;

  // ---- what goes out (binance_venue.cpp)
  struct Way {
    ApiConnection* connection{nullptr};
    // It must not overtake what left by this one before.
    bool is_bound{false};
  };
  [[nodiscard]] Way choose(SymbolId symbol, OrderId follows) noexcept;
  [[nodiscard]] ApiConnection* another_than(const ApiConnection* connection) noexcept;
  [[nodiscard]] SendError admit(SendClass kind, RequestTag tag, const Now& now) noexcept;
  [[nodiscard]] SendError send_order(RequestId request, std::string_view frame, Way way,
                                     const Now& now) noexcept;
  [[nodiscard]] SendError send(SendClass kind, RequestId id, std::string_view frame, Way way,
                               const Now& now) noexcept;
  [[nodiscard]] SendError write(SendClass kind, RequestId id, std::string_view frame,
                                ApiConnection& connection, const Now& now) noexcept;
  template <class Render>
  [[nodiscard]] SendError ask(SendClass kind, RequestId request, SymbolId symbol, const Now& now,
                              Render&& render) noexcept;
  [[nodiscard]] ConnectionSlot& slot_of(const ApiConnection& connection) noexcept;
  // The next of the questions that have no subject to tell them apart.
  [[nodiscard]] RequestId number(RequestTag tag) noexcept { return {tag, ++question_count_}; }
  // To a listing of open orders asked for before the session last came up: it is older than what
  // was missed. (The account's answers are told apart by who asks: OutstandingQuestions.)
  [[nodiscard]] bool is_answer_stale() const noexcept {
    return message_.request.tag == RequestTag::kOpenOrders &&
           message_.request.value <= questions_before_up_;
  }

  // What was lost before what that means.
  template <VenueListener L>
  void announce(L& listener, const Now& now) noexcept {
    while (const auto request = manners_.take_lost()) {
      if (const auto failure = lost_request(*request)) listener.on_request_failure(*failure, now);
    }
    for (std::size_t i = 0; i < announcement_count_; ++i) {
      listener.on_session_state(announcements_[i], now);
    }
    announcement_count_ = 0;
  }

  static std::expected<OrderEncoder, std::string> make_encoder(const BinanceVenueSettings& settings,
                                                               std::string rest_host,
                                                               const InstrumentTable& instruments,
                                                               const ClOrdIdCodec& cl_ord_ids);

  const BinanceVenueSettings settings_;
  LogRing& log_;
  const HopClock& clock_;
  SessionCounters counters_;
  VenueManners manners_;
  OrderEncoder encoder_;
  MessageDecoder decoder_;
  DecodedMessage message_;
  bool is_for_the_listener_{false};
  std::vector<ConnectionSlot> slots_;  // constant size after construction

  // The second way, if there is one.
  std::optional<OrderEncoder> rest_encoder_;
  std::unique_ptr<RestLine> rest_;
  bool is_rest_wanted_{false};
  MonoTime last_ready_{};  // when a connection last took requests

  // The connections that take requests, in the order of their slots.
  std::array<ApiConnection*, BinanceVenueSettings::kConnectionsMax> ready_{};
  std::size_t ready_count_{0};
  std::size_t turn_{0};  // of round robin
  OrderRoutes routes_;
  RouteId stream_route_{};  // zero: nobody carries the user data stream
  RouteId last_route_{};
  BalanceChangeFilter balance_changes_;

  VenueSessionState state_{VenueSessionState::kDown};
  std::array<VenueSessionState, kAnnouncementsMax> announcements_{};
  std::size_t announcement_count_{0};

  std::uint64_t question_count_{0};
  std::uint64_t questions_before_up_{0};
  // The key is refused on whichever connection.
  Nanos logon_backoff_{};
  MonoTime logon_next_{};
  RateBudget budget_{};
  MonoTime last_encoded_{};
  MonoTime last_sent_{};
};

}  // namespace portcullis::oms::binance
