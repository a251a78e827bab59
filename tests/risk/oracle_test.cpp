// Random orders, judged by the gate and by an independent slow model: same answer, same first
// reason, same scope, same exposure. Each session draws which limits are tight.
//
// PORTCULLIS_ORACLE_ORDERS sets how many in all; PORTCULLIS_ORACLE_SEED where to begin.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"
#include "tests/risk/slow_oracle.hpp"

namespace portcullis::risk {
namespace {

constexpr std::uint64_t kSeed = 20'261'122;
constexpr int kOrders = 600'000;
constexpr int kOrdersOfASession = 4'000;
constexpr std::int64_t kMilli = 1'000'000;

constexpr std::int64_t kWallStart = 1'700'000'000'000'000'000;  // as now_at() has it

std::string text_of_names(const std::string& reason, const std::string& scope) {
  return scope == "order" ? reason : reason + " of " + scope;
}
std::string text_of(RejectReason reason, RiskScope scope) {
  return text_of_names(to_string(reason), to_string(scope));
}

// The gate and everything it looks at, set from the oracle's plain numbers.
class GateUnderTest {
 public:
  explicit GateUnderTest(const SlowOracle& oracle) : view_{SlowOracle::kSymbols} {
    for (const SlowInstrument& plain : oracle.instruments) add(plain);
    limits_ = open_limits(SlowOracle::kSymbols, SlowOracle::kStrategies);
    for (std::size_t i = 0; i < limits_.symbols.size(); ++i) {
      set_symbol(limits_.symbols[i], oracle.limits[i]);
    }
    for (std::size_t i = 0; i < limits_.strategies.size(); ++i) {
      set_strategy(limits_.strategies[i], oracle.strategies[i]);
      for (std::size_t n = 0; n < limits_.symbols.size(); ++n) {
        set_pair(limits_.pairs[i * limits_.symbols.size() + n], oracle.pairs[i][n]);
      }
    }
    limits_.account = {.scope = scope_of(oracle.account),
                       .exposure = exposure_of(oracle.account_gross, oracle.account_net)};
    limits_.groups = {{.max_open_value = Notional::from_raw(oracle.group_open),
                       .exposure = exposure_of(oracle.group_gross, oracle.group_net)}};
    limits_.global = {.max_order_value = Notional::from_raw(oracle.global_value),
                      .exposure = exposure_of(oracle.global_gross, oracle.global_net)};
    kill_switch_.emplace();
    gate_.emplace(*kill_switch_, table_, view_, limits_, exposure_);
  }

  void publish(int symbol, const SlowMarket& plain) {
    MarketSnapshot market;
    market.top.bid_px = Price::from_raw(plain.bid);
    market.top.ask_px = Price::from_raw(plain.ask);
    market.received = mono_time(plain.received);
    market.last_trade_px = Price::from_raw(plain.last);
    market.last_trade_received = mono_time(plain.last_received);
    market.book_state = static_cast<BookState>(plain.state);
    view_.publish(SymbolId{static_cast<SymbolId::rep>(symbol)}, market);
  }
  // A fresh switch in the same place, for a raised one never goes down.
  KillSwitch& reset_switch() {
    kill_switch_.emplace();
    return *kill_switch_;
  }
  std::string judge(const SlowOrder& plain, std::int64_t now) {
    NewOrderSingle order;
    order.px = Price::from_raw(plain.px);
    order.qty = Qty::from_raw(plain.qty);
    order.symbol =
        plain.symbol < 0 ? kNoSymbol : SymbolId{static_cast<SymbolId::rep>(plain.symbol)};
    order.side = static_cast<Side>(plain.side);
    order.type = static_cast<OrdType>(plain.type);
    order.tif = static_cast<TimeInForce>(plain.tif);
    order.strategy = StrategyId{static_cast<StrategyId::rep>(plain.strategy)};
    order.signal_time = mono_time(plain.signal);
    order.confidence_ppm = static_cast<std::uint32_t>(plain.confidence);
    const auto verdict = gate_->approve(order, now_at(now));
    return verdict ? "" : text_of(verdict.error().reason, verdict.error().scope);
  }
  Exposure& exposure() { return exposure_; }

