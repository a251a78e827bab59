#pragma once

#include <cstdint>
#include <string_view>

#include "oms/binance/request_id.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

// What an error answer means for the request that it answers (Binance spot: "Error codes" and
// "HTTP return codes"). When in doubt the answer is kUnknown: a query settles it, whereas taking a
// live order for a dead one loses control of it. A symbol's mass cancel that finds nothing open is
// kNoSuchOrder.
[[nodiscard]] FailureClass classify_failure(RequestTag tag, std::int32_t http_status,
                                            std::int32_t code, std::string_view message) noexcept;

}  // namespace portcullis::oms::binance
