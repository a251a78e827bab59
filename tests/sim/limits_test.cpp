// What the venue charges and refuses, over its real interfaces. The venue's clock stands still, so
// that no window turns in the middle of a test.

#include <string>

#include "tests/sim/shapes.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

class LimitsTest : public SimFixture {
 protected:
  void start_limited(const LimitsConfig& limits) {
    ServerConfig config = usual_config();
    config.venue_limits = limits;
    start(std::move(config));
    EXPECT_EQ(admin("POST", "/clock", {{"freeze", true}}).status, 200);
  }
  static int weight_of(const HttpAnswer& answer) {
    return std::stoi(answer.headers.at("x-mbx-used-weight-1m"));
  }
  // What the call adds to the weight; asking for it costs nothing.
  int cost(const std::string& method, const std::string& path, const std::string& query) {
    const int before = weight_of(get("/api/v3/ping"));
    const HttpAnswer answer = method == "PUBLIC" ? get(path + (query.empty() ? "" : "?" + query))
                                                 : signed_call(method, path, query);
    return weight_of(answer) - before;
  }
  std::pair<int, int> order_counts() {
    const Json counts = signed_call("GET", "/api/v3/rateLimit/order", "").json();
    return {counts.at(0).at("count"), counts.at(1).at("count")};
  }
};

constexpr const char* kResting =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=50000";

TEST_F(LimitsTest, ChargesWhatTheTableSays) {
  start_limited({.is_enforced = false});
  struct Case {
    const char* method;
    const char* path;
    const char* query;
    int weight;
  };
  for (const Case& test : {
           Case{"PUBLIC", "/api/v3/time", "", 1},
           Case{"PUBLIC", "/api/v3/exchangeInfo", "", 20},
           Case{"PUBLIC", "/api/v3/executionRules", "symbol=BTCUSDT", 2},
           Case{"PUBLIC", "/api/v3/executionRules", "symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D", 4},
           Case{"PUBLIC", "/api/v3/executionRules", "", 40},
           Case{"PUBLIC", "/api/v3/nothing", "", 1},
           Case{"POST", "/api/v3/order/test", kResting, 1},
           Case{"GET", "/api/v3/order", "symbol=BTCUSDT&orderId=1", 4},
           Case{"GET", "/api/v3/order/amendments", "symbol=BTCUSDT&orderId=1", 4},
           Case{"GET", "/api/v3/orderList", "orderListId=1", 4},
           Case{"GET", "/api/v3/openOrders", "symbol=BTCUSDT", 6},
           Case{"GET", "/api/v3/openOrders", "", 80},
           Case{"GET", "/api/v3/allOrders", "symbol=BTCUSDT", 20},
           Case{"GET", "/api/v3/allOrderList", "", 20},
           Case{"GET", "/api/v3/openOrderList", "", 6},
           Case{"GET", "/api/v3/account", "", 20},
           Case{"GET", "/api/v3/account/commission", "symbol=BTCUSDT", 20},
           Case{"GET", "/api/v3/myTrades", "symbol=BTCUSDT", 20},
           Case{"GET", "/api/v3/myTrades", "symbol=BTCUSDT&orderId=1", 5},
           Case{"GET", "/api/v3/rateLimit/order", "", 40},
           Case{"GET", "/api/v3/myFilters", "symbol=BTCUSDT", 40},
           Case{"GET", "/api/v3/myPreventedMatches", "symbol=BTCUSDT&orderId=1", 20},
           Case{"GET", "/api/v3/myPreventedMatches", "symbol=BTCUSDT&preventedMatchId=1", 2},
           Case{"GET", "/api/v3/myAllocations", "symbol=BTCUSDT", 20},
       }) {
    EXPECT_EQ(cost(test.method, test.path, test.query), test.weight)
        << test.method << " " << test.path << "?" << test.query;
  }
  EXPECT_EQ(
      cost("POST", "/api/v3/order/test", std::string{kResting} + "&computeCommissionRates=true"),
      20);
}

TEST_F(LimitsTest, ChargesFailedOrderCallsAndNoSuccessfulOnes) {
  start_limited({.is_enforced = false});
  const std::string id = "&newClientOrderId=one";
  EXPECT_EQ(cost("POST", "/api/v3/order", kResting + id), 0);
  EXPECT_EQ(cost("POST", "/api/v3/order", kResting + id), 1) << "a duplicate";
  EXPECT_EQ(cost("PUT", "/api/v3/order/amend/keepPriority",
                 "symbol=BTCUSDT&origClientOrderId=one&newQty=0.005&newClientOrderId=one"),
            4);
  EXPECT_EQ(cost("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=one"), 0);
  EXPECT_EQ(cost("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=one"), 1);
  EXPECT_EQ(cost("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"), 1) << "nothing open";
  EXPECT_EQ(cost("POST", "/api/v3/order", kResting), 0);
  EXPECT_EQ(cost("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"), 0);
  const std::string replace = std::string{kResting} + "&cancelReplaceMode=STOP_ON_FAILURE";
  EXPECT_EQ(cost("POST", "/api/v3/order/cancelReplace", replace + "&cancelOrderId=77"), 1);
  const std::string oto =
      "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=0.1"
      "&workingTimeInForce=GTC&pendingSide=SELL&pendingType=MARKET&pendingQuantity=0.1";
  EXPECT_EQ(cost("POST", "/api/v3/orderList/oto", oto + "&listClientOrderId=l"), 0);
  EXPECT_EQ(cost("DELETE", "/api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=l"), 0);
  EXPECT_EQ(cost("DELETE", "/api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=l"), 1);
}

