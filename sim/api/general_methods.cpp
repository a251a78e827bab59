#include <array>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/exchange_info.hpp"

namespace portcullis::sim {

namespace {

ApiResult ping(const Call&) {
  return "{}";
}

ApiResult server_time(const Call& call) {
  return JsonOut{}.open_object().field("serverTime", call.now).close_object().take();
}

VenueError invalid_symbol() {
  return {400, -1121, "Invalid symbol."};
}

ApiResult exchange_info(const Call& call) {
  std::vector<std::size_t> symbols;
  if (call.params.has("symbol") && call.params.has("symbols")) {
    return std::unexpected{VenueError{400, -1128, "Combination of optional parameters invalid."}};
  }
  if (call.params.has("symbol")) {
    const auto symbol = symbol_of(call);
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
      const auto symbol = call.venue.exchange.find_symbol(name.get_ref<const std::string&>());
      if (!symbol) return std::unexpected{invalid_symbol()};
      symbols.push_back(*symbol);
    }
  } else {
    symbols.resize(call.venue.exchange.symbols().size());
    std::iota(symbols.begin(), symbols.end(), std::size_t{0});
  }
  return exchange_info_json(call.venue.exchange, call.venue.usage.limits_json(), symbols, call.now);
}

constexpr std::array<Method, 3> kMethods{{
    {.rule = {.name = "ping", .weight = 1}, .carry_out = ping},
    {.rule = {.name = "time", .weight = 1}, .carry_out = server_time},
    {.rule = {.name = "exchangeInfo", .weight = 20}, .carry_out = exchange_info},
}};

constexpr std::array<Method, 7> kSessionMethods{{
    {.rule = {.name = "session.logon", .weight = 2}},
    {.rule = {.name = "session.status", .weight = 2}},
    {.rule = {.name = "session.logout", .weight = 2}},
    {.rule = {.name = "session.subscriptions", .weight = 2}},
    {.rule = {.name = "userDataStream.subscribe", .weight = 2}},
    {.rule = {.name = "userDataStream.subscribe.signature", .weight = 2}},
    {.rule = {.name = "userDataStream.unsubscribe", .weight = 2}},
}};

}  // namespace

std::span<const Method> general_methods() noexcept {
  return kMethods;
}

std::span<const Method> session_methods() noexcept {
  return kSessionMethods;
}

}  // namespace portcullis::sim
