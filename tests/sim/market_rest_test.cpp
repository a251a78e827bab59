// Market data by request, against the trades the test made and the streams' own account of them.
#include <array>

#include "tests/sim/market_stream_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

class MarketRest : public MarketStreamFixture {
 protected:
  MarketRest() : trades_{connect("/ws/btcusdt@trade")} {
    trades_.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  }

  void trade_and_note(Random& random, int count) {
    trade(random, count);
    for (int i = 0; i < count; ++i) {
      rows_.push_back(trades_.next_event());
      sheet_.add(rows_.back());
    }
  }
  Json call(const std::string& target) {
    const HttpAnswer answer = get("/api/v3/" + target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return answer.json();
  }

  WsClient trades_;
  TradeSheet sheet_;
  std::vector<Json> rows_;
};

void expect_trade(const Json& actual, const Json& told) {
  EXPECT_EQ(actual.at("id"), told.at("t"));
  EXPECT_EQ(actual.at("price"), told.at("p"));
  EXPECT_EQ(actual.at("qty"), told.at("q"));
  EXPECT_EQ(actual.at("time"), told.at("T"));
  EXPECT_EQ(actual.at("isBuyerMaker"), told.at("m"));
  EXPECT_EQ(actual.at("isBestMatch"), true);
  // Prices of two places, quantities of five: the product is exact.
  EXPECT_EQ(raw8(actual.at("quoteQty")),
            raw8(told.at("p")) / 1'000'000 * (raw8(told.at("q")) / 1'000) * 10);
}

TEST_F(MarketRest, TradesComeOldestFirstFromWhereTheyAreAskedFor) {
  Random random{1};
  EXPECT_EQ(call("trades?symbol=BTCUSDT"), Json::array());
  trade_and_note(random, 30);
  const Json all = call("trades?symbol=BTCUSDT");
  ASSERT_EQ(all.size(), 30U);
  for (std::size_t i = 0; i < all.size(); ++i) expect_trade(all[i], rows_[i]);
  EXPECT_EQ(call("historicalTrades?symbol=BTCUSDT"), all);
  const Json last = call("trades?symbol=BTCUSDT&limit=4");
  ASSERT_EQ(last.size(), 4U);
  EXPECT_EQ(last[0], all[26]);
  const std::string id = all[10].at("id").dump();
  const Json from = call("historicalTrades?symbol=BTCUSDT&limit=3&fromId=" + id);
  ASSERT_EQ(from.size(), 3U);
  EXPECT_EQ(from[0], all[10]);
  EXPECT_EQ(call("historicalTrades?symbol=BTCUSDT&fromId=31"), Json::array());
  EXPECT_EQ(call("historicalTrades?symbol=BTCUSDT&fromId=0&limit=5000"), all);
  EXPECT_EQ(call("historicalBlockTrades?symbol=BTCUSDT&fromId=1"), Json::array());
}

TEST_F(MarketRest, AggregatesJoinWhatOneTakerDidAtOnePrice) {
  WsClient stream = connect("/ws/btcusdt@aggTrade");
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  for (const char* qty : {"0.1", "0.2", "0.3"}) crowd_order("BTCUSDT", Side::kSell, "60001", qty);
  for (const char* qty : {"0.4", "0.5"}) crowd_order("BTCUSDT", Side::kSell, "60002", qty);
  crowd_order("BTCUSDT", Side::kBuy, "60002", "1.2");  // 0.6 at 60001, 0.4 and 0.2 at 60002
  crowd_order("BTCUSDT", Side::kBuy, "60002", "0.1");  // another taker at the same price
  const Json all = call("aggTrades?symbol=BTCUSDT");
  ASSERT_EQ(all.size(), 3U) << all;
  const std::array<std::array<const char*, 2>, 3> wanted{{{"60001.00000000", "0.60000000"},
                                                          {"60002.00000000", "0.60000000"},
                                                          {"60002.00000000", "0.10000000"}}};
  const std::array<std::array<int, 2>, 3> ids{{{1, 3}, {4, 5}, {6, 6}}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(all[i].at("a"), i + 1);
    EXPECT_EQ(all[i].at("p"), wanted[i][0]);
    EXPECT_EQ(all[i].at("q"), wanted[i][1]);
    EXPECT_EQ(all[i].at("f"), ids[i][0]);
    EXPECT_EQ(all[i].at("l"), ids[i][1]);
    EXPECT_EQ(all[i].at("m"), false);
    Json told = stream.next_event();
    for (const char* member : {"e", "E", "s"}) told.erase(member);
    EXPECT_EQ(told, all[i]);
  }
  const std::string first_ms = all[0].at("T").dump();
  const std::string last_ms = all[2].at("T").dump();
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&fromId=2"), Json({all[1], all[2]}));
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&limit=1"), Json::array({all[2]}));
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&startTime=" + first_ms + "&limit=1"),
            Json::array({all[0]}));
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&endTime=" + last_ms), all);
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&startTime=" + first_ms + "&endTime=" + last_ms), all);
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&endTime=1600000000000"), Json::array());
  // The same moment in microseconds.
  EXPECT_EQ(call("aggTrades?symbol=BTCUSDT&startTime=" + first_ms + "000"), all);
}

TEST_F(MarketRest, KlinesAddUpInEveryIntervalAndZone) {
  Random random{2};
  std::int64_t time = 1'801'440'000'000 - 3 * kDayMs;  // to 2027-02-01 and beyond
  for (int i = 0; i < 12; ++i) {
    set_venue_time_ms(time);
    trade_and_note(random, 10);
    time += 8 * kHourMs + 17'000;
  }
  for (const char* interval : {"1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h",
                               "12h", "1d", "3d", "1w", "1M"}) {
    for (const char* zone : {"0", "8", "-12:00", "14:00", "05:45", "-3:30"}) {
      const std::string what = std::string{interval} + " " + zone;
      const Json bars = call("klines?symbol=BTCUSDT&limit=1000&interval=" + std::string{interval} +
                             "&timeZone=" + zone);
      ASSERT_FALSE(bars.empty()) << what;
      std::int64_t close = 0;
      for (std::size_t i = 0; i < bars.size(); ++i) {
        const Json& bar = bars[i];
        ASSERT_EQ(bar.size(), 12U);
        if (i > 0) {
          ASSERT_EQ(bar[0].get<std::int64_t>(), bars[i - 1][6].get<std::int64_t>() + 1) << what;
        }
        const SheetSum sum = sheet_.sum(bar[0], bar[6]);
        EXPECT_EQ(bar[8], sum.count) << what;
        EXPECT_EQ(raw8(bar[5]), sum.volume) << what;
        EXPECT_EQ(raw8(bar[7]), sum.quote) << what;
        EXPECT_EQ(raw8(bar[9]), sum.taker_volume) << what;
        EXPECT_EQ(raw8(bar[10]), sum.taker_quote) << what;
        const bool is_flat = sum.count == 0;
        if (!is_flat || i > 0) {
          EXPECT_EQ(raw8(bar[1]), is_flat ? close : sum.open) << what;
          EXPECT_EQ(raw8(bar[2]), is_flat ? close : sum.high) << what;
          EXPECT_EQ(raw8(bar[3]), is_flat ? close : sum.low) << what;
          EXPECT_EQ(raw8(bar[4]), is_flat ? close : sum.close) << what;
        }
        close = raw8(bar[4]);
      }
      EXPECT_EQ(close, sheet_.sum(0, INT64_MAX).close) << what;
    }
  }
  const Json hours = call("klines?symbol=BTCUSDT&interval=1h&limit=1000");
  EXPECT_EQ(call("uiKlines?symbol=BTCUSDT&interval=1h&limit=1000"), hours);
  const std::string start = hours[5][0].dump();
  const std::string end = hours[7][0].dump();
  EXPECT_EQ(call("klines?symbol=BTCUSDT&interval=1h&startTime=" + start + "&endTime=" + end),
            Json({hours[5], hours[6], hours[7]}));
  EXPECT_EQ(call("klines?symbol=BTCUSDT&interval=1h&limit=2&startTime=" + start),
            Json({hours[5], hours[6]}));
  EXPECT_EQ(call("klines?symbol=BTCUSDT&interval=1h&limit=2&endTime=" + end),
            Json({hours[6], hours[7]}));
}

void expect_ticker(const Json& ticker, const SheetSum& sum) {
  EXPECT_EQ(raw8(ticker.at("openPrice")), sum.open);
  EXPECT_EQ(raw8(ticker.at("highPrice")), sum.high);
  EXPECT_EQ(raw8(ticker.at("lowPrice")), sum.low);
  EXPECT_EQ(raw8(ticker.at("lastPrice")), sum.close);
  EXPECT_EQ(raw8(ticker.at("volume")), sum.volume);
  EXPECT_EQ(raw8(ticker.at("quoteVolume")), sum.quote);
  EXPECT_EQ(ticker.at("firstId"), sum.first_id);
  EXPECT_EQ(ticker.at("lastId"), sum.last_id);
  EXPECT_EQ(ticker.at("count"), sum.count);
  if (!ticker.contains("priceChange")) return;
  EXPECT_EQ(raw8(ticker.at("priceChange")), sum.close - sum.open);
  EXPECT_EQ(ticker.at("priceChangePercent"), percent_text(sum.close - sum.open, sum.open));
  EXPECT_EQ(raw8(ticker.at("weightedAvgPrice")), average_of(sum));
}

TEST_F(MarketRest, TickersAddUpOverTheirWindows) {
  Random random{3};
  frame_book();
  set_venue_time_ms(1'801'440'000'000 - 20 * kHourMs);
  trade_and_note(random, 40);
  const std::int64_t before = sheet_.sum(0, INT64_MAX).close;
  set_venue_time_ms(1'801'440'000'000 + 5 * kHourMs + 90'000);
  trade_and_note(random, 20);

  const Json day = call("ticker/24hr?symbol=BTCUSDT");
  const std::int64_t open_ms = day.at("openTime");
  EXPECT_EQ(day.at("closeTime").get<std::int64_t>() - open_ms, kDayMs);
  expect_ticker(day, sheet_.sum(open_ms, day.at("closeTime")));
  EXPECT_EQ(day.at("count"), 20);
  EXPECT_EQ(raw8(day.at("prevClosePrice")), before);
  EXPECT_EQ(day.at("lastQty"), rows_.back().at("q"));
  EXPECT_EQ(day.at("bidPrice"), "50000.00000000");
  EXPECT_EQ(day.at("bidQty"), "3.00000000");
  EXPECT_EQ(day.at("askPrice"), "70000.00000000");
  EXPECT_EQ(day.at("askQty"), "4.00000000");
  const Json mini = call("ticker/24hr?symbol=BTCUSDT&type=MINI");
  EXPECT_EQ(mini.size(), 12U);
  expect_ticker(mini, sheet_.sum(mini.at("openTime"), mini.at("closeTime")));

  for (const auto& [size, ms] : {std::pair<const char*, std::int64_t>{"1m", 60'000},
                                 {"59m", 59 * 60'000},
                                 {"7h", 7 * kHourMs},
                                 {"1d", kDayMs},
                                 {"7d", 7 * kDayMs}}) {
    const Json window = call(std::string{"ticker?symbol=BTCUSDT&windowSize="} + size);
    const std::int64_t close_ms = window.at("closeTime");
    EXPECT_EQ(window.at("openTime").get<std::int64_t>(), close_ms / 60'000 * 60'000 - ms) << size;
    expect_ticker(window, sheet_.sum(window.at("openTime"), close_ms));
  }
  for (const auto& [zone, hours] : {std::pair{"0", 0}, {"8", 8}, {"-5:00", -5}}) {
    const Json trading = call(std::string{"ticker/tradingDay?symbol=BTCUSDT&timeZone="} + zone);
    const std::int64_t open = trading.at("openTime");
    EXPECT_EQ((open + hours * kHourMs) % kDayMs, 0) << zone;
    EXPECT_EQ(trading.at("closeTime").get<std::int64_t>(), open + kDayMs - 1);
    expect_ticker(trading, sheet_.sum(open, trading.at("closeTime")));
  }
}

TEST_F(MarketRest, OneSymbolSomeOrAll) {
  Random random{4};
  frame_book();
  trade_and_note(random, 3);
  trade(random, 2, "ETHUSDT");
  const std::string both = "symbols=%5B%22ETHUSDT%22,%22BTCUSDT%22%5D";
  for (const char* path : {"ticker/24hr", "ticker/price", "ticker/bookTicker"}) {
    const Json all = call(path);
    ASSERT_EQ(all.size(), 2U) << path;
    EXPECT_EQ(all[0].at("symbol"), "BTCUSDT");
    const Json some = call(std::string{path} + "?" + both);
    EXPECT_EQ(some[0].at("symbol"), "ETHUSDT") << "in the order asked for";
    EXPECT_EQ(some[1].at("symbol"), "BTCUSDT");
    EXPECT_TRUE(call(std::string{path} + "?symbol=ETHUSDT").is_object()) << path;
    EXPECT_EQ(call(std::string{path} + "?symbolStatus=HALT"), Json::array()) << path;
  }
  EXPECT_EQ(call("ticker?" + both).size(), 2U);
  EXPECT_EQ(call("ticker/tradingDay?" + both + "&type=MINI")[1].size(), 12U);
  EXPECT_EQ(call("ticker/price?symbol=BTCUSDT").at("price"), rows_.back().at("p"));
  EXPECT_EQ(call("ticker/bookTicker?symbol=BTCUSDT").at("askQty"), "4.00000000");
  const Json average = call("avgPrice?symbol=BTCUSDT");
  EXPECT_EQ(average.at("mins"), 5);
  EXPECT_EQ(average.at("closeTime"), rows_.back().at("T"));
  EXPECT_EQ(raw8(average.at("price")) / 100,
            average_of(sheet_.sum(0, INT64_MAX)) / 100);  // the last places may be cut off
}

TEST_F(MarketRest, ASymbolWithoutTradesHasNoStatistics) {
  const Json day = call("ticker/24hr?symbol=BTCUSDT");
  EXPECT_EQ(day.at("lastPrice"), "0.00000000");
  EXPECT_EQ(day.at("priceChangePercent"), "0.000");
  EXPECT_EQ(day.at("firstId"), -1);
  EXPECT_EQ(day.at("count"), 0);
  EXPECT_EQ(call("klines?symbol=BTCUSDT&interval=1m"), Json::array());
  EXPECT_EQ(call("ticker/price?symbol=BTCUSDT").at("price"), "0.00000000");
  EXPECT_EQ(call("avgPrice?symbol=BTCUSDT").at("price"), "0.00000000");
}

TEST_F(MarketRest, ReferencePricesAreToldWhereThereIsOne) {
  const auto set_rule = [this](const ReferencePriceRule& rule) {
    on_server([&rule](Exchange& exchange) {
      SymbolSpec spec = exchange.symbols()[0];
      spec.reference_price = rule;
      exchange.replace_spec(0, spec);
    });
  };
  WsClient stream = connect("/ws/btcusdt@referencePrice");
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  set_rule({.kind = ReferencePriceRule::Kind::kArithmeticMean,
            .bucket_count = 10,
            .bucket_width_ms = 1'000});
  EXPECT_EQ(call("referencePrice/calculation?symbol=BTCUSDT"),
            Json::parse(R"({"symbol":"BTCUSDT","calculationType":"ARITHMETIC_MEAN",
                            "bucketCount":10,"bucketWidthMs":1000})"));
  const Json before = call("referencePrice?symbol=BTCUSDT");
  EXPECT_TRUE(before.at("referencePrice").is_null()) << "nothing traded yet";
  Random random{7};
  trade_and_note(random, 1);
  Json event;
  do {
    event = stream.next_event();
    EXPECT_EQ(event.at("e"), "referencePrice");
    EXPECT_EQ(event.at("s"), "BTCUSDT");
  } while (event.at("r").is_null());
  EXPECT_EQ(event.at("r"), rows_.back().at("p")) << "the mean of one trade";
  set_rule({.kind = ReferencePriceRule::Kind::kExternal, .external_id = 42});
  on_server([](Exchange& exchange) { exchange.set_reference_price(0, *Price::parse("60123.45")); });
  EXPECT_EQ(call("referencePrice/calculation?symbol=BTCUSDT"),
            Json::parse(R"({"symbol":"BTCUSDT","calculationType":"EXTERNAL",
                            "externalCalculationId":42})"));
  EXPECT_EQ(call("referencePrice?symbol=BTCUSDT").at("referencePrice"), "60123.45000000");
}

TEST_F(MarketRest, RefusesInTheVenuesWords) {
  struct Refused {
    const char* target;
    int code;
    const char* text;
  };
  constexpr auto kRefused = std::to_array<Refused>({
      {"depth", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."},
      {"depth?symbol=NOPE", -1121, "Invalid symbol."},
      {"depth?symbol=BTCUSDT&limit=0", -1130, "Data sent for parameter 'limit' is not valid."},
      {"depth?symbol=BTCUSDT&symbolStatus=HALT", -1220,
       "The symbol's status does not match the requested symbolStatus."},
      {"depth?symbol=BTCUSDT&symbolStatus=ASLEEP", -1122, "Invalid symbolStatus."},
      {"trades?symbol=BTCUSDT&limit=x", -1100,
       "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."},
      {"historicalBlockTrades?symbol=BTCUSDT", -1102,
       "Mandatory parameter 'fromId' was not sent, was empty/null, or malformed."},
      {"aggTrades?symbol=BTCUSDT&fromId=1&startTime=1600000000000", -1128,
       "Combination of optional parameters invalid."},
      {"klines?symbol=BTCUSDT", -1102,
       "Mandatory parameter 'interval' was not sent, was empty/null, or malformed."},
      {"klines?symbol=BTCUSDT&interval=2m", -1120, "Invalid interval."},
      {"klines?symbol=BTCUSDT&interval=1H", -1120, "Invalid interval."},
      {"klines?symbol=BTCUSDT&interval=1h&timeZone=15", -1130,
       "Data sent for parameter 'timeZone' is not valid."},
      {"ticker/24hr?symbol=BTCUSDT&symbols=[%22ETHUSDT%22]", -1128,
       "Combination of optional parameters invalid."},
      {"ticker/24hr?symbol=BTCUSDT&type=HUGE", -1139, "Invalid ticker type."},
      {"ticker/24hr?symbols=[%22BTCUSDT%22,%22BTCUSDT%22]", -1151,
       "Symbol is present multiple times in the list."},
      {"ticker/price?symbols=[%22NOPE%22]", -1121, "Invalid symbol."},
      {"ticker?windowSize=1d", -1102,
       "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"},
      {"ticker/tradingDay", -1102,
       "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"},
      {"ticker?symbol=BTCUSDT&windowSize=8d", -1130,
       "Data sent for parameter 'windowSize' is not valid."},
      {"ticker?symbol=BTCUSDT", -2016,
       "No trading window could be found for the symbol. Try ticker/24hrs instead."},
      {"referencePrice?symbol=BTCUSDT", -2043, "This symbol doesn't have a reference price."},
      {"referencePrice/calculation?symbol=BTCUSDT", -2043,
       "This symbol doesn't have a reference price."},
  });
  for (const Refused& refused : kRefused) {
    const HttpAnswer answer = get(std::string{"/api/v3/"} + refused.target);
    EXPECT_EQ(answer.status, 400) << refused.target;
    EXPECT_EQ(answer.json(), (Json{{"code", refused.code}, {"msg", refused.text}}))
        << refused.target;
  }
}

TEST_F(MarketRest, CostsWhatTheVenueCharges) {
  Random random{5};
  trade_and_note(random, 1);
  trade(random, 1, "ETHUSDT");
  const std::string both = "symbols=[%22BTCUSDT%22,%22ETHUSDT%22]";
  const std::pair<std::string, int> costs[]{
      {"depth?symbol=BTCUSDT", 5},
      {"depth?symbol=BTCUSDT&limit=101", 25},
      {"depth?symbol=BTCUSDT&limit=1000", 50},
      {"depth?symbol=BTCUSDT&limit=9999", 250},
      {"trades?symbol=BTCUSDT", 25},
      {"historicalTrades?symbol=BTCUSDT", 25},
      {"historicalBlockTrades?symbol=BTCUSDT&fromId=0", 25},
      {"aggTrades?symbol=BTCUSDT", 4},
      {"klines?symbol=BTCUSDT&interval=1m", 2},
      {"uiKlines?symbol=BTCUSDT&interval=1m", 2},
      {"avgPrice?symbol=BTCUSDT", 2},
      {"ticker/24hr?symbol=BTCUSDT", 2},
      {"ticker/24hr?" + both, 2},
      {"ticker/24hr", 80},
      {"ticker/tradingDay?symbol=BTCUSDT", 4},
      {"ticker?" + both, 8},
      {"ticker/price?symbol=BTCUSDT", 2},
      {"ticker/price", 4},
      {"ticker/bookTicker?symbol=BTCUSDT", 2},
      {"ticker/bookTicker?" + both, 4},
  };
  const auto used = [this] {
    return std::stoi(get("/api/v3/ping").headers.at("x-mbx-used-weight-1m"));
  };
  for (const auto& [target, cost] : costs) {
    // A minute that ends in between shows less: then once more.
    int spent = -1;
    for (int attempt = 0; attempt < 3 && spent < 0; ++attempt) {
      const int before = used();
      EXPECT_EQ(get("/api/v3/" + target).status, 200) << target;
      spent = used() - before - 1;  // the ping's own
    }
    EXPECT_EQ(spent, cost) << target;
  }
}

TEST_F(MarketRest, TheWebSocketApiAnswersTheSame) {
  Random random{6};
  frame_book();
  trade_and_note(random, 8);
  WsClient api = connect("/ws-api/v3");
  const auto result = [&api](const char* method, const Json& params) {
    const Json reply = api.call({{"id", 7}, {"method", method}, {"params", params}});
    EXPECT_EQ(reply.at("status"), 200) << reply;
    return reply.value("result", Json{});
  };
  const Json symbol{{"symbol", "BTCUSDT"}};
  EXPECT_EQ(result("trades.recent", symbol), call("trades?symbol=BTCUSDT"));
  EXPECT_EQ(result("trades.historical", {{"symbol", "BTCUSDT"}, {"fromId", 3}, {"limit", 2}}),
            call("historicalTrades?symbol=BTCUSDT&fromId=3&limit=2"));
  EXPECT_EQ(result("trades.aggregate", symbol), call("aggTrades?symbol=BTCUSDT"));
  EXPECT_EQ(result("klines", {{"symbol", "BTCUSDT"}, {"interval", "1M"}}),
            call("klines?symbol=BTCUSDT&interval=1M"));
  EXPECT_EQ(result("uiKlines", {{"symbol", "BTCUSDT"}, {"interval", "1M"}}),
            call("uiKlines?symbol=BTCUSDT&interval=1M"));
  EXPECT_EQ(result("ticker.price", {{"symbols", {"BTCUSDT", "ETHUSDT"}}}), call("ticker/price"));
  EXPECT_EQ(result("ticker.book", symbol), call("ticker/bookTicker?symbol=BTCUSDT"));
  EXPECT_EQ(result("depth", {{"symbol", "BTCUSDT"}, {"limit", 5}}),
            call("depth?symbol=BTCUSDT&limit=5"));
  EXPECT_EQ(result("ticker.tradingDay", symbol), call("ticker/tradingDay?symbol=BTCUSDT"));
  EXPECT_EQ(result("ticker", {{"symbol", "BTCUSDT"}, {"windowSize", "2h"}}).at("count"), 8);
  EXPECT_EQ(result("ticker.24hr", {{"symbol", "BTCUSDT"}, {"type", "MINI"}}).at("count"), 8);
  EXPECT_EQ(result("avgPrice", symbol), call("avgPrice?symbol=BTCUSDT"));
  EXPECT_EQ(result("blockTrades.historical", {{"symbol", "BTCUSDT"}, {"fromId", 1}}),
            Json::array());
  const Json refused = api.call({{"id", 8}, {"method", "referencePrice"}, {"params", symbol}});
  EXPECT_EQ(refused.at("status"), 400);
  EXPECT_EQ(refused.at("error").at("code"), -2043);
}

}  // namespace
}  // namespace portcullis::sim::test
