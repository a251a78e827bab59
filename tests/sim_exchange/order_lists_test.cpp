// The lives of order lists: OCO, OTO, OTOCO, OPO, OPOCO.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using ::testing::ElementsAre;

class OrderListsTest : public ExchangeTest {
 protected:
  void SetUp() override {
    crowd(Side::kBuy, "59990", "5");
    crowd(Side::kSell, "60010", "5");
    last_price("60000");
    ExchangeTest::SetUp();
  }

  static NewOrderList list_of(ListKind kind, std::vector<NewOrder> orders, std::string name = {}) {
    return {.kind = kind, .list_client_order_id = std::move(name), .orders = std::move(orders)};
  }
  // Above 61000, below 59000.
  static NewOrderList sell_oco(std::string name = {}) {
    return list_of(ListKind::kOco,
                   {limit_maker(Side::kSell, "61000", "1"),
                    stop_limit(kStopLossLimit, Side::kSell, "59000", "58900", "1")},
                   std::move(name));
  }
  PlaceListResult place_list(const NewOrderList& list) {
    auto placed = exchange.place_list(alice, 0, list, now);
    EXPECT_TRUE(placed.has_value()) << (placed ? "" : placed.error().message);
    return placed.value_or(PlaceListResult{});
  }
  void expect_list_refused(const NewOrderList& list, int code, std::string_view text) {
    expect_error(exchange.place_list(alice, 0, list, now), code, text);
    EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
    EXPECT_EQ(listener.story(alice), "");
  }
  [[nodiscard]] Order leg(const PlaceListResult& placed, std::size_t index) const {
    return order_of(alice, placed.list.legs.at(index).order_id);
  }
  [[nodiscard]] OrderList list_now(const PlaceListResult& placed) const {
    return exchange.find_list(alice, placed.list.list_id, "").value();
  }
  void expect_done(const PlaceListResult& placed) const {
    const OrderList list = list_now(placed);
    EXPECT_EQ(list.order_status, ListOrderStatus::kAllDone);
    EXPECT_EQ(list.status_type, ListStatusType::kAllDone);
    EXPECT_TRUE(exchange.open_lists(alice).empty());
    EXPECT_EQ(locked(alice, "BTC"), "0");
    EXPECT_EQ(locked(alice, "USDT"), "0");
  }
};

// ---- OCO

TEST_F(OrderListsTest, AnOcoRestsItsLimitAndHoldsItsStopOnOneLock) {
  const auto placed = place_list(sell_oco("mine"));
  EXPECT_EQ(placed.list.list_client_order_id, "mine");
  EXPECT_EQ(placed.list.status_type, ListStatusType::kExecStarted);
  EXPECT_EQ(placed.list.order_status, ListOrderStatus::kExecuting);
  ASSERT_EQ(placed.reports.size(), 2U);
  // The stop loss first, as the venue lists them.
  EXPECT_EQ(placed.reports[0].order.type, kStopLossLimit);
  EXPECT_FALSE(placed.reports[0].order.is_working());
  EXPECT_EQ(placed.reports[1].order.type, kLimitMaker);
  EXPECT_TRUE(placed.reports[1].order.is_working());
  EXPECT_EQ(placed.reports[0].order.list_id, placed.list.list_id);
  EXPECT_EQ(locked(alice, "BTC"), "1");
  EXPECT_EQ(listener.story(alice), "NEW NEW list:EXEC_STARTED position");
  EXPECT_EQ(exchange.open_lists(alice).size(), 1U);
}

TEST_F(OrderListsTest, ABuyOcoLocksWhatItsDearerLegNeeds) {
  place_list(list_of(ListKind::kOco, {stop_limit(kStopLossLimit, Side::kBuy, "61000", "61500", "1"),
                                      limit_maker(Side::kBuy, "59000", "1")}));
  EXPECT_EQ(locked(alice, "USDT"), "61500");
  ASSERT_TRUE(exchange.cancel_all(alice, 0, now).has_value());
  EXPECT_EQ(locked(alice, "USDT"), "0");
}

