#include "sim/venue_api.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "sim/exchange_info.hpp"
#include "sim/json_out.hpp"
#include "sim/order_json.hpp"
#include "sim/order_params.hpp"

namespace portcullis::sim {

namespace {

constexpr std::array<MethodRule, 19> kMethods{{
    {.name = "ping", .weight = 1},
    {.name = "time", .weight = 1},
    {.name = "exchangeInfo", .weight = 20},
    {.name = "depth", .weight = 5},  // and more by its limit
    {.name = "order.place", .is_signed = true, .is_order_action = true, .weight = 1},
    {.name = "order.test", .is_signed = true, .weight = 1},
    {.name = "order.cancel", .is_signed = true, .is_order_action = true, .weight = 1},
    {.name = "openOrders.cancelAll", .is_signed = true, .is_order_action = true, .weight = 1},
    {.name = "order.status", .is_signed = true, .weight = 4},
    {.name = "openOrders.status", .is_signed = true, .weight = 6},  // 80 without a symbol
    {.name = "account.status", .is_signed = true, .weight = 20},
    {.name = "myTrades", .is_signed = true, .weight = 20},  // 5 with an order id
    {.name = "session.logon", .weight = 2},
    {.name = "session.status", .weight = 2},
    {.name = "session.logout", .weight = 2},
    {.name = "session.subscriptions", .weight = 2},
    {.name = "userDataStream.subscribe", .weight = 2},
    {.name = "userDataStream.subscribe.signature", .weight = 2},
    {.name = "userDataStream.unsubscribe", .weight = 2},
}};

constexpr std::uint64_t kDepthLimitDefault = 100;
constexpr std::uint64_t kDepthLimitMax = 5'000;

int weight_of(const MethodRule& method, const Params& params) {
  if (method.name == "depth") {
    return depth_weight(params.whole("limit").value_or(std::nullopt).value_or(kDepthLimitDefault));
  }
  if (method.name == "openOrders.status" && !params.has("symbol")) return 80;
  if (method.name == "myTrades" && params.has("orderId")) return 5;
  return method.weight;
}

VenueError invalid_symbol() {
  return {400, -1121, "Invalid symbol."};
}

bool is_symbol_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// The rate of a symbol in the account answer's two forms: ten-thousandths and a decimal.
void add_commission(JsonOut& out, const SymbolSpec& symbol) {
  constexpr std::int64_t kPpmPerBasisPoint = 100;
  constexpr std::int64_t kRawPerPpm = kDecimalScale / 1'000'000;
  out.field("makerCommission", symbol.maker_fee_ppm / kPpmPerBasisPoint)
      .field("takerCommission", symbol.taker_fee_ppm / kPpmPerBasisPoint)
      .field("buyerCommission", 0)
      .field("sellerCommission", 0)
      .key("commissionRates")
      .open_object()
      .field("maker", Qty::from_raw(symbol.maker_fee_ppm * kRawPerPpm))
      .field("taker", Qty::from_raw(symbol.taker_fee_ppm * kRawPerPpm))
      .field("buyer", Qty{})
      .field("seller", Qty{})
      .close_object();
}

void add_side(JsonOut& out, const char* key, const std::vector<Level>& levels) {
  out.key(key).open_array();
  for (const Level& level : levels) {
    out.open_array().decimal(level.px).decimal(level.qty).close_array();
  }
  out.close_array();
}

struct TradeQuery {
  std::uint64_t order_id{0};
  std::uint64_t from_id{0};
  std::uint64_t start_ms{0};
  std::uint64_t end_ms{~std::uint64_t{0}};
  std::uint64_t limit{500};
  bool is_oldest_first{false};  // with a start: the first `limit`, otherwise the newest
};

std::expected<TradeQuery, VenueError> read_trade_query(const Params& params) {
  constexpr std::uint64_t kLimitMax = 1'000;
  TradeQuery query;
  struct Field {
    const char* name;
    std::uint64_t* target;
  };
  for (const Field& field : {Field{"orderId", &query.order_id}, Field{"fromId", &query.from_id},
                             Field{"startTime", &query.start_ms}, Field{"endTime", &query.end_ms},
                             Field{"limit", &query.limit}}) {
    const auto value = params.whole(field.name);
    if (!value) return std::unexpected{value.error()};
    if (*value) *field.target = **value;
  }
  const bool has_time = params.has("startTime") || params.has("endTime");
  if (has_time && (params.has("fromId") || params.has("orderId"))) {
    return std::unexpected{VenueError{400, -1128, "Combination of optional parameters invalid."}};
  }
  query.limit = std::clamp<std::uint64_t>(query.limit, 1, kLimitMax);
  query.is_oldest_first = params.has("fromId") || params.has("startTime");
  return query;
}

}  // namespace

int depth_weight(std::uint64_t limit) noexcept {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1'000 ? 50 : 250;
}

VenueApi::VenueApi(Exchange& exchange, UsageMeter& usage, FaultPlan& faults, TruthLog& truth)
    : exchange_{exchange},
      usage_{usage},
      faults_{faults},
      truth_{truth} {
}

const MethodRule* VenueApi::find_method(std::string_view name) noexcept {
  const auto* found = std::ranges::find(kMethods, name, &MethodRule::name);
  return found != kMethods.end() ? found : nullptr;
}

ApiResult VenueApi::call(const MethodRule& method, const Params& params, SimAccountId account,
                         WallTime now) {
  faults_.set_cause(method.name);
  ApiResult result = route(method, {params, account, now});
  faults_.set_cause("");
  const bool is_free = method.is_order_action && result.has_value();
  if (!is_free) usage_.add_weight(weight_of(method, params), now);
  return result;
}

ApiResult VenueApi::route(const MethodRule& method, const Call& call) {
  if (method.name == "ping") return "{}";
  if (method.name == "time") {
    return JsonOut{}.open_object().field("serverTime", call.now).close_object().take();
  }
  if (method.name == "exchangeInfo") return exchange_info(call);
  if (method.name == "depth") return depth(call);
  if (method.name == "account.status") return account_status(call);
  if (method.name == "myTrades") return my_trades(call);
  return route_order(method.name, call);
}

ApiResult VenueApi::route_order(std::string_view method, const Call& call) {
  if (method == "order.place") return place(call);
  if (method == "order.cancel") return cancel(call);
  if (method == "openOrders.cancelAll") return cancel_all(call);
  if (method == "order.status") return order_status(call);
  if (method == "openOrders.status") return open_orders(call);
  if (method == "order.test") {
    if (const auto symbol = symbol_of(call.params); !symbol) return std::unexpected{symbol.error()};
    const auto order = read_new_order(call.params);
    if (!order) return std::unexpected{order.error()};
    return "{}";
  }
  return std::unexpected{VenueError{400, -1020, "This operation is not supported."}};
}

std::expected<std::size_t, VenueError> VenueApi::symbol_of(const Params& params) const {
  const auto name = params.required("symbol");
  if (!name) return std::unexpected{name.error()};
  if (name->size() > 20 || !std::ranges::all_of(*name, is_symbol_char)) {
    return std::unexpected{illegal_characters("symbol", "^[A-Z0-9-_.]{1,20}$")};
  }
  const auto symbol = exchange_.find_symbol(*name);
  if (!symbol) return std::unexpected{invalid_symbol()};
  return *symbol;
}

ApiResult VenueApi::exchange_info(const Call& call) {
  std::vector<std::size_t> symbols;
  if (call.params.has("symbol") && call.params.has("symbols")) {
    return std::unexpected{VenueError{400, -1128, "Combination of optional parameters invalid."}};
  }
  if (call.params.has("symbol")) {
    const auto symbol = symbol_of(call.params);
    if (!symbol) return std::unexpected{symbol.error()};
    symbols.push_back(*symbol);
  } else if (const auto list = call.params.find("symbols")) {
    const auto names = nlohmann::json::parse(*list, nullptr, false);
    if (!names.is_array()) {
      return std::unexpected{
          VenueError{400, -1135, "JSON sent for parameter 'symbols' is not valid"}};
    }
    for (const auto& name : names) {
      if (!name.is_string()) return std::unexpected{invalid_symbol()};
      const auto symbol = exchange_.find_symbol(name.get_ref<const std::string&>());
      if (!symbol) return std::unexpected{invalid_symbol()};
      symbols.push_back(*symbol);
    }
  } else {
    symbols.resize(exchange_.symbols().size());
    std::iota(symbols.begin(), symbols.end(), std::size_t{0});
  }
  return exchange_info_json(exchange_, symbols, call.now);
}

ApiResult VenueApi::depth(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = call.params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  const std::uint64_t count = std::min(limit->value_or(kDepthLimitDefault), kDepthLimitMax);
  const DepthSnapshot snapshot = exchange_.depth(*symbol, count);
  JsonOut out;
  out.open_object().field("lastUpdateId", snapshot.last_update_id);
  add_side(out, "bids", snapshot.bids);
  add_side(out, "asks", snapshot.asks);
  return out.close_object().take();
}

void VenueApi::record(const Call& call, const char* method, std::size_t symbol,
                      std::string_view client_order_id, const VenueError* error) {
  truth_.on_message({.time = call.now,
                     .account = call.account,
                     .method = method,
                     .symbol = exchange_.symbols()[symbol].symbol,
                     .client_order_id = std::string{client_order_id},
                     .code = error != nullptr ? error->code : 0});
}

ApiResult VenueApi::place(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto request = read_new_order(call.params);
  if (!request) return std::unexpected{request.error()};
  usage_.add_order(call.account, call.now);
  const auto placed = exchange_.place(call.account, *symbol, request->order, call.now);
  const std::string& name = placed ? placed->order.client_order_id : request->order.client_order_id;
  record(call, "order.place", *symbol, name, placed ? nullptr : &placed.error());
  if (!placed) return std::unexpected{placed.error()};
  return placed_json(exchange_.symbols()[*symbol], *placed, request->shape);
}

ApiResult VenueApi::cancel(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto name = read_order_name(call.params);
  if (!name) return std::unexpected{name.error()};
  const auto cancel_id = call.params.client_id("newClientOrderId");
  if (!cancel_id) return std::unexpected{cancel_id.error()};
  if (const auto wish = call.params.find("cancelRestrictions")) {
    if (*wish != "ONLY_NEW" && *wish != "ONLY_PARTIALLY_FILLED") {
      return std::unexpected{VenueError{400, -1145, "Invalid cancelRestrictions"}};
    }
    const auto order =
        exchange_.find_order(call.account, *symbol, name->order_id, name->client_order_id);
    const bool is_new = order && order->state == OrderState::kNew;
    if (order && order->is_open() && is_new != (*wish == "ONLY_NEW")) {
      return std::unexpected{
          VenueError{400, -2011, "Order was not canceled due to cancel restrictions."}};
    }
  }
  const std::string own_id =
      *cancel_id ? std::string{**cancel_id} : "simc" + std::to_string(++made_id_count_);
  const auto canceled = exchange_.cancel(call.account, *symbol, name->order_id,
                                         name->client_order_id, own_id, call.now);
  const std::string& target = canceled ? canceled->client_order_id : name->client_order_id;
  record(call, "order.cancel", *symbol, target, canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{canceled.error()};
  return canceled_json(exchange_.symbols()[*symbol], *canceled, own_id);
}

ApiResult VenueApi::cancel_all(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto canceled = exchange_.cancel_all(call.account, *symbol, call.now);
  record(call, "openOrders.cancelAll", *symbol, "", canceled ? nullptr : &canceled.error());
  if (!canceled) return std::unexpected{canceled.error()};
  JsonOut out;
  out.open_array();
  for (const Order& order : *canceled) {
    out.raw(canceled_json(exchange_.symbols()[*symbol], order, kMassCancelId));
  }
  return out.close_array().take();
}

ApiResult VenueApi::order_status(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto name = read_order_name(call.params);
  if (!name) return std::unexpected{name.error()};
  const auto order =
      exchange_.find_order(call.account, *symbol, name->order_id, name->client_order_id);
  if (!order) return std::unexpected{order.error()};
  return order_json(exchange_.symbols()[*symbol], *order);
}

ApiResult VenueApi::open_orders(const Call& call) {
  std::optional<std::size_t> symbol;
  if (call.params.has("symbol")) {
    const auto found = symbol_of(call.params);
    if (!found) return std::unexpected{found.error()};
    symbol = *found;
  }
  JsonOut out;
  out.open_array();
  for (const Order& order : exchange_.open_orders(call.account, symbol)) {
    out.raw(order_json(exchange_.symbols()[order.symbol], order));
  }
  return out.close_array().take();
}

ApiResult VenueApi::account_status(const Call& call) {
  const auto omit = call.params.find("omitZeroBalances");
  const bool omits_zero = omit && *omit == "true";
  JsonOut out;
  out.open_object();
  add_commission(out, exchange_.symbols().front());
  out.field("canTrade", true)
      .field("canWithdraw", true)
      .field("canDeposit", true)
      .field("brokered", false)
      .field("requireSelfTradePrevention", false)
      .field("preventSor", false)
      .field("updateTime", call.now)
      .field("accountType", "SPOT")
      .key("balances")
      .open_array();
  for (const Balance& balance : exchange_.balances(call.account)) {
    if (omits_zero && balance.free.is_zero() && balance.locked.is_zero()) continue;
    out.open_object()
        .field("asset", balance.asset)
        .field("free", balance.free)
        .field("locked", balance.locked)
        .close_object();
  }
  return out.close_array()
      .key("permissions")
      .raw(R"(["SPOT"])")
      .field("uid", call.account.raw())
      .close_object()
      .take();
}

ApiResult VenueApi::my_trades(const Call& call) {
  const auto symbol = symbol_of(call.params);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto query = read_trade_query(call.params);
  if (!query) return std::unexpected{query.error()};
  constexpr std::size_t kAll = 1'000'000;
  std::vector<Fill> fills = exchange_.fills(call.account, *symbol, query->order_id, kAll);
  std::erase_if(fills, [&query](const Fill& fill) {
    const auto time_ms = static_cast<std::uint64_t>(count_ms(fill.time));
    return fill.trade_id < query->from_id || time_ms < query->start_ms || time_ms > query->end_ms;
  });
  const std::size_t excess = fills.size() - std::min<std::size_t>(fills.size(), query->limit);
  const std::size_t first = query->is_oldest_first ? 0 : excess;
  const std::size_t last = query->is_oldest_first ? fills.size() - excess : fills.size();
  JsonOut out;
  out.open_array();
  for (std::size_t i = first; i < last; ++i) {
    out.raw(trade_json(exchange_.symbols()[*symbol], fills[i]));
  }
  return out.close_array().take();
}

}  // namespace portcullis::sim
