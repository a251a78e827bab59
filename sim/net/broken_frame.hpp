#pragma once

#include <string>
#include <string_view>

#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

// Appends the message as a server's frames, with the fault of framing that `fault` names.
void append_broken_message(std::string& out, std::string_view text, const WireFault& fault);

}  // namespace portcullis::sim
