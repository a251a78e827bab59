// Bars on the wire against the trades on the wire.
#include <array>
#include <set>

#include "tests/sim/market_stream_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr std::array<const char*, 16> kIntervals{"1s", "1m", "3m", "5m",  "15m", "30m", "1h", "2h",
                                                 "4h", "6h", "8h", "12h", "1d",  "3d",  "1w", "1M"};
// 2027-02-01 00:00 UTC: the end of a month, a week, three days and everything shorter.
constexpr std::int64_t kMonthEndMs = 1'801'440'000'000;

class KlineStreams : public MarketStreamFixture {
 protected:
  KlineStreams() {
    set_venue_time_ms(kMonthEndMs - 55'000);
    std::string target = "/stream?streams=btcusdt@trade";
    for (const char* interval : kIntervals) {
      target += std::string{"/btcusdt@kline_"} + interval;
      target += std::string{"/btcusdt@kline_"} + interval + "@%2B08:00";
    }
    client_.emplace(server_->plain_port(), target);
    EXPECT_EQ(client_->call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}}).at("result").size(),
              33U);
  }

  // The next bar event; trades go to the sheet. Throws when the test takes too long.
  std::pair<std::string, Json> next_bar() {
    while (std::chrono::steady_clock::now() < deadline_) {
      Json event = client_->next_event();
      if (event.at("stream") != "btcusdt@trade") return {event.at("stream"), event.at("data")};
      sheet_.add(event.at("data"));
    }
    throw std::runtime_error{"the bars that are waited for do not come"};
  }

  // Until every bar but those of one second, which are told when they close, has the trade.
  std::map<std::string, Json> wait_for_all(std::int64_t last_id) {
    std::map<std::string, Json> told;
    while (told.size() < 2 * (kIntervals.size() - 1)) {
      const auto [stream, event] = next_bar();
      const Json& bar = event.at("k");
      if (bar.at("i") == "1s" || bar.at("x") == true || bar.at("L") != last_id) continue;
      expect_adds_up(stream, event);
      told[stream] = bar;
    }
    return told;
  }

  void expect_adds_up(const std::string& stream, const Json& event) {
    const Json& bar = event.at("k");
    const SheetSum sum = sheet_.sum(bar.at("t"), bar.at("T"));
    const std::string what = stream + " " + event.dump();
    ASSERT_GT(sum.count, 0) << what;
    EXPECT_EQ(event.at("s"), "BTCUSDT") << what;
    EXPECT_EQ(bar.at("f"), sum.first_id) << what;
    EXPECT_EQ(bar.at("L"), sum.last_id) << what;
    EXPECT_EQ(bar.at("n"), sum.count) << what;
    EXPECT_EQ(raw8(bar.at("o")), sum.open) << what;
    EXPECT_EQ(raw8(bar.at("h")), sum.high) << what;
    EXPECT_EQ(raw8(bar.at("l")), sum.low) << what;
    EXPECT_EQ(raw8(bar.at("c")), sum.close) << what;
    EXPECT_EQ(raw8(bar.at("v")), sum.volume) << what;
    EXPECT_EQ(raw8(bar.at("q")), sum.quote) << what;
    EXPECT_EQ(raw8(bar.at("V")), sum.taker_volume) << what;
    EXPECT_EQ(raw8(bar.at("Q")), sum.taker_quote) << what;
  }

  std::optional<WsClient> client_;
  TradeSheet sheet_;
  const std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::seconds{60};
};

std::set<std::string> all_but(const std::set<std::string>& missing) {
  std::set<std::string> names;
  for (const std::string interval : kIntervals) {
    if (interval == "1s") continue;  // its last second was long over
    for (const char* zone : {"", "@+08:00"}) {
      const std::string name = "btcusdt@kline_" + interval + zone;
      if (!missing.contains(name)) names.insert(name);
    }
  }
  return names;
}

TEST_F(KlineStreams, EveryBarClosesAtItsEndAndTheNextOneBegins) {
  Random random{5};
  trade(random, 200);
  wait_for_all(200);
  set_venue_time_ms(kMonthEndMs + 100);
  // At midnight UTC it is eight in the morning there.
  const std::set<std::string> open_there{"btcusdt@kline_6h@+08:00", "btcusdt@kline_12h@+08:00",
                                         "btcusdt@kline_1d@+08:00", "btcusdt@kline_3d@+08:00",
                                         "btcusdt@kline_1w@+08:00", "btcusdt@kline_1M@+08:00"};
  std::set<std::string> closed;
  while (closed != all_but(open_there)) {
    const auto [stream, event] = next_bar();
    const Json& bar = event.at("k");
    if (bar.at("x") == true && bar.at("T") == kMonthEndMs - 1) {
      EXPECT_TRUE(closed.insert(stream).second) << "closed twice: " << stream;
      EXPECT_GE(event.at("E").get<std::int64_t>(), kMonthEndMs) << stream;
      EXPECT_FALSE(open_there.contains(stream)) << stream;
      expect_adds_up(stream, event);
    }
  }
  trade(random, 300);
  for (const auto& [stream, bar] : wait_for_all(500)) {
    EXPECT_EQ(bar.at("t") == kMonthEndMs, !open_there.contains(stream)) << stream;
  }
}

TEST_F(KlineStreams, BarsOfOneSecondHaveNoHole) {
  Random random{6};
  trade(random, 40);
  std::int64_t count = 0;
  std::int64_t next_open = 0;
  std::int64_t close = 0;
  int quiet = 0;
  while (count < 80 || quiet < 2) {
    const auto [stream, event] = next_bar();
    if (stream != "btcusdt@kline_1s") continue;
    const Json& bar = event.at("k");
    EXPECT_EQ(bar.at("x"), true);
    EXPECT_EQ(bar.at("T").get<std::int64_t>(), bar.at("t").get<std::int64_t>() + 999);
    if (next_open != 0) {
      EXPECT_EQ(bar.at("t"), next_open);
    }
    next_open = bar.at("t").get<std::int64_t>() + 1'000;
    count += bar.at("n").get<std::int64_t>();
    if (bar.at("n") != 0) {
      expect_adds_up(stream, event);
      close = raw8(bar.at("c"));
      if (count == 40) trade(random, 40);
      continue;
    }
    ++quiet;
    EXPECT_EQ(bar.at("f"), -1);
    EXPECT_EQ(bar.at("L"), -1);
    for (const char* member : {"o", "h", "l", "c"}) EXPECT_EQ(raw8(bar.at(member)), close);
    EXPECT_EQ(raw8(bar.at("v")), 0);
  }
}

}  // namespace
}  // namespace portcullis::sim::test
