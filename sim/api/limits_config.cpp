#include "sim/api/limits_config.hpp"

#include <charconv>
#include <string_view>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kNumberMax = 1'000'000'000'000;

bool assign(std::string_view name, std::int64_t number, LimitsConfig& limits) {
  if (name == "weight") {
    limits.weight_per_minute = number;
  } else if (name == "raw") {
    limits.raw_requests_per_5m = number;
  } else if (name == "connections") {
    limits.connections_per_5m = number;
  } else if (name == "floods") {
    limits.floods_before_ban = static_cast<int>(std::min<std::int64_t>(number, 1'000'000'000));
  } else if (name == "orders10s") {
    limits.orders_per_10s = number;
  } else if (name == "ordersday") {
    limits.orders_per_day = number;
  } else if (name == "banafter") {
    limits.refusals_before_ban = static_cast<int>(std::min<std::int64_t>(number, 1'000'000'000));
  } else if (name == "banfirst") {
    limits.ban_first = std::chrono::seconds{number};
  } else if (name == "banmax") {
    limits.ban_max = std::chrono::seconds{number};
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::expected<void, std::string> apply_limits(std::span<const std::string> texts,
                                              LimitsConfig& limits) {
  for (const std::string& text : texts) {
    if (text == "off") {
      limits.is_enforced = false;
      continue;
    }
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string_view digits =
        std::string_view{text}.substr(std::min(equals + 1, text.size()));
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    const bool is_number =
        error == std::errc{} && stop == end && number > 0 && number <= kNumberMax;
    if (!is_number || !assign(std::string_view{text}.substr(0, equals), number, limits)) {
      return std::unexpected{
          "\"" + text +
          "\" is no limit; give \"off\" or NAME=NUMBER with weight, raw, "
          "connections, floods, orders10s, ordersday, banafter, banfirst or banmax"};
    }
  }
  return {};
}

}  // namespace portcullis::sim
