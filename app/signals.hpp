#pragma once

#include "core/kill_switch.hpp"

namespace portcullis::app {

// SIGUSR1: kill. SIGUSR2: cancel-only. SIGTERM and SIGINT: drain. SIGHUP: the limits are to be read
// anew (take_reload_request). The handler does one atomic
// operation on the switch and nothing else; the control loop and the trading thread see it.
// Installed first thing in main, so that a signal during start-up or shutdown is honoured too.
// SIGPIPE is ignored: a lost connection is an error code. The switch must outlive the process's
// last signal.
void install_signal_handlers(KillSwitch& kill_switch) noexcept;

// Whether a SIGHUP has come since the last time this was asked. Control thread.
[[nodiscard]] bool take_reload_request() noexcept;

}  // namespace portcullis::app
