#include <set>
#include <string>

#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

class AdminTest : public SimFixture {
 protected:
  AdminTest() {
    start();
    fill_book();
  }

  Json told(const std::string& target) { return admin("GET", target).json(); }
  std::string error(const std::string& method, const std::string& target, const Json& body = {}) {
    const HttpAnswer answer = admin(method, target, body);
    EXPECT_GE(answer.status, 400) << target << " " << answer.body;
    return answer.json().value("error", "");
  }
  // A request signed by an HMAC key that the admin port gave out.
  HttpAnswer signed_by(const Json& key, const std::string& method, const std::string& path,
                       const std::string& query) {
    const std::string payload = query + (query.empty() ? "" : "&") + "timestamp=" + now_ms_text();
    const std::string target =
        path + "?" + payload + "&signature=" + hmac_hex(key.at("secret"), payload);
    return *http_call(server_->plain_port(),
                      {.method = method, .target = target, .api_key = key.at("api_key")});
  }
};

TEST_F(AdminTest, ListsItsCallsAndEachOfThemIsThere) {
  const Json calls = told("/api").at("calls");
  EXPECT_GT(calls.size(), 40U);
  std::set<std::string> seen;
  for (const Json& call : calls) {
    const std::string method = call.at("method");
    const std::string path = call.at("path");
    EXPECT_TRUE(seen.insert(method + " " + path).second) << path;
    EXPECT_FALSE(call.at("about").get<std::string>().empty()) << path;
    if (method == "GET") {
      const HttpAnswer answer = admin("GET", path);
      const bool needs_more = call.at("fields").get<std::string>().starts_with("?");
      EXPECT_TRUE(answer.status == 200 || (needs_more && answer.status == 400)) << path;
      EXPECT_TRUE(Json::accept(answer.body)) << path;
    }
  }
  EXPECT_EQ(told("/version").at("name"), "portcullis-sim");
}

TEST_F(AdminTest, SaysWhatIsWrongWhereAndWhatToDo) {
  EXPECT_NE(error("POST", "/deposit", {{"acount", "main"}, {"asset", "BTC"}, {"amount", "1"}})
                .find("did you mean \"account\""),
            std::string::npos);
  EXPECT_NE(error("POST", "/deposit", {{"account", "mian"}, {"asset", "BTC"}, {"amount", "1"}})
                .find("did you mean \"main\""),
            std::string::npos);
  EXPECT_NE(error("POST", "/deposit", {{"account", "main"}, {"asset", "BTC"}, {"amount", "1,5"}})
                .find("amount"),
            std::string::npos);
  EXPECT_NE(error("POST", "/deposit", {{"account", "main"}, {"asset", "XYZ"}, {"amount", "1"}})
                .find("XYZ"),
            std::string::npos);
  EXPECT_NE(error("GET", "/truth/fills?acount=main").find("did you mean \"account\""),
            std::string::npos);
  EXPECT_NE(error("POST", "/falts").find("did you mean \"/faults\""), std::string::npos);
  const HttpAnswer wrong_verb = admin("PUT", "/faults");
  EXPECT_EQ(wrong_verb.status, 405);
  EXPECT_EQ(wrong_verb.headers.at("allow"), "DELETE, GET, POST");
  const auto not_json =
      http_call(server_->admin_port(), {.method = "POST", .target = "/halt", .body = "{oops"});
  EXPECT_EQ(not_json->status, 400);
  EXPECT_NE(not_json->body.find("not JSON"), std::string::npos);
  EXPECT_EQ(admin("POST", "/halt", {{"symbol", "NOPE"}}).status, 404);
}

TEST_F(AdminTest, OpensAnAccountThatCanTradeAtOnce) {
  EXPECT_EQ(admin("POST", "/accounts", {{"account", "late"}, {"balances", {"USDT=1000", "BTC=2"}}})
                .status,
            200);
  const Json key = admin("POST", "/keys", {{"account", "late"}}).json();
  EXPECT_EQ(key.at("type"), "hmac");
  const HttpAnswer placed =
      signed_by(key, "POST", "/api/v3/order",
                "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=61000");
  EXPECT_EQ(placed.status, 200) << placed.body;
  EXPECT_EQ(told("/truth?account=late").at("accounts").at("late").at("orders").size(), 1U);
  EXPECT_EQ(admin("POST", "/accounts", {{"account", "late"}}).status, 400) << "the name is taken";
  EXPECT_EQ(admin("POST", "/accounts", {{"account", "x"}, {"balances", {"USDT"}}}).status, 400);
  EXPECT_EQ(admin("POST", "/accounts/settings", {{"account", "late"}, {"can_trade", false}}).status,
            200);
  EXPECT_FALSE(signed_by(key, "GET", "/api/v3/account", "").json().at("canTrade"));
}

