#include <fstream>
#include <string>

#include "tests/sim/shapes.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim::test {
namespace {

class UserEventsTest : public SimFixture {
 protected:
  UserEventsTest() {
    start();
    fill_book();
  }

  static Json market_buy(const char* qty) {
    return {{"symbol", "BTCUSDT"}, {"side", "BUY"}, {"type", "MARKET"}, {"quantity", qty}};
  }
  std::unique_ptr<WsClient> subscribed(const std::string& account = "main") {
    auto client = logged_on(account);
    const Json reply = client->call({{"id", 1}, {"method", "userDataStream.subscribe"}});
    EXPECT_EQ(reply.at("result"), Json::parse(R"({"subscriptionId":0})"));
    return client;
  }
};

// Key sets of the first recorded event; nothing where the recordings are absent.
std::optional<Json> recorded_report() {
  std::ifstream in{shared_data("user-data/real_events.jsonl")};
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return Json::parse(line).at("event");
}

TEST_F(UserEventsTest, ReportsAMarketOrderThatRunsOutOfBook) {
  auto client = subscribed();
  const Json reply = client->call(request("order.place", market_buy("1.5")));
  EXPECT_EQ(reply.at("result").at("status"), "EXPIRED");
  const Json placed = client->next_event();
  EXPECT_EQ(placed.at("subscriptionId"), 0);
  const Json& first = placed.at("event");
  EXPECT_EQ(first.at("x"), "NEW");
  EXPECT_EQ(first.at("X"), "NEW");
  EXPECT_EQ(first.at("t"), -1);
  EXPECT_TRUE(first.at("N").is_null());
  EXPECT_EQ(first.at("w"), true);

  const Json trade = client->next_event().at("event");
  EXPECT_EQ(trade.at("x"), "TRADE");
  EXPECT_EQ(trade.at("X"), "PARTIALLY_FILLED");
  EXPECT_EQ(trade.at("l"), "1.00000000");
  EXPECT_EQ(trade.at("L"), "60001.00000000");
  EXPECT_EQ(trade.at("n"), "0.00100000");
  EXPECT_EQ(trade.at("N"), "BTC");
  EXPECT_EQ(trade.at("m"), false);
  EXPECT_EQ(trade.at("t"), reply.at("result").at("fills")[0].at("tradeId"));

  const Json expired = client->next_event().at("event");
  EXPECT_EQ(expired.at("x"), "EXPIRED");
  EXPECT_EQ(expired.at("z"), "1.00000000");
  EXPECT_GT(expired.at("I"), trade.at("I"));
  EXPECT_GT(trade.at("I"), first.at("I"));

  const Json position = client->next_event().at("event");
  EXPECT_EQ(position.at("e"), "outboundAccountPosition");
  EXPECT_EQ(position.at("B").size(), 2U);
  const auto real = recorded_report();
  if (!real) GTEST_SKIP() << "user-data/real_events.jsonl is not there";
  EXPECT_EQ(keys_of(first), keys_of(*real));
  EXPECT_EQ(keys_of(trade), keys_of(*real));
  EXPECT_DOCUMENTED_SHAPE(position, documented("docs-examples/faqs_market_orders_faq.jsonl",
                                               "MARKET", "outboundAccountPosition"));
}

TEST_F(UserEventsTest, ReportsACancelByBothNames) {
  auto client = subscribed();
  client->call(request("order.place", limit_order("SELL", "70000", "0.1", "the-order")));
  client->next_event();
  client->next_event();
  client->call(request("order.cancel", {{"symbol", "BTCUSDT"},
                                        {"origClientOrderId", "the-order"},
                                        {"newClientOrderId", "the-cancel"}}));
  const Json report = client->next_event().at("event");
  EXPECT_EQ(report.at("x"), "CANCELED");
  EXPECT_EQ(report.at("c"), "the-cancel");
  EXPECT_EQ(report.at("C"), "the-order");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
}

TEST_F(UserEventsTest, MakerHearsOfItsFillOnly) {
  auto maker = subscribed("other");
  auto taker = subscribed("main");
  maker->call(request("order.place", limit_order("SELL", "60000.5", "0.3", "maker")));
  EXPECT_EQ(maker->next_event().at("event").at("x"), "NEW");
  EXPECT_EQ(maker->next_event().at("event").at("e"), "outboundAccountPosition");
  taker->call(request("order.place", market_buy("0.3")));
  const Json fill = maker->next_event().at("event");
  EXPECT_EQ(fill.at("x"), "TRADE");
  EXPECT_EQ(fill.at("X"), "FILLED");
  EXPECT_EQ(fill.at("c"), "maker");
  EXPECT_EQ(fill.at("m"), true);
  EXPECT_EQ(fill.at("N"), "USDT");
}

TEST_F(UserEventsTest, AnOwnCrossExpiresTheRestingOrderInMatch) {
  auto client = subscribed();
  client->call(request("order.place", limit_order("SELL", "60000.5", "0.3", "resting")));
  client->next_event();
  client->next_event();
  client->call(request("order.place", limit_order("BUY", "60000.5", "0.3", "crossing")));
  bool has_prevention = false;
  Json event = client->next_event().at("event");
  while (event.at("e") == "executionReport") {
    if (event.at("c") == "resting") {
      has_prevention = true;
      EXPECT_EQ(event.at("x"), "TRADE_PREVENTION");
      EXPECT_EQ(event.at("X"), "EXPIRED_IN_MATCH");
    }
    event = client->next_event().at("event");
  }
  EXPECT_TRUE(has_prevention);
}

TEST_F(UserEventsTest, SubscriptionsComeAndGo) {
  auto client = subscribed();
  const Json again = client->call({{"id", 2}, {"method", "userDataStream.subscribe"}});
  EXPECT_EQ(again.at("error").at("code"), -2035);
  const Json list = client->call({{"id", 3}, {"method", "session.subscriptions"}});
  EXPECT_EQ(list.at("result"), Json::parse(R"([{"subscriptionId":0}])"));
  const Json other = client->call(
      {{"id", 4}, {"method", "userDataStream.unsubscribe"}, {"params", {{"subscriptionId", 9}}}});
  EXPECT_EQ(other.at("error").at("code"), -2036);
  const Json gone = client->call({{"id", 5}, {"method", "userDataStream.unsubscribe"}});
  EXPECT_EQ(gone.at("result"), Json::object());
  client->call(request("order.place", market_buy("0.1")));
  EXPECT_EQ(client->call({{"id", 6}, {"method", "ping"}}).at("status"), 200);
  EXPECT_FALSE(client->receive(std::chrono::milliseconds{200}));

  WsClient stranger{server_->plain_port(), "/ws-api/v3"};
  const Json refused = stranger.call({{"id", 1}, {"method", "userDataStream.subscribe"}});
  EXPECT_EQ(refused.at("status"), 401);
}

TEST_F(UserEventsTest, SubscribesBySignatureForSeveralAccountsOnOneConnection) {
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  for (const auto& [name, keys] : server_->keys()) {
    const std::string timestamp = now_ms_text();
    const std::string payload = "apiKey=" + keys.hmac_api_key + "&timestamp=" + timestamp;
    const Json reply = client.call({{"id", name},
                                    {"method", "userDataStream.subscribe.signature"},
                                    {"params",
                                     {{"apiKey", keys.hmac_api_key},
                                      {"timestamp", std::stoll(timestamp)},
                                      {"signature", hmac_hex(keys.hmac_secret, payload)}}}});
    EXPECT_EQ(reply.at("result").at("subscriptionId"), name == "main" ? 0 : 1) << reply;
  }
  auto other = logged_on("other");
  other->call(request("order.place", limit_order("SELL", "70000", "0.1")));
  EXPECT_EQ(client.next_event().at("subscriptionId"), 1);
}

TEST_F(UserEventsTest, LogoutEndsTheLogonsSubscription) {
  auto client = subscribed();
  client->call({{"id", 2}, {"method", "session.logout"}});
  signed_call("POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1");
  EXPECT_FALSE(client->receive(std::chrono::milliseconds{200}));
}

TEST_F(UserEventsTest, ADepositIsToldAndCounted) {
  auto client = subscribed();
  EXPECT_EQ(
      admin("POST", "/deposit", {{"account", "main"}, {"asset", "BTC"}, {"amount", "2.5"}}).status,
      200);
  const Json update = client->next_event().at("event");
  EXPECT_EQ(update.at("e"), "balanceUpdate");
  EXPECT_EQ(update.at("d"), "2.50000000");
  EXPECT_EQ(client->next_event().at("event").at("B")[0].at("f"), "12.50000000");
  EXPECT_EQ(
      admin("POST", "/deposit", {{"account", "nobody"}, {"asset", "BTC"}, {"amount", "1"}}).status,
      404);
  EXPECT_EQ(
      admin("POST", "/deposit", {{"account", "main"}, {"asset", "BTC"}, {"amount", "x"}}).status,
      400);
}

}  // namespace
}  // namespace portcullis::sim::test
