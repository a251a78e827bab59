#pragma once

#include <cstdint>
#include <limits>

#include "core/decimal.hpp"
#include "core/instrument.hpp"
#include "risk/exact_divisor.hpp"

namespace portcullis::risk {

// The venue's quantity rule: LOT_SIZE, or MARKET_LOT_SIZE.
struct LotRule {
  Qty min{};
  Qty max{Qty::max()};
  Qty step{};
  ExactDivisor step_divisor{};
};

// The venue's notional rule as products of raw price and raw quantity (1e-16 of a quote unit), so
// that an order is compared exactly and without a division.
struct NotionalRule {
  Int128 product_min{0};
  Int128 product_max{std::numeric_limits<Int128>::max()};
  Notional min{};
  Notional max{};
};

// The venue's range for a trailing delta, 1/100 %. A maximum of zero: off.
struct TrailingRule {
  std::int64_t bips_min{0};
  std::int64_t bips_max{0};
};

// What a price may be, as multiples of the venue's reference. A maximum of zero: off.
struct PercentRule {
  PriceFactor min{};
  PriceFactor max{};
};

// An instrument's status and filters, made ready for comparing: a rule that is off has a bound that
// nothing reaches, steps are reciprocals, notionals are products.
struct VenueRules {
  VenueRules() noexcept = default;
  explicit VenueRules(const Instrument& instrument) noexcept;

  bool is_trading{false};
  std::uint8_t ord_types{0};
  std::uint8_t stp_modes{0};
  bool has_iceberg{false};
  bool has_quote_qty{false};
  bool has_trailing_stop{false};
  bool has_peg{false};
  Price tick_size{};
  ExactDivisor tick_divisor{};
  Price px_min{};
  Price px_max{Price::max()};
  LotRule lot{};         // every order
  LotRule market_lot{};  // market orders, on top
  NotionalRule notional{};
  NotionalRule market_notional{};
  std::int64_t iceberg_parts_max{0};  // zero: off
  TrailingRule trailing_above{};
  TrailingRule trailing_below{};
  PercentRule buy_percent{};
  PercentRule sell_percent{};
  bool is_percent_of_last_trade{false};
  // Zero: off.
  std::int64_t open_orders_max{0};
  std::int64_t open_algo_orders_max{0};
  std::int64_t open_iceberg_orders_max{0};
  std::int64_t amends_max{0};
  Qty position_max{};
};

}  // namespace portcullis::risk
