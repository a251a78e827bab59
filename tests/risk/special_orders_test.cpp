// Orders that are not plain: each good one passes, and spoiled in one thing it is refused by the
// right rule, with the exact numbers.
#include <cstdint>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

// A namespace of its own: the other tests of the checks have the same short names.
namespace portcullis::risk::special {
namespace {

using R = RejectReason;
using U = RejectUnit;
using T = OrdType;

// The book is 64000 to 64000.1, the collar one per cent.
void contingent(GateWorld& w, OrdType type, Side side, const char* stop) {
  w.order.type = type;
  w.order.side = side;
  w.order.px = has_limit_px(type) ? px(stop) : Price{};
  w.order.terms.stop_px = px(stop);
}
void by_quote(GateWorld& w, Side side, const char* quote_qty) {
  w.make_market_order(side);
  w.order.qty = Qty{};
  w.order.terms.quote_qty = quote(quote_qty);
}
void pegged(GateWorld& w, OrdType type, PegKind peg, std::uint8_t offset = 0) {
  w.order.type = type;
  w.order.px = Price{};
  w.order.terms.peg = peg;
  w.order.terms.peg_offset_levels = offset;
}

struct Good {
  const char* name;
  void (*make)(GateWorld&);
};
void PrintTo(const Good& good, std::ostream* out) {
  *out << good.name;
}

class GoodSpecialOrder : public testing::TestWithParam<Good> {};

TEST_P(GoodSpecialOrder, PassesAndReservesWhatItMayFill) {
  GateWorld world;
  GetParam().make(world);
  ASSERT_FALSE(world.order.is_plain());
  const auto approved = world.judge();
  ASSERT_TRUE(approved.has_value()) << to_string(approved.error().reason);
  const bool is_buy = world.order.side == Side::kBuy;
  const SymbolExposure& held = world.exposure.at(kBtc);
  EXPECT_EQ(is_buy ? held.working_buy : held.working_sell, approved->get().qty);
  EXPECT_TRUE(approved->get().qty.is_positive());
  EXPECT_EQ(approved->get().terms, world.order.terms);
}

const Good kGood[] = {
    {"StopLossBuyAbove", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "64100"); }},
    {"StopLossSellBelow", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kSell, "63900"); }},
    {"StopLossLimit", [](GateWorld& w) { contingent(w, T::kStopLossLimit, Side::kBuy, "64100"); }},
    {"StopLossLimitImmediate",
     [](GateWorld& w) {
       contingent(w, T::kStopLossLimit, Side::kBuy, "64100");
       w.order.tif = TimeInForce::kFok;
     }},
    {"TakeProfitBuyBelow",
     [](GateWorld& w) { contingent(w, T::kTakeProfit, Side::kBuy, "63900"); }},
    {"TakeProfitSellAbove",
     [](GateWorld& w) { contingent(w, T::kTakeProfit, Side::kSell, "64100"); }},
    {"TakeProfitLimit",
     [](GateWorld& w) { contingent(w, T::kTakeProfitLimit, Side::kSell, "64100"); }},
    {"StopInsideTheSpread",
     [](GateWorld& w) {
       w.market.top.ask_px = px("64010");
       contingent(w, T::kStopLoss, Side::kBuy, "64005");
     }},
    {"TrailingAtOnce",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kSell, "0");
       w.order.terms.trailing_delta_bips = 20;
     }},
    {"TrailingFromAStop",
     [](GateWorld& w) {
       contingent(w, T::kTakeProfitLimit, Side::kSell, "64100");
       w.order.terms.trailing_delta_bips = 2'000;
     }},
    {"Iceberg", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.05"); }},
    {"IcebergOfUnevenParts", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.3"); }},
    {"PostOnlyIceberg",
     [](GateWorld& w) {
       w.order.type = T::kLimitMaker;
       w.order.terms.iceberg_qty = qty("0.1");
     }},
    {"QuoteQtyBuy", [](GateWorld& w) { by_quote(w, Side::kBuy, "10000"); }},
    {"QuoteQtySell", [](GateWorld& w) { by_quote(w, Side::kSell, "10000"); }},
    {"SelfTradeMode", [](GateWorld& w) { w.order.terms.stp = StpMode::kExpireBoth; }},
    {"PrimaryPeg", [](GateWorld& w) { pegged(w, T::kLimit, PegKind::kPrimary, 100); }},
    {"PostOnlyPrimaryPeg", [](GateWorld& w) { pegged(w, T::kLimitMaker, PegKind::kPrimary); }},
    {"MarketPegImmediate",
     [](GateWorld& w) {
       pegged(w, T::kLimit, PegKind::kMarket);
       w.order.tif = TimeInForce::kIoc;
     }},
    {"PeggedStop",
     [](GateWorld& w) {
       contingent(w, T::kStopLossLimit, Side::kBuy, "64100");
       pegged(w, T::kStopLossLimit, PegKind::kPrimary);
     }},
};
INSTANTIATE_TEST_SUITE_P(Each, GoodSpecialOrder, testing::ValuesIn(kGood),
                         [](const auto& good) { return good.param.name; });

TEST(QuoteQty, IsBoundedByTheLowestPriceOfTheCollarAndAStep) {
  GateWorld world;
  world.limits.symbols[0].collar_width_ppm = 500'000;  // half of the mid, 64000.05
  by_quote(world, Side::kBuy, "32000.025");
  const auto approved = world.judge();
  ASSERT_TRUE(approved.has_value());
  EXPECT_EQ(approved->get().qty, qty("1.00001")) << "one at 32000.025, and a step";
}

TEST(QuoteQty, RoundsItsBoundUp) {
  GateWorld world;
  world.limits.symbols[0].collar_width_ppm = 500'000;
  by_quote(world, Side::kBuy, "32000.02500001");
  const auto approved = world.judge();
  ASSERT_TRUE(approved.has_value());
  EXPECT_EQ(approved->get().qty, qty("1.00001001"));
}

// ---- refused
struct Spoiled {
  const char* name;
  void (*spoil)(GateWorld&);
  Reject expected;
};
void PrintTo(const Spoiled& spoiled, std::ostream* out) {
  *out << spoiled.name;
}
Reject plain(R reason) {
  return {.reason = reason};
}
Reject with(R reason, U unit, std::string_view limit, std::string_view value) {
  return {.reason = reason,
          .unit = unit,
          .scope = usual_scope(reason),
          .limit = px(limit).raw(),
          .value = px(value).raw(),
          .projected = px(value).raw()};
}
Reject count(R reason, std::int64_t limit, std::int64_t value) {
  return {.reason = reason, .unit = U::kCount, .limit = limit, .value = value, .projected = value};
}

class SpoiledSpecialOrder : public testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledSpecialOrder, IsRefusedWithItsOwnReasonAndNumbers) {
  GateWorld world;
  GetParam().spoil(world);
  const SymbolExposure before = world.exposure.at(kBtc);
  const Reject reject = world.refusal();
  EXPECT_EQ(reject, GetParam().expected)
      << to_string(reject.reason) << " limit " << reject.limit << " value " << reject.value;
  EXPECT_EQ(world.exposure.at(kBtc), before) << "a refused order reserves nothing";
}

