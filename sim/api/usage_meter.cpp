#include "sim/api/usage_meter.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

struct Limit {
  const char* type;
  const char* interval;
  int interval_num;
  std::int64_t limit;
};

JsonOut& open_limit(JsonOut& out, const Limit& limit) {
  return out.open_object()
      .field("rateLimitType", limit.type)
      .field("interval", limit.interval)
      .field("intervalNum", limit.interval_num)
      .field("limit", limit.limit);
}

Limit weight_limit(const LimitsConfig& limits) {
  return {"REQUEST_WEIGHT", "MINUTE", 1, limits.weight_per_minute};
}
Limit seconds_limit(const LimitsConfig& limits) {
  return {"ORDERS", "SECOND", 10, limits.orders_per_10s};
}
Limit day_limit(const LimitsConfig& limits) {
  return {"ORDERS", "DAY", 1, limits.orders_per_day};
}

VenueError too_many_orders(const Limit& limit, WallTime retry_at) {
  return {.http_status = 429,
          .code = -1015,
          .message = "Too many new orders; current limit is " + std::to_string(limit.limit) +
                     " orders per " + std::to_string(limit.interval_num) + " " + limit.interval +
                     ".",
          .retry_at = retry_at};
}

}  // namespace

void UsageWindow::add(std::int64_t delta, WallTime now) noexcept {
  const std::int64_t index = count_ms(now) / length_ms_;
  if (index != index_) count_ = 0;
  index_ = index;
  count_ = std::max<std::int64_t>(0, count_ + delta);
}

std::int64_t UsageWindow::count(WallTime now) const noexcept {
  return count_ms(now) / length_ms_ == index_ ? count_ : 0;
}

WallTime UsageWindow::end(WallTime now) const noexcept {
  return wall_time((count_ms(now) / length_ms_ + 1) * length_ms_ * 1'000'000);
}

IpUsage& UsageMeter::of(std::string_view address) {
  auto found = ips_.find(address);
  if (found == ips_.end()) {
    found = ips_.emplace(std::string{address}, IpUsage{.address = std::string{address}}).first;
  }
  return found->second;
}

std::optional<VenueError> UsageMeter::admit(IpUsage& ip, int weight, WallTime now) {
  if (auto error = refusal_of_banned(ip, now)) return error;
  ip.raw_requests.add(1, now);
  ip.weight.add(weight, now);
  if (!limits_.is_enforced) return std::nullopt;
  if (ip.weight.count(now) > limits_.weight_per_minute) return refuse(ip, ip.weight, now);
  if (ip.raw_requests.count(now) > limits_.raw_requests_per_5m) {
    return refuse(ip, ip.raw_requests, now);
  }
  ip.refusals = 0;
  return std::nullopt;
}

std::optional<VenueError> UsageMeter::admit_connection(IpUsage& ip, bool is_api, WallTime now) {
  if (auto error = refusal_of_banned(ip, now)) return error;
  UsageWindow& window = is_api ? ip.api_connections : ip.stream_connections;
  window.add(1, now);
  if (!limits_.is_enforced || window.count(now) <= limits_.connections_per_5m) return std::nullopt;
  return refuse(ip, window, now);
}

void UsageMeter::on_flood(IpUsage& ip, WallTime now) {
  ip.floods.add(1, now);
  if (limits_.is_enforced && ip.floods.count(now) > limits_.floods_before_ban) ban(ip, now);
}

std::optional<VenueError> UsageMeter::refusal_of_banned(const IpUsage& ip, WallTime now) const {
  if (now >= ip.banned_until) return std::nullopt;
  return banned_error(ip, now);
}

VenueError UsageMeter::refuse(IpUsage& ip, const UsageWindow& window, WallTime now) {
  if (++ip.refusals > limits_.refusals_before_ban) {
    ban(ip, now);
    return banned_error(ip, now);
  }
  VenueError error{.http_status = 429,
                   .code = -1003,
                   .message = "Too many requests queued.",
                   .retry_at = window.end(now)};
  if (&window == &ip.weight) {
    error.message = "Too much request weight used; current limit is " +
                    std::to_string(limits_.weight_per_minute) +
                    " request weight per 1 MINUTE. Please use WebSocket Streams for live updates "
                    "to avoid polling the API.";
  }
  return error;
}

