// The live mirror's bookkeeping: what it does with whatever the other venue sends, step by step.
#include "sim/mirror/mirror_market.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A source that says what a test tells it to.
class Script final : public LiveSource {
 public:
  bool take(LiveEvent& event) override {
    if (events.empty()) return false;
    event = std::move(events.front());
    events.pop_front();
    return true;
  }
  void ask_image(const std::string& symbol) override { asked.push_back(symbol); }

  std::deque<LiveEvent> events;
  std::vector<std::string> asked;
};

class MirrorMarketTest : public ExchangeTest {
 protected:
  MirrorMarketTest() {
    auto source = std::make_unique<Script>();
    script_ = source.get();
    market_ = std::make_unique<MirrorMarket>(
        exchange, std::move(source), [this](const std::string& line) { said_ += line + '\n'; });
  }

  void hear(LiveEvent event) {
    script_->events.push_back(std::move(event));
    market_->step(now);
  }
  void hear_frame(const std::string& json) {
    hear({.kind = LiveEvent::Kind::kFrame, .text = json, .received = now});
  }
  void hear_depth(int first, int last, const std::string& bids, const std::string& asks = "") {
    hear_frame(R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000000,)"
               R"("s":"BTCUSDT","U":)" +
               std::to_string(first) + R"(,"u":)" + std::to_string(last) + R"(,"b":[)" + bids +
               R"(],"a":[)" + asks + "]}}");
  }
  void hear_image(int last, const std::string& bids, const std::string& asks) {
    hear({.kind = LiveEvent::Kind::kImage,
          .symbol = "BTCUSDT",
          .text = R"({"lastUpdateId":)" + std::to_string(last) + R"(,"bids":[)" + bids +
                  R"(],"asks":[)" + asks + "]}"});
  }
  // A book up to update 20: bid 1 at 60000, ask 2 at 60001.
  void sync() {
    hear({.kind = LiveEvent::Kind::kUp});
    hear_depth(11, 20, R"(["60000","1"])");
    hear_image(15, R"(["59990","3"])", R"(["60001","2"])");
  }
  [[nodiscard]] bool is_empty() const {
    const DepthSnapshot depth = exchange.depth(0, 10);
    return depth.bids.empty() && depth.asks.empty();
  }

  Script* script_{nullptr};
  std::unique_ptr<MirrorMarket> market_;
  std::string said_;
};

TEST_F(MirrorMarketTest, KeepsUpdatesUntilTheSnapshotAndAsksForItOnce) {
  hear({.kind = LiveEvent::Kind::kUp});
  EXPECT_THAT(script_->asked, ElementsAre("BTCUSDT"));
  hear_depth(11, 20, R"(["60000","1"])");
  hear_depth(21, 22, R"(["60000","1.5"])");
  EXPECT_THAT(script_->asked, ElementsAre("BTCUSDT"));
  EXPECT_TRUE(is_empty());
  hear_image(15, R"(["59990","3"])", R"(["60001","2"])");
  EXPECT_TRUE(market_->is_synced(0));
  EXPECT_EQ(market_->last_update_id(0), 22U);
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1.5"));
  EXPECT_EQ(exchange.depth(0, 10).bids.size(), 2U);
  EXPECT_THAT(said_, HasSubstr("BTCUSDT synchronised"));
}

TEST_F(MirrorMarketTest, AQuietSymbolHasItsBookWithoutAnyUpdate) {
  hear({.kind = LiveEvent::Kind::kUp});
  hear_image(15, R"(["59990","3"])", R"(["60001","2"])");
  EXPECT_EQ(exchange.best(0).ask.qty, qty("2"));
  hear_depth(16, 16, R"(["60000","1"])");
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1"));
  EXPECT_EQ(market_->stats().depth_gaps, 0U);
}

TEST_F(MirrorMarketTest, ASnapshotThatIsTooOldIsAskedForAgain) {
  hear({.kind = LiveEvent::Kind::kUp});
  hear_depth(11, 20, R"(["60000","1"])");
  hear_image(9, R"(["1","1"])", "");
  EXPECT_FALSE(market_->is_synced(0));
  EXPECT_TRUE(is_empty());
  hear_depth(21, 22, R"(["60000","2"])");
  EXPECT_EQ(script_->asked.size(), 2U);
  hear_image(21, R"(["60000","1"])", "");
  EXPECT_EQ(exchange.best(0).bid.qty, qty("2"));
  EXPECT_EQ(market_->stats().images_old, 1U);
}