TEST_F(OrderListsTest, TheFirstFillOfTheLimitExpiresTheStop) {
  const auto placed = place_list(sell_oco());
  listener.clear();
  crowd(Side::kBuy, "61000", "5.4");  // the crowd's offer of 5 first
  EXPECT_EQ(leg(placed, 0).status, OrderStatus::kExpired);
  EXPECT_EQ(leg(placed, 0).expiry_reason, ExpiryReason::kOcoTrigger);
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(listener.story(alice), "EXPIRED TRADE position");
  EXPECT_EQ(list_now(placed).order_status, ListOrderStatus::kExecuting);
  EXPECT_EQ(locked(alice, "BTC"), "0.6");
  last_price("58000");  // the stop is gone
  crowd(Side::kBuy, "61000", "0.6");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kFilled);
  EXPECT_EQ(listener.story(alice), "EXPIRED TRADE position TRADE list:ALL_DONE position");
  expect_done(placed);
}

TEST_F(OrderListsTest, TheTriggeredStopExpiresTheLimit) {
  const auto placed = place_list(sell_oco());
  listener.clear();
  last_price("59000");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kExpired);
  EXPECT_EQ(leg(placed, 1).expiry_reason, ExpiryReason::kOcoTrigger);
  EXPECT_EQ(leg(placed, 0).status, OrderStatus::kFilled);
  EXPECT_EQ(listener.story(alice), "EXPIRED NEW TRADE list:ALL_DONE position");
  expect_done(placed);
}

TEST_F(OrderListsTest, ATriggeredStopThatRestsKeepsTheListOpen) {
  const auto placed = place_list(
      list_of(ListKind::kOco, {limit_maker(Side::kSell, "61000", "1"),
                               stop_limit(kStopLossLimit, Side::kSell, "59000", "60500", "1")}));
  last_price("59000");
  EXPECT_EQ(leg(placed, 0).status, OrderStatus::kNew);
  EXPECT_EQ(list_now(placed).order_status, ListOrderStatus::kExecuting);
  EXPECT_EQ(exchange.best(0).ask.px, px("60010"));
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(leg(placed, 0).order_id), now).has_value());
  expect_done(placed);
}

TEST_F(OrderListsTest, TakeProfitAndStopLossExcludeEachOther) {
  const auto placed =
      place_list(list_of(ListKind::kOco, {stop(kTakeProfit, Side::kSell, "61000", "1"),
                                          stop(kStopLoss, Side::kSell, "59000", "1")}));
  EXPECT_FALSE(placed.reports[0].order.is_working());
  EXPECT_FALSE(placed.reports[1].order.is_working());
  last_price("61000");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kFilled);
  EXPECT_EQ(leg(placed, 0).expiry_reason, ExpiryReason::kOcoTrigger);
  expect_done(placed);
}

TEST_F(OrderListsTest, CancellingEitherLegCancelsTheList) {
  for (const std::size_t index : {0U, 1U}) {
    const auto placed = place_list(sell_oco());
    listener.clear();
    const auto canceled =
        exchange.cancel(alice, 0, by_id(placed.list.legs[index].order_id, "", "why"), now);
    ASSERT_TRUE(canceled.has_value());
    ASSERT_TRUE(canceled->list.has_value());
    EXPECT_EQ(canceled->list->order_status, ListOrderStatus::kAllDone);
    ASSERT_EQ(canceled->orders.size(), 2U);
    EXPECT_EQ(canceled->orders[0].order_id, placed.list.legs[0].order_id);
    for (const Order& order : canceled->orders) EXPECT_EQ(order.status, OrderStatus::kCanceled);
    EXPECT_EQ(listener.story(alice), "CANCELED CANCELED list:ALL_DONE position");
    for (const auto& told : listener.events) {
      EXPECT_EQ(told.event.cancel_client_order_id, "why");
    }
    expect_done(placed);
  }
}

