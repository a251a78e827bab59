// What the gate does beside refusing: the order of its checks, its reservations, its counters.
#include "risk/pre_trade_gate.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

static_assert(noexcept(std::declval<PreTradeGate&>().approve(std::declval<const NewOrderSingle&>(),
                                                             std::declval<const Now&>())));

struct Spoil {
  RejectReason reason;
  void (*apply)(GateWorld&);
};

// In the order of the checks. Every earlier one hides every later one.
const std::vector<Spoil>& spoils() {
  static const std::vector<Spoil> list{
      {RejectReason::kMalformedOrder, [](GateWorld& w) { w.order.qty = {}; }},
      {RejectReason::kKillSwitch, [](GateWorld& w) { w.kill_switch.kill(); }},
      {RejectReason::kCancelOnly, [](GateWorld& w) { w.kill_switch.cancel_only(); }},
      {RejectReason::kNotReady, [](GateWorld& w) { w.kill_switch.set_ready(false); }},
      {RejectReason::kSymbolNotAllowed,
       [](GateWorld& w) { w.limits.symbols[0].is_allowed = false; }},
      {RejectReason::kSymbolNotTrading,
       [](GateWorld& w) { w.instruments.at(kBtc).is_trading = false; }},
      {RejectReason::kNotOffered, [](GateWorld& w) { w.instruments.at(kBtc).ord_types = 0; }},
      {RejectReason::kPriceFilter,
       [](GateWorld& w) { w.instruments.at(kBtc).tick_size = px("0.03"); }},
      {RejectReason::kLotSize, [](GateWorld& w) { w.instruments.at(kBtc).qty_max = qty("0.1"); }},
      {RejectReason::kVenueNotional,
       [](GateWorld& w) { w.instruments.at(kBtc).notional_max = quote("100"); }},
      {RejectReason::kMaxOrderQty, [](GateWorld& w) { w.limits.symbols[0].max_order_qty = {}; }},
      {RejectReason::kMaxOrderNotional,
       [](GateWorld& w) { w.limits.symbols[0].max_order_notional = {}; }},
      {RejectReason::kBookMissing,
       [](GateWorld& w) { w.market.book_state = BookState::kBuffering; }},
      {RejectReason::kBookStale, [](GateWorld& w) { w.limits.symbols[0].book_age_max = Nanos{1}; }},
      {RejectReason::kBookCrossed, [](GateWorld& w) { w.market.top.ask_px = px("1"); }},
      {RejectReason::kPriceCollar, [](GateWorld& w) { w.limits.symbols[0].collar_width_ppm = 0; }},
      {RejectReason::kNotReady,
       [](GateWorld& w) { w.exposure.release(held(kBtc, Side::kBuy), qty("1")); }},
      {RejectReason::kMaxPosition, [](GateWorld& w) { w.exposure.set_position(kBtc, qty("9")); }},
      {RejectReason::kVenueBudget,
       [](GateWorld& w) { w.allowance.refusal.reason = RejectReason::kVenueBudget; }},
      {RejectReason::kOrderRate, [](GateWorld& w) { w.set_rate(0, 0); }},
  };
  return list;
}

TEST(PreTradeGate, TheFirstCheckOfTheListSpeaks) {
  for (std::size_t first = 0; first < spoils().size(); ++first) {
    for (std::size_t second = first; second < spoils().size(); ++second) {
      GateWorld world;
      spoils()[second].apply(world);
      spoils()[first].apply(world);
      EXPECT_EQ(world.refusal().reason, spoils()[first].reason) << first << " over " << second;
    }
  }
}

// Those of an order that is not plain, with the check that each comes after.
struct LaterSpoil {
  RejectReason after;
  Spoil spoil;
};
const std::vector<LaterSpoil>& later_spoils() {
  static const std::vector<LaterSpoil> list{
      {RejectReason::kLotSize,
       {RejectReason::kIcebergParts,
        [](GateWorld& w) { w.instruments.at(kBtc).iceberg_parts_max = 4; }}},
      {RejectReason::kIcebergParts,
       {RejectReason::kTrailingDelta,
        [](GateWorld& w) { w.instruments.at(kBtc).trailing_above_bips_max = 99; }}},
      {RejectReason::kPriceCollar,
       {RejectReason::kStopSide, [](GateWorld& w) { w.market.last_trade_px = px("64100"); }}},
  };
  return list;
}

TEST(PreTradeGate, TheFirstCheckOfTheListSpeaksOfASpecialOrder) {
  std::vector<Spoil> list = spoils();
  for (const LaterSpoil& later : later_spoils()) {
    const auto before = std::ranges::find(list, later.after, &Spoil::reason);
    ASSERT_NE(before, list.end());
    list.insert(before + 1, later.spoil);
  }
  GateWorld good;
  good.make_special_order();
  ASSERT_TRUE(good.judge().has_value());
  for (std::size_t first = 0; first < list.size(); ++first) {
    for (std::size_t second = first; second < list.size(); ++second) {
      GateWorld world;
      world.make_special_order();
      list[second].apply(world);
      list[first].apply(world);
      EXPECT_EQ(world.refusal().reason, list[first].reason) << first << " over " << second;
    }
  }
}

