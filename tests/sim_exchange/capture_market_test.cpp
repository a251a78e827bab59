#include "sim/markets/capture_market.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim {
namespace {

class CaptureMarketTest : public ExchangeTest {
 protected:
  // Plain text: the reader takes both.
  std::string write(const std::string& name, const std::string& text) {
    const auto path =
        std::filesystem::path{::testing::TempDir()} / (std::to_string(::getpid()) + "-" + name);
    std::ofstream{path} << text;
    return path.string();
  }
  std::unique_ptr<CaptureMarket> open(std::vector<std::string> files, std::int64_t speed) {
    return open_on(exchange, {{.symbol = 0, .files = std::move(files)}}, speed);
  }
  static std::unique_ptr<CaptureMarket> open_on(Exchange& exchange,
                                                std::vector<CaptureSource> sources,
                                                std::int64_t speed) {
    auto market = CaptureMarket::open(exchange, {.sources = std::move(sources), .speed = speed});
    EXPECT_TRUE(market.has_value()) << (market ? "" : market.error());
    return market ? std::move(*market) : nullptr;
  }
};

constexpr const char* kSmallCapture =
    R"(1000 {"stream":"btcusdt@depth@100ms","data":{"U":8,"u":10,"b":[["90.00","9.0"]],"a":[]}}
2000 {"stream":"btcusdt@trade","data":{"p":"99.00","q":"1.0","m":true}}
3000 {"lastUpdateId":10,"bids":[["99.00","1.0"]],"asks":[["101.00","2.0"]]}
4000 {"stream":"btcusdt@depth","data":{"U":9,"u":12,"b":[["100.00","3.0"]],"a":[["101.00","0.00"]]}}
5000 {"stream":"btcusdt@bookTicker","data":{"u":13,"b":"1","B":"1","a":"2","A":"1"}}
6000 {"stream":"btcusdt@trade","data":{"p":"100.00","q":"0.5","m":true}}
no time on this line
7000 {"stream":"btcusdt@depth@100ms","data":{"U":13}}
8000 {"stream":"btcusdt@depth@100ms","data":{"U":15,"u":15,"b":[],"a":[["102.00","1.0"]]}})";

TEST_F(CaptureMarketTest, FollowsTheVenuesAlgorithm) {
  auto market = open({write("small", kSmallCapture)}, 0);
  ASSERT_NE(market, nullptr);
  market->step(now);
  EXPECT_TRUE(market->is_finished());
  const CaptureMarket::Stats& stats = market->stats();
  EXPECT_EQ(stats.depth_dropped, 1U);
  EXPECT_EQ(stats.depth_applied, 2U);
  EXPECT_EQ(stats.depth_gaps, 1U);  // 13 and 14 never came
  EXPECT_EQ(stats.trades, 1U);      // the one before the snapshot has no book
  EXPECT_EQ(stats.malformed, 1U);
  EXPECT_EQ(stats.untimed, 1U);
  EXPECT_EQ(stats.last_update_id, 15U);
  const BestPrices best = exchange.best(0);
  EXPECT_EQ(best.bid.px, px("100"));
  EXPECT_EQ(best.ask.px, px("102"));
  EXPECT_EQ(exchange.depth(0, 100).bids.size(), 2U);
  ASSERT_EQ(listener.trades.size(), 1U);
  EXPECT_TRUE(listener.trades[0].buyer_is_maker);
}

