// One good order, spoiled in one thing a case: the right rule must refuse it, with the exact
// numbers.
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis {

void PrintTo(const Reject& reject, std::ostream* out) {
  *out << to_string(reject.reason) << " unit " << int{std::to_underlying(reject.unit)} << " limit "
       << reject.limit << " value " << reject.value << " projected " << reject.projected;
}

}  // namespace portcullis

namespace portcullis::risk {
namespace {

using R = RejectReason;
using U = RejectUnit;

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
Reject with(R reason, U unit, std::int64_t limit, std::int64_t value, std::int64_t projected) {
  return {.reason = reason,
          .unit = unit,
          .scope = usual_scope(reason),
          .limit = limit,
          .value = value,
          .projected = projected};
}
// Decimals by their text: limit, then the order's own number as value and projection.
Reject of_order(R reason, U unit, std::string_view limit, std::string_view value) {
  return with(reason, unit, px(limit).raw(), px(value).raw(), px(value).raw());
}

std::string name_of(const testing::TestParamInfo<Spoiled>& spoiled) {
  return spoiled.param.name;
}

class EachCheck : public testing::TestWithParam<Spoiled> {};

TEST_P(EachCheck, RefusesWithItsOwnReasonAndNumbers) {
  GateWorld good;
  ASSERT_EQ(good.refusal(), Reject{}) << "the unspoiled order must pass";

  GateWorld world;
  GetParam().spoil(world);
  const SymbolExposure before = world.exposure.at(kBtc);
  EXPECT_EQ(world.refusal(), GetParam().expected);
  EXPECT_EQ(world.exposure.at(kBtc), before) << "a refused order reserves nothing";
}

const Spoiled kForm[] = {
    {"QtyZero", [](GateWorld& w) { w.order.qty = Qty{}; },
     of_order(R::kMalformedOrder, U::kQty, "0", "0")},
    {"QtyNegative", [](GateWorld& w) { w.order.qty = -qty("0.5"); },
     of_order(R::kMalformedOrder, U::kQty, "0", "-0.5")},
    {"LimitWithoutPrice", [](GateWorld& w) { w.order.px = Price{}; },
     of_order(R::kMalformedOrder, U::kPrice, "0", "0")},
    {"PostOnlyWithoutPrice",
     [](GateWorld& w) {
       w.order.type = OrdType::kLimitMaker;
       w.order.px = Price{};
     },
     of_order(R::kMalformedOrder, U::kPrice, "0", "0")},
    {"NegativePrice", [](GateWorld& w) { w.order.px = -px("64000"); },
     of_order(R::kMalformedOrder, U::kPrice, "0", "-64000")},
    {"MarketWithPrice", [](GateWorld& w) { w.order.type = OrdType::kMarket; },
     of_order(R::kMalformedOrder, U::kPrice, "0", "64000")},
    {"SideOutOfRange", [](GateWorld& w) { w.order.side = static_cast<Side>(2); },
     plain(R::kMalformedOrder)},
    {"TypeOutOfRange", [](GateWorld& w) { w.order.type = static_cast<OrdType>(7); },
     plain(R::kMalformedOrder)},
    {"TifOutOfRange", [](GateWorld& w) { w.order.tif = static_cast<TimeInForce>(3); },
     plain(R::kMalformedOrder)},
    {"PostOnlyImmediate",
     [](GateWorld& w) {
       w.order.type = OrdType::kLimitMaker;
       w.order.tif = TimeInForce::kIoc;
     },
     plain(R::kMalformedOrder)},
    {"MarketFillOrKill",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.tif = TimeInForce::kFok;
     },
     plain(R::kMalformedOrder)},
    {"NoSymbol", [](GateWorld& w) { w.order.symbol = kNoSymbol; }, plain(R::kMalformedOrder)},
};
INSTANTIATE_TEST_SUITE_P(Form, EachCheck, testing::ValuesIn(kForm), name_of);

const Spoiled kState[] = {
    {"Killed", [](GateWorld& w) { w.kill_switch.kill(); }, plain(R::kKillSwitch)},
    {"Latched", [](GateWorld& w) { w.kill_switch.mark_latched(); }, plain(R::kKillSwitch)},
    {"KilledWhileDraining",
     [](GateWorld& w) {
       w.kill_switch.drain();
       w.kill_switch.kill();
     },
     plain(R::kKillSwitch)},
    {"CancelOnly", [](GateWorld& w) { w.kill_switch.cancel_only(); }, plain(R::kCancelOnly)},
    {"Draining", [](GateWorld& w) { w.kill_switch.drain(); }, plain(R::kCancelOnly)},
    {"NotReady", [](GateWorld& w) { w.kill_switch.set_ready(false); }, plain(R::kNotReady)},
    {"SymbolBeyondTheTable", [](GateWorld& w) { w.order.symbol = SymbolId{2}; },
     plain(R::kUnknownSymbol)},
    {"SymbolNotAllowed", [](GateWorld& w) { w.limits.symbols[0].is_allowed = false; },
     plain(R::kSymbolNotAllowed)},
    {"SymbolWithoutLimits", [](GateWorld& w) { w.limits.symbols.clear(); },
     plain(R::kSymbolNotAllowed)},
    {"SymbolNotTrading", [](GateWorld& w) { w.instruments.at(kBtc).is_trading = false; },
     plain(R::kSymbolNotTrading)},
    {"ExposureInDoubt",
     [](GateWorld& w) {
       w.exposure.adopt(held(kBtc, Side::kBuy), qty("0.1"));
       w.exposure.release(held(kBtc, Side::kBuy), qty("0.2"));
     },
     with(R::kNotReady, U::kCount, 0, 1, 1)},
};
INSTANTIATE_TEST_SUITE_P(State, EachCheck, testing::ValuesIn(kState), name_of);

const Spoiled kFilters[] = {
    {"PriceBelowMin", [](GateWorld& w) { w.order.px = px("99.99"); },
     of_order(R::kPriceFilter, U::kPrice, "100", "99.99")},
    {"PriceAboveMax", [](GateWorld& w) { w.order.px = px("1000000.01"); },
     of_order(R::kPriceFilter, U::kPrice, "1000000", "1000000.01")},
    {"PriceOffTick", [](GateWorld& w) { w.order.px = px("64000.005"); },
     of_order(R::kPriceFilter, U::kPrice, "0.01", "64000.005")},
    {"QtyBelowMin", [](GateWorld& w) { w.order.qty = qty("0.00009"); },
     of_order(R::kLotSize, U::kQty, "0.0001", "0.00009")},
    {"QtyAboveMax", [](GateWorld& w) { w.order.qty = qty("9000.00001"); },
     of_order(R::kLotSize, U::kQty, "9000", "9000.00001")},
    {"QtyOffStep", [](GateWorld& w) { w.order.qty = qty("0.500005"); },
     of_order(R::kLotSize, U::kQty, "0.00001", "0.500005")},
    {"MarketQtyBelowMin",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.qty = qty("0.001");
     },
     of_order(R::kLotSize, U::kQty, "0.002", "0.001")},
    {"MarketQtyAboveMax",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.qty = qty("50.001");
     },
     of_order(R::kLotSize, U::kQty, "50", "50.001")},
    {"MarketQtyOffStep",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.qty = qty("0.5001");
     },
     of_order(R::kLotSize, U::kQty, "0.001", "0.5001")},
    {"MarketQtyOffTheCommonStep",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.order.qty = qty("0.500005");
     },
     of_order(R::kLotSize, U::kQty, "0.00001", "0.500005")},
    {"NotionalBelowMin", [](GateWorld& w) { w.order.qty = qty("0.00078"); },
     of_order(R::kVenueNotional, U::kNotional, "50", "49.92")},
    {"NotionalAboveMax", [](GateWorld& w) { w.order.qty = qty("140.7"); },
     of_order(R::kVenueNotional, U::kNotional, "9000000", "9004800")},
    {"MarketNotionalBelowMin",
     [](GateWorld& w) {
       w.instruments.at(kBtc).notional_min = quote("200");
       w.make_market_order(Side::kBuy);
       w.order.qty = qty("0.003");
     },
     of_order(R::kVenueNotional, U::kNotional, "200", "192.0003")},
    {"MarketNotionalAboveMax",
     [](GateWorld& w) {
       w.instruments.at(kBtc).notional_max = quote("100");
       w.make_market_order(Side::kSell);
       w.order.qty = qty("0.003");
     },
     of_order(R::kVenueNotional, U::kNotional, "100", "192")},
};
INSTANTIATE_TEST_SUITE_P(VenueFilters, EachCheck, testing::ValuesIn(kFilters), name_of);

