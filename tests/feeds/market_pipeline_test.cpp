#include "feeds/market_pipeline.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feeds/binance/stream_decoder.hpp"
#include "tests/feeds/feed_world.hpp"
#include "tests/feeds/frames.hpp"

namespace portcullis::feeds {
namespace {

using test::px;
using test::qty;

class MarketPipelineTest : public testing::Test {
 protected:
  explicit MarketPipelineTest(std::size_t ring_capacity = 1024)
      : world_{{"BTCUSDT", "ETHUSDT"}, ring_capacity} {}

  std::expected<EventKind, DecodeError> frame(const std::string& text, std::int64_t at_ns = 1000) {
    const test::Padded padded{text};
    world_.hop_clock.set_frozen(mono_time(at_ns + 5));
    return pipeline_.on_frame(decoder_, padded.view(), mono_time(at_ns), now_at(at_ns));
  }
  bool snapshot(const std::string& text, std::int64_t at_ns = 1000) {
    const test::Padded padded{text};
    return pipeline_.on_snapshot(decoder_, padded.view(), SymbolId{0}, now_at(at_ns));
  }
  // A synced BTCUSDT book at update 100: 10 x 1 / 11 x 1.
  void sync(std::int64_t at_ns = 1000) {
    frame(test::depth_frame("BTCUSDT", 100, 100, {}, {}), at_ns);
    ASSERT_TRUE(snapshot(test::snapshot_body(100, {{"10", "1"}}, {{"11", "1"}}), at_ns));
  }
  static Now now_at(std::int64_t ns) {
    return {.mono = mono_time(ns), .wall = wall_time(1672515782136'000'000 + 40'000'000)};
  }
  std::int64_t count(const char* name) { return world_.counters.read("t." + std::string{name}); }

  test::FeedWorld world_;
  FeedCounters counters_{FeedCounters::allocate(world_.counters, "t")};
  SymbolIndex symbols_{world_.instruments};
  binance::StreamDecoder decoder_{symbols_};
  MarketPipeline pipeline_{2, {}, world_.outlets(), counters_};
};

TEST_F(MarketPipelineTest, BookTickerReachesViewAndRing) {
  frame(test::ticker_frame("BTCUSDT", 7, "10", "1", "11", "2"), 500);
  const MarketSnapshot snapshot = world_.snapshot();
  EXPECT_EQ(snapshot.top, (TopOfBook{px("10"), qty("1"), px("11"), qty("2")}));
  EXPECT_EQ(snapshot.received, mono_time(500));
  EXPECT_EQ(snapshot.update_id, SeqNum{7});
  EXPECT_EQ(snapshot.book_state, BookState::kEmpty);
  const auto events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, MarketEventKind::kTopOfBook);
  EXPECT_EQ(events[0].symbol, SymbolId{0});
  EXPECT_EQ(events[0].top, snapshot.top);
  EXPECT_EQ(events[0].trace.wire_in, mono_time(500));
  EXPECT_EQ(events[0].trace.last, mono_time(505));
}

TEST_F(MarketPipelineTest, EveryHopOfATickIsRecorded) {
  frame(test::ticker_frame("BTCUSDT", 7, "10", "1", "11", "2"), 500);
  for (const Hop hop : {Hop::kWireToDecoded, Hop::kDecodedToBook, Hop::kBookToRing}) {
    HistogramSnapshot snapshot;
    world_.hops.of(hop).snapshot(snapshot);
    EXPECT_EQ(snapshot.total(), 1U) << to_string(hop);
  }
}

TEST_F(MarketPipelineTest, VenueToUsIsMeasuredFromTheEventTime) {
  frame(test::trade_frame("BTCUSDT", 1, "10", "1", true));
  HistogramSnapshot snapshot;
  world_.hops.of(Hop::kVenueToUs).snapshot(snapshot);
  ASSERT_EQ(snapshot.total(), 1U);
  EXPECT_NEAR(static_cast<double>(snapshot.max()), 40e6, 40e3);  // tidy-ok: not money
}

TEST_F(MarketPipelineTest, OlderDepthTopNeverOverwritesANewerTicker) {
  sync();
  frame(test::ticker_frame("BTCUSDT", 110, "10.5", "1", "10.9", "1"), 2000);
  frame(test::depth_frame("BTCUSDT", 101, 105, {{"10.2", "9"}}, {}), 3000);
  const MarketSnapshot snapshot = world_.snapshot();
  EXPECT_EQ(snapshot.top.bid_px, px("10.5"));
  EXPECT_EQ(snapshot.received, mono_time(2000));  // the older event confirmed nothing
  EXPECT_EQ(pipeline_.builder(SymbolId{0}).book().best(Side::kBuy).px, px("10.2"));
}

TEST_F(MarketPipelineTest, NewerDepthTopOverwritesAnOlderTickerAndALateTickerIsIgnored) {
  sync();
  frame(test::ticker_frame("BTCUSDT", 101, "10.5", "1", "10.9", "1"), 2000);
  frame(test::depth_frame("BTCUSDT", 101, 105, {{"10.6", "9"}}, {}), 3000);
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10.6"));
  EXPECT_EQ(world_.snapshot().received, mono_time(3000));
  frame(test::ticker_frame("BTCUSDT", 104, "10.1", "1", "10.9", "1"), 4000);
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10.6"));
  EXPECT_EQ(count("older_tops"), 1);
}

TEST_F(MarketPipelineTest, SyncIsToldOnceAndAnUnchangedTopIsNotTold) {
  sync();
  std::vector<MarketEvent> events = world_.events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].kind, MarketEventKind::kBookState);
  EXPECT_EQ(events[0].book_state, BookState::kBuffering);
  EXPECT_EQ(events[1].kind, MarketEventKind::kBookState);
  EXPECT_EQ(events[1].book_state, BookState::kSynced);
  EXPECT_EQ(events[2].kind, MarketEventKind::kTopOfBook);
  EXPECT_EQ(world_.snapshot().book_state, BookState::kSynced);
  EXPECT_EQ(count("synced_symbols"), 1);
  EXPECT_EQ(count("resyncs"), 1);
  frame(test::depth_frame("BTCUSDT", 101, 105, {{"9", "9"}}, {}), 9000);
  EXPECT_TRUE(world_.events().empty());
  EXPECT_EQ(world_.snapshot().received, mono_time(9000));  // confirmed, though unchanged
}

