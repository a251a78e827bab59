// How the session comes up, stays up and replaces its connections.
#include <algorithm>

#include "core/no_alloc.hpp"
#include "oms/binance/binance_venue.hpp"

namespace portcullis::oms::binance {

namespace {

using Step = ApiConnection::Step;
using Stream = ApiConnection::Stream;

// While the room for a question that keeps warm is not there.
constexpr Nanos kWarmthRetry = std::chrono::seconds{1};

std::int64_t whole_ms(Nanos time) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

int BinanceVenue::advance(const Now& now) noexcept {
  manners_.turn(now);
  int work = 0;
  for (ConnectionSlot& slot : slots_) {
    connect(slot, now);
    for (ApiConnection* connection : slot.both()) {
      if (connection->is_open()) work += advance(slot, *connection, now);
    }
    replace(slot, now);
  }
  keep_clock(now);
  keep_stream(now);
  if (rest_ != nullptr) keep_rest(now);
  return work;
}

void BinanceVenue::connect(ConnectionSlot& slot, const Now& now) noexcept {
  if (!slot.is_requested()) {
    if (!slot.wants_connection(settings_, now.mono)) [[likely]]
      return;
    if (now.mono < std::max(slot.next_attempt(), logon_next_)) return;
    if (!manners_.may_connect(now.mono)) return;
    slot.request();
    if (!has_open() && state_ != VenueSessionState::kConnecting) {
      set_state(VenueSessionState::kConnecting);
    }
    return;
  }
  net::WsConnection* const line = slot.take();
  if (line == nullptr) return;
  counters_.connects.add();
  slot.counters.connects.add();
  manners_.on_connect();
  last_route_ = last_route_.next();
  ApiConnection& connection = slot.free_place();
  connection.open(line, last_route_, now.mono);
  const bool is_first =
      state_ == VenueSessionState::kDown || state_ == VenueSessionState::kConnecting;
  if (is_first) set_state(VenueSessionState::kLoggingOn);
  ask_time(slot, connection, now);
}

int BinanceVenue::advance(ConnectionSlot& slot, ApiConnection& connection,
                          const Now& now) noexcept {
  slot.counters.step.set(static_cast<std::int64_t>(slot.current().step()));
  if (connection.step() == Step::kClock && manners_.is_clock_good(now.mono)) {
    open_session(slot, connection, now);
    return 1;
  }
  if (connection.is_overdue(now.mono, settings_.step_timeout)) {
    counters_.step_timeouts.add();
    log_.post(LogLevel::kWarning, now.mono,
              "venue.binance: connection {}: no answer to the time, the logon or the subscription "
              "within {} ms; reconnecting",
              static_cast<std::int64_t>(slot.number()), settings_.step_timeout.count());
    drop(slot, connection, DropReason::kTransport, now);
    return 1;
  }
  keep_alive(slot, connection, now);
  return 0;
}

void BinanceVenue::keep_alive(ConnectionSlot& slot, ApiConnection& connection,
                              const Now& now) noexcept {
  switch (connection.keep_alive(settings_, now.mono)) {
    case ApiConnection::Health::kFine: break;
    case ApiConnection::Health::kSilent:
      counters_.liveness_drops.add();
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: connection {}: nothing received for {} ms after a ping; "
                "reconnecting",
                static_cast<std::int64_t>(slot.number()),
                whole_ms(connection.silent_for(now.mono)));
      return drop(slot, connection, DropReason::kTransport, now);
    case ApiConnection::Health::kBroken: return drop(slot, connection, DropReason::kTransport, now);
  }
  const bool is_warmed =
      connection.is_ready() && !connection.is_draining() && connection.wants_warmth(now.mono);
  if (!is_warmed) return;
  if (!manners_.may_warm(now.mono)) return connection.put_warmth_off(now.mono + kWarmthRetry);
  ask_time(slot, connection, now);
}

// The successor takes over once it takes requests; the old one goes when nothing more is to come.
void BinanceVenue::replace(ConnectionSlot& slot, const Now& now) noexcept {
  ApiConnection& next = slot.other();
  if (!next.is_open()) return;
  if (next.is_draining()) {
    if (is_drained(next, now)) end(slot, next);
    return;
  }
  if (!slot.current().is_open()) return slot.swap();
  if (!next.is_ready()) return;
  slot.current().begin_drain(now.mono);
  slot.swap();
  slot.counters.replacements.add();
  refresh_ready();
  log_.post(LogLevel::kInfo, now.mono,
            "venue.binance: connection {} is replaced; the old one is read to its end",
            static_cast<std::int64_t>(slot.number()));
}

bool BinanceVenue::is_drained(const ApiConnection& connection, const Now& now) const noexcept {
  if (connection.route() == stream_route_) return false;  // until another carries the stream
  const Nanos since = now.mono - connection.drain_since();
  if (since < settings_.drain_min) return false;
  return since >= settings_.drain_max || manners_.budget().unanswered(connection.route()) == 0;
}

void BinanceVenue::keep_clock(const Now& now) noexcept {
  if (!manners_.wants_time(now.mono)) return;
  for (ConnectionSlot& slot : slots_) {
    ApiConnection& connection = slot.current();
    if (!connection.is_open()) continue;
    if (manners_.may_send(SendClass::kSession, RequestTag::kTime, now)) {
      ask_time(slot, connection, now);
    }
    return;
  }
}

// One connection carries the user data stream, and another takes it before that one goes.
void BinanceVenue::keep_stream(const Now& now) noexcept {
  ConnectionSlot* candidate = nullptr;
  for (ConnectionSlot& slot : slots_) {
    for (const ApiConnection* connection : slot.both()) {
      if (connection->stream() == Stream::kAsked) return;
      const bool has_it = has_stream() && connection->route() == stream_route_;
      if (has_it && !connection->is_draining() && !connection->is_ending()) return;
    }
    const ApiConnection& current = slot.current();
    const bool may_carry = current.is_ready() && current.stream() == Stream::kNone &&
                           (!current.is_ending() || !has_stream());
    if (may_carry && candidate == nullptr) candidate = &slot;
  }
  if (candidate != nullptr) start_subscribe(*candidate, candidate->current(), now);
}

void BinanceVenue::ask_time(ConnectionSlot& slot, ApiConnection& connection,
                            const Now& now) noexcept {
  const RequestId request = number(RequestTag::kTime);
  connection.on_time_asked(request, now.mono, Nanos{settings_.warm_interval});
  send_own(slot, connection, request, encoder_.server_time(request.value), now);
}

void BinanceVenue::open_session(ConnectionSlot& slot, ApiConnection& connection,
                                const Now& now) noexcept {
  if (encoder_.key_kind() != KeyKind::kEd25519) {
    return become_ready(connection, now);  // each request carries its own signature
  }
  connection.set_step(Step::kLogon, now.mono);
  const RequestId request = number(RequestTag::kLogon);
  // OpenSSL allocates while it signs. Once a connection, before any order may leave on it; the
  // timestamp inside keeps it from being made ahead on the cold side.
  const AllocAllowedScope signing;
  send_own(slot, connection, request,
           encoder_.session_logon(manners_.timestamp(now), request.value), now);
}

void BinanceVenue::start_subscribe(ConnectionSlot& slot, ApiConnection& connection,
                                   const Now& now) noexcept {
  connection.set_stream(Stream::kAsked, now.mono);
  const RequestId request = number(RequestTag::kSubscribe);
  send_own(slot, connection, request, encoder_.subscribe(manners_.timestamp(now), request.value),
           now);
}

void BinanceVenue::become_ready(ApiConnection& connection, const Now& now) noexcept {
  connection.set_step(Step::kReady, now.mono);
  refresh_ready();
  log_.post(LogLevel::kInfo, now.mono, "venue.binance: connection {} takes requests",
            static_cast<std::int64_t>(slot_of(connection).number()));
  keep_stream(now);
}

void BinanceVenue::take_stream(ApiConnection& connection, const Now& now) noexcept {
  connection.set_stream(Stream::kLive, now.mono);
  stream_route_ = connection.route();
  if (is_up()) return;  // another has carried it until now: nothing was missed
  set_state(VenueSessionState::kUp);
  log_.post(LogLevel::kInfo, now.mono,
            "venue.binance: user data subscribed on connection {}, session up",
            static_cast<std::int64_t>(slot_of(connection).number()));
}

void BinanceVenue::lose_stream(ApiConnection& connection, const Now& now) noexcept {
  connection.set_stream(Stream::kNone, now.mono);
  if (connection.route() != stream_route_) return;
  stream_route_ = RouteId{};
  if (is_up()) set_state(VenueSessionState::kLoggingOn);
}

void BinanceVenue::drop(ConnectionSlot& slot, ApiConnection& connection, DropReason reason,
                        const Now& now) noexcept {
  const bool was_ready = connection.is_ready();
  const bool was_stable =
      was_ready && now.mono - connection.ready_since() >= settings_.stable_after;
  const bool was_in_use = !connection.is_draining();
  const bool had_stream = connection.route() == stream_route_;
  if (had_stream) stream_route_ = RouteId{};
  end(slot, connection);
  slot.counters.losses.add();
  if (was_stable) {
    logon_backoff_ = {};
    slot.clear_backoff();
  }
  if (reason == DropReason::kAuthentication) {
    logon_backoff_ = logon_backoff_ == Nanos{}
                         ? Nanos{settings_.logon_backoff_first}
                         : std::min(2 * logon_backoff_, Nanos{settings_.logon_backoff_max});
    logon_next_ = std::max(now.mono + logon_backoff_, manners_.blocked_until());
  } else if (was_in_use) {
    const Nanos pause = was_stable ? Nanos{} : slot.lengthen_backoff(settings_);
    slot.not_before(std::max(now.mono + pause, manners_.blocked_until()));
  }
  const bool is_any_ready = std::ranges::any_of(slots_, [](ConnectionSlot& each) {
    return each.current().is_ready() || each.other().is_ready();
  });
  if (is_any_ready && had_stream && is_up()) set_state(VenueSessionState::kLoggingOn);
  if (is_any_ready || (!was_ready && has_open())) return;
  // No answer comes any more to anything, and the listener is told so in one word.
  manners_.forget_lost();
  set_state(VenueSessionState::kDown);
  if (has_open()) set_state(VenueSessionState::kLoggingOn);
}

void BinanceVenue::end(ConnectionSlot& slot, ApiConnection& connection) noexcept {
  manners_.on_route_lost(connection.route());
  slot.retire(connection.close());
  counters_.disconnects.add();
  refresh_ready();
}

void BinanceVenue::refresh_ready() noexcept {
  ready_count_ = 0;
  const auto add_each = [this](auto&& is_usable) noexcept {
    for (ConnectionSlot& slot : slots_) {
      if (slot.current().is_ready() && is_usable(slot.current())) {
        ready_[ready_count_++] = &slot.current();
      }
    }
  };
  add_each([](const ApiConnection& connection) { return !connection.is_ending(); });
  // Better than nothing: one that is about to go.
  if (ready_count_ == 0) add_each([](const ApiConnection&) { return true; });
  for (ConnectionSlot& slot : slots_) {
    if (ready_count_ == 0 && slot.other().is_ready()) ready_[ready_count_++] = &slot.other();
  }
}

bool BinanceVenue::has_open() const noexcept {
  return std::ranges::any_of(slots_, [](const ConnectionSlot& slot) {
    return slot.current().is_open() || slot.other().is_open();
  });
}

void BinanceVenue::set_state(VenueSessionState state) noexcept {
  state_ = state;
  if (state == VenueSessionState::kUp) questions_before_up_ = question_count_;
  counters_.state.set(static_cast<std::int64_t>(state));
  // When a turn is fuller than it can be, the newest state is the one that matters.
  if (announcement_count_ == announcements_.size()) --announcement_count_;
  announcements_[announcement_count_++] = state;
}

void BinanceVenue::send_own(ConnectionSlot& slot, ApiConnection& connection, RequestId request,
                            std::string_view frame, const Now& now) noexcept {
  const bool may_leave = manners_.may_send_own(now.mono) && !frame.empty();
  if (may_leave &&
      write(SendClass::kSession, request, frame, connection, now) == SendError::kNone) {
    return;
  }
  if (connection.is_open()) drop(slot, connection, DropReason::kTransport, now);
}

}  // namespace portcullis::oms::binance
