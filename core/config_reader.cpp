#include "core/config_reader.hpp"

#include <algorithm>
#include <strings.h>
#include <utility>

#include <unistd.h>

#include "core/config_node.hpp"
#include "core/config_rules.hpp"
#include "core/durable_file.hpp"

namespace portcullis {

const char* to_string(ConfigOrigin origin) noexcept {
  switch (origin) {
    case ConfigOrigin::kFile: return "file";
    case ConfigOrigin::kEnvironment: return "env";
    case ConfigOrigin::kDefault: return "default";
  }
  return "?";
}

namespace {

constexpr std::size_t kConfigFileMax = std::size_t{1} << 20;

const char* read_failure_text(ReadFailure failure) {
  switch (failure) {
    case ReadFailure::kMissing: return "does not exist";
    case ReadFailure::kUnreadable: return "cannot be read: check its type and permissions";
    case ReadFailure::kTooLarge: return "is larger than 1 MiB, so hardly a configuration";
  }
  return "cannot be read";
}

std::string join_path(const ConfigNode& table, std::string_view key) {
  return table.path.empty() ? std::string{key} : table.path + "." + std::string{key};
}

ConfigNode* ask(ConfigNode& table, std::string_view key) {
  if (std::ranges::find(table.asked, key) == table.asked.end()) table.asked.emplace_back(key);
  ConfigNode* node = table.find(key);
  if (node != nullptr) node->is_read = true;
  return node;
}

void report_missing(ConfigState& state, const ConfigNode& table, std::string_view key,
                    const std::string& form) {
  ConfigNode place;
  place.path = join_path(table, key);
  place.line = table.line;
  const std::string where = table.path.empty() ? "the top of the file" : "[" + table.path + "]";
  state.report(place, "is missing", "add " + std::string{key} + " (" + form + ") to " + where);
}

// One value by one rule: found, defaulted or reported.
template <class T, class Rule>
T read_value(ConfigState& state, ConfigNode& table, std::string_view key, const T* fallback,
             const Rule& rule) {
  const ConfigNode* node = ask(table, key);
  if (node == nullptr) {
    if (fallback == nullptr) {
      report_missing(state, table, key, Rule::kForm);
      return T{};
    }
    state.effective.push_back(
        {join_path(table, key), rule.show(*fallback), ConfigOrigin::kDefault});
    return *fallback;
  }
  auto value = rule.convert(*node);
  if (!value) {
    state.report(*node, value.error().message, value.error().next_step);
    return fallback != nullptr ? *fallback : T{};
  }
  state.effective.push_back({node->path, rule.show(*value), node->origin});
  return *std::move(value);
}

void report_unread(ConfigState& state, const ConfigNode& table) {
  for (const auto& [name, child] : table.children) {
    if (child->is_read) {
      if (child->kind == ConfigKind::kTable) report_unread(state, *child);
      continue;
    }
    const std::string near = nearest_word(name, table.asked);
    std::string all;
    for (const std::string& asked : table.asked) all += (all.empty() ? "" : ", ") + asked;
    state.report(*child, "unknown key" + (near.empty() ? "" : ", did you mean \"" + near + "\"?"),
                 all.empty() ? "remove it" : "remove it, or use one of: " + all);
  }
}

}  // namespace

bool ConfigSection::has(std::string_view key) const {
  return node_->find(key) != nullptr;
}

bool ConfigSection::is_word(std::string_view key, std::string_view word) {
  ConfigNode* node = node_->find(key);
  if (node == nullptr || node->kind != ConfigKind::kString || node->text != word) return false;
  (void)ask(*node_, key);
  state_->effective.push_back({node->path, std::string{word}, node->origin});
  return true;
}

Nanos ConfigSection::required_duration(std::string_view key, Nanos min, Nanos max) {
  return read_value<Nanos>(*state_, *node_, key, nullptr, DurationRule{min, max});
}

Nanos ConfigSection::optional_duration(std::string_view key, Nanos fallback, Nanos min, Nanos max) {
  return read_value(*state_, *node_, key, &fallback, DurationRule{min, max});
}

std::int64_t ConfigSection::required_integer(std::string_view key, std::int64_t min,
                                             std::int64_t max) {
  return read_value<std::int64_t>(*state_, *node_, key, nullptr, IntegerRule{min, max});
}

std::int64_t ConfigSection::optional_integer(std::string_view key, std::int64_t fallback,
                                             std::int64_t min, std::int64_t max) {
  return read_value(*state_, *node_, key, &fallback, IntegerRule{min, max});
}

bool ConfigSection::required_boolean(std::string_view key) {
  return read_value<bool>(*state_, *node_, key, nullptr, BooleanRule{});
}

bool ConfigSection::optional_boolean(std::string_view key, bool fallback) {
  return read_value(*state_, *node_, key, &fallback, BooleanRule{});
}

std::string ConfigSection::required_string(std::string_view key) {
  return read_value<std::string>(*state_, *node_, key, nullptr, StringRule{});
}

std::string ConfigSection::optional_string(std::string_view key, std::string_view fallback) {
  const std::string text{fallback};
  return read_value(*state_, *node_, key, &text, StringRule{});
}

std::string ConfigSection::required_choice(std::string_view key,
                                           const std::vector<std::string>& words) {
  return read_value<std::string>(*state_, *node_, key, nullptr, ChoiceRule{words});
}

std::string ConfigSection::optional_choice(std::string_view key, std::string_view fallback,
                                           const std::vector<std::string>& words) {
  const std::string text{fallback};
  return read_value(*state_, *node_, key, &text, ChoiceRule{words});
}

std::vector<std::string> ConfigSection::required_string_list(std::string_view key) {
  return read_value<std::vector<std::string>>(*state_, *node_, key, nullptr, StringListRule{});
}

std::vector<std::string> ConfigSection::optional_string_list(
    std::string_view key, const std::vector<std::string>& fallback) {
  return read_value(*state_, *node_, key, &fallback, StringListRule{});
}

std::int64_t ConfigSection::read_decimal(std::string_view key, const std::int64_t* fallback,
                                         std::int64_t min, std::int64_t max) {
  return read_value<std::int64_t>(*state_, *node_, key, fallback, DecimalRule{min, max});
}

std::string ConfigSection::required_secret_file(std::string_view key) {
  return read_value<std::string>(*state_, *node_, key, nullptr, SecretFileRule{});
}

ConfigSection ConfigSection::subsection(std::string_view name) {
  ConfigNode* node = ask(*node_, name);
  if (node != nullptr && node->kind == ConfigKind::kTable) return {*state_, *node};
  if (node != nullptr) {
    state_->report(*node, "expected a table, found " + node->describe(),
                   "write [" + node->path + "] with its keys below it");
  }
  auto empty = std::make_unique<ConfigNode>();
  empty->path = join_path(*node_, name);
  empty->line = node != nullptr ? node->line : node_->line;
  state_->missing_tables.push_back(std::move(empty));
  return {*state_, *state_->missing_tables.back()};
}

std::vector<std::string> ConfigSection::table_names() const {
  std::vector<std::pair<int, std::string>> found;
  for (const auto& [name, child] : node_->children) {
    const bool is_ours =
        child->kind == ConfigKind::kTable && child->origin != ConfigOrigin::kEnvironment;
    if (is_ours) found.emplace_back(child->line, name);
  }
  std::ranges::sort(found);
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [line, name] : found) names.push_back(std::move(name));
  return names;
}

