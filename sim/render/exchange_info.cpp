#include "sim/render/exchange_info.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

void add_lot_filter(JsonOut& out, const char* type, Qty min, Qty max, Qty step) {
  out.open_object()
      .field("filterType", type)
      .field("minQty", min)
      .field("maxQty", max)
      .field("stepSize", step)
      .close_object();
}

void add_filters(JsonOut& out, const SymbolSpec& spec) {
  out.key("filters").open_array();
  out.open_object()
      .field("filterType", "PRICE_FILTER")
      .field("minPrice", spec.filters.price->px_min)
      .field("maxPrice", spec.filters.price->px_max)
      .field("tickSize", spec.filters.price->tick_size)
      .close_object();
  add_lot_filter(out, "LOT_SIZE", spec.filters.lot_size->qty_min, spec.filters.lot_size->qty_max,
                 spec.filters.lot_size->lot_size);
  add_lot_filter(out, "MARKET_LOT_SIZE", Qty{}, spec.filters.lot_size->qty_max, Qty{});
  out.open_object()
      .field("filterType", "NOTIONAL")
      .field("minNotional", spec.filters.notional->notional_min)
      .field("applyMinToMarket", true)
      .field("maxNotional", spec.filters.notional->notional_max)
      .field("applyMaxToMarket", false)
      .field("avgPriceMins", 5)
      .close_object();
  out.close_array();
}

void add_symbol(JsonOut& out, const SymbolSpec& spec) {
  out.open_object()
      .field("symbol", spec.symbol)
      .field("status", spec.status == SymbolStatus::kTrading ? "TRADING" : "HALT")
      .field("baseAsset", spec.base_asset)
      .field("baseAssetPrecision", kDecimalPlaces)
      .field("quoteAsset", spec.quote_asset)
      .field("quotePrecision", kDecimalPlaces)
      .field("quoteAssetPrecision", kDecimalPlaces)
      .field("baseCommissionPrecision", kDecimalPlaces)
      .field("quoteCommissionPrecision", kDecimalPlaces)
      .key("orderTypes")
      .raw(R"(["LIMIT","LIMIT_MAKER","MARKET"])");
  for (const char* name :
       {"icebergAllowed", "ocoAllowed", "otoAllowed", "opoAllowed", "quoteOrderQtyMarketAllowed",
        "allowTrailingStop", "cancelReplaceAllowed", "amendAllowed", "pegInstructionsAllowed"}) {
    out.field(name, false);
  }
  out.field("isSpotTradingAllowed", true).field("isMarginTradingAllowed", false);
  add_filters(out, spec);
  out.key("permissions")
      .raw("[]")
      .key("permissionSets")
      .raw(R"([["SPOT"]])")
      .field("defaultSelfTradePreventionMode", "EXPIRE_MAKER")
      .key("allowedSelfTradePreventionModes")
      .raw(R"(["EXPIRE_MAKER"])")
      .close_object();
}

}  // namespace

std::string exchange_info_json(const Exchange& exchange, std::string_view rate_limits_json,
                               std::span<const std::size_t> symbols, WallTime now) {
  JsonOut out;
  out.open_object()
      .field("timezone", "UTC")
      .field("serverTime", now)
      .key("rateLimits")
      .raw(rate_limits_json)
      .key("exchangeFilters")
      .raw("[]")
      .key("symbols")
      .open_array();
  for (const std::size_t symbol : symbols) add_symbol(out, exchange.symbols()[symbol]);
  return out.close_array().close_object().take();
}

}  // namespace portcullis::sim
