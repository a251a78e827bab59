#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange_events.hpp"
#include "sim/exchange/mirror_rules.hpp"
#include "sim/exchange/order.hpp"
#include "sim/exchange/symbol_spec.hpp"
#include "sim/exchange/venue_error.hpp"

namespace portcullis::sim {

// Rules of the whole venue.
struct ExchangeRules {
  ExchangeFilters filters{};
  std::string discount_asset{"BNB"};
  Rate discount{Rate::from_raw(75'000'000)};  // what is left of the standard commission
  // What one of the discount asset costs in `asset`. For an asset that is not here the venue's own
  // market of the two is asked for its last price.
  struct DiscountPrice {
    std::string asset{};
    Price px{};
  };
  std::vector<DiscountPrice> discount_prices{};
};

// One account's standing with the venue.
struct AccountSettings {
  bool can_trade{true};
  bool can_withdraw{true};
  bool can_deposit{true};
  bool is_disabled{false};          // for new orders only
  bool has_discount{false};         // pays commission in the discount asset while it has some
  std::int64_t trade_group_id{-1};  // accounts of one group do not trade with each other; -1: none
  std::vector<std::string> permissions{"SPOT"};
  // The most of an asset that one order may be about (Binance: MAX_ASSET).
  struct AssetLimit {
    std::string asset{};
    Qty limit{};
  };
  std::vector<AssetLimit> asset_limits{};
};

// An order by its venue id (non-zero), its client id, or both, which must then agree.
struct OrderName {
  std::uint64_t order_id{0};
  std::string client_order_id{};
};

enum class CancelRestriction : std::uint8_t { kNone, kOnlyNew, kOnlyPartiallyFilled };

struct PlaceResult {
  Order order{};
  std::vector<Fill> fills{};
  std::vector<PreventedMatch> prevented{};
};

struct PlaceListResult {
  OrderList list{};
  std::vector<PlaceResult> reports{};  // one a leg
};

// Cancelling one order of a list cancels the list.
struct CancelResult {
  std::vector<Order> orders{};  // as they stand now; one, unless it was a list
  std::optional<OrderList> list{};
  std::string cancel_client_order_id{};  // the cancel's own, given or made; one for a whole list
};

struct CancelRequest {
  OrderName target{};
  std::string cancel_client_order_id{};  // empty: the exchange makes one
  CancelRestriction restriction{CancelRestriction::kNone};
};

// By list id (not negative), the list's client id, or both.
struct CancelListRequest {
  std::int64_t list_id{-1};
  std::string list_client_order_id{};
  std::string cancel_client_order_id{};  // empty: the exchange makes one
};

struct CancelReplaceRequest {
  CancelRequest cancel{};
  NewOrder order{};
  bool stops_on_failure{true};  // STOP_ON_FAILURE, else ALLOW_FAILURE
  // The account's order count is used up: the new order fails with this, after the cancel.
  std::optional<VenueError> order_count_error{};
};

struct CancelReplaceResult {
  enum class Outcome : std::uint8_t { kSuccess, kFailure, kNotAttempted };
  Outcome cancel{Outcome::kNotAttempted};
  Outcome placement{Outcome::kNotAttempted};
  std::expected<CancelResult, VenueError> canceled{CancelResult{}};  // when attempted
  std::expected<PlaceResult, VenueError> placed{PlaceResult{}};      // when attempted
};

struct AmendRequest {
  OrderName target{};
  std::string new_client_order_id{};  // empty: the exchange makes one
  Qty new_qty{};
};

struct AmendResult {
  Order order{};
  std::string orig_client_order_id{};  // the id before
  std::uint64_t execution_id{0};
  std::optional<OrderList> list{};
};

// Which part of a history: no bound: the newest `limit`; from_id or start: the oldest from there;
// end alone: the newest up to there (Binance: general API information). The answer is oldest first.
struct HistoryQuery {
  std::optional<std::uint64_t> from_id{};
  std::optional<WallTime> start{};
  std::optional<WallTime> end{};
  std::optional<std::uint64_t> order_id{};  // trades and prevented matches of one order only
  std::size_t limit{500};
};

// The venue behind its protocol: symbols, accounts, orders, price-time matching, balances and fees.
// One thread, no sockets, no clock: every call is told the venue's time, so that a seed and a
// sequence of calls give the same history. The protocol (sim/api, sim/streams) is the only user
// that knows JSON.
class Exchange {
 public:
  explicit Exchange(std::vector<SymbolSpec> symbols, ExchangeRules rules = {});
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void set_listener(ExchangeListener* listener) noexcept;
  [[nodiscard]] const std::vector<SymbolSpec>& symbols() const noexcept;
  [[nodiscard]] const ExchangeRules& rules() const noexcept;
  [[nodiscard]] std::optional<std::size_t> find_symbol(std::string_view name) const noexcept;
  // Only a symbol that is TRADING trades: in any other status crowd levels and prints are shown,
  // and fill and trigger nothing.
  void set_status(std::size_t symbol, SymbolStatus status);
  // Every account's open orders of the symbol, by the venue's own doing: EXPIRED, with
  // EXCHANGE_CANCELED. How many, the legs that lists take with them counted once.
  std::size_t expire_orders(std::size_t symbol, WallTime now);
  // Filters, permissions and commissions as they are from now on; the assets stay what they are.
  void replace_spec(std::size_t symbol, const SymbolSpec& spec);
  // Of an EXTERNAL reference price; nothing: null, as the venue's before it is known.
  void set_reference_price(std::size_t symbol, std::optional<Price> px);
  struct ReferencePrice {
    std::optional<Price> px{};
    WallTime time{};
  };
  // -2043 for a symbol without one.
  [[nodiscard]] std::expected<ReferencePrice, VenueError> reference_price(std::size_t symbol,
                                                                          WallTime now) const;
  // Volume-weighted over the last minutes; the last price for none and where nothing traded. Zero
  // when nothing ever did.
  [[nodiscard]] Price average_price(std::size_t symbol, int minutes, WallTime now) const;
  [[nodiscard]] Price last_price(std::size_t symbol) const;

