// The streams that speak once a second, against the trades and the book.
#include <set>

#include "tests/sim/market_stream_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;

class TickerStreams : public MarketStreamFixture {
 protected:
  // Until an event of the stream tells `last_id`; trades go to the sheet.
  Json wait_for(WsClient& client, const std::string& stream, std::int64_t last_id) {
    while (std::chrono::steady_clock::now() < deadline_) {
      const Json event = client.next_event();
      const Json& data = event.at("data");
      if (event.at("stream") == "btcusdt@trade") sheet_.add(data);
      if (event.at("stream") == stream && data.at("L") == last_id) return data;
    }
    throw std::runtime_error{"the ticker that is waited for does not come"};
  }

  void expect_prices(const Json& event, const SheetSum& sum) {
    EXPECT_EQ(raw8(event.at("o")), sum.open) << event;
    EXPECT_EQ(raw8(event.at("h")), sum.high) << event;
    EXPECT_EQ(raw8(event.at("l")), sum.low) << event;
    EXPECT_EQ(raw8(event.at("c")), sum.close) << event;
    EXPECT_EQ(raw8(event.at("v")), sum.volume) << event;
    EXPECT_EQ(raw8(event.at("q")), sum.quote) << event;
  }
  void expect_statistics(const Json& event, const SheetSum& sum) {
    expect_prices(event, sum);
    EXPECT_EQ(raw8(event.at("p")), sum.close - sum.open) << event;
    EXPECT_EQ(event.at("P"), percent_text(sum.close - sum.open, sum.open)) << event;
    EXPECT_EQ(raw8(event.at("w")), average_of(sum)) << event;
    EXPECT_EQ(event.at("F"), sum.first_id) << event;
    EXPECT_EQ(event.at("L"), sum.last_id) << event;
    EXPECT_EQ(event.at("n"), sum.count) << event;
  }

  TradeSheet sheet_;
  const std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::seconds{60};
};

TEST_F(TickerStreams, TheDayForgetsWhatIsOlder) {
  Random random{8};
  frame_book();
  WsClient client = connect("/stream?streams=btcusdt@trade/btcusdt@ticker");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  trade(random, 50);
  const Json first = wait_for(client, "btcusdt@ticker", 50);
  expect_statistics(first, sheet_.sum(0, first.at("C")));
  EXPECT_EQ(first.at("e"), "24hrTicker");
  EXPECT_EQ(first.at("x"), "0.00000000");
  EXPECT_EQ(first.at("b"), "50000.00000000");
  EXPECT_EQ(first.at("B"), "3.00000000");
  EXPECT_EQ(first.at("a"), "70000.00000000");
  EXPECT_EQ(first.at("A"), "4.00000000");
  EXPECT_EQ(first.at("C").get<std::int64_t>() - first.at("O").get<std::int64_t>(), 24 * kHourMs);
  const std::int64_t close = sheet_.sum(0, first.at("C")).close;

  set_venue_time_ms(first.at("C").get<std::int64_t>() + 25 * kHourMs);
  trade(random, 30);
  const Json second = wait_for(client, "btcusdt@ticker", 80);
  const std::int64_t open_ms = second.at("O");
  expect_statistics(second, sheet_.sum(open_ms, second.at("C")));
  EXPECT_EQ(second.at("n"), 30);
  EXPECT_EQ(raw8(second.at("x")), close) << "the last price before the window";
}

TEST_F(TickerStreams, WindowsBeginOnAMinute) {
  Random random{9};
  WsClient client = connect(
      "/stream?streams=btcusdt@trade/btcusdt@ticker_1h/btcusdt@ticker_4h/btcusdt@ticker_1d");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  trade(random, 20);
  const std::int64_t start = count_ms(venue_now());
  int last_id = 20;
  for (const std::int64_t hours : {2, 5, 26}) {
    set_venue_time_ms(start + hours * kHourMs);
    trade(random, 10);
    last_id += 10;
    for (const auto& [stream, window_hours] :
         {std::pair{"1h", 1}, std::pair{"4h", 4}, std::pair{"1d", 24}}) {
      const Json event = wait_for(client, std::string{"btcusdt@ticker_"} + stream, last_id);
      EXPECT_EQ(event.at("e"), std::string{stream} + "Ticker");
      const std::int64_t close_ms = event.at("C");
      const std::int64_t open_ms = event.at("O");
      EXPECT_EQ(open_ms, close_ms / kMinuteMs * kMinuteMs - window_hours * kHourMs);
      expect_statistics(event, sheet_.sum(open_ms, close_ms));
    }
  }
}

