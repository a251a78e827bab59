// Every way an order can go, between the real gateway and a real portcullis-sim process over TLS,
// and at the end the same position, balances and fees on both sides, to the last decimal.
#include <string>

#include <gtest/gtest.h>

#include "tests/system/quoted_venue.hpp"

namespace portcullis::test {
namespace {

class OrderLifecycle : public QuotedVenue {
 protected:
  // Sum of a fee asset over the simulator's fills.
  static Fee venue_fee(const nlohmann::json& truth, const std::string& asset) {
    Fee sum;
    for (const auto& fill : truth.at("fills")) {
      if (fill.at("commissionAsset") == asset) {
        sum += Fee::parse(fill.at("commission").get<std::string>()).value();
      }
    }
    return sum;
  }
  static Qty venue_holding(const nlohmann::json& truth, const std::string& asset) {
    const auto& balance = truth.at("balances").at(asset);
    return Qty::parse(balance.at("free").get<std::string>()).value() +
           Qty::parse(balance.at("locked").get<std::string>()).value();
  }

  void expect_books_equal();
};

void OrderLifecycle::expect_books_equal() {
  const nlohmann::json truth = venue_.truth();
  const oms::PositionSnapshot position = gateway_.position();
  EXPECT_EQ(count_open(truth), 0);
  EXPECT_EQ(position.qty, venue_holding(truth, "BTC") - Qty::from_units(10));
  EXPECT_EQ(Fee::from_raw(position.fee_in_base.raw()), venue_fee(truth, "BTC"));
  EXPECT_EQ(Fee::from_raw(position.fee_in_quote.raw()), venue_fee(truth, "USDT"));
  // Quote balance: what it was, plus sold, less bought, less fees.
  Notional cash = Notional::from_units(1'000'000);
  std::size_t fills = 0;
  for (const ExecutionReport& report : gateway_.reports()) {
    if (report.exec_type != ExecType::kTrade) continue;
    ++fills;
    const Notional value = notional(report.last_px, report.last_qty);
    cash += report.side == Side::kBuy ? -value : value;
    if (gateway_.gateway().instruments().asset_name(report.fee_asset) == "USDT") {
      cash -= Notional::from_raw(report.fee.raw());
    }
  }
  EXPECT_EQ(fills, truth.at("fills").size());
  EXPECT_EQ(cash.raw(), venue_holding(truth, "USDT").raw());
}

TEST_P(OrderLifecycle, EveryOutcomeOnceAndTheBooksAgreeToTheLastDecimal) {
  ASSERT_NO_FATAL_FAILURE(start());

  // Rests, is hit in two parts, is filled. A buy pays its fee in the base asset.
  const StrategyRef resting =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "60005", "0.5");
  expect(resting, ExecType::kNew);
  venue_.place_other("BTCUSDT", "SELL", "60005.00", "0.20003", "IOC");
  const ExecutionReport part = expect(resting, ExecType::kTrade);
  EXPECT_EQ(part.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(part.last_qty, Qty::parse("0.20003"));
  EXPECT_EQ(part.liquidity, Liquidity::kMaker);
  EXPECT_EQ(gateway_.gateway().instruments().asset_name(part.fee_asset), "BTC");
  EXPECT_EQ(part.fee, Fee::parse("0.00020003"));
  venue_.place_other("BTCUSDT", "SELL", "60005.00", "0.29997", "IOC");
  const ExecutionReport rest = expect(resting, ExecType::kTrade);
  EXPECT_EQ(rest.state, OrderState::kFilled);
  EXPECT_EQ(rest.leaves_qty(), Qty{});

  // Takes at once. A sale pays its fee in the quote asset.
  const StrategyRef taking =
      gateway_.place(Side::kSell, OrdType::kLimit, TimeInForce::kGtc, "60000", "0.3");
  const ExecutionReport sold = expect(taking, ExecType::kTrade);
  EXPECT_EQ(sold.state, OrderState::kFilled);
  EXPECT_EQ(sold.liquidity, Liquidity::kTaker);
  EXPECT_EQ(sold.last_px, Price::from_units(60'000));
  EXPECT_EQ(gateway_.gateway().instruments().asset_name(sold.fee_asset), "USDT");
  EXPECT_EQ(sold.fee, Fee::parse("18"));

  // Cancelled while it rests; cancelled again when it is gone.
  const StrategyRef cancelled =
      gateway_.place(Side::kSell, OrdType::kLimitMaker, TimeInForce::kGtc, "60020", "0.1");
  const ExecutionReport placed = expect(cancelled, ExecType::kNew);
  gateway_.cancel(placed.order_id);
  EXPECT_EQ(expect(cancelled, ExecType::kCanceled).state, OrderState::kCanceled);
  gateway_.cancel(placed.order_id);
  EXPECT_EQ(expect(cancelled, ExecType::kCancelRejected).state, OrderState::kCanceled);

  // Cancel of a filled order.
  gateway_.cancel(sold.order_id);
  EXPECT_EQ(expect(taking, ExecType::kCancelRejected).state, OrderState::kFilled);

  // Post-only that would take.
  const StrategyRef post_only =
      gateway_.place(Side::kBuy, OrdType::kLimitMaker, TimeInForce::kGtc, "60015", "0.1");
  const ExecutionReport rejected = expect(post_only, ExecType::kRejected);
  EXPECT_EQ(rejected.venue_code, -2010);
  EXPECT_EQ(rejected.state, OrderState::kRejected);

  // IOC: takes what stands at its price, the rest expires.
  const StrategyRef ioc =
      gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kIoc, "60010", "1.5");
  EXPECT_EQ(expect(ioc, ExecType::kTrade).last_qty, Qty::from_units(1));
  const ExecutionReport expired = expect(ioc, ExecType::kExpired);
  EXPECT_EQ(expired.state, OrderState::kExpired);
  EXPECT_EQ(expired.cum_qty, Qty::from_units(1));

  ASSERT_TRUE(gateway_.drain());
  expect_books_equal();
}

INSTANTIATE_TEST_SUITE_P(BothKinds, OrderLifecycle, testing::Values("ed25519", "hmac"),
                         [](const auto& key) { return std::string{key.param}; });

}  // namespace
}  // namespace portcullis::test
