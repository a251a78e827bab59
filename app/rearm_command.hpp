#pragma once

#include "app/command_line.hpp"
#include "app/exit_code.hpp"

namespace portcullis::app {

// `portcullis rearm`: clears the latch in the configured state_dir, saying what it held.
[[nodiscard]] ExitCode rearm(const RearmCommand& command);

}  // namespace portcullis::app
