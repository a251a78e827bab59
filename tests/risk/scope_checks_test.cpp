// Each check at each of its scopes: one good order with the limit exactly at it, which passes, and
// with the limit one unit tighter, which must be refused for that reason, of that scope.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "risk/check_table.hpp"
#include "tests/risk/gate_world.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::risk {
namespace {

using R = RejectReason;
using S = RiskScope;

// `tighter` is 0 with the limit at the order, 1 with it one unit below.
struct Case {
  R reason;
  S scope;
  void (*set)(GateWorld&, int tighter);
  const char* note{""};
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << to_string(one.reason) << " of " << to_string(one.scope) << one.note;
}

// The order is 0.5 at 64000, worth 32000; the mid is 64000.05, so its worst case is 32000.025.
const Notional kWorth = quote("32000");
const Notional kWorst = quote("32000.025");

Notional less(Notional limit, int tighter) {
  return Notional::from_raw(limit.raw() - tighter);
}
Qty less(Qty limit, int tighter) {
  return Qty::from_raw(limit.raw() - tighter);
}

// An order of the strategy's that is open: 0.1 at 64000, worth 6400.
void open_one(GateWorld& w) {
  w.exposure.adopt(held(kBtc, Side::kBuy), qty("0.1"));
}
// What the strategy has traded today: 0.2 at 64000, worth 12800; and sold again.
void trade_some(GateWorld& w) {
  (void)w.gate();
  w.exposure.roll_day(w.now.wall);
  w.exposure.set_mark(kBtc, StrategyId{}, {.px = px("64000"), .rate = Rate::one()});
  w.exposure.on_late_fill(held(kBtc, Side::kBuy), qty("0.1"), px("64000"));
  w.exposure.on_late_fill(held(kBtc, Side::kSell), qty("0.1"), px("64000"));
}
void in_group(GateWorld& w) {
  w.limits.groups = {{.max_open_value = kOffNotional, .exposure = open_exposure()}};
  for (StrategyLimits& strategy : w.limits.strategies) strategy.group = 0;
}
// Something is held whose price is not known, when it is tightened.
void hold_unpriced(GateWorld& w, int tighter) {
  if (tighter == 0) return;
  w.exposure.set_position(kEth, qty("1"));
  w.exposure.adopt_position(StrategyId{}, kEth, qty("1"));
}
RateLimits bucket(int tighter) {
  return {.rate_max = 10,
          .rate_window = Nanos{1'000'000'000},
          .burst_max = tighter == 0 ? 2U : 1U,
          .window_max = kOffCount};
}
RateLimits window(int tighter) {
  return {
      .rate_max = kOffCount, .window_max = tighter == 0 ? 2U : 1U, .window = Nanos{1'000'000'000}};
}
void send_one(GateWorld& w) {
  ASSERT_TRUE(w.judge().has_value()) << "the first one passes";
}

const std::vector<Case> kCases{
    {R::kUnknownStrategy, S::kStrategy,
     [](GateWorld& w, int t) { w.order.strategy = StrategyId(static_cast<std::uint16_t>(1 + t)); }},
    {R::kStrategySymbol, S::kStrategySymbol,
     [](GateWorld& w, int t) { w.limits.pairs[0].is_allowed = t == 0; }},
    {R::kStrategySymbol, S::kStrategySymbol,
     [](GateWorld& w, int t) { w.limits.strategies[0].is_allowed = t == 0; }, " whole"},
    {R::kMarketOrder, S::kSymbol,
     [](GateWorld& w, int t) {
       w.make_market_order(Side::kBuy);
       w.limits.symbols[0].allows_market_orders = t == 0;
     }},
    {R::kStaleSignal, S::kStrategy,
     [](GateWorld& w, int t) {
       w.order.signal_time = w.now.mono - Nanos{1'000};
       w.limits.strategies[0].signal_age_max = Nanos{1'000 - t};
     }},
    {R::kStaleSignal, S::kStrategy,
     [](GateWorld& w, int t) {
       if (t == 0) w.order.signal_time = w.now.mono;
       w.limits.strategies[0].signal_age_max = Nanos{1'000};
     },
     " untold"},
    {R::kLowConfidence, S::kStrategy,
     [](GateWorld& w, int t) {
       w.order.confidence_ppm = 500'000 - static_cast<std::uint32_t>(t);
       w.limits.strategies[0].confidence_min_ppm = 500'000;
     }},
    {R::kLowConfidence, S::kStrategy,
     [](GateWorld& w, int t) { w.limits.strategies[0].allows_untold_confidence = t == 0; },
     " untold"},
    {R::kMaxOrderQty, S::kSymbol,
     [](GateWorld& w, int t) { w.limits.symbols[0].max_order_qty = less(qty("0.5"), t); }},
    {R::kMaxOrderQty, S::kStrategySymbol,
     [](GateWorld& w, int t) { w.limits.pairs[0].max_order_qty = less(qty("0.5"), t); }},
    {R::kMaxOrderNotional, S::kSymbol,
     [](GateWorld& w, int t) { w.limits.symbols[0].max_order_notional = less(kWorth, t); }},
    {R::kMaxOrderValue, S::kSymbol,
     [](GateWorld& w, int t) { w.limits.symbols[0].scope.max_order_value = less(kWorth, t); }},
    {R::kMaxOrderValue, S::kStrategy,
     [](GateWorld& w, int t) { w.limits.strategies[0].scope.max_order_value = less(kWorth, t); }},
    {R::kMaxOrderValue, S::kAccount,
     [](GateWorld& w, int t) { w.limits.account.scope.max_order_value = less(kWorth, t); }},
    {R::kMaxOrderValue, S::kGlobal,
     [](GateWorld& w, int t) { w.limits.global.max_order_value = less(kWorth, t); }},
    // The spread is 0.1 of 64000.05: 1.56 parts per million.
    {R::kBookWide, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].spread_max_ppm = 2 - static_cast<std::uint32_t>(t);
     }},
    // 1000 of 63000: 15873.02 parts per million.
    {R::kLastTradeCollar, S::kSymbol,
     [](GateWorld& w, int t) {
       w.market.last_trade_px = px("63000");
       w.market.last_trade_received = w.now.mono;
       w.limits.symbols[0].last_collar_ppm = 15'874 - static_cast<std::uint32_t>(t);
     }},
    {R::kVenueReferenceCollar, S::kSymbol,
     [](GateWorld& w, int t) {
       w.market.venue_reference_px = px("63000");
       w.market.venue_reference_received = w.now.mono;
       w.limits.symbols[0].venue_collar_ppm = 15'874 - static_cast<std::uint32_t>(t);
     }},
    {R::kReferenceMissing, S::kSymbol,
     [](GateWorld& w, int t) {
       w.market.last_trade_px = px("64000");
       w.market.last_trade_received = w.now.mono - Nanos{1'000};
       w.limits.symbols[0].last_collar_ppm = 10'000;
       w.limits.symbols[0].last_trade_age_max = Nanos{1'000 - t};
     },
     ": a trade too old"},
    {R::kReferenceMissing, S::kSymbol,
     [](GateWorld& w, int t) {
       w.market.venue_reference_px = t == 0 ? px("64000") : Price{};
       w.market.venue_reference_received = w.now.mono;
       w.limits.symbols[0].venue_collar_ppm = 10'000;
     },
     ": no venue reference"},
    {R::kReferenceMissing, S::kSymbol,
     [](GateWorld& w, int t) { w.limits.conversions[0].is_reference = t == 0; }, ": no rate"},
    {R::kReferenceMissing, S::kSymbol,
     [](GateWorld& w, int t) {
       trade_some(w);
       w.limits.symbols[0].scope.max_daily_value = quote("1000000");
       w.exposure.restore_traded({}, kBtc, {.is_unvalued = t == 1});
     },
     ": traded without a rate"},
    {R::kReferenceMissing, S::kStrategy,
     [](GateWorld& w, int t) {
       trade_some(w);
       w.limits.strategies[0].scope.max_daily_value = quote("1000000");
       w.exposure.restore_traded({}, kEth, {.is_unvalued = t == 1});
     }},
    {R::kReferenceMissing, S::kGroup,
     [](GateWorld& w, int t) {
       in_group(w);
       w.limits.groups[0].exposure.max_gross = quote("1000000");
       hold_unpriced(w, t);
     }},
    {R::kReferenceMissing, S::kAccount,
     [](GateWorld& w, int t) {
       w.limits.account.exposure.max_net = quote("1000000");
       hold_unpriced(w, t);
     }},
    {R::kReferenceMissing, S::kGlobal,
     [](GateWorld& w, int t) {
       w.limits.global.exposure.max_gross = quote("1000000");
       hold_unpriced(w, t);
     }},
    {R::kReferenceMissing, S::kAccount,
     [](GateWorld& w, int t) {
       w.limits.account.exposure.max_net = quote("1000000");
       if (t == 1) w.limits.mark_age_max = Nanos{1'000'000'000};  // and nobody has walked
     },
     ": no walk"},
    {R::kPercentPrice, S::kOrder,
     [](GateWorld& w, int t) {
       w.instruments.at(kBtc).buy_px_factor_max = PriceFactor::from_units(1);
       w.market.venue_reference_px = Price::from_raw(px("64000").raw() - t);
     }},
    {R::kPercentPrice, S::kOrder,
     [](GateWorld& w, int t) {
       w.order.side = Side::kSell;
       w.instruments.at(kBtc).sell_px_factor_min = PriceFactor::from_units(1);
       w.market.venue_reference_px = Price::from_raw(px("64000").raw() + t);
     },
     " below"},
    {R::kDuplicateOrder, S::kStrategy,
     [](GateWorld& w, int t) {
       w.limits.strategies[0].duplicates = {.count_max = t == 0 ? 2U : 1U,
                                            .window = Nanos{1'000'000}};
       send_one(w);
     }},
    {R::kReduceOnly, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].is_reduce_only = true;
       w.exposure.set_position(kBtc, -less(qty("0.5"), t));
     }},
    {R::kReduceOnly, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].is_reduce_only = true;
       w.exposure.set_position(kBtc, -qty("0.5"));
       if (t == 1) w.exposure.adopt(held(kBtc, Side::kBuy), kOneRawQty);
     },
     " with what works"},
    {R::kReduceOnly, S::kStrategy,
     [](GateWorld& w, int t) {
       w.limits.strategies[0].is_reduce_only = true;
       w.exposure.adopt_position(StrategyId{}, kBtc, -less(qty("0.5"), t));
     }},
    {R::kReduceOnly, S::kStrategySymbol,
     [](GateWorld& w, int t) {
       w.limits.pairs[0].is_reduce_only = true;
       w.exposure.adopt_position(StrategyId{}, kBtc, -less(qty("0.5"), t));
     }},
    {R::kUncoveredSell, S::kSymbol,
     [](GateWorld& w, int t) {
       w.order.side = Side::kSell;
       w.limits.symbols[0].allows_uncovered_sells = false;
       w.limits.symbols[0].position_baseline = qty("0.2");
       w.exposure.set_position(kBtc, less(qty("0.3"), t));
     }},
    {R::kMaxPosition, S::kSymbol,
     [](GateWorld& w, int t) { w.limits.symbols[0].max_long_position = less(qty("0.5"), t); }},
    {R::kMaxPosition, S::kStrategySymbol,
     [](GateWorld& w, int t) { w.limits.pairs[0].max_long_position = less(qty("0.5"), t); }},
    {R::kMaxPosition, S::kStrategySymbol,
     [](GateWorld& w, int t) {
       w.order.side = Side::kSell;
       open_one(w);  // a buy, which is no help to a sell
       w.limits.pairs[0].max_short_position = less(qty("0.5"), t);
     },
     " short"},
    {R::kVenueMaxPosition, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].position_baseline = qty("0.2");
       w.instruments.at(kBtc).position_max = less(qty("0.7"), t);
     }},
    {R::kMaxOpenOrders, S::kSymbol,
     [](GateWorld& w, int t) {
       open_one(w);
       w.limits.symbols[0].scope.max_open_orders = 2 - static_cast<std::uint32_t>(t);
     }},
    {R::kMaxOpenOrders, S::kStrategy,
     [](GateWorld& w, int t) {
       open_one(w);
       w.limits.strategies[0].scope.max_open_orders = 2 - static_cast<std::uint32_t>(t);
     }},
    {R::kMaxOpenOrders, S::kAccount,
     [](GateWorld& w, int t) {
       w.exposure.adopt({.symbol = kEth, .strategy = kNoStrategy, .px = px("10")}, qty("1"));
       w.limits.account.scope.max_open_orders = 2 - static_cast<std::uint32_t>(t);
     }},
    {R::kVenueOpenOrders, S::kSymbol,
     [](GateWorld& w, int t) {
       open_one(w);
       w.instruments.at(kBtc).open_orders_max = 2 - t;
     }},
    {R::kVenueOpenOrders, S::kSymbol,
     [](GateWorld& w, int t) {
       w.make_special_order();
       w.instruments.at(kBtc).open_algo_orders_max = 2 - t;
       send_one(w);
     },
     " algo"},
    {R::kVenueOpenOrders, S::kSymbol,
     [](GateWorld& w, int t) {
       w.make_special_order();
       w.instruments.at(kBtc).open_iceberg_orders_max = 2 - t;
       send_one(w);
     },
     " iceberg"},
    {R::kMaxOpenValue, S::kSymbol,
     [](GateWorld& w, int t) {
       open_one(w);
       w.limits.symbols[0].scope.max_open_value = less(quote("38400"), t);
     }},
    {R::kMaxOpenValue, S::kStrategy,
     [](GateWorld& w, int t) {
       open_one(w);
       w.limits.strategies[0].scope.max_open_value = less(quote("38400"), t);
     }},
    {R::kMaxOpenValue, S::kGroup,
     [](GateWorld& w, int t) {
       in_group(w);
       w.exposure.adopt({.symbol = kBtc, .strategy = StrategyId{1}, .px = px("64000")}, qty("0.1"));
       w.limits.groups[0].max_open_value = less(quote("38400"), t);
     }},
    {R::kMaxOpenValue, S::kAccount,
     [](GateWorld& w, int t) {
       w.exposure.adopt({.symbol = kBtc, .strategy = kNoStrategy, .px = px("64000")}, qty("0.1"));
       w.limits.account.scope.max_open_value = less(quote("38400"), t);
     }},
    {R::kGrossExposure, S::kGroup,
     [](GateWorld& w, int t) {
       in_group(w);
       w.limits.groups[0].exposure.max_gross = less(kWorst, t);
     }},
    {R::kGrossExposure, S::kAccount,
     [](GateWorld& w, int t) { w.limits.account.exposure.max_gross = less(kWorst, t); }},
    {R::kGrossExposure, S::kGlobal,
     [](GateWorld& w, int t) { w.limits.global.exposure.max_gross = less(kWorst, t); }},
    {R::kNetExposure, S::kGroup,
     [](GateWorld& w, int t) {
       in_group(w);
       w.limits.groups[0].exposure.max_net = less(kWorst, t);
     }},
    {R::kNetExposure, S::kAccount,
     [](GateWorld& w, int t) {
       w.order.side = Side::kSell;
       w.limits.account.exposure.max_net = less(kWorst, t);
     }},
    {R::kNetExposure, S::kGlobal,
     [](GateWorld& w, int t) { w.limits.global.exposure.max_net = less(kWorst, t); }},
    {R::kDailyQty, S::kSymbol,
     [](GateWorld& w, int t) {
       trade_some(w);
       open_one(w);
       w.limits.symbols[0].max_daily_qty = less(qty("0.8"), t);
     }},
    {R::kDailyValue, S::kSymbol,
     [](GateWorld& w, int t) {
       trade_some(w);
       w.limits.symbols[0].scope.max_daily_value = less(quote("44800"), t);
     }},
    {R::kDailyValue, S::kStrategy,
     [](GateWorld& w, int t) {
       trade_some(w);
       w.limits.strategies[0].scope.max_daily_value = less(quote("44800"), t);
     }},
    {R::kDailyValue, S::kAccount,
     [](GateWorld& w, int t) {
       trade_some(w);
       w.limits.account.scope.max_daily_value = less(quote("44800"), t);
     }},
    {R::kOrderRate, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].scope.order_rate = bucket(t);
       send_one(w);
     }},
    {R::kOrderRate, S::kSymbol,
     [](GateWorld& w, int t) {
       w.limits.symbols[0].scope.order_rate = window(t);
       send_one(w);
     },
     " by window"},
    {R::kOrderRate, S::kStrategy,
     [](GateWorld& w, int t) {
       w.limits.strategies[0].scope.order_rate = bucket(t);
       send_one(w);
     }},
    {R::kOrderRate, S::kStrategy,
     [](GateWorld& w, int t) {
       w.limits.strategies[0].scope.order_rate = window(t);
       send_one(w);
     },
     " by window"},
    {R::kOrderRate, S::kAccount,
     [](GateWorld& w, int t) {
       w.limits.account.scope.order_rate = bucket(t);
       send_one(w);
     }},
    {R::kOrderRate, S::kAccount,
     [](GateWorld& w, int t) {
       w.limits.account.scope.order_rate = window(t);
       send_one(w);
     },
     " by window"},
};

