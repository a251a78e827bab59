#include "sim/render/symbol_json.hpp"

#include <array>
#include <optional>

#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

using LotSize = SymbolFilters::LotSize;

JsonOut& open_filter(JsonOut& out, const char* type) {
  return out.open_object().field("filterType", type);
}

// A multiplier in its shortest form: "5", "0.2"; an execution rule has four places at least.
void add_multiplier(JsonOut& out, const char* name, MultiplierPpm ppm, int places = 0) {
  constexpr std::int64_t kRawPerPpm = kDecimalScale / 1'000'000;
  out.key(name).decimal(Rate::from_raw(ppm * kRawPerPpm), places);
}

void add_count(JsonOut& out, const char* type, const char* name, const std::optional<int>& limit) {
  if (limit) open_filter(out, type).field(name, *limit).close_object();
}

void add_price_filters(JsonOut& out, const SymbolSpec& spec) {
  const SymbolFilters& filters = spec.filters;
  if (filters.price) {
    open_filter(out, "PRICE_FILTER");
    out.key("minPrice").decimal(filters.price->px_min, spec.quote_precision);
    out.key("maxPrice").decimal(filters.price->px_max, spec.quote_precision);
    out.key("tickSize").decimal(filters.price->tick_size, spec.quote_precision).close_object();
  }
  if (filters.percent_price) {
    open_filter(out, "PERCENT_PRICE");
    add_multiplier(out, "multiplierUp", filters.percent_price->up);
    add_multiplier(out, "multiplierDown", filters.percent_price->down);
    out.field("avgPriceMins", filters.percent_price->avg_price_mins).close_object();
  }
}

void add_percent_by_side(JsonOut& out, const SymbolFilters& filters) {
  if (!filters.percent_price_by_side) return;
  const SymbolFilters::PercentPriceBySide& filter = *filters.percent_price_by_side;
  open_filter(out, "PERCENT_PRICE_BY_SIDE");
  add_multiplier(out, "bidMultiplierUp", filter.bid_up);
  add_multiplier(out, "bidMultiplierDown", filter.bid_down);
  add_multiplier(out, "askMultiplierUp", filter.ask_up);
  add_multiplier(out, "askMultiplierDown", filter.ask_down);
  out.field("avgPriceMins", filter.avg_price_mins).close_object();
}

void add_lot_size(JsonOut& out, const char* type, const std::optional<LotSize>& filter,
                  const SymbolSpec& spec) {
  if (!filter) return;
  open_filter(out, type);
  out.key("minQty").decimal(filter->qty_min, spec.base_precision);
  out.key("maxQty").decimal(filter->qty_max, spec.base_precision);
  out.key("stepSize").decimal(filter->lot_size, spec.base_precision).close_object();
}

void add_min_notional(JsonOut& out, const SymbolSpec& spec) {
  if (!spec.filters.min_notional) return;
  open_filter(out, "MIN_NOTIONAL");
  out.key("minNotional").decimal(spec.filters.min_notional->notional_min, spec.quote_precision);
  out.field("applyToMarket", spec.filters.min_notional->applies_to_market)
      .field("avgPriceMins", spec.filters.min_notional->avg_price_mins)
      .close_object();
}

void add_notional(JsonOut& out, const SymbolSpec& spec) {
  if (!spec.filters.notional) return;
  const SymbolFilters::NotionalRange& filter = *spec.filters.notional;
  open_filter(out, "NOTIONAL");
  out.key("minNotional").decimal(filter.notional_min, spec.quote_precision);
  out.field("applyMinToMarket", filter.applies_min_to_market);
  out.key("maxNotional").decimal(filter.notional_max, spec.quote_precision);
  out.field("applyMaxToMarket", filter.applies_max_to_market)
      .field("avgPriceMins", filter.avg_price_mins)
      .close_object();
}

void add_trailing_delta(JsonOut& out, const SymbolFilters& filters) {
  if (!filters.trailing_delta) return;
  open_filter(out, "TRAILING_DELTA")
      .field("minTrailingAboveDelta", filters.trailing_delta->above_min)
      .field("maxTrailingAboveDelta", filters.trailing_delta->above_max)
      .field("minTrailingBelowDelta", filters.trailing_delta->below_min)
      .field("maxTrailingBelowDelta", filters.trailing_delta->below_max)
      .close_object();
}

void add_switches(JsonOut& out, const SymbolSpec& spec) {
  out.field("icebergAllowed", spec.allows_iceberg)
      .field("ocoAllowed", spec.allows_oco)
      .field("otoAllowed", spec.allows_oto)
      .field("opoAllowed", spec.allows_opo)
      .field("quoteOrderQtyMarketAllowed", spec.allows_quote_order_qty_market)
      .field("allowTrailingStop", spec.allows_trailing_stop)
      .field("cancelReplaceAllowed", spec.allows_cancel_replace)
      .field("amendAllowed", spec.allows_amend)
      .field("pegInstructionsAllowed", spec.allows_pegged)
      .field("isSpotTradingAllowed", spec.is_spot_allowed)
      .field("isMarginTradingAllowed", spec.is_margin_allowed);
}

