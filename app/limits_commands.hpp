#pragma once

#include "app/control_commands.hpp"
#include "app/gateway.hpp"
#include "app/limits_keeper.hpp"

namespace portcullis::app {

// What the control socket understands of limits (docs/limits.md): "limits show|diff|reload|request|
// approve". All outlive `commands`.
void add_limits_commands(ControlCommands& commands, LimitsKeeper& keeper, Gateway& gateway);

}  // namespace portcullis::app
