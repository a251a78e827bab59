#pragma once

#include <optional>
#include <string>

#include "app/settings.hpp"

namespace portcullis::app {

// Reads a configuration file with the environment over it. Prints every problem to stderr; nothing
// when there was one.
[[nodiscard]] std::optional<Settings> load_settings(const std::string& path,
                                                    bool is_effective_shown = false);

}  // namespace portcullis::app
