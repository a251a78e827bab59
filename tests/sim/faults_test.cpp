#include <string>

#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr std::chrono::milliseconds kShort{300};

class FaultsTest : public SimFixture {
 protected:
  FaultsTest() {
    start();
    fill_book();
  }

  Json truth() { return admin("GET", "/truth?account=main").json().at("accounts").at("main"); }
  std::int64_t fired() { return admin("GET", "/faults").json().at("faults").at(0).at("fired"); }
  Json place(const std::string& client_id, Json id = 1) {
    return request("order.place", limit_order("BUY", "50000", "0.1", client_id), std::move(id));
  }
  Json ping() { return {{"id", "ping"}, {"method", "ping"}}; }
};

TEST_F(FaultsTest, DropsAReplyButCarriesOut) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "drop_reply"}});
  client->send(place("a").dump());
  EXPECT_EQ(client->call(ping()).at("id"), "ping");
  EXPECT_FALSE(client->receive(kShort));
  EXPECT_EQ(fired(), 1);
  ASSERT_EQ(truth().at("orders").size(), 1U);
  EXPECT_EQ(truth().at("orders")[0].at("clientOrderId"), "a");
  EXPECT_EQ(client->call(place("b")).at("status"), 200);
}

TEST_F(FaultsTest, LosesARequestWhole) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "drop_reply"}, {"accept", false}});
  client->send(place("a").dump());
  client->call(ping());
  EXPECT_EQ(truth().at("orders").size(), 0U);
}

TEST_F(FaultsTest, DelaysAReply) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "delay_reply"}, {"ms", 300}});
  client->send(place("a", "late").dump());
  client->send(ping().dump());
  EXPECT_EQ(client->next().at("id"), "ping");
  EXPECT_EQ(truth().at("orders").size(), 1U);
  EXPECT_EQ(client->next().at("id"), "late");
}

