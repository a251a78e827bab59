#include "oms/binance/venue_budget.hpp"

namespace portcullis::oms::binance {

namespace {

// Until the venue has stated its own; a fifth of the least it has been seen to have.
constexpr RateWindow kWeightUnknown{.count = 0, .limit = 1'200, .interval_s = 60};
constexpr RateWindow kRawUnknown{.count = 0, .limit = 6'000, .interval_s = 300};

void set_limit(BudgetWindow& window, const RateWindow& stated) noexcept {
  if (stated.limit > 0 && stated.interval_s > 0) {
    window.configure(stated.limit, std::chrono::seconds{stated.interval_s});
  }
}

std::optional<std::int64_t> count_of(const RateWindow& stated) noexcept {
  // Negative counts are seen in the wild and mean nothing.
  if (stated.limit <= 0 || stated.count < 0) return std::nullopt;
  return stated.count;
}

std::optional<Reject> check_window(const BudgetWindow& window, std::int64_t cost,
                                   std::int32_t share) noexcept {
  constexpr std::int64_t kPercent = 100;
  if (cost == 0) return std::nullopt;
  const std::int64_t limit = window.limit() * share / kPercent;
  const std::int64_t used = window.used();
  if (used + cost <= limit) [[likely]]
    return std::nullopt;
  return Reject{.reason = RejectReason::kVenueBudget,
                .unit = RejectUnit::kCount,
                .limit = limit,
                .value = used,
                .projected = used + cost};
}

// What an answered request has cost in weight, should the answer not say.
std::int64_t weight_charged(RequestTag tag, const DecodedMessage* answer) noexcept {
  const bool is_free = order_count(tag) > 0 || tag == RequestTag::kCancel ||
                       tag == RequestTag::kMassCancel || tag == RequestTag::kSymbolCancel ||
                       tag == RequestTag::kListCancel;
  const bool is_success = answer != nullptr && answer->kind == MessageKind::kResult &&
                          answer->failure.http_status >= 200 && answer->failure.http_status < 300;
  return is_free && is_success ? 0 : request_weight(tag);
}

}  // namespace

std::int32_t BudgetShares::of(SendClass kind) const noexcept {
  switch (kind) {
    case SendClass::kOrder:
    case SendClass::kQuery: return order;
    case SendClass::kCancel: return cancel;
    case SendClass::kKill:
    case SendClass::kSession: return 100;
  }
  return 0;
}

std::int64_t request_weight(RequestTag tag) noexcept {
  switch (tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kCancel:
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
    case RequestTag::kReplace:
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree:
    case RequestTag::kListCancel:
    case RequestTag::kTime: return 1;
    case RequestTag::kLogon:
    case RequestTag::kSubscribe: return 2;
    case RequestTag::kQuery:
    case RequestTag::kAmend:
    case RequestTag::kOrderLookup: return 4;
    case RequestTag::kTrades: return 5;  // always with an orderId
    case RequestTag::kTradesSince:
    case RequestTag::kAccount: return 20;
    case RequestTag::kOpenOrders: return 80;  // of all symbols
  }
  return 0;
}

VenueBudget::VenueBudget(const RateBudget& known, const BudgetShares& shares,
                         net::AddressBudget& address)
    : shares_{shares},
      address_{address} {
  set_limit(weight_, kWeightUnknown);
  set_limit(raw_, kRawUnknown);
  learn(known);
}

void VenueBudget::learn(const RateBudget& stated) noexcept {
  set_limit(weight_, stated.request_weight);
  set_limit(raw_, stated.raw_requests);
  set_limit(orders_short_, stated.orders_short);
  set_limit(orders_day_, stated.orders_day);
}

void VenueBudget::turn(MonoTime now, WallTime venue_now, Nanos error) noexcept {
  venue_now_ = venue_now;
  weight_.roll(venue_now, error);
  raw_.roll(venue_now, error);
  orders_short_.roll(venue_now, error);
  orders_day_.roll(venue_now, error);
  const net::AddressBudget::Totals others =
      address_.others_than(net::AddressBudget::Party::kOrders);
  weight_.observe_others(others.weight_begun, others.weight_finished);
  raw_.observe_others(others.requests_begun, others.requests_finished);
  if (first_ != end_ && now - slot(first_).sent > kAnswerMax) {
    close(slot(first_), nullptr);
    drop_answered();
  }
}

std::optional<Reject> VenueBudget::check(SendClass kind, RequestTag tag) const noexcept {
  const std::int32_t share = shares_.of(kind);
  if (auto no = check_window(orders_short_, order_count(tag), share)) return no;
  if (auto no = check_window(orders_day_, order_count(tag), share)) return no;
  if (auto no = check_window(weight_, request_weight(tag), share)) return no;
  return check_window(raw_, 1, share);
}

void VenueBudget::on_send(RequestId id, RouteId route, bool is_probe, MonoTime now) noexcept {
  if (end_ - first_ == kUnderWayMax) {
    close(slot(first_), nullptr);
    drop_answered();
  }
  const std::int64_t weight = request_weight(id.tag);
  totals_.weight_begun += weight;
  ++totals_.requests_begun;
  publish();
  UnderWay& request = slot(end_++);
  request = {.id = id,
             .sent = now,
             .weight = weight_.on_sent(weight),
             .raw = raw_.on_sent(1),
             .orders_short = orders_short_.on_sent(order_count(id.tag)),
             .orders_day = orders_day_.on_sent(order_count(id.tag)),
             .route = route,
             .is_probe = is_probe};
}

VenueBudget::Undone VenueBudget::on_not_sent() noexcept {
  const UnderWay& request = slot(--end_);
  const std::int64_t weight = request_weight(request.id.tag);
  const std::int64_t orders = order_count(request.id.tag);
  weight_.on_answer(request.weight, weight, 0, {}, venue_now_);
  raw_.on_answer(request.raw, 1, 0, {}, venue_now_);
  if (orders > 0) {
    orders_short_.on_answer(request.orders_short, orders, 0, {}, venue_now_);
    orders_day_.on_answer(request.orders_day, orders, 0, {}, venue_now_);
  }
  totals_.weight_finished += weight;
  ++totals_.requests_finished;
  publish();
  return {.id = request.id, .is_probe = request.is_probe};
}

void VenueBudget::on_route_lost(RouteId route) noexcept {
  for (std::uint64_t number = first_; number != end_; ++number) {
    UnderWay& request = slot(number);
    if (request.route != route || request.is_answered || request.is_lost) continue;
    request.is_lost = true;
    if (!request.is_told) ++lost_left_;
  }
}

std::optional<RequestId> VenueBudget::take_lost() noexcept {
  for (std::uint64_t number = first_; lost_left_ > 0 && number != end_; ++number) {
    UnderWay& request = slot(number);
    if (!request.is_lost || request.is_told) continue;
    request.is_told = true;
    --lost_left_;
    return request.id;
  }
  lost_left_ = 0;
  return std::nullopt;
}

void VenueBudget::forget_lost() noexcept {
  lost_left_ = 0;
  for (std::uint64_t number = first_; number != end_; ++number) {
    slot(number).is_told = slot(number).is_told || slot(number).is_lost;
  }
}

std::size_t VenueBudget::unanswered(RouteId route) const noexcept {
  std::size_t count = 0;
  for (std::uint64_t number = first_; number != end_; ++number) {
    const UnderWay& request = slot(number);
    count += request.route == route && !request.is_answered && !request.is_lost ? 1U : 0U;
  }
  return count;
}

bool VenueBudget::has_room_for_session() const noexcept {
  const std::int64_t weight = kConnectWeight + request_weight(RequestTag::kTime) +
                              request_weight(RequestTag::kLogon) +
                              request_weight(RequestTag::kSubscribe);
  constexpr std::int64_t kRequests = 4;
  return weight_.used() + weight <= weight_.limit() && raw_.used() + kRequests <= raw_.limit();
}

void VenueBudget::on_connect() noexcept {
  weight_.charge(kConnectWeight);
  raw_.charge(1);
  totals_.weight_begun += kConnectWeight;
  totals_.weight_finished += kConnectWeight;
  ++totals_.requests_begun;
  ++totals_.requests_finished;
  publish();
}

std::optional<VenueBudget::Answered> VenueBudget::on_answer(const DecodedMessage& answer) noexcept {
  if (answer.has_rate_budget) learn(answer.budget);
  for (std::uint64_t number = first_; number != end_; ++number) {
    UnderWay& request = slot(number);
    if (request.is_answered || request.id != answer.request) continue;
    const Answered answered{.sent = request.sent, .is_probe = request.is_probe};
    close(request, &answer);
    drop_answered();
    return answered;
  }
  return std::nullopt;
}

void VenueBudget::close(UnderWay& request, const DecodedMessage* answer) noexcept {
  if (request.is_answered) return;
  request.is_answered = true;
  const RequestTag tag = request.id.tag;
  const std::int64_t weight = request_weight(tag);
  const std::int64_t orders = order_count(tag);
  const RateBudget stated = answer != nullptr ? answer->budget : RateBudget{};
  weight_.on_answer(request.weight, weight, weight_charged(tag, answer),
                    count_of(stated.request_weight), venue_now_);
  raw_.on_answer(request.raw, 1, 1, count_of(stated.raw_requests), venue_now_);
  if (orders > 0) {
    orders_short_.on_answer(request.orders_short, orders, orders, count_of(stated.orders_short),
                            venue_now_);
    orders_day_.on_answer(request.orders_day, orders, orders, count_of(stated.orders_day),
                          venue_now_);
  }
  totals_.weight_finished += weight;
  ++totals_.requests_finished;
  publish();
}

void VenueBudget::drop_answered() noexcept {
  while (first_ != end_ && slot(first_).is_answered) ++first_;
}

void VenueBudget::on_first_fill(WallTime traded_at) noexcept {
  orders_short_.on_credit(traded_at, venue_now_);
  orders_day_.on_credit(traded_at, venue_now_);
}

}  // namespace portcullis::oms::binance
