#include "sim/exchange/exchange.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/check.hpp"
#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/refusals.hpp"
#include "sim/exchange/venue_state.hpp"

namespace portcullis::sim {

struct Exchange::Impl {
  Impl(std::vector<SymbolSpec> symbols, ExchangeRules rules)
      : specs{std::move(symbols)},
        venue{std::move(rules)} {
    told_best.resize(specs.size());
    engines.reserve(specs.size());
    for (std::size_t symbol = 0; symbol < specs.size(); ++symbol) {
      by_name.emplace(specs[symbol].symbol, symbol);
      engines.push_back(std::make_unique<MatchingEngine>(symbol, specs[symbol], venue));
    }
    price_discount_asset();
  }

  // Who can say what the discount asset costs: its markets here, and the configuration.
  void price_discount_asset() {
    for (const auto& each : venue.rules.discount_prices) venue.accounts.intern(each.asset);
    if (!venue.rules.discount_prices.empty()) {
      venue.accounts.intern(venue.rules.discount_asset);
    }
    venue.discount_asset = venue.accounts.find(venue.rules.discount_asset);
    for (std::size_t symbol = 0; symbol < specs.size(); ++symbol) {
      if (specs[symbol].base_asset != venue.rules.discount_asset) continue;
      const auto quote = venue.accounts.find(specs[symbol].quote_asset);
      venue.discount_markets.push_back({*quote, &engines[symbol]->prices()});
    }
  }

  [[nodiscard]] MatchingEngine& engine(std::size_t symbol) const {
    PORTCULLIS_CHECK(symbol < engines.size(), "a symbol is an index into Exchange::symbols()");
    return *engines[symbol];
  }
  [[nodiscard]] VenueState::Account& account(SimAccountId id) {
    PORTCULLIS_CHECK(venue.accounts.exists(id), "an account is used before it was added");
    return venue.of_account[id.raw()];
  }

  [[nodiscard]] BestPrices best(std::size_t symbol) const {
    const OrderBook& book = engine(symbol).book();
    return {.update_id = book.last_update_id(),
            .bid = book.best_level(Side::kBuy),
            .ask = book.best_level(Side::kSell)};
  }

  // The end of every call that may have changed something.
  void tell(std::size_t symbol, WallTime now) {
    venue.outbox.flush(venue.accounts, now);
    const BestPrices now_best = best(symbol);
    BestPrices& told = told_best[symbol];
    const auto differ = [](const Level& a, const Level& b) {
      return a.px != b.px || a.qty != b.qty;
    };
    if (!differ(now_best.bid, told.bid) && !differ(now_best.ask, told.ask)) return;
    told = now_best;
    venue.outbox.tell_best(symbol, now_best, now);
  }

  // Tells what a call has set off, and hands its result on.
  template <class Result>
  Result told(std::size_t symbol, WallTime now, Result result) {
    tell(symbol, now);
    return result;
  }

  std::vector<SymbolSpec> specs;  // constant in size; the engines refer to its elements
  VenueState venue;
  std::vector<std::unique_ptr<MatchingEngine>> engines;
  std::unordered_map<std::string, std::size_t> by_name;
  std::vector<BestPrices> told_best;
};

Exchange::Exchange(std::vector<SymbolSpec> symbols, ExchangeRules rules)
    : impl_{std::make_unique<Impl>(std::move(symbols), std::move(rules))} {
}
Exchange::~Exchange() = default;

void Exchange::set_listener(ExchangeListener* listener) noexcept {
  impl_->venue.outbox.set_listener(listener);
}

const std::vector<SymbolSpec>& Exchange::symbols() const noexcept {
  return impl_->specs;
}

const ExchangeRules& Exchange::rules() const noexcept {
  return impl_->venue.rules;
}

std::optional<std::size_t> Exchange::find_symbol(std::string_view name) const noexcept {
  const auto found = impl_->by_name.find(std::string{name});
  if (found == impl_->by_name.end()) return std::nullopt;
  return found->second;
}

void Exchange::set_status(std::size_t symbol, SymbolStatus status) {
  PORTCULLIS_CHECK(symbol < impl_->specs.size(), "a symbol is an index into Exchange::symbols()");
  impl_->specs[symbol].status = status;
}

std::size_t Exchange::expire_orders(std::size_t symbol, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).expire_all(now));
}

void Exchange::replace_spec(std::size_t symbol, const SymbolSpec& spec) {
  PORTCULLIS_CHECK(symbol < impl_->specs.size(), "a symbol is an index into Exchange::symbols()");
  const SymbolSpec& old = impl_->specs[symbol];
  PORTCULLIS_CHECK(old.symbol == spec.symbol && old.base_asset == spec.base_asset &&
                       old.quote_asset == spec.quote_asset,
                   "a symbol keeps its name and its assets");
  impl_->specs[symbol] = spec;
  impl_->engine(symbol).on_spec_changed();
}

void Exchange::set_reference_price(std::size_t symbol, std::optional<Price> px) {
  impl_->engine(symbol).set_external_reference(px);
}

