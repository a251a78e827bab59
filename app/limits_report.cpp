#include "app/limits_report.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>

#include "risk/reference_value.hpp"

namespace portcullis::app {

namespace {

using risk::Usage;
using risk::Value;

constexpr int kPercent = 100;

// The place of the limits that belong to one scope, by the beginning of their keys.
std::map<std::string, Usage> usages_of(const LimitSettings& settings, const risk::UsageView& view) {
  std::map<std::string, Usage> usages{{"limits.account.", view.account()},
                                      {"limits.global.", view.account()}};
  for (std::size_t i = 0; i < settings.groups.size(); ++i) {
    usages["limits.group." + settings.groups[i].first + "."] = view.group(i);
  }
  for (std::size_t i = 0; i < settings.symbols.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    usages["symbols." + settings.symbols[i].first + "."] = view.of(symbol);
    for (std::size_t s = 0; s < settings.strategies.size(); ++s) {
      const StrategyId strategy{static_cast<StrategyId::rep>(s)};
      const std::string name = "limits.strategy." + settings.strategies[s].name + ".";
      usages[name] = view.of(strategy);
      usages[name + settings.symbols[i].first + "."] = view.of(strategy, symbol);
    }
  }
  return usages;
}

// In the unit of the limit's raw value; nothing for what is not used up.
std::optional<std::int64_t> used_of(std::string_view name, const Usage& use) {
  const auto base = [](Int128 units) -> std::int64_t {
    constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp(units, Int128{0}, kMax));
  };
  const Int128 position = use.position.raw();
  const Int128 buys = use.working_buy.raw();
  const Int128 sells = use.working_sell.raw();
  if (name == "max_open_orders") return use.open_count;
  if (name == "max_open_value") return risk::notional_raw(use.open);
  if (name == "max_daily_value") return risk::notional_raw(use.traded + use.open);
  if (name == "max_gross_exposure") return risk::notional_raw(use.gross);
  if (name == "max_net_exposure") return risk::notional_raw(use.net);
  if (name == "max_long_position") return base(position + buys);
  if (name == "max_short_position") return base(sells - position);
  if (name == "max_daily_qty") return base(use.traded_qty.raw() + buys + sells);
  return std::nullopt;
}

bool is_of_value(std::string_view name) {
  return name.ends_with("_value") || name.ends_with("_exposure");
}

void put_use(LimitRow& row, const LimitField& field, std::string_view name, const Usage& use) {
  const auto used = used_of(name, use);
  if (!used || use.time == MonoTime{}) return;
  LimitField amount = field;
  const auto text_of = [&amount](std::int64_t value) {
    amount.value = value;
    return amount.text();
  };
  row.used = text_of(*used);
  row.is_complete = use.is_valued || !is_of_value(name);
  if (field.is_off()) {
    row.headroom = "off";
    return;
  }
  row.headroom = text_of(std::max<std::int64_t>(field.value - *used, 0));
  if (field.value > 0) {
    row.percent = static_cast<int>(std::min<Int128>(Int128{*used} * kPercent / field.value, 9'999));
  } else {
    row.percent = *used > 0 ? 9'999 : 0;
  }
}

// Scopes in which nothing may be traded: their limits are not worth a line.
std::vector<std::string> closed_scopes(const LimitSettings& settings) {
  std::vector<std::string> closed;
  for (const auto& [name, symbol] : settings.symbols) {
    if (!symbol.is_allowed) closed.push_back("symbols." + name + ".");
  }
  for (const StrategyLimitSettings& strategy : settings.strategies) {
    const std::string name = "limits.strategy." + strategy.name + ".";
    if (!strategy.limits.is_allowed) closed.push_back(name);
    for (std::size_t i = 0; i < strategy.pairs.size(); ++i) {
      if (!strategy.pairs[i].is_allowed) closed.push_back(name + settings.symbols[i].first + ".");
    }
  }
  return closed;
}

}  // namespace

std::vector<LimitRow> limit_rows(const LimitSettings& configured, const LimitSettings& in_force,
                                 const risk::UsageView& usage, std::string_view prefix,
                                 bool is_all) {
  const std::vector<LimitField> wanted = fields_of(configured);
  const std::vector<LimitField> fields = fields_of(in_force);
  const std::map<std::string, Usage> usages = usages_of(in_force, usage);
  const std::vector<std::string> closed = closed_scopes(in_force);
  std::vector<LimitRow> rows;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const LimitField& field = fields[i];
    if (!field.key.starts_with(prefix)) continue;
    LimitRow row{.key = field.key, .in_force = field.text(), .configured = wanted[i].text()};
    const std::size_t dot = field.key.rfind('.') + 1;
    const std::string scope = field.key.substr(0, dot);
    if (const auto use = usages.find(scope); use != usages.end()) {
      put_use(row, field, std::string_view{field.key}.substr(dot), use->second);
    }
    const bool is_different = row.in_force != row.configured;
    const bool is_closed = std::ranges::any_of(
        closed, [&field](const std::string& name) { return field.key.starts_with(name); });
    if (is_all || is_different || (!row.used.empty() && !is_closed)) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace portcullis::app
