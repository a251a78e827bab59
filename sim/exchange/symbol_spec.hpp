#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "sim/exchange/order_terms.hpp"

namespace portcullis::sim {

enum class SymbolStatus : std::uint8_t { kTrading, kEndOfDay, kHalt, kBreak, kCancelOnly };

// A multiplier in parts per million: 1.3 is 1'300'000.
using MultiplierPpm = std::int64_t;

// The venue's filters of one symbol (Binance: filters). An absent one is off; in a present one a
// zero bound is off, as at the venue.
struct SymbolFilters {
  struct PriceFilter {
    Price px_min{};
    Price px_max{};
    Price tick_size{};
  };
  struct PercentPrice {
    MultiplierPpm up{0};
    MultiplierPpm down{0};
    int avg_price_mins{0};
  };
  struct PercentPriceBySide {
    MultiplierPpm bid_up{0};
    MultiplierPpm bid_down{0};
    MultiplierPpm ask_up{0};
    MultiplierPpm ask_down{0};
    int avg_price_mins{0};
  };
  struct LotSize {
    Qty qty_min{};
    Qty qty_max{};
    Qty lot_size{};
  };
  struct MinNotional {
    Notional notional_min{};
    bool applies_to_market{false};
    int avg_price_mins{0};
  };
  struct NotionalRange {
    Notional notional_min{};
    bool applies_min_to_market{false};
    Notional notional_max{};
    bool applies_max_to_market{false};
    int avg_price_mins{0};
  };
  struct TrailingDelta {
    std::int64_t above_min{0};
    std::int64_t above_max{0};
    std::int64_t below_min{0};
    std::int64_t below_max{0};
  };

  std::optional<PriceFilter> price{};
  std::optional<PercentPrice> percent_price{};
  std::optional<PercentPriceBySide> percent_price_by_side{};
  std::optional<LotSize> lot_size{};
  std::optional<LotSize> market_lot_size{};
  std::optional<MinNotional> min_notional{};
  std::optional<NotionalRange> notional{};
  std::optional<int> iceberg_parts_max{};
  std::optional<int> orders_max{};
  std::optional<int> algo_orders_max{};
  std::optional<int> iceberg_orders_max{};
  std::optional<Qty> position_max{};
  std::optional<TrailingDelta> trailing_delta{};
  std::optional<int> order_amends_max{};
  std::optional<int> order_lists_max{};
};

// A part of one, exact to 1e-8: 0.001 is a tenth of a percent.
using Rate = Decimal<struct RateTag>;

// What a fill costs, as parts of what it brings in, by who made the price and by side; a negative
// rate is a rebate (Binance: commission FAQ).
struct CommissionRates {
  Rate maker{};
  Rate taker{};
  Rate buyer{};
  Rate seller{};

  friend bool operator==(const CommissionRates&, const CommissionRates&) = default;
};
struct SymbolCommission {
  CommissionRates standard{.maker = Rate::from_raw(100'000), .taker = Rate::from_raw(100'000)};
  CommissionRates special{};
  CommissionRates tax{};
  bool has_discount{true};  // the account may still have it switched off
};

// A taker trades only inside reference * [down, up] of its side (Binance: price range rule). A zero
// multiplier is off.
struct PriceRangeRule {
  MultiplierPpm bid_up{0};
  MultiplierPpm bid_down{0};
  MultiplierPpm ask_up{0};
  MultiplierPpm ask_down{0};
};

// How the symbol's reference price comes about (Binance: reference price).
struct ReferencePriceRule {
  enum class Kind : std::uint8_t { kArithmeticMean, kExternal } kind{Kind::kArithmeticMean};
  std::int64_t bucket_count{10};
  std::int64_t bucket_width_ms{1'000};
  std::int64_t external_id{0};
};

// Everything about one symbol: what exchangeInfo says, what trading costs, what rules run.
struct SymbolSpec {
  std::string symbol{};  // "BTCUSDT"
  std::string base_asset{};
  std::string quote_asset{};
  SymbolStatus status{SymbolStatus::kTrading};
  int base_precision{kDecimalPlaces};
  int quote_precision{kDecimalPlaces};
  int base_commission_precision{kDecimalPlaces};
  int quote_commission_precision{kDecimalPlaces};

  std::bitset<static_cast<std::size_t>(OrderType::kCount)> order_types{0x7F};  // all
  bool allows_iceberg{true};
  bool allows_oco{true};
  bool allows_oto{true};
  bool allows_opo{true};
  bool allows_quote_order_qty_market{true};
  bool allows_trailing_stop{true};
  bool allows_cancel_replace{true};
  bool allows_amend{true};
  bool allows_pegged{true};
  bool is_spot_allowed{true};
  bool is_margin_allowed{false};
  std::vector<std::vector<std::string>> permission_sets{{"SPOT"}};
  StpMode default_stp{StpMode::kExpireMaker};
  std::bitset<static_cast<std::size_t>(StpMode::kCount)> allowed_stp{0x3F};  // all

  SymbolFilters filters{};
  SymbolCommission commission{};
  std::optional<PriceRangeRule> price_range{};
  std::optional<ReferencePriceRule> reference_price{};

  // Of the filters, or the finest there is where the filter is off.
  [[nodiscard]] Price tick_size() const;
  [[nodiscard]] Qty lot_size() const;

  [[nodiscard]] bool allows(OrderType type) const {
    return order_types.test(static_cast<std::size_t>(type));
  }
  [[nodiscard]] bool allows(StpMode mode) const {
    return allowed_stp.test(static_cast<std::size_t>(mode));
  }
};

// A spec with plausible filters for a pair by its name; assets are split at a known quote asset.
// Nothing for a name that ends in none.
[[nodiscard]] std::optional<SymbolSpec> symbol_spec_by_name(std::string_view name);

// Limits over all symbols of one account (Binance: exchange filters). Absent: off.
struct ExchangeFilters {
  std::optional<int> orders_max{};
  std::optional<int> algo_orders_max{};
  std::optional<int> iceberg_orders_max{};
  std::optional<int> order_lists_max{};
};

}  // namespace portcullis::sim
