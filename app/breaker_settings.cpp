#include "app/breaker_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "app/limit_table.hpp"

namespace portcullis::app {

namespace {

constexpr std::int64_t kCountMax = 1'000'000'000;

class BreakerTable : public LimitTable {
 public:
  using LimitTable::LimitTable;

  void count(const char* key, std::uint32_t& value) { LimitTable::count(key, value, kCountMax); }
  void age(const char* key, Nanos& value) { LimitTable::age(key, value, kDay); }
  void events(const std::string& name, risk::EventLimit& limit) {
    count((name + "_max").c_str(), limit.max);
    window((name + "_window").c_str(), limit.window);
  }
  void ratio(risk::OrderToTradeLimit& limit) {
    count("order_to_trade_max", limit.ratio_max);
    constexpr std::int64_t kFloorMax = 1'000'000;
    limit.floor = static_cast<std::uint32_t>(
        section().optional_integer("order_to_trade_floor", limit.floor, 0, kFloorMax));
    window("order_to_trade_window", limit.window);
  }
  void loss(risk::LossLimits& limits) {
    money("realized_loss_max", limits.realized_max);
    money("unrealized_loss_max", limits.unrealized_max);
    money("daily_loss_max", limits.daily_max);
    money("rolling_loss_max", limits.rolling_max);
    window("rolling_loss_window", limits.rolling_window);
    money("drawdown_max", limits.drawdown_max);
    count("losses_in_row_max", limits.losses_in_row_max);
    limits.soft_percent = static_cast<std::uint32_t>(
        section().optional_integer("soft_percent", limits.soft_percent, 1, 100));
  }
};

void read_strategy(BreakerTable table, risk::StrategyBreakers& limits) {
  table.loss(limits.loss);
  table.events("venue_rejects", limits.venue_rejects);
  table.events("refusals", limits.refusals);
  table.count("executions_max", limits.executions_max);
  table.ratio(limits.order_to_trade);
}

void read_symbol(BreakerTable table, risk::SymbolBreakers& limits) {
  table.money("velocity_qty_max", limits.velocity_qty_max);
  table.money("velocity_notional_max", limits.velocity_notional_max);
  table.window("velocity_window", limits.velocity_window);
  table.window("velocity_freeze", limits.velocity_freeze);
  table.money("position_tolerance", limits.position_tolerance);
  table.age("book_alert_after", limits.book_alert_after);
}

void read_account(BreakerTable table, risk::AccountBreakers& limits) {
  table.loss(limits.loss);
  table.events("venue_rejects", limits.venue_rejects);
  table.count("unknown_orders_max", limits.unknown_max);
  table.age("unknown_age_max", limits.unknown_age_max);
  table.age("latency_max", limits.latency_max);
  table.age("clock_grace", limits.clock_grace);
  table.ratio(limits.order_to_trade);
}

// Each table of `section` names something that has limits.
template <class Names>
void check_names(ConfigSection section, const Names& is_known, const char* where) {
  for (const std::string& name : section.table_names()) {
    if (is_known(name)) continue;
    section.report(name, "'" + name + "' is not in " + where, "add it there, or remove it here");
  }
}

}  // namespace

risk::BreakerLimits read_breakers(ConfigSection root, const LimitSettings& limits) {
  risk::BreakerLimits breakers;
  ConfigSection section = root.subsection("breakers");
  BreakerTable{section}.age("result_grace", breakers.result_grace);

  risk::StrategyBreakers strategy_default;
  read_strategy(BreakerTable{section.subsection("strategy_default")}, strategy_default);
  ConfigSection strategies = section.subsection("strategy");
  for (const StrategyLimitSettings& strategy : limits.strategies) {
    risk::StrategyBreakers& own = breakers.strategies.emplace_back(strategy_default);
    if (strategies.has(strategy.name)) {
      read_strategy(BreakerTable{strategies.subsection(strategy.name)}, own);
    }
  }
  check_names(
      strategies,
      [&](const std::string& name) {
        return std::ranges::find(limits.strategies, name, &StrategyLimitSettings::name) !=
               limits.strategies.end();
      },
      "[limits.strategy]");

  risk::SymbolBreakers symbol_default;
  read_symbol(BreakerTable{section.subsection("symbol_default")}, symbol_default);
  ConfigSection symbols = section.subsection("symbol");
  for (const auto& [name, symbol] : limits.symbols) {
    risk::SymbolBreakers& own = breakers.symbols.emplace_back(symbol_default);
    if (symbols.has(name)) read_symbol(BreakerTable{symbols.subsection(name)}, own);
  }
  check_names(
      symbols,
      [&](const std::string& name) {
        return std::ranges::any_of(limits.symbols,
                                   [&](const auto& symbol) { return symbol.first == name; });
      },
      "[symbols]");

  read_account(BreakerTable{section.subsection("account")}, breakers.account);
  BreakerTable{section.subsection("global")}.loss(breakers.global);
  return breakers;
}

void adopt_valuation(risk::BreakerLimits& breakers, const risk::Limits& limits) {
  breakers.conversions = limits.conversions;
  breakers.mark_age_max = limits.mark_age_max;
}

}  // namespace portcullis::app
