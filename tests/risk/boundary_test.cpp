// Each limit exactly met passes; the least step beyond it does not.
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

TEST(Boundary, OrderQtyAtTheLimitPassesAndOneRawBeyondDoesNot) {
  GateWorld world;
  world.limits.symbols[0].max_order_qty = world.order.qty;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.limits.symbols[0].max_order_qty = world.order.qty - kOneRawQty;
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxOrderQty);
}

TEST(Boundary, OrderNotionalAtTheLimitPassesAndOneRawBeyondDoesNot) {
  GateWorld world;
  world.limits.symbols[0].max_order_notional = quote("32000");
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.limits.symbols[0].max_order_notional = quote("31999.99999999");
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxOrderNotional);
}

// A product with more than eight places is compared as it is, not as rounded.
TEST(Boundary, OrderNotionalIsComparedExactly) {
  GateWorld world;
  Instrument& instrument = world.instruments.at(kBtc);
  instrument.lot_size = Qty{};
  instrument.tick_size = Price{};
  world.order.px = px("64000.00000001");
  world.order.qty = qty("0.50000001");  // 32000.0006400050000001
  world.limits.symbols[0].max_order_notional = quote("32000.00064");
  const Reject reject = world.refusal();
  EXPECT_EQ(reject.reason, RejectReason::kMaxOrderNotional);
  EXPECT_EQ(reject.projected, quote("32000.00064001").raw()) << "shown rounded up, above the limit";
  world.limits.symbols[0].max_order_notional = quote("32000.00064001");
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
}

TEST(Boundary, VenueNotionalMinAndMaxAreInclusive) {
  GateWorld world;
  world.instruments.at(kBtc).notional_min = quote("32000");
  world.instruments.at(kBtc).notional_max = quote("32000");
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.order.qty = qty("0.49999");
  EXPECT_EQ(world.refusal().reason, RejectReason::kVenueNotional);
  world.order.qty = qty("0.50001");
  EXPECT_EQ(world.refusal().reason, RejectReason::kVenueNotional);
}

TEST(Boundary, PriceAndQuantityRangesAreInclusive) {
  GateWorld world;
  Instrument& instrument = world.instruments.at(kBtc);
  instrument.px_min = instrument.px_max = world.order.px;
  instrument.qty_min = instrument.qty_max = world.order.qty;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.order.px = world.order.px + px("0.01");
  EXPECT_EQ(world.refusal().reason, RejectReason::kPriceFilter);
  world.order.px = px("63999.99");
  EXPECT_EQ(world.refusal().reason, RejectReason::kPriceFilter);
  world.order.px = px("64000");
  world.order.qty = qty("0.50001");
  EXPECT_EQ(world.refusal().reason, RejectReason::kLotSize);
  world.order.qty = qty("0.49999");
  EXPECT_EQ(world.refusal().reason, RejectReason::kLotSize);
}

TEST(Boundary, FiltersThatTheVenueSwitchedOffRefuseNothing) {
  GateWorld world;
  Instrument off{.symbol = "OFFUSDT", .base_asset_name = "OFF", .quote_asset_name = "USDT"};
  off.is_trading = true;
  off.ord_types = kEveryOrdType;
  world.instruments.at(kBtc) = off;
  world.order.px = px("64000.00000001");
  world.order.qty = kOneRawQty;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.make_market_order(Side::kSell);
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
}

TEST(Boundary, MarketNotionalRulesApplyOnlyWhenTheVenueSaysSo) {
  for (const char* bound : {"90000", "100"}) {  // the order is worth 32000: below one, above one
    GateWorld world;
    Instrument& instrument = world.instruments.at(kBtc);
    instrument.notional_min = instrument.notional_max = quote(bound);
    instrument.apply_notional_min_to_market = false;
    instrument.apply_notional_max_to_market = false;
    EXPECT_EQ(world.refusal().reason, RejectReason::kVenueNotional) << bound;
    world.make_market_order(Side::kBuy);
    EXPECT_EQ(world.refusal().reason, RejectReason::kNone) << bound;
  }
}

TEST(Boundary, BookAgeAtTheLimitIsYoungEnough) {
  GateWorld world;
  world.market.received = world.now.mono - world.limits.symbols[0].book_age_max;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.market.received -= Nanos{1};
  EXPECT_EQ(world.refusal().reason, RejectReason::kBookStale);
}

