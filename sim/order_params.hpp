#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "sim/exchange.hpp"
#include "sim/order_json.hpp"
#include "sim/params.hpp"

namespace portcullis::sim {

struct NewOrderCall {
  NewOrder order;
  ReplyShape shape{ReplyShape::kFull};
};

// Reads the parameters of a new order, with the refusals that the venue gives before its matching
// engine sees anything (Binance: new order; error codes 11xx).
[[nodiscard]] std::expected<NewOrderCall, VenueError> read_new_order(const Params& params);

struct OrderName {
  std::uint64_t order_id{0};
  std::string client_order_id;
};
// orderId and origClientOrderId, of which one must be there.
[[nodiscard]] std::expected<OrderName, VenueError> read_order_name(const Params& params);

}  // namespace portcullis::sim