 private:
  static std::uint32_t number(std::int64_t plain) { return static_cast<std::uint32_t>(plain); }
  static ExposureLimits exposure_of(std::int64_t gross, std::int64_t net) {
    return {.max_gross = Notional::from_raw(gross), .max_net = Notional::from_raw(net)};
  }
  static ScopeLimits scope_of(const SlowScope& plain) {
    return {.max_order_value = Notional::from_raw(plain.order_value),
            .max_open_orders = number(plain.open_orders),
            .max_open_value = Notional::from_raw(plain.open_value),
            .max_daily_value = Notional::from_raw(plain.daily_value),
            .order_rate = {.rate_max = number(plain.rate.rate),
                           .rate_window = Nanos{plain.rate.window},
                           .burst_max = number(plain.rate.burst),
                           .window_max = number(plain.rate.count_max),
                           .window = Nanos{plain.rate.count_window}}};
  }
  static void set_symbol(SymbolLimits& limits, const SlowSymbolLimits& plain) {
    limits.is_allowed = plain.allowed;
    limits.max_order_qty = Qty::from_raw(plain.qty);
    limits.max_order_notional = Notional::from_raw(plain.notional);
    limits.collar_width_ppm = number(plain.collar_ppm);
    limits.book_age_max = Nanos{plain.age};
    limits.max_long_position = Qty::from_raw(plain.max_long);
    limits.max_short_position = Qty::from_raw(plain.max_short);
    limits.allows_market_orders = plain.markets;
    limits.is_reduce_only = plain.reduce;
    limits.spread_max_ppm = number(plain.spread_ppm);
    limits.last_collar_ppm = number(plain.last_ppm);
    limits.last_trade_age_max = Nanos{plain.last_age};
    limits.max_daily_qty = Qty::from_raw(plain.daily_qty);
    limits.position_baseline = Qty::from_raw(plain.baseline);
    limits.allows_uncovered_sells = plain.uncovered;
    limits.scope = scope_of(plain.scope);
  }
  static void set_strategy(StrategyLimits& limits, const SlowStrategyLimits& plain) {
    limits.is_reduce_only = plain.reduce;
    limits.signal_age_max = Nanos{plain.signal_age};
    limits.confidence_min_ppm = number(plain.confidence_min);
    limits.allows_untold_confidence = plain.untold;
    limits.duplicates = {.count_max = number(plain.duplicates),
                         .window = Nanos{plain.duplicates_window}};
    limits.group = 0;
    limits.scope = scope_of(plain.scope);
  }
  static void set_pair(PairLimits& limits, const SlowPairLimits& plain) {
    limits = {.is_allowed = plain.allowed,
              .is_reduce_only = plain.reduce,
              .max_order_qty = Qty::from_raw(plain.qty),
              .max_long_position = Qty::from_raw(plain.max_long),
              .max_short_position = Qty::from_raw(plain.max_short)};
  }

  void add(const SlowInstrument& plain) {
    Instrument instrument;
    instrument.symbol = "S" + std::to_string(table_.size());
    instrument.base_asset_name = "B" + std::to_string(table_.size());
    instrument.quote_asset_name = "USDT";
    instrument.is_trading = plain.trading;
    instrument.ord_types = kEveryOrdType;
    instrument.tick_size = Price::from_raw(plain.tick);
    instrument.px_min = Price::from_raw(plain.px_min);
    instrument.px_max = Price::from_raw(plain.px_max);
    instrument.lot_size = Qty::from_raw(plain.step);
    instrument.qty_min = Qty::from_raw(plain.qty_min);
    instrument.qty_max = Qty::from_raw(plain.qty_max);
    instrument.market_lot_size = Qty::from_raw(plain.market_step);
    instrument.market_qty_min = Qty::from_raw(plain.market_qty_min);
    instrument.market_qty_max = Qty::from_raw(plain.market_qty_max);
    instrument.notional_min = Notional::from_raw(plain.notional_min);
    instrument.notional_max = Notional::from_raw(plain.notional_max);
    instrument.apply_notional_min_to_market = plain.min_for_market;
    instrument.apply_notional_max_to_market = plain.max_for_market;
    table_.add(instrument);
  }

