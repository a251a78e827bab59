// Orders that rest in a real day's book: what the model's knobs do to their fills.
#include <array>
#include <filesystem>

#include <gtest/gtest.h>

#include "sim/markets/capture_market.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim {
namespace {

// Every five seconds a small order at each best price, withdrawn after half a minute.
class Maker {
 public:
  explicit Maker(const MirrorRules& rules) {
    exchange.set_mirror_rules(rules);
    market = std::move(*CaptureMarket::open(
        exchange, {.sources = {{.symbol = 0,
                                .files = {shared_data("spot/btcusdt_20240808.gz"),
                                          shared_data("spot/btcusdt_20240809.gz")}}}}));
  }

  void run() {
    for (std::int64_t second = 0; !market->is_finished(); ++second) {
      now += std::chrono::seconds{1};
      market->step(now);
      const BestPrices best = exchange.best(0);
      if (second % 30 == 0) (void)exchange.cancel_all(account, 0, now);
      if (second % 5 != 0 || best.bid.qty.is_zero()) continue;
      quote(Side::kBuy, best.bid.px);
      quote(Side::kSell, best.ask.px);
    }
    (void)exchange.cancel_all(account, 0, now);
  }
  void quote(Side side, Price px) {
    NewOrder order = limit_maker(side, "1", "0.001");
    order.px = px;
    if (exchange.place(account, 0, order, now)) ++quoted;
  }
  [[nodiscard]] Qty filled() const {
    HistoryQuery all;
    all.limit = 1'000'000;
    Qty sum{};
    for (const Fill& fill : exchange.fills(account, 0, all)) sum += fill.qty;
    return sum;
  }

  WallTime now = wall_time(1'723'161'255'000'000'000);
  Exchange exchange{{btcusdt()}};
  const SimAccountId account =
      exchange.add_account({{.asset = "BTC", .free = Qty::from_units(10)},
                            {.asset = "USDT", .free = Qty::from_units(1'000'000)}});
  std::unique_ptr<CaptureMarket> market;
  int quoted{0};
};

TEST(RealQueue, ABiggerShareOfCancelsAheadFillsMoreAndTheBookStaysTheVenues) {
  if (!std::filesystem::exists(shared_data("spot/btcusdt_20240809.gz"))) {
    GTEST_SKIP() << "the recorded day is absent";
  }
  std::array<Qty, 3> filled{};
  for (std::size_t i = 0; i < filled.size(); ++i) {
    Maker maker{{.cancel_ahead_ppm = static_cast<std::int64_t>(i) * 500'000}};
    maker.run();
    filled[i] = maker.filled();
    RecordProperty("filled_" + std::to_string(i * 50),
                   filled[i].str() + " of " + std::to_string(maker.quoted) + " orders of 0.001");
    // What the capture's own test expects, with nothing of ours left in it.
    const BestPrices best = maker.exchange.best(0);
    EXPECT_EQ(best.bid.px, px("61602.01"));
    EXPECT_EQ(best.bid.qty, qty("1.67177"));
    EXPECT_EQ(best.ask.px, px("61602.02"));
    EXPECT_EQ(best.ask.qty, qty("2.66795"));
    EXPECT_EQ(maker.exchange.depth(0, 1'000'000).bids.size(), 1'971U);
    EXPECT_EQ(maker.exchange.depth(0, 1'000'000).asks.size(), 2'962U);
  }
  EXPECT_GT(filled[0], qty("0.05"));
  EXPECT_LE(filled[0], filled[1]);
  EXPECT_LE(filled[1], filled[2]);
}

}  // namespace
}  // namespace portcullis::sim