  SimAccountId add_account(const std::vector<Balance>& balances, AccountSettings settings = {});
  [[nodiscard]] const AccountSettings& settings(SimAccountId account) const;
  void set_settings(SimAccountId account, AccountSettings settings);
  [[nodiscard]] std::vector<Balance> balances(SimAccountId account) const;
  // Adds to (or, negative, takes from) what is free. False when the asset is unknown or the amount
  // is more than what is free. No event: the venue's own balanceUpdate is the server's to send.
  bool deposit(SimAccountId account, std::string_view asset, Qty amount);
  // Locks (negative: unlocks) outside of any order; the venue's externalLockUpdate is the server's
  // to send. False when there is not so much to lock or unlock.
  bool lock_externally(SimAccountId account, std::string_view asset, Qty amount);
  // What the venue has taken in fees so far, by asset (in `free`).
  [[nodiscard]] std::vector<Balance> fees_collected() const;
  // The account's own rates for the symbol; the symbol's unless set.
  [[nodiscard]] const SymbolCommission& commission(SimAccountId account, std::size_t symbol) const;
  void set_commission(SimAccountId account, std::size_t symbol, const SymbolCommission& rates);

  // Checks filters, funds and duplicates with Binance's texts and codes, then matches. The result
  // is the order as its own matching left it; what that set off (stops, pending orders) comes after
  // it and is told by events.
  std::expected<PlaceResult, VenueError> place(SimAccountId account, std::size_t symbol,
                                               const NewOrder& order, WallTime now);
  // The checks that the venue makes before its matching engine: filters and permissions, not funds
  // and not the book.
  [[nodiscard]] std::expected<void, VenueError> test(SimAccountId account, std::size_t symbol,
                                                     const NewOrder& order, WallTime now) const;
  std::expected<PlaceListResult, VenueError> place_list(SimAccountId account, std::size_t symbol,
                                                        const NewOrderList& list, WallTime now);
  std::expected<CancelResult, VenueError> cancel(SimAccountId account, std::size_t symbol,
                                                 const CancelRequest& request, WallTime now);
  std::expected<std::vector<CancelResult>, VenueError> cancel_all(SimAccountId account,
                                                                  std::size_t symbol, WallTime now);
  std::expected<CancelResult, VenueError> cancel_list(SimAccountId account, std::size_t symbol,
                                                      const CancelListRequest& request,
                                                      WallTime now);
  // Refused as a whole (nothing was attempted) or carried out by leg.
  std::expected<CancelReplaceResult, VenueError> cancel_replace(SimAccountId account,
                                                                std::size_t symbol,
                                                                const CancelReplaceRequest& request,
                                                                WallTime now);
  std::expected<AmendResult, VenueError> amend(SimAccountId account, std::size_t symbol,
                                               const AmendRequest& request, WallTime now);

