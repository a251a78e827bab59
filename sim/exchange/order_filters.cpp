#include "sim/exchange/order_filters.hpp"

#include <algorithm>

#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

namespace {

// A bound of zero is off.
template <class Value>
bool is_within(Value value, Value min, Value max, Value step) {
  return value >= min && (max.is_zero() || value <= max) && value.is_multiple_of(step);
}

bool passes(const SymbolFilters::PriceFilter& filter, Price px) {
  return px.is_positive() && is_within(px, filter.px_min, filter.px_max, filter.tick_size);
}
bool passes(const SymbolFilters::LotSize& filter, Qty qty) {
  return qty.is_positive() && is_within(qty, filter.qty_min, filter.qty_max, filter.lot_size);
}

// px within [average * down, average * up]; a multiplier of zero is off.
bool is_in_band(Price px, Price average, MultiplierPpm up, MultiplierPpm down) {
  constexpr Int128 kMillion = 1'000'000;
  const Int128 scaled = px.raw() * kMillion;
  return (up == 0 || scaled <= static_cast<Int128>(average.raw()) * up) &&
         (down == 0 || scaled >= static_cast<Int128>(average.raw()) * down);
}

bool is_over(const std::optional<int>& limit, int open, int added) {
  return limit && added > 0 && open + added > *limit;
}

}  // namespace

OrderFilters::Verdict OrderFilters::check(const NewOrder& order) const {
  if (!order.px.is_zero() || (has_limit_price(order.type) && !order.peg.is_set())) {
    if (auto no = check_price(order.side, order.px)) return no;
  }
  const bool is_stop_off_grid = filters_.price && !passes(*filters_.price, order.stop_px);
  if (!order.stop_px.is_zero() && (!order.stop_px.is_positive() || is_stop_off_grid)) {
    return filter_failure("PRICE_FILTER");
  }
  if (!order.quote_order_qty.is_zero()) return check_quote_value(order.quote_order_qty);
  if (auto no = check_quantity(order)) return no;
  const bool is_priced_later = order.peg.is_set() && order.px.is_zero();
  if (!is_priced_later) {
    if (auto no = check_value(order, order.px)) return no;
  }
  return check_trailing(order);
}

OrderFilters::Verdict OrderFilters::check_price(Side side, Price px) const {
  if (!px.is_positive() || (filters_.price && !passes(*filters_.price, px))) {
    return filter_failure("PRICE_FILTER");
  }
  return check_percent_price(side, px);
}

OrderFilters::Verdict OrderFilters::check_percent_price(Side side, Price px) const {
  if (const auto& filter = filters_.percent_price) {
    const Price average_px = average(filter->avg_price_mins);
    if (!average_px.is_zero() && !is_in_band(px, average_px, filter->up, filter->down)) {
      return filter_failure("PERCENT_PRICE");
    }
  }
  if (const auto& filter = filters_.percent_price_by_side) {
    const Price average_px = average(filter->avg_price_mins);
    const bool is_buy = side == Side::kBuy;
    const MultiplierPpm up = is_buy ? filter->bid_up : filter->ask_up;
    const MultiplierPpm down = is_buy ? filter->bid_down : filter->ask_down;
    if (!average_px.is_zero() && !is_in_band(px, average_px, up, down)) {
      return filter_failure("PERCENT_PRICE_BY_SIDE");
    }
  }
  return std::nullopt;
}

// Each part is a fill of its own: a symbol without the filter would let one order take for ever.
constexpr int kIcebergPartsUnfiltered = 1'000;

