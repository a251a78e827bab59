#include "sim/exchange_info.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "sim/json_out.hpp"
#include "sim/usage_meter.hpp"

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
      .field("minPrice", spec.px_min)
      .field("maxPrice", spec.px_max)
      .field("tickSize", spec.tick_size)
      .close_object();
  add_lot_filter(out, "LOT_SIZE", spec.qty_min, spec.qty_max, spec.lot_size);
  add_lot_filter(out, "MARKET_LOT_SIZE", Qty{}, spec.qty_max, Qty{});
  out.open_object()
      .field("filterType", "NOTIONAL")
      .field("minNotional", spec.notional_min)
      .field("applyMinToMarket", true)
      .field("maxNotional", spec.notional_max)
      .field("applyMaxToMarket", false)
      .field("avgPriceMins", 5)
      .close_object();
  out.close_array();
}

void add_symbol(JsonOut& out, const SymbolSpec& spec) {
  out.open_object()
      .field("symbol", spec.symbol)
      .field("status", spec.is_trading ? "TRADING" : "HALT")
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

struct Steps {
  std::string_view symbol;
  std::int64_t tick_raw;
  std::int64_t lot_raw;
};
constexpr std::array<Steps, 7> kKnownSteps{{
    {"BTCUSDT", 1'000'000, 1'000},
    {"ETHUSDT", 1'000'000, 10'000},
    {"BNBUSDT", 1'000'000, 100'000},
    {"SOLUSDT", 1'000'000, 100'000},
    {"ETHBTC", 1'000, 10'000},
    {"XRPUSDT", 10'000, 10'000'000},
    {"DOGEUSDT", 1'000, 100'000'000},
}};

}  // namespace

std::string exchange_info_json(const Exchange& exchange, std::span<const std::size_t> symbols,
                               WallTime now) {
  JsonOut out;
  out.open_object()
      .field("timezone", "UTC")
      .field("serverTime", now)
      .key("rateLimits")
      .raw(UsageMeter::limits_json())
      .key("exchangeFilters")
      .raw("[]")
      .key("symbols")
      .open_array();
  for (const std::size_t symbol : symbols) add_symbol(out, exchange.symbols()[symbol]);
  return out.close_array().close_object().take();
}

std::optional<SymbolSpec> symbol_spec_by_name(std::string_view name) {
  for (const std::string_view quote :
       {"FDUSD", "USDT", "USDC", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB"}) {
    if (!name.ends_with(quote) || name.size() == quote.size()) continue;
    SymbolSpec spec;
    spec.symbol = name;
    spec.base_asset = name.substr(0, name.size() - quote.size());
    spec.quote_asset = quote;
    const auto* known = std::ranges::find(kKnownSteps, name, &Steps::symbol);
    if (known != kKnownSteps.end()) {
      spec.tick_size = spec.px_min = Price::from_raw(known->tick_raw);
      spec.lot_size = spec.qty_min = Qty::from_raw(known->lot_raw);
    }
    const bool is_coin_quoted = quote == "BTC" || quote == "ETH" || quote == "BNB";
    if (is_coin_quoted) spec.notional_min = Notional::from_raw(10'000);
    spec.qty_max = Qty::from_units(spec.lot_size.raw() >= 10'000'000 ? 9'000'000 : 9'000);
    return spec;
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
