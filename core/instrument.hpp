#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"

namespace portcullis {

// One bit for each enumerator that a symbol takes.
template <class Enum>
[[nodiscard]] constexpr std::uint8_t bit_of(Enum value) noexcept {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(value));
}
inline constexpr std::uint8_t kEveryOrdType = 0x7F;
inline constexpr std::uint8_t kEveryStpMode = 0x1F;

// Reference data of one symbol: the venue's status and filters (facts section 6). A zero filter
// value means that the venue has switched that rule off, as on the wire.
struct Instrument {
  std::string symbol;  // upper case, the venue's spelling ("BTCUSDT")
  std::string base_asset_name;
  std::string quote_asset_name;
  AssetId base_asset{kNoAsset};
  AssetId quote_asset{kNoAsset};
  bool is_trading{false};

  // What the symbol takes; nothing that the venue has not named.
  std::uint8_t ord_types{0};  // bit_of(OrdType)
  std::uint8_t stp_modes{0};  // bit_of(StpMode); the default, kVenueDefault, needs no naming
  bool has_iceberg{false};
  bool has_quote_qty{false};  // market orders by quote quantity
  bool has_trailing_stop{false};
  bool has_peg{false};
  bool has_cancel_replace{false};
  bool has_amend{false};
  bool has_oco{false};
  bool has_oto{false};
  bool has_opo{false};

  Price tick_size{};  // PRICE_FILTER
  Price px_min{};
  Price px_max{};
  Qty lot_size{};  // LOT_SIZE
  Qty qty_min{};
  Qty qty_max{};
  Qty market_lot_size{};  // MARKET_LOT_SIZE
  Qty market_qty_min{};
  Qty market_qty_max{};
  Notional notional_min{};  // NOTIONAL or MIN_NOTIONAL
  Notional notional_max{};
  bool apply_notional_min_to_market{false};
  bool apply_notional_max_to_market{false};
  std::int64_t iceberg_parts_max{0};        // ICEBERG_PARTS
  std::int64_t trailing_above_bips_min{0};  // TRAILING_DELTA, of what is triggered above
  std::int64_t trailing_above_bips_max{0};
  std::int64_t trailing_below_bips_min{0};
  std::int64_t trailing_below_bips_max{0};

  // PERCENT_PRICE, PERCENT_PRICE_BY_SIDE: what a price may be, as a multiple of the reference.
  PriceFactor buy_px_factor_min{};
  PriceFactor buy_px_factor_max{};
  PriceFactor sell_px_factor_min{};
  PriceFactor sell_px_factor_max{};
  std::int64_t average_px_minutes{0};  // of the reference; zero: the last trade

  std::int64_t open_orders_max{0};          // MAX_NUM_ORDERS
  std::int64_t open_algo_orders_max{0};     // MAX_NUM_ALGO_ORDERS
  std::int64_t open_iceberg_orders_max{0};  // MAX_NUM_ICEBERG_ORDERS
  std::int64_t amends_max{0};               // MAX_NUM_ORDER_AMENDS
  Qty position_max{};                       // MAX_POSITION
};

// SymbolId and AssetId are dense indexes into this table. Filled at start-up on one thread, frozen
// and only read afterwards by any thread.
class InstrumentTable {
 public:
  // Adds an instrument (assets are interned by name); a symbol twice or a table that is full is a
  // bug of the caller and aborts.
  SymbolId add(Instrument instrument);

  [[nodiscard]] std::optional<SymbolId> find(std::string_view symbol) const noexcept;
  [[nodiscard]] std::optional<AssetId> find_asset(std::string_view name) const noexcept;
  AssetId intern_asset(std::string_view name);

  [[nodiscard]] bool contains(SymbolId id) const noexcept { return id.raw() < instruments_.size(); }
  [[nodiscard]] const Instrument& at(SymbolId id) const noexcept { return instruments_[id.raw()]; }
  [[nodiscard]] Instrument& at(SymbolId id) noexcept { return instruments_[id.raw()]; }
  [[nodiscard]] const std::string& asset_name(AssetId id) const noexcept {
    return assets_[id.raw()];
  }
  [[nodiscard]] std::size_t size() const noexcept { return instruments_.size(); }
  [[nodiscard]] std::size_t asset_count() const noexcept { return assets_.size(); }

 private:
  std::vector<Instrument> instruments_;
  std::vector<std::string> assets_;
};

}  // namespace portcullis
