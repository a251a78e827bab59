#include "feeds/binance/exchange_info.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "core/net/http_client.hpp"
#include "feeds/binance/percent_encoding.hpp"

namespace portcullis::feeds::binance {

namespace {

namespace dom = simdjson::dom;

// Reads one symbol's object and gathers what is wrong with it.
std::optional<OrdType> ord_type_of(std::string_view word) {
  if (word == "LIMIT") return OrdType::kLimit;
  if (word == "MARKET") return OrdType::kMarket;
  if (word == "LIMIT_MAKER") return OrdType::kLimitMaker;
  if (word == "STOP_LOSS") return OrdType::kStopLoss;
  if (word == "STOP_LOSS_LIMIT") return OrdType::kStopLossLimit;
  if (word == "TAKE_PROFIT") return OrdType::kTakeProfit;
  if (word == "TAKE_PROFIT_LIMIT") return OrdType::kTakeProfitLimit;
  return std::nullopt;
}

std::optional<StpMode> stp_mode_of(std::string_view word) {
  if (word == "NONE") return StpMode::kNone;
  if (word == "EXPIRE_TAKER") return StpMode::kExpireTaker;
  if (word == "EXPIRE_MAKER") return StpMode::kExpireMaker;
  if (word == "EXPIRE_BOTH") return StpMode::kExpireBoth;
  return std::nullopt;
}

class SymbolReader {
 public:
  SymbolReader(std::string_view symbol, const dom::object& object, std::string& problems)
      : symbol_{symbol},
        object_{object},
        problems_{problems} {}

  Instrument read() {
    Instrument out;
    out.symbol = symbol_;
    out.base_asset_name = text("baseAsset");
    out.quote_asset_name = text("quoteAsset");
    out.is_trading = text("status") == "TRADING";
    read_offer(out);
    read_price_filter(out);
    read_lot_sizes(out);
    read_notional(out);
    read_special_filters(out);
    return out;
  }

 private:
  void complain(const std::string& what) {
    problems_ += (problems_.empty() ? "" : "; ") + std::string{symbol_} + ": " + what;
  }

  std::string text(const char* name) {
    std::string_view value;
    if (object_[name].get_string().get(value) != simdjson::SUCCESS) {
      complain(std::string{"no "} + name);
    }
    return std::string{value};
  }

  [[nodiscard]] std::optional<dom::object> filter(std::string_view type) const {
    dom::array filters;
    if (object_["filters"].get_array().get(filters) != simdjson::SUCCESS) return std::nullopt;
    for (const dom::element element : filters) {
      dom::object candidate;
      std::string_view name;
      const bool is_filter = element.get_object().get(candidate) == simdjson::SUCCESS &&
                             candidate["filterType"].get_string().get(name) == simdjson::SUCCESS;
      if (is_filter && name == type) return candidate;
    }
    return std::nullopt;
  }

  template <class Number>
  void number(const dom::object& from, const char* name, Number& out) {
    std::string_view value;
    if (from[name].get_string().get(value) != simdjson::SUCCESS) {
      complain(std::string{"filter without "} + name);
      return;
    }
    const auto parsed = Number::parse(value);
    if (parsed) {
      out = *parsed;
    } else {
      complain(std::string{name} + " \"" + std::string{value} + "\" is " +
               to_string(parsed.error()));
    }
  }

  static bool flag(const dom::object& from, const char* name) {
    bool value = false;
    return from[name].get_bool().get(value) == simdjson::SUCCESS && value;
  }

  template <class Visit>
  bool for_each_word(const char* name, Visit&& visit) const {
    dom::array words;
    if (object_[name].get_array().get(words) != simdjson::SUCCESS) return false;
    for (const dom::element element : words) {
      std::string_view word;
      if (element.get_string().get(word) == simdjson::SUCCESS) visit(word);
    }
    return true;
  }

  // What the symbol takes. A word that this version does not know is not offered.
  void read_offer(Instrument& out) {
    const bool has_types = for_each_word("orderTypes", [&out](std::string_view word) {
      if (const auto type = ord_type_of(word)) out.ord_types |= bit_of(*type);
    });
    if (!has_types) complain("no orderTypes");
    (void)for_each_word("allowedSelfTradePreventionModes", [&out](std::string_view word) {
      if (const auto mode = stp_mode_of(word)) out.stp_modes |= bit_of(*mode);
    });
    out.has_iceberg = flag(object_, "icebergAllowed");
    out.has_quote_qty = flag(object_, "quoteOrderQtyMarketAllowed");
    out.has_trailing_stop = flag(object_, "allowTrailingStop");
    out.has_peg = flag(object_, "pegInstructionsAllowed");
    out.has_cancel_replace = flag(object_, "cancelReplaceAllowed");
    out.has_amend = flag(object_, "amendAllowed");
    out.has_oco = flag(object_, "ocoAllowed");
    out.has_oto = flag(object_, "otoAllowed");
    out.has_opo = flag(object_, "opoAllowed");
  }

