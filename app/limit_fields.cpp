#include "app/limit_fields.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/config_reader.hpp"
#include "core/config_rules.hpp"
#include "risk/limits.hpp"

namespace portcullis::app {

namespace {

constexpr std::int64_t kAmountOff = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kCountMax = 1'000'000;
constexpr std::int64_t kPpmOfOneBps = 100;

template <class Value>
std::int64_t raw_of(Value value) {
  if constexpr (std::is_same_v<Value, Nanos>) {
    return value.count();
  } else if constexpr (std::is_arithmetic_v<Value>) {
    return static_cast<std::int64_t>(value);
  } else {
    return value.raw();
  }
}

template <class Value>
void put_raw(Value& value, std::int64_t raw) {
  if constexpr (std::is_same_v<Value, Nanos>) {
    value = Nanos{raw};
  } else if constexpr (std::is_arithmetic_v<Value>) {
    value = static_cast<Value>(raw);
  } else {
    value = Value::from_raw(raw);
  }
}

// The one place that knows the limits by name: tells each, in an order that is always the same, to
// `visit(key, value, unit, looser, belongs)`. What belongs to another follows it.
template <class Visit>
class FieldWalk {
 public:
  FieldWalk(Visit& visit, std::string prefix) : visit_{visit}, prefix_{std::move(prefix)} {}

  template <class Money>
  void amount(const char* key, Money& value) {
    visit_(prefix_ + key, value, LimitUnit::kAmount, Looser::kLarger, false);
  }
  void count(const std::string& key, auto& value) {
    visit_(prefix_ + key, value, LimitUnit::kCount, Looser::kLarger, false);
  }
  void bps(const char* key, auto& value) {
    visit_(prefix_ + key, value, LimitUnit::kBps, Looser::kLarger, false);
  }
  void age(const char* key, auto& value, bool belongs = false) {
    visit_(prefix_ + key, value, LimitUnit::kDuration, Looser::kLarger, belongs);
  }
  void window(const std::string& key, auto& value) {
    visit_(prefix_ + key, value, LimitUnit::kDuration, Looser::kShorterWindow, true);
  }
  void flag(const char* key, auto& value, Looser looser = Looser::kLarger) {
    visit_(prefix_ + key, value, LimitUnit::kFlag, looser, false);
  }
  void confidence(const char* key, auto& value) {
    visit_(prefix_ + key, value, LimitUnit::kPpm, Looser::kSmaller, false);
  }
  void rate(const std::string& name, auto& rate) {
    count(name + "_rate_max", rate.rate_max);
    window(name + "_rate_window", rate.rate_window);
    visit_(prefix_ + name + "_burst_max", rate.burst_max, LimitUnit::kCount, Looser::kLarger, true);
    count(name + "_window_max", rate.window_max);
    window(name + "_window", rate.window);
  }
  void scope(auto& limits) {
    amount("max_order_value", limits.max_order_value);
    count("max_open_orders", limits.max_open_orders);
    amount("max_open_value", limits.max_open_value);
    amount("max_daily_value", limits.max_daily_value);
    rate("order", limits.order_rate);
    rate("amend", limits.amend_rate);
  }
  void exposure(auto& limits) {
    amount("max_gross_exposure", limits.max_gross);
    amount("max_net_exposure", limits.max_net);
  }
  void symbol(auto& limits) {
    flag("enabled", limits.is_allowed);
    amount("max_order_qty", limits.max_order_qty);
    amount("max_order_notional", limits.max_order_notional);
    bps("collar_width_bps", limits.collar_width_ppm);
    age("book_age_max", limits.book_age_max);
    amount("max_long_position", limits.max_long_position);
    amount("max_short_position", limits.max_short_position);
    flag("uncovered_sells", limits.allows_uncovered_sells);
    flag("market_orders", limits.allows_market_orders);
    flag("reduce_only", limits.is_reduce_only, Looser::kSmaller);
    bps("spread_max_bps", limits.spread_max_ppm);
    bps("last_collar_width_bps", limits.last_collar_ppm);
    age("last_trade_age_max", limits.last_trade_age_max, true);
    bps("venue_collar_width_bps", limits.venue_collar_ppm);
    age("venue_reference_age_max", limits.venue_reference_age_max, true);
    amount("max_daily_qty", limits.max_daily_qty);
    scope(limits.scope);
  }
  void strategy(auto& limits) {
    flag("enabled", limits.is_allowed);
    flag("reduce_only", limits.is_reduce_only, Looser::kSmaller);
    age("signal_age_max", limits.signal_age_max);
    confidence("min_confidence_ppm", limits.confidence_min_ppm);
    flag("untold_confidence", limits.allows_untold_confidence);
    count("duplicates_max", limits.duplicates.count_max);
    window("duplicates_window", limits.duplicates.window);
    scope(limits.scope);
  }
  void pair(auto& limits) {
    flag("enabled", limits.is_allowed);
    flag("reduce_only", limits.is_reduce_only, Looser::kSmaller);
    amount("max_order_qty", limits.max_order_qty);
    amount("max_long_position", limits.max_long_position);
    amount("max_short_position", limits.max_short_position);
  }