TEST_F(FaultsTest, DelaysARequestSoThatItLandsAfterAQuery) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "delay_request"}, {"ms", 400}});
  client->send(place("a", "late").dump());
  const Json absent = client->call(
      request("order.status", {{"symbol", "BTCUSDT"}, {"origClientOrderId", "a"}}, "query"));
  EXPECT_EQ(absent.at("error").at("code"), -2013);
  EXPECT_EQ(client->next().at("id"), "late");
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(FaultsTest, ALateRequestOutlivesItsConnection) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "delay_request"}, {"ms", 300}});
  client->send(place("a").dump());
  client->call(ping());
  client.reset();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (truth().at("orders").empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(FaultsTest, DuplicatesAReply) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "duplicate_reply"}});
  const Json first = client->call(place("a"));
  EXPECT_EQ(client->next(), first);
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(FaultsTest, RejectsAndLies) {
  auto client = logged_on();
  add_fault({{"method", "order.place"},
             {"action", "reject"},
             {"code", -1015},
             {"status", 429},
             {"msg", "Too many new orders."}});
  const Json rejected = client->call(place("a"));
  EXPECT_EQ(rejected.at("status"), 429);
  EXPECT_EQ(rejected.at("error"), Json::parse(R"({"code":-1015,"msg":"Too many new orders."})"));
  EXPECT_EQ(truth().at("orders").size(), 0U);
  add_fault({{"method", "order.place"}, {"action", "error"}, {"code", -1007}, {"status", 504}});
  EXPECT_EQ(client->call(place("b")).at("status"), 504);
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(FaultsTest, CutsTheLineAfterAnOrder) {
  auto client = logged_on();
  add_fault({{"method", "order.place"}, {"action", "disconnect"}});
  client->send(place("a").dump());
  EXPECT_FALSE(client->receive());
  EXPECT_TRUE(client->has_ended());
  EXPECT_EQ(truth().at("orders").size(), 1U);
}

TEST_F(FaultsTest, DropsDelaysAndDuplicatesEvents) {
  auto client = logged_on();
  client->call({{"id", 1}, {"method", "userDataStream.subscribe"}});
  add_fault({{"method", "executionReport:NEW"}, {"action", "drop_event"}});
  add_fault({{"method", "outboundAccountPosition"}, {"action", "duplicate_event"}});
  client->call(place("a"));
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  add_fault({{"method", "order.place"}, {"action", "delay_event"}, {"ms", 200}});
  client->call(place("b"));
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  EXPECT_EQ(client->next_event().at("event").at("c"), "b");
}

TEST_F(FaultsTest, FaultsReachRestCallsToo) {
  add_fault({{"method", "order.status"}, {"action", "reject"}, {"code", -1003}, {"status", 418}});
  EXPECT_EQ(signed_call("GET", "/api/v3/order", "symbol=BTCUSDT&orderId=1").status, 418);
  add_fault({{"method", "time"}, {"action", "drop_reply"}});
  EXPECT_FALSE(http_call(server_->plain_port(), {.target = "/api/v3/time", .patience = kShort}));
  add_fault({{"method", "time"}, {"action", "disconnect"}});
  EXPECT_FALSE(http_call(server_->plain_port(), {.target = "/api/v3/time"}));
  add_fault({{"method", "time"}, {"action", "delay_reply"}, {"ms", 200}});
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(get("/api/v3/time").status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{200});
  EXPECT_EQ(admin("DELETE", "/faults").status, 200);
  EXPECT_EQ(admin("GET", "/faults").json().at("faults").size(), 0U);
}

TEST_F(FaultsTest, CutsAllLinesOfAKind) {
  auto api = logged_on();
  WsClient stream{server_->plain_port(), "/ws/btcusdt@trade"};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  admin("POST", "/disconnect", {{"what", "streams"}});
  EXPECT_FALSE(stream.receive());
  EXPECT_TRUE(stream.has_ended());
  EXPECT_EQ(api->call(ping()).at("status"), 200);
  admin("POST", "/disconnect", {{"what", "ws-api"}});
  EXPECT_FALSE(api->receive());
  EXPECT_TRUE(api->has_ended());
  EXPECT_EQ(admin("POST", "/disconnect", {{"what", "moon"}}).status, 400);
}

TEST_F(FaultsTest, MovesTheClockAndHaltsASymbol) {
  auto client = logged_on();
  admin("POST", "/clock", {{"skew_ms", 3'600'000}});
  EXPECT_EQ(client->call(place("a")).at("error").at("code"), -1021);
  admin("POST", "/clock", {{"skew_ms", 0}});
  admin("POST", "/halt", {{"symbol", "BTCUSDT"}});
  const Json halted = client->call(place("a"));
  EXPECT_EQ(halted.at("error").at("msg"), "Market is closed.");
  admin("POST", "/halt", {{"symbol", "BTCUSDT"}, {"on", false}});
  EXPECT_EQ(client->call(place("a")).at("status"), 200);
}

TEST_F(FaultsTest, TellsTheWholeTruth) {
  auto client = logged_on();
  client->call(place("rests"));
  client->call(request("order.place", {{"symbol", "BTCUSDT"},
                                       {"side", "BUY"},
                                       {"type", "MARKET"},
                                       {"quantity", "0.5"},
                                       {"newClientOrderId", "fills"}}));
  client->call(request("order.cancel", {{"symbol", "BTCUSDT"}, {"orderId", 987654}}));
  const Json main = truth();
  EXPECT_EQ(main.at("balances").at("USDT").at("locked"), "5000.00000000");
  EXPECT_EQ(main.at("balances").at("BTC").at("free"), "10.49950000");
  EXPECT_EQ(main.at("orders").size(), 2U);
  ASSERT_EQ(main.at("fills").size(), 1U);
  EXPECT_EQ(main.at("fills")[0].at("commission"), "0.00050000");
  ASSERT_EQ(main.at("messages").size(), 3U);
  EXPECT_EQ(main.at("messages")[0].at("clientOrderId"), "rests");
  EXPECT_EQ(main.at("messages")[0].at("code"), 0);
  EXPECT_EQ(main.at("messages")[2].at("code"), -2011);
  const Json all = admin("GET", "/truth").json();
  EXPECT_EQ(all.at("accounts").size(), 2U);
  EXPECT_EQ(all.at("feesCollected").at("BTC").at("free"), "0.00050000");
  EXPECT_EQ(admin("GET", "/truth?account=main&since=99999999999999999")
                .json()
                .at("accounts")
                .at("main")
                .at("messages")
                .size(),
            3U);
  EXPECT_EQ(admin("GET", "/truth?account=nobody").status, 404);
  EXPECT_EQ(admin("GET", "/truth?since=x").status, 400);
  EXPECT_EQ(admin("GET", "/elsewhere").status, 404);
  EXPECT_EQ(admin("POST", "/clock", {{"skew_ms", "soon"}}).status, 400);
}

}  // namespace
}  // namespace portcullis::sim::test