TEST_F(TickerStreams, MiniTickersOfAllTellOnlyWhatChanged) {
  Random random{10};
  WsClient client = connect("/stream?streams=!miniTicker@arr/!ticker_1h@arr/btcusdt@miniTicker");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  trade(random, 5);
  trade(random, 5, "ETHUSDT");
  std::set<std::string> told;
  std::set<std::string> told_1h;
  while (told.size() < 2 || told_1h.size() < 2) {
    const Json event = client.next_event();
    if (event.at("stream") == "btcusdt@miniTicker") continue;
    ASSERT_TRUE(event.at("data").is_array());
    for (const Json& each : event.at("data")) {
      const bool is_mini = event.at("stream") == "!miniTicker@arr";
      EXPECT_EQ(each.at("e"), is_mini ? "24hrMiniTicker" : "1hTicker");
      (is_mini ? told : told_1h).insert(each.at("s"));
    }
  }
  while (client.receive(std::chrono::milliseconds{1'500})) {
  }
  trade(random, 1, "ETHUSDT");
  for (int i = 0; i < 2; ++i) {
    const Json event = client.next_event();
    ASSERT_EQ(event.at("data").size(), 1U) << event;
    EXPECT_EQ(event.at("data")[0].at("s"), "ETHUSDT");
  }
  EXPECT_FALSE(client.receive(std::chrono::milliseconds{2'500})) << "nothing changed since";
}

TEST_F(TickerStreams, AMiniTickerIsTheTickersShortForm) {
  Random random{11};
  WsClient client = connect("/stream?streams=btcusdt@trade/btcusdt@miniTicker");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  trade(random, 25);
  std::int64_t volume = -1;
  Json event;
  do {
    event = client.next_event();
    if (event.at("stream") == "btcusdt@trade") {
      sheet_.add(event.at("data"));
    } else {
      volume = raw8(event.at("data").at("v"));
    }
  } while (sheet_.size() < 25 || volume != sheet_.sum(0, INT64_MAX).volume);
  expect_prices(event.at("data"), sheet_.sum(0, INT64_MAX));
}

TEST_F(TickerStreams, TheAverageSpeaksWhenItChanges) {
  Random random{12};
  WsClient client = connect("/ws/btcusdt@avgPrice");
  client.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  EXPECT_FALSE(client.receive(std::chrono::milliseconds{1'500})) << "nothing ever traded";
  trade(random, 1);
  const Json event = client.next_event();
  EXPECT_EQ(event.at("e"), "avgPrice");
  EXPECT_EQ(event.at("i"), "5m");
  const Json last = get("/api/v3/depth?symbol=BTCUSDT").json();  // the server lives
  EXPECT_TRUE(last.contains("lastUpdateId"));
  on_server([&](Exchange& exchange) {
    EXPECT_EQ(raw8(event.at("w")), exchange.last_price(0).raw()) << "one trade is its own average";
  });
  EXPECT_LE(event.at("T"), event.at("E"));
}

TEST_F(TickerStreams, MicrosecondsWhenTheUrlAsksForThem) {
  Random random{13};
  WsClient micros = connect("/stream?streams=btcusdt@trade/btcusdt@kline_1m&timeUnit=microsecond");
  WsClient millis = connect("/stream?streams=btcusdt@trade&timeUnit=MILLISECOND");
  for (WsClient* client : {&micros, &millis}) {
    client->call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  }
  trade(random, 1);
  const Json fine = micros.next_event().at("data");
  const Json coarse = millis.next_event().at("data");
  EXPECT_EQ(fine.at("T").get<std::int64_t>() / 1'000, coarse.at("T").get<std::int64_t>());
  EXPECT_EQ(fine.at("E").get<std::int64_t>() / 1'000, coarse.at("E").get<std::int64_t>());
  const Json bar = micros.next_event().at("data").at("k");
  EXPECT_EQ(bar.at("t").get<std::int64_t>() % 60'000'000, 0);
  EXPECT_EQ(bar.at("T").get<std::int64_t>(), bar.at("t").get<std::int64_t>() + 59'999'999);
}

}  // namespace
}  // namespace portcullis::sim::test
