#pragma once

#include <string>

#include "sim/api/venue_core.hpp"

namespace portcullis::sim {

// Why a name is wrong: that it is nobody's, the nearest one that exists, and some that do.
[[nodiscard]] std::string no_such_account(const VenueCore& venue, const std::string& name);
[[nodiscard]] std::string no_such_symbol(const VenueCore& venue, const std::string& name);

}  // namespace portcullis::sim