  void count(const dom::object& from, const char* name, std::int64_t& out) {
    std::int64_t value = 0;
    if (from[name].get_int64().get(value) != simdjson::SUCCESS || value < 0) {
      return complain(std::string{"filter without "} + name);
    }
    out = value;
  }

  // Not every symbol has them; one that is missing is off.
  void read_special_filters(Instrument& out) {
    if (const auto parts = filter("ICEBERG_PARTS")) count(*parts, "limit", out.iceberg_parts_max);
    if (const auto orders = filter("MAX_NUM_ORDERS")) {
      count(*orders, "maxNumOrders", out.open_orders_max);
    }
    if (const auto orders = filter("MAX_NUM_ALGO_ORDERS")) {
      count(*orders, "maxNumAlgoOrders", out.open_algo_orders_max);
    }
    if (const auto orders = filter("MAX_NUM_ICEBERG_ORDERS")) {
      count(*orders, "maxNumIcebergOrders", out.open_iceberg_orders_max);
    }
    if (const auto amends = filter("MAX_NUM_ORDER_AMENDS")) {
      count(*amends, "maxNumOrderAmends", out.amends_max);
    }
    if (const auto position = filter("MAX_POSITION")) {
      number(*position, "maxPosition", out.position_max);
    }
    read_percent_price(out);
    const auto trailing = filter("TRAILING_DELTA");
    if (!trailing) return;
    count(*trailing, "minTrailingAboveDelta", out.trailing_above_bips_min);
    count(*trailing, "maxTrailingAboveDelta", out.trailing_above_bips_max);
    count(*trailing, "minTrailingBelowDelta", out.trailing_below_bips_min);
    count(*trailing, "maxTrailingBelowDelta", out.trailing_below_bips_max);
  }

  void read_percent_price(Instrument& out) {
    if (const auto by_side = filter("PERCENT_PRICE_BY_SIDE")) {
      number(*by_side, "bidMultiplierUp", out.buy_px_factor_max);
      number(*by_side, "bidMultiplierDown", out.buy_px_factor_min);
      number(*by_side, "askMultiplierUp", out.sell_px_factor_max);
      number(*by_side, "askMultiplierDown", out.sell_px_factor_min);
      return count(*by_side, "avgPriceMins", out.average_px_minutes);
    }
    const auto both = filter("PERCENT_PRICE");
    if (!both) return;
    number(*both, "multiplierUp", out.buy_px_factor_max);
    number(*both, "multiplierDown", out.buy_px_factor_min);
    out.sell_px_factor_max = out.buy_px_factor_max;
    out.sell_px_factor_min = out.buy_px_factor_min;
    count(*both, "avgPriceMins", out.average_px_minutes);
  }

  void read_price_filter(Instrument& out) {
    const auto prices = filter("PRICE_FILTER");
    if (!prices) return complain("no PRICE_FILTER");
    number(*prices, "tickSize", out.tick_size);
    number(*prices, "minPrice", out.px_min);
    number(*prices, "maxPrice", out.px_max);
  }

  void read_lot_sizes(Instrument& out) {
    const auto lots = filter("LOT_SIZE");
    if (!lots) return complain("no LOT_SIZE");
    number(*lots, "stepSize", out.lot_size);
    number(*lots, "minQty", out.qty_min);
    number(*lots, "maxQty", out.qty_max);
    // Not every symbol has one; without it market orders keep to LOT_SIZE alone.
    const auto market_lots = filter("MARKET_LOT_SIZE");
    if (!market_lots) return;
    number(*market_lots, "stepSize", out.market_lot_size);
    number(*market_lots, "minQty", out.market_qty_min);
    number(*market_lots, "maxQty", out.market_qty_max);
  }

  void read_notional(Instrument& out) {
    if (const auto notional = filter("NOTIONAL")) {
      number(*notional, "minNotional", out.notional_min);
      number(*notional, "maxNotional", out.notional_max);
      out.apply_notional_min_to_market = flag(*notional, "applyMinToMarket");
      out.apply_notional_max_to_market = flag(*notional, "applyMaxToMarket");
    } else if (const auto minimum = filter("MIN_NOTIONAL")) {
      number(*minimum, "minNotional", out.notional_min);
      out.apply_notional_min_to_market = flag(*minimum, "applyToMarket");
    } else {
      complain("neither NOTIONAL nor MIN_NOTIONAL");
    }
  }

