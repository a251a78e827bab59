#include "app/limit_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "app/limit_table.hpp"
#include "risk/duplicate_filter.hpp"
#include "risk/sliding_window.hpp"

namespace portcullis::app {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kCountMax = 1'000'000;

// What the limits of all scopes are made of.
class ScopeTable : public LimitTable {
 public:
  using LimitTable::LimitTable;

  void count(const char* key, std::uint32_t& value, std::int64_t max = kCountMax) {
    LimitTable::count(key, value, max);
  }
  void age(const char* key, Nanos& value, Nanos max = 10 * std::chrono::minutes{1}) {
    LimitTable::age(key, value, max);
  }

  void rate(const std::string& name, risk::RateLimits& rate) {
    const std::string max = name + "_rate_max";
    const std::string burst = name + "_burst_max";
    const std::uint32_t inherited = rate.rate_max;
    count(max.c_str(), rate.rate_max);
    if (rate.rate_max != risk::kOffCount) {
      age((name + "_rate_window").c_str(), rate.rate_window, kDay);
      // At most a window's worth at once, unless told otherwise.
      const bool is_told_before = inherited != risk::kOffCount && rate.burst_max != inherited;
      if (!is_told_before) rate.burst_max = rate.rate_max;
      count(burst.c_str(), rate.burst_max);
    }
    count((name + "_window_max").c_str(), rate.window_max,
          static_cast<std::int64_t>(risk::kWindowEventsMax));
    if (rate.window_max != risk::kOffCount) age((name + "_window").c_str(), rate.window, kDay);
  }
  void scope(risk::ScopeLimits& limits) {
    money("max_order_value", limits.max_order_value);
    count("max_open_orders", limits.max_open_orders);
    money("max_open_value", limits.max_open_value);
    money("max_daily_value", limits.max_daily_value);
    rate("order", limits.order_rate);
    rate("amend", limits.amend_rate);
  }
  void exposure(risk::ExposureLimits& limits) {
    money("max_gross_exposure", limits.max_gross);
    money("max_net_exposure", limits.max_net);
  }
};

void read_symbol(ScopeTable table, risk::SymbolLimits& limits) {
  table.flag("enabled", limits.is_allowed);
  table.money("max_order_qty", limits.max_order_qty);
  table.money("max_order_notional", limits.max_order_notional);
  table.bips("collar_width_bps", limits.collar_width_ppm);
  table.age("book_age_max", limits.book_age_max);
  table.money("max_long_position", limits.max_long_position);
  table.money("max_short_position", limits.max_short_position);
  table.money("position_baseline", limits.position_baseline);
  table.flag("uncovered_sells", limits.allows_uncovered_sells);
  table.flag("market_orders", limits.allows_market_orders);
  table.flag("reduce_only", limits.is_reduce_only);
  table.bips("spread_max_bps", limits.spread_max_ppm);
  table.bips("last_collar_width_bps", limits.last_collar_ppm);
  if (limits.last_collar_ppm != risk::kOffPpm) {
    table.age("last_trade_age_max", limits.last_trade_age_max);
  }
  table.bips("venue_collar_width_bps", limits.venue_collar_ppm);
  if (limits.venue_collar_ppm != risk::kOffPpm) {
    table.age("venue_reference_age_max", limits.venue_reference_age_max);
  }
  table.money("max_daily_qty", limits.max_daily_qty);
  table.scope(limits.scope);
}

void read_strategy(ScopeTable table, risk::StrategyLimits& limits) {
  table.flag("enabled", limits.is_allowed);
  table.flag("reduce_only", limits.is_reduce_only);
  table.age("signal_age_max", limits.signal_age_max);
  if (table.section().is_word("min_confidence_ppm", "off")) {
    limits.confidence_min_ppm = 0;
  } else if (table.section().has("min_confidence_ppm")) {
    // Unset it stays beyond every confidence, which the review of the limits complains of.
    limits.confidence_min_ppm = static_cast<std::uint32_t>(
        table.section().required_integer("min_confidence_ppm", 1, 1'000'000));
  }
  table.flag("untold_confidence", limits.allows_untold_confidence);
  table.count("duplicates_max", limits.duplicates.count_max, risk::kDuplicatesMax);
  if (limits.duplicates.count_max != risk::kOffCount) {
    table.age("duplicates_window", limits.duplicates.window);
  }
  table.scope(limits.scope);
}

void read_pair(ScopeTable table, risk::PairLimits& limits) {
  table.flag("reduce_only", limits.is_reduce_only);
  table.money("max_order_qty", limits.max_order_qty);
  table.money("max_long_position", limits.max_long_position);
  table.money("max_short_position", limits.max_short_position);
}

// The place of `name` among the pairs, or the size of the list.
template <class List>
std::size_t place_of(const List& list, std::string_view name) {
  const auto found = std::ranges::find_if(list, [name](const auto& e) { return e.first == name; });
  return static_cast<std::size_t>(found - list.begin());
}

void read_conversions(ConfigSection section, LimitSettings& settings) {
  for (const std::string& asset : section.table_names()) {
    ConfigSection table = section.subsection(asset);
    const std::string symbol = table.required_string("symbol");
    if (place_of(settings.symbols, symbol) == settings.symbols.size()) {
      table.report("symbol", "'" + symbol + "' is not in [symbols], so its price is not known",
                   "add [symbols." + symbol + "], with enabled = false if it is not traded");
    }
    settings.conversions.emplace_back(asset, symbol);
  }
}

StrategyLimitSettings read_one_strategy(ConfigSection section, const std::string& name,
                                        const risk::StrategyLimits& inherited,
                                        const LimitSettings& settings) {
  StrategyLimitSettings strategy{.name = name, .limits = inherited, .pairs = {}};
  read_strategy(ScopeTable{section}, strategy.limits);
  const std::string group = section.optional_string("group", "");
  if (const std::size_t place = place_of(settings.groups, group); place < settings.groups.size()) {
    strategy.limits.group = static_cast<std::uint16_t>(place);
  } else if (!group.empty()) {
    section.report("group", "there is no group '" + group + "'",
                   "add [limits.group." + group + "]");
  }
  const std::vector<std::string> allowed = section.required_string_list("symbols");
  for (const std::string& symbol : allowed) {
    if (place_of(settings.symbols, symbol) < settings.symbols.size()) continue;
    section.report("symbols", "'" + symbol + "' is not in [symbols]", "add it there, or remove it");
  }
  for (const auto& [symbol, limits] : settings.symbols) {
    risk::PairLimits pair{.is_allowed = std::ranges::find(allowed, symbol) != allowed.end(),
                          .max_order_qty = limits.max_order_qty,
                          .max_long_position = limits.max_long_position,
                          .max_short_position = limits.max_short_position};
    if (section.has(symbol)) read_pair(ScopeTable{section.subsection(symbol)}, pair);
    strategy.pairs.push_back(pair);
  }
  return strategy;
}

void read_strategies(ConfigSection limits, LimitSettings& settings) {
  risk::StrategyLimits inherited{.is_allowed = true};
  read_strategy(ScopeTable{limits.subsection("strategy_default")}, inherited);
  ConfigSection strategies = limits.subsection("strategy");
  for (const std::string& name : strategies.table_names()) {
    settings.strategies.push_back(
        read_one_strategy(strategies.subsection(name), name, inherited, settings));
  }
  if (settings.strategies.empty()) {
    limits.report("strategy", "no strategy has limits, which refuses every order",
                  "add a table [limits.strategy.NAME] with symbols = [...]");
  }
  if (settings.strategies.size() > risk::kStrategyMax) {
    limits.report("strategy", "more strategies than the gate counts for",
                  "leave at most " + std::to_string(risk::kStrategyMax));
  }
}

}  // namespace

