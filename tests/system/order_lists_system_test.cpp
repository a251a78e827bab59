// Order lists of each kind, between the real gateway and a real portcullis-sim process over TLS.
#include <string>

#include <gtest/gtest.h>

#include "tests/system/quoted_venue.hpp"

namespace portcullis::test {
namespace {

NewOrderSingle leg_of(OrdType type, Side side, const char* px, const char* stop_px = nullptr,
                      const char* qty = "0.2") {
  NewOrderSingle order;
  order.type = type;
  order.side = side;
  if (px != nullptr) order.px = Price::parse(px).value();
  if (stop_px != nullptr) order.terms.stop_px = Price::parse(stop_px).value();
  if (qty != nullptr) order.qty = Qty::parse(qty).value();
  return order;
}

class OrderListsSystem : public QuotedVenue {
 protected:
  static StrategyRef nth(StrategyRef first, std::uint64_t i) {
    return StrategyRef{first.raw() + i};
  }
  ExecutionReport told(StrategyRef ref, ExecType type) {
    ExecutionReport found;
    EXPECT_TRUE(gateway_.wait_any([&](const ExecutionReport& each) {
      if (each.ref == ref && each.exec_type == ExecType::kDenied) {
        ADD_FAILURE() << "denied: " << to_string(each.reject.reason);
      }
      if (each.ref != ref || each.exec_type != type) return false;
      found = each;
      return true;
    })) << "no "
        << to_string(type) << " report of " << ref.raw();
    return found;
  }
  // Sells 0.2 at 60500, or from 59500 on.
  StrategyRef place_oco() {
    return gateway_.place(
        NewOrderList{.kind = ListKind::kOco,
                     .orders = {leg_of(OrdType::kLimitMaker, Side::kSell, "60500"),
                                leg_of(OrdType::kStopLossLimit, Side::kSell, "59400", "59500")}});
  }
  // Buys 0.2 at 60000 behind the quote there, then sells it.
  StrategyRef place_working(ListKind kind) {
    const bool is_paid = is_paid_by_working(kind);
    const char* sold = is_paid ? nullptr : "0.2";
    NewOrderList list{.kind = kind, .orders = {leg_of(OrdType::kLimit, Side::kBuy, "60000")}};
    if (list.size() == 3) {
      list.orders[1] = leg_of(OrdType::kLimitMaker, Side::kSell, "60500", nullptr, sold);
      list.orders[2] = leg_of(OrdType::kStopLoss, Side::kSell, nullptr, "59500", sold);
    } else {
      list.orders[1] = leg_of(OrdType::kLimit, Side::kSell, "60400", nullptr, sold);
    }
    return gateway_.place(list);
  }
  // Somebody sells through the bid.
  void fill_working() { venue_.place_other("BTCUSDT", "SELL", "60000.00", "1.2"); }
  void expect_nothing_left() {
    EXPECT_EQ(count_open(venue_.truth()), 0);
    EXPECT_TRUE(eventually([&] {
      gateway_.turn();
      return gateway_.summary().open_count == 0;
    }));
  }
};

TEST_P(OrderListsSystem, OneOfAPairIsFilledAndTheOtherEnds) {
  start();
  const StrategyRef first = place_oco();
  told(first, ExecType::kNew);
  told(nth(first, 1), ExecType::kNew);
  EXPECT_EQ(count_open(venue_.truth()), 2);
  venue_.place_other("BTCUSDT", "BUY", "60500.00", "1.2");
  EXPECT_EQ(told(first, ExecType::kTrade).state, OrderState::kFilled);
  told(nth(first, 1), ExecType::kExpired);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, AListIsCancelledAsAWholeByEitherWay) {
  start();
  for (const bool is_whole : {true, false}) {
    const StrategyRef first = place_oco();
    const OrderId id = told(nth(first, 1), ExecType::kNew).order_id;
    is_whole ? gateway_.cancel_list(id) : gateway_.cancel(id);
    told(first, ExecType::kCanceled);
    told(nth(first, 1), ExecType::kCanceled);
    expect_nothing_left();
  }
}

TEST_P(OrderListsSystem, APendingOrderWaitsAndWorksOnceTheFirstIsFilled) {
  start();
  const StrategyRef first = place_working(ListKind::kOto);
  told(first, ExecType::kNew);
  EXPECT_TRUE(told(nth(first, 1), ExecType::kNew).is_waiting);
  fill_working();
  told(first, ExecType::kTrade);
  EXPECT_TRUE(gateway_.wait_any([&](const ExecutionReport& each) {
    return each.ref == nth(first, 1) && each.exec_type == ExecType::kNew && !each.is_waiting;
  }));
  gateway_.cancel(told(nth(first, 1), ExecType::kNew).order_id);
  told(nth(first, 1), ExecType::kCanceled);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, ThePendingPairOfAFilledOrderEndsByOneOfThem) {
  start();
  const StrategyRef first = place_working(ListKind::kOtoco);
  told(first, ExecType::kNew);
  fill_working();
  told(first, ExecType::kTrade);
  venue_.place_other("BTCUSDT", "BUY", "60500.00", "1.5");
  EXPECT_EQ(told(nth(first, 1), ExecType::kTrade).state, OrderState::kFilled);
  told(nth(first, 2), ExecType::kExpired);
  expect_nothing_left();
  EXPECT_EQ(gateway_.position().bought, gateway_.position().sold);
}

TEST_P(OrderListsSystem, TheWorkingOrdersCancelEndsWhatWaitsForIt) {
  start();
  const StrategyRef first = place_working(ListKind::kOpoco);
  gateway_.cancel(told(first, ExecType::kNew).order_id);
  told(first, ExecType::kCanceled);
  told(nth(first, 1), ExecType::kCanceled);
  told(nth(first, 2), ExecType::kCanceled);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, ProceedsAreSoldInTheVenuesQuantity) {
  start();
  const StrategyRef first = place_working(ListKind::kOpo);
  EXPECT_EQ(told(nth(first, 1), ExecType::kNew).qty, Qty::parse("0.2").value()) << "the bound";
  fill_working();
  told(first, ExecType::kTrade);
  venue_.place_other("BTCUSDT", "BUY", "60400.00", "1.5");
  const ExecutionReport sold = told(nth(first, 1), ExecType::kTrade);
  EXPECT_EQ(sold.state, OrderState::kFilled);
  EXPECT_LE(sold.cum_qty, Qty::parse("0.2").value());
  EXPECT_EQ(sold.cum_qty, sold.qty);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, ARefusedListIsRefusedInEachOfItsOrders) {
  start();
  venue_.fault({{"method", "orderList.place.oco"},
                {"action", "error"},
                {"code", -2010},
                {"status", 400},
                {"accept", false},
                {"count", 1}});
  const StrategyRef first = place_oco();
  told(first, ExecType::kRejected);
  EXPECT_EQ(told(nth(first, 1), ExecType::kRejected).venue_code, -2010);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, AListOfWhichNothingIsHeardIsFoundWhole) {
  start();
  venue_.fault({{"method", "orderList.place.oco"},
                {"action", "error"},
                {"code", -1007},
                {"status", 504},
                {"accept", true},
                {"count", 1}});
  venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 2}});
  const StrategyRef first = place_oco();
  told(first, ExecType::kUnknown);
  told(nth(first, 1), ExecType::kUnknown);
  told(first, ExecType::kNew);
  told(nth(first, 1), ExecType::kNew);
  EXPECT_EQ(count_open(venue_.truth()), 2);
  gateway_.cancel_list(told(first, ExecType::kNew).order_id);
  told(first, ExecType::kCanceled);
  told(nth(first, 1), ExecType::kCanceled);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, ALostEndIsAskedForOnceTheListIsOver) {
  start();
  const StrategyRef first = place_oco();
  told(first, ExecType::kNew);
  const ExecutionReport second = told(nth(first, 1), ExecType::kNew);
  // The venue tells of one of the two ends, and that the list is over.
  venue_.fault({{"method", "executionReport"}, {"action", "drop_event"}, {"count", 1}});
  venue_.rest_of("gateway", "DELETE", "/api/v3/order",
                 "symbol=BTCUSDT&orderId=" + std::to_string(second.venue_order_id.raw()));
  told(first, ExecType::kCanceled);
  told(nth(first, 1), ExecType::kCanceled);
  expect_nothing_left();
}

TEST_P(OrderListsSystem, AKillEndsListsAndWhatWaitsInThem) {
  start();
  const StrategyRef oco = place_oco();
  told(oco, ExecType::kNew);
  const StrategyRef otoco = place_working(ListKind::kOtoco);
  told(nth(otoco, 2), ExecType::kNew);
  EXPECT_EQ(count_open(venue_.truth()), 5);
  gateway_.kill_switch().kill();
  for (const StrategyRef ref : {oco, nth(oco, 1), otoco, nth(otoco, 1), nth(otoco, 2)}) {
    told(ref, ExecType::kCanceled);
  }
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(EachKey, OrderListsSystem, testing::Values("ed25519", "hmac"),
                         [](const auto& parameter) { return std::string{parameter.param}; });

}  // namespace
}  // namespace portcullis::test
