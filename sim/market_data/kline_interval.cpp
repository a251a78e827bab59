#include "sim/market_data/kline_interval.hpp"

namespace portcullis::sim {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;

struct Interval {
  std::string_view text;
  Nanos width;  // zero: a month
};
constexpr auto kIntervals = std::to_array<Interval>({
    {"1s", seconds{1}},
    {"1m", minutes{1}},
    {"3m", minutes{3}},
    {"5m", minutes{5}},
    {"15m", minutes{15}},
    {"30m", minutes{30}},
    {"1h", hours{1}},
    {"2h", hours{2}},
    {"4h", hours{4}},
    {"6h", hours{6}},
    {"8h", hours{8}},
    {"12h", hours{12}},
    {"1d", days{1}},
    {"3d", days{3}},
    {"1w", days{7}},
    {"1M", Nanos{0}},
});
static_assert(kIntervals.size() == static_cast<std::size_t>(KlineInterval::kCount));

// The epoch was a Thursday: three days into its week.
constexpr Nanos kEpochIntoWeek = days{3};

const Interval& of(KlineInterval interval) noexcept {
  return kIntervals[static_cast<std::size_t>(interval)];
}

WallTime add_months(WallTime local, months count) noexcept {
  const std::chrono::sys_days day{
      std::chrono::floor<days>(std::chrono::sys_time<Nanos>{local.time_since_epoch()})};
  const std::chrono::year_month_day date{day};
  const std::chrono::sys_days first{(date.year() / date.month() + count) / std::chrono::day{1}};
  return WallTime{first.time_since_epoch()};
}

std::optional<int> parse_whole(std::string_view text) noexcept {
  int value = 0;
  if (text.empty() || text.size() > 2) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<KlineInterval> parse_kline_interval(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kIntervals.size(); ++i) {
    if (kIntervals[i].text == text) return static_cast<KlineInterval>(i);
  }
  return std::nullopt;
}

std::string_view text_of(KlineInterval interval) noexcept {
  return of(interval).text;
}

WallTime floor_time(WallTime time, Nanos width) noexcept {
  Nanos into = time.time_since_epoch() % width;
  if (into < Nanos{0}) into += width;
  return time - into;
}

WallTime open_time(KlineInterval interval, WallTime time, ZoneOffset zone) noexcept {
  const WallTime local = time + zone;
  if (interval == KlineInterval::k1M) return add_months(local, months{0}) - zone;
  const Nanos shift = interval == KlineInterval::k1w ? kEpochIntoWeek : Nanos{0};
  return floor_time(local + shift, of(interval).width) - shift - zone;
}

WallTime next_open_time(KlineInterval interval, WallTime open, ZoneOffset zone) noexcept {
  if (interval == KlineInterval::k1M) return add_months(open + zone, months{1}) - zone;
  return open + of(interval).width;
}

std::optional<ZoneOffset> parse_zone_offset(std::string_view text) noexcept {
  bool is_behind = false;
  if (text.starts_with('+') || text.starts_with('-')) {
    is_behind = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t colon = text.find(':');
  const auto hour = parse_whole(text.substr(0, colon));
  auto minute = std::optional<int>{0};
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    minute = digits.size() == 2 ? parse_whole(digits) : std::nullopt;
  }
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const ZoneOffset size{*hour * 60 + *minute};
  const ZoneOffset zone = is_behind ? -size : size;
  if (zone < hours{-12} || zone > hours{14}) return std::nullopt;
  return zone;
}

std::optional<Nanos> parse_window_size(std::string_view text) noexcept {
  if (text.size() < 2 || text.front() == '0') return std::nullopt;
  const auto count = parse_whole(text.substr(0, text.size() - 1));
  if (!count) return std::nullopt;
  switch (text.back()) {
    case 'm': return *count <= 59 ? std::optional<Nanos>{minutes{*count}} : std::nullopt;
    case 'h': return *count <= 23 ? std::optional<Nanos>{hours{*count}} : std::nullopt;
    case 'd': return *count <= 7 ? std::optional<Nanos>{days{*count}} : std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace portcullis::sim
