#include "oms/binance/venue_manners.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::oms::binance {

namespace {

// The longest the venue bans an address for.
constexpr Nanos kBanMax = std::chrono::hours{72};
constexpr Nanos kLimitBackoffMax = std::chrono::minutes{1};
constexpr Nanos kOrderBackoffMax = std::chrono::minutes{10};
// What an answer's time of travel adds to where a window's edge may be.
constexpr Nanos kEdgeMargin = std::chrono::milliseconds{20};
constexpr Nanos kTimeTimeout = std::chrono::seconds{5};
// Between two questions for a time that is not known well enough, or for a key that is refused.
constexpr Nanos kTimeRetry = std::chrono::milliseconds{250};
constexpr Nanos kQuestionInterval = std::chrono::seconds{1};
constexpr Nanos kShowInterval = std::chrono::milliseconds{50};

constexpr std::int32_t kBanned = 418;
constexpr std::int32_t kForbidden = 403;
constexpr std::int32_t kTooManyOrders = -1015;
constexpr std::int32_t kInvalidTimestamp = -1021;

Nanos doubled(Nanos current, Nanos first, Nanos max) noexcept {
  return current == Nanos{} ? first : std::min(2 * current, max);
}

std::int64_t whole_ms(Nanos time) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

bool is_failure(MessageKind kind) noexcept {
  return kind == MessageKind::kFailure || kind == MessageKind::kSessionFailure ||
         kind == MessageKind::kForeignReply || kind == MessageKind::kKeyRevoked;
}

bool is_cancel(SendClass kind) noexcept {
  return kind == SendClass::kCancel || kind == SendClass::kKill;
}

SendClass class_of_cancel(RequestTag tag) noexcept {
  return tag == RequestTag::kMassCancel ? SendClass::kKill : SendClass::kCancel;
}

Reject paused(Nanos left) noexcept {
  return {.reason = RejectReason::kVenueBudget,
          .unit = RejectUnit::kNanos,
          .limit = 0,
          .value = left.count(),
          .projected = left.count()};
}

}  // namespace

VenueManners::VenueManners(const MannersSettings& settings,
                           std::shared_ptr<net::AddressBudget> address, SessionCounters& counters,
                           LogRing& log)
    : settings_{settings},
      address_{std::move(address)},
      counters_{counters},
      log_{log},
      budget_{settings.limits, settings.shares, *address_},
      clock_{settings.clock} {
}

void VenueManners::turn(const Now& now) noexcept {
  if (stated_ != WallTime{}) {
    const std::int64_t steps = clock_.step_count();
    clock_.on_stated(std::exchange(stated_, {}), stated_sent_, now.mono);
    address_->set_venue_offset(clock_.offset());
    if (clock_.step_count() != steps) {
      counters_.clock_steps.add();
      log_.post(LogLevel::kWarning, now.mono,
                "venue.binance: the venue's clock has jumped; it is now {} ms ahead of our wall "
                "clock, known to {} ms",
                whole_ms(timestamp(now) - now.wall), whole_ms(clock_.error(now.mono)));
    }
  }
  if (is_time_asked_ && now.mono - time_asked_ > kTimeTimeout) is_time_asked_ = false;
  budget_.turn(now.mono, timestamp(now), clock_.error(now.mono) + kEdgeMargin);
  if (now.mono >= limited_until()) [[likely]] {
    cancel_probe_ = Probe::kFree;
    kill_probe_ = Probe::kFree;
  }
  judge(now);
  if (now.mono >= shown_next_) show(now);
}

void VenueManners::judge(const Now& now) noexcept {
  allowance_.refusal = refusal(now);
}

Reject VenueManners::refusal(const Now& now) const noexcept {
  const MonoTime until = std::max(blocked_until(), orders_limited_until_);
  if (now.mono < until) [[unlikely]]
    return paused(until - now.mono);
  if (is_key_doubted_) [[unlikely]]
    return {.reason = RejectReason::kNotReady};
  if (!is_clock_good(now.mono)) [[unlikely]] {
    if (clock_.trust(now.mono) == VenueClock::Trust::kUnknown) {
      return {.reason = RejectReason::kClock};
    }
    const std::int64_t error = clock_.error(now.mono).count();
    return {.reason = RejectReason::kClock,
            .unit = RejectUnit::kNanos,
            .limit = clock_.error_max().count(),
            .value = error,
            .projected = error};
  }
  return budget_.check(SendClass::kOrder, RequestTag::kNewOrder).value_or(Reject{});
}

