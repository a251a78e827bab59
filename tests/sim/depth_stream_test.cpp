// A book kept from the wire by the documented recipe against the exchange's own.
#include <deque>
#include <map>

#include "tests/sim/market_stream_fixture.hpp"

namespace portcullis::sim::test {
namespace {

using Side1 = std::map<std::int64_t, std::int64_t>;  // quantity by price

void apply(Side1& side, const Json& levels) {
  for (const Json& level : levels) {
    const std::int64_t px = raw8(level[0]);
    const std::int64_t qty = raw8(level[1]);
    if (qty == 0) {
      side.erase(px);
    } else {
      side[px] = qty;
    }
  }
}

Side1 side_of(const std::vector<Level>& levels) {
  Side1 side;
  for (const Level& level : levels) side[level.px.raw()] = level.qty.raw();
  return side;
}

// Binance: how to manage a local order book correctly.
class LocalBook {
 public:
  enum class Outcome { kApplied, kIgnored, kGap };

  void begin(const Json& snapshot) {
    id_ = snapshot.at("lastUpdateId");
    bids_.clear();
    asks_.clear();
    apply(bids_, snapshot.at("bids"));
    apply(asks_, snapshot.at("asks"));
  }
  Outcome on_event(const Json& event) {
    const auto first = event.at("U").get<std::uint64_t>();
    const auto last = event.at("u").get<std::uint64_t>();
    if (last <= id_) return Outcome::kIgnored;
    if (first > id_ + 1) return Outcome::kGap;
    apply(bids_, event.at("b"));
    apply(asks_, event.at("a"));
    id_ = last;
    return Outcome::kApplied;
  }

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] const Side1& bids() const { return bids_; }
  [[nodiscard]] const Side1& asks() const { return asks_; }

 private:
  std::uint64_t id_{0};
  Side1 bids_;
  Side1 asks_;
};

class DepthStreams : public MarketStreamFixture {
 protected:
  DepthStreams()
      : client_{connect("/stream?streams=btcusdt@depth@100ms/btcusdt@depth20@100ms/"
                        "btcusdt@bookTicker")} {}

