#include "sim/faults/script_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/config_reader.hpp"
#include "core/durable_file.hpp"
#include "sim/faults/action_rules.hpp"
#include "sim/json/json_config.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

using Tie = ActionRule::Tie;

constexpr std::int64_t kCountMax = 1'000'000'000;
constexpr std::int64_t kPpm = 1'000'000;
constexpr Nanos kTimeMax = std::chrono::hours{24 * 366};
constexpr Nanos kPeriodMin = std::chrono::milliseconds{1};

const ActionRule* find_rule(std::string_view name) {
  const auto rules = action_rules();
  const auto found = std::ranges::find(
      rules, name, [](const ActionRule& rule) { return std::string_view{rule.name}; });
  return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const ActionRule& rule : action_rules()) names.emplace_back(rule.name);
  return names;
}

std::optional<Nanos> optional_time(ConfigSection& step, std::string_view key) {
  if (step.has(key)) return step.required_duration(key, kPeriodMin, kTimeMax);
  step.optional_duration(key, Nanos{0}, Nanos{0}, kTimeMax);
  return std::nullopt;
}

FaultTrigger read_trigger(ConfigSection& step, bool is_timed) {
  FaultTrigger trigger;
  trigger.at = step.optional_duration("at", Nanos{0}, Nanos{0}, kTimeMax);
  trigger.every = optional_time(step, "every");
  trigger.lasts = optional_time(step, "for");
  if (trigger.every && trigger.lasts && *trigger.lasts > *trigger.every) {
    step.report("for", "is longer than `every`", "let a step close before it opens again");
  }
  trigger.skip = step.optional_integer("skip", 0, 0, kCountMax);
  trigger.probability_ppm = step.optional_integer("probability_ppm", kPpm, 1, kPpm);
  // A window or a probability says how often better than a count of one.
  const bool is_endless =
      is_timed ? trigger.every.has_value() : trigger.lasts || trigger.probability_ppm < kPpm;
  if (step.has("count")) {
    trigger.count = step.required_integer("count", 1, kCountMax);
  } else {
    step.optional_integer("count", 1, 1, kCountMax);
    if (is_endless) trigger.count.reset();
  }
  return trigger;
}

FaultMatch read_match(ConfigSection& step, Tie tie) {
  FaultMatch match;
  switch (tie) {
    case Tie::kMethod: match.name = step.required_string("method"); break;
    case Tie::kStream: match.name = step.required_string("stream"); break;
    case Tie::kVenue: match.name = step.optional_string("on", ""); return match;
  }
  match.symbol = step.optional_string("symbol", "");
  if (tie == Tie::kStream) return match;
  match.account = step.optional_string("account", "");
  match.client_order_id = step.optional_string("client_order_id", "");
  match.api_key = step.optional_string("api_key", "");
  return match;
}

FaultStep read_step(ConfigSection& step) {
  FaultStep out;
  out.action_name = step.required_choice("action", action_names());
  const ActionRule* rule = find_rule(out.action_name);
  if (rule == nullptr) return out;
  out.match = read_match(step, rule->tie);
  out.trigger = read_trigger(step, rule->tie == Tie::kVenue && out.match.name.empty());
  out.action = rule->read(step);
  return out;
}

// The values in force since `from` that the script itself gave.
std::string summary_of(const ConfigDocument& document, std::size_t from) {
  std::string text;
  const auto& entries = document.effective();
  for (std::size_t i = from; i < entries.size(); ++i) {
    if (entries[i].origin == ConfigOrigin::kDefault) continue;
    const std::string key = entries[i].key.substr(entries[i].key.rfind('.') + 1);
    if (key == "name" || key == "action") continue;
    text += (text.empty() ? "" : " ") + key + "=" + entries[i].value;
  }
  return text;
}

std::string join_problems(const ConfigDocument& document) {
  std::string text;
  for (const ConfigProblem& problem : document.problems()) {
    text += (text.empty() ? "" : "\n") + problem.str();
  }
  return text;
}

std::expected<FaultScenario, std::string> read_scenario(ConfigDocument document) {
  ConfigSection root = document.root();
  FaultScenario scenario;
  scenario.title = root.optional_string("title", "untitled");
  scenario.seed = static_cast<std::uint64_t>(root.optional_integer("seed", 1, 0, INT64_MAX));
  ConfigSection steps = root.subsection("step");
  for (const std::string& name : steps.table_names()) {
    ConfigSection section = steps.subsection(name);
    const std::size_t from = document.effective().size();
    FaultStep step = read_step(section);
    step.name = name;
    step.summary = summary_of(document, from);
    scenario.steps.push_back(std::move(step));
  }
  root.finish();
  if (scenario.steps.empty() && document.problems().empty()) {
    root.report("step", "no step at all", "add a table [step.NAME] with an action in it");
  }
  if (!document.problems().empty()) return std::unexpected{join_problems(document)};
  return scenario;
}

}  // namespace

std::expected<FaultScenario, std::string> parse_scenario(std::string_view toml,
                                                         const std::string& name) {
  return read_scenario(ConfigDocument::parse(toml, name, {}));
}

std::expected<FaultScenario, std::string> load_scenario(const std::string& path) {
  constexpr std::size_t kFileMax = std::size_t{1} << 20;
  const auto text = read_small_file(path, kFileMax);
  if (text) return parse_scenario(*text, path);
  const char* why = text.error() == ReadFailure::kMissing    ? "does not exist"
                    : text.error() == ReadFailure::kTooLarge ? "is larger than 1 MiB"
                                                             : "cannot be read";
  return std::unexpected{path + " " + why + "; name a readable TOML file with --scenario"};
}

std::expected<FaultStep, std::string> parse_fault_json(std::string_view json) {
  auto document = read_json_config(json.empty() ? "null" : json, "fault");
  if (!document) return std::unexpected{document.error()};
  ConfigSection root = document->root();
  const std::string name = root.optional_string("name", "");
  FaultStep step = read_step(root);
  step.name = name;
  step.summary = summary_of(*document, 0);
  root.finish();
  if (std::string problems = json_config_problems(*document); !problems.empty()) {
    return std::unexpected{std::move(problems)};
  }
  return step;
}

std::string fault_catalogue_json() {
  JsonOut out;
  out.open_object().key("actions").open_array();
  for (const ActionRule& rule : action_rules()) {
    const char* tie = rule.tie == Tie::kMethod   ? "method"
                      : rule.tie == Tie::kStream ? "stream"
                                                 : "on";
    out.open_object()
        .field("action", rule.name)
        .field("about", rule.about)
        .field("tie", tie)
        .field("keys", rule.keys)
        .close_object();
  }
  out.close_array().key("lies").open_array();
  for (const std::string& name : falsehood_names()) out.text(name);
  out.close_array().key("wire_faults").open_array();
  for (std::size_t i = 0; i < kWireFaultKinds; ++i) {
    out.text(name_of(static_cast<WireFaultKind>(i)));
  }
  return out.close_array().close_object().take();
}

}  // namespace portcullis::sim
