#include "sim/json/json_config.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace portcullis::sim {

namespace {

bool is_list_of_strings(const nlohmann::json& value) {
  return value.is_array() &&
         std::ranges::all_of(value, [](const auto& member) { return member.is_string(); });
}

}  // namespace

std::expected<ConfigDocument, std::string> read_json_config(std::string_view json,
                                                            const std::string& name) {
  std::string toml;
  if (!json.empty()) {
    const auto body = nlohmann::json::parse(json, nullptr, false);
    if (body.is_discarded()) return std::unexpected{name + ": not JSON; send one JSON object"};
    if (!body.is_object()) return std::unexpected{name + ": not a JSON object; send {..}"};
    for (const auto& [key, value] : body.items()) {
      const bool is_scalar = value.is_string() || value.is_number_integer() || value.is_boolean();
      if (!is_scalar && !is_list_of_strings(value)) {
        return std::unexpected{name + ": " + key +
                               ": expected a string, an integer, true, false or a list of strings; "
                               "amounts are strings"};
      }
      toml += nlohmann::json(key).dump() + " = " + value.dump() + "\n";
    }
  }
  return ConfigDocument::parse(toml, name, {});
}

std::string json_config_problems(const ConfigDocument& document) {
  std::string text;
  for (ConfigProblem problem : document.problems()) {
    problem.line = 0;
    text += (text.empty() ? "" : "\n") + problem.str();
  }
  return text;
}

}  // namespace portcullis::sim
