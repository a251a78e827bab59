#include <algorithm>
#include <array>
#include <vector>

#include "sim/api/method.hpp"
#include "sim/api/symbol_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/market_json.hpp"

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

ApiResult depth(const Call& call) {
  const auto symbol = symbol_with_status(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto limit = call.params.whole("limit");
  if (!limit) return std::unexpected{limit.error()};
  if (*limit == 0U) return std::unexpected{invalid_data("limit")};
  const std::uint64_t count = std::min(limit->value_or(kDepthLimitDefault), kDepthLimitMax);
  const DepthSnapshot snapshot = call.venue.exchange.depth(*symbol, count);
  JsonOut out = call.json();
  out.open_object().field("lastUpdateId", snapshot.last_update_id);
  write_levels(out, "bids", snapshot.bids);
  write_levels(out, "asks", snapshot.asks);
  return out.close_object().take();
}

// Over the minutes of the symbol's own price filters, five at the venue.
ApiResult average_price(const Call& call) {
  constexpr int kMinutes = 5;
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const PublicTrade* last = call.venue.market[*symbol].last_trade();
  return call.json()
      .open_object()
      .field("mins", kMinutes)
      .field("price", call.venue.exchange.average_price(*symbol, kMinutes, call.now))
      .field("closeTime", last != nullptr ? last->time : call.now)
      .close_object()
      .take();
}

ApiResult reference_price(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto reference = call.venue.exchange.reference_price(*symbol, call.now);
  if (!reference) return std::unexpected{reference.error()};
  JsonOut out = call.json();
  out.open_object().field("symbol", call.spec(*symbol).symbol).key("referencePrice");
  if (reference->px) {
    out.decimal(*reference->px);
  } else {
    out.null();
  }
  return out.field("timestamp", reference->time).close_object().take();
}

ApiResult reference_calculation(const Call& call) {
  const auto symbol = symbol_with_status(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto& rule = call.spec(*symbol).reference_price;
  if (!rule) {
    return std::unexpected{VenueError{400, -2043, "This symbol doesn't have a reference price."}};
  }
  JsonOut out = call.json();
  out.open_object().field("symbol", call.spec(*symbol).symbol);
  if (rule->kind == ReferencePriceRule::Kind::kExternal) {
    out.field("calculationType", "EXTERNAL").field("externalCalculationId", rule->external_id);
  } else {
    out.field("calculationType", "ARITHMETIC_MEAN")
        .field("bucketCount", rule->bucket_count)
        .field("bucketWidthMs", rule->bucket_width_ms);
  }
  return out.close_object().take();
}

using Names = std::string_view;
constexpr std::array<Names, 1> kSymbol{"symbol"};
constexpr std::array<Names, 2> kDepthOptional{"limit", "symbolStatus"};
constexpr std::array<Names, 1> kStatusOptional{"symbolStatus"};
constexpr ParamNames kDepthNames{kSymbol, kDepthOptional};
constexpr ParamNames kSymbolNames{kSymbol, {}};
constexpr ParamNames kCalculationNames{kSymbol, kStatusOptional};

constexpr std::array<Method, 4> kMethods{{
    {.rule = {.name = "depth", .weight = 5, .params = &kDepthNames},
     .carry_out = depth,
     .weight = depth_weight},
    {.rule = {.name = "avgPrice", .weight = 2, .params = &kSymbolNames},
     .carry_out = average_price},
    {.rule = {.name = "referencePrice", .weight = 2, .params = &kSymbolNames},
     .carry_out = reference_price},
    {.rule = {.name = "referencePrice.calculation", .weight = 2, .params = &kCalculationNames},
     .carry_out = reference_calculation},
}};

}  // namespace

std::span<const Method> market_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
