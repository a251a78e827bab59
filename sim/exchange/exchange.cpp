#include "sim/exchange/exchange.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "sim/exchange/accounts.hpp"
#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/outbox.hpp"

namespace portcullis::sim {

struct Exchange::Impl {
  Impl(std::vector<SymbolSpec> symbols, ExchangeRules rules_in)
      : specs{std::move(symbols)},
        rules{std::move(rules_in)} {
    told_best.resize(specs.size());
    engines.reserve(specs.size());
    for (std::size_t symbol = 0; symbol < specs.size(); ++symbol) {
      engines.push_back(std::make_unique<MatchingEngine>(symbol, specs[symbol], accounts, outbox));
    }
  }

  MatchingEngine& engine(std::size_t symbol) {
    PORTCULLIS_CHECK(symbol < engines.size(), "a symbol is an index into Exchange::symbols()");
    return *engines[symbol];
  }

  [[nodiscard]] BestPrices best(std::size_t symbol) {
    const OrderBook& book = engine(symbol).book();
    return {.update_id = book.last_update_id(),
            .bid = book.best_level(Side::kBuy),
            .ask = book.best_level(Side::kSell)};
  }

  // The end of every call that may have changed something.
  void tell(std::size_t symbol, WallTime now) {
    outbox.flush(accounts);
    const BestPrices now_best = best(symbol);
    BestPrices& told = told_best[symbol];
    const auto differ = [](const Level& a, const Level& b) {
      return a.px != b.px || a.qty != b.qty;
    };
    if (!differ(now_best.bid, told.bid) && !differ(now_best.ask, told.ask)) return;
    told = now_best;
    outbox.tell_best(symbol, now_best, now);
  }

  // Until the engine can do it.
  static VenueError not_supported() { return {400, -1020, "This operation is not supported."}; }