TEST_F(MirrorMarketTest, AGapEmptiesTheBookAtOnceAndBeginsAnew) {
  sync();
  hear_depth(22, 25, R"(["60000","9"])");  // 21 is missing
  EXPECT_TRUE(is_empty());
  EXPECT_FALSE(market_->is_synced(0));
  EXPECT_EQ(market_->stats().depth_gaps, 1U);
  EXPECT_EQ(script_->asked.size(), 2U);
  hear_image(24, R"(["59000","1"])", "");
  EXPECT_EQ(exchange.best(0).bid.qty, qty("9")) << "the update after the gap is not lost";
}

TEST_F(MirrorMarketTest, WhileTheStreamsAreDownTheBookIsEmptyAndOurOrdersStay) {
  sync();
  const auto placed = place(alice, limit(Side::kBuy, "59000", "0.5"));
  hear({.kind = LiveEvent::Kind::kDown, .text = "reset by peer"});
  EXPECT_THAT(said_, HasSubstr("reset by peer"));
  const DepthSnapshot depth = exchange.depth(0, 10);
  ASSERT_EQ(depth.bids.size(), 1U);
  EXPECT_EQ(depth.bids[0].qty, qty("0.5"));
  EXPECT_TRUE(depth.asks.empty());
  hear_image(30, R"(["60000","1"])", "");  // of the time before
  EXPECT_EQ(exchange.depth(0, 10).bids.size(), 1U);
  hear({.kind = LiveEvent::Kind::kUp});
  hear_depth(41, 50, R"(["60000","4"])");
  hear_image(45, R"(["59990","3"])", R"(["60001","2"])");
  EXPECT_EQ(exchange.best(0).bid.qty, qty("4"));
  EXPECT_EQ(market_->last_update_id(0), 50U);
}

TEST_F(MirrorMarketTest, ASnapshotThatFailsIsAskedForAgainAfterAPause) {
  hear({.kind = LiveEvent::Kind::kUp});
  hear_depth(11, 20, R"(["60000","1"])");
  hear({.kind = LiveEvent::Kind::kImageError, .symbol = "BTCUSDT", .text = "429"});
  EXPECT_THAT(said_, HasSubstr("BTCUSDT: no snapshot: 429"));
  hear_depth(21, 22, "");
  EXPECT_EQ(script_->asked.size(), 1U);
  now = now + MirrorMarket::kImageRetry;
  hear_depth(23, 24, "");
  EXPECT_EQ(script_->asked.size(), 2U);
}

TEST_F(MirrorMarketTest, ATradeFillsTheOrderThatStandsThereWhenTheQueueBeforeItIsGone) {
  sync();
  const auto ours = place(alice, limit(Side::kBuy, "60000", "0.5"));  // behind 1
  const auto print = [&](int id, const std::string& quantity) {
    hear_frame(R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000100,"s":"BTCUSDT",)"
               R"("t":)" +
               std::to_string(id) + R"(,"p":"60000","q":")" + quantity +
               R"(","T":1700000000100,"m":true,"M":true}})");
  };
  print(1, "0.9");
  EXPECT_EQ(order_of(alice, ours.order.order_id).cum_qty, Qty{});
  print(2, "0.4");
  EXPECT_EQ(market_->stats().trades, 2U);
  EXPECT_EQ(order_of(alice, ours.order.order_id).cum_qty, qty("0.3"));
}

TEST_F(MirrorMarketTest, SurvivesWhateverIsSentAndTradesOn) {
  Random random{7};
  const std::string good =
      R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":21,)"
      R"("u":21,"b":[["60000","7"]],"a":[]}})";
  sync();
  for (const std::string hostile :
       {"", "{", "[]", "null", R"({"stream":5,"data":{}})", R"({"stream":"btcusdt@depth"})",
        R"({"stream":"btcusdt@depth","data":{"U":-1,"u":2,"b":[],"a":[]}})",
        R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"U":21,"u":21,)"
        R"("b":[["NaN","1"]],"a":[]}})",
        R"({"stream":"ethbtc@trade","data":{"e":"trade","t":1,"p":"1","q":"1","T":1,"m":true}})"}) {
    hear_frame(hostile);
  }
  hear({.kind = LiveEvent::Kind::kImage, .symbol = "NOBODY", .text = "{}"});
  hear({.kind = LiveEvent::Kind::kImageError, .symbol = "", .text = ""});
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = good;
    const auto place = static_cast<std::size_t>(random.below(std::ssize(damaged)));
    if (random.chance(50)) {
      damaged[place] = static_cast<char>(random.below(256));
    } else {
      damaged.resize(place);
    }
    hear_frame(damaged);
  }
  EXPECT_GT(market_->stats().malformed, 10'000U);
  hear({.kind = LiveEvent::Kind::kDown, .text = "enough"});
  sync();
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1"));
}

}  // namespace
}  // namespace portcullis::sim
