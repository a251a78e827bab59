#include <algorithm>
#include <string>

#include "tests/sim/shapes.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim::test {
namespace {

constexpr const char* kRestDocs = "docs-examples/rest-api.jsonl";

class RestTest : public SimFixture {
 protected:
  RestTest() { start(); }

  void expect_error(const HttpAnswer& answer, int status, int code, const std::string& text) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.json().at("code"), code) << answer.body;
    EXPECT_EQ(answer.json().at("msg"), text);
    EXPECT_EQ(answer.json().size(), 2U);
  }
  HttpAnswer order_error(const std::string& query) {
    return signed_call("POST", "/api/v3/order", query);
  }
};

TEST_F(RestTest, AnswersPublicRequests) {
  EXPECT_EQ(get("/api/v3/ping").body, "{}");
  const auto time = get("/api/v3/time").json();
  EXPECT_NEAR(static_cast<double>(time.at("serverTime").get<std::int64_t>()),
              static_cast<double>(std::stoll(now_ms_text())), 60'000.0);
  fill_book();
  const auto depth = get("/api/v3/depth?symbol=BTCUSDT&limit=5").json();
  EXPECT_EQ(depth.at("bids"), Json::parse(R"([["60000.00000000","1.00000000"]])"));
  EXPECT_EQ(depth.at("asks"), Json::parse(R"([["60001.00000000","1.00000000"]])"));
  EXPECT_GT(depth.at("lastUpdateId"), 0);
  EXPECT_EQ(get("/api/v3/nothing").status, 404);
  EXPECT_EQ(http_call(server_->plain_port(), {.method = "POST", .target = "/api/v3/time"})->status,
            405);
}

TEST_F(RestTest, DescribesItsSymbolsInTheVenuesShape) {
  const auto all = get("/api/v3/exchangeInfo").json();
  EXPECT_EQ(all.at("symbols").size(), 2U);
  const auto one = get("/api/v3/exchangeInfo?symbol=ETHUSDT").json();
  ASSERT_EQ(one.at("symbols").size(), 1U);
  EXPECT_EQ(one.at("symbols")[0].at("symbol"), "ETHUSDT");
  const auto both = get("/api/v3/exchangeInfo?symbols=%5B%22ETHUSDT%22,%22BTCUSDT%22%5D").json();
  EXPECT_EQ(both.at("symbols").size(), 2U);
  EXPECT_EQ(get("/api/v3/exchangeInfo?symbol=NOPE").json().at("code"), -1121);
  EXPECT_EQ(get("/api/v3/exchangeInfo?symbols=x").json().at("code"), -1100);
  EXPECT_EQ(all.at("rateLimits")[0].at("limit"), 6000);
  std::set<std::string> filters;
  for (const auto& filter : one.at("symbols")[0].at("filters")) {
    filters.insert(filter.at("filterType").get<std::string>());
  }
  EXPECT_EQ(filters, (std::set<std::string>{"PRICE_FILTER", "LOT_SIZE", "ICEBERG_PARTS",
                                            "MARKET_LOT_SIZE", "TRAILING_DELTA", "NOTIONAL",
                                            "MAX_NUM_ORDERS", "MAX_NUM_ORDER_LISTS",
                                            "MAX_NUM_ALGO_ORDERS", "MAX_NUM_ORDER_AMENDS"}));

  const std::string recorded =
      file_text(shared_data("exchangeinfo/binanceus_BTCUSD_20260904.json"));
  if (recorded.empty()) GTEST_SKIP() << "exchangeinfo/binanceus_BTCUSD_20260904.json is not there";
  const auto real = Json::parse(recorded);
  EXPECT_EQ(keys_of(all), keys_of(real));
  EXPECT_EQ(keys_of(all.at("symbols")[0]), keys_of(real.at("symbols")[0]));
}

TEST_F(RestTest, AcceptsParametersInQueryAndBodyWithOneSignatureOverBoth) {
  const ApiKeys& keys = server_->keys().at("main");
  const std::string query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
  const std::string body = "quantity=0.01&price=50000&timestamp=" + now_ms_text();
  const std::string signature = hmac_hex(keys.hmac_secret, query + body);
  const auto mixed = http_call(server_->plain_port(), {.method = "POST",
                                                       .target = "/api/v3/order?" + query,
                                                       .body = body + "&signature=" + signature,
                                                       .api_key = keys.hmac_api_key});
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->status, 200) << mixed->body;
  const auto in_query = http_call(server_->plain_port(),
                                  {.method = "POST",
                                   .target = "/api/v3/order?" + query + "&signature=" + signature,
                                   .body = body,
                                   .api_key = keys.hmac_api_key});
  EXPECT_EQ(in_query->status, 200) << in_query->body;
  const auto joined =
      http_call(server_->plain_port(),
                {.method = "POST",
                 .target = "/api/v3/order?" + query,
                 .body = body + "&signature=" + hmac_hex(keys.hmac_secret, query + "&" + body),
                 .api_key = keys.hmac_api_key});
  expect_error(*joined, 400, -1022, "Signature for this request is not valid.");
}

