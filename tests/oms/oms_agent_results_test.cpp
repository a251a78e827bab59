// Fills with fees of every kind, through the agent: results by symbol and strategy, what is
// unknown, and what a restart keeps. Every test's journal is replayed and compared at its end.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "oms/results.hpp"
#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class OmsResults : public OmsTest {
 protected:
  OrderId fill(const char* fee, AssetId asset, std::size_t strategy = 0, Side side = Side::kBuy) {
    world.push(OmsWorld::order(side), strategy);
    world.step();
    const OrderId id{world.ids.last};
    VenueReport report = world.trade(id, ++last_trade, "1", "1", OrderState::kFilled);
    report.side = side;
    report.fee = *Fee::parse(fee);
    report.fee_asset = asset;
    world.tell(report);
    return id;
  }
  [[nodiscard]] PositionSnapshot position() const {
    PositionSnapshot found;
    EXPECT_TRUE(world.agent->view().read(kBtc, found));
    return found;
  }
  [[nodiscard]] PositionSnapshot position(StrategyId strategy) const {
    PositionSnapshot found;
    EXPECT_TRUE(world.agent->view().read(strategy, kBtc, found));
    return found;
  }
  [[nodiscard]] Results results() const {
    return {world.agent->view(), world.market, world.instruments, world.settings.mark_age_max};
  }
  // "fee-rate 101, report trade": what the journal holds of these two, in its order.
  std::string journal_text() {
    std::string text;
    auto reader = journal::JournalReader::open(world.disk);
    while (const auto record = reader->next()) {
      const auto type = static_cast<RecordType>(record->header.type);
      if (type == RecordType::kFeeRate) {
        const auto rate = load_record<FeeRateRecord>(record->payload);
        text += "rate " + Price::from_raw(rate->px).str() + ", ";
      } else if (type == RecordType::kReport) {
        text += "report, ";
      }
    }
    return text;
  }
  [[nodiscard]] AssetId eth() const { return *world.instruments.find_asset("ETH"); }
  std::uint64_t last_trade{0};
};

TEST_F(OmsResults, AFeeInAThirdAssetIsTakenAtTheAskOfItsBookWhichIsWrittenDownFirst) {
  world.publish_market(Price::from_units(101));
  fill("0.01", eth());
  EXPECT_EQ(position().realized.str(), "-1.01");
  EXPECT_TRUE(position().is_fee_complete);
  EXPECT_EQ(world.agent->view().fee(eth()), *Fee::parse("0.01"));
  EXPECT_EQ(journal_text(), "rate 101, report, ");
  fill("0.01", eth());
  EXPECT_EQ(journal_text(), "rate 101, report, report, ") << "once as long as it does not move";
  world.publish_market(Price::from_units(102));
  fill("0.01", eth());
  EXPECT_EQ(journal_text(), "rate 101, report, report, rate 102, report, ");
  EXPECT_EQ(position().realized.str(), "-3.04");
  EXPECT_EQ(position().fifo_realized.str(), "-3.04");
}

TEST_F(OmsResults, FeesInBaseAndQuoteNeedNoPrice) {
  fill("0.001", world.btc);
  fill("0.1", world.usdt);
  EXPECT_EQ(position().realized.str(), "-0.2");
  EXPECT_EQ(journal_text(), "report, report, ");
}

TEST_F(OmsResults, WithTheBookOfTheFeesAssetStaleTheResultIsUnknownUntilItIsBack) {
  fill("0.01", eth());
  world.run_for(6s, 100ms);
  fill("0.02", eth());
  EXPECT_FALSE(position().is_fee_complete);
  EXPECT_FALSE(position(StrategyId{0}).is_fee_complete);
  EXPECT_EQ(journal_text(), "rate 101, report, rate 0, report, ");
  world.run_for(1s, 100ms);
  EXPECT_FALSE(position().is_fee_complete);
  world.publish_market(Price::from_units(110));
  EXPECT_FALSE(results().result(kBtc, world.now_mono).has_value());
  world.run_for(100ms);
  EXPECT_TRUE(position().is_fee_complete);
  EXPECT_TRUE(position(StrategyId{0}).is_fee_complete);
  EXPECT_EQ(position().realized.str(), "-3.21") << "0.01 at 101 and 0.02 at 110";
  EXPECT_EQ(journal_text(), "rate 101, report, rate 0, report, rate 110, ");
  EXPECT_TRUE(results().result(kBtc, world.now_mono).has_value());
}

TEST_F(OmsResults, AFeeWhosePriceNobodyKnowsLeavesNoResultForALimitToTrust) {
  fill("0.01", world.bnb);
  world.run_for(1s);
  world.publish_market();
  EXPECT_FALSE(results().result(kBtc, world.now_mono).has_value());
  EXPECT_FALSE(results().account_result(world.usdt, world.now_mono).has_value());
  EXPECT_TRUE(results().result(kEth, world.now_mono).has_value());
}