  // Limit orders on both sides, cancels, and market orders that eat through levels.
  void burst(int events) {
    on_server([&](Exchange& exchange) {
      for (int i = 0; i < events; ++i) one_event(exchange);
      truth_ = exchange.depth(0, 100'000);
    });
  }

  // The next event of the differences; the others are kept.
  Json next_difference() {
    for (;;) {
      Json event = client_.next_event();
      Json data = event.at("data");
      if (event.at("stream") == "btcusdt@depth@100ms") return data;
      (event.at("stream") == "btcusdt@bookTicker" ? ticker_ : top_) = std::move(data);
    }
  }

  void synchronise() {
    std::deque<Json> buffer{next_difference()};
    Json snapshot;
    do {
      snapshot = get("/api/v3/depth?symbol=BTCUSDT&limit=5000").json();
    } while (snapshot.at("lastUpdateId").get<std::uint64_t>() <
             buffer.front().at("U").get<std::uint64_t>());
    book_.begin(snapshot);
    for (const Json& event : buffer) ASSERT_NE(book_.on_event(event), LocalBook::Outcome::kGap);
  }

  void follow_to_truth() {
    while (book_.id() < truth_.last_update_id) {
      const std::uint64_t before = book_.id();
      const Json event = next_difference();
      const auto outcome = book_.on_event(event);
      ASSERT_NE(outcome, LocalBook::Outcome::kGap);
      if (outcome == LocalBook::Outcome::kApplied && is_live_) {
        ASSERT_EQ(event.at("U"), before + 1) << "every event begins where the last one ended";
      }
      is_live_ = is_live_ || outcome == LocalBook::Outcome::kApplied;
    }
    ASSERT_EQ(book_.id(), truth_.last_update_id);
  }

  void expect_top_of_truth() {
    while (top_.is_null() || top_.at("lastUpdateId") != truth_.last_update_id) {
      const Json event = client_.next_event();
      if (event.at("stream") == "btcusdt@depth20@100ms") top_ = event.at("data");
    }
    expect_levels(top_.at("bids"), truth_.bids);
    expect_levels(top_.at("asks"), truth_.asks);
    EXPECT_LE(ticker_.at("u").get<std::uint64_t>(), truth_.last_update_id);
    EXPECT_EQ(raw8(ticker_.at("b")), truth_.bids.front().px.raw());
    EXPECT_EQ(raw8(ticker_.at("B")), truth_.bids.front().qty.raw());
    EXPECT_EQ(raw8(ticker_.at("a")), truth_.asks.front().px.raw());
    EXPECT_EQ(raw8(ticker_.at("A")), truth_.asks.front().qty.raw());
  }

  Random random_{2'024};
  WsClient client_;
  LocalBook book_;
  DepthSnapshot truth_;
  Json ticker_;
  Json top_;

 private:
  static void expect_levels(const Json& actual, const std::vector<Level>& truth) {
    ASSERT_EQ(actual.size(), std::min<std::size_t>(20, truth.size()));
    for (std::size_t i = 0; i < actual.size(); ++i) {
      EXPECT_EQ(raw8(actual[i][0]), truth[i].px.raw());
      EXPECT_EQ(raw8(actual[i][1]), truth[i].qty.raw());
    }
  }

  void one_event(Exchange& exchange) {
    const std::int64_t roll = random_.below(100);
    if (roll < 35 && !resting_.empty()) {
      const auto at =
          static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(resting_.size())));
      // It may have traded since.
      (void)exchange.cancel(kCrowd, 0, {.target = {.order_id = resting_[at]}}, venue_now());
      resting_[at] = resting_.back();
      resting_.pop_back();
      return;
    }
    const Side side = random_.chance(50) ? Side::kBuy : Side::kSell;
    const bool is_sweep = roll > 92;
    const std::int64_t away = is_sweep ? -random_.below(30) : random_.below(200);
    const std::int64_t cents = 6'000'000 + (side == Side::kBuy ? -1 - away : 1 + away);
    const NewOrder order{.client_order_id = "",
                         .side = side,
                         .px = Price::from_raw(cents * 1'000'000),
                         .qty = Qty::from_raw((100 + random_.below(100'000)) * 1'000)};
    const auto placed = exchange.place(kCrowd, 0, order, venue_now());
    if (!placed) throw std::runtime_error{placed.error().message};
    if (placed->order.is_open()) resting_.push_back(placed->order.order_id);
  }

  std::vector<std::uint64_t> resting_;
  bool is_live_{false};
};

TEST_F(DepthStreams, TheBookFromTheWireIsTheExchangesAtAHundredMoments) {
  client_.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  burst(500);
  synchronise();
  for (int moment = 0; moment < 100; ++moment) {
    const std::int64_t bursts = 1 + random_.below(3);
    for (std::int64_t i = 0; i < bursts; ++i) burst(1 + static_cast<int>(random_.below(300)));
    ASSERT_NO_FATAL_FAILURE(follow_to_truth()) << moment;
    ASSERT_EQ(book_.bids(), side_of(truth_.bids)) << moment;
    ASSERT_EQ(book_.asks(), side_of(truth_.asks)) << moment;
    ASSERT_NO_FATAL_FAILURE(expect_top_of_truth()) << moment;
  }
}

TEST_F(DepthStreams, ASlowSubscriberToAFollowedBookMissesNothing) {
  client_.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  burst(300);
  next_difference();
  // Another one, every second, while the fast one is served; its first event begins somewhere.
  WsClient slow = connect("/ws/btcusdt@depth");
  slow.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  burst(200);
  const Json snapshot = get("/api/v3/depth?symbol=BTCUSDT&limit=5000").json();
  LocalBook book;
  book.begin(snapshot);
  for (int i = 0; i < 3; ++i) {
    burst(150);
    while (book.id() < truth_.last_update_id) {
      ASSERT_NE(book.on_event(slow.next_event()), LocalBook::Outcome::kGap);
    }
    EXPECT_EQ(book.bids(), side_of(truth_.bids));
    EXPECT_EQ(book.asks(), side_of(truth_.asks));
  }
}

TEST_F(DepthStreams, NothingIsSaidWhenNothingChanged) {
  client_.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  burst(50);
  next_difference();
  while (client_.receive(std::chrono::milliseconds{500})) {
  }
  EXPECT_FALSE(client_.receive(std::chrono::milliseconds{600}));
  // A newcomer to the best levels hears them although nothing moves.
  WsClient top = connect("/ws/btcusdt@depth5@100ms");
  EXPECT_EQ(top.next().at("lastUpdateId"), truth_.last_update_id);
  EXPECT_FALSE(top.receive(std::chrono::milliseconds{600}));
}

}  // namespace
}  // namespace portcullis::sim::test