class ScopeCheck : public testing::TestWithParam<Case> {};

TEST_P(ScopeCheck, PassesAtTheLimitAndRefusesOneBeyondItByNameAndScope) {
  GateWorld at;
  GetParam().set(at, 0);
  EXPECT_EQ(at.refusal().reason, R::kNone) << "at the limit";

  GateWorld beyond;
  GetParam().set(beyond, 1);
  const std::uint32_t count_before = beyond.exposure.account().open_count;
  const Value open_before = beyond.exposure.cell(kBtc).open_quote;
  const Reject reject = beyond.refusal();
  EXPECT_STREQ(to_string(reject.reason), to_string(GetParam().reason));
  EXPECT_STREQ(to_string(reject.scope), to_string(GetParam().scope));
  EXPECT_EQ(beyond.exposure.account().open_count, count_before) << "a refusal reserves nothing";
  EXPECT_TRUE(beyond.exposure.cell(kBtc).open_quote == open_before);
}

INSTANTIATE_TEST_SUITE_P(All, ScopeCheck, testing::ValuesIn(kCases));

// Checks whose cases stand in other tests of this folder, order by order and filter by filter, or
// of the stages behind the gate.
const std::vector<R>& tried_elsewhere() {
  static const std::vector<R> list{
      R::kMalformedOrder, R::kKillSwitch, R::kCancelOnly, R::kNotReady, R::kUnknownSymbol,
      R::kSymbolNotAllowed, R::kSymbolNotTrading, R::kNotOffered, R::kUnboundedQty, R::kPriceFilter,
      R::kLotSize, R::kIcebergParts, R::kTrailingDelta, R::kBookMissing, R::kVenueNotional,
      R::kBookStale, R::kBookCrossed, R::kPriceCollar, R::kStopSide, R::kVenueBudget, R::kClock,
      R::kNotChangeable, R::kAmendQty, R::kAmendCount, R::kAmendRate, R::kOrderStoreFull,
      R::kVenueDisconnected, R::kJournal, R::kScopeHalted, R::kStrategyGone, R::kOrderList,
      // tests/breakers, which has such a list of its own
      R::kRejectStorm, R::kRunaway, R::kRepeatedExecution, R::kOrderToTrade, R::kVelocity,
      R::kFillMismatch, R::kPositionMismatch, R::kUnknownOrders, R::kUnknownOrderAge,
      R::kVenueLatency, R::kClockLost, R::kResultUnknown, R::kRealizedLoss, R::kUnrealizedLoss,
      R::kDailyLoss, R::kRollingLoss, R::kDrawdown, R::kLossesInRow, R::kBookHealth};
  return list;
}

