#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config_problem.hpp"
#include "core/config_reader.hpp"

namespace portcullis {

enum class ConfigKind : std::uint8_t { kTable, kString, kInteger, kBoolean, kStringList, kOther };

// A place in the configuration: a table or a value, from the file or from the environment.
// Internal to the reader (core/config_reader.hpp).
class ConfigNode {
 public:
  ConfigKind kind{ConfigKind::kTable};
  std::string path;  // "risk.collar_width"; empty for the root
  int line{0};
  ConfigOrigin origin{ConfigOrigin::kFile};
  std::string variable;  // the environment variable it came from

  std::string text;  // kString: the value; kOther: what it is ("a float"); else its TOML form
  std::string raw;   // from the environment: as it was written there
  std::int64_t integer{0};
  bool boolean{false};
  std::vector<std::string> list;

  std::map<std::string, std::unique_ptr<ConfigNode>, std::less<>> children;
  bool is_read{false};             // somebody asked for it
  std::vector<std::string> asked;  // names that were asked for in this table

  ConfigNode* find(std::string_view name);
  ConfigNode& add(std::string_view name);
  // "the integer 5", for problems.
  [[nodiscard]] std::string describe() const;
};

// What a document is made of: the tree and what was found while reading it.
class ConfigState {
 public:
  std::string file;
  ConfigNode root;
  std::vector<std::unique_ptr<ConfigNode>> missing_tables;  // asked for, not there
  std::vector<ConfigProblem> problems;
  std::vector<ConfigEntry> effective;

  // At the node's place: its file and line, or its variable.
  void report(const ConfigNode& node, std::string message, std::string next_step);
};

// Fills the tree; problems go to the state.
void parse_config_text(std::string_view text, ConfigState& state);
// Lays the variables over the tree.
void apply_config_environment(const ConfigDocument::Environment& environment, ConfigState& state);

}  // namespace portcullis