TEST_F(OmsResults, EachStrategyHasItsOwn) {
  fill("0", kNoAsset, 0, Side::kBuy);
  fill("0", kNoAsset, 1, Side::kSell);
  fill("0.5", world.usdt, 1, Side::kSell);
  EXPECT_EQ(position(StrategyId{0}).qty, qty("1"));
  EXPECT_EQ(position(StrategyId{1}).qty, -qty("2"));
  EXPECT_EQ(position(StrategyId{1}).realized.str(), "-0.5");
  EXPECT_EQ(position().qty, -qty("1"));
  EXPECT_EQ(position(kNoStrategy).qty, Qty{});
  PositionSnapshot ignored;
  EXPECT_FALSE(world.agent->view().read(StrategyId{2}, kBtc, ignored));
}

TEST_F(OmsResults, ATradeOfOursOfNoKnownOrderCountsForNoStrategy) {
  VenueReport report = world.trade(OrderId{987'654}, 5, "1", "1", OrderState::kFilled);
  world.tell(report);
  EXPECT_EQ(position().qty, qty("1"));
  EXPECT_EQ(position(kNoStrategy).qty, qty("1"));
  EXPECT_EQ(position(StrategyId{0}).qty, Qty{});
}

TEST_F(OmsResults, ARestartKeepsWhatEachStrategyHasAndWhichFeesWait) {
  fill("0.01", eth(), 0, Side::kBuy);
  fill("0.01", world.bnb, 1, Side::kSell);
  fill("0", kNoAsset, 1, Side::kSell);
  const PositionSnapshot before = position(StrategyId{1});
  world.kill_and_restart();
  EXPECT_EQ(position(StrategyId{0}).realized.str(), "-1.01");
  EXPECT_EQ(position(StrategyId{1}).cost.str(), before.cost.str());
  EXPECT_FALSE(position().is_fee_complete);
  EXPECT_TRUE(position(StrategyId{0}).is_fee_complete);
  EXPECT_EQ(world.agent->accounting().positions().account(kBtc).waiting_asset(), world.bnb);
  EXPECT_EQ(world.agent->view().fee(world.bnb), *Fee::parse("0.01"));
}

// The next run's books are empty: a price that an earlier run knew must not count there, nor in a
// replay of both.
TEST_F(OmsResults, APriceEndsWithItsRun) {
  fill("0.01", eth());
  world.kill_and_restart();
  world.now_mono += 10s;
  world.start();
  fill("0.01", eth());
  EXPECT_FALSE(position().is_fee_complete);
  world.kill_and_restart();
  EXPECT_FALSE(position().is_fee_complete);
  world.start();
  world.publish_market(Price::from_units(120));
  world.run_for(100ms);
  EXPECT_EQ(position().realized.str(), "-2.21") << "0.01 at 101 and 0.01 at 120";
}

TEST_F(OmsResults, AFixedPriceIsUsedWhereThereIsNoBook) {
  OmsSettings settings;
  settings.fixed_fee_rates = {{.asset = "BNB", .quote_asset = "USDT", .px = px("600")}};
  const auto other = std::make_unique<OmsWorld>(settings);
  other->start();
  const OrderId id = other->place();
  VenueReport report = other->trade(id, 1, "1", "1", OrderState::kFilled);
  report.fee = *Fee::parse("0.001");
  report.fee_asset = other->bnb;
  other->tell(report);
  PositionSnapshot found;
  ASSERT_TRUE(other->agent->view().read(kBtc, found));
  EXPECT_EQ(found.realized.str(), "-0.6");
}

TEST_F(OmsResults, MoreLotsThanThereAreAreMergedTheSameInAReplay) {
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(kFifoLots) + 10; ++i) {
    const OrderId id = world.place();
    VenueReport report = world.trade(id, ++last_trade, "1", "1", OrderState::kFilled);
    report.last_px = Price::from_units(100 + i);
    world.tell(report);
    world.take_reports();
  }
  EXPECT_EQ(position().merged_lots, 10U);
  world.kill_and_restart();
  EXPECT_EQ(position().merged_lots, 10U);
}

TEST_F(OmsResults, AFillWithAThirdFeeAllocatesNothing) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the allocation guard stands aside in this build";
  const OrderId id = world.place();
  VenueReport report = world.trade(id, 1, "1", "1", OrderState::kFilled);
  report.fee = *Fee::parse("0.01");
  report.fee_asset = eth();
  const NoAllocScope scope{"test"};
  world.tell(report);
}

}  // namespace
}  // namespace portcullis::oms::test