TEST_F(LimitsTest, CountsOrdersByWhatACallMayPlace) {
  start_limited({.is_enforced = false});
  fill_book();
  const auto added = [this](const std::string& path, const std::string& query) {
    const auto [seconds, day] = order_counts();
    signed_call("POST", path, query);
    const auto [seconds_after, day_after] = order_counts();
    EXPECT_EQ(seconds_after - seconds, day_after - day) << path;
    return seconds_after - seconds;
  };
  EXPECT_EQ(added("/api/v3/order", kResting), 1);
  EXPECT_EQ(added("/api/v3/order", "symbol=BTCUSDT&side=BUY&type=LIMIT&price=1&quantity=1"), 0)
      << "refused before the matching engine";
  EXPECT_EQ(added("/api/v3/order",
                  "symbol=BTCUSDT&side=SELL&type=LIMIT_MAKER&price=1000"
                  "&quantity=1"),
            1)
      << "refused by the matching engine";
  EXPECT_EQ(added("/api/v3/order/test", kResting), 0);
  EXPECT_EQ(added("/api/v3/order/cancelReplace",
                  std::string{kResting} + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=777"),
            1)
      << "not attempted";
  EXPECT_EQ(added("/api/v3/orderList/oco",
                  "symbol=BTCUSDT&side=SELL&quantity=0.1&aboveType=LIMIT_MAKER&abovePrice=70000"
                  "&belowType=STOP_LOSS&belowStopPrice=50000"),
            2);
  const std::string working =
      "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=0.1"
      "&workingTimeInForce=GTC&pendingSide=SELL";
  EXPECT_EQ(added("/api/v3/orderList/oto", working + "&pendingType=MARKET&pendingQuantity=0.1"), 2);
  EXPECT_EQ(added("/api/v3/orderList/otoco",
                  working + "&pendingQuantity=0.1&pendingAboveType=LIMIT_MAKER"
                            "&pendingAbovePrice=70000&pendingBelowType=STOP_LOSS"
                            "&pendingBelowStopPrice=49000"),
            3);
  // The first fill of an order gives back: one to the taker, five to the maker.
  EXPECT_EQ(added("/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"), 0);
  signed_call("POST", "/api/v3/order",
              "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.02&price=60000.5");
  const int before = order_counts().first;
  crowd_order("BTCUSDT", Side::kSell, "60000.5", "0.01");
  EXPECT_EQ(order_counts().first - before, -5);
  crowd_order("BTCUSDT", Side::kSell, "60000.5", "0.01");
  EXPECT_EQ(order_counts().first - before, -5) << "later fills give nothing";
}

TEST_F(LimitsTest, RefusesMoreOrdersThanAllowed) {
  start_limited({.orders_per_10s = 2});
  for (int i = 0; i < 2; ++i) {
    const auto placed = signed_call("POST", "/api/v3/order", kResting);
    EXPECT_EQ(placed.headers.at("x-mbx-order-count-10s"), std::to_string(i + 1));
    EXPECT_EQ(placed.headers.at("x-mbx-order-count-1d"), std::to_string(i + 1));
  }
  const auto refused = signed_call("POST", "/api/v3/order", kResting);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json(), Json({{"code", -1015},
                                  {"msg",
                                   "Too many new orders; current limit is 2 orders per 10 "
                                   "SECOND."}}));
  const int wait = std::stoi(refused.headers.at("retry-after"));
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 10);
  EXPECT_EQ(signed_call("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").status, 200)
      << "cancels go on";
  auto client = logged_on();
  const Json reply = client->call(request("order.place", limit_order("BUY", "50000", "0.1")));
  EXPECT_EQ(reply.at("status"), 429);
  EXPECT_FALSE(reply.at("error").contains("data"));
  EXPECT_EQ(reply.at("rateLimits")[0].at("count"), 2);
}

