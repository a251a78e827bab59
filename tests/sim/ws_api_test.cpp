#include <string>

#include "tests/sim/shapes.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr const char* kWsDocs = "docs-examples/web-socket-api.jsonl";

class WsApiTest : public SimFixture {
 protected:
  WsApiTest() { start(); }
  WsClient connect(const std::string& query = "") {
    return {server_->plain_port(), "/ws-api/v3" + query};
  }
  Json hmac_signed(const std::string& method, Json params) {
    const ApiKeys& keys = server_->keys().at("main");
    params["apiKey"] = keys.hmac_api_key;
    params["timestamp"] = std::stoll(now_ms_text());
    // nlohmann sorts members by name, as the payload wants them.
    std::string payload;
    for (const auto& [name, value] : params.items()) {
      payload += (payload.empty() ? "" : "&") + name + "=" +
                 (value.is_string() ? value.get<std::string>() : value.dump());
    }
    params["signature"] = hmac_hex(keys.hmac_secret, payload);
    return {{"id", 1}, {"method", method}, {"params", params}};
  }
};

TEST_F(WsApiTest, EchoesIdsAndTellsRateLimits) {
  WsClient client = connect();
  for (const Json& id : {Json(7), Json("a-b"), Json(nullptr), Json(-3)}) {
    const Json reply = client.call({{"id", id}, {"method", "time"}});
    EXPECT_EQ(reply.at("id"), id);
    EXPECT_EQ(reply.at("status"), 200);
    EXPECT_EQ(reply.at("rateLimits")[0].at("rateLimitType"), "REQUEST_WEIGHT");
  }
  const Json quiet =
      client.call({{"id", 1}, {"method", "v3/ping"}, {"params", {{"returnRateLimits", false}}}});
  EXPECT_EQ(quiet, Json::parse(R"({"id":1,"status":200,"result":{}})"));
  WsClient silent = connect("?returnRateLimits=false");
  EXPECT_FALSE(silent.call({{"id", 1}, {"method", "ping"}}).contains("rateLimits"));
}

TEST_F(WsApiTest, LogsOnWithEd25519Only) {
  auto client = logged_on();
  const Json status = client->call({{"id", 1}, {"method", "session.status"}});
  EXPECT_EQ(status.at("result").at("apiKey"), server_->keys().at("main").ed25519_api_key);
  EXPECT_EQ(status.at("result").at("userDataStream"), false);
  const Json logout = client->call({{"id", 2}, {"method", "session.logout"}});
  EXPECT_TRUE(logout.at("result").at("apiKey").is_null());
  const Json refused = client->call(request("account.status", Json::object()));
  EXPECT_EQ(refused.at("error").at("code"), -1102);

  WsClient hmac = connect();
  const Json denied = hmac.call(hmac_signed("session.logon", Json::object()));
  EXPECT_EQ(denied.at("status"), 401);
  EXPECT_EQ(denied.at("error").at("code"), -2015);

  Json forged = logon_request("main");
  forged["params"]["timestamp"] = forged["params"]["timestamp"].get<std::int64_t>() + 1;
  EXPECT_EQ(hmac.call(forged).at("error").at("code"), -1022);
  EXPECT_DOCUMENTED_SHAPE(status.at("result"), [] {
    const auto example = documented(kWsDocs, "Query session status", "authorizedSince");
    return example ? std::optional{example->at("result")} : std::nullopt;
  }());
}

TEST_F(WsApiTest, ServesSignedRequestsWithoutLogon) {
  WsClient client = connect();
  const Json reply = client.call(hmac_signed(
      "account.status",
      {{"omitZeroBalances", true}, {"returnRateLimits", false}, {"recvWindow", 4999.5}}));
  EXPECT_EQ(reply.at("status"), 200) << reply;
  EXPECT_EQ(reply.at("result").at("balances").size(), 3U);
  Json tampered = hmac_signed("account.status", Json::object());
  tampered["params"]["omitZeroBalances"] = true;
  EXPECT_EQ(client.call(tampered).at("error").at("code"), -1022);
}

