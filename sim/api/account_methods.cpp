#include <array>

#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/account_json.hpp"
#include "sim/render/symbol_json.hpp"

namespace portcullis::sim {

namespace {

ApiResult account_status(const Call& call) {
  const auto omits = call.params.boolean("omitZeroBalances");
  if (!omits) return std::unexpected{omits.error()};
  JsonOut out = call.json();
  write_account(out, call.venue.exchange,
                {.account = call.account,
                 .updated = call.venue.account_clock.last_change(call.account),
                 .omits_zero_balances = omits->value_or(false)});
  return out.take();
}

ApiResult account_commission(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  JsonOut out = call.json();
  write_commission(out, call.venue.exchange, call.account, *symbol);
  return out.take();
}

ApiResult order_counts(const Call& call) {
  JsonOut out = call.json();
  call.venue.usage.write_order_counts(out, call.account, call.now);
  return out.take();
}

ApiResult my_filters(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  JsonOut out = call.json();
  out.open_object().key("exchangeFilters");
  write_filters(out, call.venue.exchange.rules().filters);
  out.key("symbolFilters");
  write_filters(out, call.spec(*symbol));
  out.key("assetFilters");
  write_asset_filters(out, call.venue.exchange.settings(call.account).asset_limits);
  return out.close_object().take();
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 1> kOmit{"omitZeroBalances"};
constexpr ParamNames kAccountNames{{}, kOmit};
constexpr ParamNames kSymbolNames{kSymbol, {}};
constexpr ParamNames kNoNames{};

constexpr std::array<Method, 4> kMethods{{
    {.rule = {.name = "account.status",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kAccountNames},
     .carry_out = account_status},
    {.rule = {.name = "account.commission",
              .security = Security::kUserData,
              .weight = 20,
              .params = &kSymbolNames},
     .carry_out = account_commission},
    {.rule = {.name = "account.rateLimits.orders",
              .security = Security::kUserData,
              .weight = 40,
              .params = &kNoNames},
     .carry_out = order_counts},
    {.rule = {.name = "myFilters",
              .security = Security::kUserData,
              .weight = 40,
              .params = &kSymbolNames},
     .carry_out = my_filters},
}};

}  // namespace

std::span<const Method> account_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