  [[nodiscard]] std::expected<Order, VenueError> find_order(SimAccountId account,
                                                            std::size_t symbol,
                                                            const OrderName& name) const;
  [[nodiscard]] std::vector<Order> open_orders(SimAccountId account,
                                               std::optional<std::size_t> symbol) const;
  // from_id: order ids from there on.
  [[nodiscard]] std::vector<Order> all_orders(SimAccountId account, std::size_t symbol,
                                              const HistoryQuery& query) const;
  // from_id: trade ids from there on.
  [[nodiscard]] std::vector<Fill> fills(SimAccountId account, std::size_t symbol,
                                        const HistoryQuery& query) const;
  [[nodiscard]] std::optional<OrderList> find_list(SimAccountId account, std::int64_t list_id,
                                                   std::string_view list_client_order_id) const;
  [[nodiscard]] std::vector<OrderList> open_lists(SimAccountId account) const;
  [[nodiscard]] std::vector<OrderList> all_lists(SimAccountId account,
                                                 const HistoryQuery& query) const;
  // from_id: prevented match ids from there on.
  [[nodiscard]] std::vector<PreventedMatch> prevented_matches(SimAccountId account,
                                                              std::size_t symbol,
                                                              const HistoryQuery& query) const;
  // from_id: execution ids from there on.
  [[nodiscard]] std::vector<Amendment> amendments(SimAccountId account, std::size_t symbol,
                                                  std::uint64_t order_id,
                                                  const HistoryQuery& query) const;

  [[nodiscard]] DepthSnapshot depth(std::size_t symbol, std::size_t limit) const;
  [[nodiscard]] BestPrices best(std::size_t symbol) const;
  // Nothing when nothing changed since the last take.
  std::optional<DepthDiff> take_depth_diff(std::size_t symbol);

  // The crowd's orders without the ceremony of an account's: no filters, no funds, no reports.
  // Nothing when the market is closed; `order_id` is zero when nothing rests.
  struct CrowdOrder {
    Side side{Side::kBuy};
    Price px{};  // zero: a market order
    Qty qty{};
  };
  struct CrowdPlaced {
    std::uint64_t order_id{0};
    Qty filled{};
    Notional paid{};
  };
  std::optional<CrowdPlaced> place_crowd(std::size_t symbol, const CrowdOrder& order, WallTime now);
  // False when it rests no more.
  bool cancel_crowd(std::size_t symbol, std::uint64_t order_id, WallTime now);

  // ---- a book that is mirrored from another venue, or from its recording (mirror.cpp)
  void set_mirror_rules(const MirrorRules& rules);
  // Sets the crowd's quantity at price levels, as one change: removals first, so that the book is
  // never crossed on the way, and the best prices are told once. Crowd orders are not matched with
  // each other. What accounts have at a level stays and keeps its place in the queue; what they
  // have on the other side, at the level's price or better, is filled by it.
  void mirror(std::size_t symbol, const MirrorUpdate& update, WallTime now);
  // The same of a whole book: levels that it does not name are removed.
  void mirror_image(std::size_t symbol, const MirrorUpdate& update, WallTime now);
  // A print uses up what stands in line at its price, accounts' orders among it, and fills those
  // that it has passed. The mirrored quantity stays what it was; the next update lowers it.
  void mirror(std::size_t symbol, const MirrorPrint& print, WallTime now);
  // What stands before an account's resting order in its level's queue; nothing when none of that
  // id rests.
  [[nodiscard]] std::optional<Qty> qty_ahead(std::size_t symbol, std::uint64_t order_id) const;
  // For callers without another venue's time: everything happens as it is told.
  void set_crowd_level(std::size_t symbol, Side side, Level level, WallTime now);
  void set_crowd_levels(std::size_t symbol, std::span<const Level> bids,
                        std::span<const Level> asks, WallTime now);
  void print_crowd_trade(std::size_t symbol, Side aggressor, Level print, WallTime now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