const Spoiled kForm[] = {
    {"StopWithoutATrigger", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "0"); },
     with(R::kMalformedOrder, U::kPrice, "0", "0")},
    {"StopNegative", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "-1"); },
     with(R::kMalformedOrder, U::kPrice, "0", "-1")},
    {"LimitWithAStop", [](GateWorld& w) { w.order.terms.stop_px = px("64100"); },
     with(R::kMalformedOrder, U::kPrice, "0", "64100")},
    {"LimitThatTrails", [](GateWorld& w) { w.order.terms.trailing_delta_bips = 100; },
     with(R::kMalformedOrder, U::kPrice, "0", "0")},
    {"StopLossWithAPrice",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
       w.order.px = px("64100");
     },
     with(R::kMalformedOrder, U::kPrice, "0", "64100")},
    {"StopLossLimitWithoutAPrice",
     [](GateWorld& w) {
       contingent(w, T::kStopLossLimit, Side::kBuy, "64100");
       w.order.px = Price{};
     },
     with(R::kMalformedOrder, U::kPrice, "0", "0")},
    {"StopLossImmediate",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
       w.order.tif = TimeInForce::kIoc;
     },
     plain(R::kMalformedOrder)},
    {"StopWithoutAQuantity",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
       w.order.qty = Qty{};
     },
     with(R::kMalformedOrder, U::kQty, "0", "0")},
    {"IcebergAsLargeAsTheOrder", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.5"); },
     with(R::kMalformedOrder, U::kQty, "0.5", "0.5")},
    {"IcebergNegative", [](GateWorld& w) { w.order.terms.iceberg_qty = -qty("0.1"); },
     with(R::kMalformedOrder, U::kQty, "0.5", "-0.1")},
    {"IcebergImmediate",
     [](GateWorld& w) {
       w.order.terms.iceberg_qty = qty("0.1");
       w.order.tif = TimeInForce::kIoc;
     },
     with(R::kMalformedOrder, U::kQty, "0.5", "0.1")},
    {"IcebergOfAMarketOrder",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.terms.iceberg_qty = qty("0.1");
     },
     with(R::kMalformedOrder, U::kQty, "0.5", "0.1")},
    {"QuoteQtyBesideAQuantity",
     [](GateWorld& w) {
       by_quote(w, Side::kBuy, "1000");
       w.order.qty = qty("0.5");
     },
     plain(R::kMalformedOrder)},
    {"QuoteQtyOfALimitOrder",
     [](GateWorld& w) {
       w.order.qty = Qty{};
       w.order.terms.quote_qty = quote("1000");
     },
     plain(R::kMalformedOrder)},
    {"QuoteQtyNegative", [](GateWorld& w) { by_quote(w, Side::kBuy, "-1000"); },
     with(R::kMalformedOrder, U::kNotional, "0", "-1000")},
    {"PegBesideAPrice", [](GateWorld& w) { w.order.terms.peg = PegKind::kPrimary; },
     with(R::kMalformedOrder, U::kPrice, "0", "64000")},
    {"PrimaryPegImmediate",
     [](GateWorld& w) {
       pegged(w, T::kLimit, PegKind::kPrimary);
       w.order.tif = TimeInForce::kIoc;
     },
     plain(R::kMalformedOrder)},
    {"MarketPegPostOnly", [](GateWorld& w) { pegged(w, T::kLimitMaker, PegKind::kMarket); },
     plain(R::kMalformedOrder)},
    {"PegOfAMarketOrder", [](GateWorld& w) { pegged(w, T::kMarket, PegKind::kMarket); },
     plain(R::kMalformedOrder)},
    {"PegOffsetTooFar", [](GateWorld& w) { pegged(w, T::kLimit, PegKind::kPrimary, 101); },
     plain(R::kMalformedOrder)},
    {"PegOffsetWithoutAPeg", [](GateWorld& w) { w.order.terms.peg_offset_levels = 1; },
     plain(R::kMalformedOrder)},
    {"PegOutOfRange", [](GateWorld& w) { pegged(w, T::kLimit, static_cast<PegKind>(3)); },
     plain(R::kMalformedOrder)},
    {"SelfTradeModeOutOfRange", [](GateWorld& w) { w.order.terms.stp = static_cast<StpMode>(5); },
     plain(R::kMalformedOrder)},
};
INSTANTIATE_TEST_SUITE_P(Form, SpoiledSpecialOrder, testing::ValuesIn(kForm),
                         [](const auto& spoiled) { return spoiled.param.name; });

