#include "sim/api/usage_meter.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

constexpr SimAccountId kAccount{1};
// The beginning of a day.
constexpr std::int64_t kDayMs = 1'700'006'400'000;

WallTime at(std::int64_t ms) {
  return wall_time((kDayMs + ms) * 1'000'000);
}

TEST(UsageMeter, WindowsBeginAtMultiplesOfTheirLength) {
  UsageWindow window{10'000};
  window.add(3, at(9'999));
  EXPECT_EQ(window.count(at(9'999)), 3);
  EXPECT_EQ(window.end(at(9'999)), at(10'000));
  EXPECT_EQ(window.count(at(10'000)), 0);
  window.add(-5, at(10'000));
  EXPECT_EQ(window.count(at(10'000)), 0) << "never below zero";
}

TEST(UsageMeter, RefusesWeightBeyondTheMinuteAndTellsWhenToComeBack) {
  UsageMeter meter{{.weight_per_minute = 100}};
  IpUsage& ip = meter.of("10.0.0.1");
  EXPECT_FALSE(meter.admit(ip, 100, at(1'000)));
  const auto refused = meter.admit(ip, 1, at(2'500));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->http_status, 429);
  EXPECT_EQ(refused->code, -1003);
  EXPECT_EQ(refused->message,
            "Too much request weight used; current limit is 100 request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API.");
  EXPECT_EQ(refused->retry_at, at(60'000));
  EXPECT_FALSE(meter.admit(meter.of("10.0.0.2"), 1, at(2'500))) << "another address";
  EXPECT_FALSE(meter.admit(ip, 1, at(60'000))) << "the next minute";
}

TEST(UsageMeter, RefusesRawRequestsBeyondFiveMinutes) {
  UsageMeter meter{{.raw_requests_per_5m = 2}};
  IpUsage& ip = meter.of("10.0.0.1");
  EXPECT_FALSE(meter.admit(ip, 0, at(0)));
  EXPECT_FALSE(meter.admit(ip, 0, at(1)));
  const auto refused = meter.admit(ip, 0, at(2));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->http_status, 429);
  EXPECT_EQ(refused->retry_at, at(300'000));
}

TEST(UsageMeter, BansWhoGoesOnAndEachTimeForLonger) {
  UsageMeter meter{{.weight_per_minute = 1,
                    .refusals_before_ban = 2,
                    .ban_first = std::chrono::seconds{120},
                    .ban_max = std::chrono::seconds{400}}};
  std::vector<std::string> told;
  meter.set_ban_listener([&told](std::string_view address) { told.emplace_back(address); });
  IpUsage& ip = meter.of("10.0.0.1");
  std::int64_t now_ms = 0;
  std::vector<std::int64_t> lengths;
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(meter.admit(ip, 1, at(now_ms)));
    EXPECT_EQ(meter.admit(ip, 1, at(now_ms))->http_status, 429);
    EXPECT_EQ(meter.admit(ip, 1, at(now_ms))->http_status, 429);
    const auto banned = meter.admit(ip, 1, at(now_ms));
    ASSERT_EQ(banned->http_status, 418);
    lengths.push_back((*banned->retry_at - at(now_ms)) / std::chrono::seconds{1});
    EXPECT_EQ(banned->message, "Way too much request weight used; IP banned until " +
                                   std::to_string(count_ms(*banned->retry_at)) +
                                   ". Please use WebSocket Streams for live updates to avoid "
                                   "bans.");
    EXPECT_EQ(meter.admit(ip, 1, *banned->retry_at - Nanos{1})->http_status, 418);
    now_ms = count_ms(*banned->retry_at) - kDayMs;
  }
  EXPECT_EQ(lengths, (std::vector<std::int64_t>{120, 240, 400, 400}));
  EXPECT_EQ(told, std::vector<std::string>(4, "10.0.0.1"));
  now_ms += 400'001;  // long ago by then
  for (int i = 0; i < 3; ++i) (void)meter.admit(ip, 1, at(now_ms));
  const auto banned = meter.admit(ip, 1, at(now_ms));
  EXPECT_EQ((*banned->retry_at - at(now_ms)) / std::chrono::seconds{1}, 120);
}

TEST(UsageMeter, CountsUnfilledOrdersOfAnAccount) {
  UsageMeter meter{{.orders_per_10s = 5, .orders_per_day = 8}};
  EXPECT_FALSE(meter.count_orders(kAccount, 3, at(0)));
  EXPECT_FALSE(meter.count_orders(kAccount, 2, at(1)));
  const auto refused = meter.count_orders(kAccount, 1, at(2));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->http_status, 429);
  EXPECT_EQ(refused->code, -1015);
  EXPECT_EQ(refused->message, "Too many new orders; current limit is 5 orders per 10 SECOND.");
  EXPECT_EQ(refused->retry_at, at(10'000));
  EXPECT_FALSE(meter.count_orders(SimAccountId{2}, 1, at(2))) << "another account";
  EXPECT_FALSE(meter.count_orders(kAccount, 3, at(10'000)));
  const auto day = meter.count_orders(kAccount, 1, at(10'001));
  ASSERT_TRUE(day);
  EXPECT_EQ(day->message, "Too many new orders; current limit is 8 orders per 1 DAY.");
  EXPECT_EQ(meter.orders_10s(kAccount, at(10'001)), 3)
      << "when the day's is exceeded the seconds' count stays";
}

TEST(UsageMeter, GivesBackWithTheFirstFill) {
  UsageMeter meter;
  (void)meter.count_orders(kAccount, 7, at(0));
  meter.on_first_fill(kAccount, false, at(1));
  EXPECT_EQ(meter.orders_10s(kAccount, at(1)), 6);
  meter.on_first_fill(kAccount, true, at(1));
  EXPECT_EQ(meter.orders_10s(kAccount, at(1)), 1);
  meter.on_first_fill(kAccount, true, at(10'000));
  EXPECT_EQ(meter.orders_10s(kAccount, at(10'000)), 0) << "never below zero";
  EXPECT_EQ(meter.orders_day(kAccount, at(10'000)), 0);
}

TEST(LimitsConfig, TakesWhatItKnowsAndSaysWhatItDoesNot) {
  LimitsConfig limits;
  const std::vector<std::string> texts{"weight=7",   "orders10s=8", "ordersday=9", "raw=10",
                                       "banafter=3", "banfirst=5",  "banmax=6"};
  ASSERT_TRUE(apply_limits(texts, limits));
  EXPECT_EQ(limits.weight_per_minute, 7);
  EXPECT_EQ(limits.orders_per_10s, 8);
  EXPECT_EQ(limits.orders_per_day, 9);
  EXPECT_EQ(limits.raw_requests_per_5m, 10);
  EXPECT_EQ(limits.refusals_before_ban, 3);
  EXPECT_EQ(limits.ban_first, std::chrono::seconds{5});
  EXPECT_EQ(limits.ban_max, std::chrono::seconds{6});
  EXPECT_TRUE(limits.is_enforced);
  for (const char* text :
       {"weight", "weight=", "weight=x", "weight=-1", "weight=0", "height=1", "weight=1x", ""}) {
    const std::vector<std::string> one{text};
    const auto applied = apply_limits(one, limits);
    ASSERT_FALSE(applied) << text;
    EXPECT_NE(applied.error().find("banmax"), std::string::npos) << "names what there is";
  }
  const std::vector<std::string> off{"off"};
  ASSERT_TRUE(apply_limits(off, limits));
  EXPECT_FALSE(limits.is_enforced);
  UsageMeter meter{limits};
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(meter.admit(meter.of("x"), 1'000, at(0)));
}

}  // namespace
}  // namespace portcullis::sim
