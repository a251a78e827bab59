#include <algorithm>
#include <array>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr std::uint64_t kDepthLimitDefault = 100;
constexpr std::uint64_t kDepthLimitMax = 5'000;

// By the limit (Binance: order book).
int depth_weight(const Params& params) {
  const auto limit = params.whole("limit").value_or(std::nullopt).value_or(kDepthLimitDefault);
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1'000 ? 50 : 250;
}

void add_side(JsonOut& out, const char* key, const std::vector<Level>& levels) {
  out.key(key).open_array();
  for (const Level& level : levels) {
    out.open_array().decimal(level.px).decimal(level.qty).close_array();
  }
  out.close_array();
}

ApiResult depth(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = call.params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  const std::uint64_t count = std::min(limit->value_or(kDepthLimitDefault), kDepthLimitMax);
  const DepthSnapshot snapshot = call.venue.exchange.depth(*symbol, count);
  JsonOut out;
  out.open_object().field("lastUpdateId", snapshot.last_update_id);
  add_side(out, "bids", snapshot.bids);
  add_side(out, "asks", snapshot.asks);
  return out.close_object().take();
}

constexpr std::array<Method, 1> kMethods{{
    {.rule = {.name = "depth", .weight = 5}, .carry_out = depth, .weight = depth_weight},
}};

}  // namespace

std::span<const Method> market_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