TEST(CheckTable, EveryScopeOfEveryRowHasACase) {
  for (const CheckRow& row : kCheckTable) {
    if (std::ranges::find(tried_elsewhere(), row.reason) != tried_elsewhere().end()) continue;
    for (unsigned i = 0; i < static_cast<unsigned>(S::kCount); ++i) {
      const S scope = static_cast<S>(i);
      const bool has_case = std::ranges::any_of(kCases, [&](const Case& one) {
        const bool is_same_scope =
            one.scope == scope || (row.reason == R::kPercentPrice && scope == S::kSymbol);
        return one.reason == row.reason && is_same_scope;
      });
      EXPECT_EQ(has_scope(row, scope), has_case && has_scope(row, scope))
          << to_string(row.reason) << " of " << to_string(scope) << " has no case";
    }
  }
  for (const Case& one : kCases) {
    if (one.reason == R::kPercentPrice) continue;
    EXPECT_TRUE(has_scope(*find_check(one.reason), one.scope))
        << to_string(one.reason) << " of " << to_string(one.scope) << " is not in the table";
  }
}

TEST(CheckTable, EveryRowSaysWhatItMeans) {
  for (const CheckRow& row : kCheckTable) {
    EXPECT_GT(row.meaning.size(), 8U) << to_string(row.reason);
    EXPECT_NE(row.scopes, 0) << to_string(row.reason);
  }
}

