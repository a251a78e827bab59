#pragma once

#include "app/command_line.hpp"
#include "app/exit_code.hpp"

namespace portcullis::app {

// `portcullis limits ...`: asks the gateway that runs, and prints what it says.
[[nodiscard]] ExitCode run_limits(const LimitsCommand& command);

}  // namespace portcullis::app
