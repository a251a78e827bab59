#include <chrono>
#include <string>
#include <thread>

#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

// Faults on the venue as a whole, and on messages beyond one request's reply, over real sockets.
constexpr std::chrono::milliseconds kShort{300};

class VenueFaultsTest : public SimFixture {
 protected:
  VenueFaultsTest() {
    start();
    fill_book();
  }

  Json truth() { return admin("GET", "/truth?account=main").json().at("accounts").at("main"); }
  void expect_all_fired() {
    EXPECT_EQ(admin("GET", "/faults").json().at("neverFired"), Json::array())
        << admin("GET", "/faults").body;
  }
  Json place(const std::string& client_id, const std::string& px = "50000") {
    return request("order.place", limit_order("BUY", px, "0.1", client_id), client_id);
  }
  static Json ping(const char* id = "ping") { return {{"id", id}, {"method", "ping"}}; }
  std::unique_ptr<WsClient> listening() {
    auto client = logged_on();
    client->call({{"id", 1}, {"method", "userDataStream.subscribe"}});
    return client;
  }
};

TEST_F(VenueFaultsTest, AReplyComesBehindTheNextOne) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "reorder_reply"}});
  client->send(place("first").dump());
  client->send(ping().dump());
  EXPECT_EQ(client->next().at("id"), "ping");
  EXPECT_EQ(client->next().at("id"), "first");
  expect_all_fired();
}

TEST_F(VenueFaultsTest, MatchesBySymbolAccountKeyAndClientIdPrefix) {
  auto main = logged_on("main");
  auto other = logged_on("other");
  for (const Json& match :
       {Json{{"account", "other"}}, Json{{"symbol", "ETHUSDT"}}, Json{{"client_order_id", "g7"}},
        Json{{"api_key", server_->keys().at("other").ed25519_api_key}}}) {
    Json fault{{"action", "reject"}, {"method", "order.place"}, {"code", -1015}};
    fault.update(match);
    add_fault(fault);
  }
  EXPECT_EQ(main->call(place("a1")).at("status"), 200);
  EXPECT_EQ(main->call(place("g7-1")).at("status"), 429) << "the client id's prefix";
  EXPECT_EQ(other->call(place("b1")).at("status"), 429) << "the account";
  EXPECT_EQ(other->call(place("b2")).at("status"), 429) << "the key";
  EXPECT_EQ(other->call(place("b3")).at("status"), 200);
  Json eth = place("e1");
  eth["params"]["symbol"] = "ETHUSDT";
  EXPECT_EQ(main->call(eth).at("status"), 429) << "the symbol";
  expect_all_fired();
}

TEST_F(VenueFaultsTest, TheFirewallAnswersInHtml) {
  add_fault({{"action", "html_403"}, {"method", "time"}});
  const HttpAnswer answer = get("/api/v3/time");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.headers.at("content-type"), "text/html");
  EXPECT_NE(answer.body.find("<HTML>"), std::string::npos);
  add_fault({{"action", "reject"},
             {"method", "time"},
             {"code", -1003},
             {"status", 418},
             {"retry_after", "90s"}});
  const HttpAnswer ban = get("/api/v3/time");
  EXPECT_EQ(ban.status, 418);
  EXPECT_EQ(ban.headers.at("retry-after"), "90");
  expect_all_fired();
}

