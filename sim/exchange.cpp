#include "sim/exchange.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "sim/accounts.hpp"
#include "sim/matching_engine.hpp"
#include "sim/outbox.hpp"

namespace portcullis::sim {

struct Exchange::Impl {
  explicit Impl(std::vector<SymbolSpec> symbols) : specs{std::move(symbols)} {
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

  std::vector<SymbolSpec> specs;  // constant in size; the engines refer to its elements
  Accounts accounts;
  Outbox outbox;
  std::vector<std::unique_ptr<MatchingEngine>> engines;
  std::vector<BestPrices> told_best;
};

Exchange::Exchange(std::vector<SymbolSpec> symbols)
    : impl_{std::make_unique<Impl>(std::move(symbols))} {
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

void Exchange::set_trading(std::size_t symbol, bool is_trading) {
  PORTCULLIS_CHECK(symbol < impl_->specs.size(), "a symbol is an index into Exchange::symbols()");
  impl_->specs[symbol].is_trading = is_trading;
}

SimAccountId Exchange::add_account(const std::vector<Balance>& balances) {
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

std::expected<Order, VenueError> Exchange::cancel(SimAccountId account, std::size_t symbol,
                                                  std::uint64_t order_id,
                                                  std::string_view client_order_id,
                                                  std::string_view cancel_client_order_id,
                                                  WallTime now) {
  auto result =
      impl_->engine(symbol).cancel(account, order_id, client_order_id, cancel_client_order_id, now);
  impl_->tell(symbol, now);
  return result;
}

std::expected<std::vector<Order>, VenueError> Exchange::cancel_all(SimAccountId account,
                                                                   std::size_t symbol,
                                                                   WallTime now) {
  auto result = impl_->engine(symbol).cancel_all(account, now);
  impl_->tell(symbol, now);
  return result;
}

std::expected<Order, VenueError> Exchange::find_order(SimAccountId account, std::size_t symbol,
                                                      std::uint64_t order_id,
                                                      std::string_view client_order_id) const {
  return impl_->engine(symbol).find_order(account, order_id, client_order_id);
}

std::vector<Order> Exchange::open_orders(SimAccountId account,
                                         std::optional<std::size_t> symbol) const {
  std::vector<Order> out;
  for (std::size_t each = 0; each < impl_->engines.size(); ++each) {
    if (!symbol || *symbol == each) impl_->engine(each).append_open(account, out);
  }
  return out;
}

std::vector<Fill> Exchange::fills(SimAccountId account, std::size_t symbol, std::uint64_t order_id,
                                  std::size_t limit) const {
  return impl_->engine(symbol).fills(account, order_id, limit);
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
