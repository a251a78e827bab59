#include "feeds/replay/replay_feed.hpp"

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "feeds/replay/capture_reader.hpp"
#include "tests/feeds/feed_world.hpp"
#include "tests/feeds/frames.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::feeds::replay {
namespace {

using test::level;
using test::px;

class TemporaryCapture {
 public:
  explicit TemporaryCapture(const std::string& text) {
    path_ = testing::TempDir() + "/portcullis_capture_" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ofstream{path_} << text;
  }
  ~TemporaryCapture() { std::filesystem::remove(path_); }
  TemporaryCapture(const TemporaryCapture&) = delete;
  TemporaryCapture& operator=(const TemporaryCapture&) = delete;
  [[nodiscard]] std::vector<std::string> paths() const { return {path_}; }

 private:
  std::string path_;
};

std::string line(std::int64_t at_ns, const std::string& frame) {
  return std::to_string(at_ns) + " " + frame + "\n";
}

TEST(CaptureReader, NamesTheMissingFile) {
  const auto reader = CaptureReader::open("/nowhere/at/all.gz");
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().find("/nowhere/at/all.gz"), std::string::npos);
}

TEST(CaptureReader, NamesTheLineOfAnotherShape) {
  const TemporaryCapture file{line(1, "{}") + "{\"no\":\"time\"}\n"};
  const auto capture = Capture::load(file.paths());
  ASSERT_FALSE(capture);
  EXPECT_NE(capture.error().find(":2:"), std::string::npos) << capture.error();
}