const Spoiled kSize[] = {
    {"QtyAboveLimit", [](GateWorld& w) { w.limits.symbols[0].max_order_qty = qty("0.49999"); },
     of_order(R::kMaxOrderQty, U::kQty, "0.49999", "0.5")},
    {"QtyLimitUnset", [](GateWorld& w) { w.limits.symbols[0].max_order_qty = Qty{}; },
     of_order(R::kMaxOrderQty, U::kQty, "0", "0.5")},
    {"QtyLimitNegative", [](GateWorld& w) { w.limits.symbols[0].max_order_qty = -qty("1"); },
     of_order(R::kMaxOrderQty, U::kQty, "-1", "0.5")},
    {"NotionalAboveLimit",
     [](GateWorld& w) { w.limits.symbols[0].max_order_notional = quote("31999.99999999"); },
     of_order(R::kMaxOrderNotional, U::kNotional, "31999.99999999", "32000")},
    {"NotionalLimitUnset",
     [](GateWorld& w) { w.limits.symbols[0].max_order_notional = Notional{}; },
     of_order(R::kMaxOrderNotional, U::kNotional, "0", "32000")},
    {"MarketBuyNotionalAtTheAsk",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.limits.symbols[0].max_order_notional = quote("32000");
     },
     of_order(R::kMaxOrderNotional, U::kNotional, "32000", "32000.05")},
    {"MarketSellNotionalAtTheBid",
     [](GateWorld& w) {
       w.make_market_order(Side::kSell);
       w.limits.symbols[0].max_order_notional = quote("31999");
     },
     of_order(R::kMaxOrderNotional, U::kNotional, "31999", "32000")},
};
INSTANTIATE_TEST_SUITE_P(OrderSize, EachCheck, testing::ValuesIn(kSize), name_of);

