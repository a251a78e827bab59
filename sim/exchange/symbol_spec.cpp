#include "sim/exchange/symbol_spec.hpp"

#include <algorithm>
#include <array>

namespace portcullis::sim {

namespace {

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

SymbolFilters plausible_filters(std::string_view symbol, bool is_coin_quoted) {
  constexpr Steps kUsual{.symbol = {}, .tick_raw = 1'000'000, .lot_raw = 1'000};
  const auto* known = std::ranges::find(kKnownSteps, symbol, &Steps::symbol);
  const Steps& steps = known != kKnownSteps.end() ? *known : kUsual;
  const Price tick = Price::from_raw(steps.tick_raw);
  const Qty lot = Qty::from_raw(steps.lot_raw);
  const Qty qty_max = Qty::from_units(steps.lot_raw >= 10'000'000 ? 9'000'000 : 9'000);
  SymbolFilters filters;
  filters.price = {.px_min = tick, .px_max = Price::from_units(1'000'000), .tick_size = tick};
  filters.lot_size = {.qty_min = lot, .qty_max = qty_max, .lot_size = lot};
  filters.market_lot_size = {.qty_min = {}, .qty_max = qty_max, .lot_size = {}};
  filters.notional = {
      .notional_min = is_coin_quoted ? Notional::from_raw(10'000) : Notional::from_units(5),
      .applies_min_to_market = true,
      .notional_max = Notional::from_units(9'000'000),
      .applies_max_to_market = false,
      .avg_price_mins = 5};
  filters.iceberg_parts_max = 100;
  filters.orders_max = 200;
  filters.algo_orders_max = 5;
  filters.trailing_delta = {
      .above_min = 10, .above_max = 2'000, .below_min = 10, .below_max = 2'000};
  filters.order_amends_max = 10;
  filters.order_lists_max = 20;
  return filters;
}

}  // namespace

Price SymbolSpec::tick_size() const {
  constexpr Price kFinest = Price::from_raw(1);
  return filters.price && filters.price->tick_size.is_positive() ? filters.price->tick_size
                                                                 : kFinest;
}

Qty SymbolSpec::lot_size() const {
  constexpr Qty kFinest = Qty::from_raw(1);
  return filters.lot_size && filters.lot_size->lot_size.is_positive() ? filters.lot_size->lot_size
                                                                      : kFinest;
}

std::optional<SymbolSpec> symbol_spec_by_name(std::string_view name) {
  for (const std::string_view quote :
       {"FDUSD", "USDT", "USDC", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB"}) {
    if (!name.ends_with(quote) || name.size() == quote.size()) continue;
    SymbolSpec spec;
    spec.symbol = name;
    spec.base_asset = name.substr(0, name.size() - quote.size());
    spec.quote_asset = quote;
    const bool is_coin_quoted = quote == "BTC" || quote == "ETH" || quote == "BNB";
    spec.filters = plausible_filters(name, is_coin_quoted);
    return spec;
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
