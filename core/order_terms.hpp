#pragma once

#include <cstdint>
#include <type_traits>

#include "core/decimal.hpp"
#include "core/enums.hpp"

namespace portcullis {

// What an order may ask for beyond side, type, time in force, price and quantity; all zero for a
// plain one. Which of them a type needs and forbids: risk/checks/order_terms.hpp. Source: Binance,
// "New order", parameters by order type.
struct OrderTerms {
  Price stop_px{};       // where a contingent order is triggered; zero: by trailing_delta alone
  Qty iceberg_qty{};     // what the book shows of it at a time; zero: all
  Notional quote_qty{};  // of a market order, instead of a quantity: what to spend or to receive
  std::uint16_t trailing_delta_bips{0};  // how far the market must turn, 1/100 %; zero: off
  PegKind peg{PegKind::kNone};
  std::uint8_t peg_offset_levels{0};  // price levels of the book away from the peg
  StpMode stp{StpMode::kVenueDefault};

  friend bool operator==(const OrderTerms&, const OrderTerms&) noexcept = default;
};

static_assert(std::is_trivially_copyable_v<OrderTerms>);
static_assert(sizeof(OrderTerms) == 32);

}  // namespace portcullis
