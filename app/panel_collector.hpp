#pragma once

#include "app/control_loop.hpp"
#include "app/gateway.hpp"
#include "app/panel.hpp"

namespace portcullis::app {

// Reads what the panel shows from the gateway's views, counters and histograms, without touching a
// hot thread. Main thread.
[[nodiscard]] PanelData collect_panel(Gateway& gateway, const ControlLoop& control,
                                      std::int64_t seconds);

}  // namespace portcullis::app
