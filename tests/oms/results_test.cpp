#include "oms/results.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "oms/fee_rates.hpp"
#include "oms/position_account.hpp"
#include "tests/oms/money_text.hpp"

namespace portcullis::oms::test {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kAgeMax = 5s;
constexpr MonoTime kNow = mono_time(100'000'000'000);
constexpr StrategyId kStrategy{0};

class ResultsTest : public testing::Test {
 protected:
  ResultsTest() {
    btc = add("BTC", "USDT");
    eth = add("ETH", "USDT");
    cross = add("ETH", "BTC");
    usdt = *instruments.find_asset("USDT");
    for (const SymbolId symbol : {btc, eth, cross}) quote(symbol, "99", "101");
  }
  SymbolId add(const std::string& base, const std::string& quote_asset) {
    Instrument instrument;
    instrument.symbol = base + quote_asset;
    instrument.base_asset_name = base;
    instrument.quote_asset_name = quote_asset;
    return instruments.add(instrument);
  }
  void quote(SymbolId symbol, const char* bid, const char* ask, Nanos age = 0s,
             BookState state = BookState::kSynced) {
    MarketSnapshot snapshot;
    snapshot.top.bid_px = px(bid);
    snapshot.top.ask_px = px(ask);
    snapshot.received = kNow - age;
    snapshot.book_state = state;
    market.publish(symbol, snapshot);
  }
  // Bought (or sold short) at 100 in two lots, the first closed: 2 for 90 and 110, one closed
  // at 95.
  static PositionAccount account(Side side) {
    PositionAccount made;
    made.on_fill(side, px("90"), qty("1"));
    made.on_fill(side, px("110"), qty("1"));
    made.on_fill(opposite(side), px("95"), qty("1"));
    return made;
  }
  void hold(SymbolId symbol, const PositionAccount& held) {
    view.publish(symbol, held.snapshot());
    view.publish(kStrategy, symbol, held.snapshot());
  }
  InstrumentTable instruments;
  MarketView market{3};
  OmsView view{3, 1, 3};
  Results results{view, market, instruments, kAgeMax};
  SymbolId btc;
  SymbolId eth;
  SymbolId cross;
  AssetId usdt;
};

TEST_F(ResultsTest, ALongIsMarkedAtTheBid) {
  hold(btc, account(Side::kBuy));
  const auto average = results.result(btc, kNow);
  ASSERT_TRUE(average.has_value());
  EXPECT_EQ(average->realized.str(), "-5");
  EXPECT_EQ(average->unrealized.str(), "-1") << "one bought for 100, worth 99";
  const auto fifo = results.result(btc, kNow, CostMethod::kFifo);
  ASSERT_TRUE(fifo.has_value());
  EXPECT_EQ(fifo->realized.str(), "5");
  EXPECT_EQ(fifo->unrealized.str(), "-11") << "one bought for 110, worth 99";
  EXPECT_EQ(fifo->total().str(), average->total().str());
}

TEST_F(ResultsTest, AShortIsMarkedAtTheAsk) {
  hold(btc, account(Side::kSell));
  const auto average = results.result(btc, kNow);
  ASSERT_TRUE(average.has_value());
  EXPECT_EQ(average->unrealized.str(), "-1") << "one sold for 100, costs 101";
  const auto fifo = results.result(btc, kNow, CostMethod::kFifo);
  ASSERT_TRUE(fifo.has_value());
  EXPECT_EQ(fifo->unrealized.str(), "9") << "one sold for 110, costs 101";
  EXPECT_EQ(fifo->total().str(), average->total().str());
}

TEST_F(ResultsTest, WithoutAUsableBookAnOpenPositionHasNoResult) {
  hold(btc, account(Side::kBuy));
  quote(btc, "99", "101", kAgeMax);
  EXPECT_TRUE(results.result(btc, kNow).has_value()) << "as old as it may be";
  quote(btc, "99", "101", kAgeMax + 1ns);
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "stale by age";
  quote(btc, "99", "101", 0s, BookState::kStale);
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "stale by a gap";
  quote(btc, "99", "101", 0s, BookState::kBuffering);
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "not built";
  quote(btc, "101", "99");
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "crossed";
  quote(btc, "100", "100");
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "locked";
  quote(btc, "0", "101");
  EXPECT_FALSE(results.result(btc, kNow).has_value()) << "one-sided";
  quote(btc, "99", "101");
  EXPECT_TRUE(results.result(btc, kNow).has_value());
  const Results unset{view, market, instruments, Nanos{0}};
  EXPECT_FALSE(unset.result(btc, kNow).has_value()) << "an age that is not set refuses";
}

TEST_F(ResultsTest, AFlatPositionNeedsNoBook) {
  PositionAccount flat = account(Side::kBuy);
  flat.on_fill(Side::kSell, px("100"), qty("1"));
  hold(btc, flat);
  quote(btc, "0", "0", 0s, BookState::kEmpty);
  const auto result = results.result(btc, kNow);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->total().str(), "-5");
  EXPECT_EQ(result->unrealized.str(), "0");
}

TEST_F(ResultsTest, AFeeWithoutAPriceLeavesNoResultNotAZero) {
  PositionAccount held = account(Side::kBuy);
  held.on_fee_without_px(AssetId{3}, *Fee::parse("0.1"));
  hold(btc, held);
  EXPECT_FALSE(results.result(btc, kNow).has_value());
  EXPECT_FALSE(results.result(kStrategy, btc, kNow).has_value());
  EXPECT_FALSE(results.account_result(usdt, kNow).has_value());
  EXPECT_FALSE(results.strategy_result(kStrategy, usdt, kNow).has_value());
  EXPECT_TRUE(results.result(eth, kNow).has_value());
}

TEST_F(ResultsTest, TheAccountIsTheSumOfItsSymbolsAgainstOneAsset) {
  hold(btc, account(Side::kBuy));
  hold(eth, account(Side::kSell));
  hold(cross, account(Side::kSell));
  const auto sum = results.account_result(usdt, kNow);
  ASSERT_TRUE(sum.has_value());
  EXPECT_EQ(sum->realized.str(), "0") << "-5 and 5";
  EXPECT_EQ(sum->unrealized.str(), "-2");
  const auto strategy = results.strategy_result(kStrategy, usdt, kNow, CostMethod::kFifo);
  ASSERT_TRUE(strategy.has_value());
  EXPECT_EQ(strategy->total().str(), "-2");
  quote(cross, "0", "0");
  EXPECT_TRUE(results.account_result(usdt, kNow).has_value()) << "another asset's";
  quote(eth, "0", "0");
  EXPECT_FALSE(results.account_result(usdt, kNow).has_value());
}

TEST_F(ResultsTest, WhatIsNotThereHasNoResult) {
  EXPECT_FALSE(results.result(SymbolId{3}, kNow).has_value());
  EXPECT_FALSE(results.result(StrategyId{1}, btc, kNow).has_value());
  EXPECT_TRUE(results.result(kNoStrategy, btc, kNow).has_value());
}

TEST_F(ResultsTest, TheAveragePriceIsTheSnapshotsToo) {
  EXPECT_EQ(account(Side::kSell).snapshot().avg_px(), px("100"));
  EXPECT_EQ(PositionSnapshot{}.avg_px(), Price{});
}

using FeeRatesTest = ResultsTest;

TEST_F(FeeRatesTest, ThePriceIsTheAskOfTheSymbolThatTradesTheAsset) {
  const FeeRates rates{instruments, market, {}, kAgeMax};
  const AssetId eth_asset = *instruments.find_asset("ETH");
  quote(eth, "1999", "2001.5");
  EXPECT_EQ(rates.px_of(eth_asset, usdt, kNow), px("2001.5"));
  quote(eth, "1999", "2001.5", kAgeMax + 1ns);
  EXPECT_EQ(rates.px_of(eth_asset, usdt, kNow), std::nullopt);
}

TEST_F(FeeRatesTest, AFixedPriceStandsInForABookThatIsNotUsable) {
  (void)instruments.intern_asset("BNB");
  const FeeRates rates{instruments,
                       market,
                       {{.asset = "ETH", .quote_asset = "USDT", .px = px("2000")},
                        {.asset = "BNB", .quote_asset = "USDT", .px = px("600")},
                        {.asset = "XYZ", .quote_asset = "USDT", .px = px("1")}},
                       kAgeMax};
  const AssetId eth_asset = *instruments.find_asset("ETH");
  const AssetId bnb = *instruments.find_asset("BNB");
  EXPECT_EQ(rates.px_of(eth_asset, usdt, kNow), px("101"));
  quote(eth, "102", "101");
  EXPECT_EQ(rates.px_of(eth_asset, usdt, kNow), px("2000"));
  EXPECT_EQ(rates.px_of(bnb, usdt, kNow), px("600"));
  EXPECT_EQ(rates.px_of(bnb, *instruments.find_asset("BTC"), kNow), std::nullopt);
  EXPECT_EQ(rates.px_of(kNoAsset, usdt, kNow), std::nullopt);
}

}  // namespace
}  // namespace portcullis::oms::test