  InstrumentTable table_;
  Limits limits_;
  MarketView view_;
  Exposure exposure_{SlowOracle::kSymbols};
  std::optional<KillSwitch> kill_switch_;
  std::optional<PreTradeGate> gate_;
};

// Raw 1e-8 counts of a number with two places.
constexpr std::int64_t hundredths(std::int64_t value) {
  return value * 1'000'000;
}

SlowOracle make_oracle() {
  SlowOracle oracle;
  oracle.instruments[0] = {.trading = true,
                           .tick = 1'000'000,
                           .px_min = hundredths(5'000'000),
                           .px_max = hundredths(7'000'000),
                           .step = 1'000,
                           .qty_min = 10'000,
                           .qty_max = hundredths(500),
                           .market_step = 0,
                           .market_qty_min = 20'000,
                           .market_qty_max = hundredths(300),
                           .notional_min = hundredths(1'000),
                           .notional_max = hundredths(25'000'000),
                           .min_for_market = true,
                           .max_for_market = false};
  // A tick with a factor three, no range, odd steps.
  oracle.instruments[1] = {.trading = true,
                           .tick = 15,
                           .px_min = 0,
                           .px_max = 0,
                           .step = 7,
                           .qty_min = 0,
                           .qty_max = 0,
                           .market_step = 21,
                           .market_qty_min = 0,
                           .market_qty_max = 0,
                           .notional_min = 0,
                           .notional_max = hundredths(9'000),
                           .min_for_market = false,
                           .max_for_market = true};
  oracle.instruments[2] = oracle.instruments[0];
  return oracle;
}

SlowScope wide_scope() {
  return {.order_value = hundredths(1'000'000'000),
          .open_orders = 500,
          .open_value = hundredths(10'000'000'000),
          .daily_value = hundredths(5'000'000'000'000),
          .rate = {.rate = 1'000,
                   .window = 1'000 * kMilli,
                   .burst = 100,
                   .count_max = 500,
                   .count_window = 1'000 * kMilli}};
}

// Every limit far from what the orders ask for, but for those that are always near.
void set_wide_limits(SlowOracle& oracle) {
  oracle.limits[0] = {.allowed = true,
                      .qty = hundredths(200),
                      .notional = hundredths(12'000'000),
                      .collar_ppm = 20'000,
                      .age = 300 * kMilli,
                      .max_long = hundredths(1'000),
                      .max_short = hundredths(500),
                      .markets = true,
                      .reduce = false,
                      .spread_ppm = 900'000,
                      .last_ppm = 900'000,
                      .last_age = 3'600'000 * kMilli,
                      .daily_qty = hundredths(1'000'000'000),
                      .baseline = 0,
                      .uncovered = true,
                      .scope = wide_scope()};
  oracle.limits[1] = oracle.limits[0];
  oracle.limits[1].qty = 700'000'000;
  oracle.limits[1].notional = hundredths(8'000);
  oracle.limits[1].collar_ppm = 3'333;
  oracle.limits[1].age = 1'000 * kMilli;
  oracle.limits[1].max_long = 5'000'000'000;
  oracle.limits[1].max_short = 2'500'000'000;
  oracle.limits[2] = oracle.limits[0];
  for (SlowStrategyLimits& strategy : oracle.strategies) {
    strategy = {.reduce = false,
                .signal_age = kMilli,
                .confidence_min = 1,
                .untold = true,
                .duplicates = 4,
                .duplicates_window = 1,
                .scope = wide_scope()};
  }
  for (auto& row : oracle.pairs) {
    row.fill({.allowed = true,
              .reduce = false,
              .qty = hundredths(10'000),
              .max_long = hundredths(100'000),
              .max_short = hundredths(100'000)});
  }
  oracle.account = wide_scope();
  oracle.account_gross = oracle.account_net = hundredths(1'000'000'000);
  oracle.group_open = oracle.group_gross = oracle.group_net = hundredths(1'000'000'000);
  oracle.global_value = oracle.global_gross = oracle.global_net = hundredths(1'000'000'000);
}

// Each makes one thing tight.
using Knob = void (*)(SlowOracle&);
const std::vector<Knob> kKnobs{
    [](SlowOracle& o) { o.limits[0].scope.order_value = hundredths(6'000'000); },
    [](SlowOracle& o) { o.strategies[0].scope.order_value = hundredths(5'000'000); },
    [](SlowOracle& o) { o.account.order_value = hundredths(7'000'000); },
    [](SlowOracle& o) { o.global_value = hundredths(8'000'000); },
    [](SlowOracle& o) { o.pairs[0][0].qty = hundredths(100); },
    [](SlowOracle& o) { o.pairs[0][1].allowed = false; },
    [](SlowOracle& o) { o.limits[0].markets = false; },
    [](SlowOracle& o) { o.strategies[1].signal_age = kMilli / 4; },
    [](SlowOracle& o) { o.strategies[0].confidence_min = 500'000; },
    [](SlowOracle& o) { o.strategies[1].untold = false; },
    [](SlowOracle& o) { o.limits[0].spread_ppm = 1'000; },
    [](SlowOracle& o) { o.limits[0].last_ppm = 5'000; },
    [](SlowOracle& o) { o.limits[1].last_age = 100 * kMilli; },
    [](SlowOracle& o) { o.strategies[0].duplicates = 1; },
    [](SlowOracle& o) { o.strategies[1].duplicates = 2; },
    [](SlowOracle& o) { o.limits[0].reduce = true; },
    [](SlowOracle& o) { o.strategies[1].reduce = true; },
    [](SlowOracle& o) { o.pairs[0][0].reduce = true; },
    [](SlowOracle& o) {
      o.limits[0].uncovered = false;
      o.limits[0].baseline = hundredths(100);
    },
    [](SlowOracle& o) { o.pairs[1][0].max_long = o.pairs[1][0].max_short = hundredths(200); },
    [](SlowOracle& o) { o.limits[0].scope.open_orders = 3; },
    [](SlowOracle& o) { o.strategies[0].scope.open_orders = 3; },
    [](SlowOracle& o) { o.account.open_orders = 5; },
    [](SlowOracle& o) { o.limits[0].scope.open_value = hundredths(15'000'000); },
    [](SlowOracle& o) { o.strategies[1].scope.open_value = hundredths(15'000'000); },
    [](SlowOracle& o) { o.group_open = hundredths(20'000'000); },
    [](SlowOracle& o) { o.account.open_value = hundredths(20'000'000); },
    [](SlowOracle& o) { o.account_gross = hundredths(20'000'000); },
    [](SlowOracle& o) { o.account_net = hundredths(12'000'000); },
    [](SlowOracle& o) { o.group_gross = hundredths(20'000'000); },
    [](SlowOracle& o) { o.group_net = hundredths(12'000'000); },
    [](SlowOracle& o) { o.global_gross = hundredths(20'000'000); },
    [](SlowOracle& o) { o.global_net = hundredths(12'000'000); },
    [](SlowOracle& o) { o.limits[0].daily_qty = hundredths(5'000); },
    [](SlowOracle& o) { o.limits[0].scope.daily_value = hundredths(300'000'000); },
    [](SlowOracle& o) { o.strategies[0].scope.daily_value = hundredths(200'000'000); },
    [](SlowOracle& o) { o.account.daily_value = hundredths(300'000'000); },
    [](SlowOracle& o) {
      o.limits[0].scope.rate.burst = 1;
      o.limits[0].scope.rate.rate = 5;
    },
    [](SlowOracle& o) {
      o.strategies[0].scope.rate.burst = 2;
      o.strategies[0].scope.rate.rate = 4;
    },
    [](SlowOracle& o) {
      o.account.rate.burst = 4;
      o.account.rate.rate = 9;
    },
    [](SlowOracle& o) { o.limits[1].scope.rate.count_max = 2; },
    [](SlowOracle& o) { o.strategies[1].scope.rate.count_max = 3; },
    [](SlowOracle& o) { o.account.rate.count_max = 5; },
};

SlowOracle draw_oracle(std::mt19937_64& random) {
  SlowOracle oracle = make_oracle();
  set_wide_limits(oracle);
  for (SlowStrategyLimits& strategy : oracle.strategies) {
    strategy.duplicates_window = 2'000 * kMilli;
  }
  for (int i = 0; i < 4; ++i) kKnobs[random() % kKnobs.size()](oracle);
  return oracle;
}

class RandomSession {
 public:
  explicit RandomSession(std::uint64_t seed)
      : random_{seed},
        oracle_{draw_oracle(random_)},
        gate_{oracle_} {
    set_switch(0);
  }

  // One order; false when the two disagree.
  bool step() {
    now_ += chance(3) ? 0 : up_to(40 * kMilli);
    if (chance(3'000)) now_ += 43'200'000 * kMilli;  // and midnight passes
    move_market(static_cast<int>(random_() % 3));
    if (chance(200)) set_switch(static_cast<int>(random_() % 25));
    if (chance(7)) end_some_order();
    if (chance(1'500)) cast_doubt();
    if (!chance(6) || order_.qty == 0) order_ = random_order();
    const SlowAnswer answer = oracle_.judge(order_, now_, kWallStart + now_);
    expected_ = *answer.reason != 0 ? text_of_names(answer.reason, answer.scope) : "";
    got_ = gate_.judge(order_, now_);
    ++counts_[expected_];
    return expected_ == got_ && exposures_agree();
  }

  [[nodiscard]] std::string last() const {
    return "expected '" + expected_ + "' got '" + got_ + "' symbol " +
           std::to_string(order_.symbol) + " side " + std::to_string(order_.side) + " type " +
           std::to_string(order_.type) + " px " + std::to_string(order_.px) + " qty " +
           std::to_string(order_.qty);
  }
  [[nodiscard]] const std::map<std::string, int>& counts() const { return counts_; }

 private:
  std::int64_t up_to(std::int64_t max) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(max + 1));
  }
  std::int64_t around(std::int64_t middle, std::int64_t reach) {
    return middle - reach + up_to(2 * reach);
  }
  bool chance(std::uint64_t one_in) { return random_() % one_in == 0; }

  // The third symbol's market is never published.
  void move_market(int symbol) {
    if (symbol == 2) return;
    SlowMarket& market = oracle_.markets[static_cast<std::size_t>(symbol)];
    const std::int64_t middle = symbol == 0 ? hundredths(6'000'000) : 2'500'000;
    market.published = true;
    market.state = chance(40) ? static_cast<int>(random_() % 4) : 2;
    market.bid = chance(60) ? 0 : around(middle, middle / 50);
    market.ask =
        chance(60) ? 0 : market.bid + up_to(middle / 300) - (chance(30) ? middle / 400 : 0);
    market.received = now_ - up_to(chance(20) ? 1'500 * kMilli : 200 * kMilli);
    if (chance(50)) market.received = now_ + up_to(600 * kMilli);
    if (chance(4)) {
      market.last = chance(30) ? 0 : around(middle, middle / 40);
      market.last_received = now_ - up_to(50 * kMilli);
    }
    if (chance(50)) {  // an age exactly at the limit, or one beyond
      market.received = now_ - oracle_.limits[static_cast<std::size_t>(symbol)].age - up_to(1);
    }
    gate_.publish(symbol, market);
  }

  void set_switch(int choice) {
    KillSwitch& fresh = gate_.reset_switch();
    oracle_.switch_refusal = "";
    fresh.set_ready(choice != 1);
    if (choice == 1) oracle_.switch_refusal = "not_ready";
    if (choice == 2) fresh.cancel_only();
    if (choice == 3) fresh.drain();
    if (choice == 2 || choice == 3) oracle_.switch_refusal = "cancel_only";
    if (choice == 4) fresh.kill();
    if (choice == 5) fresh.mark_latched();
    if (choice == 4 || choice == 5) oracle_.switch_refusal = "kill_switch";
  }

  // Fills part of an open order and releases the rest.
  void end_some_order() {
    if (oracle_.open.empty()) return;
    const std::size_t index = random_() % oracle_.open.size();
    const SlowOpen ended = oracle_.open[index];
    const std::int64_t filled = chance(2) ? up_to(ended.leaves) : 0;
    oracle_.end(index, filled, kWallStart + now_);
    const Price held_px = Price::from_raw(ended.held_px);
    const Held order{.symbol = SymbolId{static_cast<SymbolId::rep>(ended.order.symbol)},
                     .side = static_cast<Side>(ended.order.side),
                     .strategy = StrategyId{static_cast<StrategyId::rep>(ended.order.strategy)},
                     .px = held_px};
    gate_.exposure().roll_day(now_at(now_).wall);
    gate_.exposure().on_fill(order, Qty::from_raw(filled), held_px);
    gate_.exposure().release(order, Qty::from_raw(ended.leaves - filled));
  }

  // Doubt on the second symbol, or its end: everything restated to flat.
  void cast_doubt() {
    const SymbolId symbol{1};
    if (!oracle_.doubtful[1]) {
      gate_.exposure().adopt(held(symbol, Side::kSell), Qty::from_raw(-1));
      oracle_.doubtful[1] = true;
      return;
    }
    gate_.exposure().restate(symbol, {});
    oracle_.restate(1);
  }

  SlowOrder random_order() {
    SlowOrder order{};
    order.symbol = chance(40) ? 2 : static_cast<int>(random_() % 2);
    const auto index = static_cast<std::size_t>(order.symbol);
    const SlowInstrument& rules = oracle_.instruments[index];
    const SlowMarket& market = oracle_.markets[index];
    order.side = static_cast<int>(random_() % 2);
    order.type = chance(4) ? 1 : 0;
    if (chance(10)) order.type = 2;
    order.tif = order.type == 0 ? static_cast<int>(random_() % 3) : 0;
    const std::int64_t reference = market.bid > 0 ? market.bid : hundredths(6'000'000);
    order.px = around(reference, reference / (chance(8) ? 2 : 60)) / rules.tick * rules.tick;
    order.qty = up_to(oracle_.limits[index].qty + oracle_.limits[index].qty / 8);
    order.qty = order.qty / (rules.step * 3) * (rules.step * 3);
    if (order.type == 1) order.px = 0;
    order.strategy = static_cast<int>(random_() % 2);
    order.signal = now_ - up_to(kMilli / 2);
    order.confidence = chance(4) ? 0 : up_to(1'000'000);
    spoil(order, rules);
    return order;
  }

  void spoil(SlowOrder& order, const SlowInstrument& rules) {
    if (chance(30)) order.px += up_to(3);
    if (chance(30)) order.qty += up_to(3) - 1;
    if (chance(30)) order.qty = rules.qty_min + around(0, 2) * rules.step;
    if (chance(200)) order.qty = -order.qty;
    if (chance(200)) order.px = -order.px;
    if (chance(200)) order.side = static_cast<int>(random_() % 256);
    if (chance(200)) order.type = static_cast<int>(random_() % 256);
    if (chance(200)) order.tif = static_cast<int>(random_() % 256);
    if (chance(200)) order.strategy = 2 + static_cast<int>(random_() % 1'000);
    if (chance(100)) order.signal = chance(2) ? 0 : now_ - kMilli - up_to(1);
    if (chance(200)) order.symbol = chance(2) ? -1 : 3 + static_cast<int>(random_() % 1'000);
  }

  bool exposures_agree() {
    for (int i = 0; i < SlowOracle::kSymbols; ++i) {
      const SymbolExposure& got = gate_.exposure().at(SymbolId{static_cast<SymbolId::rep>(i)});
      const std::int64_t position =
          oracle_.positions[SlowOracle::kAccount][static_cast<std::size_t>(i)];
      if (got.position.raw() != position ||
          got.working_buy.raw() != oracle_.working(SlowOracle::kAccount, i, 0) ||
          got.working_sell.raw() != oracle_.working(SlowOracle::kAccount, i, 1)) {
        return false;
      }
    }
    return gate_.exposure().account().open == oracle_.open_value(SlowOracle::kAccount, -1);
  }

  std::mt19937_64 random_;
  std::int64_t now_{10'000 * kMilli};
  SlowOracle oracle_;
  GateUnderTest gate_;
  std::map<std::string, int> counts_;
  SlowOrder order_{};
  std::string expected_;
  std::string got_;
};

// The run means something only when each of them was given.
const char* const kReasons[] = {"",
                                "malformed_order",
                                "kill_switch",
                                "cancel_only",
                                "not_ready",
                                "unknown_symbol",
                                "unknown_strategy of strategy",
                                "strategy_symbol of strategy_symbol",
                                "market_order of symbol",
                                "stale_signal of strategy",
                                "low_confidence of strategy",
                                "price_filter",
                                "lot_size",
                                "venue_notional",
                                "max_order_qty of symbol",
                                "max_order_qty of strategy_symbol",
                                "max_order_notional of symbol",
                                "max_order_value of symbol",
                                "max_order_value of strategy",
                                "max_order_value of account",
                                "max_order_value of global",
                                "book_missing",
                                "book_stale",
                                "book_crossed",
                                "book_wide of symbol",
                                "price_collar of symbol",
                                "last_trade_collar of symbol",
                                "reference_missing of symbol",
                                "duplicate_order of strategy",
                                "reduce_only of symbol",
                                "reduce_only of strategy",
                                "reduce_only of strategy_symbol",
                                "uncovered_sell of symbol",
                                "max_position of symbol",
                                "max_position of strategy_symbol",
                                "max_open_orders of symbol",
                                "max_open_orders of strategy",
                                "max_open_orders of account",
                                "max_open_value of symbol",
                                "max_open_value of strategy",
                                "max_open_value of group",
                                "max_open_value of account",
                                "gross_exposure of group",
                                "gross_exposure of account",
                                "gross_exposure of global",
                                "net_exposure of group",
                                "net_exposure of account",
                                "net_exposure of global",
                                "daily_qty of symbol",
                                "daily_value of symbol",
                                "daily_value of strategy",
                                "daily_value of account",
                                "order_rate of symbol",
                                "order_rate of strategy",
                                "order_rate of account",
                                "reference_missing of account"};

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}

TEST(Oracle, RandomOrdersGetTheSameAnswerForTheSameReasonOfTheSameScope) {
  const std::uint64_t first = from_environment("PORTCULLIS_ORACLE_SEED", kSeed);
  const std::uint64_t orders = from_environment("PORTCULLIS_ORACLE_ORDERS", kOrders);
  std::map<std::string, int> counts;
  std::uint64_t judged = 0;
  for (std::uint64_t seed = first; judged < orders; ++seed) {
    RandomSession session{seed};
    for (int i = 0; i < kOrdersOfASession && judged < orders; ++i, ++judged) {
      ASSERT_TRUE(session.step()) << "seed " << seed << " order " << i << ": " << session.last();
    }
    for (const auto& [reason, count] : session.counts()) counts[reason] += count;
  }
  if (orders < kOrders) return;  // too few for every rule to have its say
  for (const char* reason : kReasons) {
    const auto found = counts.find(reason);
    EXPECT_GE(found == counts.end() ? 0 : found->second, 50) << "'" << reason << "'";
  }
}

}  // namespace
}  // namespace portcullis::risk
