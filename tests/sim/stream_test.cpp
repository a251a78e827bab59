#include <array>
#include <map>
#include <string>

#include "tests/sim/shapes.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr const char* kStreamDocs = "docs-examples/web-socket-streams.jsonl";

class StreamTest : public SimFixture {
 protected:
  StreamTest() { start(); }
  WsClient connect(const std::string& target) { return {server_->plain_port(), target}; }
  void churn(int i) {
    const std::string px = std::to_string(59'000 + i % 50);
    crowd_order("BTCUSDT", Side::kBuy, px.c_str(), "0.5");
  }
};

TEST_F(StreamTest, SendsTheDocumentedShapesRawAndCombined) {
  WsClient raw = connect("/ws/btcusdt@bookTicker");
  WsClient combined = connect("/stream?streams=btcusdt@trade/btcusdt@depth@100ms");
  // A round trip each: the subscriptions stand before the book moves.
  EXPECT_EQ(raw.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result"),
            Json::parse(R"(["btcusdt@bookTicker"])"));
  EXPECT_EQ(combined.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result").size(), 2U);
  fill_book();
  raw.next();
  const Json ticker = raw.next();
  EXPECT_EQ(ticker.at("b"), "60000.00000000");
  EXPECT_EQ(ticker.at("a"), "60001.00000000");
  crowd_order("BTCUSDT", Side::kBuy, "60001", "0.25");
  Json trade;
  Json depth;
  while (trade.is_null() || depth.is_null()) {
    const Json message = combined.next_event();
    (message.at("stream") == "btcusdt@trade" ? trade : depth) = message.at("data");
  }
  EXPECT_EQ(trade.at("p"), "60001.00000000");
  EXPECT_EQ(trade.at("q"), "0.25000000");
  EXPECT_EQ(trade.at("m"), false);
  EXPECT_EQ(depth.at("s"), "BTCUSDT");
  EXPECT_DOCUMENTED_SHAPE(ticker, documented(kStreamDocs, "Individual Symbol Book", "u"));
  EXPECT_DOCUMENTED_SHAPE(trade, documented(kStreamDocs, "Trade Streams", "trade"));
  EXPECT_DOCUMENTED_SHAPE(depth, documented(kStreamDocs, "Diff. Depth", "depthUpdate"));
}

TEST_F(StreamTest, TakesControlMessages) {
  WsClient client = connect("/ws");
  EXPECT_EQ(client.call({{"id", "x"}, {"method", "SUBSCRIBE"}, {"params", {"btcusdt@bookTicker"}}}),
            Json::parse(R"({"result":null,"id":"x"})"));
  EXPECT_EQ(client.call({{"id", 2}, {"method", "GET_PROPERTY"}, {"params", {"combined"}}}),
            Json::parse(R"({"result":false,"id":2})"));
  EXPECT_TRUE(client.call({{"id", 3}, {"method", "SET_PROPERTY"}, {"params", {"combined", true}}})
                  .at("result")
                  .is_null());
  fill_book();
  EXPECT_EQ(client.next_event().at("stream"), "btcusdt@bookTicker");
  client.next_event();
  client.call({{"id", 4}, {"method", "UNSUBSCRIBE"}, {"params", {"btcusdt@bookTicker"}}});
  crowd_order("BTCUSDT", Side::kBuy, "60000.5", "1");
  EXPECT_EQ(client.call({{"id", 5}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result").size(), 0U);
  EXPECT_FALSE(client.receive(std::chrono::milliseconds{150}));
  const std::array<const char*, 6> refused{
      "junk",
      R"({"id":1,"method":"DANCE"})",
      R"({"id":1,"method":"SUBSCRIBE","params":["nothing"]})",
      R"({"id":1,"method":"SUBSCRIBE"})",
      R"({"id":1,"method":"SET_PROPERTY","params":["combined",5]})",
      R"({"id":1,"method":"GET_PROPERTY","params":["colour"]})"};
  for (const char* text : refused) {
    client.send(text);
    EXPECT_TRUE(client.next().contains("error")) << text;
  }
}

TEST_F(StreamTest, EmptyTargetsAreConnectionsWithoutStreams) {
  for (const char* target : {"/stream", "/stream?streams=", "/ws/0", "/ws"}) {
    WsClient client = connect(target);
    EXPECT_EQ(client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result").size(), 0U)
        << target;
  }
  EXPECT_THROW(connect("/elsewhere"), std::exception);
  for (const char* target : {"/ws/btcusdt@kline_1d@+08:00", "/ws/btcusdt@kline_1d@%2B08:00",
                             "/stream?streams=btcusdt@kline_1d@+08:00"}) {
    WsClient zoned = connect(target);
    EXPECT_EQ(zoned.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result"),
              Json::parse(R"(["btcusdt@kline_1d@+08:00"])"))
        << target;
  }
  WsClient encoded = connect("/ws/btcusdt%40trade");
  EXPECT_EQ(encoded.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result"),
            Json::parse(R"(["btcusdt@trade"])"));
}

TEST_F(StreamTest, AConnectionHasRoomForAThousandAndTwentyFourStreams) {
  WsClient client = connect("/ws");
  Json names = Json::array();
  for (int i = 0; i < 1'024; ++i) names.push_back("symbol" + std::to_string(i) + "@trade");
  EXPECT_TRUE(
      client.call({{"id", 1}, {"method", "SUBSCRIBE"}, {"params", names}}).at("result").is_null());
  const Json refused =
      client.call({{"id", 2}, {"method", "SUBSCRIBE"}, {"params", {"btcusdt@trade"}}});
  EXPECT_TRUE(
      client.call({{"id", 2}, {"method", "SUBSCRIBE"}, {"params", names}}).at("result").is_null())
      << "those it has already need no room";
  EXPECT_EQ(refused.at("error").at("code"), 2);
  client.call({{"id", 3}, {"method", "UNSUBSCRIBE"}, {"params", {"symbol7@trade"}}});
  EXPECT_TRUE(client.call({{"id", 4}, {"method", "SUBSCRIBE"}, {"params", {"btcusdt@trade"}}})
                  .at("result")
                  .is_null());
  EXPECT_EQ(client.call({{"id", 5}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result").size(), 1'024U);
}

TEST_F(StreamTest, RefusalsCarryTheVenuesTextAndTheId) {
  WsClient client = connect("/ws");
  const auto refusal = [&client](const Json& request) { return client.call(request); };
  EXPECT_EQ(refusal({{"id", 1}, {"method", "SUBSCRIBE"}, {"params", {"btcusdt@trade", "@@@x"}}}),
            Json::parse(R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":1})"));
  EXPECT_EQ(client.call({{"id", 2}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result"), Json::array())
      << "one bad name and none of them is taken";
  EXPECT_EQ(
      refusal({{"id", "a"}, {"method", "SET_PROPERTY"}, {"params", {"combined", "yes"}}}),
      Json::parse(R"({"error":{"code":1,"msg":"Invalid value type: expected Boolean"},"id":"a"})"));
  EXPECT_EQ(refusal({{"id", nullptr}, {"method", "GET_PROPERTY"}, {"params", {"colour"}}}),
            Json::parse(R"({"error":{"code":0,"msg":"Unknown property"},"id":null})"));
  EXPECT_EQ(
      refusal({{"id", -9}, {"method", "GET_PROPERTY"}, {"params", {"combined", 1}}}),
      Json::parse(R"({"error":{"code":2,"msg":"Invalid request: too many parameters"},"id":-9})"));
  const Json unnamed = refusal({{"id", 5}, {"method", "SET_PROPERTY"}, {"params", {1, true}}});
  EXPECT_EQ(unnamed.at("error").at("code"), 2);
  EXPECT_EQ(unnamed.at("error").at("msg"), "Invalid request: property name must be a string");
}

TEST_F(StreamTest, BareAndWrappedListenersOfOneStreamHearTheSame) {
  WsClient bare = connect("/ws/btcusdt@bookTicker");
  WsClient wrapped = connect("/stream?streams=btcusdt@bookTicker");
  WsClient second = connect("/stream?streams=btcusdt@bookTicker&timeUnit=MICROSECOND");
  for (WsClient* client : {&bare, &wrapped, &second}) {
    client->call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  }
  fill_book();
  for (int i = 0; i < 2; ++i) {
    const Json event = bare.next_event();
    const Json in_wrapper{{"stream", "btcusdt@bookTicker"}, {"data", event}};
    EXPECT_EQ(wrapped.next_event(), in_wrapper);
    EXPECT_EQ(second.next_event(), in_wrapper);
  }
}

using Book = std::map<std::string, std::string>;

void apply(Book& side, const Json& levels) {
  for (const Json& level : levels) {
    if (level[1] == "0.00000000") {
      side.erase(level[0]);
    } else {
      side[level[0]] = level[1];
    }
  }
}

// Follows the venue's recipe from a snapshot until the diffs reach `last_update_id`.
void follow(WsClient& client, const Json& snapshot, std::uint64_t until, Book& bids, Book& asks) {
  auto id = snapshot.at("lastUpdateId").get<std::uint64_t>();
  apply(bids, snapshot.at("bids"));
  apply(asks, snapshot.at("asks"));
  while (id < until) {
    const Json event = client.next_event();
    const auto first = event.at("U").get<std::uint64_t>();
    const auto last = event.at("u").get<std::uint64_t>();
    if (last <= id) continue;
    ASSERT_LE(first, id + 1);
    apply(bids, event.at("b"));
    apply(asks, event.at("a"));
    id = last;
  }
}

class DepthPace : public StreamTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(DepthPace, ChainOfDiffsEqualsTheRestBook) {
  fill_book();
  WsClient client = connect(std::string{"/ws/btcusdt@depth"} + GetParam());
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  for (int i = 0; i < 20; ++i) churn(i);
  const Json snapshot = get("/api/v3/depth?symbol=BTCUSDT&limit=5000").json();
  for (int i = 0; i < 60; ++i) churn(3 * i);
  crowd_order("BTCUSDT", Side::kSell, "59040", "7");
  const Json target = get("/api/v3/depth?symbol=BTCUSDT&limit=5000").json();
  Book bids;
  Book asks;
  follow(client, snapshot, target.at("lastUpdateId"), bids, asks);
  Book bids_wanted;
  Book asks_wanted;
  apply(bids_wanted, target.at("bids"));
  apply(asks_wanted, target.at("asks"));
  EXPECT_EQ(bids, bids_wanted);
  EXPECT_EQ(asks, asks_wanted);
}
INSTANTIATE_TEST_SUITE_P(Paces, DepthPace, ::testing::Values("@100ms", "", "@1000ms"));

TEST_F(StreamTest, DepthEventsAreContiguousUntilOneIsLost) {
  WsClient client = connect("/ws/btcusdt@depth@100ms");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  std::uint64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    churn(i);
    const Json event = client.next_event();
    if (last != 0) {
      EXPECT_EQ(event.at("U"), last + 1);
    }
    last = event.at("u");
  }
  EXPECT_EQ(admin("POST", "/depth_gap", {{"symbol", "BTCUSDT"}}).status, 200);
  churn(9);
  EXPECT_FALSE(client.receive(std::chrono::milliseconds{400}));
  churn(10);
  EXPECT_GT(client.next_event().at("U").get<std::uint64_t>(), last + 1);
  EXPECT_EQ(admin("POST", "/depth_gap", {{"symbol", "NOPE"}}).status, 404);
}

class QuickPings : public SimFixture {
 protected:
  QuickPings() {
    ConnectionLimits limits;
    limits.ping_interval = std::chrono::milliseconds{40};
    limits.pong_timeout = std::chrono::milliseconds{400};
    limits.incoming_per_second_max = 0;
    start(limits);
  }
};

TEST_F(QuickPings, ASilencedStreamSaysNothingWhilePingsGoOn) {
  WsClient client{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  admin("POST", "/silence", {{"stream", "btcusdt@bookTicker"}});
  fill_book();
  const int pings = client.ping_count();
  EXPECT_FALSE(client.receive(std::chrono::milliseconds{1'000}));
  EXPECT_GT(client.ping_count(), pings);
  EXPECT_FALSE(client.has_ended());
  admin("POST", "/silence", {{"stream", "btcusdt@bookTicker"}, {"on", false}});
  crowd_order("BTCUSDT", Side::kBuy, "60000.5", "1");
  EXPECT_EQ(client.next_event().at("b"), "60000.50000000");
}

TEST_F(QuickPings, AClientThatAnswersNoPingIsCut) {
  WsClient client{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  // Not reading is not answering.
  std::this_thread::sleep_for(std::chrono::milliseconds{1'500});
  while (client.receive(std::chrono::milliseconds{2'000})) {
  }
  EXPECT_TRUE(client.has_ended());
}

}  // namespace
}  // namespace portcullis::sim::test
