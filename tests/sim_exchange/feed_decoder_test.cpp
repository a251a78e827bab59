#include "sim/markets/feed_decoder.hpp"

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using Kind = FeedDecoder::Kind;

const WallTime kReceived = wall_time(77);

TEST(FeedDecoder, ReadsASpotDepthUpdate) {
  FeedDecoder decoder;
  ASSERT_EQ(decoder.read_frame(
                R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,)"
                R"("s":"BTCUSDT","U":5,"u":9,"b":[["61737.63000000","0.00000000"]],)"
                R"("a":[["61837.64","1.5"],["61839.85","2"]]}})",
                kReceived),
            Kind::kDepth);
  EXPECT_EQ(decoder.stream_symbol(), "btcusdt");
  const DepthUpdate& update = decoder.depth();
  EXPECT_EQ(update.first_id, 5U);
  EXPECT_EQ(update.last_id, 9U);
  EXPECT_FALSE(update.previous_id.has_value());
  EXPECT_EQ(update.covers, wall_time(1'723'161'255'208'000'000));
  ASSERT_EQ(update.bids.size(), 1U);
  EXPECT_EQ(update.bids[0].px, px("61737.63"));
  EXPECT_TRUE(update.bids[0].qty.is_zero());
  EXPECT_EQ(update.asks.size(), 2U);
}

TEST(FeedDecoder, ReadsAFuturesDepthUpdateAndWhatItCovers) {
  FeedDecoder decoder;
  ASSERT_EQ(decoder.read_frame(R"({"stream":"ethusdt@depth@0ms","data":{"e":"depthUpdate",)"
                               R"("E":1723161256303,"T":1723161256302,"U":5,"u":9,"pu":4,"b":[],)"
                               R"("a":[]}})",
                               kReceived),
            Kind::kDepth);
  EXPECT_EQ(decoder.depth().previous_id, 4U);
  EXPECT_EQ(decoder.depth().covers, wall_time(1'723'161'256'303'000'000));
}

TEST(FeedDecoder, ReadsPrintsInMillisecondsAndMicroseconds) {
  FeedDecoder decoder;
  for (const char* time : {"1723161255342", "1723161255342000"}) {
    const std::string frame =
        std::string{R"({"stream":"btcusdt@trade","data":{"e":"trade","t":12,"p":"61837.63",)"
                    R"("q":"0.02","T":)"} +
        time + R"(,"m":true,"M":true}})";
    ASSERT_EQ(decoder.read_frame(frame, kReceived), Kind::kPrint);
    EXPECT_EQ(decoder.print().time, wall_time(1'723'161'255'342'000'000));
    EXPECT_EQ(decoder.print().trade_id, 12U);
    EXPECT_EQ(decoder.print().level.qty, qty("0.02"));
    EXPECT_TRUE(decoder.print().is_buyer_maker);
  }
}

TEST(FeedDecoder, AFuturesPrintThatIsNoMarketTradeHasNoPart) {
  FeedDecoder decoder;
  const auto kind_of = [&decoder](const char* sort) {
    return decoder.read_frame(std::string{R"({"stream":"ethusdt@trade","data":{"T":1,"t":12,)"
                                          R"("p":"1","q":"1","m":false,"X":")"} +
                                  sort + R"("}})",
                              kReceived);
  };
  EXPECT_EQ(kind_of("MARKET"), Kind::kPrint);
  EXPECT_EQ(kind_of("INSURANCE_FUND"), Kind::kOther);
}

TEST(FeedDecoder, AMissingTimeIsTheReceiversOwn) {
  FeedDecoder decoder;
  (void)decoder.read_frame(R"({"stream":"a@depth","data":{"U":1,"u":1,"b":[],"a":[]}})", kReceived);
  EXPECT_EQ(decoder.depth().covers, kReceived);
}

TEST(FeedDecoder, TellsOtherStreamsAndShutdownsApart) {
  FeedDecoder decoder;
  EXPECT_EQ(decoder.read_frame(R"({"stream":"btcusdt@bookTicker","data":{"u":1}})", kReceived),
            Kind::kOther);
  EXPECT_EQ(decoder.read_frame(R"({"stream":"btcusdt@aggTrade","data":{}})", kReceived),
            Kind::kOther);
  EXPECT_EQ(decoder.read_frame(
                R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})", kReceived),
            Kind::kShutdown);
}

TEST(FeedDecoder, WhatIsNoFrameIsMalformed) {
  FeedDecoder decoder;
  for (const char* text : {"", "{", "[]", R"({"stream":1,"data":{}})", R"({"stream":"a@trade"})",
                           R"({"stream":"a@depth","data":{"U":1,"u":2,"b":[],"a":[["1"]]}})",
                           R"({"stream":"a@depth","data":{"U":1,"u":2,"b":[["x","1"]],"a":[]}})",
                           R"({"stream":"a@depth","data":{"U":-1,"u":2,"b":[],"a":[]}})",
                           R"({"stream":"a@trade","data":{"p":"1","q":"1e3","m":true}})",
                           R"({"stream":"a@trade","data":{"p":"1","q":"1","m":"true"}})"}) {
    EXPECT_EQ(decoder.read_frame(text, kReceived), Kind::kMalformed) << text;
  }
  EXPECT_FALSE(decoder.read_image(R"({"bids":[],"asks":[]})"));
  EXPECT_TRUE(decoder.read_image(R"({"lastUpdateId":3,"bids":[["1","2"]],"asks":[]})"));
  EXPECT_EQ(decoder.image().last_id, 3U);
  EXPECT_EQ(decoder.image().bids.size(), 1U);
}

}  // namespace
}  // namespace portcullis::sim
