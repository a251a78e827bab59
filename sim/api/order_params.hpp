#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sim/api/order_param_names.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/render/order_json.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

struct NewOrderCall {
  NewOrder order;
  ReplyShape shape{ReplyShape::kFull};
};

// Reads the parameters of a new order, with the refusals that the venue gives before its matching
// engine sees anything (Binance: new order; error codes 11xx). `symbol` tells the precision.
[[nodiscard]] std::expected<NewOrderCall, VenueError> read_new_order(const Params& params,
                                                                     const SymbolSpec& symbol);

// The parts that order lists share. The type is read first and decides what is wanted of the rest;
// side and quantity are read elsewhere.
[[nodiscard]] std::expected<OrderType, VenueError> read_type(const Params& params,
                                                             std::string_view name);
[[nodiscard]] std::expected<Side, VenueError> read_side(const Params& params,
                                                        std::string_view name);
[[nodiscard]] std::expected<Qty, VenueError> read_quantity(const Params& params,
                                                           const SymbolSpec& symbol,
                                                           std::string_view name);
[[nodiscard]] std::expected<void, VenueError> read_terms(const Params& params,
                                                         const SymbolSpec& symbol,
                                                         const OrderParamNames& names,
                                                         NewOrder& order);
[[nodiscard]] std::expected<std::optional<StpMode>, VenueError> read_stp(const Params& params);
[[nodiscard]] std::expected<ReplyShape, VenueError> read_shape(const Params& params,
                                                               ReplyShape usual);

// An order by its numbers and names: -1102 unless one is there.
[[nodiscard]] std::expected<OrderName, VenueError> read_order_name(
    const Params& params, std::string_view id_name = "orderId",
    std::string_view client_id_name = "origClientOrderId");
// cancelRestrictions: -1145.
[[nodiscard]] std::expected<CancelRestriction, VenueError> read_cancel_restriction(
    const Params& params);

}  // namespace portcullis::sim
