#pragma once

#include <cstdint>

#include "core/net/ws_connection.hpp"
#include "core/time.hpp"
#include "oms/binance/binance_venue_settings.hpp"
#include "oms/binance/request_id.hpp"
#include "oms/binance/route_id.hpp"

namespace portcullis::oms::binance {

// One WebSocket to the venue's API: where it has come to, whether it is alive, and how long its
// round trip is. It decides nothing and sends nothing of itself but pings.
//
//   kClosed -> open() kClock: the venue's clock is measured -> kLogon (Ed25519 only) -> kReady
//
// Trading thread only, no allocation.
class ApiConnection {
 public:
  enum class Step : std::uint8_t { kClosed, kClock, kLogon, kReady };
  // The user data stream on it.
  enum class Stream : std::uint8_t { kNone, kAsked, kLive };
  enum class Health : std::uint8_t { kFine, kSilent, kBroken };
  using WriteStatus = net::WsConnection::WriteStatus;

  void open(net::WsConnection* line, RouteId route, MonoTime now) noexcept;
  // Hands the WebSocket back; it is the caller's to retire.
  [[nodiscard]] net::WsConnection* close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return step_ != Step::kClosed; }
  // Requests are taken: logged on, or each of them is signed.
  [[nodiscard]] bool is_ready() const noexcept { return step_ == Step::kReady; }
  [[nodiscard]] Step step() const noexcept { return step_; }
  [[nodiscard]] Stream stream() const noexcept { return stream_; }
  [[nodiscard]] RouteId route() const noexcept { return route_; }
  [[nodiscard]] net::WsConnection& line() noexcept { return *line_; }
  [[nodiscard]] MonoTime opened_at() const noexcept { return opened_at_; }
  [[nodiscard]] MonoTime ready_since() const noexcept { return ready_since_; }

  void set_step(Step step, MonoTime now) noexcept;
  void set_stream(Stream stream, MonoTime now) noexcept;
  // How long it has been waiting for the venue's answer to its present step.
  [[nodiscard]] bool is_overdue(MonoTime now, Nanos timeout) const noexcept;

  // The server has announced its end: another is to take its place.
  void announce_end() noexcept { is_ending_ = true; }
  [[nodiscard]] bool is_ending() const noexcept { return is_ending_; }
  // Another has taken its place: nothing new by this one, and then the end.
  void begin_drain(MonoTime now) noexcept {
    is_draining_ = true;
    drain_since_ = now;
  }
  [[nodiscard]] bool is_draining() const noexcept { return is_draining_; }
  [[nodiscard]] MonoTime drain_since() const noexcept { return drain_since_; }

  // Of unreadable messages.
  int count_garbage() noexcept { return ++garbage_; }

  // Pings when it is time. Judged by an unanswered ping and not by silence: after this thread
  // itself stood still, all is silent and nothing is wrong.
  [[nodiscard]] Health keep_alive(const BinanceVenueSettings& settings, MonoTime now) noexcept;
  [[nodiscard]] Nanos silent_for(MonoTime now) const noexcept {
    return now - ping_unanswered_since_;
  }

  // A question for the venue's time keeps the path warm and measures it.
  [[nodiscard]] bool wants_warmth(MonoTime now) const noexcept { return now >= warm_next_; }
  void put_warmth_off(MonoTime until) noexcept { warm_next_ = until; }
  void on_time_asked(RequestId question, MonoTime now, Nanos interval) noexcept;
  void on_time_answered(RequestId question, MonoTime now) noexcept;
  // Smoothed; the maximum while none has been measured.
  [[nodiscard]] Nanos round_trip() const noexcept { return round_trip_; }

 private:
  net::WsConnection* line_{nullptr};
  RouteId route_{};
  Step step_{Step::kClosed};
  Stream stream_{Stream::kNone};
  bool is_ending_{false};
  bool is_draining_{false};
  bool is_ping_unanswered_{false};
  bool is_time_out_{false};
  int garbage_{0};
  MonoTime opened_at_{};
  MonoTime step_started_{};
  MonoTime ready_since_{};
  MonoTime drain_since_{};
  MonoTime last_ping_{};
  MonoTime ping_unanswered_since_{};
  MonoTime warm_next_{};
  MonoTime time_asked_{};
  RequestId time_question_{};
  Nanos round_trip_{Nanos::max()};
};

}  // namespace portcullis::oms::binance
