#include "oms/binance/api_connection.hpp"

#include <utility>

namespace portcullis::oms::binance {

namespace {

// A sample's share of the smoothed round trip, as TCP has it.
constexpr std::int64_t kSmoothing = 8;

}  // namespace

void ApiConnection::open(net::WsConnection* line, RouteId route, MonoTime now) noexcept {
  *this = ApiConnection{};
  line_ = line;
  route_ = route;
  opened_at_ = now;
  last_ping_ = now;
  set_step(Step::kClock, now);
}

net::WsConnection* ApiConnection::close() noexcept {
  net::WsConnection* const line = std::exchange(line_, nullptr);
  *this = ApiConnection{};
  return line;
}

void ApiConnection::set_step(Step step, MonoTime now) noexcept {
  step_ = step;
  step_started_ = now;
  if (step == Step::kReady) ready_since_ = now;
}

void ApiConnection::set_stream(Stream stream, MonoTime now) noexcept {
  stream_ = stream;
  step_started_ = now;
}

bool ApiConnection::is_overdue(MonoTime now, Nanos timeout) const noexcept {
  const bool is_waiting = is_open() && (step_ != Step::kReady || stream_ == Stream::kAsked);
  return is_waiting && now - step_started_ > timeout;
}

ApiConnection::Health ApiConnection::keep_alive(const BinanceVenueSettings& settings,
                                                MonoTime now) noexcept {
  if (is_ping_unanswered_ && line_->last_received() >= ping_unanswered_since_) {
    is_ping_unanswered_ = false;
  }
  if (is_ping_unanswered_ && now - ping_unanswered_since_ > settings.liveness_timeout) {
    return Health::kSilent;
  }
  if (now - last_ping_ < settings.ping_interval) return Health::kFine;
  last_ping_ = now;
  switch (line_->try_ping()) {
    case WriteStatus::kFull:
    case WriteStatus::kSent:
      if (!is_ping_unanswered_) ping_unanswered_since_ = now;
      is_ping_unanswered_ = true;
      return Health::kFine;
    case WriteStatus::kPartial:
    case WriteStatus::kClosed: return Health::kBroken;
  }
  return Health::kFine;
}

void ApiConnection::on_time_asked(RequestId question, MonoTime now, Nanos interval) noexcept {
  time_question_ = question;
  time_asked_ = now;
  is_time_out_ = true;
  warm_next_ = now + interval;
}

void ApiConnection::on_time_answered(RequestId question, MonoTime now) noexcept {
  if (!is_time_out_ || question != time_question_) return;
  is_time_out_ = false;
  const Nanos sample = now - time_asked_;
  round_trip_ =
      round_trip_ == Nanos::max() ? sample : round_trip_ + (sample - round_trip_) / kSmoothing;
}

}  // namespace portcullis::oms::binance
