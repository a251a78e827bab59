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

// An instrument's status and filters, made ready for comparing: a rule that is off has a bound that
// nothing reaches, steps are reciprocals, notionals are products.
struct VenueRules {
  VenueRules() noexcept = default;
  explicit VenueRules(const Instrument& instrument) noexcept;

  bool is_trading{false};
  Price tick_size{};
  ExactDivisor tick_divisor{};
  Price px_min{};
  Price px_max{Price::max()};
  LotRule lot{};         // every order
  LotRule market_lot{};  // market orders, on top
  NotionalRule notional{};
  NotionalRule market_notional{};
};

}  // namespace portcullis::risk
