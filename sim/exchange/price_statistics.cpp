#include "sim/exchange/price_statistics.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kSecondsPerMinute = 60;
constexpr std::int64_t kFourPlaces = 10'000;

std::int64_t second_of(WallTime time) noexcept {
  return count_ms(time) / 1'000;
}

}  // namespace

void PriceStatistics::on_trade(Price px, Qty qty, Notional quote, WallTime now) {
  last_ = px;
  const std::int64_t second = second_of(now);
  if (seconds_.empty() || seconds_.back().second != second) {
    const std::int64_t oldest = second - kMinutesMax * kSecondsPerMinute;
    while (!seconds_.empty() && seconds_.front().second <= oldest) seconds_.pop_front();
    seconds_.push_back({.second = second, .qty = 0, .quote = 0});
  }
  seconds_.back().qty += qty.raw();
  seconds_.back().quote += quote.raw();
  if (width_ms_ > 0) count_reference(px, now);
}

void PriceStatistics::set_reference_rule(const std::optional<ReferencePriceRule>& rule) {
  const bool is_counted = rule && rule->kind == ReferencePriceRule::Kind::kArithmeticMean;
  const std::int64_t width_ms = is_counted ? std::max<std::int64_t>(rule->bucket_width_ms, 1) : 0;
  const std::int64_t window_ms = is_counted ? width_ms * rule->bucket_count : 0;
  if (width_ms == width_ms_ && window_ms == window_ms_) return;
  width_ms_ = width_ms;
  window_ms_ = window_ms;
  buckets_.clear();
}

Price PriceStatistics::average(int minutes, WallTime now) const {
  const std::int64_t oldest = second_of(now) - minutes * kSecondsPerMinute;
  Int128 qty = 0;
  Int128 quote = 0;
  for (auto each = seconds_.rbegin(); each != seconds_.rend() && each->second > oldest; ++each) {
    qty += each->qty;
    quote += each->quote;
  }
  if (qty == 0) return last_;
  return Price::from_raw(static_cast<std::int64_t>(quote * kDecimalScale / qty));
}

void PriceStatistics::count_reference(Price px, WallTime now) {
  const std::int64_t now_ms = count_ms(now);
  const std::int64_t open_ms = now_ms - now_ms % width_ms_;
  if (buckets_.empty() || buckets_.back().open_ms != open_ms) {
    while (!buckets_.empty() && buckets_.front().open_ms + width_ms_ <= now_ms - window_ms_) {
      buckets_.pop_front();
    }
    buckets_.push_back({.open_ms = open_ms, .count_e4 = 0, .sum_e4 = 0});
  }
  buckets_.back().count_e4 += kFourPlaces;
  buckets_.back().sum_e4 += static_cast<Int128>(px.raw()) * kFourPlaces;
}

std::optional<Price> PriceStatistics::reference(WallTime now) const {
  const std::int64_t cutoff_ms = count_ms(now) - window_ms_;
  Int128 count = 0;
  Int128 sum = 0;
  for (const Bucket& bucket : buckets_) {
    const std::int64_t expired_ms = std::max<std::int64_t>(cutoff_ms - bucket.open_ms, 0);
    if (expired_ms >= width_ms_) continue;
    count += bucket.count_e4 - bucket.count_e4 * expired_ms / width_ms_;
    sum += bucket.sum_e4 - bucket.sum_e4 * expired_ms / width_ms_;
  }
  if (count == 0) return std::nullopt;
  return Price::from_raw(static_cast<std::int64_t>(sum / count));
}

}  // namespace portcullis::sim
