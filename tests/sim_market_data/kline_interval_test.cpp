// Where bars begin and end, against a calendar computed elsewhere.
#include "sim/market_data/kline_interval.hpp"

#include <array>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

constexpr WallTime ms(std::int64_t count) {
  return wall_time(count * 1'000'000);
}

struct Bar {
  int zone_minutes;
  KlineInterval interval;
  std::int64_t open_ms;
  std::int64_t next_ms;
};
using enum KlineInterval;
constexpr auto kBars = std::to_array<Bar>({
    {0, k1s, 1723161257000, 1723161258000},    {0, k1m, 1723161240000, 1723161300000},
    {0, k3m, 1723161240000, 1723161420000},    {0, k5m, 1723161000000, 1723161300000},
    {0, k15m, 1723160700000, 1723161600000},   {0, k30m, 1723159800000, 1723161600000},
    {0, k1h, 1723158000000, 1723161600000},    {0, k2h, 1723154400000, 1723161600000},
    {0, k4h, 1723147200000, 1723161600000},    {0, k6h, 1723140000000, 1723161600000},
    {0, k8h, 1723132800000, 1723161600000},    {0, k12h, 1723118400000, 1723161600000},
    {0, k1d, 1723075200000, 1723161600000},    {0, k3d, 1722902400000, 1723161600000},
    {0, k1w, 1722816000000, 1723420800000},    {0, k1M, 1722470400000, 1725148800000},
    {480, k1m, 1723161240000, 1723161300000},  {480, k6h, 1723154400000, 1723176000000},
    {480, k8h, 1723132800000, 1723161600000},  {480, k12h, 1723132800000, 1723176000000},
    {480, k1d, 1723132800000, 1723219200000},  {480, k3d, 1723132800000, 1723392000000},
    {480, k1w, 1722787200000, 1723392000000},  {480, k1M, 1722441600000, 1725120000000},
    {-720, k8h, 1723147200000, 1723176000000}, {-720, k1d, 1723118400000, 1723204800000},
    {-720, k3d, 1722945600000, 1723204800000}, {-720, k1w, 1722859200000, 1723464000000},
    {-720, k1M, 1722513600000, 1725192000000}, {840, k4h, 1723154400000, 1723168800000},
    {840, k1d, 1723111200000, 1723197600000},  {840, k1w, 1722765600000, 1723370400000},
    {840, k1M, 1722420000000, 1725098400000},  {345, k30m, 1723160700000, 1723162500000},
    {345, k1h, 1723158900000, 1723162500000},  {345, k12h, 1723140900000, 1723184100000},
    {345, k3d, 1723140900000, 1723400100000},  {345, k1M, 1722449700000, 1725128100000},
});

TEST(KlineIntervals, OpenAndEndWhereTheCalendarSays) {
  constexpr WallTime kTime = ms(1723161257000);  // 2024-08-08 23:54:17 UTC
  for (const Bar& bar : kBars) {
    const ZoneOffset zone{bar.zone_minutes};
    const auto what = std::string{text_of(bar.interval)} + " " + std::to_string(bar.zone_minutes);
    const WallTime open = open_time(bar.interval, kTime, zone);
    EXPECT_EQ(open, ms(bar.open_ms)) << what;
    EXPECT_EQ(next_open_time(bar.interval, open, zone), ms(bar.next_ms)) << what;
    EXPECT_EQ(open_time(bar.interval, open, zone), open) << what;
    EXPECT_EQ(open_time(bar.interval, ms(bar.next_ms) - Nanos{1}, zone), open) << what;
    EXPECT_EQ(open_time(bar.interval, ms(bar.next_ms), zone), ms(bar.next_ms)) << what;
  }
}

TEST(KlineIntervals, MonthsFollowLeapYearsAndYearEnds) {
  const ZoneOffset utc{0};
  EXPECT_EQ(open_time(k1M, ms(1709208000000), utc), ms(1706745600000));  // 29 February 2024
  EXPECT_EQ(next_open_time(k1M, ms(1706745600000), utc), ms(1709251200000));
  EXPECT_EQ(next_open_time(k1M, ms(1701388800000), utc), ms(1704067200000));  // December 2023
}

TEST(KlineIntervals, WordsAreCaseSensitive) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(KlineInterval::kCount); ++i) {
    const auto interval = static_cast<KlineInterval>(i);
    EXPECT_EQ(parse_kline_interval(text_of(interval)), interval);
  }
  for (const char* text : {"", "1", "m", "1S", "1H", "2m", "1D", "1y", "01m", "1m "}) {
    EXPECT_FALSE(parse_kline_interval(text)) << text;
  }
}

TEST(ZoneOffsets, TakeHoursAndMinutesWithinTheWorldsRange) {
  const auto minutes = [](std::string_view text) {
    const auto zone = parse_zone_offset(text);
    return zone ? static_cast<int>(zone->count()) : 9'999;
  };
  EXPECT_EQ(minutes("0"), 0);
  EXPECT_EQ(minutes("8"), 480);
  EXPECT_EQ(minutes("-1:00"), -60);
  EXPECT_EQ(minutes("05:45"), 345);
  EXPECT_EQ(minutes("+08:00"), 480);
  EXPECT_EQ(minutes("-12:00"), -720);
  EXPECT_EQ(minutes("14:00"), 840);
  for (const char* text : {"", "-", "+", "14:01", "-12:01", "15", "8:5", "8:60", "8:", ":30", "a",
                           "1:000", "008", "--1", "1 "}) {
    EXPECT_EQ(minutes(text), 9'999) << text;
  }
}

TEST(WindowSizes, AreOneUnitWithinItsRange) {
  EXPECT_EQ(parse_window_size("1m"), std::chrono::minutes{1});
  EXPECT_EQ(parse_window_size("59m"), std::chrono::minutes{59});
  EXPECT_EQ(parse_window_size("23h"), std::chrono::hours{23});
  EXPECT_EQ(parse_window_size("7d"), std::chrono::hours{168});
  for (const char* text : {"", "m", "0m", "60m", "24h", "8d", "1w", "1d2h", "01m", "-1m", "1M"}) {
    EXPECT_FALSE(parse_window_size(text)) << text;
  }
}

}  // namespace
}  // namespace portcullis::sim