TEST_F(RestTest, AcceptsEd25519Signatures) {
  const std::string payload = "timestamp=" + now_ms_text();
  const std::string signature =
      SigningKey::read(key_dir("main") + "/ed25519_private.pem").sign(payload);
  const auto answer = http_call(
      server_->plain_port(),
      {.target = "/api/v3/account?" + payload + "&signature=" + percent_encoded(signature),
       .api_key = server_->keys().at("main").ed25519_api_key});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << answer->body;
}

TEST_F(RestTest, RefusesWhoIsNotKnown) {
  const ApiKeys& keys = server_->keys().at("main");
  const auto with_key = [this](const std::string& key, const std::string& query) {
    return *http_call(server_->plain_port(),
                      {.target = "/api/v3/account?" + query, .api_key = key});
  };
  expect_error(with_key("", ""), 401, -2014, "API-key format invalid.");
  expect_error(with_key(std::string(64, 'x'), "timestamp=1&signature=00"), 401, -2015,
               "Invalid API-key, IP, or permissions for action.");
  expect_error(with_key(keys.hmac_api_key, ""), 400, -1102,
               "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
  expect_error(with_key(keys.hmac_api_key, "timestamp=1"), 400, -1102,
               "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  const auto signed_at = [&](long offset_ms) {
    const std::string payload = "timestamp=" + now_ms_text(offset_ms);
    return with_key(keys.hmac_api_key,
                    payload + "&signature=" + hmac_hex(keys.hmac_secret, payload));
  };
  expect_error(signed_at(-3'600'000), 400, -1021,
               "Timestamp for this request is outside of the recvWindow.");
  expect_error(signed_at(3'600'000), 400, -1021,
               "Timestamp for this request was 1000ms ahead of the server's time.");
}

TEST_F(RestTest, RefusesBrokenOrdersWithTheVenuesCodes) {
  struct Case {
    const char* query;
    int code;
  };
  const std::string limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
  for (const Case& test : {
           Case{"side=BUY&type=MARKET&quantity=1", -1102},
           Case{"symbol=btcusdt&side=BUY&type=MARKET&quantity=1", -1100},
           Case{"symbol=NOPEUSDT&side=BUY&type=MARKET&quantity=1", -1121},
           Case{"symbol=BTCUSDT&type=MARKET&quantity=1", -1102},
           Case{"symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=1", -1117},
           Case{"symbol=BTCUSDT&side=BUY&type=MAGIC&quantity=1", -1116},
           Case{"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1", -1102},
           Case{"symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=1", -1102},
           Case{"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTD&quantity=1&price=1", -1115},
           Case{"symbol=BTCUSDT&side=BUY&type=MARKET", -1102},
           Case{"symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=10&quantity=1", -1106},
           Case{"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=5", -1106},
           Case{"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&timeInForce=GTC", -1106},
           Case{"symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=1&price=5&timeInForce=GTC",
                -1106},
       }) {
    const auto answer = order_error(test.query);
    EXPECT_EQ(answer.status, 400) << test.query;
    EXPECT_EQ(answer.json().at("code"), test.code) << test.query << answer.body;
  }
  expect_error(order_error(limit + "&quantity=0.000000001&price=50000"), 400, -1111,
               "Parameter 'quantity' has too much precision.");
  expect_error(order_error(limit + "&quantity=ten&price=50000"), 400, -1100,
               R"(Illegal characters found in parameter 'quantity'; legal range is )"
               R"('^([0-9]{1,20})(\.[0-9]{1,20})?$'.)");
  expect_error(order_error(limit + "&quantity=1&price=50000.001"), 400, -1013,
               "Filter failure: PRICE_FILTER");
  expect_error(order_error(limit + "&quantity=1&price=50000&newClientOrderId=a%20b"), 400, -1100,
               "Illegal characters found in parameter 'newClientOrderId'; legal range is "
               "'^[a-zA-Z0-9-_]{1,36}$'.");
  expect_error(order_error(limit + "&quantity=100&price=50000"), 400, -2010,
               "Account has insufficient balance for requested action.");
  expect_error(order_error(limit + "&quantity=1&price=50000&newOrderRespType=SOME"), 400, -1130,
               "Data sent for parameter 'newOrderRespType' is not valid.");
}

TEST_F(RestTest, TakesAnOrderThroughItsLife) {
  fill_book();
  const auto placed = signed_call("POST", "/api/v3/order",
                                  "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5"
                                  "&price=60000.5&newClientOrderId=life-1&newOrderRespType=RESULT");
  ASSERT_EQ(placed.status, 200) << placed.body;
  EXPECT_EQ(placed.json().at("status"), "NEW");
  EXPECT_EQ(placed.headers.at("x-mbx-order-count-10s"), "1");
  EXPECT_EQ(placed.headers.at("x-mbx-order-count-1d"), "1");

  const auto open = signed_call("GET", "/api/v3/openOrders", "symbol=BTCUSDT").json();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].at("clientOrderId"), "life-1");
  crowd_order("BTCUSDT", Side::kSell, "60000.5", "0.2");
  const auto status =
      signed_call("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=life-1").json();
  EXPECT_EQ(status.at("status"), "PARTIALLY_FILLED");
  EXPECT_EQ(status.at("executedQty"), "0.20000000");
  EXPECT_EQ(status.at("cummulativeQuoteQty"), "12000.10000000");

  const auto trades = signed_call("GET", "/api/v3/myTrades", "symbol=BTCUSDT").json();
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].at("commission"), "0.00020000");
  EXPECT_EQ(trades[0].at("commissionAsset"), "BTC");
  EXPECT_EQ(trades[0].at("isMaker"), true);

  const std::string order_id = std::to_string(placed.json().at("orderId").get<std::int64_t>());
  const auto canceled =
      signed_call("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=" + order_id);
  ASSERT_EQ(canceled.status, 200) << canceled.body;
  EXPECT_EQ(canceled.json().at("status"), "CANCELED");
  EXPECT_EQ(canceled.json().at("origClientOrderId"), "life-1");
  EXPECT_NE(canceled.json().at("clientOrderId"), "life-1");
  expect_error(signed_call("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=" + order_id), 400,
               -2011, "Unknown order sent.");
  expect_error(signed_call("GET", "/api/v3/order", "symbol=BTCUSDT&orderId=987654"), 400, -2013,
               "Order does not exist.");

  const auto account = signed_call("GET", "/api/v3/account", "").json();
  const auto& balances = account.at("balances");
  const auto btc =
      std::ranges::find_if(balances, [](const Json& b) { return b.at("asset") == "BTC"; });
  EXPECT_EQ(btc->at("free"), "10.19980000");
  EXPECT_EQ(btc->at("locked"), "0.00000000");

  EXPECT_DOCUMENTED_SHAPE(trades[0], documented(kRestDocs, "Account trade list", "isBuyer"));
  EXPECT_DOCUMENTED_SHAPE(status, documented(kRestDocs, "Query order", "myOrder1"));
  EXPECT_DOCUMENTED_SHAPE(account, documented(kRestDocs, "Account information", "balances"));
  EXPECT_DOCUMENTED_SHAPE(canceled.json(), documented(kRestDocs, "Cancel order", "myOrder1"));
  EXPECT_DOCUMENTED_SHAPE(placed.json(), documented(kRestDocs, "New order (TRADE)",
                                                    "\"workingTime\": 1507725176595, \"selfTrade"));
}