OrderFilters::Verdict OrderFilters::check_quantity(const NewOrder& order) const {
  if (filters_.lot_size && !passes(*filters_.lot_size, order.qty)) {
    return filter_failure("LOT_SIZE");
  }
  if (!order.qty.is_positive()) return filter_failure("LOT_SIZE");
  if (order.type == OrderType::kMarket && filters_.market_lot_size &&
      !passes(*filters_.market_lot_size, order.qty)) {
    return filter_failure("MARKET_LOT_SIZE");
  }
  if (order.iceberg_qty.is_zero()) return std::nullopt;
  if (!order.iceberg_qty.is_positive() ||
      (filters_.lot_size && !passes(*filters_.lot_size, order.iceberg_qty))) {
    return filter_failure("LOT_SIZE");
  }
  const std::int64_t parts = (order.qty.raw() - 1) / order.iceberg_qty.raw() + 1;
  if (parts > filters_.iceberg_parts_max.value_or(kIcebergPartsUnfiltered)) {
    return filter_failure("ICEBERG_PARTS");
  }
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_value(const NewOrder& order, Price px) const {
  const bool is_market = px.is_zero();
  const auto value_at = [&](int minutes) {
    if (!is_market) return notional(px, order.qty);
    const Price average_px = average(minutes);
    return notional(average_px.is_zero() ? book_px_ : average_px, order.qty);
  };
  const bool has_price = !is_market || !average(0).is_zero() || !book_px_.is_zero();
  if (!has_price) return std::nullopt;
  if (!value_at(0).is_positive()) return request_refused(refusal::kNoValue);
  if (const auto& filter = filters_.min_notional;
      filter && (!is_market || filter->applies_to_market)) {
    if (value_at(filter->avg_price_mins) < filter->notional_min) {
      return filter_failure("MIN_NOTIONAL");
    }
  }
  const auto& range = filters_.notional;
  if (!range) return std::nullopt;
  const Notional value = value_at(range->avg_price_mins);
  const bool is_low = value < range->notional_min && (!is_market || range->applies_min_to_market);
  const bool is_high = range->notional_max.is_positive() && value > range->notional_max &&
                       (!is_market || range->applies_max_to_market);
  if (is_low || is_high) return filter_failure("NOTIONAL");
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_quote_value(Notional value) const {
  if (!value.is_positive()) return request_refused(refusal::kNoValue);
  if (const auto& filter = filters_.min_notional;
      filter && filter->applies_to_market && value < filter->notional_min) {
    return filter_failure("MIN_NOTIONAL");
  }
  const auto& range = filters_.notional;
  if (!range) return std::nullopt;
  const bool is_low = range->applies_min_to_market && value < range->notional_min;
  const bool is_high = range->applies_max_to_market && range->notional_max.is_positive() &&
                       value > range->notional_max;
  if (is_low || is_high) return filter_failure("NOTIONAL");
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_trailing(const NewOrder& order) const {
  if (!order.trailing_bips || !filters_.trailing_delta) return std::nullopt;
  const bool is_above = is_triggered_above(order.type, order.side);
  const auto& filter = *filters_.trailing_delta;
  const std::int64_t min = is_above ? filter.above_min : filter.below_min;
  const std::int64_t max = is_above ? filter.above_max : filter.below_max;
  if (*order.trailing_bips < min || *order.trailing_bips > max) {
    return filter_failure("TRAILING_DELTA");
  }
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_counts(const ExchangeFilters& exchange,
                                                 const OpenCounts& on_symbol,
                                                 const OpenCounts& on_venue,
                                                 const OpenCounts& added) const {
  struct Rule {
    const std::optional<int>& limit;
    int open;
    int added;
    const char* name;
  };
  const Rule rules[] = {
      {filters_.orders_max, on_symbol.orders, added.orders, "MAX_NUM_ORDERS"},
      {filters_.algo_orders_max, on_symbol.algo_orders, added.algo_orders, "MAX_NUM_ALGO_ORDERS"},
      {filters_.iceberg_orders_max, on_symbol.iceberg_orders, added.iceberg_orders,
       "MAX_NUM_ICEBERG_ORDERS"},
      {filters_.order_lists_max, on_symbol.lists, added.lists, "MAX_NUM_ORDER_LISTS"},
      {exchange.orders_max, on_venue.orders, added.orders, "EXCHANGE_MAX_NUM_ORDERS"},
      {exchange.algo_orders_max, on_venue.algo_orders, added.algo_orders,
       "EXCHANGE_MAX_NUM_ALGO_ORDERS"},
      {exchange.iceberg_orders_max, on_venue.iceberg_orders, added.iceberg_orders,
       "EXCHANGE_MAX_NUM_ICEBERG_ORDERS"},
      {exchange.order_lists_max, on_venue.lists, added.lists, "EXCHANGE_MAX_NUM_ORDER_LISTS"},
  };
  for (const Rule& rule : rules) {
    if (is_over(rule.limit, rule.open, rule.added)) return filter_failure(rule.name);
  }
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_position(const NewOrder& order, Qty position) const {
  if (order.side != Side::kBuy) return std::nullopt;
  const auto sum = checked_add(position, order.qty);
  const bool is_over = filters_.position_max && sum && *sum > *filters_.position_max;
  if (!sum || is_over) return filter_failure("MAX_POSITION");
  return std::nullopt;
}

OrderFilters::Verdict OrderFilters::check_asset_limits(const AccountSettings& settings,
                                                       const NewOrder& order) const {
  for (const AccountSettings::AssetLimit& each : settings.asset_limits) {
    const Price px = order.px.is_zero() ? average(0) : order.px;
    const Notional value =
        order.quote_order_qty.is_zero() ? notional(px, order.qty) : order.quote_order_qty;
    const bool is_over_base = each.asset == spec_.base_asset && order.qty > each.limit;
    const bool is_over_quote = each.asset == spec_.quote_asset && value.raw() > each.limit.raw();
    if (is_over_base || is_over_quote) return filter_failure("MAX_ASSET");
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