const Spoiled kOffer[] = {
    {"LimitNotOffered", [](GateWorld& w) { w.instruments.at(kBtc).ord_types = 0x7E; },
     plain(R::kNotOffered)},
    {"StopLossNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).ord_types = 0x77;  // every one but STOP_LOSS
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
     },
     plain(R::kNotOffered)},
    {"IcebergNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).has_iceberg = false;
       w.order.terms.iceberg_qty = qty("0.1");
     },
     plain(R::kNotOffered)},
    {"QuoteQtyNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).has_quote_qty = false;
       by_quote(w, Side::kBuy, "1000");
     },
     plain(R::kNotOffered)},
    {"TrailingNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).has_trailing_stop = false;
       contingent(w, T::kStopLoss, Side::kSell, "0");
       w.order.terms.trailing_delta_bips = 20;
     },
     plain(R::kNotOffered)},
    {"PegNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).has_peg = false;
       pegged(w, T::kLimit, PegKind::kPrimary);
     },
     plain(R::kNotOffered)},
    {"SelfTradeModeNotOffered",
     [](GateWorld& w) {
       w.instruments.at(kBtc).stp_modes = bit_of(StpMode::kNone);
       w.order.terms.stp = StpMode::kExpireTaker;
     },
     plain(R::kNotOffered)},
};
INSTANTIATE_TEST_SUITE_P(Offer, SpoiledSpecialOrder, testing::ValuesIn(kOffer),
                         [](const auto& spoiled) { return spoiled.param.name; });

