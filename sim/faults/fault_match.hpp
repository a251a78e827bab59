#pragma once

#include <string_view>

#include "sim/faults/fault_script.hpp"
#include "sim/faults/occurrence.hpp"

namespace portcullis::sim {

// `pattern` may hold '*' for any run of characters, none included.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text) noexcept;

[[nodiscard]] bool matches(const FaultMatch& match, const Occurrence& occurrence);

}  // namespace portcullis::sim
