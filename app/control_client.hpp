#pragma once

#include <expected>
#include <optional>
#include <string>

#include "app/command_line.hpp"
#include "app/control_server.hpp"

namespace portcullis::app {

// For the commands that talk to a gateway that runs.

// Its state directory; nothing, with the problems told, when the configuration cannot be read.
[[nodiscard]] std::optional<std::string> state_dir_of(const StatePlace& place);

// The answer to a line, which is a JSON object with "ok"; any other is a failure.
[[nodiscard]] std::expected<std::string, ControlFailure> ask_gateway(const std::string& state_dir,
                                                                     const std::string& line);

// A text that fits into a line whole.
[[nodiscard]] std::string one_line(std::string text);

}  // namespace portcullis::app
