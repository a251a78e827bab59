#pragma once

#include "app/command_line.hpp"
#include "app/exit_code.hpp"
#include "core/kill_switch.hpp"

namespace portcullis::app {

// `portcullis run`: builds the gateway, turns the control loop on this thread, shows the panel, and
// stops when drained. The switch is already wired to the signals.
[[nodiscard]] ExitCode run_gateway(const RunCommand& command, KillSwitch& kill_switch);

}  // namespace portcullis::app
