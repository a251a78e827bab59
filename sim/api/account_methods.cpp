#include <algorithm>
#include <array>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

// The rate of a symbol in the account answer's two forms: ten-thousandths and a decimal.
void add_commission(JsonOut& out, const SymbolSpec& symbol) {
  const CommissionRates& rates = symbol.commission.standard;
  const auto basis_points = [](Rate rate) { return rate.raw() * 10'000 / kDecimalScale; };
  const auto decimal = [](Rate rate) { return Qty::from_raw(rate.raw()); };
  out.field("makerCommission", basis_points(rates.maker))
      .field("takerCommission", basis_points(rates.taker))
      .field("buyerCommission", basis_points(rates.buyer))
      .field("sellerCommission", basis_points(rates.seller))
      .key("commissionRates")
      .open_object()
      .field("maker", decimal(rates.maker))
      .field("taker", decimal(rates.taker))
      .field("buyer", decimal(rates.buyer))
      .field("seller", decimal(rates.seller))
      .close_object();
}

std::expected<HistoryQuery, VenueError> read_history_query(const Params& params) {
  static constexpr std::uint64_t kLimitMax = 1'000;
  constexpr std::uint64_t kLimitDefault = 500;
  HistoryQuery query;
  const auto read = [&params](const char* name, auto&& assign) -> std::expected<void, VenueError> {
    const auto value = params.whole(name);
    if (!value) return std::unexpected{value.error()};
    if (*value) assign(**value);
    return {};
  };
  const auto as_time = [](std::uint64_t ms) {
    return wall_time(static_cast<std::int64_t>(ms) * 1'000'000);
  };
  auto done = read("orderId", [&query](std::uint64_t id) { query.order_id = id; });
  if (done) done = read("fromId", [&query](std::uint64_t id) { query.from_id = id; });
  if (done) {
    done = read("startTime", [&](std::uint64_t ms) { query.start = as_time(ms); });
  }
  if (done) done = read("endTime", [&](std::uint64_t ms) { query.end = as_time(ms + 1); });
  query.limit = kLimitDefault;
  if (done) {
    done = read("limit", [&query](std::uint64_t limit) {
      query.limit = std::clamp<std::uint64_t>(limit, 1, kLimitMax);
    });
  }
  if (!done) return std::unexpected{done.error()};
  if ((query.start || query.end) && (query.from_id || query.order_id)) {
    return std::unexpected{VenueError{400, -1128, "Combination of optional parameters invalid."}};
  }
  return query;
}

ApiResult account_status(const Call& call) {
  const auto omit = call.params.find("omitZeroBalances");
  const bool omits_zero = omit && *omit == "true";
  JsonOut out;
  out.open_object();
  add_commission(out, call.venue.exchange.symbols().front());
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
  for (const Balance& balance : call.venue.exchange.balances(call.account)) {
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

ApiResult my_trades(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto query = read_history_query(call.params);
  if (!query) return std::unexpected{query.error()};
  JsonOut out;
  out.open_array();
  for (const Fill& fill : call.venue.exchange.fills(call.account, *symbol, *query)) {
    out.raw(trade_json(call.venue.exchange.symbols()[*symbol], fill));
  }
  return out.close_array().take();
}

int my_trades_weight(const Params& params) {
  return params.has("orderId") ? 5 : 20;
}

constexpr std::array<Method, 2> kMethods{{
    {.rule = {.name = "account.status", .is_signed = true, .weight = 20},
     .carry_out = account_status},
    {.rule = {.name = "myTrades", .is_signed = true, .weight = 20},
     .carry_out = my_trades,
     .weight = my_trades_weight},
}};

}  // namespace

std::span<const Method> account_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