TEST_F(OrderListsTest, AListIsCanceledByIdByNameOrBoth) {
  const auto by = [](std::int64_t id, std::string name) {
    return CancelListRequest{.list_id = id, .list_client_order_id = std::move(name)};
  };
  const auto first = place_list(sell_oco("a"));
  constexpr std::string_view kUnknown = "Unknown order list sent.";
  expect_error(exchange.cancel_list(alice, 0, by(99, ""), now), -2011, kUnknown);
  expect_error(exchange.cancel_list(alice, 0, by(first.list.list_id, "b"), now), -2011, kUnknown);
  expect_error(exchange.cancel_list(bob, 0, by(first.list.list_id, ""), now), -2011, kUnknown);
  expect_error(exchange.cancel_list(alice, 0, by(-1, ""), now), -1102,
               "Param 'orderListId' or 'listClientOrderId' must be sent, but both were "
               "empty/null!");
  EXPECT_TRUE(exchange.cancel_list(alice, 0, by(first.list.list_id, "a"), now).has_value());
  expect_error(exchange.cancel_list(alice, 0, by(first.list.list_id, ""), now), -2011, kUnknown);
  place_list(sell_oco("a"));
  const auto canceled = exchange.cancel_list(
      alice, 0, {.list_client_order_id = "a", .cancel_client_order_id = "mine"}, now);
  ASSERT_TRUE(canceled.has_value());
  EXPECT_EQ(canceled->orders.size(), 2U);
  EXPECT_EQ(canceled->cancel_client_order_id, "mine");
  EXPECT_EQ(listener.events.back().event.cancel_client_order_id, "mine");
}

TEST_F(OrderListsTest, CancelAllTakesAListAsOne) {
  place(alice, limit(Side::kBuy, "50000", "1"));
  place_list(sell_oco());
  const auto canceled = exchange.cancel_all(alice, 0, now);
  ASSERT_TRUE(canceled.has_value());
  ASSERT_EQ(canceled->size(), 2U);
  EXPECT_FALSE((*canceled)[0].list.has_value());
  ASSERT_TRUE((*canceled)[1].list.has_value());
  EXPECT_EQ((*canceled)[1].orders.size(), 2U);
  EXPECT_EQ((*canceled)[0].cancel_client_order_id, (*canceled)[1].cancel_client_order_id);
}

TEST_F(OrderListsTest, ALegExpiredBySelfTradePreventionEndsThePair) {
  const auto placed = place_list(sell_oco());
  exchange.set_crowd_level(0, Side::kSell, level("60010", "0"), now);
  place(alice, with_stp(limit(Side::kBuy, "61000", "6"), StpMode::kExpireMaker));
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kExpiredInMatch);
  EXPECT_EQ(leg(placed, 0).expiry_reason, ExpiryReason::kOcoTrigger);
  EXPECT_EQ(list_now(placed).order_status, ListOrderStatus::kAllDone);
}

// ---- OTO

NewOrder working(std::string_view price, TimeInForce tif = TimeInForce::kGtc) {
  return limit(Side::kBuy, price, "1", tif);
}

TEST_F(OrderListsTest, APendingOrderWaitsForTheWholeFill) {
  const auto placed =
      place_list(list_of(ListKind::kOto, {working("59995"), limit(Side::kSell, "62000", "0.5")}));
  EXPECT_EQ(placed.reports[0].order.status, OrderStatus::kNew);
  EXPECT_EQ(placed.reports[1].order.status, OrderStatus::kPendingNew);
  EXPECT_FALSE(placed.reports[1].order.is_working());
  EXPECT_EQ(listener.story(alice), "NEW NEW list:EXEC_STARTED position");
  EXPECT_EQ(locked(alice, "BTC"), "0");  // nothing for what is pending
  crowd(Side::kSell, "59995", "0.6");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kPendingNew);
  listener.clear();
  crowd(Side::kSell, "59995", "0.4");
  EXPECT_EQ(leg(placed, 0).status, OrderStatus::kFilled);
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kNew);
  EXPECT_TRUE(leg(placed, 1).is_working());
  EXPECT_EQ(listener.story(alice), "TRADE list:EXEC_STARTED NEW position");
  EXPECT_EQ(locked(alice, "BTC"), "0.5");
  crowd(Side::kBuy, "62000", "5.5");
  expect_done(placed);
}

