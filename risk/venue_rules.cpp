#include "risk/venue_rules.hpp"

namespace portcullis::risk {

namespace {

// A non-positive step cannot come from a venue; it is off, as zero is.
ExactDivisor divisor_of(std::int64_t raw) noexcept {
  return ExactDivisor{raw > 0 ? static_cast<std::uint64_t>(raw) : 0};
}

template <class Tag>
Decimal<Tag> max_or_off(Decimal<Tag> max) noexcept {
  return max.is_zero() ? Decimal<Tag>::max() : max;
}

LotRule lot_rule(Qty min, Qty max, Qty step) noexcept {
  return {.min = min, .max = max_or_off(max), .step = step, .step_divisor = divisor_of(step.raw())};
}

NotionalRule notional_rule(Notional min, Notional max) noexcept {
  NotionalRule rule{.min = min, .max = max};
  rule.product_min = static_cast<Int128>(min.raw()) * kDecimalScale;
  if (!max.is_zero()) rule.product_max = static_cast<Int128>(max.raw()) * kDecimalScale;
  return rule;
}

}  // namespace

VenueRules::VenueRules(const Instrument& instrument) noexcept
    : is_trading{instrument.is_trading},
      ord_types{instrument.ord_types},
      stp_modes{instrument.stp_modes},
      has_iceberg{instrument.has_iceberg},
      has_quote_qty{instrument.has_quote_qty},
      has_trailing_stop{instrument.has_trailing_stop},
      has_peg{instrument.has_peg},
      tick_size{instrument.tick_size},
      tick_divisor{divisor_of(instrument.tick_size.raw())},
      px_min{instrument.px_min},
      px_max{max_or_off(instrument.px_max)},
      lot{lot_rule(instrument.qty_min, instrument.qty_max, instrument.lot_size)},
      market_lot{lot_rule(instrument.market_qty_min, instrument.market_qty_max,
                          instrument.market_lot_size)},
      notional{notional_rule(instrument.notional_min, instrument.notional_max)},
      market_notional{notional_rule(
          instrument.apply_notional_min_to_market ? instrument.notional_min : Notional{},
          instrument.apply_notional_max_to_market ? instrument.notional_max : Notional{})},
      iceberg_parts_max{instrument.iceberg_parts_max},
      trailing_above{instrument.trailing_above_bips_min, instrument.trailing_above_bips_max},
      trailing_below{instrument.trailing_below_bips_min, instrument.trailing_below_bips_max},
      buy_percent{instrument.buy_px_factor_min, instrument.buy_px_factor_max},
      sell_percent{instrument.sell_px_factor_min, instrument.sell_px_factor_max},
      is_percent_of_last_trade{instrument.average_px_minutes == 0},
      open_orders_max{instrument.open_orders_max},
      open_algo_orders_max{instrument.open_algo_orders_max},
      open_iceberg_orders_max{instrument.open_iceberg_orders_max},
      amends_max{instrument.amends_max},
      position_max{instrument.position_max} {
}

}  // namespace portcullis::risk