TEST_F(RestTest, GivesTheReplyAskedFor) {
  fill_book();
  const std::string order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1";
  const auto full = signed_call("POST", "/api/v3/order", order).json();
  const auto ack = signed_call("POST", "/api/v3/order", order + "&newOrderRespType=ACK").json();
  ASSERT_EQ(full.at("fills").size(), 1U);
  EXPECT_EQ(full.at("fills")[0].at("price"), "60001.00000000");
  EXPECT_EQ(full.at("price"), "0.00000000");
  EXPECT_EQ(ack.size(), 5U);
  EXPECT_EQ(signed_call("POST", "/api/v3/order/test", order).body, "{}");
  EXPECT_EQ(signed_call("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").json().at("code"), -2011);
  EXPECT_DOCUMENTED_SHAPE(ack, documented(kRestDocs, "New order (TRADE)", "orderId"));
  EXPECT_DOCUMENTED_SHAPE(full, documented(kRestDocs, "New order (TRADE)", "fills"));
}

TEST_F(RestTest, ExpiresWhatCannotFill) {
  fill_book();
  const auto ioc = signed_call("POST", "/api/v3/order",
                               "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=1.5"
                               "&price=60001")
                       .json();
  EXPECT_EQ(ioc.at("status"), "EXPIRED");
  EXPECT_EQ(ioc.at("executedQty"), "1.00000000");
  EXPECT_EQ(ioc.at("expiryReason"), "UNFILLED_IOC_QUANTITY_EXPIRED");
}

TEST_F(RestTest, CountsWeights) {
  const auto weight = [](const HttpAnswer& answer) {
    return std::stoi(answer.headers.at("x-mbx-used-weight-1m"));
  };
  // A minute's turn between two calls starts from zero: then the pair is taken again.
  const auto cost = [&](const std::string& target) {
    for (;;) {
      const int before = weight(get("/api/v3/ping"));
      const int after = weight(get(target));
      if (after > before) return after - before;
    }
  };
  EXPECT_EQ(cost("/api/v3/time"), 1);
  EXPECT_EQ(cost("/api/v3/exchangeInfo"), 20);
  EXPECT_EQ(cost("/api/v3/depth?symbol=BTCUSDT"), 5);
  EXPECT_EQ(cost("/api/v3/depth?symbol=BTCUSDT&limit=500"), 25);
  EXPECT_EQ(cost("/api/v3/depth?symbol=BTCUSDT&limit=1000"), 50);
  EXPECT_EQ(cost("/api/v3/depth?symbol=BTCUSDT&limit=5000"), 250);
}

}  // namespace
}  // namespace portcullis::sim::test