TEST_F(VenueFaultsTest, ALateRestRequestLandsAfterAQuery) {
  add_fault({{"action", "delay_request"}, {"method", "order.place"}, {"ms", 400}});
  std::thread sender{[this] {
    const HttpAnswer placed =
        signed_call("POST", "/api/v3/order",
                    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=50000");
    EXPECT_EQ(placed.status, 200);
  }};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const auto fired = [this] {
    return admin("GET", "/faults").json().at("faults")[0].at("fired") == 1;
  };
  while (!fired() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(truth().at("orders").empty());
  sender.join();
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(VenueFaultsTest, AFillBeforeTheCancelIsToldAfterIt) {
  auto client = listening();
  client->call(place("late", "60000.5"));
  EXPECT_EQ(client->next_event().at("event").at("x"), "NEW");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  add_fault(
      {{"action", "late_fill"}, {"method", "order.cancel"}, {"ms", 200}, {"share_ppm", 400'000}});
  const Json reply = client->call(
      request("order.cancel", {{"symbol", "BTCUSDT"}, {"origClientOrderId", "late"}}, "cancel"));
  EXPECT_EQ(reply.at("result").at("status"), "CANCELED");
  EXPECT_EQ(reply.at("result").at("executedQty"), "0.04000000");
  EXPECT_EQ(client->next_event().at("event").at("x"), "CANCELED");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  const Json trade = client->next_event().at("event");
  EXPECT_EQ(trade.at("x"), "TRADE");
  EXPECT_EQ(trade.at("l"), "0.04000000");
  EXPECT_EQ(truth().at("fills").size(), 1U);
  expect_all_fired();
}

TEST_F(VenueFaultsTest, ACancelThatIsTooLateForTheWholeOrderIsRefused) {
  auto client = listening();
  client->call(place("gone", "60000.5"));
  add_fault({{"action", "late_fill"}, {"method", "order.cancel"}, {"ms", 1}});
  const Json reply = client->call(
      request("order.cancel", {{"symbol", "BTCUSDT"}, {"origClientOrderId", "gone"}}, "cancel"));
  EXPECT_EQ(reply.at("error").at("code"), -2011);
  EXPECT_EQ(truth().at("orders")[0].at("status"), "FILLED");
}

TEST_F(VenueFaultsTest, DepthAnswersWithAnOldBook) {
  add_fault({{"action", "stale_snapshot"}, {"method", "depth"}, {"count", 2}});
  const auto before = get("/api/v3/depth?symbol=BTCUSDT").json();
  crowd_order("BTCUSDT", Side::kBuy, "60000.5", "1");
  EXPECT_EQ(get("/api/v3/depth?symbol=BTCUSDT").json(), before);
  const auto fresh = get("/api/v3/depth?symbol=BTCUSDT").json();
  EXPECT_GT(fresh.at("lastUpdateId"), before.at("lastUpdateId"));
  EXPECT_EQ(fresh.at("bids")[0][0], "60000.50000000");
  expect_all_fired();
}

TEST_F(VenueFaultsTest, MarketMessagesAreLostDoubledReorderedAndFalse) {
  WsClient stream{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  const auto move = [this](const char* px) { crowd_order("BTCUSDT", Side::kBuy, px, "1"); };
  add_fault({{"action", "drop_market"}, {"stream", "btcusdt@*"}});
  move("60000.1");
  move("60000.2");
  EXPECT_EQ(stream.next().at("b"), "60000.20000000");
  add_fault({{"action", "duplicate_market"}, {"stream", "*"}, {"symbol", "BTCUSDT"}});
  move("60000.3");
  EXPECT_EQ(stream.next(), stream.next());
  add_fault({{"action", "reorder_market"}, {"stream", "*@bookTicker"}});
  move("60000.4");
  move("60000.5");
  EXPECT_EQ(stream.next().at("b"), "60000.50000000");
  EXPECT_EQ(stream.next().at("b"), "60000.40000000");
  add_fault({{"action", "falsify_market"}, {"stream", "*"}, {"lie", "crossed_book"}});
  move("60000.6");
  const Json crossed = stream.next();
  EXPECT_EQ(crossed.at("b"), "60001.00000000");
  EXPECT_EQ(crossed.at("a"), "60000.60000000");
  add_fault({{"action", "disconnect_market"}, {"stream", "*"}});
  move("60000.7");
  EXPECT_FALSE(stream.receive());
  EXPECT_TRUE(stream.has_ended());
  expect_all_fired();
}

TEST_F(VenueFaultsTest, EndsUserStreamsAndTheyCanBeOpenedAgain) {
  auto client = listening();
  add_fault({{"action", "terminate_user_streams"}, {"account", "main"}});
  EXPECT_EQ(client->next_event().at("event").at("e"), "eventStreamTerminated");
  client->call(place("unheard"));
  const Json again = client->call({{"id", 2}, {"method", "userDataStream.subscribe"}});
  EXPECT_EQ(again.at("status"), 200) << again;
  client->call(place("heard"));
  EXPECT_EQ(client->next_event().at("event").at("c"), "heard");
  expect_all_fired();
}

TEST_F(VenueFaultsTest, AnnouncesItsShutdownToEveryConnectionAndCutsThem) {
  auto api = logged_on();
  WsClient raw{server_->plain_port(), "/ws/btcusdt@trade"};
  WsClient combined{server_->plain_port(), "/stream?streams=btcusdt@trade"};
  raw.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  combined.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  add_fault({{"action", "server_shutdown"}, {"notice", "50ms"}});
  EXPECT_EQ(raw.next().at("e"), "serverShutdown");
  EXPECT_EQ(combined.next().at("stream"), "!serverShutdown");
  EXPECT_EQ(api->next().at("event").at("e"), "serverShutdown");
  for (WsClient* client : {&raw, &combined, api.get()}) {
    EXPECT_FALSE(client->receive());
    EXPECT_TRUE(client->has_ended());
  }
}

TEST_F(VenueFaultsTest, RevokesKeysInTheMiddleOfASession) {
  add_fault({{"action", "revoke_key"}, {"on", "order.place"}, {"account", "main"}, {"skip", 1}});
  EXPECT_EQ(signed_call("POST", "/api/v3/order",
                        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=1")
                .status,
            400);
  signed_call("POST", "/api/v3/order", "symbol=BTCUSDT");
  const HttpAnswer refused = signed_call("GET", "/api/v3/account", "");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json().at("code"), -2015);
  expect_all_fired();
}

TEST_F(VenueFaultsTest, ChangesFiltersAndStatusAndClockForAWhileOnly) {
  auto client = logged_on();
  add_fault({{"action", "change_filters"}, {"symbol", "BTCUSDT"}, {"tick_size", "10"}});
  EXPECT_EQ(client->call(place("a", "50001")).at("error").at("msg"),
            "Filter failure: PRICE_FILTER");
  add_fault({{"action", "set_status"}, {"symbol", "BTCUSDT"}, {"status", "HALT"}});
  EXPECT_EQ(client->call(place("b")).at("error").at("msg"), "Market is closed.");
  add_fault({{"action", "offset_clock"}, {"by_ms", 3'600'000}});
  EXPECT_EQ(client->call(place("c")).at("error").at("code"), -1021);
  EXPECT_EQ(admin("DELETE", "/faults").status, 200);
  EXPECT_EQ(client->call(place("d", "50001")).at("status"), 200) << "clearing takes all of it back";
  add_fault({{"action", "freeze_clock"}, {"for", "200ms"}});
  const auto frozen = get("/api/v3/time").json().at("serverTime");
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (get("/api/v3/time").json().at("serverTime") == frozen &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_GT(get("/api/v3/time").json().at("serverTime"), frozen);
}

TEST_F(VenueFaultsTest, BalancesChangeFromOutside) {
  auto client = listening();
  add_fault(
      {{"action", "external_lock"}, {"account", "main"}, {"asset", "USDT"}, {"amount", "100"}});
  EXPECT_EQ(client->next_event().at("event").at("e"), "externalLockUpdate");
  EXPECT_EQ(client->next_event().at("event").at("B")[0].at("l"), "100.00000000");
  add_fault(
      {{"action", "external_lock"}, {"account", "main"}, {"asset", "USDT"}, {"amount", "-100.5"}});
  const Json faults = admin("GET", "/faults").json().at("faults");
  EXPECT_NE(faults[1].at("problem").get<std::string>().find("locked from outside"),
            std::string::npos);
  EXPECT_EQ(truth().at("balances").at("USDT").at("locked"), "100.00000000");
}

TEST_F(VenueFaultsTest, LowersLimitsAndBansForAWhile) {
  add_fault({{"action", "set_limits"}, {"orders_10s", 0}});
  auto client = logged_on();
  EXPECT_EQ(client->call(place("a")).at("error").at("code"), -1015);
  admin("DELETE", "/faults");
  EXPECT_EQ(client->call(place("b")).at("status"), 200);
  add_fault({{"action", "ban"}, {"lasts", "1h"}});
  const HttpAnswer banned = get("/api/v3/time");
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.json().at("code"), -1003);
  EXPECT_GT(std::stoi(banned.headers.at("retry-after")), 3'500);
  EXPECT_FALSE(client->receive()) << "a ban takes the connections along";
  admin("DELETE", "/faults");
  EXPECT_EQ(get("/api/v3/time").status, 200);
}

TEST_F(VenueFaultsTest, RefusesAndIgnoresNewConnectionsOnly) {
  WsClient stream{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  add_fault({{"action", "refuse_connections"}});
  EXPECT_THROW(get("/api/v3/time"), std::exception);
  EXPECT_THROW((WsClient{server_->plain_port(), "/ws"}), std::exception);
  crowd_order("BTCUSDT", Side::kBuy, "60000.1", "1");
  EXPECT_EQ(stream.next().at("b"), "60000.10000000") << "those that are open stay";
  admin("DELETE", "/faults");
  EXPECT_EQ(get("/api/v3/time").status, 200);
  add_fault({{"action", "ignore_connections"}});
  EXPECT_FALSE(http_call(server_->plain_port(), {.target = "/api/v3/time", .patience = kShort}));
  admin("DELETE", "/faults");
  EXPECT_EQ(get("/api/v3/time").status, 200);
}

TEST_F(VenueFaultsTest, BreaksTheLineAfterSomeBytesOfAReply) {
  add_fault({{"action", "wire_reply"}, {"method", "time"}, {"fault", "end"}, {"bytes", 40}});
  const std::string heard = raw_exchange(server_->plain_port(),
                                         "GET /api/v3/time HTTP/1.1\r\nHost: x\r\n\r\n", kPatience);
  EXPECT_EQ(heard.size(), 40U) << heard;
  expect_all_fired();
  auto client = logged_on();
  add_fault({{"action", "wire_reply"}, {"method", "order.place"}, {"fault", "reset"}});
  client->send(place("unknown").dump());
  EXPECT_FALSE(client->receive());
  EXPECT_EQ(truth().at("orders").size(), 1U) << "accepted all the same";
}

TEST_F(VenueFaultsTest, FramesOfAStreamCanBeBrokenOrSplit) {
  WsClient stream{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  add_fault({{"action", "wire_market"}, {"stream", "*"}, {"fault", "fragment"}, {"bytes", 7}});
  crowd_order("BTCUSDT", Side::kBuy, "60000.1", "1");
  EXPECT_EQ(stream.next().at("b"), "60000.10000000") << "a client puts fragments together";
  add_fault({{"action", "wire"}, {"what", "streams"}, {"fault", "bad_opcode"}});
  crowd_order("BTCUSDT", Side::kBuy, "60000.2", "1");
  EXPECT_FALSE(stream.receive());
  EXPECT_TRUE(stream.has_ended());
  expect_all_fired();
}

TEST_F(VenueFaultsTest, RefusesWhatDoesNotExistWithItsNeighbour) {
  const HttpAnswer answer = admin(
      "POST", "/faults", {{"action", "set_status"}, {"symbol", "BTCUSD"}, {"status", "HALT"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("BTCUSDT"), std::string::npos);
  EXPECT_EQ(admin("POST", "/scenario", "not toml").status, 400);
  EXPECT_GT(admin("GET", "/fault_actions").json().at("actions").size(), 20U);
}

}  // namespace
}  // namespace portcullis::sim::test
