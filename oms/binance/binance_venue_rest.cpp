// The second way: what goes by REST while no connection to the WebSocket API takes requests.
#include "oms/binance/binance_venue.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr std::int32_t kMinuteSeconds = 60;
constexpr std::int32_t kShortOrdersSeconds = 10;
constexpr std::int32_t kDaySeconds = 86'400;

}  // namespace

void BinanceVenue::keep_rest(const Now& now) noexcept {
  const bool may_connect = now.mono >= manners_.blocked_until();
  if (rest_->keep_open(may_connect, now.mono)) {
    last_route_ = last_route_.next();
    rest_->set_route(last_route_);
    counters_.rest_connects.add();
  }
  if (ready_count_ > 0 || last_ready_ == MonoTime{}) last_ready_ = now.mono;
  const bool was_wanted = is_rest_wanted_;
  is_rest_wanted_ = ready_count_ == 0 && now.mono - last_ready_ >= settings_.rest_after;
  if (is_rest_wanted_ && !was_wanted) {
    log_.post(LogLevel::kWarning, now.mono,
              "venue.binance: no WebSocket takes requests for {} ms; cancels and questions go by "
              "REST",
              settings_.rest_after.count());
  }
  if (!rest_->wants_warmth(now.mono) || !manners_.may_warm(now.mono)) return;
  const RequestId request = number(RequestTag::kTime);
  (void)write_rest(SendClass::kSession, request, rest_encoder_->server_time(request.value), now);
}

SendError BinanceVenue::write_rest(SendClass kind, RequestId request, std::string_view http,
                                   const Now& now) noexcept {
  if (http.empty()) return SendError::kNotConnected;  // could not be signed
  manners_.on_send(kind, request, rest_->route(), now);
  switch (rest_->send(request, http, now.mono)) {
    case net::ByteStream::Sent::kAll:
      counters_.requests_sent.add();
      counters_.rest_requests.add();
      if (kind != SendClass::kOrder) return SendError::kNone;
      last_sent_ = clock_.stamp();
      last_encoded_ = last_sent_;
      counters_.new_orders_sent.add();
      return SendError::kNone;
    case net::ByteStream::Sent::kNone:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      return SendError::kSendBufferFull;
    case net::ByteStream::Sent::kPart:
      counters_.partial_writes.add();
      manners_.forget_last();  // its sender is told now
      lose_rest(now);
      return SendError::kPartialWrite;
    case net::ByteStream::Sent::kFailed:
      counters_.send_failures.add();
      manners_.on_not_sent(now);
      lose_rest(now);
      return SendError::kNotConnected;
  }
  return SendError::kNotConnected;
}

bool BinanceVenue::read_rest(const Now& now) noexcept {
  switch (rest_->poll(now.mono)) {
    case RestLine::Event::kNothing: return false;
    case RestLine::Event::kLost:
      log_.post_text(LogLevel::kInfo, now.mono, "venue.binance: the REST connection ended: {s}",
                     rest_->cause());
      lose_rest(now);
      return false;
    case RestLine::Event::kAnswer: break;
  }
  decoder_.decode(rest_->message(), now.mono, message_);
  if (message_.request != rest_->request() ||
      (message_.kind != MessageKind::kResult && message_.kind != MessageKind::kFailure &&
       message_.kind != MessageKind::kSessionFailure)) {
    counters_.garbage.add();
    rest_->give_up();  // what it was about is not known
    lose_rest(now);
    return false;
  }
  note_rest_answer(now);
  return true;
}

void BinanceVenue::note_rest_answer(const Now& now) noexcept {
  is_for_the_listener_ = !is_answer_stale();
  if (!is_for_the_listener_) counters_.stale_answers.add();
  if (const std::int64_t wait_s = rest_->retry_after_s(); wait_s > 0) {
    message_.retry_after = manners_.timestamp(now) + std::chrono::seconds{wait_s};
  }
  // The counts come in headers, the limits are known.
  const VenueBudget& known = manners_.budget();
  const auto state = [this](RateWindow& out, std::string_view header, std::int64_t limit,
                            std::int32_t interval_s) noexcept {
    const std::int64_t count = rest_->stated(header);
    if (count < 0 || limit <= 0) return;
    out = {.count = count, .limit = limit, .interval_s = interval_s};
    message_.has_rate_budget = true;
  };
  state(message_.budget.request_weight, "x-mbx-used-weight-1m", known.weight().limit(),
        kMinuteSeconds);
  state(message_.budget.orders_short, "x-mbx-order-count-10s", known.orders_short().limit(),
        kShortOrdersSeconds);
  state(message_.budget.orders_day, "x-mbx-order-count-1d", known.orders_day().limit(),
        kDaySeconds);
  note_limits();
  manners_.on_message(message_, now);
  if (message_.kind == MessageKind::kFailure) return count_failure();
  counters_.replies.add();
}

void BinanceVenue::lose_rest(const Now&) noexcept {
  counters_.rest_losses.add();
  manners_.on_route_lost(rest_->route());
}

}  // namespace portcullis::oms::binance