TEST_F(OrderListsTest, TheAnswerToAnImmediateFillStillShowsThePendingOrderPending) {
  const auto placed =
      place_list(list_of(ListKind::kOto, {working("60010"), market(Side::kSell, "0.5")}));
  EXPECT_EQ(placed.reports[0].order.status, OrderStatus::kFilled);
  EXPECT_EQ(placed.reports[0].fills.size(), 1U);
  EXPECT_EQ(placed.reports[1].order.status, OrderStatus::kPendingNew);
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kFilled);
  EXPECT_EQ(listener.story(alice),
            "NEW NEW list:EXEC_STARTED TRADE list:EXEC_STARTED NEW TRADE list:ALL_DONE position");
  expect_done(placed);
}

TEST_F(OrderListsTest, AWorkingOrderThatExpiresTakesThePendingWithIt) {
  const auto placed =
      place_list(list_of(ListKind::kOtoco, {working("59995", TimeInForce::kFok),
                                            stop(kTakeProfit, Side::kSell, "62000", "1"),
                                            stop(kStopLoss, Side::kSell, "58000", "1")}));
  EXPECT_EQ(leg(placed, 0).expiry_reason, ExpiryReason::kUnfilledFok);
  for (const std::size_t index : {1U, 2U}) {
    EXPECT_EQ(leg(placed, index).status, OrderStatus::kExpired);
    EXPECT_EQ(leg(placed, index).expiry_reason, ExpiryReason::kOtoPhaseOneExpired);
  }
  EXPECT_EQ(listener.story(alice),
            "NEW NEW NEW list:EXEC_STARTED EXPIRED EXPIRED EXPIRED list:ALL_DONE position");
  EXPECT_EQ(placed.list.order_status, ListOrderStatus::kAllDone);
  expect_done(placed);
}

TEST_F(OrderListsTest, CancellingThePendingOrderCancelsTheWorkingOneToo) {
  const auto placed =
      place_list(list_of(ListKind::kOto, {working("59995"), limit(Side::kSell, "62000", "0.5")}));
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.list.legs[1].order_id), now).has_value());
  EXPECT_EQ(leg(placed, 0).status, OrderStatus::kCanceled);
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kCanceled);
  expect_done(placed);
}

TEST_F(OrderListsTest, APartlyFilledWorkingOrderThatIsCanceledLeavesNoPending) {
  const auto placed =
      place_list(list_of(ListKind::kOto, {working("59995"), limit(Side::kSell, "62000", "0.5")}));
  crowd(Side::kSell, "59995", "0.6");
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.list.legs[0].order_id), now).has_value());
  EXPECT_EQ(leg(placed, 0).cum_qty, qty("0.6"));
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kCanceled);
  expect_done(placed);
}

struct ActivationCase {
  const char* name;
  NewOrder pending;
  RejectReason reason;
};

class PendingRefused : public OrderListsTest,
                       public ::testing::WithParamInterface<ActivationCase> {};

TEST_P(PendingRefused, ExpiresAsRejectedWhenItIsPlaced) {
  const auto placed = place_list(list_of(ListKind::kOto, {working("60010"), GetParam().pending}));
  const Order pending = leg(placed, 1);
  EXPECT_EQ(pending.status, OrderStatus::kExpired);
  EXPECT_EQ(pending.expiry_reason, ExpiryReason::kRejected);
  EXPECT_FALSE(pending.is_working());
  EXPECT_EQ(listener.events.back().event.type, AccountEvent::Type::kExpired);
  EXPECT_EQ(listener.events.back().event.reject_reason, GetParam().reason);
  expect_done(placed);
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, PendingRefused,
    ::testing::Values(ActivationCase{"Funds", limit(Side::kSell, "62000", "12"),
                                     RejectReason::kInsufficientBalances},
                      ActivationCase{"FundsOfAMarketOrder", market(Side::kSell, "12"),
                                     RejectReason::kInsufficientBalances},
                      ActivationCase{"Trigger", stop(kStopLoss, Side::kSell, "61000", "1"),
                                     RejectReason::kStopWouldTriggerImmediately},
                      ActivationCase{"Maker", limit_maker(Side::kSell, "59000", "1"),
                                     RejectReason::kWouldMatchImmediately},
                      ActivationCase{
                          "Peg", pegged(limit(Side::kSell, "0", "1"), PegPriceType::kPrimary, 50),
                          RejectReason::kNone}),
    [](const auto& each) { return each.param.name; });

