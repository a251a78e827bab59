// What the venue does to those who ask for too much: 429 with the moment to come back, then bans
// that grow; unfilled orders by account, given back by fills (Binance: limits).
#include <string>

#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

class LimitsTest : public SimFixture {
 protected:
  void start_with(const LimitsConfig& limits) {
    ServerConfig config = usual_config();
    config.venue_limits = limits;
    config.limits.incoming_per_second_max = 0;
    start(std::move(config));
  }
  static std::int64_t number(const HttpAnswer& answer, const std::string& header) {
    const auto found = answer.headers.find(header);
    return found == answer.headers.end() ? -1 : std::stoll(found->second);
  }
};

TEST_F(LimitsTest, WeightIsCountedToldAndRefusedWithTheSecondsToWait) {
  start_with({.weight_per_minute = 45, .refusals_before_ban = 1'000});
  HttpAnswer answer = get("/api/v3/exchangeInfo");
  EXPECT_EQ(answer.status, 200);
  const std::int64_t first = number(answer, "x-mbx-used-weight-1m");
  EXPECT_GE(first, 20);
  // The window may end in between; then the count begins anew and is used up again.
  for (int i = 0; i < 10 && answer.status == 200; ++i) answer = get("/api/v3/exchangeInfo");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.json().at("code"), -1003);
  const std::int64_t wait = number(answer, "retry-after");
  EXPECT_GT(wait, 0);
  EXPECT_LE(wait, 60);
}

TEST_F(LimitsTest, WhoGoesOnIsBannedForTheTimeTold) {
  start_with({.weight_per_minute = 5, .refusals_before_ban = 2});
  HttpAnswer answer = get("/api/v3/exchangeInfo");
  for (int i = 0; i < 20 && answer.status != 418; ++i) answer = get("/api/v3/exchangeInfo");
  EXPECT_EQ(answer.status, 418);
  EXPECT_EQ(answer.json().at("code"), -1003);
  const std::int64_t wait = number(answer, "retry-after");
  EXPECT_GT(wait, 60);
  EXPECT_LE(wait, 120);
  EXPECT_EQ(get("/api/v3/ping").status, 418) << "a ban is for everything";
}

TEST_F(LimitsTest, TheWebSocketApiTellsServerTimeAndRetryAfterInTheError) {
  start_with({.weight_per_minute = 45, .refusals_before_ban = 1'000});
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  Json answer;
  for (int i = 0; i < 10; ++i) {
    answer = client.call({{"id", i}, {"method", "exchangeInfo"}});
    if (answer.at("status") != 200) break;
  }
  EXPECT_EQ(answer.at("status"), 429);
  EXPECT_EQ(answer.at("error").at("code"), -1003);
  const Json& data = answer.at("error").at("data");
  EXPECT_GT(data.at("retryAfter"), data.at("serverTime"));
}

TEST_F(LimitsTest, UnfilledOrdersAreCountedByAccountAndGivenBackByFills) {
  start_with({.orders_per_10s = 1'000, .orders_per_day = 4});
  fill_book();
  const auto place = [this](const std::string& price) {
    return signed_call(
        "POST", "/api/v3/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=" + price);
  };
  EXPECT_EQ(number(place("50000"), "x-mbx-order-count-1d"), 1);
  EXPECT_EQ(place("50000").status, 200);
  // A taker's first fill gives one back.
  EXPECT_EQ(place("60001").status, 200);
  EXPECT_EQ(place("50000").status, 200);
  EXPECT_EQ(place("50000").status, 200);
  const HttpAnswer refused = place("50000");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json().at("code"), -1015);
  const Json counts = signed_call("GET", "/api/v3/rateLimit/order", "").json();
  EXPECT_EQ(counts.at(1).at("count"), 4);
  EXPECT_EQ(counts.at(1).at("limit"), 4);
}

TEST_F(LimitsTest, OffCountsAndRefusesNothing) {
  start_with({.is_enforced = false, .weight_per_minute = 5});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get("/api/v3/exchangeInfo").status, 200);
}

}  // namespace
}  // namespace portcullis::sim::test