// Twice as long as the last one, which is forgotten after as long as a ban can last.
void UsageMeter::ban(IpUsage& ip, WallTime now) {
  if (now - ip.banned_until > limits_.ban_max) ip.bans = 0;
  std::chrono::seconds length = limits_.ban_first;
  for (int i = 0; i < ip.bans && length < limits_.ban_max; ++i) length *= 2;
  ip.banned_until = now + std::min(length, limits_.ban_max);
  ip.refusals = 0;
  ++ip.bans;
  if (on_ban_) on_ban_(ip.address);
}

void UsageMeter::ban_until(IpUsage& ip, WallTime until) {
  ip.banned_until = until;
  if (on_ban_) on_ban_(ip.address);
}

VenueError UsageMeter::banned_error(const IpUsage& ip, WallTime) const {
  return {.http_status = 418,
          .code = -1003,
          .message = "Way too much request weight used; IP banned until " +
                     std::to_string(count_ms(ip.banned_until)) +
                     ". Please use WebSocket Streams for live updates to avoid bans.",
          .retry_at = ip.banned_until};
}

std::optional<VenueError> UsageMeter::count_orders(SimAccountId account, int orders, WallTime now) {
  OrderWindows& windows = orders_[account];
  if (limits_.is_enforced) {
    // When the day's count is exceeded the seconds' is left alone.
    if (windows.day.count(now) + orders > limits_.orders_per_day) {
      return too_many_orders(day_limit(limits_), windows.day.end(now));
    }
    if (windows.seconds.count(now) + orders > limits_.orders_per_10s) {
      return too_many_orders(seconds_limit(limits_), windows.seconds.end(now));
    }
  }
  windows.seconds.add(orders, now);
  windows.day.add(orders, now);
  return std::nullopt;
}

void UsageMeter::on_first_fill(SimAccountId account, bool is_maker, WallTime now) {
  const std::int64_t back = is_maker ? -5 : -1;
  OrderWindows& windows = orders_[account];
  windows.seconds.add(back, now);
  windows.day.add(back, now);
}

std::int64_t UsageMeter::orders_10s(SimAccountId account, WallTime now) const {
  const auto found = orders_.find(account);
  return found == orders_.end() ? 0 : found->second.seconds.count(now);
}

std::int64_t UsageMeter::orders_day(SimAccountId account, WallTime now) const {
  const auto found = orders_.find(account);
  return found == orders_.end() ? 0 : found->second.day.count(now);
}

void UsageMeter::add_order_counts(JsonOut& out, SimAccountId account, WallTime now) const {
  open_limit(out, seconds_limit(limits_)).field("count", orders_10s(account, now)).close_object();
  open_limit(out, day_limit(limits_)).field("count", orders_day(account, now)).close_object();
}

void UsageMeter::write_rate_limits(JsonOut& out, const IpUsage& ip, const SimAccountId* account,
                                   WallTime now) const {
  out.open_array();
  if (account != nullptr) add_order_counts(out, *account, now);
  open_limit(out, weight_limit(limits_)).field("count", ip.weight.count(now)).close_object();
  out.close_array();
}

void UsageMeter::write_order_counts(JsonOut& out, SimAccountId account, WallTime now) const {
  out.open_array();
  add_order_counts(out, account, now);
  out.close_array();
}

void UsageMeter::write_limits(JsonOut& out, bool is_ws) const {
  const Limit connections{"CONNECTIONS", "MINUTE", 5, limits_.connections_per_5m};
  const Limit raw{"RAW_REQUESTS", "MINUTE", 5, limits_.raw_requests_per_5m};
  out.open_array();
  for (const Limit& limit : {weight_limit(limits_), seconds_limit(limits_), day_limit(limits_),
                             is_ws ? connections : raw}) {
    open_limit(out, limit).close_object();
  }
  out.close_array();
}

}  // namespace portcullis::sim
