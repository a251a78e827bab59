#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/config_reader.hpp"

namespace portcullis::sim {

// A JSON object of scalars and lists of strings, to be read as strictly as a configuration: JSON
// scalars are TOML scalars. `name` stands for it in problems. Empty text is an empty object. The
// error says what is no such object.
[[nodiscard]] std::expected<ConfigDocument, std::string> read_json_config(std::string_view json,
                                                                          const std::string& name);

// The document's problems, one a line, without the line numbers of a text that its writer never
// saw; empty: none.
[[nodiscard]] std::string json_config_problems(const ConfigDocument& document);

}  // namespace portcullis::sim