void ConfigSection::finish() {
  report_unread(*state_, *node_);
}

void ConfigSection::report(std::string_view key, std::string message, std::string next_step) {
  if (const ConfigNode* node = node_->find(key)) {
    state_->report(*node, std::move(message), std::move(next_step));
    return;
  }
  ConfigNode place;
  place.path = join_path(*node_, key);
  place.line = node_->line;
  state_->report(place, std::move(message), std::move(next_step));
}

ConfigDocument::ConfigDocument() : state_{std::make_unique<ConfigState>()} {
}
ConfigDocument::ConfigDocument(ConfigDocument&& other) noexcept = default;
ConfigDocument& ConfigDocument::operator=(ConfigDocument&& other) noexcept = default;
ConfigDocument::~ConfigDocument() = default;

ConfigDocument ConfigDocument::load(const std::string& path, const Environment& environment) {
  const auto text = read_small_file(path, kConfigFileMax);
  if (text) return parse(*text, path, environment);
  ConfigDocument document = parse({}, path, environment);
  document.state_->problems.push_back({.file = path,
                                       .message = read_failure_text(text.error()),
                                       .next_step = "name a readable TOML file with --config"});
  return document;
}

ConfigDocument ConfigDocument::parse(std::string_view text, const std::string& name,
                                     const Environment& environment) {
  ConfigDocument document;
  document.state_->file = name;
  parse_config_text(text, *document.state_);
  apply_config_environment(environment, *document.state_);
  return document;
}

ConfigDocument::Environment ConfigDocument::process_environment() {
  Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair{*entry};
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals < 11) continue;
    if (::strncasecmp(*entry, "PORTCULLIS_", 11) != 0) continue;
    environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return environment;
}

ConfigSection ConfigDocument::root() noexcept {
  return {*state_, state_->root};
}

const std::vector<ConfigProblem>& ConfigDocument::problems() const noexcept {
  return state_->problems;
}

const std::vector<ConfigEntry>& ConfigDocument::effective() const noexcept {
  return state_->effective;
}

}  // namespace portcullis
