#include "tests/sim/shapes.hpp"

#include <algorithm>
#include <fstream>

#include "tests/support/paths.hpp"

namespace portcullis::sim::test {

namespace {

using Json = nlohmann::json;

std::string type_of(const Json& value) {
  if (value.is_number_integer()) return "integer";
  return value.type_name();
}

void add_shape(const Json& value, const std::string& path, Shape& shape) {
  if (!path.empty()) shape[path].insert(type_of(value));
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      add_shape(member, path.empty() ? name : path + "." + name, shape);
    }
  } else if (value.is_array()) {
    if (path.empty()) shape["[]"].insert("array");
    for (const Json& element : value) add_shape(element, path + "[]", shape);
  }
}

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern == "*") return true;
  const bool is_open_start = pattern.starts_with('*');
  const bool is_open_end = pattern.ends_with('*');
  if (is_open_start) pattern.remove_prefix(1);
  if (is_open_end) pattern.remove_suffix(1);
  if (is_open_start && is_open_end) return text.find(pattern) != std::string_view::npos;
  if (is_open_start) return text.ends_with(pattern);
  return is_open_end ? text.starts_with(pattern) : text == pattern;
}

std::string joined(const std::set<std::string>& types) {
  std::string text;
  for (const std::string& type : types) text += (text.empty() ? "" : " or ") + type;
  return text;
}

struct Difference {
  std::string path;
  std::string what;
};

// What an example has and an answer has not, or has as something else, and the other way round.
std::vector<Difference> differences(const Shape& example, const Shape& ours, const Shape& always) {
  std::vector<Difference> found;
  for (const auto& [path, types] : example) {
    const auto own = ours.find(path);
    if (own == ours.end()) {
      found.push_back({path, "is missing (" + joined(types) + ")"});
    } else if (!std::ranges::includes(own->second, types)) {
      found.push_back({path, "is " + joined(own->second) + " instead of " + joined(types)});
    }
  }
  for (const auto& [path, types] : always) {
    if (!example.contains(path)) found.push_back({path, "is too much (" + joined(types) + ")"});
  }
  return found;
}

// A difference inside a member that differs itself is told with it.
void drop_inner(std::vector<Difference>& found) {
  const std::vector<Difference> all = found;
  std::erase_if(found, [&all](const Difference& each) {
    return std::ranges::any_of(all, [&each](const Difference& outer) {
      return each.path.size() > outer.path.size() && each.path.starts_with(outer.path) &&
             (each.path[outer.path.size()] == '.' || each.path[outer.path.size()] == '[');
    });
  });
}

std::vector<Difference> differences_from_one(const Shape& example,
                                             const std::vector<Json>& answers) {
  std::optional<std::vector<Difference>> closest;
  for (const Json& answer : answers) {
    const Shape shape = shape_of(answer);
    auto found = differences(example, shape, shape);
    if (!closest || found.size() < closest->size()) closest = std::move(found);
  }
  return closest.value_or(std::vector<Difference>{{"", "has no answer of ours"}});
}

std::vector<Difference> differences_from_all(const Shape& example,
                                             const std::vector<Json>& answers) {
  Shape any;
  std::optional<Shape> always;
  for (const Json& answer : answers) {
    if (answer.is_object() && answer.contains("code")) continue;
    const Shape shape = shape_of(answer);
    for (const auto& [path, types] : shape) any[path].insert(types.begin(), types.end());
    if (!always) {
      always = shape;
    } else {
      std::erase_if(*always, [&shape](const auto& entry) { return !shape.contains(entry.first); });
    }
  }
  return differences(example, any, always.value_or(Shape{}));
}

}  // namespace

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

Shape shape_of(const nlohmann::json& body) {
  Shape shape;
  add_shape(body, "", shape);
  return shape;
}

std::vector<Example> load_examples(const std::string& file) {
  std::vector<Example> examples;
  std::map<std::string, int> numbers;
  std::ifstream in{shared_data(file)};
  for (std::string line; std::getline(in, line);) {
    const Json entry = Json::parse(line);
    Json body = entry.at("json");
    const std::string key = entry.contains("section") ? entry.at("section") : entry.at("endpoint");
    if (body.is_object() && body.contains("method") && !body.contains("status")) continue;
    if (body.is_object() && body.contains("status")) {
      for (const char* part : {"result", "error"}) {
        if (!body.contains(part)) continue;
        Json inner = body.at(part);
        body = std::move(inner);
        break;
      }
    }
    examples.push_back({file, key, ++numbers[key], std::move(body)});
  }
  return examples;
}

std::vector<std::string> compare_shapes(const Example& example,
                                        const std::vector<nlohmann::json>& answers, ShapeRule rule,
                                        std::string_view answer,
                                        const std::vector<ShapeExcuse>& excuses,
                                        std::set<const ShapeExcuse*>& used) {
  const Shape shape = shape_of(example.body);
  auto found = rule == ShapeRule::kSameAsOne ? differences_from_one(shape, answers)
                                             : differences_from_all(shape, answers);
  drop_inner(found);
  std::vector<std::string> lines;
  for (const Difference& each : found) {
    const auto excuse = std::ranges::find_if(excuses, [&](const ShapeExcuse& candidate) {
      return matches(candidate.file, example.file) && matches(candidate.answer, answer) &&
             matches(candidate.path, each.path);
    });
    if (excuse != excuses.end()) {
      used.insert(&*excuse);
    } else {
      lines.push_back(example.name() + " [" + std::string{answer} + "]: " + each.path + " " +
                      each.what);
    }
  }
  return lines;
}

}  // namespace portcullis::sim::test