// The feed stamps on its own thread, so a book may be a little younger than the trading thread's
// idea of now.
TEST(Boundary, ABookStampedSlightlyAfterNowIsFresh) {
  GateWorld world;
  world.market.received = world.now.mono + Nanos{2'000};
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
}

TEST(Boundary, BookAgeOutOfRangeIsStaleAndDoesNotOverflow) {
  GateWorld world;
  world.market.received = mono_time(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(world.refusal().reason, RejectReason::kBookStale);
  world.now = now_at(0);
  EXPECT_EQ(world.refusal().reason, RejectReason::kBookStale);
  world.now.mono = mono_time(-1);
  world.market.received = mono_time(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(world.refusal().reason, RejectReason::kBookStale);
}

TEST(Boundary, CollarAtTheWidthPassesOnBothSidesOfTheMid) {
  GateWorld world;
  world.instruments.at(kBtc).tick_size = Price{};
  for (const Side side : {Side::kBuy, Side::kSell}) {
    world.order.side = side;
    world.order.qty = qty("0.1");
    for (const char* inside : {"63360.0495", "64640.0505"}) {
      world.order.px = px(inside);
      EXPECT_EQ(world.refusal().reason, RejectReason::kNone) << inside;
    }
    world.order.px = px("63360.0495") - kOneRawPx;
    EXPECT_EQ(world.refusal().reason, RejectReason::kPriceCollar);
    world.order.px = px("64640.0505") + kOneRawPx;
    EXPECT_EQ(world.refusal().reason, RejectReason::kPriceCollar);
  }
}

TEST(Boundary, CollarOfAHalfRawMidIsExact) {
  GateWorld world;
  Instrument& instrument = world.instruments.at(kBtc);
  instrument = Instrument{.symbol = "X", .base_asset_name = "A", .quote_asset_name = "B"};
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  world.market.top.bid_px = Price::from_raw(1'000'000);
  world.market.top.ask_px = Price::from_raw(1'000'001);  // mid 1000000.5 raw
  world.limits.symbols[0].collar_width_ppm = 1;          // 1.0000005 raw either way
  world.order.qty = qty("0.1");
  const auto reason_at = [&world](std::int64_t raw) {
    world.order.px = Price::from_raw(raw);
    return world.refusal().reason;
  };
  EXPECT_EQ(reason_at(1'000'001), RejectReason::kNone);
  EXPECT_EQ(reason_at(1'000'000), RejectReason::kNone);
  EXPECT_EQ(reason_at(1'000'002), RejectReason::kPriceCollar);
  EXPECT_EQ(reason_at(999'999), RejectReason::kPriceCollar);
}

TEST(Boundary, PositionLimitsAreInclusiveOnBothSides) {
  GateWorld world;
  world.exposure.set_position(kBtc, qty("2.5"));
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  GateWorld beyond;
  beyond.exposure.set_position(kBtc, qty("2.5") + kOneRawQty);
  EXPECT_EQ(beyond.refusal().reason, RejectReason::kMaxPosition);

  GateWorld short_world;
  short_world.order.side = Side::kSell;
  short_world.exposure.set_position(kBtc, -qty("1"));
  EXPECT_EQ(short_world.refusal().reason, RejectReason::kNone);
  GateWorld short_beyond;
  short_beyond.order.side = Side::kSell;
  short_beyond.exposure.set_position(kBtc, -qty("1") - kOneRawQty);
  EXPECT_EQ(short_beyond.refusal().reason, RejectReason::kMaxPosition);
}

TEST(Boundary, AnOrderTowardFlatPassesFromOutsideTheOtherLimit) {
  GateWorld world;
  world.exposure.set_position(kBtc, qty("50"));
  EXPECT_EQ(world.refusal().reason, RejectReason::kMaxPosition);
  world.order.side = Side::kSell;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);

  GateWorld short_world;
  short_world.exposure.set_position(kBtc, -qty("50"));
  EXPECT_EQ(short_world.refusal().reason, RejectReason::kNone);
  short_world.order.side = Side::kSell;
  EXPECT_EQ(short_world.refusal().reason, RejectReason::kMaxPosition);
}

TEST(Boundary, LargestNumbersNeitherWrapNorPass) {
  GateWorld world;
  Instrument& instrument = world.instruments.at(kBtc);
  instrument = Instrument{.symbol = "X", .base_asset_name = "A", .quote_asset_name = "B"};
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  SymbolLimits& limits = world.limits.symbols[0];
  world.order.px = Price::max();
  world.order.qty = Qty::max();
  // One below the largest, which would be "off".
  limits.max_order_qty = Qty::max();
  limits.max_order_notional = Notional::from_raw(Notional::max().raw() - 1);
  const Reject notional_reject = world.refusal();
  EXPECT_EQ(notional_reject.reason, RejectReason::kMaxOrderNotional);
  EXPECT_EQ(notional_reject.projected, Notional::max().raw()) << "saturated";

  world.order.px = kOneRawPx;  // a tiny price lets the largest quantity through to the position
  world.market.top = {.bid_px = kOneRawPx,
                      .bid_qty = qty("1"),
                      .ask_px = kOneRawPx + kOneRawPx,
                      .ask_qty = qty("1")};
  limits.collar_width_ppm = 999'999;
  limits.max_long_position = Qty::from_raw(Qty::max().raw() - 1);
  world.exposure.set_position(kBtc, Qty::max());
  const Reject position_reject = world.refusal();
  EXPECT_EQ(position_reject.reason, RejectReason::kMaxPosition);
  EXPECT_EQ(position_reject.projected, Qty::max().raw()) << "saturated";
}

TEST(Boundary, OrderRateLetsTheBurstThroughAndNotOneMore) {
  GateWorld world;
  world.order.qty = qty("0.01");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.refusal().reason, RejectReason::kNone) << i;
  const Reject reject = world.refusal();
  EXPECT_EQ(reject, (Reject{.reason = RejectReason::kOrderRate,
                            .unit = RejectUnit::kCount,
                            .scope = RiskScope::kAccount,
                            .limit = 5,
                            .value = 5,
                            .projected = 6}));
  world.now.mono += Nanos{99'999'999};
  EXPECT_EQ(world.refusal().reason, RejectReason::kOrderRate);
  world.now.mono += Nanos{1};
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  EXPECT_EQ(world.refusal().reason, RejectReason::kOrderRate);
}

TEST(Boundary, EveryOrderTypeAndTimeInForceThatMakesSensePasses) {
  GateWorld world;
  world.set_rate(100, 100);
  world.order.qty = qty("0.01");
  for (const TimeInForce tif : {TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok}) {
    world.order.tif = tif;
    EXPECT_EQ(world.refusal().reason, RejectReason::kNone) << to_string(tif);
  }
  world.order.tif = TimeInForce::kGtc;
  world.order.type = OrdType::kLimitMaker;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.make_market_order(Side::kBuy);
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
  world.order.tif = TimeInForce::kIoc;
  EXPECT_EQ(world.refusal().reason, RejectReason::kNone);
}

}  // namespace
}  // namespace portcullis::risk