 private:
  Visit& visit_;
  std::string prefix_;
};

template <class Settings, class Visit>
void walk(Settings& settings, Visit visit) {
  using Walk = FieldWalk<Visit>;
  Walk{visit, "limits."}.age("mark_age_max", settings.mark_age_max);
  Walk global{visit, "limits.global."};
  global.amount("max_order_value", settings.global.max_order_value);
  global.exposure(settings.global.exposure);
  Walk account{visit, "limits.account."};
  account.scope(settings.account.scope);
  account.exposure(settings.account.exposure);
  for (auto& [name, group] : settings.groups) {
    Walk of_group{visit, "limits.group." + name + "."};
    of_group.amount("max_open_value", group.max_open_value);
    of_group.exposure(group.exposure);
  }
  for (auto& [name, symbol] : settings.symbols) Walk{visit, "symbols." + name + "."}.symbol(symbol);
  for (auto& strategy : settings.strategies) {
    const std::string prefix = "limits.strategy." + strategy.name + ".";
    Walk{visit, prefix}.strategy(strategy.limits);
    for (std::size_t i = 0; i < strategy.pairs.size(); ++i) {
      Walk{visit, prefix + settings.symbols[i].first + "."}.pair(strategy.pairs[i]);
    }
  }
}

// Comparable: more lets more through.
std::int64_t looseness(const LimitField& field) {
  switch (field.looser) {
    case Looser::kLarger: return field.value;
    case Looser::kSmaller: return -field.value;
    case Looser::kShorterWindow: break;
  }
  return field.value == 0 ? std::numeric_limits<std::int64_t>::min() : -field.value;
}

template <class List, class Name>
void compare_names(const List& before, const List& after, const char* what, Name name,
                   std::vector<std::string>& differences) {
  if (std::ranges::equal(before, after, {}, name, name)) return;
  differences.push_back(std::string{what} +
                        ": which there are, or their order, is not what the gateway began with; "
                        "switch one off with enabled = false, or restart");
}

}  // namespace

bool LimitField::is_off() const noexcept {
  switch (unit) {
    case LimitUnit::kAmount:
    case LimitUnit::kDuration: return value == kAmountOff;
    case LimitUnit::kCount:
    case LimitUnit::kBps: return value == risk::kOffCount;
    case LimitUnit::kPpm: return value == 0;
    case LimitUnit::kFlag: break;
  }
  return false;
}

std::string LimitField::text() const {
  if (is_off()) return "off";
  switch (unit) {
    case LimitUnit::kAmount: return Notional::from_raw(value).str();
    case LimitUnit::kCount: return std::to_string(value);
    case LimitUnit::kBps: return std::to_string(value / kPpmOfOneBps);
    case LimitUnit::kPpm: return value == risk::kOffPpm ? "not set" : std::to_string(value);
    case LimitUnit::kDuration: {
      const std::string quoted = DurationRule::show(Nanos{value});
      return quoted.starts_with('"') ? quoted.substr(1, quoted.size() - 2) : quoted;
    }
    case LimitUnit::kFlag: break;
  }
  return value != 0 ? "true" : "false";
}

std::vector<LimitField> fields_of(const LimitSettings& settings) {
  std::vector<LimitField> fields;
  walk(settings,
       [&fields, master = std::size_t{0}](std::string key, const auto& value, LimitUnit unit,
                                          Looser looser, bool belongs) mutable {
         if (!belongs) master = fields.size();
         fields.push_back({std::move(key), unit, looser, master, raw_of(value)});
       });
  return fields;
}

void put_fields(LimitSettings& settings, const std::vector<LimitField>& fields) {
  walk(settings, [&fields, next = std::size_t{0}](
                     const std::string& /*key*/, auto& value, LimitUnit /*unit*/, Looser /*looser*/,
                     bool /*belongs*/) mutable { put_raw(value, fields[next++].value); });
}

std::expected<std::int64_t, std::string> parse_limit(const LimitField& field,
                                                     std::string_view text) {
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-';
  });
  if (!is_plain) {
    return std::unexpected{field.key + ": '" + std::string{text} +
                           "' is no value; write it as in the configuration, without quotes"};
  }
  const bool is_bare =
      text != "off" && (field.unit == LimitUnit::kCount || field.unit == LimitUnit::kBps ||
                        field.unit == LimitUnit::kPpm || field.unit == LimitUnit::kFlag);
  const std::string quote = is_bare ? "" : "\"";
  ConfigDocument document =
      ConfigDocument::parse("value = " + quote + std::string{text} + quote + "\n", field.key, {});
  std::int64_t value = 0;
  if (document.problems().empty()) {
    ConfigSection root = document.root();
    const bool is_off = field.unit != LimitUnit::kFlag && root.is_word("value", "off");
    switch (field.unit) {
      case LimitUnit::kAmount:
        value = is_off ? kAmountOff
                       : root.required_decimal<Notional>("value", {}, Notional::max()).raw();
        break;
      case LimitUnit::kCount:
        value = is_off ? risk::kOffCount : root.required_integer("value", 0, kCountMax);
        break;
      case LimitUnit::kBps:
        value = is_off ? risk::kOffPpm : root.required_integer("value", 0, 10'000) * kPpmOfOneBps;
        break;
      case LimitUnit::kPpm:
        value = is_off ? 0 : root.required_integer("value", 1, 1'000'000);
        break;
      case LimitUnit::kDuration:
        value = is_off ? kAmountOff
                       : root.required_duration("value", Nanos{0}, std::chrono::hours{24}).count();
        break;
      case LimitUnit::kFlag: value = root.required_boolean("value") ? 1 : 0; break;
    }
  }
  if (document.problems().empty()) return value;
  const ConfigProblem& problem = document.problems().front();
  return std::unexpected{field.key + ": " + problem.message + "; " + problem.next_step};
}