  std::string_view symbol_;
  const dom::object& object_;
  std::string& problems_;
};

std::optional<dom::object> find_symbol(const dom::array& listed, std::string_view symbol) {
  for (const dom::element element : listed) {
    dom::object candidate;
    std::string_view name;
    const bool is_symbol = element.get_object().get(candidate) == simdjson::SUCCESS &&
                           candidate["symbol"].get_string().get(name) == simdjson::SUCCESS;
    if (is_symbol && name == symbol) return candidate;
  }
  return std::nullopt;
}

std::optional<RateLimitKind> rate_limit_kind(std::string_view name) {
  if (name == "REQUEST_WEIGHT") return RateLimitKind::kRequestWeight;
  if (name == "ORDERS") return RateLimitKind::kOrders;
  if (name == "RAW_REQUESTS") return RateLimitKind::kRawRequests;
  if (name == "CONNECTIONS") return RateLimitKind::kConnections;
  return std::nullopt;
}

std::chrono::seconds interval_unit(std::string_view name) {
  if (name == "SECOND") return std::chrono::seconds{1};
  if (name == "MINUTE") return std::chrono::minutes{1};
  if (name == "HOUR") return std::chrono::hours{1};
  if (name == "DAY") return std::chrono::hours{24};
  return std::chrono::seconds{0};
}

std::chrono::seconds retry_after_of(const net::HttpResponse& response) {
  const auto found = response.headers.find("retry-after");
  std::int64_t seconds = 0;
  if (found != response.headers.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
  }
  return std::chrono::seconds{std::max<std::int64_t>(seconds, 0)};
}

std::vector<RateLimit> read_rate_limits(const dom::object& root) {
  std::vector<RateLimit> out;
  dom::array entries;
  if (root["rateLimits"].get_array().get(entries) != simdjson::SUCCESS) return out;
  for (const dom::element entry : entries) {
    std::string_view type;
    std::string_view interval;
    std::int64_t interval_num = 0;
    std::int64_t limit = 0;
    const bool is_whole = entry["rateLimitType"].get_string().get(type) == simdjson::SUCCESS &&
                          entry["interval"].get_string().get(interval) == simdjson::SUCCESS &&
                          entry["intervalNum"].get_int64().get(interval_num) == simdjson::SUCCESS &&
                          entry["limit"].get_int64().get(limit) == simdjson::SUCCESS;
    if (!is_whole) continue;
    const auto kind = rate_limit_kind(type);
    const std::chrono::seconds length = interval_unit(interval) * interval_num;
    if (kind && length.count() > 0) out.push_back({*kind, length, limit});
  }
  return out;
}

}  // namespace

std::expected<ExchangeInfo, std::string> parse_exchange_info(std::string_view json,
                                                             std::span<const std::string> symbols) {
  dom::parser parser;
  dom::object root;
  if (const auto error = parser.parse(json.data(), json.size()).get_object().get(root);
      error != simdjson::SUCCESS) {
    return std::unexpected{std::string{"exchangeInfo is not a JSON object ("} +
                           simdjson::error_message(error) + "); ask the venue again"};
  }
  dom::array listed;
  if (root["symbols"].get_array().get(listed) != simdjson::SUCCESS) {
    return std::unexpected{std::string{"exchangeInfo has no symbols; check the REST URL"}};
  }
  ExchangeInfo info;
  std::string problems;
  for (const std::string& symbol : symbols) {
    const auto object = find_symbol(listed, symbol);
    if (!object) {
      problems += (problems.empty() ? "" : "; ") + symbol + ": not listed by the venue";
    } else if (info.instruments.find(symbol)) {
      problems += (problems.empty() ? "" : "; ") + symbol + ": configured twice";
    } else {
      info.instruments.add(SymbolReader{symbol, *object, problems}.read());
    }
  }
  if (!problems.empty()) {
    return std::unexpected{"exchangeInfo: " + problems + "; correct the configured symbols"};
  }
  info.rate_limits = read_rate_limits(root);
  std::int64_t server_time_ms = 0;
  if (root["serverTime"].get_int64().get(server_time_ms) == simdjson::SUCCESS) {
    info.server_time = wall_time(server_time_ms * 1'000'000);
  }
  return info;
}

std::expected<ExchangeInfo, FetchError> fetch_exchange_info(std::string_view rest_base_url,
                                                            const std::string& ca_file,
                                                            std::span<const std::string> symbols,
                                                            std::chrono::milliseconds timeout) {
  auto endpoint = net::parse_http_url(rest_base_url);
  if (!endpoint) return std::unexpected{FetchError{.text = "REST URL: " + endpoint.error()}};
  std::string list = "[";
  for (const std::string& symbol : symbols) list += (list.size() > 1 ? ",\"" : "\"") + symbol + '"';
  list += "]";
  if (endpoint->path == "/") endpoint->path.clear();
  endpoint->path +=
      "/api/v3/exchangeInfo?showPermissionSets=false&symbols=" + percent_encoded(list);
  endpoint->ca_file = ca_file;
  const auto response = net::http_get(*endpoint, {}, timeout);
  if (!response) return std::unexpected{FetchError{.text = response.error()}};
  if (response->status != 200) {
    constexpr std::size_t kExcerpt = 200;
    return std::unexpected{
        FetchError{.text = "exchangeInfo: HTTP " + std::to_string(response->status) + " from " +
                           net::to_string(*endpoint) + ": " + response->body.substr(0, kExcerpt),
                   .http_status = response->status,
                   .retry_after = retry_after_of(*response)}};
  }
  auto parsed = parse_exchange_info(response->body, symbols);
  if (!parsed) return std::unexpected{FetchError{.text = std::move(parsed.error())}};
  return std::move(*parsed);
}

}  // namespace portcullis::feeds::binance
