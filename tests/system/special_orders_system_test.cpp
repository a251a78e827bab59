// Orders that are not plain, of each type and with each parameter, between the real gateway and a
// real portcullis-sim process over TLS: taken, triggered, filled, cancelled.
#include <string>

#include <gtest/gtest.h>

#include "tests/system/quoted_venue.hpp"

namespace portcullis::test {
namespace {

class SpecialOrderSystem : public QuotedVenue {
 protected:
  static NewOrderSingle order(Side side, OrdType type, const char* px, const char* qty) {
    NewOrderSingle out;
    out.side = side;
    out.type = type;
    out.px = Price::parse(px).value();
    out.qty = Qty::parse(qty).value();
    return out;
  }
  static NewOrderSingle stop(Side side, OrdType type, const char* px, const char* stop_px) {
    NewOrderSingle out = order(side, type, px, "0.1");
    out.terms.stop_px = Price::parse(stop_px).value();
    return out;
  }

  // A trade at the best price of the side; what it triggers may trade elsewhere at once.
  void trade_at(Side taker, const char* px) {
    expect(gateway_.place(taker, OrdType::kLimit, TimeInForce::kIoc, px, "0.1"), ExecType::kTrade);
  }
  void expect_rests_and_is_cancelled(const NewOrderSingle& wish) {
    const StrategyRef ref = gateway_.place(wish);
    const ExecutionReport placed = expect(ref, ExecType::kNew);
    gateway_.cancel(placed.order_id);
    EXPECT_EQ(expect(ref, ExecType::kCanceled).state, OrderState::kCanceled);
  }
  void expect_position_is_the_venues() {
    const nlohmann::json truth = venue_.truth();
    EXPECT_EQ(count_open(truth), 0);
    const auto& balance = truth.at("balances").at("BTC");
    const Qty held = Qty::parse(balance.at("free").get<std::string>()).value() +
                     Qty::parse(balance.at("locked").get<std::string>()).value();
    EXPECT_EQ(gateway_.position().qty, held - Qty::from_units(10));
  }
};

TEST_P(SpecialOrderSystem, EachContingentTypeWaitsAndIsTriggered) {
  start();
  const auto expect_filled_at = [this](StrategyRef ref, const char* px) {
    const ExecutionReport filled = expect(ref, ExecType::kTrade);
    EXPECT_EQ(filled.state, OrderState::kFilled);
    EXPECT_EQ(filled.last_px, Price::parse(px));
  };
  const StrategyRef stop_loss = gateway_.place(stop(Side::kBuy, OrdType::kStopLoss, "0", "60008"));
  expect(stop_loss, ExecType::kNew);
  trade_at(Side::kBuy, "60010");
  expect_filled_at(stop_loss, "60010");
  ASSERT_TRUE(gateway_.wait_last_trade("60010"));

  const StrategyRef stop_loss_limit =
      gateway_.place(stop(Side::kSell, OrdType::kStopLossLimit, "60000", "60005"));
  expect(stop_loss_limit, ExecType::kNew);
  trade_at(Side::kSell, "60000");
  expect_filled_at(stop_loss_limit, "60000");
  ASSERT_TRUE(gateway_.wait_last_trade("60000"));

  const StrategyRef take_profit =
      gateway_.place(stop(Side::kSell, OrdType::kTakeProfit, "0", "60008"));
  expect(take_profit, ExecType::kNew);
  trade_at(Side::kBuy, "60010");
  expect_filled_at(take_profit, "60000");
  ASSERT_TRUE(gateway_.wait_last_trade("60000"));
  trade_at(Side::kBuy, "60010");
  ASSERT_TRUE(gateway_.wait_last_trade("60010"));

  const StrategyRef take_profit_limit =
      gateway_.place(stop(Side::kBuy, OrdType::kTakeProfitLimit, "60010", "60003"));
  expect(take_profit_limit, ExecType::kNew);
  trade_at(Side::kSell, "60000");
  expect_filled_at(take_profit_limit, "60010");

  ASSERT_TRUE(gateway_.drain());
  expect_position_is_the_venues();
}

TEST_P(SpecialOrderSystem, AMarketOrderByQuoteQuantityBuysWhatTheBookGives) {
  start();
  NewOrderSingle wish = order(Side::kBuy, OrdType::kMarket, "0", "0");
  wish.terms.quote_qty = Notional::parse("600.1").value();
  const ExecutionReport bought = expect(gateway_.place(wish), ExecType::kTrade);
  EXPECT_EQ(bought.state, OrderState::kFilled);
  EXPECT_EQ(bought.qty, Qty::parse("0.01")) << "the venue's quantity in the bound's place";
  EXPECT_EQ(bought.cum_qty, Qty::parse("0.01"));
  wish.side = Side::kSell;
  const ExecutionReport sold = expect(gateway_.place(wish), ExecType::kTrade);
  EXPECT_EQ(sold.state, OrderState::kFilled);
  EXPECT_EQ(sold.cum_qty, Qty::parse("0.01")) << "cut to whole steps";
  ASSERT_TRUE(gateway_.drain());
  expect_position_is_the_venues();
}

TEST_P(SpecialOrderSystem, AnIcebergIsFilledPartByPart) {
  start();
  NewOrderSingle wish = order(Side::kBuy, OrdType::kLimit, "60001", "0.5");
  wish.terms.iceberg_qty = Qty::parse("0.1").value();
  wish.terms.stp = StpMode::kExpireBoth;
  const StrategyRef ref = gateway_.place(wish);
  expect(ref, ExecType::kNew);
  ASSERT_TRUE(gateway_.wait_top("60001", "60010"));
  MarketSnapshot market;
  ASSERT_TRUE(gateway_.gateway().market().read(SymbolId{0}, market));
  EXPECT_EQ(market.top.bid_qty, Qty::parse("0.1")) << "the book shows a part";
  venue_.place_other("BTCUSDT", "SELL", "60001.00", "0.5", "IOC");
  const auto filled = gateway_.wait_report([&](const ExecutionReport& report) {
    return report.ref == ref && report.state == OrderState::kFilled;
  });
  ASSERT_TRUE(filled.has_value());
  EXPECT_EQ(filled->cum_qty, Qty::parse("0.5"));
  ASSERT_TRUE(gateway_.drain());
  expect_position_is_the_venues();
}

TEST_P(SpecialOrderSystem, TrailingAndPeggedOrdersRestUntilCancelled) {
  start();
  NewOrderSingle trailing = order(Side::kSell, OrdType::kStopLoss, "0", "0.1");
  trailing.terms.trailing_delta_bips = 100;
  expect_rests_and_is_cancelled(trailing);
  NewOrderSingle from_a_stop = stop(Side::kSell, OrdType::kTakeProfitLimit, "60000", "60020");
  from_a_stop.terms.trailing_delta_bips = 100;
  expect_rests_and_is_cancelled(from_a_stop);
  NewOrderSingle pegged = order(Side::kBuy, OrdType::kLimit, "0", "0.1");
  pegged.terms.peg = PegKind::kPrimary;
  expect_rests_and_is_cancelled(pegged);
  pegged.type = OrdType::kLimitMaker;
  expect_rests_and_is_cancelled(pegged);
  ASSERT_TRUE(gateway_.drain());
  expect_position_is_the_venues();
}

TEST_P(SpecialOrderSystem, AStopOnTheWrongSideCostsNoRoundTrip) {
  start();
  const StrategyRef wrong = gateway_.place(stop(Side::kBuy, OrdType::kStopLoss, "0", "59999"));
  const auto denied = gateway_.wait_for(wrong, ExecType::kDenied);
  ASSERT_TRUE(denied.has_value());
  EXPECT_EQ(denied->reject.reason, RejectReason::kStopSide);
  EXPECT_EQ(venue_.truth().at("orders").size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(BothKinds, SpecialOrderSystem, testing::Values("ed25519", "hmac"),
                         [](const auto& key) { return std::string{key.param}; });

}  // namespace
}  // namespace portcullis::test