TEST_F(OrderListsTest, APairAroundAnotherPriceIsRejectedWhole) {
  const auto placed = place_list(
      list_of(ListKind::kOtoco, {working("60010"), limit_maker(Side::kSell, "60009", "1"),
                                 stop(kStopLoss, Side::kSell, "58000", "1")}));
  for (const std::size_t index : {1U, 2U}) {
    EXPECT_EQ(leg(placed, index).expiry_reason, ExpiryReason::kRejected);
  }
  EXPECT_EQ(listener.events.back().event.reject_reason, RejectReason::kOcoBadPrices);
  expect_done(placed);
}

TEST_F(OrderListsTest, AnOtocosPairIsAnOcoOnceItIsPlaced) {
  const auto placed = place_list(
      list_of(ListKind::kOtoco, {working("60010"), limit_maker(Side::kSell, "61000", "1"),
                                 stop(kStopLoss, Side::kSell, "59000", "1")}));
  EXPECT_EQ(leg(placed, 1).type, kStopLoss);
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kNew);
  EXPECT_EQ(leg(placed, 2).status, OrderStatus::kNew);
  EXPECT_EQ(locked(alice, "BTC"), "1");
  last_price("59000");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kFilled);
  EXPECT_EQ(leg(placed, 2).expiry_reason, ExpiryReason::kOcoTrigger);
  expect_done(placed);
}

// ---- OPO

NewOrder unsized(NewOrder order) {
  order.qty = {};
  return order;
}

TEST_F(OrderListsTest, AnOposPendingOrderSellsWhatWasReceivedLessCommission) {
  ASSERT_TRUE(exchange.deposit(alice, "BTC", qty("-10")));
  const auto placed = place_list(
      list_of(ListKind::kOpo, {working("59995"), unsized(limit(Side::kSell, "62000", "1"))}));
  EXPECT_TRUE(placed.reports[1].order.qty.is_zero());
  crowd(Side::kSell, "59995", "0.4");
  // Held for the pending order, the commission taken from it.
  EXPECT_EQ(free(alice, "BTC"), "0");
  EXPECT_EQ(locked(alice, "BTC"), "0.3996");
  crowd(Side::kSell, "59995", "0.6");
  EXPECT_EQ(leg(placed, 1).status, OrderStatus::kNew);
  EXPECT_EQ(leg(placed, 1).qty, qty("0.999"));
  EXPECT_EQ(locked(alice, "BTC"), "0.999");
  EXPECT_EQ(free(alice, "BTC"), "0");
}

TEST_F(OrderListsTest, AnOposCommissionComesOutOfWhatIsFreeWhereThereIsEnough) {
  const auto placed = place_list(
      list_of(ListKind::kOpo, {working("60010"), unsized(limit(Side::kSell, "62000", "1"))}));
  EXPECT_EQ(leg(placed, 1).qty, qty("1"));
  EXPECT_EQ(free(alice, "BTC"), "9.999");
}