TEST(PreTradeGate, AnUnknownSymbolIsRefusedBeforeAnythingIsIndexed) {
  GateWorld world;
  for (const std::uint16_t raw : {std::uint16_t{2}, std::uint16_t{0xFFFE}}) {
    world.order.symbol = SymbolId{raw};
    EXPECT_EQ(world.refusal().reason, RejectReason::kUnknownSymbol);
  }
}

TEST(PreTradeGate, WhatTheVenueSessionCannotSendIsRefusedWithItsNumbersAndReservesNothing) {
  GateWorld world;
  const Reject full{.reason = RejectReason::kVenueBudget,
                    .unit = RejectUnit::kCount,
                    .limit = 40,
                    .value = 40,
                    .projected = 41};
  world.allowance.refusal = full;
  EXPECT_EQ(world.refusal(), full);
  EXPECT_EQ(world.exposure.at(kBtc), SymbolExposure{});
  world.allowance.refusal = {};
  EXPECT_TRUE(world.judge().has_value());
}

TEST(PreTradeGate, ApprovalReservesUntilReleased) {
  GateWorld world;
  ASSERT_TRUE(world.judge().has_value());
  EXPECT_EQ(world.exposure.at(kBtc),
            (SymbolExposure{.working_buy = qty("0.5"), .buy_order_count = 1}));
  world.order.side = Side::kSell;
  ASSERT_TRUE(world.judge().has_value());
  EXPECT_EQ(world.exposure.at(kBtc), (SymbolExposure{.working_buy = qty("0.5"),
                                                     .working_sell = qty("0.5"),
                                                     .buy_order_count = 1,
                                                     .sell_order_count = 1}));
  world.exposure.release(held(kBtc, Side::kBuy), qty("0.5"));
  world.exposure.release(held(kBtc, Side::kSell), qty("0.5"));
  EXPECT_EQ(world.exposure.at(kBtc), SymbolExposure{});
}

// Orders count when they are let through, not when the venue answers: no burst of unanswered ones
// can pass the position limit.
TEST(PreTradeGate, UnansweredOrdersFillThePositionLimit) {
  GateWorld world;
  world.set_rate(100, 100);
  int approved = 0;
  while (world.judge().has_value()) ++approved;
  EXPECT_EQ(approved, 6) << "3 of 0.5 each";
  EXPECT_EQ(world.refusal(), (Reject{.reason = RejectReason::kMaxPosition,
                                     .unit = RejectUnit::kQty,
                                     .scope = RiskScope::kSymbol,
                                     .limit = qty("3").raw(),
                                     .value = qty("3").raw(),
                                     .projected = qty("3.5").raw()}));
  // A fill changes nothing in the worst case; only a release makes room.
  world.exposure.on_fill(held(kBtc, Side::kBuy), qty("0.5"), kHeldPx);
  world.exposure.release(held(kBtc, Side::kBuy), Qty{});
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxPosition);
  world.exposure.release(held(kBtc, Side::kBuy), qty("0.5"));
  EXPECT_TRUE(world.judge().has_value());
}

TEST(PreTradeGate, ARefusalTakesNoToken) {
  GateWorld world;
  world.exposure.set_position(kBtc, qty("50"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(world.refusal().reason, RejectReason::kMaxPosition);
  world.exposure.set_position(kBtc, Qty{});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.refusal().reason, RejectReason::kNone) << i;
  EXPECT_EQ(world.refusal().reason, RejectReason::kOrderRate);
}

TEST(PreTradeGate, AKillHoldsFromTheNextOrderOn) {
  GateWorld world;
  EXPECT_TRUE(world.judge().has_value());
  world.kill_switch.kill();
  EXPECT_EQ(world.refusal().reason, RejectReason::kKillSwitch);
  world.kill_switch.set_ready(true);
  EXPECT_EQ(world.refusal().reason, RejectReason::kKillSwitch);
}

TEST(PreTradeGate, LimitsAreReplacedWholeAndTakenTokensStayTaken) {
  GateWorld world;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.judge().has_value());
  Limits other = world.limits;
  other.symbols[0].max_order_qty = qty("0.4");
  world.gate().set_limits(other);
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxOrderQty);
  world.order.qty = qty("0.4");
  EXPECT_EQ(world.refusal().reason, RejectReason::kOrderRate);
}

TEST(PreTradeGate, EachSymbolHasItsOwnBook) {
  GateWorld world;
  world.order.symbol = kEth;  // allowed, same filters, but only BTCUSDT has a book
  EXPECT_EQ(world.refusal().reason, RejectReason::kBookMissing);
}

TEST(PreTradeGateDeathTest, AnExposureTooSmallForTheTableAborts) {
  GateWorld world;
  Exposure one{1};
  MarketView view{2};
  EXPECT_DEATH(
      PreTradeGate(world.kill_switch, world.instruments, view, world.limits, one, world.counters),
      "exposure for each instrument");
}

}  // namespace
}  // namespace portcullis::risk