// Binance: cancelReplace, what happens when the count is exceeded.
TEST_F(LimitsTest, ReplacesBeyondTheCountAsAsked) {
  start_limited({.orders_per_10s = 2});
  const auto replace = [this](const std::string& target, const char* mode, const char* exceeded) {
    return signed_call("POST", "/api/v3/order/cancelReplace",
                       std::string{kResting} + "&cancelReplaceMode=" + mode +
                           "&orderRateLimitExceededMode=" + exceeded +
                           "&cancelOrigClientOrderId=" + target);
  };
  for (const char* id : {"a", "b"}) {
    signed_call("POST", "/api/v3/order", std::string{kResting} + "&newClientOrderId=" + id);
  }
  const auto nothing = replace("a", "STOP_ON_FAILURE", "DO_NOTHING");
  EXPECT_EQ(nothing.status, 429);
  EXPECT_EQ(nothing.json().at("code"), -1015);
  EXPECT_FALSE(nothing.json().contains("data"));
  struct Case {
    const char* target;
    const char* mode;
    int status;
    int code;
    const char* cancel;
    const char* placement;
  };
  for (const Case& test :
       {Case{"a", "STOP_ON_FAILURE", 429, -2021, "SUCCESS", "FAILURE"},
        Case{"b", "ALLOW_FAILURE", 409, -2021, "SUCCESS", "FAILURE"},
        Case{"nobody", "STOP_ON_FAILURE", 429, -2022, "FAILURE", "NOT_ATTEMPTED"},
        Case{"nobody", "ALLOW_FAILURE", 400, -2022, "FAILURE", "FAILURE"}}) {
    const auto answer = replace(test.target, test.mode, "CANCEL_ONLY");
    EXPECT_EQ(answer.status, test.status) << answer.body;
    EXPECT_EQ(answer.json().at("code"), test.code) << answer.body;
    const Json data = answer.json().at("data");
    EXPECT_EQ(data.at("cancelResult"), test.cancel) << answer.body;
    EXPECT_EQ(data.at("newOrderResult"), test.placement) << answer.body;
    if (data.at("newOrderResult") == "FAILURE") {
      EXPECT_EQ(data.at("newOrderResponse").at("code"), -1015) << answer.body;
    }
  }
}

TEST_F(LimitsTest, RefusesWeightThenBansWhoGoesOnAndEndsItsConnections) {
  start_limited({.weight_per_minute = 30, .refusals_before_ban = 2});
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  WsClient stream{server_->plain_port(), "/ws/btcusdt@trade"};
  EXPECT_EQ(get("/api/v3/exchangeInfo").status, 200);
  const auto refused = get("/api/v3/exchangeInfo");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json().at("code"), -1003);
  const int wait = std::stoi(refused.headers.at("retry-after"));
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 60);
  EXPECT_EQ(refused.headers.at("x-mbx-used-weight-1m"), "42");
  const Json by_socket = client.call({{"id", 7}, {"method", "ping"}});
  EXPECT_EQ(by_socket.at("status"), 429);
  EXPECT_EQ(by_socket.at("id"), 7);
  EXPECT_EQ(by_socket.at("error").at("data").at("retryAfter").get<std::int64_t>() % 60'000, 0);

  const Json banned = client.call({{"id", 8}, {"method", "ping"}});
  EXPECT_EQ(banned.at("status"), 418);
  EXPECT_EQ(banned.at("error").at("data").at("retryAfter").get<std::int64_t>() -
                banned.at("error").at("data").at("serverTime").get<std::int64_t>(),
            120'000);
  EXPECT_FALSE(client.receive());
  EXPECT_TRUE(client.has_ended());
  EXPECT_FALSE(stream.receive());
  EXPECT_TRUE(stream.has_ended());
  const auto still = get("/api/v3/ping");
  EXPECT_EQ(still.status, 418);
  EXPECT_EQ(still.headers.at("retry-after"), "120");
  EXPECT_THROW((WsClient{server_->plain_port(), "/ws-api/v3"}), std::exception);
  EXPECT_DOCUMENTED_SHAPE(banned.at("error"), [] {
    const auto example = documented("docs-examples/web-socket-api.jsonl", "IP limits", "418");
    return example ? std::optional{example->at("error")} : std::nullopt;
  }());
}

TEST_F(LimitsTest, TellsItsLimitsAndWhatIsUsedOnlyToWhoWantsIt) {
  start_limited({.weight_per_minute = 1'234, .orders_per_10s = 55, .orders_per_day = 666});
  const Json limits = get("/api/v3/exchangeInfo").json().at("rateLimits");
  EXPECT_EQ(limits[0].at("limit"), 1'234);
  EXPECT_EQ(limits[1].at("limit"), 55);
  EXPECT_EQ(limits[2].at("limit"), 666);
  EXPECT_EQ(limits[3].at("rateLimitType"), "RAW_REQUESTS");
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  const Json by_socket = client.call({{"id", 1}, {"method", "exchangeInfo"}});
  EXPECT_EQ(by_socket.at("result").at("rateLimits")[3].at("rateLimitType"), "CONNECTIONS");
  EXPECT_EQ(by_socket.at("rateLimits")[0].at("limit"), 1'234);
  EXPECT_EQ(by_socket.at("rateLimits")[0].at("count"), 42) << "two requests and a connection";
}

TEST_F(LimitsTest, OffCountsAndRefusesNothing) {
  start_limited({.is_enforced = false, .weight_per_minute = 5});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get("/api/v3/exchangeInfo").status, 200);
}

}  // namespace
}  // namespace portcullis::sim::test