TEST_F(OrderListsTest, AnOposQuantityIsCutToTheLotAndTheRestIsFree) {
  SymbolSpec spec = btcusdt();
  spec.filters.lot_size->lot_size = qty("0.01");
  spec.filters.lot_size->qty_min = qty("0.01");
  exchange.replace_spec(0, spec);
  ASSERT_TRUE(exchange.deposit(alice, "BTC", qty("-10")));
  const auto placed = place_list(
      list_of(ListKind::kOpoco, {working("60010"), unsized(limit_maker(Side::kSell, "62000", "1")),
                                 unsized(stop(kStopLoss, Side::kSell, "58000", "1"))}));
  EXPECT_EQ(leg(placed, 1).qty, qty("0.99"));
  EXPECT_EQ(leg(placed, 2).qty, qty("0.99"));
  EXPECT_EQ(locked(alice, "BTC"), "0.99");
  EXPECT_EQ(free(alice, "BTC"), "0.009");
}

TEST_F(OrderListsTest, AnOpoThatIsCanceledGivesBackWhatItHeld) {
  const auto placed = place_list(
      list_of(ListKind::kOpo, {working("59995"), unsized(limit(Side::kSell, "62000", "1"))}));
  crowd(Side::kSell, "59995", "0.4");
  EXPECT_EQ(locked(alice, "BTC"), "0.4");
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(placed.list.legs[0].order_id), now).has_value());
  EXPECT_EQ(free(alice, "BTC"), "10.3996");
  expect_done(placed);
}