void add_order_types(JsonOut& out, const SymbolSpec& spec) {
  constexpr std::array kInVenuesOrder{OrderType::kLimit,          OrderType::kLimitMaker,
                                      OrderType::kMarket,         OrderType::kStopLoss,
                                      OrderType::kStopLossLimit,  OrderType::kTakeProfit,
                                      OrderType::kTakeProfitLimit};
  out.key("orderTypes").open_array();
  for (const OrderType type : kInVenuesOrder) {
    if (spec.allows(type)) out.text(venue_text(type));
  }
  out.close_array();
}

void add_permissions(JsonOut& out, const SymbolSpec& spec, bool shows_permissions) {
  out.key("permissions").raw("[]").key("permissionSets").open_array();
  if (shows_permissions) {
    for (const std::vector<std::string>& set : spec.permission_sets) {
      out.open_array();
      for (const std::string& permission : set) out.text(permission);
      out.close_array();
    }
  }
  out.close_array();
}

}  // namespace

void write_filters(JsonOut& out, const SymbolSpec& spec) {
  const SymbolFilters& filters = spec.filters;
  out.open_array();
  add_price_filters(out, spec);
  add_lot_size(out, "LOT_SIZE", filters.lot_size, spec);
  add_min_notional(out, spec);
  add_count(out, "ICEBERG_PARTS", "limit", filters.iceberg_parts_max);
  add_lot_size(out, "MARKET_LOT_SIZE", filters.market_lot_size, spec);
  add_trailing_delta(out, filters);
  add_percent_by_side(out, filters);
  add_notional(out, spec);
  add_count(out, "MAX_NUM_ORDERS", "maxNumOrders", filters.orders_max);
  add_count(out, "MAX_NUM_ORDER_LISTS", "maxNumOrderLists", filters.order_lists_max);
  add_count(out, "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders", filters.iceberg_orders_max);
  add_count(out, "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", filters.algo_orders_max);
  if (filters.position_max) {
    open_filter(out, "MAX_POSITION");
    out.key("maxPosition").decimal(*filters.position_max, spec.base_precision).close_object();
  }
  add_count(out, "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends", filters.order_amends_max);
  out.close_array();
}

void write_filters(JsonOut& out, const ExchangeFilters& filters) {
  out.open_array();
  add_count(out, "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders", filters.orders_max);
  add_count(out, "EXCHANGE_MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", filters.algo_orders_max);
  add_count(out, "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders",
            filters.iceberg_orders_max);
  add_count(out, "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists", filters.order_lists_max);
  out.close_array();
}

void write_asset_filters(JsonOut& out, std::span<const AccountSettings::AssetLimit> limits) {
  out.open_array();
  for (const AccountSettings::AssetLimit& limit : limits) {
    open_filter(out, "MAX_ASSET")
        .field("asset", limit.asset)
        .field("limit", limit.limit)
        .close_object();
  }
  out.close_array();
}

void write_symbol(JsonOut& out, const SymbolSpec& spec, bool shows_permissions) {
  out.open_object()
      .field("symbol", spec.symbol)
      .field("status", venue_text(spec.status))
      .field("baseAsset", spec.base_asset)
      .field("baseAssetPrecision", spec.base_precision)
      .field("quoteAsset", spec.quote_asset)
      .field("quotePrecision", spec.quote_precision)
      .field("quoteAssetPrecision", spec.quote_precision)
      .field("baseCommissionPrecision", spec.base_commission_precision)
      .field("quoteCommissionPrecision", spec.quote_commission_precision);
  add_order_types(out, spec);
  add_switches(out, spec);
  out.key("filters");
  write_filters(out, spec);
  add_permissions(out, spec, shows_permissions);
  out.field("defaultSelfTradePreventionMode", venue_text(spec.default_stp))
      .key("allowedSelfTradePreventionModes")
      .open_array();
  for (int mode = 0; mode < static_cast<int>(StpMode::kCount); ++mode) {
    if (spec.allows(static_cast<StpMode>(mode))) out.text(venue_text(static_cast<StpMode>(mode)));
  }
  out.close_array().close_object();
}

void write_execution_rules(JsonOut& out, const SymbolSpec& spec) {
  out.open_object().field("symbol", spec.symbol).key("rules").open_array();
  if (spec.price_range) {
    constexpr int kPlaces = 4;
    out.open_object().field("ruleType", "PRICE_RANGE");
    add_multiplier(out, "bidLimitMultUp", spec.price_range->bid_up, kPlaces);
    add_multiplier(out, "bidLimitMultDown", spec.price_range->bid_down, kPlaces);
    add_multiplier(out, "askLimitMultUp", spec.price_range->ask_up, kPlaces);
    add_multiplier(out, "askLimitMultDown", spec.price_range->ask_down, kPlaces);
    out.close_object();
  }
  out.close_array().close_object();
}

}  // namespace portcullis::sim
