#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/bench_list.hpp"
#include "core/check.hpp"
#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "risk/mode_board.hpp"
#include "risk/open_limits.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::bench {

namespace {

constexpr std::uint16_t kSymbols = 64;
constexpr std::uint16_t kStrategies = 16;
constexpr Price kOrderPx = Price::from_units(61'600);

risk::RateLimits fast_rate() {
  return {.rate_max = 1'000'000'000,
          .rate_window = std::chrono::seconds{1},
          .burst_max = 1'000'000'000,
          .window_max = 1'024,
          .window = Nanos{1}};
}

risk::ScopeLimits scope_limits() {
  return {.max_order_value = Notional::from_units(1'000'000),
          .max_open_orders = 10'000'000,
          .max_open_value = Notional::from_units(90'000'000'000),
          .max_daily_value = Notional::from_units(90'000'000'000),
          .order_rate = fast_rate(),
          .amend_rate = fast_rate()};
}

risk::ExposureLimits exposure_limits() {
  return {.max_gross = Notional::from_units(90'000'000'000),
          .max_net = Notional::from_units(90'000'000'000)};
}

// Every check set to a real limit, wide enough to let the order pass.
risk::Limits all_limits() {
  risk::Limits limits = risk::open_limits(kSymbols, kStrategies);
  for (risk::SymbolLimits& symbol : limits.symbols) {
    symbol.max_order_qty = Qty::from_units(10);
    symbol.max_order_notional = Notional::from_units(1'000'000);
    symbol.collar_width_ppm = 20'000;
    symbol.book_age_max = std::chrono::seconds{60};
    symbol.max_long_position = Qty::from_units(80'000'000);
    symbol.max_short_position = Qty::from_units(80'000'000);
    symbol.allows_uncovered_sells = false;
    symbol.position_baseline = Qty::from_units(80'000'000);
    symbol.spread_max_ppm = 1'000;
    symbol.last_collar_ppm = 20'000;
    symbol.last_trade_age_max = std::chrono::seconds{60};
    symbol.venue_collar_ppm = 20'000;
    symbol.venue_reference_age_max = std::chrono::seconds{60};
    symbol.max_daily_qty = Qty::from_units(80'000'000);
    symbol.scope = scope_limits();
  }
  for (std::size_t i = 0; i < limits.strategies.size(); ++i) {
    risk::StrategyLimits& strategy = limits.strategies[i];
    strategy.signal_age_max = std::chrono::seconds{60};
    strategy.confidence_min_ppm = 500'000;
    strategy.allows_untold_confidence = false;
    strategy.duplicates = {.count_max = 4, .window = Nanos{1}};
    strategy.group = static_cast<std::uint16_t>(i % 4);
    strategy.scope = scope_limits();
  }
  for (risk::PairLimits& pair : limits.pairs) {
    pair.max_order_qty = Qty::from_units(10);
    pair.max_long_position = Qty::from_units(80'000'000);
    pair.max_short_position = Qty::from_units(80'000'000);
  }
  limits.groups.assign(
      4, {.max_open_value = Notional::from_units(90'000'000'000), .exposure = exposure_limits()});
  limits.account = {.scope = scope_limits(), .exposure = exposure_limits()};
  limits.global = {.max_order_value = Notional::from_units(1'000'000),
                   .exposure = exposure_limits()};
  limits.mark_age_max = std::chrono::seconds{60};
  return limits;
}

// 64 symbols with the filters of a liquid pair, books live, 16 strategies in 4 groups.
class GateWorld {
 public:
  GateWorld(MonoTime start, const risk::Limits& limits, std::size_t open_orders)
      : limits_{limits},
        now_{.mono = start, .wall = wall_time(1'790'000'000'000'000'000)} {
    for (std::uint16_t i = 0; i < kSymbols; ++i) add_symbol(i, start);
    kill_switch_.set_ready(true);
    gate_ = std::make_unique<risk::PreTradeGate>(kill_switch_, instruments_, market_, limits_,
                                                 exposure_);
    for (std::uint16_t i = 0; i < 2 * kSymbols; ++i) {
      now_.mono += risk::Valuation::kRound / kSymbols;
      (void)gate_->do_work(now_);
    }
    for (std::size_t i = 0; i < open_orders; ++i) {
      exposure_.adopt({.symbol = SymbolId{static_cast<SymbolId::rep>(i % kSymbols)},
                       .side = i % 2 == 0 ? Side::kBuy : Side::kSell,
                       .strategy = StrategyId{static_cast<StrategyId::rep>(i % kStrategies)},
                       .px = kOrderPx},
                      Qty::from_raw(1'000));
    }
    order_.px = kOrderPx;
    order_.qty = Qty::from_raw(1'000'000);
    order_.confidence_ppm = 900'000;
  }

  // The next order's symbol gets another mid.
  void move_market() {
    bid_ =
        bid_ == Price::from_units(61'602) ? Price::from_units(61'604) : Price::from_units(61'602);
    publish(next_, now_.mono, bid_);
  }

  // One order through the gate and its end, which is not timed by those who time approve() alone.
  void approve() {
    order_.symbol = SymbolId{next_};
    order_.strategy = StrategyId{static_cast<StrategyId::rep>(next_ % kStrategies)};
    order_.side = (next_ & 1) != 0 ? Side::kBuy : Side::kSell;
    next_ = static_cast<std::uint16_t>((next_ + 1) % kSymbols);
    now_.mono += Nanos{2};
    order_.signal_time = now_.mono;
    const auto approved = gate_->approve(order_, now_);
    PORTCULLIS_CHECK(approved.has_value(), "a fast wrong answer is not an answer");
    keep(*approved);
  }

 private:
  void add_symbol(std::uint16_t i, MonoTime start) {
    Instrument instrument;
    instrument.symbol = "SYM" + std::to_string(i);
    instrument.base_asset_name = "B" + std::to_string(i);
    instrument.quote_asset_name = "USDT";
    instrument.is_trading = true;
    instrument.ord_types = kEveryOrdType;
    instrument.tick_size = Price::from_raw(1'000'000);
    instrument.px_min = Price::from_raw(1'000'000);
    instrument.px_max = Price::from_units(1'000'000);
    instrument.lot_size = Qty::from_raw(1'000);
    instrument.qty_min = Qty::from_raw(1'000);
    instrument.qty_max = Qty::from_units(9'000);
    instrument.notional_min = Notional::from_units(5);
    instrument.notional_max = Notional::from_units(9'000'000);
    instrument.buy_px_factor_min = instrument.sell_px_factor_min =
        PriceFactor::from_raw(20'000'000);
    instrument.buy_px_factor_max = instrument.sell_px_factor_max = PriceFactor::from_units(5);
    instrument.open_orders_max = 10'000'000;
    instrument.position_max = Qty::from_units(200'000'000);
    instruments_.add(instrument);
    publish(i, start, Price::from_units(61'602));
  }

  void publish(std::uint16_t i, MonoTime start, Price bid) {
    MarketSnapshot snapshot;
    snapshot.top = {bid, Qty::from_units(1), bid + Price::from_units(1), Qty::from_units(1)};
    snapshot.received = start;
    snapshot.last_trade_px = Price::from_units(61'602);
    snapshot.last_trade_received = start;
    snapshot.venue_reference_px = Price::from_units(61'602);
    snapshot.venue_reference_received = start;
    snapshot.book_state = BookState::kSynced;
    market_.publish(SymbolId{i}, snapshot);
  }

  risk::Limits limits_;
  KillSwitch kill_switch_;
  InstrumentTable instruments_;
  MarketView market_{kSymbols};
  risk::Exposure exposure_{kSymbols, {}, kStrategies};
  std::unique_ptr<risk::PreTradeGate> gate_;
  NewOrderSingle order_;
  Now now_;
  std::uint16_t next_{0};
  Price bid_{Price::from_units(61'602)};
};

// Fixed work, to read the figures on a busy machine by: every multiplication waits for the one
// before it, three cycles each.
void chain_of_multiplications() {
  std::uint64_t value = 1;
  for (int i = 0; i < 100; ++i) {
    value *= 0xD6E8FEB86659FD93ULL;
    asm volatile("" : "+r"(value));
  }
}

}  // namespace

void bench_risk(Reporter& reporter) {
  bench_risk_checks(reporter);
  if (!reporter.wants("risk_gate_accept")) return;
  const risk::Limits limits = all_limits();
  const char* const reference = "100 multiplications in a row";
  for (const std::size_t open_orders :
       {std::size_t{10}, std::size_t{1'000}, std::size_t{100'000}}) {
    GateWorld world{reporter.clock().now(), limits, open_orders};
    Figure figure{"risk_gate_accept_" + std::to_string(open_orders),
                  "every check on, 64 symbols, 16 strategies, this many open orders, "
                  "reserve included; mean of 1000, 2000 times",
                  reference};
    measure_pair(reporter, figure, 2000, 1000, [&] { world.approve(); }, chain_of_multiplications);
    reporter.report(figure);
  }
  {
    GateWorld world{reporter.clock().now(), limits, 1'000};
    Figure figure{"risk_gate_accept_single",
                  "the same, each order timed alone, the clock's two reads in it; 200000 times",
                  reference};
    measure_pair(reporter, figure, 200'000, 1, [&] { world.approve(); }, chain_of_multiplications);
    reporter.report(figure);
  }
  GateWorld world{reporter.clock().now(), limits, 1'000};
  Figure figure{"risk_gate_accept_moved",
                "each alone, the mid of its symbol moved before it: its cells are valued anew",
                reference};
  figure.reference.emplace();
  for (int i = 0; i < 200'000; ++i) {
    world.move_market();
    figure.ours.add(time_batch(reporter.clock(), 1, [&] { world.approve(); }));
    figure.reference->add(time_batch(reporter.clock(), 1, chain_of_multiplications));
  }
  reporter.report(figure);
}

}  // namespace portcullis::bench
