#include "core/config_node.hpp"

#include <optional>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

namespace portcullis {

namespace {

int line_of(const toml::node& value) {
  return static_cast<int>(value.source().begin.line);
}

std::string kind_of(toml::node_type type) {
  std::ostringstream text;
  text << type;
  return "a " + text.str();
}

void take_list(const toml::array& values, ConfigNode& node) {
  node.kind = ConfigKind::kStringList;
  for (const toml::node& value : values) {
    const auto text = value.value_exact<std::string>();
    if (!text) {
      node.kind = ConfigKind::kOther;
      node.text = "a list with something other than strings";
      return;
    }
    node.list.push_back(*text);
    node.text += (node.text.empty() ? "[\"" : ", \"") + *text + "\"";
  }
  node.text += node.text.empty() ? "[]" : "]";
}

void take_value(const toml::node& value, ConfigNode& node);

void take_table(const toml::table& table, ConfigNode& node) {
  node.kind = ConfigKind::kTable;
  for (const auto& [key, value] : table) {
    ConfigNode& child = node.add(key.str());
    child.line = line_of(value);
    take_value(value, child);
  }
}

void take_value(const toml::node& value, ConfigNode& node) {
  if (const toml::table* table = value.as_table()) return take_table(*table, node);
  if (const toml::array* list = value.as_array()) return take_list(*list, node);
  if (const auto text = value.value_exact<std::string>()) {
    node.kind = ConfigKind::kString;
    node.text = *text;
  } else if (const auto integer = value.value_exact<std::int64_t>()) {
    node.kind = ConfigKind::kInteger;
    node.integer = *integer;
    node.text = std::to_string(*integer);
  } else if (const auto boolean = value.value_exact<bool>()) {
    node.kind = ConfigKind::kBoolean;
    node.boolean = *boolean;
    node.text = *boolean ? "true" : "false";
  } else {
    node.kind = ConfigKind::kOther;
    node.text = kind_of(value.type());
  }
}

// A variable's value: TOML when it is exactly one scalar or list of it, plain text otherwise.
void take_variable(const std::string& raw, ConfigNode& node) {
  node.raw = raw;
  node.kind = ConfigKind::kString;
  node.text = raw;
  if (raw.find('\n') != std::string::npos) return;
  try {
    const toml::table table = toml::parse("value = " + raw);
    const toml::node* value = table.get("value");
    const bool is_plain = value != nullptr && !value->is_table() && table.size() == 1;
    if (!is_plain || value->is_floating_point() || value->is_date() || value->is_time() ||
        value->is_date_time()) {
      return;
    }
    node.text.clear();
    take_value(*value, node);
  } catch (const toml::parse_error&) {
    node.text = raw;  // not TOML: plain text, such as 5ms
  }
}

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// "PORTCULLIS__RISK__COLLAR" -> {"risk", "collar"}; nothing when it is not one of ours.
std::optional<std::vector<std::string>> path_of_variable(std::string_view name) {
  constexpr std::string_view kPrefix = "portcullis__";
  const std::string lower = to_lower(name);
  if (!lower.starts_with(kPrefix)) return std::nullopt;
  std::vector<std::string> path;
  std::size_t from = kPrefix.size();
  for (;;) {
    const std::size_t end = lower.find("__", from);
    path.push_back(lower.substr(from, end - from));
    if (end == std::string::npos) return path;
    from = end + 2;
  }
}

ConfigNode* find_any_case(ConfigNode& table, const std::string& lower) {
  if (ConfigNode* exact = table.find(lower)) return exact;
  for (const auto& [name, child] : table.children) {
    if (to_lower(name) == lower) return child.get();
  }
  return nullptr;
}

void report_variable(ConfigState& state, const std::string& name, std::string message,
                     std::string next_step) {
  state.problems.push_back({.file = "environment variable " + name,
                            .message = std::move(message),
                            .next_step = std::move(next_step)});
}

void apply_variable(const std::string& name, const std::vector<std::string>& path,
                    const std::string& value, ConfigState& state) {
  ConfigNode* table = &state.root;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool is_last = i + 1 == path.size();
    ConfigNode* child = path[i].empty() ? nullptr : find_any_case(*table, path[i]);
    const bool is_misplaced =
        path[i].empty() || (child != nullptr && (child->kind == ConfigKind::kTable) == is_last);
    if (is_misplaced) {
      report_variable(state, name, "does not name a single setting",
                      "write PORTCULLIS__SECTION__KEY=value");
      return;
    }
    if (child == nullptr) {
      child = &table->add(path[i]);
      child->origin = ConfigOrigin::kEnvironment;
      child->variable = name;
    }
    table = child;
  }
  table->list.clear();
  table->origin = ConfigOrigin::kEnvironment;
  table->variable = name;
  take_variable(value, *table);
}

}  // namespace

ConfigNode* ConfigNode::find(std::string_view name) {
  const auto it = children.find(name);
  return it != children.end() ? it->second.get() : nullptr;
}

ConfigNode& ConfigNode::add(std::string_view name) {
  auto child = std::make_unique<ConfigNode>();
  child->path = path.empty() ? std::string{name} : path + "." + std::string{name};
  return *children.insert_or_assign(std::string{name}, std::move(child)).first->second;
}

std::string ConfigNode::describe() const {
  switch (kind) {
    case ConfigKind::kTable: return "a table";
    case ConfigKind::kString: return "the string \"" + text + "\"";
    case ConfigKind::kInteger: return "the integer " + text;
    case ConfigKind::kBoolean: return text;
    case ConfigKind::kStringList: return "the list " + text;
    case ConfigKind::kOther: return text;
  }
  return "?";
}

void ConfigState::report(const ConfigNode& node, std::string message, std::string next_step) {
  const bool is_variable = !node.variable.empty();
  problems.push_back({.file = is_variable ? "environment variable " + node.variable : file,
                      .line = is_variable ? 0 : node.line,
                      .key = node.path,
                      .message = std::move(message),
                      .next_step = std::move(next_step)});
}

void parse_config_text(std::string_view text, ConfigState& state) {
  try {
    take_table(toml::parse(text), state.root);
    state.root.line = 1;
  } catch (const toml::parse_error& error) {
    state.problems.push_back({.file = state.file,
                              .line = static_cast<int>(error.source().begin.line),
                              .message = "not valid TOML: " + std::string{error.description()},
                              .next_step = "correct this line; nothing after it was read"});
  }
}

void apply_config_environment(const ConfigDocument::Environment& environment, ConfigState& state) {
  for (const auto& [name, value] : environment) {
    const std::string lower = to_lower(name);
    if (!lower.starts_with("portcullis_")) continue;
    if (lower.find("secret") != std::string::npos && !lower.ends_with("_file")) {
      report_variable(state, name, "secrets are not taken from the environment",
                      "put the secret into a file (chmod 600), name that file in the "
                      "configuration, and unset the variable");
      continue;
    }
    if (const auto path = path_of_variable(name)) {
      apply_variable(name, *path, value, state);
    } else if (lower.find("__") != std::string::npos) {
      report_variable(state, name, "is not an override",
                      "write PORTCULLIS__SECTION__KEY, with two underscores after PORTCULLIS");
    }
  }
}

}  // namespace portcullis
