#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "sim/exchange/exchange.hpp"
#include "sim/render/order_json.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

struct NewOrderCall {
  NewOrder order;
  ReplyShape shape{ReplyShape::kFull};
};

// Reads the parameters of a new order, with the refusals that the venue gives before its matching
// engine sees anything (Binance: new order; error codes 11xx).
[[nodiscard]] std::expected<NewOrderCall, VenueError> read_new_order(const Params& params);

// orderId and origClientOrderId, of which one must be there.
[[nodiscard]] std::expected<OrderName, VenueError> read_order_name(const Params& params);
// cancelRestrictions: -1145.
[[nodiscard]] std::expected<CancelRestriction, VenueError> read_cancel_restriction(
    const Params& params);

}  // namespace portcullis::sim