TEST_F(WsApiTest, PlacesQueriesAndCancels) {
  fill_book();
  auto client = logged_on();
  const Json placed =
      client->call(request("order.place", limit_order("BUY", "60000.01", "0.1", "ws-1"), "p"));
  ASSERT_EQ(placed.at("status"), 200) << placed;
  EXPECT_EQ(placed.at("result").at("status"), "NEW");
  EXPECT_EQ(placed.at("rateLimits")[0].at("rateLimitType"), "ORDERS");
  EXPECT_EQ(placed.at("rateLimits")[0].at("count"), 1);
  EXPECT_EQ(placed.at("rateLimits")[2].at("rateLimitType"), "REQUEST_WEIGHT");

  const Json duplicate =
      client->call(request("order.place", limit_order("BUY", "60000.01", "0.1", "ws-1")));
  EXPECT_EQ(duplicate.at("status"), 400);
  EXPECT_EQ(duplicate.at("error").at("code"), -2010);
  EXPECT_EQ(duplicate.at("error").at("msg"), "Duplicate order sent.");

  const Json status =
      client->call(request("order.status", {{"symbol", "BTCUSDT"}, {"origClientOrderId", "ws-1"}}));
  EXPECT_EQ(status.at("result").at("orderId"), placed.at("result").at("orderId"));
  EXPECT_EQ(client->call(request("openOrders.status", Json::object())).at("result").size(), 1U);

  Json cancel{{"symbol", "BTCUSDT"},
              {"origClientOrderId", "ws-1"},
              {"cancelRestrictions", "ONLY_PARTIALLY_FILLED"}};
  const Json restricted = client->call(request("order.cancel", cancel));
  EXPECT_EQ(restricted.at("error").at("code"), -2011);
  cancel["cancelRestrictions"] = "SOMETIMES";
  EXPECT_EQ(client->call(request("order.cancel", cancel)).at("error").at("code"), -1145);
  cancel.erase("cancelRestrictions");
  cancel["newClientOrderId"] = "cancel-1";
  const Json canceled = client->call(request("order.cancel", cancel));
  EXPECT_EQ(canceled.at("result").at("clientOrderId"), "cancel-1");
  EXPECT_EQ(canceled.at("result").at("origClientOrderId"), "ws-1");
  EXPECT_EQ(client->call(request("order.cancel", {{"symbol", "BTCUSDT"}})).at("error").at("code"),
            -1102);
  EXPECT_EQ(client->call(request("order.cancel", {{"symbol", "BTCUSDT"}, {"orderId", 424242}}))
                .at("error")
                .at("msg"),
            "Unknown order sent.");
}

TEST_F(WsApiTest, CancelsAllOfASymbol) {
  auto client = logged_on();
  for (const char* px : {"50000", "50001", "50002"}) {
    ASSERT_EQ(client->call(request("order.place", limit_order("BUY", px, "0.1"))).at("status"),
              200);
  }
  const Json canceled = client->call(request("openOrders.cancelAll", {{"symbol", "BTCUSDT"}}));
  EXPECT_EQ(canceled.at("result").size(), 3U);
  EXPECT_EQ(canceled.at("result")[0].at("status"), "CANCELED");
  EXPECT_NE(canceled.at("result")[0].at("clientOrderId"), "");
  const Json none = client->call(request("openOrders.cancelAll", {{"symbol", "BTCUSDT"}}));
  EXPECT_EQ(none.at("error").at("code"), -2011);
}

TEST_F(WsApiTest, ListsTradesOldestFirst) {
  fill_book();
  auto client = logged_on();
  std::vector<Json> orders;
  for (int i = 0; i < 3; ++i) {
    const Json placed = client->call(
        request("order.place",
                {{"symbol", "BTCUSDT"}, {"side", "BUY"}, {"type", "MARKET"}, {"quantity", "0.1"}}));
    orders.push_back(placed.at("result"));
  }
  const auto trades = [&](Json params) {
    params["symbol"] = "BTCUSDT";
    return client->call(request("myTrades", std::move(params))).at("result");
  };
  ASSERT_EQ(trades(Json::object()).size(), 3U);
  const Json newest = trades({{"limit", 2}});
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[1].at("orderId"), orders[2].at("orderId"));
  const Json by_order = trades({{"orderId", orders[1].at("orderId")}});
  ASSERT_EQ(by_order.size(), 1U);
  EXPECT_EQ(by_order[0].at("id"), orders[1].at("fills")[0].at("tradeId"));
  const Json from = trades({{"fromId", newest[0].at("id")}, {"limit", 1}});
  ASSERT_EQ(from.size(), 1U);
  EXPECT_EQ(from[0].at("id"), newest[0].at("id"));
}

TEST_F(WsApiTest, AnswersNonsenseAndGoesOn) {
  WsClient client = connect();
  for (const std::string& text :
       {std::string{"not json"}, std::string{"[]"}, std::string(50'000, '['),
        std::string{R"({"id":1})"}, std::string{R"({"id":1,"method":"no.such"})"},
        std::string{R"({"id":{"a":1},"method":"ping"})"},
        std::string{R"({"id":1,"method":"order.place","params":{"symbol":{"a":[]}}})"}}) {
    client.send(text);
    const Json reply = client.next();
    EXPECT_EQ(reply.at("status"), 400) << text.substr(0, 60);
    EXPECT_LT(reply.at("error").at("code"), 0);
  }
  EXPECT_EQ(client.call({{"id", 1}, {"method", "ping"}}).at("status"), 200);
}

TEST_F(WsApiTest, KeepsAccountsApart) {
  auto mine = logged_on("main");
  auto theirs = logged_on("other");
  const Json placed = mine->call(request("order.place", limit_order("BUY", "50000", "0.1", "m")));
  ASSERT_EQ(placed.at("status"), 200);
  const Json peek = theirs->call(request(
      "order.status", {{"symbol", "BTCUSDT"}, {"orderId", placed.at("result").at("orderId")}}));
  EXPECT_EQ(peek.at("error").at("code"), -2013);
  EXPECT_EQ(theirs->call(request("openOrders.status", Json::object())).at("result").size(), 0U);
}

}  // namespace
}  // namespace portcullis::sim::test