TEST_F(MarketPipelineTest, GapMakesTheSymbolStaleAtOnceAndASnapshotHealsIt) {
  sync();
  world_.events();
  frame(test::depth_frame("BTCUSDT", 107, 109, {{"10.1", "1"}}, {}));
  EXPECT_EQ(world_.snapshot().book_state, BookState::kStale);
  std::vector<MarketEvent> events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].book_state, BookState::kStale);
  EXPECT_TRUE(pipeline_.wants_snapshot(SymbolId{0}));
  EXPECT_FALSE(snapshot(test::snapshot_body(106, {}, {})));
  EXPECT_TRUE(snapshot(test::snapshot_body(108, {{"10", "1"}}, {{"11", "1"}})));
  EXPECT_EQ(world_.snapshot().book_state, BookState::kSynced);
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10.1"));
  EXPECT_EQ(count("gaps"), 1);
  EXPECT_EQ(count("stale"), 1);
  EXPECT_EQ(count("resyncs"), 2);
  EXPECT_EQ(count("snapshots_old"), 1);
  EXPECT_THAT(world_.log_lines(), testing::Contains(testing::HasSubstr("gap")));
}

TEST_F(MarketPipelineTest, OneSymbolsGapLeavesTheOtherAlone) {
  sync();
  frame(test::ticker_frame("ETHUSDT", 5, "3", "1", "4", "1"));
  frame(test::depth_frame("BTCUSDT", 107, 109, {}, {}));
  EXPECT_EQ(world_.snapshot(SymbolId{0}).book_state, BookState::kStale);
  EXPECT_EQ(world_.snapshot(SymbolId{1}).book_state, BookState::kEmpty);
}

TEST_F(MarketPipelineTest, CrossedBookIsVoidedAndTold) {
  sync();
  world_.events();
  frame(test::depth_frame("BTCUSDT", 101, 105, {{"11.5", "1"}}, {}));
  EXPECT_EQ(world_.snapshot().book_state, BookState::kStale);
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10"));  // the nonsense was not published
  EXPECT_EQ(count("crossed"), 1);
  pipeline_.flush();
  const auto events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].book_state, BookState::kStale);
  frame(test::depth_frame("BTCUSDT", 106, 107, {}, {}));
  EXPECT_TRUE(snapshot(test::snapshot_body(106, {{"10", "1"}}, {{"12", "1"}})));
}