TEST_F(AdminTest, KeysOfEveryTypeAreMadeTakenAndRevoked) {
  for (const char* type : {"hmac", "rsa", "ed25519"}) {
    const HttpAnswer made = admin("POST", "/keys", {{"account", "main"}, {"type", type}});
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.json().at("api_key").get<std::string>().size(), 64U);
    EXPECT_EQ(made.json().contains("private_key"), std::string{type} != "hmac");
  }
  EXPECT_EQ(told("/keys?account=main").at("keys").size(), 5U);
  EXPECT_EQ(
      admin("POST", "/keys", {{"account", "main"}, {"type", "rsa"}, {"public_key", "none"}}).status,
      400);
  const Json taken = admin("POST", "/keys",
                           {{"account", "main"},
                            {"type", "ed25519"},
                            {"public_key", server_->keys().at("main").ed25519_public_pem}})
                         .json();
  EXPECT_FALSE(taken.contains("private_key"));
  const Json key = admin("POST", "/keys", {{"account", "main"}}).json();
  EXPECT_EQ(signed_by(key, "GET", "/api/v3/account", "").status, 200);
  const std::string api_key = key.at("api_key");
  EXPECT_EQ(admin("POST", "/keys/rights", {{"api_key", api_key}, {"may_read", false}}).status, 200);
  EXPECT_EQ(signed_by(key, "GET", "/api/v3/account", "").json().at("code"), -2015);
  EXPECT_EQ(admin("POST", "/keys/rights",
                  {{"api_key", api_key}, {"may_read", true}, {"addresses", {"10.0.0.1"}}})
                .status,
            200);
  EXPECT_EQ(signed_by(key, "GET", "/api/v3/account", "").json().at("code"), -2015)
      << "not from this address";
  EXPECT_EQ(admin("DELETE", "/keys?api_key=" + api_key).status, 200);
  EXPECT_EQ(admin("DELETE", "/keys?api_key=" + api_key).status, 400);
}

TEST_F(AdminTest, MovesMoneyFromOutsideAndRemembersIt) {
  auto client = logged_on();
  client->call({{"id", 1}, {"method", "userDataStream.subscribe"}});
  const Json move{{"account", "main"}, {"asset", "USDT"}, {"amount", "250"}};
  EXPECT_EQ(admin("POST", "/deposit", move).status, 200);
  EXPECT_EQ(client->next_event().at("event").at("d"), "250.00000000");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  EXPECT_EQ(admin("POST", "/withdraw", move).status, 200);
  EXPECT_EQ(client->next_event().at("event").at("d"), "-250.00000000");
  EXPECT_EQ(client->next_event().at("event").at("e"), "outboundAccountPosition");
  EXPECT_EQ(admin("POST", "/external_lock", move).status, 200);
  EXPECT_EQ(client->next_event().at("event").at("e"), "externalLockUpdate");
  const Json records = told("/truth/transfers").at("records");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[1].at("amount"), "-250.00000000");
  EXPECT_TRUE(records[2].at("isLock"));
  const Json withdrawal{{"account", "main"}, {"asset", "USDT"}, {"amount", "-1"}};
  EXPECT_EQ(admin("POST", "/withdraw", withdrawal).status, 400);
}

TEST_F(AdminTest, SetsCommissionsForOneAccount) {
  const Json rates{{"account", "main"}, {"symbol", "BTCUSDT"}, {"taker", "0.0025"}};
  EXPECT_EQ(admin("POST", "/commission", rates).status, 200);
  EXPECT_EQ(told("/commission?account=main&symbol=BTCUSDT").at("standard").at("taker"),
            "0.00250000");
  EXPECT_EQ(told("/commission?account=other&symbol=BTCUSDT").at("standard").at("taker"),
            "0.00100000");
  auto client = logged_on();
  client->call(
      request("order.place",
              {{"symbol", "BTCUSDT"}, {"side", "BUY"}, {"type", "MARKET"}, {"quantity", "0.4"}}));
  EXPECT_EQ(told("/truth/fills").at("records")[0].at("commission"), "0.00100000");
}