TEST(CheckTable, IsTheOneInTheDocuments) {
  std::ifstream file{source_dir() + "/docs/risk.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_NE(text.find(check_table_text()), std::string::npos)
      << "docs/risk.md differs: put the output of `portcullis risk checks` there";
}

// ---- amendments

TEST(Amendments, AreJudgedLikeANewOrderOfTheirSize) {
  GateWorld world;
  world.limits.pairs[0].max_order_qty = qty("0.4");
  PreTradeGate& gate = world.gate();
  NewOrderSingle smaller = world.order;
  smaller.qty = qty("0.4");
  EXPECT_FALSE(gate.approve_amended(smaller, 0, world.now).has_value());
  smaller.qty = qty("0.40001");
  const Verdict verdict = gate.approve_amended(smaller, 0, world.now);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->reason, R::kMaxOrderQty);
  EXPECT_EQ(verdict->scope, S::kStrategySymbol);
}

TEST(Amendments, AreWorthNoMoreThanAnOrderMayBeAtEachScope) {
  const std::vector<std::pair<S, Notional& (*)(GateWorld&)>> scopes{
      {S::kSymbol,
       [](GateWorld& w) -> Notional& { return w.limits.symbols[0].scope.max_order_value; }},
      {S::kStrategy,
       [](GateWorld& w) -> Notional& { return w.limits.strategies[0].scope.max_order_value; }},
      {S::kAccount,
       [](GateWorld& w) -> Notional& { return w.limits.account.scope.max_order_value; }},
      {S::kGlobal, [](GateWorld& w) -> Notional& { return w.limits.global.max_order_value; }}};
  for (const auto& [scope, max_of] : scopes) {
    GateWorld world;  // 0.5 at 64000
    max_of(world) = quote("32000");
    EXPECT_FALSE(world.gate().approve_amended(world.order, 0, world.now).has_value());
    max_of(world) = quote("31999.99999999");
    const Verdict verdict = world.gate().approve_amended(world.order, 0, world.now);
    ASSERT_TRUE(verdict.has_value());
    EXPECT_EQ(verdict->reason, R::kMaxOrderValue);
    EXPECT_EQ(verdict->scope, scope);
  }
}

