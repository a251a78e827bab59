#pragma once

#include <cstdint>

#include "core/strong.hpp"

namespace portcullis::oms::binance {

// One connection of this run, WebSocket or REST, from its beginning to its end; never given twice.
// Zero: none.
using RouteId = Strong<std::uint32_t, struct RouteIdTag>;

}  // namespace portcullis::oms::binance
