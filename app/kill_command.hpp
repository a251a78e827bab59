#pragma once

#include "app/command_line.hpp"
#include "app/exit_code.hpp"

namespace portcullis::app {

// `portcullis kill` and `portcullis mode`: a scope becomes stricter. By the control socket of the
// gateway that runs; in the latch for the next start when none does; by the kill page when one does
// not answer, or is not to be asked.
[[nodiscard]] ExitCode stop_scope(const StopCommand& command);

// `portcullis kill --drill`: the way of a kill, measured, without one.
[[nodiscard]] ExitCode drill(const StopCommand& command);

// `portcullis status`: modes and kills of the gateway that runs, or what is latched.
[[nodiscard]] ExitCode show_status(const StatusCommand& command);

// `portcullis rearm`: a human's word that a scope may trade again.
[[nodiscard]] ExitCode rearm(const RearmCommand& command);

}  // namespace portcullis::app
