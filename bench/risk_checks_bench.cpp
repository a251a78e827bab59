// The cost of each check of the gate by itself: the pure functions, on the data of 64 symbols.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "bench/bench_list.hpp"
#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "risk/checks/authority.hpp"
#include "risk/checks/book.hpp"
#include "risk/checks/collar.hpp"
#include "risk/checks/exposure.hpp"
#include "risk/checks/open_orders.hpp"
#include "risk/checks/order_form.hpp"
#include "risk/checks/order_size.hpp"
#include "risk/checks/position.hpp"
#include "risk/checks/special_filters.hpp"
#include "risk/checks/symbol.hpp"
#include "risk/checks/trading_state.hpp"
#include "risk/checks/venue_filters.hpp"
#include "risk/duplicate_filter.hpp"
#include "risk/message_rate.hpp"
#include "risk/mode_board.hpp"
#include "risk/open_limits.hpp"

namespace portcullis::bench {

namespace {

using namespace risk;

constexpr std::size_t kSymbols = 64;
constexpr Price kPx = Price::from_units(61'600);
constexpr Notional kWide = Notional::from_units(90'000'000'000);

// One symbol's worth of what the checks compare with, all of it wide enough to pass.
struct Place {
  NewOrderSingle order{};
  MarketSnapshot market{};
  VenueRules rules{};
  SymbolLimits symbol = open_symbol();
  StrategyLimits strategy = open_strategy();
  PairLimits pair = open_pair();
  ExposureCell cell{};
  ScopeExposure sums{};
  Mark mark{};
  Growth growth{};
  Value value{0};
  std::uint64_t name{0};
};

Place make_place(std::size_t i) {
  Place place;
  place.order.symbol = SymbolId{static_cast<SymbolId::rep>(i)};
  place.order.strategy = StrategyId{static_cast<StrategyId::rep>(i % kStrategyMax)};
  place.order.side = i % 2 == 0 ? Side::kBuy : Side::kSell;
  place.order.px = kPx;
  place.order.qty = Qty::from_raw(1'000'000);
  place.order.confidence_ppm = 900'000;
  place.order.signal_time = MonoTime{Nanos{1}};
  place.market.top = {kPx, Qty::from_units(1), kPx + Price::from_units(1), Qty::from_units(1)};
  place.market.last_trade_px = place.market.venue_reference_px = kPx;
  place.market.book_state = BookState::kSynced;
  Instrument instrument;
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  instrument.tick_size = instrument.px_min = Price::from_raw(1'000'000);
  instrument.px_max = Price::from_units(1'000'000);
  instrument.lot_size = instrument.qty_min = Qty::from_raw(1'000);
  instrument.qty_max = Qty::from_units(9'000);
  instrument.notional_min = Notional::from_units(5);
  instrument.buy_px_factor_max = instrument.sell_px_factor_max = PriceFactor::from_units(5);
  instrument.open_orders_max = 1'000;
  instrument.position_max = Qty::from_units(200'000'000);
  place.rules = VenueRules{instrument};
  place.symbol.collar_width_ppm = place.symbol.spread_max_ppm = 20'000;
  place.symbol.allows_uncovered_sells = false;
  place.symbol.position_baseline = Qty::from_units(80'000'000);
  place.symbol.max_long_position = place.symbol.max_short_position = Qty::from_units(1'000'000);
  place.symbol.max_daily_qty = Qty::from_units(1'000'000);
  place.strategy.signal_age_max = std::chrono::seconds{60};
  place.strategy.confidence_min_ppm = 500'000;
  place.strategy.duplicates = {.count_max = 4, .window = Nanos{1}};
  place.mark = {.px = kPx, .rate = Rate::one()};
  place.value = product_of(place.order, kPx);
  place.growth = growth_of(place.cell, place.order.side, place.order.qty, place.value, place.mark);
  place.name = DuplicateFilter::name_of(place.order);
  return place;
}

class Checks {
 public:
  explicit Checks(Reporter& reporter) : reporter_{reporter} {
    for (std::size_t i = 0; i < kSymbols; ++i) places_.push_back(make_place(i));
    kill_switch_.set_ready(true);
    Limits limits = open_limits(kSymbols, kStrategyMax);
    const RateLimits rate{.rate_max = 1'000'000'000,
                          .rate_window = std::chrono::seconds{1},
                          .burst_max = 1'000'000'000,
                          .window_max = 1'024,
                          .window = Nanos{1}};
    for (SymbolLimits& symbol : limits.symbols) symbol.scope.order_rate = rate;
    for (StrategyLimits& strategy : limits.strategies) strategy.scope.order_rate = rate;
    limits.account.scope.order_rate = rate;
    rates_.configure(limits, &ScopeLimits::order_rate);
  }

  void run() {
    run_forms();
    run_market();
    run_sums();
    run_histories();
  }

 private:
  void run_forms() {
    time("order_form", [](const Place& p) { return check_order_form(p.order); });
    time("trading_state", [&](const Place&) { return check_trading_state(kill_switch_); });
    time("modes",
         [&](const Place& p) { return modes_.strictest(p.order.strategy, p.order.symbol).mode; });
    time("symbol_open", [](const Place& p) { return check_symbol_open(p.symbol, p.rules); });
    time("offered", [](const Place& p) { return check_offered(p.order, p.rules); });
    time("signal_age", [&](const Place& p) { return check_signal_age(p.order, p.strategy, now_); });
    time("confidence", [](const Place& p) { return check_confidence(p.order, p.strategy); });
    time("price_filter", [](const Place& p) { return check_price_filter(p.order, p.rules); });
    time("lot_size", [](const Place& p) { return check_lot_size(p.order, p.rules); });
    time("venue_notional",
         [](const Place& p) { return check_venue_notional(p.order, p.order.px, p.rules); });
    time("order_qty", [](const Place& p) {
      return check_order_qty(p.order, p.symbol.max_order_qty, RiskScope::kSymbol);
    });
    time("order_value",
         [](const Place& p) { return check_order_value(p.value, kWide, RiskScope::kSymbol); });
  }

  void run_market() {
    time("book", [&](const Place& p) { return check_book(p.market, p.symbol, now_); });
    time("spread", [](const Place& p) { return check_spread(p.market.top, p.symbol); });
    time("price_collar",
         [](const Place& p) { return check_collar(p.order.px, p.market.top, p.symbol); });
    time("reference_collar", [](const Place& p) {
      const CollarReference last{RejectReason::kLastTradeCollar, p.market.last_trade_px, 1, 2};
      return check_reference_collar(p.order.px, last, p.symbol.collar_width_ppm);
    });
    time("percent_price", [](const Place& p) {
      return check_percent_price(p.order, percent_reference(p.market, p.rules), p.rules);
    });
  }

  void run_sums() {
    time("covered", [](const Place& p) { return check_covered(p.order, p.cell.held, p.symbol); });
    time("position", [](const Place& p) {
      return check_position(p.order, p.cell.held, p.symbol.max_long_position,
                            p.symbol.max_short_position, RiskScope::kSymbol);
    });
    time("venue_open_orders", [](const Place& p) {
      return check_venue_open_orders(p.order, p.cell.held, 0, 0, p.rules);
    });
    time("growth", [](const Place& p) {
      return growth_of(p.cell, p.order.side, p.order.qty, p.value, p.mark);
    });
    time("open_value", [](const Place& p) {
      return check_open_value(p.cell.open, p.cell.open + p.growth.open, kWide, RiskScope::kSymbol);
    });
    time("gross_exposure",
         [](const Place& p) { return check_gross(p.sums, p.growth, kWide, RiskScope::kAccount); });
    time("net_exposure", [](const Place& p) {
      return check_net(p.order, p.sums, p.growth, kWide, RiskScope::kAccount);
    });
    time("daily_qty", [](const Place& p) {
      return check_daily_qty(p.order, Qty{}, p.cell.held, p.symbol.max_daily_qty);
    });
  }

  void run_histories() {
    time("duplicates", [&](const Place& p) {
      const std::uint64_t name = DuplicateFilter::name_of(p.order);
      Verdict verdict = duplicates_.check(name, p.strategy.duplicates, now_.mono);
      duplicates_.note(name, p.strategy.duplicates, now_.mono);
      now_.mono += Nanos{2};
      return verdict;
    });
    time("order_rates", [&](const Place& p) {
      Verdict verdict = rates_.check(p.order.symbol, p.order.strategy, now_.mono);
      rates_.take(p.order.symbol, p.order.strategy, now_.mono);
      now_.mono += Nanos{2};
      return verdict;
    });
  }

  template <class Check>
  void time(const char* name, Check&& check) {
    Figure figure{std::string{"risk_check_"} + name,
                  "the check alone over 64 symbols; mean of 1000, 500 times"};
    if (!reporter_.wants(figure.name)) return;
    std::size_t next = 0;
    measure(reporter_, figure, 500, 1000, [&] {
      if constexpr (std::is_same_v<decltype(check(places_[next])), Verdict>) {
        keep(check(places_[next]).has_value());  // all that the gate looks at when it accepts
      } else {
        keep(check(places_[next]));
      }
      next = (next + 1) % kSymbols;
    });
    reporter_.report(figure);
  }

  Reporter& reporter_;
  std::vector<Place> places_;
  KillSwitch kill_switch_;
  ModeBoard modes_{kill_switch_, kStrategyMax, kSymbols};
  DuplicateFilter duplicates_;
  MessageRates rates_{RejectReason::kOrderRate, kSymbols, kStrategyMax};
  Now now_{.mono = MonoTime{Nanos{1'000}}, .wall = {}};
};

}  // namespace

void bench_risk_checks(Reporter& reporter) {
  Checks{reporter}.run();
}

}  // namespace portcullis::bench