TEST_F(CaptureMarketTest, KeepsTheRecordedPace) {
  auto market = open({write("paced", kSmallCapture)}, 2);
  ASSERT_NE(market, nullptr);
  market->step(now);
  EXPECT_EQ(market->stats().lines, 1U);  // the first line begins the clock
  market->step(now + Nanos{999});
  EXPECT_EQ(market->stats().lines, 2U);
  market->step(now + Nanos{1'000});
  EXPECT_EQ(market->stats().lines, 3U);  // 2000 ns of recording in 1000
  market->step(now + Nanos{3'500});
  EXPECT_TRUE(market->is_finished());
}

TEST_F(CaptureMarketTest, ASecondSnapshotReplacesTheBookAndKeepsOwnOrders) {
  const std::string later =
      "9000 {\"lastUpdateId\":50,\"bids\":[[\"98.00\",\"1.0\"]],\"asks\":[[\"99.00\",\"2.0\"]]}\n";
  ASSERT_TRUE(exchange.place(alice, 0, limit(Side::kBuy, "97", "0.1"), now));
  auto market = open({write("one", kSmallCapture), write("two", later)}, 0);
  ASSERT_NE(market, nullptr);
  market->step(now);
  const DepthSnapshot depth = exchange.depth(0, 100);
  ASSERT_EQ(depth.bids.size(), 2U);
  EXPECT_EQ(depth.bids[0].px, px("98"));
  EXPECT_EQ(depth.bids[1].px, px("97"));
  ASSERT_EQ(depth.asks.size(), 1U);
  EXPECT_EQ(depth.asks[0].px, px("99"));
}

TEST_F(CaptureMarketTest, NamesAFileThatIsNotThere) {
  const auto problem = [this](std::vector<CaptureSource> sources) {
    const auto market = CaptureMarket::open(exchange, {.sources = std::move(sources)});
    return market ? std::string{} : market.error();
  };
  EXPECT_NE(problem({{.symbol = 0, .files = {"/nowhere/x.gz"}}}).find("/nowhere/x.gz"),
            std::string::npos);
  EXPECT_NE(problem({{.symbol = 0, .files = {}}}), "");
  EXPECT_NE(problem({{.symbol = 9, .files = {"x"}}}), "");
  EXPECT_NE(problem({}), "");
}

TEST_F(CaptureMarketTest, RefusesTheRecordingOfAnotherSymbol) {
  const std::string file = write("other", "1 {\"stream\":\"ethusdt@trade\",\"data\":{}}\n");
  const auto market = CaptureMarket::open(exchange, {.sources = {{.symbol = 0, .files = {file}}}});
  ASSERT_FALSE(market.has_value());
  for (const std::string& word : {file, std::string{"ethusdt"}, std::string{"BTCUSDT"}}) {
    EXPECT_NE(market.error().find(word), std::string::npos) << market.error();
  }
}

TEST_F(CaptureMarketTest, ASecondSymbolsFramesInTheFileAreCountedAndLeftOut) {
  auto market = open(
      {write("mixed", std::string{kSmallCapture} + "\n9000 {\"stream\":\"ethusdt@trade\",\"data\":"
                                                   "{\"p\":\"5\",\"q\":\"1\",\"m\":true}}\n")},
      0);
  market->step(now);
  EXPECT_EQ(market->stats().foreign, 1U);
  EXPECT_EQ(listener.trades.size(), 1U);
}

// A snapshot and prints of both symbols, their times interleaved.
std::string tape(const std::string& symbol, const std::vector<std::int64_t>& print_times) {
  std::string text = "1 {\"lastUpdateId\":1,\"bids\":[[\"99\",\"5\"]],\"asks\":[]}\n";
  for (const std::int64_t at : print_times) {
    text += std::to_string(at) + " {\"stream\":\"" + symbol +
            "@trade\",\"data\":{\"p\":\"99\",\"q\":\"1\",\"m\":true}}\n";
  }
  return text;
}

TEST_F(CaptureMarketTest, ManySymbolsShareOneTimeLine) {
  SymbolSpec eth = *symbol_spec_by_name("ETHUSDT");
  Exchange two{{btcusdt(), eth}};
  two.set_listener(&listener);
  auto market = open_on(
      two,
      {{.symbol = 1, .files = {write("eth", tape("ethusdt", {2, 5, 6}))}},
       {.symbol = 0,
        .files = {write("btc1", tape("btcusdt", {3})), write("btc2", tape("btcusdt", {4, 7}))}}},
      1);
  ASSERT_NE(market, nullptr);
  market->step(now);
  market->step(now + Nanos{2});
  EXPECT_EQ(listener.trades.size(), 2U);  // 2 and 3: the clock began at 1
  market->step(now + Nanos{100});
  EXPECT_TRUE(market->is_finished());
  std::string order;
  for (const PublicTrade& trade : listener.trades) order += trade.symbol == 0 ? 'B' : 'E';
  EXPECT_EQ(order, "EBBEEB");
  EXPECT_EQ(market->stats(0).trades, 3U);
  EXPECT_EQ(market->stats(1).trades, 3U);
}

// A real day of BTCUSDT; the expected book was computed independently with decimal arithmetic.
TEST_F(CaptureMarketTest, RealCaptureEndsWithTheKnownBook) {
  std::vector<std::string> files;
  for (const char* name : {"spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"}) {
    files.push_back(shared_data(name));
    if (!std::filesystem::exists(files.back())) {
      GTEST_SKIP() << "the recorded day is absent: " << files.back();
    }
  }
  auto market = open(files, 0);
  ASSERT_NE(market, nullptr);
  int steps = 0;
  while (!market->is_finished() && ++steps < 100) {
    market->step(now);
    const BestPrices best = exchange.best(0);
    ASSERT_TRUE(best.ask.qty.is_zero() || best.bid.px < best.ask.px);
  }
  const CaptureMarket::Stats& stats = market->stats();
  EXPECT_EQ(stats.lines, 99'574U);
  EXPECT_EQ(stats.depth_dropped, 2U);
  EXPECT_EQ(stats.depth_applied, 6'493U);
  EXPECT_EQ(stats.depth_gaps, 0U);
  EXPECT_EQ(stats.malformed + stats.untimed, 0U);
  EXPECT_EQ(stats.last_update_id, 50'093'696'318U);
  EXPECT_EQ(listener.trades.size(), stats.trades);
  const BestPrices best = exchange.best(0);
  EXPECT_EQ(best.bid.px, px("61602.01"));
  EXPECT_EQ(best.bid.qty, qty("1.67177"));
  EXPECT_EQ(best.ask.px, px("61602.02"));
  EXPECT_EQ(best.ask.qty, qty("2.66795"));
  const DepthSnapshot depth = exchange.depth(0, 1'000'000);
  EXPECT_EQ(depth.bids.size(), 1'971U);
  EXPECT_EQ(depth.asks.size(), 2'962U);
  for (const BestPrices& told : listener.best) {
    ASSERT_TRUE(told.ask.qty.is_zero() || told.bid.px < told.ask.px);
  }
}

// The same of USD-M futures, whose updates are chained by `pu`.
TEST_F(CaptureMarketTest, RealFuturesCaptureEndsWithTheKnownBook) {
  const std::string file = shared_data("usdm/ethusdt_20240808.gz");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the recorded day is absent: " << file;
  Exchange eth{{*symbol_spec_by_name("ETHUSDT")}};
  auto market = open_on(eth, {{.symbol = 0, .files = {file}}}, 0);
  ASSERT_NE(market, nullptr);
  while (!market->is_finished()) market->step(now);
  const CaptureMarket::Stats& stats = market->stats();
  EXPECT_EQ(stats.depth_dropped, 5U);
  EXPECT_EQ(stats.depth_applied, 6'581U);
  EXPECT_EQ(stats.depth_gaps, 0U);
  EXPECT_EQ(stats.last_update_id, 5'123'135'545'737U);
  const BestPrices best = eth.best(0);
  EXPECT_EQ(best.bid.px, px("2681.38"));
  EXPECT_EQ(best.bid.qty, qty("8.486"));
  EXPECT_EQ(best.ask.px, px("2681.39"));
  EXPECT_EQ(best.ask.qty, qty("22.624"));
  EXPECT_EQ(eth.depth(0, 1'000'000).bids.size(), 3'181U);
  EXPECT_EQ(eth.depth(0, 1'000'000).asks.size(), 3'013U);
}

}  // namespace
}  // namespace portcullis::sim
