#include "tests/sim/shapes.hpp"

#include <fstream>

#include "tests/support/paths.hpp"

namespace portcullis::sim::test {

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

std::optional<nlohmann::json> documented(const std::string& file, const std::string& section,
                                         const std::string& marker) {
  std::ifstream in{shared_data(file)};
  for (std::string line; std::getline(in, line);) {
    if (line.find(marker) == std::string::npos) continue;
    const auto entry = nlohmann::json::parse(line);
    if (entry.value("section", "").starts_with(section)) {
      const auto& example = entry.at("json");
      return example.is_array() ? example.at(0) : example;
    }
  }
  return std::nullopt;
}

}  // namespace portcullis::sim::test
