// Amendments, cancelReplace in each of its outcomes, and cancel-all, between the real gateway and a
// real portcullis-sim process over TLS.
#include <string>

#include <gtest/gtest.h>

#include "tests/system/quoted_venue.hpp"

namespace portcullis::test {
namespace {

class OrderChangesSystem : public QuotedVenue {
 protected:
  void expect_told(StrategyRef ref, ExecType type) {
    EXPECT_TRUE(gateway_.wait_any([&](const ExecutionReport& each) {
      return each.ref == ref && each.exec_type == type;
    })) << "no "
        << to_string(type) << " report";
  }
  // A bid below the market that rests there.
  ExecutionReport rest(const char* px = "59000", const char* qty = "0.3") {
    const StrategyRef ref = gateway_.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, px, qty);
    return expect(ref, ExecType::kNew);
  }
  static NewOrderSingle bid(const char* px, OrdType type = OrdType::kLimit) {
    NewOrderSingle order;
    order.type = type;
    order.px = Price::parse(px).value();
    order.qty = Qty::parse("0.1").value();
    return order;
  }
  // The order ends at the venue, and the gateway is not told.
  void end_unseen(const ExecutionReport& order) {
    venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 1}});
    venue_.rest_of("gateway", "DELETE", "/api/v3/order",
                   "symbol=BTCUSDT&orderId=" + std::to_string(order.venue_order_id.raw()));
  }
};

TEST_P(OrderChangesSystem, AnAmendedOrderIsSmallerAtTheVenueAndHere) {
  start();
  const ExecutionReport order = rest();
  gateway_.amend(order.order_id, "0.2");
  EXPECT_EQ(expect(order.ref, ExecType::kReplaced).qty, Qty::parse("0.2").value());
  // By the same client id: it is still ours.
  gateway_.amend(order.order_id, "0.1");
  EXPECT_EQ(expect(order.ref, ExecType::kReplaced).qty, Qty::parse("0.1").value());
  venue_.place_other("BTCUSDT", "SELL", "59000.00", "1.1");  // through the bid at 60000
  const ExecutionReport filled = expect(order.ref, ExecType::kTrade);
  EXPECT_EQ(filled.state, OrderState::kFilled);
  EXPECT_EQ(filled.cum_qty, Qty::parse("0.1").value());
}

TEST_P(OrderChangesSystem, AReplaceThatIsWhollyDone) {
  start();
  const ExecutionReport old = rest();
  const StrategyRef ref = gateway_.replace(old.order_id, bid("59500"), ReplaceMode::kStopOnFailure);
  expect_told(old.ref, ExecType::kCanceled);
  expect_told(ref, ExecType::kNew);
  EXPECT_EQ(count_open(venue_.truth()), 1);
}

TEST_P(OrderChangesSystem, AReplaceWhoseNewOrderIsRefusedHasCancelledTheOldOne) {
  start();
  const ExecutionReport old = rest();
  const StrategyRef ref = gateway_.replace(old.order_id, bid("60010", OrdType::kLimitMaker),
                                           ReplaceMode::kStopOnFailure);
  expect_told(old.ref, ExecType::kCanceled);
  expect_told(ref, ExecType::kRejected);
  EXPECT_EQ(count_open(venue_.truth()), 0);
}

TEST_P(OrderChangesSystem, AReplaceWhoseOldOrderHadEndedStops) {
  start();
  const ExecutionReport old = rest();
  end_unseen(old);
  const StrategyRef ref = gateway_.replace(old.order_id, bid("59500"), ReplaceMode::kStopOnFailure);
  expect_told(ref, ExecType::kRejected);
  expect_told(old.ref, ExecType::kCanceled);  // by a question
  EXPECT_EQ(count_open(venue_.truth()), 0);
}

TEST_P(OrderChangesSystem, AReplaceWhoseOldOrderHadEndedGoesOnWhereItMay) {
  start();
  const ExecutionReport old = rest();
  end_unseen(old);
  const StrategyRef ref = gateway_.replace(old.order_id, bid("59500"), ReplaceMode::kAllowFailure);
  expect_told(ref, ExecType::kNew);
  expect_told(old.ref, ExecType::kCanceled);
  EXPECT_EQ(count_open(venue_.truth()), 1);
}

TEST_P(OrderChangesSystem, AReplaceOfWhichNothingIsHeardIsFoundDone) {
  start();
  const ExecutionReport old = rest();
  venue_.fault({{"method", "order.cancelReplace"},
                {"action", "error"},
                {"code", -1007},
                {"status", 504},
                {"accept", true},
                {"count", 1}});
  venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 2}});
  const StrategyRef ref = gateway_.replace(old.order_id, bid("59500"), ReplaceMode::kStopOnFailure);
  expect_told(ref, ExecType::kUnknown);
  expect_told(ref, ExecType::kNew);
  expect_told(old.ref, ExecType::kCanceled);
  EXPECT_EQ(count_open(venue_.truth()), 1);
}

TEST_P(OrderChangesSystem, EverythingIsCancelledByOneCommand) {
  start();
  const ExecutionReport first = rest("59000");
  const ExecutionReport second = rest("59100");
  gateway_.cancel_all(kNoSymbol);
  expect_told(first.ref, ExecType::kCanceled);
  expect_told(second.ref, ExecType::kCanceled);
  EXPECT_EQ(count_open(venue_.truth()), 0);
}

INSTANTIATE_TEST_SUITE_P(EachKey, OrderChangesSystem, testing::Values("ed25519", "hmac"),
                         [](const auto& parameter) { return std::string{parameter.param}; });

}  // namespace
}  // namespace portcullis::test