LimitSettings read_limits(ConfigSection root) {
  LimitSettings settings;
  ConfigSection limits = root.subsection("limits");
  settings.reference_currency = limits.required_string("reference_currency");
  ScopeTable common{limits};
  common.age("mark_age_max", settings.mark_age_max);

  risk::SymbolLimits inherited{.is_allowed = true};
  read_symbol(ScopeTable{limits.subsection("default")}, inherited);
  ConfigSection symbols = root.subsection("symbols");
  for (const std::string& name : symbols.table_names()) {
    risk::SymbolLimits symbol = inherited;
    read_symbol(ScopeTable{symbols.subsection(name)}, symbol);
    settings.symbols.emplace_back(name, symbol);
  }
  if (settings.symbols.empty()) {
    root.report("symbols", "no symbol is configured", "add a table [symbols.BTCUSDT]");
  }
  read_conversions(limits.subsection("conversion"), settings);

  ConfigSection groups = limits.subsection("group");
  for (const std::string& name : groups.table_names()) {
    risk::GroupLimits group;
    ScopeTable table{groups.subsection(name)};
    table.money("max_open_value", group.max_open_value);
    table.exposure(group.exposure);
    settings.groups.emplace_back(name, group);
  }
  if (settings.groups.size() > risk::kGroupMax) {
    limits.report("group", "more groups than the gate counts for",
                  "leave at most " + std::to_string(risk::kGroupMax));
  }
  read_strategies(limits, settings);

  ScopeTable account{limits.subsection("account")};
  account.scope(settings.account.scope);
  account.exposure(settings.account.exposure);
  ScopeTable global{limits.subsection("global")};
  global.money("max_order_value", settings.global.max_order_value);
  global.exposure(settings.global.exposure);
  return settings;
}

risk::Limits make_limits(const LimitSettings& settings, const InstrumentTable& instruments) {
  risk::Limits limits;
  for (const auto& [name, symbol] : settings.symbols) limits.symbols.push_back(symbol);
  for (const StrategyLimitSettings& strategy : settings.strategies) {
    limits.strategies.push_back(strategy.limits);
    limits.pairs.insert(limits.pairs.end(), strategy.pairs.begin(), strategy.pairs.end());
  }
  for (const auto& [name, group] : settings.groups) limits.groups.push_back(group);
  limits.account = settings.account;
  limits.global = settings.global;
  limits.mark_age_max = settings.mark_age_max;
  for (std::size_t i = 0; i < settings.symbols.size() && i < instruments.size(); ++i) {
    const Instrument& instrument = instruments.at(SymbolId{static_cast<SymbolId::rep>(i)});
    risk::Conversion conversion{.is_reference =
                                    instrument.quote_asset_name == settings.reference_currency};
    const std::size_t place = place_of(settings.conversions, instrument.quote_asset_name);
    if (place < settings.conversions.size()) {
      const auto symbol = instruments.find(settings.conversions[place].second);
      const bool is_direct =
          symbol && instruments.at(*symbol).quote_asset_name == settings.reference_currency &&
          instruments.at(*symbol).base_asset_name == instrument.quote_asset_name;
      if (is_direct) conversion.symbol = *symbol;
    }
    limits.conversions.push_back(conversion);
  }
  return limits;
}

}  // namespace portcullis::app
