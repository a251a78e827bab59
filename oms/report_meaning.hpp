#pragma once

#include <optional>

#include "oms/order_state.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// What a venue's report says, apart from which order it is about. Pure functions.

[[nodiscard]] bool is_trade(const VenueReport& report) noexcept;
// Own trades listed by a query say nothing about where the order is now.
[[nodiscard]] bool is_statement(const VenueReport& report) noexcept;
// What a report says of the order's place in life. A fill is not said here but counted
// (OrderEvent).
[[nodiscard]] std::optional<OrderEvent> event_of(const VenueReport& report) noexcept;
[[nodiscard]] bool is_shown_working(const VenueReport& report) noexcept;

}  // namespace portcullis::oms