TEST_F(AdminTest, SymbolsClockAndLimitsCanBeReadAndSet) {
  EXPECT_EQ(told("/symbols").at("symbols")[0].at("status"), "TRADING");
  EXPECT_EQ(admin("POST", "/symbols/status", {{"symbol", "BTCUSDT"}, {"status", "BREAK"}}).status,
            200);
  EXPECT_EQ(told("/symbols").at("symbols")[0].at("status"), "BREAK");
  EXPECT_EQ(admin("POST", "/symbols/filters", {{"symbol", "BTCUSDT"}, {"tick_size", "0.5"}}).status,
            200);
  EXPECT_EQ(told("/symbols").at("symbols")[0].at("tick_size"), "0.50000000");
  EXPECT_EQ(admin("POST", "/clock", {{"step_ms", 5'000}}).status, 200);
  EXPECT_EQ(admin("POST", "/clock", {{"step_ms", 5'000}}).status, 200);
  EXPECT_EQ(told("/clock").at("skew_ms"), 10'000);
  EXPECT_EQ(admin("POST", "/clock", {{"freeze", true}}).status, 200);
  EXPECT_EQ(told("/clock").at("timeNs"), told("/clock").at("timeNs"));
  EXPECT_EQ(admin("POST", "/clock", {{"freeze", true}, {"skew_ms", 0}}).status, 400);
  EXPECT_EQ(admin("POST", "/limits", {{"weight", 2}}).status, 200);
  EXPECT_EQ(told("/limits").at("weight"), 2);
  get("/api/v3/ping");
  get("/api/v3/ping");
  EXPECT_EQ(get("/api/v3/ping").status, 429);
  EXPECT_EQ(told("/limits").at("addresses")[0].at("weight"), 3);
  EXPECT_EQ(admin("POST", "/ban", {{"lasts", "1h"}}).status, 200);
  EXPECT_EQ(get("/api/v3/ping").status, 418);
  EXPECT_EQ(admin("DELETE", "/ban").status, 200);
  EXPECT_EQ(get("/api/v3/ping").status, 429);
}

TEST_F(AdminTest, KnowsWhoIsConnectedAndCutsOne) {
  auto api = logged_on();
  api->call({{"id", 1}, {"method", "userDataStream.subscribe"}});
  WsClient stream{server_->plain_port(), "/stream?streams=btcusdt@trade/ethusdt@depth"};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  const Json connections = told("/connections").at("connections");
  ASSERT_EQ(connections.size(), 2U);
  EXPECT_EQ(connections[0].at("kind"), "ws-api");
  EXPECT_EQ(connections[0].at("subscriptions"), Json::array({"user:main"}));
  EXPECT_EQ(connections[0].at("in"), 2);
  EXPECT_EQ(connections[1].at("kind"), "streams");
  EXPECT_EQ(connections[1].at("subscriptions").size(), 2U);
  const std::string id = connections[1].at("id").dump();
  EXPECT_EQ(admin("DELETE", "/connections?id=" + id).status, 200);
  EXPECT_FALSE(stream.receive());
  EXPECT_EQ(api->call({{"id", 2}, {"method", "ping"}}).at("status"), 200);
  EXPECT_EQ(admin("DELETE", "/connections?id=" + id).status, 404);
  EXPECT_EQ(admin("DELETE", "/connections").status, 400);
}

TEST_F(AdminTest, RemembersEveryRequestWithItsTimesAndWhatBecameOfTheReply) {
  auto client = logged_on();
  const std::uint64_t from = told("/truth/requests").at("next");
  add_fault({{"action", "drop_reply"}, {"method", "order.place"}});
  client->send(request("order.place", limit_order("BUY", "50000", "0.1", "lost")).dump());
  client->call(request("order.cancel", {{"symbol", "BTCUSDT"}, {"origClientOrderId", "none"}}));
  get("/api/v3/account");
  get("/api/v3/nowhere");
  const Json page = told("/truth/requests?from=" + std::to_string(from));
  const Json& records = page.at("records");
  ASSERT_EQ(records.size(), 4U) << page;
  EXPECT_EQ(records[0].at("reply"), "lost");
  EXPECT_EQ(records[0].at("clientOrderId"), "lost");
  EXPECT_EQ(records[0].at("account"), "main");
  EXPECT_TRUE(records[0].at("outNs").is_null());
  EXPECT_EQ(records[0].at("code"), 0);
  EXPECT_EQ(records[1].at("code"), -2011);
  EXPECT_EQ(records[1].at("clientOrderId"), "none");
  EXPECT_GE(records[1].at("outNs"), records[1].at("inNs"));
  EXPECT_EQ(records[2].at("method"), "account.status");
  EXPECT_EQ(records[2].at("protocol"), "rest");
  EXPECT_EQ(records[2].at("status"), 401);
  EXPECT_EQ(records[3].at("method"), "GET /api/v3/nowhere");
  EXPECT_EQ(records[3].at("status"), 404);
  EXPECT_EQ(page.at("forgotten"), 0);
}

TEST_F(AdminTest, PagesThroughEventsWithoutLosingOrRepeatingAny) {
  auto client = logged_on();
  for (int i = 0; i < 5; ++i) {
    client->call(
        request("order.place", limit_order("BUY", "50000", "0.1", "p" + std::to_string(i))));
  }
  client->call(request("openOrders.cancelAll", {{"symbol", "BTCUSDT"}}));
  Json all = Json::array();
  std::uint64_t from = 0;
  for (int pages = 0; pages < 20; ++pages) {
    const Json page = told("/truth/events?account=main&limit=3&from=" + std::to_string(from));
    for (const Json& record : page.at("records")) all.push_back(record);
    from = page.at("next");
    if (page.at("records").size() < 3) break;
  }
  ASSERT_EQ(all.size(), 10U);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1].at("number"), all[i].at("number"));
  }
  const std::string order_id = all[0].at("orderId").dump();
  const Json one = told("/truth/events?symbol=BTCUSDT&orderId=" + order_id).at("records");
  ASSERT_EQ(one.size(), 2U);
  EXPECT_EQ(one[0].at("type"), "NEW");
  EXPECT_EQ(one[1].at("type"), "CANCELED");
  EXPECT_EQ(told("/truth/orders?account=main&open=true").at("orders").size(), 0U);
  EXPECT_EQ(told("/truth/orders?account=main").at("orders").size(), 5U);
}

TEST_F(AdminTest, RefusesWhatAForeignPageMakesABrowserSend) {
  const auto heard = [this](const std::string& headers) {
    return raw_exchange(server_->admin_port(),
                        "DELETE /faults HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n",
                        kPatience);
  };
  const std::string own = "127.0.0.1:" + std::to_string(server_->admin_port());
  EXPECT_TRUE(heard("Host: " + own + "\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(
      heard("Host: " + own + "\r\nOrigin: http://" + own + "\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(
      heard("Host: " + own + "\r\nOrigin: http://evil.example\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(heard("Host: " + own + "\r\nOrigin: null\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(heard("Host: rebound.example\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(heard("Host: 127.0.0.1.evil.example\r\n").starts_with("HTTP/1.1 403"));
}

TEST_F(AdminTest, ServesItsPageWithAStrictPolicy) {
  for (const char* path : {"/", "/app.js", "/draw.js", "/style.css", "/icon.svg"}) {
    const HttpAnswer file = admin("GET", path);
    EXPECT_EQ(file.status, 200) << path;
    EXPECT_GT(file.body.size(), 100U) << path;
    EXPECT_NE(file.headers.at("content-security-policy").find("default-src 'none'"),
              std::string::npos);
    EXPECT_EQ(file.body.find("innerHTML"), std::string::npos) << path;
    EXPECT_EQ(file.body.find("https://"), std::string::npos) << path << ": no foreign resource";
  }
  WsClient live{server_->admin_port(), "/live"};
  const Json view = live.next();
  EXPECT_EQ(view.at("symbol").at("name"), "BTCUSDT");
  EXPECT_EQ(view.at("symbol").at("bids")[0][0], "60000");
  live.send(R"({"symbol":"ETHUSDT"})");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (live.next().at("symbol").at("name") != "ETHUSDT") {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  live.send("not json");
  EXPECT_EQ(live.next().at("symbol").at("name"), "ETHUSDT");
}

}  // namespace
}  // namespace portcullis::sim::test
