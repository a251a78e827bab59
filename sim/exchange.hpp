#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

namespace portcullis::sim {

// The venue behind its protocol: symbols, accounts, orders, price-time matching, balances and fees.
// One thread, no sockets, no clock: every call is told the venue's time, so that a seed and a
// sequence of calls give the same history. The protocol server (sim/server.hpp) is the only user
// that knows JSON.

using SimAccountId = Strong<std::uint32_t, struct SimAccountIdTag>;
// The crowd: background flow and mirrored books. Unlimited funds, no fees, no reports, no history.
// Its balances() are what it gained and lost so far, so that nothing is created or destroyed.
inline constexpr SimAccountId kCrowd{0};

struct SymbolSpec {
  std::string symbol;  // "BTCUSDT"
  std::string base_asset;
  std::string quote_asset;
  Price tick_size{Price::from_raw(1'000'000)};  // 0.01
  Price px_min{Price::from_raw(1'000'000)};
  Price px_max{Price::from_units(1'000'000)};
  Qty lot_size{Qty::from_raw(1'000)};  // 0.00001
  Qty qty_min{Qty::from_raw(1'000)};
  Qty qty_max{Qty::from_units(9'000)};
  Notional notional_min{Notional::from_units(5)};
  Notional notional_max{Notional::from_units(9'000'000)};
  // Parts per million of what is received: base for a buy, quote for a sell (Binance's rule without
  // the third-asset discount).
  std::int64_t maker_fee_ppm{1'000};
  std::int64_t taker_fee_ppm{1'000};
  bool is_trading{true};
};

// HTTP status, Binance code and text, as the real venue gives them (Binance: error codes).
struct VenueError {
  int http_status{400};
  int code{0};
  std::string message;
};

struct NewOrder {
  std::string client_order_id;  // empty: the exchange makes one
  Side side{Side::kBuy};
  OrdType type{OrdType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  Price px{};
  Qty qty{};
};

struct Order {
  std::uint64_t order_id{0};  // unique for each symbol only, as at the venue
  std::string client_order_id;
  SimAccountId account{};
  std::size_t symbol{0};  // index into Exchange::symbols()
  Side side{Side::kBuy};
  OrdType type{OrdType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  OrderState state{OrderState::kNew};  // kNew, kPartiallyFilled, kFilled, kCanceled, kExpired
  Price px{};
  Qty qty{};
  Qty cum_qty{};
  Notional cum_quote{};
  WallTime created{};
  WallTime updated{};
  bool was_working{false};  // has reached the book or the matching: always, once accepted

  [[nodiscard]] bool is_open() const noexcept { return !is_terminal(state); }
};

struct Fill {
  std::uint64_t trade_id{0};  // unique for each symbol only; both sides of a trade share it
  std::uint64_t order_id{0};
  std::size_t symbol{0};
  SimAccountId account{};
  Side side{Side::kBuy};
  Price px{};
  Qty qty{};
  Notional quote{};
  Fee fee{};
  std::string fee_asset;
  bool is_maker{false};
  WallTime time{};
};

struct Balance {
  std::string asset;
  Qty free{};
  Qty locked{};
};

struct PublicTrade {
  std::size_t symbol{0};
  std::uint64_t trade_id{0};
  Price px{};
  Qty qty{};
  bool buyer_is_maker{false};
  WallTime time{};
};

struct Level {
  Price px{};
  Qty qty{};
};

struct BestPrices {
  std::uint64_t update_id{0};
  Level bid{};  // zero quantity: that side is empty
  Level ask{};
};

struct DepthSnapshot {
  std::uint64_t last_update_id{0};
  std::vector<Level> bids;  // best first
  std::vector<Level> asks;
};

// Absolute quantities of the levels that changed since the last take; zero removes.
struct DepthDiff {
  std::uint64_t first_update_id{0};  // U
  std::uint64_t last_update_id{0};   // u
  std::vector<Level> bids;
  std::vector<Level> asks;
};

// One entry of an account's user data stream, in the order the venue produced it: NEW, TRADE..,
// EXPIRED. The venue reports the account's position once, after the reports of one request, so the
// balances come with the last event of a call and are empty in the others.
struct AccountEvent {
  enum class Type : std::uint8_t { kNew, kTrade, kCanceled, kExpired } type{Type::kNew};
  Order order;                         // as it stands after this event
  std::optional<Fill> fill;            // kTrade
  std::string cancel_client_order_id;  // kCanceled: the cancel's own id, may be empty
  std::uint64_t execution_id{0};       // monotone for each symbol
  std::vector<Balance> balances;       // last event of a call: the order's assets, after the call
};

// Told at the end of every call that changed something, when the exchange's state is whole: trades
// and account events in the order they happened, then the best prices if they moved. May query the
// exchange, may not change it.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  virtual void on_trade(const PublicTrade& trade) = 0;
  virtual void on_best_prices(std::size_t symbol, const BestPrices& best, WallTime now) = 0;
  virtual void on_account_event(SimAccountId account, const AccountEvent& event) = 0;
};

struct PlaceResult {
  Order order;
  std::vector<Fill> fills;
};

class Exchange {
 public:
  explicit Exchange(std::vector<SymbolSpec> symbols);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void set_listener(ExchangeListener* listener) noexcept;
  [[nodiscard]] const std::vector<SymbolSpec>& symbols() const noexcept;
  [[nodiscard]] std::optional<std::size_t> find_symbol(std::string_view name) const noexcept;
  void set_trading(std::size_t symbol, bool is_trading);

  SimAccountId add_account(const std::vector<Balance>& balances);
  [[nodiscard]] std::vector<Balance> balances(SimAccountId account) const;
  // Adds to (or, negative, takes from) what is free. False when the asset is unknown or the amount
  // is more than what is free. No event: the venue's own balanceUpdate is the server's to send.
  bool deposit(SimAccountId account, std::string_view asset, Qty amount);
  // What the venue has taken in fees so far, by asset (in `free`).
  [[nodiscard]] std::vector<Balance> fees_collected() const;

  // Checks filters, funds and duplicates with Binance's texts and codes, then matches.
  std::expected<PlaceResult, VenueError> place(SimAccountId account, std::size_t symbol,
                                               const NewOrder& order, WallTime now);
  // By venue id (non-zero) or client id; both given must agree.
  std::expected<Order, VenueError> cancel(SimAccountId account, std::size_t symbol,
                                          std::uint64_t order_id, std::string_view client_order_id,
                                          std::string_view cancel_client_order_id, WallTime now);
  std::expected<std::vector<Order>, VenueError> cancel_all(SimAccountId account, std::size_t symbol,
                                                           WallTime now);
  [[nodiscard]] std::expected<Order, VenueError> find_order(SimAccountId account,
                                                            std::size_t symbol,
                                                            std::uint64_t order_id,
                                                            std::string_view client_order_id) const;
  [[nodiscard]] std::vector<Order> open_orders(SimAccountId account,
                                               std::optional<std::size_t> symbol) const;
  // Fills of one order (non-zero id) or of the symbol, oldest first, newest `limit` of them.
  [[nodiscard]] std::vector<Fill> fills(SimAccountId account, std::size_t symbol,
                                        std::uint64_t order_id, std::size_t limit) const;

  [[nodiscard]] DepthSnapshot depth(std::size_t symbol, std::size_t limit) const;
  [[nodiscard]] BestPrices best(std::size_t symbol) const;
  // Nothing when nothing changed since the last take.
  std::optional<DepthDiff> take_depth_diff(std::size_t symbol);

  // Mirror replay: sets the crowd's quantity at one price level (zero removes), without matching
  // against other crowd orders. What accounts have at the level stays, and resting account orders
  // that the new level crosses are filled by it.
  void set_crowd_level(std::size_t symbol, Side side, Level level, WallTime now);
  // The same for many levels as one change: removals first, so that the book is never crossed on
  // the way, and the best prices are told once.
  void set_crowd_levels(std::size_t symbol, std::span<const Level> bids,
                        std::span<const Level> asks, WallTime now);
  // Mirror replay: a real print; fills account orders at or through its price, up to its quantity.
  void print_crowd_trade(std::size_t symbol, Side aggressor, Level print, WallTime now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
