#include "sim/streams/stream_name.hpp"

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

TextMap<std::size_t> symbols() {
  return {{"btcusdt", 0}, {"ethusdt", 1}, {"这是测试币456", 2}};
}

TEST(StreamNames, EveryDocumentedOneIsUnderstood) {
  const auto known = symbols();
  using enum StreamKind;
  const std::pair<const char*, StreamKind> names[]{
      {"ethusdt@trade", kTrade},
      {"ethusdt@aggTrade", kAggregateTrade},
      {"ethusdt@bookTicker", kBookTicker},
      {"ethusdt@depth", kDepth},
      {"ethusdt@depth@100ms", kDepth},
      {"ethusdt@depth@1000ms", kDepth},
      {"ethusdt@depth5", kTopDepth},
      {"ethusdt@depth10@100ms", kTopDepth},
      {"ethusdt@depth20", kTopDepth},
      {"ethusdt@kline_1s", kKline},
      {"ethusdt@kline_1M@+08:00", kKline},
      {"ethusdt@miniTicker", kMiniTicker},
      {"ethusdt@ticker", kTicker},
      {"ethusdt@ticker_4h", kWindowTicker},
      {"ethusdt@avgPrice", kAveragePrice},
      {"ethusdt@referencePrice", kReferencePrice},
      {"ethusdt@blockTrade", kBlockTrade},
      {"!miniTicker@arr", kAllMiniTickers},
      {"!ticker_1d@arr", kAllWindowTickers},
  };
  for (const auto& [name, kind] : names) {
    const auto topic = parse_stream_name(name, known);
    ASSERT_TRUE(topic) << name;
    EXPECT_EQ(topic->kind, kind) << name;
    if (name[0] != '!') {
      EXPECT_EQ(topic->symbol, 1U) << name;
    }
  }
  EXPECT_TRUE(parse_stream_name("ethusdt@depth@100ms", known)->is_fast);
  EXPECT_FALSE(parse_stream_name("ethusdt@depth@1000ms", known)->is_fast);
  EXPECT_EQ(parse_stream_name("ethusdt@depth10@100ms", known)->levels, 10U);
  EXPECT_EQ(parse_stream_name("ethusdt@kline_1M@+08:00", known)->interval, KlineInterval::k1M);
  EXPECT_EQ(parse_stream_name("ethusdt@kline_1M@+08:00", known)->zone, ZoneOffset{480});
  EXPECT_EQ(parse_stream_name("ethusdt@ticker_4h", known)->window, std::chrono::hours{4});
  EXPECT_EQ(parse_stream_name("这是测试币456@trade", known)->symbol, 2U);
}

TEST(StreamNames, OthersMeanNothing) {
  const auto known = symbols();
  for (const char* name :
       {"", "btcusdt", "@trade", "BTCUSDT@trade", "xyzusdt@trade", "btcusdt@trades",
        "btcusdt@kline_1S", "btcusdt@kline_2m", "btcusdt@kline_1m@+09:00", "btcusdt@depth7",
        "btcusdt@depth@250ms", "btcusdt@depth5@", "btcusdt@ticker_2h", "!ticker@arr", "!bookTicker",
        "!miniTicker", "!ticker_1w@arr", "btcusdt@depth50"}) {
    EXPECT_FALSE(parse_stream_name(name, known)) << name;
  }
}

TEST(StreamNames, SyntaxIsAWordAnAtAWord) {
  for (const char* name : {"btcusdt@trade", "btcusdt@doesNotExist", "!miniTicker@arr",
                           "BTCUSDT@trade", "btcusdt@kline_1m@+08:00", "这是@trade"}) {
    EXPECT_TRUE(is_stream_syntax(name)) << name;
  }
  for (const char* name : {"", "0", "nothing", "@trade", "btcusdt@", "@@@x", "a b@trade",
                           "btc\"usdt@trade", "a/b@trade", "btcusdt@@trade"}) {
    EXPECT_FALSE(is_stream_syntax(name)) << name;
  }
}

}  // namespace
}  // namespace portcullis::sim
