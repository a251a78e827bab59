#pragma once

#include <cstdint>
#include <string_view>

#include "core/messages.hpp"
#include "oms/binance/request_frame.hpp"

namespace portcullis::oms::binance {

// What a new order's parameters do not take from the order itself.
struct OrderParameters {
  std::string_view client_id;
  std::string_view symbol;
  std::int64_t recv_window_ms{0};
  std::int64_t timestamp_ms{0};
};

// The parameters of a new order of any type, in the byte order of their names (Binance: "Place new
// order"). What it does not ask for is left out. The gate has judged the order: there is no
// combination here that the venue does not know.
void add_order_parameters(const NewOrderSingle& order, const OrderParameters& parameters,
                          RequestFrame& frame) noexcept;

}  // namespace portcullis::oms::binance