TEST_F(MarketPipelineTest, CrossedTickerIsNotPublished) {
  frame(test::ticker_frame("BTCUSDT", 7, "10", "1", "11", "2"));
  frame(test::ticker_frame("BTCUSDT", 8, "12", "1", "11", "2"));
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10"));
  EXPECT_EQ(count("crossed"), 1);
}

TEST_F(MarketPipelineTest, DisconnectMakesEveryBegunBookStaleAndTheNextTopCounts) {
  sync();
  frame(test::ticker_frame("BTCUSDT", 500, "10", "1", "10.5", "2"));
  world_.events();
  pipeline_.on_disconnect(now_at(5000));
  EXPECT_EQ(world_.snapshot().book_state, BookState::kStale);
  EXPECT_EQ(world_.snapshot(SymbolId{1}).book_state, BookState::kEmpty);
  ASSERT_EQ(world_.events().size(), 1U);
  EXPECT_EQ(count("synced_symbols"), 0);
  frame(test::ticker_frame("BTCUSDT", 400, "9", "1", "10.5", "2"));  // another server, behind
  EXPECT_EQ(world_.snapshot().top.bid_px, px("9"));
}

TEST_F(MarketPipelineTest, TradesReachRingAndView) {
  frame(test::trade_frame("BTCUSDT", 12, "10.25", "0.5", false));
  EXPECT_EQ(world_.snapshot().last_trade_px, px("10.25"));
  const auto events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, MarketEventKind::kTradePrint);
  EXPECT_EQ(events[0].trade.trade_id, TradeId{12});
  EXPECT_EQ(events[0].trade.aggressor, Side::kBuy);
}

TEST_F(MarketPipelineTest, DecodeErrorsAreCountedByKindAndDoNotFloodTheLog) {
  for (int i = 0; i < 100; ++i) frame("nonsense");
  frame(test::ticker_frame("DOGE", 1, "1", "1", "2", "1"));
  EXPECT_EQ(count("messages"), 101);
  EXPECT_EQ(count("decode_errors"), 101);
  EXPECT_EQ(count("decode_errors.malformed-json"), 100);
  EXPECT_EQ(count("decode_errors.unknown-symbol"), 1);
  EXPECT_LT(world_.log_lines().size(), 10U);
}

class FullRingTest : public MarketPipelineTest {
 protected:
  FullRingTest() : MarketPipelineTest{2} {}
  void fill_ring() {
    frame(test::trade_frame("ETHUSDT", 1, "1", "1", true));
    frame(test::trade_frame("ETHUSDT", 2, "1", "1", true));
  }
};

TEST_F(FullRingTest, TopOfBookConflatesAndItsLatestIsSentLater) {
  fill_ring();
  frame(test::ticker_frame("BTCUSDT", 7, "10", "1", "11", "2"));
  frame(test::ticker_frame("BTCUSDT", 8, "10.1", "1", "11", "2"));
  EXPECT_EQ(world_.snapshot().top.bid_px, px("10.1"));  // the view does not wait
  EXPECT_EQ(count("conflated"), 2);
  EXPECT_EQ(pipeline_.flush(), 0);  // still full
  EXPECT_EQ(world_.events().size(), 2U);
  EXPECT_EQ(pipeline_.flush(), 1);
  const auto events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].top.bid_px, px("10.1"));
  EXPECT_EQ(pipeline_.flush(), 0);
}

TEST_F(FullRingTest, TradesAreDroppedAndCounted) {
  fill_ring();
  frame(test::trade_frame("BTCUSDT", 3, "5", "1", true));
  EXPECT_EQ(count("ring_full_trades"), 1);
  EXPECT_EQ(world_.snapshot().last_trade_px, px("5"));
  EXPECT_EQ(world_.events().size(), 2U);
  EXPECT_EQ(pipeline_.flush(), 0);
}

TEST_F(FullRingTest, ALostBookIsToldWhenThereIsRoomAgain) {
  sync();
  world_.events();
  pipeline_.flush();
  world_.events();
  fill_ring();
  frame(test::depth_frame("BTCUSDT", 107, 109, {}, {}));
  EXPECT_EQ(world_.snapshot().book_state, BookState::kStale);
  EXPECT_EQ(world_.events().size(), 2U);
  EXPECT_EQ(pipeline_.flush(), 1);
  const auto events = world_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, MarketEventKind::kBookState);
  EXPECT_EQ(events[0].book_state, BookState::kStale);
}

}  // namespace
}  // namespace portcullis::feeds