TEST_F(OrderListsTest, AnOpoWhoseShareIsTooSmallIsRejected) {
  SymbolSpec spec = btcusdt();
  spec.filters.notional->notional_min = Notional::from_units(59'990);
  exchange.replace_spec(0, spec);
  ASSERT_TRUE(exchange.deposit(alice, "BTC", qty("-10")));
  const auto placed = place_list(
      list_of(ListKind::kOpo, {working("60010"), unsized(limit(Side::kSell, "60020", "1"))}));
  EXPECT_EQ(leg(placed, 1).expiry_reason, ExpiryReason::kRejected);  // 0.999 * 60020
  EXPECT_EQ(free(alice, "BTC"), "0.999");
  expect_done(placed);
}

// ---- what is refused

struct RefusedList {
  const char* name;
  NewOrderList list;
  int code;
  const char* text;
};

NewOrderList a_list(ListKind kind, std::vector<NewOrder> orders) {
  return {.kind = kind, .orders = std::move(orders)};
}
NewOrderList an_oco(NewOrder above, NewOrder below) {
  return a_list(ListKind::kOco, {std::move(above), std::move(below)});
}
const NewOrder kMakerAbove = limit_maker(Side::kSell, "61000", "1");
const NewOrder kStopBelow = stop(kStopLoss, Side::kSell, "59000", "1");

class ListRefused : public OrderListsTest, public ::testing::WithParamInterface<RefusedList> {};

TEST_P(ListRefused, WithTheVenuesCodeAndText) {
  expect_list_refused(GetParam().list, GetParam().code, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ListRefused,
    ::testing::Values(
        RefusedList{"LimitInPair", an_oco(limit(Side::kSell, "61000", "1"), kStopBelow), -1158,
                    "Order type not supported in OCO."},
        RefusedList{"MarketInPair", an_oco(kMakerAbove, market(Side::kSell, "1")), -1158,
                    "Order type not supported in OCO."},
        RefusedList{"IcebergNotGtc",
                    [] {
                      NewOrder below =
                          stop_limit(kStopLossLimit, Side::kSell, "59000", "58000", "1");
                      below.tif = TimeInForce::kIoc;
                      return an_oco(kMakerAbove, iceberg(below, "0.1"));
                    }(),
                    -1160,
                    "Parameter 'belowIcebergQty' is not supported if "
                    "`aboveTimeInForce`/`belowTimeInForce` is not GTC."},
        RefusedList{"BuyLimitAbove",
                    an_oco(limit_maker(Side::kBuy, "61000", "1"),
                           stop(kStopLoss, Side::kBuy, "59000", "1")),
                    -1165, "A limit order in a buy OCO must be below."},
        RefusedList{"SellLimitBelow",
                    an_oco(stop(kTakeProfit, Side::kSell, "61000", "1"),
                           limit_maker(Side::kSell, "59000", "1")),
                    -1166, "A limit order in a sell OCO must be above."},
        RefusedList{"BothLimits", an_oco(kMakerAbove, limit_maker(Side::kSell, "62000", "1")),
                    -1168, "At least one OCO order must be contingent."},
        RefusedList{"BuyStopBelow",
                    an_oco(stop(kStopLoss, Side::kBuy, "61000", "1"),
                           stop(kStopLoss, Side::kBuy, "59000", "1")),
                    -1196, "A stop loss order in a buy OCO must be above."},
        RefusedList{"SellStopAbove", an_oco(stop(kStopLoss, Side::kSell, "61000", "1"), kStopBelow),
                    -1197, "A stop loss order in a sell OCO must be below."},
        RefusedList{"BuyProfitAbove",
                    an_oco(stop(kTakeProfit, Side::kBuy, "61000", "1"),
                           limit_maker(Side::kBuy, "59000", "1")),
                    -1198, "A take profit order in a buy OCO must be below."},
        RefusedList{"SellProfitBelow",
                    an_oco(kMakerAbove, stop(kTakeProfit, Side::kSell, "59000", "1")), -1199,
                    "A take profit order in a sell OCO must be above."},
        RefusedList{"MarketWorking",
                    a_list(ListKind::kOto, {market(Side::kBuy, "1"), market(Side::kSell, "1")}),
                    -1159, "Order type not supported for working order."},
        RefusedList{"OpoWorkingSells",
                    a_list(ListKind::kOpo,
                           {limit(Side::kSell, "61000", "1"), unsized(market(Side::kSell, "1"))}),
                    -1222, "Working order in an OPO list must be a bid."},
        RefusedList{"OpoPendingBuys",
                    a_list(ListKind::kOpo, {working("59000"), unsized(market(Side::kBuy, "1"))}),
                    -1223, "Pending orders in an OPO list must be asks."},
        RefusedList{
            "OpoWorkingWithoutQuantity",
            a_list(ListKind::kOpo, {unsized(working("59000")), unsized(market(Side::kSell, "1"))}),
            -1224, "Working order must include the 'workingQuantity' tag."},
        RefusedList{"OpoPendingWithQuantity",
                    a_list(ListKind::kOpo, {working("59000"), market(Side::kSell, "1")}), -1225,
                    "Pending orders should not include the 'pendingQuantity' tag."},
        RefusedList{"LegsDiffer", an_oco(kMakerAbove, stop(kStopLoss, Side::kSell, "59000", "2")),
                    -1014, "Unsupported order combination."},
        RefusedList{"TooFewLegs", a_list(ListKind::kOtoco, {working("59000"), kMakerAbove}), -1014,
                    "Unsupported order combination."},
        RefusedList{"PricesSell", an_oco(limit_maker(Side::kSell, "60000", "1"), kStopBelow), -2010,
                    "The relationship of the prices for the orders is not correct."},
        RefusedList{"PricesSellStop",
                    an_oco(kMakerAbove, stop(kStopLoss, Side::kSell, "60000", "1")), -2010,
                    "The relationship of the prices for the orders is not correct."},
        RefusedList{"PricesBuy",
                    an_oco(stop(kStopLoss, Side::kBuy, "59999", "1"),
                           limit_maker(Side::kBuy, "59000", "1")),
                    -2010, "The relationship of the prices for the orders is not correct."},
        RefusedList{"NoFunds",
                    an_oco(limit_maker(Side::kSell, "61000", "11"),
                           stop(kStopLoss, Side::kSell, "59000", "11")),
                    -2010, "Account has insufficient balance for requested action."},
        RefusedList{"SameNames", an_oco(named(kMakerAbove, "x"), named(kStopBelow, "x")), -2010,
                    "Duplicate order sent."},
        RefusedList{
            "FilterOfAPendingOrder",
            a_list(ListKind::kOto, {working("59000"), limit(Side::kSell, "60000.001", "1")}), -1013,
            "Filter failure: PRICE_FILTER"},
        RefusedList{"MakerThatWouldTake",
                    a_list(ListKind::kOto,
                           {limit_maker(Side::kBuy, "60010", "1"), market(Side::kSell, "1")}),
                    -2010, "Order would immediately match and take."}),
    [](const auto& each) { return each.param.name; });

TEST_F(OrderListsTest, SymbolsThatDoNotAllowThem) {
  const auto refuse = [this](auto change, const NewOrderList& list, std::string_view text) {
    SymbolSpec spec = btcusdt();
    change(spec);
    exchange.replace_spec(0, spec);
    expect_list_refused(list, -1013, text);
  };
  const NewOrderList oto = a_list(ListKind::kOto, {working("59000"), market(Side::kSell, "1")});
  const NewOrderList opo =
      a_list(ListKind::kOpo, {working("59000"), unsized(market(Side::kSell, "1"))});
  refuse([](SymbolSpec& spec) { spec.allows_oco = false; }, sell_oco(),
         "OCO orders are not supported for this symbol");
  refuse([](SymbolSpec& spec) { spec.allows_oto = false; }, oto,
         "OTO orders are not supported for this symbol");
  refuse([](SymbolSpec& spec) { spec.allows_opo = false; }, opo,
         "OPO orders are not supported for this symbol");
  refuse([](SymbolSpec& spec) { spec.status = SymbolStatus::kCancelOnly; }, opo,
         "Market is closed.");
}

TEST_F(OrderListsTest, AListsNameIsFreeAgainOnceItIsOver) {
  place_list(sell_oco("mine"));
  expect_error(exchange.place_list(alice, 0, sell_oco("mine"), now), -2010,
               "Duplicate order sent.");
  ASSERT_TRUE(exchange.cancel_list(alice, 0, {.list_client_order_id = "mine"}, now).has_value());
  const auto again = place_list(sell_oco("mine"));
  EXPECT_EQ(exchange.find_list(alice, -1, "mine")->list_id, again.list.list_id);
}

TEST_F(OrderListsTest, TrailingLegsHaveNoPriceToCompare) {
  NewOrder below = stop(kStopLoss, Side::kSell, "0", "1");
  below.trailing_bips = 100;
  const auto placed = place_list(an_oco(kMakerAbove, below));
  last_price("60500");
  last_price("59895.01");
  EXPECT_EQ(list_now(placed).order_status, ListOrderStatus::kExecuting);
  last_price("59895");
  expect_done(placed);
}

TEST_F(OrderListsTest, Histories) {
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 3; ++i) {
    now += std::chrono::seconds{1};
    ids.push_back(place_list(sell_oco()).list.list_id);
    ASSERT_TRUE(exchange.cancel_all(alice, 0, now).has_value());
  }
  const auto ids_of = [](const std::vector<OrderList>& lists) {
    std::vector<std::int64_t> out;
    for (const OrderList& list : lists) out.push_back(list.list_id);
    return out;
  };
  EXPECT_THAT(ids_of(exchange.all_lists(alice, {})), ElementsAre(ids[0], ids[1], ids[2]));
  EXPECT_THAT(ids_of(exchange.all_lists(alice, {.limit = 2})), ElementsAre(ids[1], ids[2]));
  EXPECT_THAT(ids_of(exchange.all_lists(
                  alice, {.from_id = static_cast<std::uint64_t>(ids[1]), .limit = 1})),
              ElementsAre(ids[1]));
  EXPECT_THAT(ids_of(exchange.all_lists(alice, {.start = now})), ElementsAre(ids[2]));
  EXPECT_THAT(ids_of(exchange.all_lists(alice, {.end = now - std::chrono::seconds{1}})),
              ElementsAre(ids[0], ids[1]));
  EXPECT_TRUE(exchange.all_lists(bob, {}).empty());
  EXPECT_FALSE(exchange.find_list(bob, ids[0], "").has_value());
  EXPECT_FALSE(exchange.find_list(alice, 99, "").has_value());
}

}  // namespace
}  // namespace portcullis::sim
