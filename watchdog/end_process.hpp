#pragma once

#include <expected>
#include <string>

#include "core/heartbeat_page.hpp"

namespace portcullis::watchdog {

// SIGKILL to the very process that wrote the page: one that has its number by now is left alone.
// An end before is as good. Error text: why not, and what to do.
[[nodiscard]] std::expected<void, std::string> end_process(const HeartbeatReading& page);

}  // namespace portcullis::watchdog