std::expected<Exchange::ReferencePrice, VenueError> Exchange::reference_price(std::size_t symbol,
                                                                              WallTime now) const {
  if (!impl_->specs.at(symbol).reference_price) {
    return std::unexpected{VenueError{400, -2043, "This symbol doesn't have a reference price."}};
  }
  return ReferencePrice{.px = impl_->engine(symbol).reference_price(now), .time = now};
}

Price Exchange::average_price(std::size_t symbol, int minutes, WallTime now) const {
  return impl_->engine(symbol).prices().average(minutes, now);
}

Price Exchange::last_price(std::size_t symbol) const {
  return impl_->engine(symbol).prices().last();
}

SimAccountId Exchange::add_account(const std::vector<Balance>& balances, AccountSettings settings) {
  impl_->venue.of_account.push_back({.settings = std::move(settings)});
  return impl_->venue.accounts.add(balances);
}

const AccountSettings& Exchange::settings(SimAccountId account) const {
  return impl_->account(account).settings;
}

void Exchange::set_settings(SimAccountId account, AccountSettings settings) {
  impl_->account(account).settings = std::move(settings);
}

std::vector<Balance> Exchange::balances(SimAccountId account) const {
  return impl_->venue.accounts.balances(account);
}

bool Exchange::deposit(SimAccountId account, std::string_view asset, Qty amount) {
  Accounts& accounts = impl_->venue.accounts;
  const auto known = accounts.find(asset);
  if (!known || !accounts.exists(account)) return false;
  const auto sum = checked_add(accounts.free(account, *known), amount);
  if (!sum || sum->is_negative()) return false;
  accounts.credit(account, *known, amount);
  return true;
}

bool Exchange::lock_externally(SimAccountId account, std::string_view asset, Qty amount) {
  Accounts& accounts = impl_->venue.accounts;
  const auto known = accounts.find(asset);
  if (!known || !accounts.exists(account)) return false;
  const Qty most = amount.is_negative() ? accounts.externally_locked(account, *known)
                                        : accounts.free(account, *known);
  if (amount.abs() > most) return false;
  accounts.lock_externally(account, *known, amount);
  return true;
}

std::vector<Balance> Exchange::fees_collected() const {
  return impl_->venue.accounts.fees_collected();
}

const SymbolCommission& Exchange::commission(SimAccountId account, std::size_t symbol) const {
  return impl_->venue.commission(account, symbol, impl_->specs.at(symbol));
}

void Exchange::set_commission(SimAccountId account, std::size_t symbol,
                              const SymbolCommission& rates) {
  impl_->account(account).commissions[symbol] = rates;
}

// ---- orders
// ----------------------------------------------------------------------------------------

std::expected<PlaceResult, VenueError> Exchange::place(SimAccountId account, std::size_t symbol,
                                                       const NewOrder& order, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).place(account, order, now));
}

std::expected<void, VenueError> Exchange::test(SimAccountId account, std::size_t symbol,
                                               const NewOrder& order, WallTime now) const {
  return impl_->engine(symbol).test(account, order, now);
}

std::expected<PlaceListResult, VenueError> Exchange::place_list(SimAccountId account,
                                                                std::size_t symbol,
                                                                const NewOrderList& list,
                                                                WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).place_list(account, list, now));
}

std::expected<CancelResult, VenueError> Exchange::cancel(SimAccountId account, std::size_t symbol,
                                                         const CancelRequest& request,
                                                         WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).cancel(account, request, now));
}

std::expected<std::vector<CancelResult>, VenueError> Exchange::cancel_all(SimAccountId account,
                                                                          std::size_t symbol,
                                                                          WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).cancel_all(account, now));
}

std::expected<CancelResult, VenueError> Exchange::cancel_list(SimAccountId account,
                                                              std::size_t symbol,
                                                              const CancelListRequest& request,
                                                              WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).cancel_list(account, request, now));
}

std::expected<CancelReplaceResult, VenueError> Exchange::cancel_replace(
    SimAccountId account, std::size_t symbol, const CancelReplaceRequest& request, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).cancel_replace(account, request, now));
}

std::expected<AmendResult, VenueError> Exchange::amend(SimAccountId account, std::size_t symbol,
                                                       const AmendRequest& request, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).amend(account, request, now));
}

// ---- the crowd
// -------------------------------------------------------------------------------------

std::optional<Exchange::CrowdPlaced> Exchange::place_crowd(std::size_t symbol,
                                                           const CrowdOrder& order, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).place_crowd(order, now));
}

bool Exchange::cancel_crowd(std::size_t symbol, std::uint64_t order_id, WallTime now) {
  return impl_->told(symbol, now, impl_->engine(symbol).cancel_crowd(order_id));
}

void Exchange::set_mirror_rules(const MirrorRules& rules) {
  impl_->venue.mirror_rules = rules;
}

void Exchange::mirror(std::size_t symbol, const MirrorUpdate& update, WallTime now) {
  impl_->engine(symbol).mirror(update, now);
  impl_->tell(symbol, now);
}