TEST(Amendments, AreCountedByTheVenuesRule) {
  GateWorld world;
  world.instruments.at(kBtc).amends_max = 10;
  EXPECT_FALSE(world.gate().approve_amended(world.order, 9, world.now).has_value());
  EXPECT_EQ(world.gate().approve_amended(world.order, 10, world.now)->reason, R::kAmendCount);
}

TEST(Amendments, HaveARateOfTheirOwnAtEachScope) {
  const std::vector<std::pair<S, RateLimits& (*)(GateWorld&)>> scopes{
      {S::kSymbol,
       [](GateWorld& w) -> RateLimits& { return w.limits.symbols[0].scope.amend_rate; }},
      {S::kStrategy,
       [](GateWorld& w) -> RateLimits& { return w.limits.strategies[0].scope.amend_rate; }},
      {S::kAccount, [](GateWorld& w) -> RateLimits& { return w.limits.account.scope.amend_rate; }}};
  for (const auto& [scope, rate_of] : scopes) {
    GateWorld world;
    rate_of(world) = window(0);
    PreTradeGate& gate = world.gate();
    EXPECT_FALSE(gate.approve_amended(world.order, 0, world.now).has_value());
    EXPECT_FALSE(gate.approve_amended(world.order, 1, world.now).has_value());
    const Verdict verdict = gate.approve_amended(world.order, 2, world.now);
    ASSERT_TRUE(verdict.has_value());
    EXPECT_EQ(verdict->reason, R::kAmendRate);
    EXPECT_EQ(verdict->scope, scope);
    EXPECT_TRUE(world.judge().has_value()) << "new orders have their own";
    world.now = now_at(count_ns(world.now.mono) + 1'000'000'000);
    EXPECT_FALSE(gate.approve_amended(world.order, 2, world.now).has_value()) << "a window later";
  }
}

}  // namespace
}  // namespace portcullis::risk