constexpr std::int64_t kAgeMaxNs = 500'000'000;

const Spoiled kBook[] = {
    {"NeverPublished", [](GateWorld& w) { w.is_market_published = false; }, plain(R::kBookMissing)},
    {"Empty", [](GateWorld& w) { w.market.book_state = BookState::kEmpty; },
     plain(R::kBookMissing)},
    {"Buffering", [](GateWorld& w) { w.market.book_state = BookState::kBuffering; },
     plain(R::kBookMissing)},
    {"StateOutOfRange", [](GateWorld& w) { w.market.book_state = static_cast<BookState>(9); },
     plain(R::kBookMissing)},
    {"NoBid", [](GateWorld& w) { w.market.top.bid_px = Price{}; }, plain(R::kBookMissing)},
    {"NoAsk", [](GateWorld& w) { w.market.top.ask_px = Price{}; }, plain(R::kBookMissing)},
    {"MarketBuyWithoutAsk",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.market.top.ask_px = Price{};
     },
     plain(R::kBookMissing)},
    {"MarketSellWithoutBid",
     [](GateWorld& w) {
       w.make_market_order(Side::kSell);
       w.market.top.bid_px = Price{};
     },
     plain(R::kBookMissing)},
    {"StaleByState", [](GateWorld& w) { w.market.book_state = BookState::kStale; },
     with(R::kBookStale, U::kNanos, kAgeMaxNs, 1'000'000, 1'000'000)},
    {"StaleByAge", [](GateWorld& w) { w.market.received = w.now.mono - Nanos{kAgeMaxNs + 1}; },
     with(R::kBookStale, U::kNanos, kAgeMaxNs, kAgeMaxNs + 1, kAgeMaxNs + 1)},
    {"StampedFarInTheFuture",
     [](GateWorld& w) { w.market.received = w.now.mono + Nanos{kAgeMaxNs + 1}; },
     with(R::kBookStale, U::kNanos, kAgeMaxNs, kAgeMaxNs + 1, kAgeMaxNs + 1)},
    {"AgeLimitUnset", [](GateWorld& w) { w.limits.symbols[0].book_age_max = Nanos{0}; },
     with(R::kBookStale, U::kNanos, 0, 1'000'000, 1'000'000)},
    {"AgeLimitUnsetAndAgeZero",
     [](GateWorld& w) {
       w.limits.symbols[0].book_age_max = Nanos{0};
       w.market.received = w.now.mono;
     },
     with(R::kBookStale, U::kNanos, 0, 0, 0)},
    {"Crossed", [](GateWorld& w) { w.market.top.bid_px = px("64000.2"); },
     of_order(R::kBookCrossed, U::kPrice, "64000.1", "64000.2")},
    {"Locked", [](GateWorld& w) { w.market.top.bid_px = px("64000.1"); },
     of_order(R::kBookCrossed, U::kPrice, "64000.1", "64000.1")},
};
INSTANTIATE_TEST_SUITE_P(Book, EachCheck, testing::ValuesIn(kBook), name_of);