TEST(CaptureReader, SaysThatATruncatedGzipFileIsDamaged) {
  const std::string whole = shared_data("spot/btcusdt_20240808.gz");
  if (!std::filesystem::exists(whole)) GTEST_SKIP() << "recorded data is absent: " << whole;
  std::string bytes(100'000, '\0');
  std::ifstream{whole, std::ios::binary}.read(bytes.data(), 100'000);
  const TemporaryCapture cut{bytes};
  EXPECT_FALSE(Capture::load(cut.paths()));
}

TEST(CaptureReader, TakesLongLinesAndAMissingLastLineEnd) {
  const std::string frame = "{\"x\":\"" + std::string(300'000, 'y') + "\"}";
  const TemporaryCapture file{line(5, frame) + "6 {}"};
  const auto capture = Capture::load(file.paths());
  ASSERT_TRUE(capture) << capture.error();
  ASSERT_EQ(capture->size(), 2U);
  EXPECT_EQ(capture->at(0).payload, frame);
  EXPECT_EQ(capture->at(1).received, wall_time(6));
  EXPECT_EQ(capture->at(1).payload, "{}");
}

TEST(ReplayFeed, KeepsRecordedTimeAtItsSpeed) {
  const TemporaryCapture file{line(1000, test::ticker_frame("BTCUSDT", 1, "1", "1", "2", "1")) +
                              line(3000, test::ticker_frame("BTCUSDT", 2, "1.1", "1", "2", "1")) +
                              line(9000, test::ticker_frame("BTCUSDT", 3, "1.2", "1", "2", "1"))};
  const auto capture = Capture::load(file.paths());
  ASSERT_TRUE(capture);
  const auto owner = test::make_feed_world();
  test::FeedWorld& world = *owner;
  ReplayFeed feed{*capture, {.speed = 2}, world.instruments, world.outlets(), world.counters};
  const auto position_at = [&feed](std::int64_t mono_ns) {
    feed.do_work({.mono = mono_time(mono_ns), .wall = {}});
    return feed.position();
  };
  EXPECT_EQ(position_at(50'000), 1U);
  EXPECT_EQ(position_at(50'999), 1U);
  EXPECT_EQ(position_at(51'000), 2U);
  EXPECT_EQ(position_at(53'999), 2U);
  EXPECT_EQ(position_at(54'000), 3U);
  EXPECT_TRUE(feed.is_finished());
  EXPECT_EQ(world.snapshot().received, mono_time(54'000));
}

TEST(ReplayFeed, FullSpeedIsBoundedByTheBatch) {
  std::string text;
  for (int i = 1; i <= 10; ++i) {
    text +=
        line(i, test::ticker_frame("BTCUSDT", static_cast<std::uint64_t>(i), "1", "1", "2", "1"));
  }
  const TemporaryCapture file{text};
  const auto capture = Capture::load(file.paths());
  ASSERT_TRUE(capture);
  const auto owner = test::make_feed_world();
  test::FeedWorld& world = *owner;
  ReplayFeed feed{*capture,
                  {.speed = 0, .frames_per_cycle = 4},
                  world.instruments,
                  world.outlets(),
                  world.counters};
  const Now now{.mono = mono_time(1), .wall = {}};
  EXPECT_EQ(feed.do_work(now), 4);
  EXPECT_EQ(feed.do_work(now), 4);
  EXPECT_EQ(feed.do_work(now), 2);
  EXPECT_EQ(feed.do_work(now), 0);
}

TEST(ReplayFeed, AnEmptyCaptureIsFinished) {
  const TemporaryCapture file{""};
  const auto capture = Capture::load(file.paths());
  ASSERT_TRUE(capture);
  const auto owner = test::make_feed_world();
  test::FeedWorld& world = *owner;
  ReplayFeed feed{*capture, {}, world.instruments, world.outlets(), world.counters};
  EXPECT_EQ(feed.do_work({}), 0);
  EXPECT_TRUE(feed.is_finished());
}

// What the recorded bookTickers say, for comparison with the book rebuilt from depth events.
class TickerTally {
 public:
  void on_ticker(const DecodedEvent& event) { tickers_.emplace(event.last_seq, event.top); }
  void on_book(const BookBuilder& builder) {
    tops_.emplace(
        builder.update_id(),
        TopOfBook{builder.book().best(Side::kBuy).px, builder.book().best(Side::kBuy).qty,
                  builder.book().best(Side::kSell).px, builder.book().best(Side::kSell).qty});
  }
  struct Verdict {
    int books{0};
    int equal{0};
    int same_id{0};
    int same_id_equal{0};
  };
  [[nodiscard]] Verdict judge() const {
    Verdict out;
    for (const auto& [id, top] : tops_) {
      ++out.books;
      auto ticker = tickers_.upper_bound(id);
      if (ticker == tickers_.begin()) continue;
      --ticker;
      out.equal += ticker->second == top ? 1 : 0;
      if (ticker->first != id) continue;
      ++out.same_id;
      out.same_id_equal += ticker->second == top ? 1 : 0;
    }
    return out;
  }

 private:
  std::map<SeqNum, TopOfBook> tickers_;
  std::map<SeqNum, TopOfBook> tops_;
};

class RealCaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = shared_data("spot/");
    const std::vector<std::string> paths{folder + "btcusdt_20240808.gz",
                                         folder + "btcusdt_20240809.gz"};
    for (const std::string& path : paths) {
      if (!std::filesystem::exists(path)) GTEST_SKIP() << "recorded data is absent: " << path;
    }
    auto capture = Capture::load(paths);
    ASSERT_TRUE(capture) << capture.error();
    capture_.emplace(std::move(*capture));
  }
  std::int64_t count(const char* name) {
    return world_.counters.read("feed.replay." + std::string{name});
  }

  std::optional<Capture> capture_;
  test::FeedWorld world_{{"BTCUSDT"}, 1u << 18};
};

TEST_F(RealCaptureTest, GivesTheIndependentlyComputedBook) {
  ReplayFeed feed{*capture_, {.speed = 0}, world_.instruments, world_.outlets(), world_.counters};
  {
    const NoAllocScope hot{ReplayFeed::kRoleName};
    while (!feed.is_finished()) feed.do_work({.mono = mono_time(1), .wall = {}});
  }
  EXPECT_EQ(capture_->size(), 99'574U);
  EXPECT_EQ(count("messages"), 99'573);  // all but the REST snapshot
  EXPECT_EQ(count("decode_errors"), 0);
  EXPECT_EQ(count("trades"), 19'904);
  EXPECT_EQ(count("depth_dropped"), 2);
  EXPECT_EQ(count("depth_applied"), 6'493);
  EXPECT_EQ(count("depth_ignored"), 0);
  EXPECT_EQ(count("gaps"), 0);
  EXPECT_EQ(count("crossed"), 0);
  EXPECT_EQ(count("resyncs"), 1);
  const BookBuilder& builder = feed.builder(SymbolId{0});
  EXPECT_EQ(builder.state(), BookState::kSynced);
  EXPECT_EQ(builder.update_id(), SeqNum{50093696318});
  EXPECT_EQ(builder.book().best(Side::kBuy), level("61602.01", "1.67177"));
  EXPECT_EQ(builder.book().best(Side::kSell), level("61602.02", "2.66795"));
  EXPECT_EQ(builder.book().level_count(Side::kBuy), 1971U);
  EXPECT_EQ(builder.book().level_count(Side::kSell), 2962U);
  EXPECT_EQ(builder.book().dropped_levels(), 0U);
  EXPECT_EQ(world_.snapshot().book_state, BookState::kSynced);
}

TEST_F(RealCaptureTest, RebuiltTopEqualsTheRecordedBookTicker) {
  SymbolIndex symbols{world_.instruments};
  binance::StreamDecoder decoder{symbols};
  FeedCounters counters = FeedCounters::allocate(world_.counters, "feed.replay");
  MarketPipeline pipeline{1, {}, world_.outlets(), counters};
  TickerTally tally;
  const Now now{.mono = mono_time(1), .wall = {}};
  for (std::size_t i = 0; i < capture_->size(); ++i) {
    const std::string_view payload = capture_->at(i).payload;
    const BookBuilder& builder = pipeline.builder(SymbolId{0});
    const std::uint64_t applied = builder.applied_count();
    if (payload.starts_with("{\"lastUpdateId\"")) {
      EXPECT_TRUE(pipeline.on_snapshot(decoder, payload, SymbolId{0}, now));
    } else {
      const auto kind = pipeline.on_frame(decoder, payload, now.mono, now);
      ASSERT_TRUE(kind);
      if (*kind == EventKind::kBookTicker) tally.on_ticker(pipeline.event());
    }
    if (builder.applied_count() != applied) tally.on_book(builder);
    ASSERT_FALSE(builder.book().is_crossed());
  }
  const TickerTally::Verdict verdict = tally.judge();
  EXPECT_EQ(verdict.books, 6493);
  EXPECT_EQ(verdict.equal, 6491);
  EXPECT_EQ(verdict.same_id, 1072);
  EXPECT_EQ(verdict.same_id_equal, 1072);
}

// The recording machine's clock ran 1.27 s behind the venue's: a negative way is a clock fault and
// is counted as one.
TEST_F(RealCaptureTest, ClockSkewIsCountedNotRecordedAsZero) {
  ReplayFeed feed{*capture_, {.speed = 0}, world_.instruments, world_.outlets(), world_.counters};
  while (!feed.is_finished()) feed.do_work({.mono = mono_time(1), .wall = {}});
  EXPECT_EQ(world_.hops.negative_count(Hop::kVenueToUs), 6'495U + 19'904U);
}

}  // namespace
}  // namespace portcullis::feeds::replay
