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
constexpr Limit kWeight{"REQUEST_WEIGHT", "MINUTE", 1, UsageMeter::kWeightLimit};
constexpr Limit kOrders10s{"ORDERS", "SECOND", 10, UsageMeter::kOrders10sLimit};
constexpr Limit kOrdersDay{"ORDERS", "DAY", 1, UsageMeter::kOrdersDayLimit};
constexpr Limit kRawRequests{"RAW_REQUESTS", "MINUTE", 5, 300'000};

JsonOut& open_limit(JsonOut& out, const Limit& limit) {
  return out.open_object()
      .field("rateLimitType", limit.type)
      .field("interval", limit.interval)
      .field("intervalNum", limit.interval_num)
      .field("limit", limit.limit);
}

}  // namespace

void UsageMeter::Window::add(std::int64_t delta, WallTime now) {
  const std::int64_t index = count_ms(now) / length_ms_;
  if (index != index_) count_ = 0;
  index_ = index;
  count_ = std::max<std::int64_t>(0, count_ + delta);
}

std::int64_t UsageMeter::Window::count(WallTime now) const {
  return count_ms(now) / length_ms_ == index_ ? count_ : 0;
}

void UsageMeter::add_weight(std::int64_t weight, WallTime now) {
  weight_.add(weight, now);
}

void UsageMeter::add_order(SimAccountId account, WallTime now) {
  OrderWindows& windows = orders_[account];
  windows.seconds.add(1, now);
  windows.day.add(1, now);
}

void UsageMeter::on_first_fill(SimAccountId account, bool is_maker, WallTime now) {
  const std::int64_t back = is_maker ? -5 : -1;
  OrderWindows& windows = orders_[account];
  windows.seconds.add(back, now);
  windows.day.add(back, now);
}

std::int64_t UsageMeter::weight(WallTime now) const {
  return weight_.count(now);
}

std::int64_t UsageMeter::orders_10s(SimAccountId account, WallTime now) const {
  const auto found = orders_.find(account);
  return found == orders_.end() ? 0 : found->second.seconds.count(now);
}

std::int64_t UsageMeter::orders_day(SimAccountId account, WallTime now) const {
  const auto found = orders_.find(account);
  return found == orders_.end() ? 0 : found->second.day.count(now);
}

std::string UsageMeter::rate_limits_json(const SimAccountId* account, WallTime now) const {
  JsonOut out;
  out.open_array();
  if (account != nullptr) {
    open_limit(out, kOrders10s).field("count", orders_10s(*account, now)).close_object();
    open_limit(out, kOrdersDay).field("count", orders_day(*account, now)).close_object();
  }
  open_limit(out, kWeight).field("count", weight(now)).close_object();
  return out.close_array().take();
}

std::string UsageMeter::limits_json() {
  JsonOut out;
  out.open_array();
  for (const Limit& limit : {kWeight, kOrders10s, kOrdersDay, kRawRequests}) {
    open_limit(out, limit).close_object();
  }
  return out.close_array().take();
}

}  // namespace portcullis::sim
