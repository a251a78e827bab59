// Lists through the gate: all of their orders or none, and what makes several orders a list.
#include <ostream>
#include <utility>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk::list {
namespace {

// The book is 64000 to 64000.1, the collar one per cent, the position limits +3 and -1.5.
NewOrderSingle leg(OrdType type, Side side, const char* limit_px, const char* stop_px = nullptr,
                   const char* quantity = "0.5") {
  NewOrderSingle order;
  order.symbol = kBtc;
  order.side = side;
  order.type = type;
  order.qty = qty(quantity);
  if (limit_px != nullptr) order.px = px(limit_px);
  if (stop_px != nullptr) order.terms.stop_px = px(stop_px);
  return order;
}
NewOrderList oco() {
  return {.kind = ListKind::kOco,
          .orders = {leg(OrdType::kLimitMaker, Side::kSell, "64200"),
                     leg(OrdType::kStopLossLimit, Side::kSell, "63790", "63800")}};
}
NewOrderList otoco(ListKind kind = ListKind::kOtoco) {
  NewOrderList list{.kind = kind,
                    .orders = {leg(OrdType::kLimit, Side::kBuy, "63900"),
                               leg(OrdType::kTakeProfit, Side::kSell, nullptr, "64200"),
                               leg(OrdType::kStopLoss, Side::kSell, nullptr, "63800")}};
  if (kind == ListKind::kOpoco) list.orders[1].qty = list.orders[2].qty = Qty{};
  return list;
}
NewOrderList oto(ListKind kind = ListKind::kOto) {
  NewOrderList list{.kind = kind,
                    .orders = {leg(OrdType::kLimitMaker, Side::kBuy, "63900"),
                               leg(OrdType::kLimit, Side::kSell, "64000")}};
  if (kind == ListKind::kOpo) list.orders[1].qty = Qty{};
  return list;
}

struct GateOfLists : testing::Test {
  GateOfLists() {
    world.limits.account.scope.order_rate.burst_max = 7;
    (void)world.judge();  // the market is published; one order of 0.5 is reserved
  }
  RejectReason refusal(const NewOrderList& list) {
    const SymbolExposure before = world.exposure.at(kBtc);
    const auto approved = world.gate().approve_list(list, world.now);
    if (approved) return RejectReason::kNone;
    EXPECT_EQ(world.exposure.at(kBtc), before) << "refused, and something is held";
    return approved.error().reason;
  }
  GateWorld world;
};

TEST_F(GateOfLists, EachOrderIsReserved) {
  EXPECT_EQ(refusal(oco()), RejectReason::kNone);
  EXPECT_EQ(world.exposure.at(kBtc).working_sell, qty("1"));
  EXPECT_EQ(refusal(oto()), RejectReason::kNone);
  EXPECT_EQ(world.exposure.at(kBtc).working_buy, qty("1"));
  EXPECT_EQ(world.exposure.at(kBtc).working_sell, qty("1.5"));
  EXPECT_EQ(world.exposure.at(kBtc).sell_order_count, 3U);
}

TEST_F(GateOfLists, ALaterOrderBeyondTheLimitRefusesAll) {
  ASSERT_EQ(refusal(oco()), RejectReason::kNone);
  EXPECT_EQ(refusal(otoco()), RejectReason::kMaxPosition) << "two sales of 0.5 more";
  EXPECT_EQ(refusal(oto()), RejectReason::kNone) << "one of them";
}

// 7 tokens, of which one is gone.
TEST_F(GateOfLists, ARefusedListTakesNoToken) {
  world.limits.symbols[0].max_short_position = qty("5");
  NewOrderList bad = otoco();
  bad.orders[2].terms.stop_px = px("60000");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(refusal(bad), RejectReason::kPriceCollar);
  EXPECT_EQ(refusal(oto()), RejectReason::kNone);
  EXPECT_EQ(refusal(oto()), RejectReason::kNone);
  EXPECT_EQ(refusal(otoco()), RejectReason::kOrderRate) << "two are left";
  EXPECT_EQ(refusal(oto()), RejectReason::kNone) << "and they are still there";
  EXPECT_EQ(refusal(oto()), RejectReason::kOrderRate);
}

TEST_F(GateOfLists, WhatSellsTheProceedsHoldsAsMuchAsIsBought) {
  const auto approved = world.gate().approve_list(oto(ListKind::kOpo), world.now);
  ASSERT_TRUE(approved.has_value());
  EXPECT_EQ(approved->get().orders[1].qty, qty("0.5"));
  EXPECT_EQ(world.exposure.at(kBtc).working_sell, qty("0.5"));
  EXPECT_EQ(refusal(otoco(ListKind::kOpoco)), RejectReason::kNone);
}

// The venue looks at the market of the moment when it places them.
TEST_F(GateOfLists, APendingStopMayLieOnTheWrongSideOfTodaysMarket) {
  NewOrderList list = otoco();
  list.orders[0].px = px("63500");
  list.orders[1].terms.stop_px = px("63700");
  list.orders[2].terms.stop_px = px("63450");
  EXPECT_EQ(refusal(list), RejectReason::kNone);
  NewOrderList now = oco();
  now.orders[1].terms.stop_px = px("64100");
  now.orders[0].px = px("64200");
  EXPECT_EQ(refusal(now), RejectReason::kStopSide) << "of a pair that works at once it may not";
}

TEST_F(GateOfLists, ThePostOnlyOrderOfAPairLiesBeyondTheLastTrade) {
  world.market.last_trade_px = px("64200");
  (void)world.judge();
  EXPECT_EQ(refusal(oco()), RejectReason::kOrderList);
  NewOrderList further = oco();
  further.orders[0].px = px("64200.01");
  EXPECT_EQ(refusal(further), RejectReason::kNone);
}

TEST_F(GateOfLists, AKilledGateLetsNoneThrough) {
  world.kill_switch.kill();
  world.kill_switch.mark_latched();
  EXPECT_EQ(refusal(oco()), RejectReason::kKillSwitch);
}

struct Spoiled {
  const char* name;
  NewOrderList (*make)();
};
void PrintTo(const Spoiled& spoiled, std::ostream* out) {
  *out << spoiled.name;
}

class SpoiledList : public GateOfLists, public testing::WithParamInterface<Spoiled> {};

TEST_P(SpoiledList, IsNoListTheVenueTakes) {
  EXPECT_EQ(refusal(GetParam().make()), RejectReason::kOrderList);
}

template <auto make, auto spoil>
NewOrderList spoiled() {
  NewOrderList list = make();
  spoil(list);
  return list;
}
NewOrderList a_pair() {
  return oco();
}
NewOrderList a_triple() {
  return otoco();
}
NewOrderList a_chain() {
  return oto();
}
NewOrderList proceeds() {
  return oto(ListKind::kOpo);
}
using L = NewOrderList;

INSTANTIATE_TEST_SUITE_P(
    Each, SpoiledList,
    testing::Values(
        Spoiled{"TwoSymbols", spoiled<a_pair, [](L& l) { l.orders[1].symbol = kEth; }>},
        Spoiled{"TwoSides", spoiled<a_pair, [](L& l) { l.orders[1].side = Side::kBuy; }>},
        Spoiled{"TwoQuantities", spoiled<a_pair, [](L& l) { l.orders[1].qty = qty("0.4"); }>},
        Spoiled{"TwoPreventionModes",
                spoiled<a_pair, [](L& l) { l.orders[1].terms.stp = StpMode::kNone; }>},
        Spoiled{"NoStop", spoiled<a_pair, [](L& l) { l.orders[1] = l.orders[0]; }>},
        Spoiled{"TheWrongWayRound",
                spoiled<a_pair, [](L& l) { std::swap(l.orders[0], l.orders[1]); }>},
        Spoiled{"APlainLimit", spoiled<a_pair, [](L& l) { l.orders[0].type = OrdType::kLimit; }>},
        Spoiled{"AboveBelowBelow",
                spoiled<a_pair, [](L& l) { l.orders[0].px = l.orders[1].terms.stop_px; }>},
        Spoiled{"TheWorkingOrderIsAStop",
                spoiled<a_chain, [](L& l) { l.orders[0].type = OrdType::kStopLossLimit; }>},
        Spoiled{"ThePendingOneIsByQuote",
                spoiled<a_chain, [](L& l) { l.orders[1].terms.quote_qty = quote("100"); }>},
        Spoiled{"ThePendingPairIsNone",
                spoiled<a_triple, [](L& l) { l.orders[1].type = OrdType::kLimit; }>},
        Spoiled{"ProceedsOfASale", spoiled<proceeds, [](L& l) { l.orders[0].side = Side::kSell; }>},
        Spoiled{"ProceedsThatBuy", spoiled<proceeds, [](L& l) { l.orders[1].side = Side::kBuy; }>},
        Spoiled{"ProceedsWithAQuantity",
                spoiled<proceeds, [](L& l) { l.orders[1].qty = qty("0.5"); }>},
        Spoiled{"NoKind", spoiled<a_pair, [](L& l) { l.kind = static_cast<ListKind>(9); }>}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace portcullis::risk::list