std::vector<LimitChange> changes_between(const std::vector<LimitField>& before,
                                         const std::vector<LimitField>& after) {
  std::vector<LimitChange> changes;
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
    if (before[i].value == after[i].value) continue;
    // While its master was off nothing was held back by it, so that nothing can be raised.
    const bool was_moot = before[i].master != i && before[before[i].master].is_off();
    changes.push_back({i, before[i].key, before[i].text(), after[i].text(),
                       !was_moot && looseness(after[i]) > looseness(before[i])});
  }
  return changes;
}

void hold_raises(const std::vector<LimitField>& before, std::vector<LimitField>& after) {
  std::vector<std::size_t> held;
  for (const LimitChange& change : changes_between(before, after)) {
    if (change.is_raise) held.push_back(before[change.place].master);
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (std::ranges::binary_search(held, before[i].master)) after[i].value = before[i].value;
  }
}

std::vector<std::string> shape_differences(const LimitSettings& before,
                                           const LimitSettings& after) {
  std::vector<std::string> differences;
  const auto first = [](const auto& pair) -> const std::string& { return pair.first; };
  compare_names(before.symbols, after.symbols, "[symbols]", first, differences);
  compare_names(before.strategies, after.strategies, "[limits.strategy]",
                &StrategyLimitSettings::name, differences);
  compare_names(before.groups, after.groups, "[limits.group]", first, differences);
  if (before.reference_currency != after.reference_currency) {
    differences.emplace_back("limits.reference_currency: only a restart changes it");
  }
  if (before.conversions != after.conversions) {
    differences.emplace_back("[limits.conversion]: only a restart changes it");
  }
  if (!differences.empty()) return differences;
  for (std::size_t i = 0; i < before.strategies.size(); ++i) {
    if (before.strategies[i].limits.group == after.strategies[i].limits.group) continue;
    differences.push_back("limits.strategy." + before.strategies[i].name +
                          ".group: only a restart changes it");
  }
  for (std::size_t i = 0; i < before.symbols.size(); ++i) {
    if (before.symbols[i].second.position_baseline == after.symbols[i].second.position_baseline) {
      continue;
    }
    differences.push_back("symbols." + before.symbols[i].first +
                          ".position_baseline: only a restart changes it");
  }
  return differences;
}

}  // namespace portcullis::app
