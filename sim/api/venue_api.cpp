#include "sim/api/venue_api.hpp"

#include <algorithm>
#include <array>

namespace portcullis::sim {

namespace {

bool is_symbol_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

const Method* VenueApi::find_method(std::string_view name) noexcept {
  static const std::array kFamilies{order_methods(), market_methods(), account_methods(),
                                    general_methods(), session_methods()};
  for (const std::span<const Method> family : kFamilies) {
    const auto found =
        std::ranges::find(family, name, [](const Method& method) { return method.rule.name; });
    if (found != family.end()) return &*found;
  }
  return nullptr;
}

ApiResult VenueApi::call(const Method& method, const Params& params, SimAccountId account,
                         WallTime now) {
  if (method.carry_out == nullptr) {
    return std::unexpected{VenueError{400, -1020, "This operation is not supported."}};
  }
  parts_.faults.set_cause(method.rule.name);
  ApiResult result = method.carry_out({parts_, params, account, now});
  parts_.faults.set_cause("");
  const bool is_free = method.rule.is_order_action && result.has_value();
  const int weight = method.weight != nullptr ? method.weight(params) : method.rule.weight;
  if (!is_free) parts_.usage.add_weight(weight, now);
  return result;
}

std::expected<std::size_t, VenueError> symbol_of(const Call& call) {
  const auto name = call.params.required("symbol");
  if (!name) return std::unexpected{name.error()};
  if (name->size() > 20 || !std::ranges::all_of(*name, is_symbol_char)) {
    return std::unexpected{illegal_characters("symbol", "^[A-Z0-9-_.]{1,20}$")};
  }
  const auto symbol = call.venue.exchange.find_symbol(*name);
  if (!symbol) return std::unexpected{VenueError{400, -1121, "Invalid symbol."}};
  return *symbol;
}

}  // namespace portcullis::sim
