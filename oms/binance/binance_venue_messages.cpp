// What the venue's messages do to the session.
#include "oms/binance/binance_venue.hpp"

namespace portcullis::oms::binance {

namespace {

using Step = ApiConnection::Step;
using Stream = ApiConnection::Stream;

constexpr std::int32_t kSubscriptionActive = -2035;

std::int64_t whole_ms(Nanos time) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// A web server's words, where the protocol's are expected: nothing of it will be readable.
bool is_html(std::string_view payload) noexcept {
  const std::size_t begin = payload.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && payload[begin] == '<';
}

}  // namespace

bool BinanceVenue::read_message(ConnectionSlot& slot, ApiConnection& connection,
                                const Now& now) noexcept {
  if (!connection.is_open()) return false;
  const net::WsMessage message = connection.line().try_read(now.mono);
  switch (message.status) {
    case net::WsStatus::kMessage:
      decoder_.decode(message.payload, message.received, message_);
      is_for_the_listener_ = is_news(connection);
      act_on_message(slot, connection, message.payload, now);
      return true;
    case net::WsStatus::kNothing: return false;
    case net::WsStatus::kClosed:
      log_.post_text(LogLevel::kWarning, now.mono, "venue.binance: connection {} lost: {s}",
                     connection.line().close_reason(), static_cast<std::int64_t>(slot.number()));
      drop(slot, connection, DropReason::kTransport, now);
      return false;
  }
  return false;
}

// Whether the listener has not been told it by another connection. Reports have ids.
bool BinanceVenue::is_news(const ApiConnection& connection) noexcept {
  if (is_answer_stale()) {
    counters_.stale_answers.add();
    return false;
  }
  if (message_.kind == MessageKind::kBalanceChange) {
    return balance_changes_.is_news(message_.balance_change, connection.route());
  }
  // What is there now is told by the one that carries the stream: an older word may come later.
  return message_.kind != MessageKind::kBalanceEvent || connection.route() == stream_route_;
}

void BinanceVenue::act_on_message(ConnectionSlot& slot, ApiConnection& connection,
                                  std::string_view payload, const Now& now) noexcept {
  note_limits();
  manners_.on_message(message_, now);
  switch (message_.kind) {
    case MessageKind::kResult:
      counters_.replies.add();
      return act_on_session_result(connection, now);
    case MessageKind::kFailure: return count_failure();
    case MessageKind::kSessionFailure:
      counters_.replies.add();
      return act_on_session_failure(slot, connection, now);
    case MessageKind::kKeyRevoked:
      counters_.key_revoked.add();
      log_.post(LogLevel::kError, now.mono,
                "venue.binance: the venue revoked the key of this session ({}); check the key and "
                "its IP list at the venue",
                message_.failure.venue_code);
      return drop(slot, connection, DropReason::kAuthentication, now);
    case MessageKind::kOrderEvent: return counters_.order_events.add();
    case MessageKind::kBalanceEvent:
    case MessageKind::kBalanceChange: return counters_.balance_events.add();
    case MessageKind::kParkedEvent: return counters_.parked_events.add();
    case MessageKind::kStreamTerminated:
      counters_.streams_terminated.add();
      if (connection.stream() != Stream::kLive) return;
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: the venue ended the user data subscription; subscribing again");
      lose_stream(connection, now);
      return keep_stream(now);
    case MessageKind::kServerShutdown:
      counters_.server_shutdowns.add();
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: the server of connection {} announced its shutdown; another is "
                "made to take its place",
                static_cast<std::int64_t>(slot.number()));
      connection.announce_end();
      return refresh_ready();
    case MessageKind::kListEvent: return counters_.list_events.add();
    case MessageKind::kUnknownEvent: return counters_.unknown_events.add();
    case MessageKind::kForeignReply: return counters_.foreign_replies.add();
    case MessageKind::kMalformedEvent:
      counters_.malformed_events.add();
      return act_on_unreadable(slot, connection, payload, now);
    case MessageKind::kGarbage:
      counters_.garbage.add();
      return act_on_unreadable(slot, connection, payload, now);
  }
}

void BinanceVenue::count_failure() noexcept {
  counters_.replies.add();
  counters_.failures.add();
  if (message_.failure.failure == FailureClass::kUnknown) counters_.failures_unknown.add();
}

void BinanceVenue::act_on_session_result(ApiConnection& connection, const Now& now) noexcept {
  const RequestTag tag = message_.request.tag;
  if (tag == RequestTag::kTime) {
    connection.on_time_answered(message_.request, now.mono);
    slot_of(connection).counters.round_trip_us.set(connection.round_trip().count() / 1'000);
  } else if (tag == RequestTag::kLogon && connection.step() == Step::kLogon) {
    become_ready(connection, now);
  } else if (tag == RequestTag::kSubscribe && connection.stream() == Stream::kAsked) {
    take_stream(connection, now);
  }
}

void BinanceVenue::act_on_session_failure(ConnectionSlot& slot, ApiConnection& connection,
                                          const Now& now) noexcept {
  const RequestFailure& failure = message_.failure;
  const bool is_subscribing = connection.stream() == Stream::kAsked;
  if (message_.request.tag == RequestTag::kSubscribe && failure.venue_code == kSubscriptionActive) {
    if (is_subscribing) take_stream(connection, now);  // what we asked for is so
    return;
  }
  if (connection.step() == Step::kReady && !is_subscribing) return;
  const bool is_refused = failure.failure == FailureClass::kAuthentication ||
                          failure.failure == FailureClass::kRejected;
  drop(slot, connection, is_refused ? DropReason::kAuthentication : DropReason::kTransport, now);
  if (is_refused) counters_.logon_refused.add();
  const MonoTime next = std::max(slot.next_attempt(), logon_next_);
  log_.post(LogLevel::kError, now.mono,
            "venue.binance: session refused with code {} (status {}); check key, IP list, key type "
            "and host clock; next attempt in {} ms",
            failure.venue_code, failure.http_status, whole_ms(next - now.mono));
}

void BinanceVenue::act_on_unreadable(ConnectionSlot& slot, ApiConnection& connection,
                                     std::string_view payload, const Now& now) noexcept {
  const int count = connection.count_garbage();
  log_.post(LogLevel::kError, now.mono,
            "venue.binance: unreadable message, {} on this connection ({})", count,
            static_cast<std::int64_t>(slot.number()));
  if (count >= settings_.garbage_max || is_html(payload)) {
    return drop(slot, connection, DropReason::kTransport, now);
  }
  if (!is_up()) return;
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

}  // namespace portcullis::oms::binance