bool VenueManners::may_send(SendClass kind, RequestTag tag, const Now& now) noexcept {
  if (now.mono < banned_until()) [[unlikely]] {
    (is_cancel(kind) ? counters_.cancels_held : counters_.send_refused_rate_limit).add();
    return false;
  }
  if (now.mono < limited_until()) [[unlikely]] {
    if (!may_send_limited(kind)) return false;
  }
  if (kind == SendClass::kOrder) {
    if (allowance_.refusal.reason != RejectReason::kNone) judge(now);  // a pause may be over
    if (allowance_.refusal.reason != RejectReason::kNone) return false;
    // That was about one order.
    if (order_count(tag) == 1 || !budget_.check(kind, tag)) [[likely]]
      return true;
    counters_.budget_held.add();
    return false;
  }
  if (kind == SendClass::kQuery) {
    if (clock_.trust(now.mono) == VenueClock::Trust::kUnknown) return false;
    if (is_key_doubted_ && now.mono < question_next_) return false;
  }
  if (!budget_.check(kind, tag)) [[likely]]
    return true;
  counters_.budget_held.add();
  return false;
}

bool VenueManners::may_warm(MonoTime now) const noexcept {
  return now >= blocked_until() && !budget_.check(SendClass::kQuery, RequestTag::kTime);
}

bool VenueManners::may_send_limited(SendClass kind) noexcept {
  if (!is_cancel(kind)) {
    counters_.send_refused_rate_limit.add();
    return false;
  }
  if (probe_of(kind) == Probe::kFree) return true;
  counters_.cancels_held.add();
  return false;
}

void VenueManners::on_send(SendClass kind, RequestId id, RouteId route, const Now& now) noexcept {
  const bool is_probe = is_cancel(kind) && now.mono < limited_until();
  if (is_probe) [[unlikely]] {
    probe_of(kind) = Probe::kUnderWay;
    counters_.cancel_probes.add();
  }
  if (id.tag == RequestTag::kTime) {
    is_time_asked_ = true;
    time_asked_ = now.mono;
  }
  if (is_key_doubted_ && kind == SendClass::kQuery) {
    question_next_ = now.mono + kQuestionInterval;
  }
  budget_.on_send(id, route, is_probe, now.mono);
  judge(now);
}

void VenueManners::on_not_sent(const Now& now) noexcept {
  const VenueBudget::Undone undone = budget_.on_not_sent();
  if (undone.id.tag == RequestTag::kTime) is_time_asked_ = false;
  if (undone.is_probe) probe_of(class_of_cancel(undone.id.tag)) = Probe::kFree;
  judge(now);
}

bool VenueManners::wants_time(MonoTime now) const noexcept {
  if (is_time_asked_) return false;
  return now - time_asked_ >= (is_clock_good(now) ? Nanos{settings_.clock_interval} : kTimeRetry);
}

void VenueManners::on_message(const DecodedMessage& message, const Now& now) noexcept {
  if (message.kind == MessageKind::kOrderEvent) return note_first_fills(message);
  const bool is_ours = message.kind == MessageKind::kResult ||
                       message.kind == MessageKind::kFailure ||
                       message.kind == MessageKind::kSessionFailure;
  if (is_ours) note_answer(message);
  if (is_failure(message.kind)) {
    if (message.failure.failure == FailureClass::kRateLimited) note_refused(message, now);
    if (message.failure.failure == FailureClass::kAuthentication) note_key_refused(message, now);
  }
  judge(now);
}

void VenueManners::note_answer(const DecodedMessage& message) noexcept {
  const auto answered = budget_.on_answer(message);
  if (message.request.tag == RequestTag::kTime) is_time_asked_ = false;
  if (!answered) return;
  if (message.server_time != WallTime{}) {
    stated_ = message.server_time;
    stated_sent_ = answered->sent;
  }
  const bool is_limited =
      message.kind != MessageKind::kResult && message.failure.failure == FailureClass::kRateLimited;
  if (answered->is_probe) {
    Probe& probe = probe_of(class_of_cancel(message.request.tag));
    if (probe == Probe::kUnderWay) probe = is_limited ? Probe::kRefused : Probe::kFree;
    if (is_limited) counters_.probes_refused.add();
  }
  if (message.kind != MessageKind::kResult) return;
  const bool is_own = message.request.tag == RequestTag::kTime ||
                      message.request.tag == RequestTag::kLogon ||
                      message.request.tag == RequestTag::kSubscribe;
  if (answered->sent > blocked_until() && !is_own) {
    limit_backoff_ = {};
    ban_backoff_ = {};
  }
  if (order_count(message.request.tag) > 0) order_backoff_ = {};
  // The time is told to anybody; what needs the key shows that it is taken again.
  if (message.request.tag != RequestTag::kTime && answered->sent > key_doubted_at_) {
    is_key_doubted_ = false;
  }
}

