#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/api/symbol_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/symbol_json.hpp"

namespace portcullis::sim {

namespace {

using Symbols = std::expected<std::vector<std::size_t>, VenueError>;

ApiResult ping(const Call&) {
  return "{}";
}

ApiResult server_time(const Call& call) {
  return call.json().open_object().field("serverTime", call.now).close_object().take();
}

// "SPOT" or ["SPOT","MARGIN"]; without any, those that the venue shows by itself.
std::expected<std::vector<std::string>, VenueError> wanted_permissions(const Params& params) {
  const auto text = params.find("permissions");
  if (!text) return std::vector<std::string>{"SPOT", "MARGIN", "LEVERAGED"};
  if (!text->starts_with('[')) return std::vector<std::string>{std::string{*text}};
  const auto names = params.names("permissions");
  if (!names) return std::unexpected{names.error()};
  return **names;
}

bool has_permission(const SymbolSpec& spec, const std::vector<std::string>& wanted) {
  return std::ranges::any_of(spec.permission_sets, [&wanted](const auto& set) {
    return std::ranges::any_of(set, [&wanted](const std::string& permission) {
      return std::ranges::find(wanted, permission) != wanted.end();
    });
  });
}

// Named ones, or those of a status and with a permission; not both.
Symbols wanted_symbols(const Call& call) {
  auto named = named_symbols(call);
  if (!named) return std::unexpected{named.error()};
  const auto status = wanted_status(call.params);
  if (!status) return std::unexpected{status.error()};
  const bool is_filtered = status->has_value() || call.params.has("permissions");
  if (*named && is_filtered) return std::unexpected{bad_combination()};
  if (*named) return **std::move(named);
  const auto permissions = wanted_permissions(call.params);
  if (!permissions) return std::unexpected{permissions.error()};
  std::vector<std::size_t> symbols;
  const auto& specs = call.venue.exchange.symbols();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const bool has_status = !*status || specs[i].status == **status;
    if (has_status && has_permission(specs[i], *permissions)) symbols.push_back(i);
  }
  return symbols;
}

ApiResult exchange_info(const Call& call) {
  const Symbols symbols = wanted_symbols(call);
  if (!symbols) return std::unexpected{symbols.error()};
  const auto shows_permissions = call.params.boolean("showPermissionSets");
  if (!shows_permissions) return std::unexpected{shows_permissions.error()};
  JsonOut out = call.json();
  out.open_object().field("timezone", "UTC").field("serverTime", call.now).key("rateLimits");
  call.venue.usage.write_limits(out, call.protocol == Protocol::kWs);
  out.key("exchangeFilters");
  write_filters(out, call.venue.exchange.rules().filters);
  out.key("symbols").open_array();
  for (const std::size_t symbol : *symbols) {
    write_symbol(out, call.spec(symbol), shows_permissions->value_or(true));
  }
  return out.close_array().close_object().take();
}

// Named symbols as they are; of all, those that have a rule.
ApiResult execution_rules(const Call& call) {
  const auto named = named_symbols(call);
  if (!named) return std::unexpected{named.error()};
  const auto status = wanted_status(call.params);
  if (!status) return std::unexpected{status.error()};
  if (*named && *status) return std::unexpected{bad_combination()};
  JsonOut out = call.json();
  out.open_object().key("symbolRules").open_array();
  if (*named) {
    for (const std::size_t symbol : **named) write_execution_rules(out, call.spec(symbol));
  } else {
    for (const SymbolSpec& spec : call.venue.exchange.symbols()) {
      const bool has_status = !*status || spec.status == **status;
      if (has_status && spec.price_range) write_execution_rules(out, spec);
    }
  }
  return out.close_array().close_object().take();
}

int execution_rules_weight(const Params& params) {
  constexpr int kAll = 40;
  if (params.has("symbol")) return 2;
  const auto names = params.names("symbols");
  if (!names || !*names) return kAll;
  return std::min(2 * static_cast<int>((*names)->size()), kAll);
}

using Names = std::string_view;
constexpr std::array<Names, 5> kInfoOptional{"symbol", "symbols", "permissions",
                                             "showPermissionSets", "symbolStatus"};
constexpr std::array<Names, 3> kRulesOptional{"symbol", "symbols", "symbolStatus"};
constexpr std::array<Names, 1> kUnsubscribeOptional{"subscriptionId"};
constexpr ParamNames kNoNames{};
constexpr ParamNames kInfoNames{{}, kInfoOptional};
constexpr ParamNames kRulesNames{{}, kRulesOptional};
constexpr ParamNames kUnsubscribeNames{{}, kUnsubscribeOptional};

constexpr std::array<Method, 4> kMethods{{
    {.rule = {.name = "ping", .params = &kNoNames}, .carry_out = ping},
    {.rule = {.name = "time", .params = &kNoNames}, .carry_out = server_time},
    {.rule = {.name = "exchangeInfo", .weight = 20, .params = &kInfoNames},
     .carry_out = exchange_info},
    {.rule = {.name = "executionRules", .weight = 40, .params = &kRulesNames},
     .carry_out = execution_rules,
     .weight = execution_rules_weight},
}};

constexpr MethodRule session_rule(std::string_view name, const ParamNames& params) {
  return {.name = name, .weight = 2, .params = &params};
}

constexpr std::array<Method, 7> kSessionMethods{{
    {.rule = session_rule("session.logon", kNoNames)},
    {.rule = session_rule("session.status", kNoNames)},
    {.rule = session_rule("session.logout", kNoNames)},
    {.rule = session_rule("session.subscriptions", kNoNames)},
    {.rule = session_rule("userDataStream.subscribe", kNoNames)},
    {.rule = session_rule("userDataStream.subscribe.signature", kNoNames)},
    {.rule = session_rule("userDataStream.unsubscribe", kUnsubscribeNames)},
}};

}  // namespace

std::span<const Method> general_methods() noexcept {
  return kMethods;
}

std::span<const Method> session_methods() noexcept {
  return kSessionMethods;
}

}  // namespace portcullis::sim