// The mid is 64000.05; one per cent away are 63360.0495 and 64640.0505.
Reject collar(std::string_view limit, std::string_view projected,
              std::string_view mid = "64000.05") {
  return with(R::kPriceCollar, U::kPrice, px(limit).raw(), px(mid).raw(), px(projected).raw());
}

const Spoiled kCollar[] = {
    {"BuyAbove", [](GateWorld& w) { w.order.px = px("64640.06"); },
     collar("64640.0505", "64640.06")},
    {"BuyBelow", [](GateWorld& w) { w.order.px = px("63360.04"); },
     collar("63360.0495", "63360.04")},
    {"SellAbove",
     [](GateWorld& w) {
       w.order.side = Side::kSell;
       w.order.px = px("64640.06");
     },
     collar("64640.0505", "64640.06")},
    {"SellBelow",
     [](GateWorld& w) {
       w.order.side = Side::kSell;
       w.order.px = px("63360.04");
     },
     collar("63360.0495", "63360.04")},
    {"DigitLost", [](GateWorld& w) { w.order.px = px("6400"); }, collar("63360.0495", "6400")},
    {"WidthUnset", [](GateWorld& w) { w.limits.symbols[0].collar_width_ppm = 0; },
     collar("64000.05", "64000")},
    {"WidthUnsetAtTheMid",
     [](GateWorld& w) {
       w.limits.symbols[0].collar_width_ppm = 0;
       w.order.px = px("64000.05");
     },
     collar("64000.05", "64000.05")},
    {"MarketIntoAWideSpread",
     [](GateWorld& w) {
       w.make_market_order(Side::kBuy);
       w.market.top.ask_px = px("65310");
     },
     collar("65301.55", "65310", "64655")},
};
INSTANTIATE_TEST_SUITE_P(Collar, EachCheck, testing::ValuesIn(kCollar), name_of);

Reject position(std::string_view limit, std::string_view value, std::string_view projected) {
  return with(R::kMaxPosition, U::kQty, qty(limit).raw(), qty(value).raw(), qty(projected).raw());
}

const Spoiled kPosition[] = {
    {"LongByPosition", [](GateWorld& w) { w.exposure.set_position(kBtc, qty("2.50001")); },
     position("3", "2.50001", "3.00001")},
    {"LongByWorkingOrders",
     [](GateWorld& w) {
       w.exposure.set_position(kBtc, qty("1"));
       w.exposure.adopt(held(kBtc, Side::kBuy), qty("1"));
       w.exposure.adopt(held(kBtc, Side::kBuy), qty("0.6"));
       w.exposure.adopt(held(kBtc, Side::kSell), qty("2"));  // may never fill, so it does not help
     },
     position("3", "2.6", "3.1")},
    {"ShortByPosition",
     [](GateWorld& w) {
       w.order.side = Side::kSell;
       w.exposure.set_position(kBtc, -qty("1.1"));
     },
     position("-1.5", "-1.1", "-1.6")},
    {"ShortByWorkingOrders",
     [](GateWorld& w) {
       w.order.side = Side::kSell;
       w.exposure.set_position(kBtc, qty("0.25"));
       w.exposure.adopt(held(kBtc, Side::kSell), qty("1.5"));
       w.exposure.adopt(held(kBtc, Side::kBuy), qty("1"));
     },
     position("-1.5", "-1.25", "-1.75")},
    {"LongLimitUnset", [](GateWorld& w) { w.limits.symbols[0].max_long_position = Qty{}; },
     position("0", "0", "0.5")},
    {"ShortLimitUnset",
     [](GateWorld& w) {
       w.order.side = Side::kSell;
       w.limits.symbols[0].max_short_position = Qty{};
     },
     position("0", "0", "-0.5")},
};
INSTANTIATE_TEST_SUITE_P(Position, EachCheck, testing::ValuesIn(kPosition), name_of);

const Spoiled kRate[] = {
    {"RateUnset", [](GateWorld& w) { w.set_rate(0, 5); }, with(R::kOrderRate, U::kCount, 5, 0, 1)},
    {"WindowUnset", [](GateWorld& w) { w.limits.account.scope.order_rate.rate_window = Nanos{0}; },
     with(R::kOrderRate, U::kCount, 5, 0, 1)},
    {"BurstUnset", [](GateWorld& w) { w.set_rate(10, 0); },
     with(R::kOrderRate, U::kCount, 0, 0, 1)},
};
INSTANTIATE_TEST_SUITE_P(OrderRate, EachCheck, testing::ValuesIn(kRate), name_of);

}  // namespace
}  // namespace portcullis::risk
