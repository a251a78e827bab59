#include "sim/exchange_info_file.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include <zlib.h>

namespace portcullis::sim {

namespace {

using Json = nlohmann::json;

// Inside this file only: what is wrong with the document.
struct BadInfo : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class T, std::size_t kCount>
T word(const Json& value, const char* field,
       const std::array<std::pair<std::string_view, T>, kCount>& words) {
  const auto& text = value.get_ref<const std::string&>();
  for (const auto& [name, meaning] : words) {
    if (name == text) return meaning;
  }
  throw BadInfo{std::string{field} + " is \"" + text + "\", which is unknown"};
}

constexpr std::array<std::pair<std::string_view, SymbolStatus>, 5> kStatuses{{
    {"TRADING", SymbolStatus::kTrading},
    {"END_OF_DAY", SymbolStatus::kEndOfDay},
    {"HALT", SymbolStatus::kHalt},
    {"BREAK", SymbolStatus::kBreak},
    {"CANCEL_ONLY", SymbolStatus::kCancelOnly},
}};
constexpr std::array<std::pair<std::string_view, OrderType>, 7> kTypes{{
    {"LIMIT", OrderType::kLimit},
    {"LIMIT_MAKER", OrderType::kLimitMaker},
    {"MARKET", OrderType::kMarket},
    {"STOP_LOSS", OrderType::kStopLoss},
    {"STOP_LOSS_LIMIT", OrderType::kStopLossLimit},
    {"TAKE_PROFIT", OrderType::kTakeProfit},
    {"TAKE_PROFIT_LIMIT", OrderType::kTakeProfitLimit},
}};
constexpr std::array<std::pair<std::string_view, StpMode>, 6> kStpModes{{
    {"NONE", StpMode::kNone},
    {"EXPIRE_TAKER", StpMode::kExpireTaker},
    {"EXPIRE_MAKER", StpMode::kExpireMaker},
    {"EXPIRE_BOTH", StpMode::kExpireBoth},
    {"DECREMENT", StpMode::kDecrement},
    {"TRANSFER", StpMode::kTransfer},
}};

template <class Amount>
Amount amount(const Json& json, const char* field) {
  const auto& text = json.at(field).get_ref<const std::string&>();
  const auto value = Amount::parse(text);
  if (!value) throw BadInfo{std::string{field} + " \"" + text + "\": " + to_string(value.error())};
  return *value;
}

MultiplierPpm multiplier(const Json& json, const char* field) {
  constexpr std::int64_t kRawPerPpm = kDecimalScale / 1'000'000;
  const std::int64_t raw = amount<Rate>(json, field).raw();
  if (raw % kRawPerPpm != 0) throw BadInfo{std::string{field} + " is finer than a millionth"};
  return raw / kRawPerPpm;
}

SymbolFilters::LotSize lot_size(const Json& filter) {
  return {.qty_min = amount<Qty>(filter, "minQty"),
          .qty_max = amount<Qty>(filter, "maxQty"),
          .lot_size = amount<Qty>(filter, "stepSize")};
}

// Prices, quantities and values. False for a filter of another kind, here and below.
bool read_amount_filter(const std::string& type, const Json& filter, SymbolFilters& filters) {
  if (type == "PRICE_FILTER") {
    filters.price = {.px_min = amount<Price>(filter, "minPrice"),
                     .px_max = amount<Price>(filter, "maxPrice"),
                     .tick_size = amount<Price>(filter, "tickSize")};
  } else if (type == "LOT_SIZE") {
    filters.lot_size = lot_size(filter);
  } else if (type == "MARKET_LOT_SIZE") {
    filters.market_lot_size = lot_size(filter);
  } else if (type == "MIN_NOTIONAL") {
    filters.min_notional = {.notional_min = amount<Notional>(filter, "minNotional"),
                            .applies_to_market = filter.at("applyToMarket"),
                            .avg_price_mins = filter.at("avgPriceMins")};
  } else if (type == "NOTIONAL") {
    filters.notional = {.notional_min = amount<Notional>(filter, "minNotional"),
                        .applies_min_to_market = filter.at("applyMinToMarket"),
                        .notional_max = amount<Notional>(filter, "maxNotional"),
                        .applies_max_to_market = filter.at("applyMaxToMarket"),
                        .avg_price_mins = filter.at("avgPriceMins")};
  } else if (type == "MAX_POSITION") {
    filters.position_max = amount<Qty>(filter, "maxPosition");
  } else {
    return false;
  }
  return true;
}

bool read_relative_filter(const std::string& type, const Json& filter, SymbolFilters& filters) {
  if (type == "PERCENT_PRICE") {
    filters.percent_price = {.up = multiplier(filter, "multiplierUp"),
                             .down = multiplier(filter, "multiplierDown"),
                             .avg_price_mins = filter.at("avgPriceMins")};
  } else if (type == "PERCENT_PRICE_BY_SIDE") {
    filters.percent_price_by_side = {.bid_up = multiplier(filter, "bidMultiplierUp"),
                                     .bid_down = multiplier(filter, "bidMultiplierDown"),
                                     .ask_up = multiplier(filter, "askMultiplierUp"),
                                     .ask_down = multiplier(filter, "askMultiplierDown"),
                                     .avg_price_mins = filter.at("avgPriceMins")};
  } else if (type == "TRAILING_DELTA") {
    filters.trailing_delta = {.above_min = filter.at("minTrailingAboveDelta"),
                              .above_max = filter.at("maxTrailingAboveDelta"),
                              .below_min = filter.at("minTrailingBelowDelta"),
                              .below_max = filter.at("maxTrailingBelowDelta")};
  } else {
    return false;
  }
  return true;
}

bool read_count_filter(const std::string& type, const Json& filter, SymbolFilters& filters) {
  const auto read = [&](const char* name, const char* field, std::optional<int>& count) {
    if (type != name) return false;
    count = filter.at(field).get<int>();
    return true;
  };
  return read("ICEBERG_PARTS", "limit", filters.iceberg_parts_max) ||
         read("MAX_NUM_ORDERS", "maxNumOrders", filters.orders_max) ||
         read("MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", filters.algo_orders_max) ||
         read("MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders", filters.iceberg_orders_max) ||
         read("MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends", filters.order_amends_max) ||
         read("MAX_NUM_ORDER_LISTS", "maxNumOrderLists", filters.order_lists_max);
}

void read_exchange_filter(const Json& filter, ExchangeInfo& info) {
  const std::string type = filter.at("filterType");
  if (type == "EXCHANGE_MAX_NUM_ORDERS") {
    info.filters.orders_max = filter.at("maxNumOrders").get<int>();
  } else if (type == "EXCHANGE_MAX_NUM_ALGO_ORDERS") {
    info.filters.algo_orders_max = filter.at("maxNumAlgoOrders").get<int>();
  } else if (type == "EXCHANGE_MAX_NUM_ICEBERG_ORDERS") {
    info.filters.iceberg_orders_max = filter.at("maxNumIcebergOrders").get<int>();
  } else if (type == "EXCHANGE_MAX_NUM_ORDER_LISTS") {
    info.filters.order_lists_max = filter.at("maxNumOrderLists").get<int>();
  } else {
    info.ignored.push_back("filter " + type + " of the whole venue");
  }
}

void read_permissions(const Json& json, SymbolSpec& spec) {
  spec.permission_sets.clear();
  for (const Json& set : json.value("permissionSets", Json::array())) {
    spec.permission_sets.push_back(set.get<std::vector<std::string>>());
  }
  // The form before there were sets: any of the list.
  const auto permissions = json.value("permissions", std::vector<std::string>{});
  if (spec.permission_sets.empty() && !permissions.empty()) {
    spec.permission_sets.push_back(permissions);
  }
}

void read_switches(const Json& json, SymbolSpec& spec) {
  const auto is_on = [&json](const char* field) { return json.value(field, false); };
  spec.allows_iceberg = is_on("icebergAllowed");
  spec.allows_oco = is_on("ocoAllowed");
  spec.allows_oto = is_on("otoAllowed");
  spec.allows_opo = is_on("opoAllowed");
  spec.allows_quote_order_qty_market = is_on("quoteOrderQtyMarketAllowed");
  spec.allows_trailing_stop = is_on("allowTrailingStop");
  spec.allows_cancel_replace = is_on("cancelReplaceAllowed");
  spec.allows_amend = is_on("amendAllowed");
  spec.allows_pegged = is_on("pegInstructionsAllowed");
  spec.is_spot_allowed = is_on("isSpotTradingAllowed");
  spec.is_margin_allowed = is_on("isMarginTradingAllowed");
}

void read_sets(const Json& json, SymbolSpec& spec) {
  spec.order_types.reset();
  for (const Json& type : json.at("orderTypes")) {
    spec.order_types.set(static_cast<std::size_t>(word(type, "orderTypes", kTypes)));
  }
  spec.default_stp =
      word(json.at("defaultSelfTradePreventionMode"), "defaultSelfTradePreventionMode", kStpModes);
  spec.allowed_stp.reset();
  for (const Json& mode : json.at("allowedSelfTradePreventionModes")) {
    spec.allowed_stp.set(
        static_cast<std::size_t>(word(mode, "allowedSelfTradePreventionModes", kStpModes)));
  }
}

SymbolSpec read_symbol(const Json& json, std::vector<std::string>& ignored) {
  SymbolSpec spec;
  spec.symbol = json.at("symbol");
  spec.base_asset = json.at("baseAsset");
  spec.quote_asset = json.at("quoteAsset");
  spec.status = word(json.at("status"), "status", kStatuses);
  spec.base_precision = json.at("baseAssetPrecision");
  spec.quote_precision = json.at("quoteAssetPrecision");
  spec.base_commission_precision = json.value("baseCommissionPrecision", kDecimalPlaces);
  spec.quote_commission_precision = json.value("quoteCommissionPrecision", kDecimalPlaces);
  read_switches(json, spec);
  read_sets(json, spec);
  read_permissions(json, spec);
  for (const Json& filter : json.at("filters")) {
    const std::string type = filter.at("filterType");
    const bool is_known = read_amount_filter(type, filter, spec.filters) ||
                          read_relative_filter(type, filter, spec.filters) ||
                          read_count_filter(type, filter, spec.filters);
    if (!is_known) ignored.push_back("filter " + type + " of " + spec.symbol);
  }
  return spec;
}

void read_limit(const Json& json, LimitsConfig& limits) {
  const std::string type = json.at("rateLimitType");
  const std::string interval = json.at("interval");
  const int number = json.at("intervalNum");
  const auto is = [&](const char* of_type, const char* of_interval, int of_number) {
    return type == of_type && interval == of_interval && number == of_number;
  };
  const std::int64_t limit = json.at("limit");
  if (is("REQUEST_WEIGHT", "MINUTE", 1)) limits.weight_per_minute = limit;
  if (is("RAW_REQUESTS", "MINUTE", 5)) limits.raw_requests_per_5m = limit;
  if (is("ORDERS", "SECOND", 10)) limits.orders_per_10s = limit;
  if (is("ORDERS", "DAY", 1)) limits.orders_per_day = limit;
}

ExchangeInfo read_document(const Json& document) {
  ExchangeInfo info;
  for (const Json& limit : document.value("rateLimits", Json::array())) {
    read_limit(limit, info.limits);
  }
  for (const Json& filter : document.value("exchangeFilters", Json::array())) {
    read_exchange_filter(filter, info);
  }
  for (const Json& symbol : document.at("symbols")) {
    try {
      info.symbols.push_back(read_symbol(symbol, info.ignored));
    } catch (const std::exception& error) {
      throw BadInfo{symbol.value("symbol", "a symbol without a name") + ": " + error.what()};
    }
  }
  return info;
}

}  // namespace

std::expected<ExchangeInfo, std::string> parse_exchange_info(std::string_view json) {
  try {
    return read_document(Json::parse(json));
  } catch (const std::exception& error) {
    return std::unexpected{error.what()};
  }
}

std::expected<ExchangeInfo, std::string> load_exchange_info(const std::string& file) {
  gzFile in = gzopen(file.c_str(), "rb");  // reads a plain file as it is
  if (in == nullptr) return std::unexpected{"cannot open " + file + ": check the path"};
  std::string text;
  std::array<char, 65'536> part{};
  int count = 0;
  while ((count = gzread(in, part.data(), static_cast<unsigned>(part.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  const bool is_whole = gzclose(in) == Z_OK && count == 0;
  if (!is_whole) return std::unexpected{file + " is damaged"};
  auto info = parse_exchange_info(text);
  if (!info) {
    return std::unexpected{file + " is no exchangeInfo answer: " + info.error() +
                           "; fetch one from /api/v3/exchangeInfo"};
  }
  return info;
}

}  // namespace portcullis::sim