Nanos VenueManners::pause_of(const DecodedMessage& message, Nanos otherwise,
                             const Now& now) const noexcept {
  if (message.retry_after == WallTime{}) return otherwise;
  // On the venue's own clock where that is stated, so that ours does not matter.
  const WallTime base = message.server_time != WallTime{} ? message.server_time : timestamp(now);
  return std::clamp(message.retry_after - base, Nanos{settings_.rate_limit_pause}, kBanMax);
}

void VenueManners::note_refused(const DecodedMessage& message, const Now& now) noexcept {
  using Party = net::AddressBudget::Party;
  counters_.rate_limited.add();
  const std::int32_t status = message.failure.http_status;
  const std::int32_t code = message.failure.venue_code;
  if (code == kTooManyOrders) return note_order_limit(now);
  if (status == kBanned) {
    counters_.bans.add();
    if (now.mono >= banned_until()) {
      ban_backoff_ = doubled(ban_backoff_, Nanos{settings_.ban_pause}, kBanMax);
    }
    address_->ban_until(Party::kOrders, now.mono + pause_of(message, ban_backoff_, now));
    log_.post(LogLevel::kError, now.mono,
              "venue.binance: this address is banned by the venue (code {}); nothing is sent, "
              "cancels neither, and nothing connects for {} ms",
              code, whole_ms(banned_until() - now.mono));
    return;
  }
  const bool is_new = now.mono >= limited_until();
  if (is_new) {
    limit_backoff_ = doubled(limit_backoff_, Nanos{settings_.rate_limit_pause}, kLimitBackoffMax);
  }
  const Nanos otherwise = status == kForbidden ? Nanos{settings_.firewall_pause} : limit_backoff_;
  address_->limit_until(Party::kOrders, now.mono + pause_of(message, otherwise, now));
  if (!is_new) return;
  log_.post(LogLevel::kError, now.mono,
            "venue.binance: rate limited by the venue (status {}, code {}); nothing but a cancel "
            "at a time is sent for {} ms",
            status, code, whole_ms(limited_until() - now.mono));
}

void VenueManners::note_order_limit(const Now& now) noexcept {
  counters_.order_limits.add();
  if (now.mono < orders_limited_until_) return;
  order_backoff_ = doubled(order_backoff_, Nanos{settings_.rate_limit_pause}, kOrderBackoffMax);
  const Nanos to_edge = budget_.orders_short().over_at() - budget_.venue_now();
  orders_limited_until_ = now.mono + std::max(order_backoff_, to_edge);
  log_.post(LogLevel::kError, now.mono,
            "venue.binance: the venue counts too many unfilled orders; no new one for {} ms. Does "
            "another program trade on this account?",
            whole_ms(orders_limited_until_ - now.mono));
}

void VenueManners::note_key_refused(const DecodedMessage& message, const Now& now) noexcept {
  if (message.failure.venue_code == kInvalidTimestamp) {
    counters_.clock_refused.add();
    // Once for all that was under way: what is measured after it is believed.
    if (clock_.trust(now.mono) != VenueClock::Trust::kUnknown) {
      log_.post(LogLevel::kError, now.mono,
                "venue.binance: the venue does not take our timestamps (-1021); its clock, {} ms "
                "ahead of our wall clock and thought to be known to {} ms, is measured again",
                whole_ms(timestamp(now) - now.wall), whole_ms(clock_.error(now.mono)));
      clock_.distrust(now.mono);
      is_time_asked_ = false;
      time_asked_ = MonoTime{};
    }
    return;
  }
  counters_.key_doubts.add();
  is_key_doubted_ = true;
  key_doubted_at_ = now.mono;
  question_next_ = now.mono + kQuestionInterval;
}

void VenueManners::note_first_fills(const DecodedMessage& message) noexcept {
  for (const VenueReport& report : message.reports) {
    const bool is_first = report.exec_type == ExecType::kTrade && report.order_id != OrderId{} &&
                          report.last_qty == report.cum_qty;
    if (!is_first || std::ranges::find(credited_, report.order_id) != credited_.end()) continue;
    credited_[credited_next_++ % kCreditedMax] = report.order_id;
    budget_.on_first_fill(report.venue_time);
  }
}

void VenueManners::show(const Now& now) noexcept {
  shown_next_ = now.mono + kShowInterval;
  counters_.weight_used.set(budget_.weight().used());
  counters_.raw_used.set(budget_.raw_requests().used());
  counters_.orders_short_used.set(budget_.orders_short().used());
  counters_.orders_day_used.set(budget_.orders_day().used());
  counters_.limited_until_ns.set(count_ns(std::max(blocked_until(), orders_limited_until_)));
  if (!clock_.has_offset()) return;
  counters_.clock_skew_ms.set(whole_ms(timestamp(now) - now.wall));
  counters_.clock_error_us.set(clock_.error(now.mono).count() / 1'000);
}

}  // namespace portcullis::oms::binance
