#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "sim/faults/fault_script.hpp"

namespace portcullis::sim {

// Reads fault scripts, strictly: each problem names its place (file, line, key), what is wrong, the
// nearest name that exists, and what to do; one a line.

// A scenario in TOML: title, seed, and a table [step.NAME] a step. `name` stands for the text in
// problems.
[[nodiscard]] std::expected<FaultScenario, std::string> parse_scenario(std::string_view toml,
                                                                       const std::string& name);
[[nodiscard]] std::expected<FaultScenario, std::string> load_scenario(const std::string& path);

// One step as a JSON object with the same keys; "name" may be left out.
[[nodiscard]] std::expected<FaultStep, std::string> parse_fault_json(std::string_view json);

// {"actions":[{"action","about","tie","keys"}],"lies":[..],"wire_faults":[..]}: what can go wrong.
[[nodiscard]] std::string fault_catalogue_json();

}  // namespace portcullis::sim