const Spoiled kFilters[] = {
    {"StopOffTick",
     [](GateWorld& w) {
       contingent(w, T::kStopLossLimit, Side::kBuy, "64100");
       w.order.terms.stop_px = px("64100.005");
     },
     with(R::kPriceFilter, U::kPrice, "0.01", "64100.005")},
    {"StopAboveMax", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "1000000.01"); },
     with(R::kPriceFilter, U::kPrice, "1000000", "1000000.01")},
    {"IcebergPartOffStep", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.100005"); },
     with(R::kLotSize, U::kQty, "0.00001", "0.100005")},
    {"IcebergPartBelowMin", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.00009"); },
     with(R::kLotSize, U::kQty, "0.0001", "0.00009")},
    {"IcebergInTooManyParts", [](GateWorld& w) { w.order.terms.iceberg_qty = qty("0.04999"); },
     count(R::kIcebergParts, 10, 11)},
    {"TrailingAboveTooLittle",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kBuy, "0");
       w.order.terms.trailing_delta_bips = 9;
     },
     count(R::kTrailingDelta, 10, 9)},
    {"TrailingAboveTooMuch",
     [](GateWorld& w) {
       contingent(w, T::kTakeProfit, Side::kSell, "0");
       w.order.terms.trailing_delta_bips = 2'001;
     },
     count(R::kTrailingDelta, 2'000, 2'001)},
    {"TrailingBelowTooLittle",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kSell, "0");
       w.order.terms.trailing_delta_bips = 19;
     },
     count(R::kTrailingDelta, 20, 19)},
    {"TrailingBelowTooMuch",
     [](GateWorld& w) {
       contingent(w, T::kTakeProfit, Side::kBuy, "0");
       w.order.terms.trailing_delta_bips = 1'001;
     },
     count(R::kTrailingDelta, 1'000, 1'001)},
    {"QuoteQtyBelowMin", [](GateWorld& w) { by_quote(w, Side::kBuy, "49.99999999"); },
     with(R::kVenueNotional, U::kNotional, "50", "49.99999999")},
    {"QuoteQtyAboveOurNotional", [](GateWorld& w) { by_quote(w, Side::kBuy, "100000.00000001"); },
     with(R::kMaxOrderNotional, U::kNotional, "100000", "100000.00000001")},
    {"StopNotionalAtTheStopPrice",
     [](GateWorld& w) {
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
       w.limits.symbols[0].max_order_notional = quote("32049");
     },
     with(R::kMaxOrderNotional, U::kNotional, "32049", "32050")},
};
INSTANTIATE_TEST_SUITE_P(Filters, SpoiledSpecialOrder, testing::ValuesIn(kFilters),
                         [](const auto& spoiled) { return spoiled.param.name; });

const Spoiled kMarket[] = {
    {"StopBuyBelowTheBid", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "63999"); },
     with(R::kStopSide, U::kPrice, "64000", "63999")},
    {"StopBuyAtTheBid", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kBuy, "64000"); },
     with(R::kStopSide, U::kPrice, "64000", "64000")},
    {"StopSellAboveTheAsk", [](GateWorld& w) { contingent(w, T::kStopLoss, Side::kSell, "64001"); },
     with(R::kStopSide, U::kPrice, "64000.1", "64001")},
    {"TakeProfitBuyAboveTheAsk",
     [](GateWorld& w) { contingent(w, T::kTakeProfit, Side::kBuy, "64001"); },
     with(R::kStopSide, U::kPrice, "64000.1", "64001")},
    {"TakeProfitSellBelowTheBid",
     [](GateWorld& w) { contingent(w, T::kTakeProfit, Side::kSell, "63999"); },
     with(R::kStopSide, U::kPrice, "64000", "63999")},
    {"StopAtTheLastTrade",
     [](GateWorld& w) {
       w.market.last_trade_px = px("64100");
       contingent(w, T::kStopLoss, Side::kBuy, "64100");
     },
     with(R::kStopSide, U::kPrice, "64100", "64100")},
    {"StopOutsideTheCollar",
     [](GateWorld& w) {
       contingent(w, T::kStopLossLimit, Side::kBuy, "64100");
       w.order.terms.stop_px = px("64640.06");
     },
     {.reason = R::kPriceCollar,
      .unit = U::kPrice,
      .scope = RiskScope::kSymbol,
      .limit = px("64640.0505").raw(),
      .value = px("64000.05").raw(),
      .projected = px("64640.06").raw()}},
    {"QuoteQtyWithoutABook",
     [](GateWorld& w) {
       by_quote(w, Side::kBuy, "1000");
       w.market.book_state = BookState::kBuffering;
     },
     plain(R::kBookMissing)},
    {"QuoteQtyWithoutACollar",
     [](GateWorld& w) {
       by_quote(w, Side::kBuy, "1000");
       w.limits.symbols[0].collar_width_ppm = 1'000'000;
     },
     with(R::kUnboundedQty, U::kNotional, "0", "1000")},
    {"QuoteQtyBeyondOurQuantity",
     [](GateWorld& w) {
       by_quote(w, Side::kBuy, "64000");
       w.limits.symbols[0].max_order_qty = qty("1");
     },
     // 64000 at the collar's lowest price, 63360.0495, and a step
     with(R::kMaxOrderQty, U::kQty, "1", "1.01011023")},
    {"QuoteQtyBeyondThePosition",
     [](GateWorld& w) {
       by_quote(w, Side::kSell, "64000");
       w.limits.symbols[0].max_short_position = qty("1");
     },
     {.reason = R::kMaxPosition,
      .unit = U::kQty,
      .scope = RiskScope::kSymbol,
      .limit = -qty("1").raw(),
      .value = 0,
      .projected = -qty("1.01011023").raw()}},
};
INSTANTIATE_TEST_SUITE_P(Market, SpoiledSpecialOrder, testing::ValuesIn(kMarket),
                         [](const auto& spoiled) { return spoiled.param.name; });

}  // namespace
}  // namespace portcullis::risk::special