void Exchange::mirror_image(std::size_t symbol, const MirrorUpdate& update, WallTime now) {
  impl_->engine(symbol).mirror_image(update, now);
  impl_->tell(symbol, now);
}

void Exchange::mirror(std::size_t symbol, const MirrorPrint& print, WallTime now) {
  impl_->engine(symbol).mirror(print, now);
  impl_->tell(symbol, now);
}

std::optional<Qty> Exchange::qty_ahead(std::size_t symbol, std::uint64_t order_id) const {
  const OrderBook& book = impl_->engine(symbol).book();
  const OrderBook::Handle handle = order_id == 0 ? OrderBook::kNoHandle : book.find(order_id);
  if (handle == OrderBook::kNoHandle) return std::nullopt;
  return book.qty_ahead(handle);
}

void Exchange::set_crowd_level(std::size_t symbol, Side side, Level level, WallTime now) {
  const std::span<const Level> one{&level, 1};
  const std::span<const Level> none;
  set_crowd_levels(symbol, side == Side::kBuy ? one : none, side == Side::kBuy ? none : one, now);
}

void Exchange::set_crowd_levels(std::size_t symbol, std::span<const Level> bids,
                                std::span<const Level> asks, WallTime now) {
  mirror(symbol, MirrorUpdate{.bids = bids, .asks = asks}, now);
}

void Exchange::print_crowd_trade(std::size_t symbol, Side aggressor, Level print, WallTime now) {
  mirror(symbol, MirrorPrint{.aggressor = aggressor, .level = print, .time = now}, now);
}

// ---- queries
// ---------------------------------------------------------------------------------------

std::expected<Order, VenueError> Exchange::find_order(SimAccountId account, std::size_t symbol,
                                                      const OrderName& name) const {
  const auto found = impl_->engine(symbol).orders().look_up(account, name, no_such_order());
  if (!found) return std::unexpected{found.error()};
  return (*found)->order;
}

std::vector<Order> Exchange::open_orders(SimAccountId account,
                                         std::optional<std::size_t> symbol) const {
  std::vector<Order> out;
  for (std::size_t each = 0; each < impl_->engines.size(); ++each) {
    if (symbol && *symbol != each) continue;
    const OrderStore& orders = impl_->engine(each).orders();
    const OrderHistory* history = orders.history_of(account);
    if (history == nullptr) continue;
    for (const std::uint64_t id : history->open()) out.push_back(orders.find(account, id)->order);
  }
  return out;
}

std::vector<Order> Exchange::all_orders(SimAccountId account, std::size_t symbol,
                                        const HistoryQuery& query) const {
  const OrderHistory* history = impl_->engine(symbol).orders().history_of(account);
  return history == nullptr ? std::vector<Order>{} : history->orders(query);
}

std::vector<Fill> Exchange::fills(SimAccountId account, std::size_t symbol,
                                  const HistoryQuery& query) const {
  const OrderHistory* history = impl_->engine(symbol).orders().history_of(account);
  return history == nullptr ? std::vector<Fill>{} : history->fills(query);
}

std::optional<OrderList> Exchange::find_list(SimAccountId account, std::int64_t list_id,
                                             std::string_view list_client_order_id) const {
  const auto* found =
      std::as_const(impl_->venue.lists).find(account, list_id, list_client_order_id);
  if (found == nullptr) return std::nullopt;
  return found->list;
}

std::vector<OrderList> Exchange::open_lists(SimAccountId account) const {
  return impl_->venue.lists.open_lists(account);
}

std::vector<OrderList> Exchange::all_lists(SimAccountId account, const HistoryQuery& query) const {
  return impl_->venue.lists.all_lists(account, query);
}

std::vector<PreventedMatch> Exchange::prevented_matches(SimAccountId account, std::size_t symbol,
                                                        const HistoryQuery& query) const {
  const OrderHistory* history = impl_->engine(symbol).orders().history_of(account);
  return history == nullptr ? std::vector<PreventedMatch>{} : history->prevented_matches(query);
}

std::vector<Amendment> Exchange::amendments(SimAccountId account, std::size_t symbol,
                                            std::uint64_t order_id,
                                            const HistoryQuery& query) const {
  const OrderHistory* history = impl_->engine(symbol).orders().history_of(account);
  return history == nullptr ? std::vector<Amendment>{} : history->amendments(order_id, query);
}

DepthSnapshot Exchange::depth(std::size_t symbol, std::size_t limit) const {
  const OrderBook& book = impl_->engine(symbol).book();
  return {.last_update_id = book.last_update_id(),
          .bids = book.levels(Side::kBuy, limit),
          .asks = book.levels(Side::kSell, limit)};
}

BestPrices Exchange::best(std::size_t symbol) const {
  return impl_->best(symbol);
}

std::optional<DepthDiff> Exchange::take_depth_diff(std::size_t symbol) {
  return impl_->engine(symbol).book().take_depth_diff();
}

}  // namespace portcullis::sim