  std::vector<SymbolSpec> specs;  // constant in size; the engines refer to its elements
  ExchangeRules rules;
  std::vector<AccountSettings> settings{1};  // by account; the crowd's first
  Accounts accounts;
  Outbox outbox;
  std::vector<std::unique_ptr<MatchingEngine>> engines;
  std::vector<BestPrices> told_best;
};

Exchange::Exchange(std::vector<SymbolSpec> symbols, ExchangeRules rules)
    : impl_{std::make_unique<Impl>(std::move(symbols), std::move(rules))} {
}
Exchange::~Exchange() = default;

void Exchange::set_listener(ExchangeListener* listener) noexcept {
  impl_->outbox.set_listener(listener);
}

const std::vector<SymbolSpec>& Exchange::symbols() const noexcept {
  return impl_->specs;
}

std::optional<std::size_t> Exchange::find_symbol(std::string_view name) const noexcept {
  const auto found = std::ranges::find(impl_->specs, name, &SymbolSpec::symbol);
  if (found == impl_->specs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - impl_->specs.begin());
}

void Exchange::set_status(std::size_t symbol, SymbolStatus status) {
  PORTCULLIS_CHECK(symbol < impl_->specs.size(), "a symbol is an index into Exchange::symbols()");
  impl_->specs[symbol].status = status;
}

const ExchangeRules& Exchange::rules() const noexcept {
  return impl_->rules;
}

void Exchange::replace_spec(std::size_t symbol, const SymbolSpec& spec) {
  PORTCULLIS_CHECK(symbol < impl_->specs.size(), "a symbol is an index into Exchange::symbols()");
  impl_->specs[symbol] = spec;
}

void Exchange::set_reference_price(std::size_t, std::optional<Price>) {
}

std::expected<Exchange::ReferencePrice, VenueError> Exchange::reference_price(std::size_t,
                                                                              WallTime) const {
  return std::unexpected{VenueError{400, -2043, "This symbol doesn't have a reference price."}};
}

Price Exchange::average_price(std::size_t symbol, int, WallTime) const {
  return last_price(symbol);
}

Price Exchange::last_price(std::size_t symbol) const {
  return impl_->engine(symbol).last_trade_px();
}

const AccountSettings& Exchange::settings(SimAccountId account) const {
  return impl_->settings.at(account.raw());
}

void Exchange::set_settings(SimAccountId account, AccountSettings settings) {
  impl_->settings.at(account.raw()) = std::move(settings);
}

const SymbolCommission& Exchange::commission(SimAccountId, std::size_t symbol) const {
  return impl_->specs[symbol].commission;
}

void Exchange::set_commission(SimAccountId, std::size_t symbol, const SymbolCommission& rates) {
  impl_->specs[symbol].commission = rates;
}

SimAccountId Exchange::add_account(const std::vector<Balance>& balances, AccountSettings settings) {
  impl_->settings.push_back(std::move(settings));
  return impl_->accounts.add(balances);
}

std::vector<Balance> Exchange::balances(SimAccountId account) const {
  return impl_->accounts.balances(account);
}

bool Exchange::deposit(SimAccountId account, std::string_view asset, Qty amount) {
  const auto known = impl_->accounts.find(asset);
  if (!known || !impl_->accounts.exists(account)) return false;
  const auto sum = checked_add(impl_->accounts.free(account, *known), amount);
  if (!sum || sum->is_negative()) return false;
  impl_->accounts.credit(account, *known, amount);
  return true;
}

std::vector<Balance> Exchange::fees_collected() const {
  return impl_->accounts.fees_collected();
}

std::expected<PlaceResult, VenueError> Exchange::place(SimAccountId account, std::size_t symbol,
                                                       const NewOrder& order, WallTime now) {
  auto result = impl_->engine(symbol).place(account, order, now);
  impl_->tell(symbol, now);
  return result;
}

std::expected<void, VenueError> Exchange::test(SimAccountId, std::size_t, const NewOrder&,
                                               WallTime) const {
  return {};
}

std::expected<PlaceListResult, VenueError> Exchange::place_list(SimAccountId, std::size_t,
                                                                const NewOrderList&, WallTime) {
  return std::unexpected{Impl::not_supported()};
}

std::expected<CancelResult, VenueError> Exchange::cancel(SimAccountId account, std::size_t symbol,
                                                         const CancelRequest& request,
                                                         WallTime now) {
  auto result = impl_->engine(symbol).cancel(account, request, now);
  impl_->tell(symbol, now);
  if (!result) return std::unexpected{result.error()};
  return CancelResult{.orders = {*result}, .list = {}};
}

std::expected<std::vector<CancelResult>, VenueError> Exchange::cancel_all(SimAccountId account,
                                                                          std::size_t symbol,
                                                                          WallTime now) {
  auto result = impl_->engine(symbol).cancel_all(account, now);
  impl_->tell(symbol, now);
  if (!result) return std::unexpected{result.error()};
  std::vector<CancelResult> out;
  for (const Order& order : *result) out.push_back({.orders = {order}, .list = {}});
  return out;
}

std::expected<CancelResult, VenueError> Exchange::cancel_list(SimAccountId, std::size_t,
                                                              const CancelListRequest&, WallTime) {
  return std::unexpected{Impl::not_supported()};
}

std::expected<CancelReplaceResult, VenueError> Exchange::cancel_replace(SimAccountId, std::size_t,
                                                                        const CancelReplaceRequest&,
                                                                        WallTime) {
  return std::unexpected{Impl::not_supported()};
}

std::expected<AmendResult, VenueError> Exchange::amend(SimAccountId, std::size_t,
                                                       const AmendRequest&, WallTime) {
  return std::unexpected{Impl::not_supported()};
}

std::expected<Order, VenueError> Exchange::find_order(SimAccountId account, std::size_t symbol,
                                                      const OrderName& name) const {
  return impl_->engine(symbol).find_order(account, name.order_id, name.client_order_id);
}

std::vector<Order> Exchange::open_orders(SimAccountId account,
                                         std::optional<std::size_t> symbol) const {
  std::vector<Order> out;
  for (std::size_t each = 0; each < impl_->engines.size(); ++each) {
    if (!symbol || *symbol == each) impl_->engine(each).append_open(account, out);
  }
  return out;
}

std::vector<Order> Exchange::all_orders(SimAccountId, std::size_t, const HistoryQuery&) const {
  return {};
}

std::vector<Fill> Exchange::fills(SimAccountId account, std::size_t symbol,
                                  const HistoryQuery& query) const {
  constexpr std::size_t kAll = 1'000'000;
  std::vector<Fill> fills = impl_->engine(symbol).fills(account, query.order_id.value_or(0), kAll);
  std::erase_if(fills, [&query](const Fill& fill) {
    return (query.from_id && fill.trade_id < *query.from_id) ||
           (query.start && fill.time < *query.start) || (query.end && fill.time > *query.end);
  });
  if (fills.size() <= query.limit) return fills;
  const auto excess = static_cast<std::ptrdiff_t>(fills.size() - query.limit);
  if (query.from_id || query.start) {
    fills.erase(fills.end() - excess, fills.end());
  } else {
    fills.erase(fills.begin(), fills.begin() + excess);
  }
  return fills;
}

std::optional<OrderList> Exchange::find_list(SimAccountId, std::int64_t, std::string_view) const {
  return std::nullopt;
}

std::vector<OrderList> Exchange::open_lists(SimAccountId) const {
  return {};
}

std::vector<OrderList> Exchange::all_lists(SimAccountId, const HistoryQuery&) const {
  return {};
}

std::vector<PreventedMatch> Exchange::prevented_matches(SimAccountId, std::size_t,
                                                        const HistoryQuery&) const {
  return {};
}

std::vector<Amendment> Exchange::amendments(SimAccountId, std::size_t, std::uint64_t,
                                            const HistoryQuery&) const {
  return {};
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

void Exchange::set_crowd_level(std::size_t symbol, Side side, Level level, WallTime now) {
  const std::span<const Level> one{&level, 1};
  const std::span<const Level> none;
  set_crowd_levels(symbol, side == Side::kBuy ? one : none, side == Side::kBuy ? none : one, now);
}

void Exchange::set_crowd_levels(std::size_t symbol, std::span<const Level> bids,
                                std::span<const Level> asks, WallTime now) {
  impl_->engine(symbol).set_crowd_levels(bids, asks, now);
  impl_->tell(symbol, now);
}

void Exchange::print_crowd_trade(std::size_t symbol, Side aggressor, Level print, WallTime now) {
  impl_->engine(symbol).print_crowd_trade(aggressor, print, now);
  impl_->tell(symbol, now);
}

}  // namespace portcullis::sim
