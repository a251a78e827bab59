#include "risk/pre_trade_gate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/check.hpp"
#include "risk/checks/authority.hpp"
#include "risk/checks/book.hpp"
#include "risk/checks/collar.hpp"
#include "risk/checks/exposure.hpp"
#include "risk/checks/modes.hpp"
#include "risk/checks/open_orders.hpp"
#include "risk/checks/order_form.hpp"
#include "risk/checks/order_size.hpp"
#include "risk/checks/position.hpp"
#include "risk/checks/special_filters.hpp"
#include "risk/checks/symbol.hpp"
#include "risk/checks/trading_state.hpp"
#include "risk/checks/venue_filters.hpp"

namespace portcullis::risk {

namespace {

// Of a gate that no venue session was given to.
constexpr VenueAllowance kNothingAgainst{};

bool is_set(const ExposureLimits& limits) noexcept {
  return limits.max_gross != kOffNotional || limits.max_net != kOffNotional;
}

}  // namespace

PreTradeGate::PreTradeGate(const KillSwitch& kill_switch, const InstrumentTable& instruments,
                           const MarketView& market, const Limits& limits, Exposure& exposure,
                           const GateCounters& counters)
    : kill_switch_{kill_switch},
      market_{market},
      limits_{&limits},
      allowance_{&kNothingAgainst},
      exposure_{exposure},
      valuation_{market, exposure},
      order_rate_{RejectReason::kOrderRate, instruments.size(), exposure.strategy_count()},
      amend_rate_{RejectReason::kAmendRate, instruments.size(), exposure.strategy_count()},
      counters_{counters} {
  PORTCULLIS_CHECK(exposure.size() >= instruments.size(), "an exposure for each instrument");
  rules_.reserve(instruments.size());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    rules_.emplace_back(instruments.at(SymbolId{static_cast<SymbolId::rep>(i)}));
  }
  set_limits(limits);
}

// The order of the checks, and nothing else: cheapest and most final first; what makes a change
// (the rates' tokens, the reservation) comes last, so that a refusal leaves no trace.
[[gnu::flatten]] std::expected<Approved<NewOrderSingle>, Reject> PreTradeGate::approve(
    const NewOrderSingle& request, const Now& now, Placement placement) noexcept {
  if (const Verdict no = check_order_form(request)) return deny(*no);
  if (const Verdict no = check_trading_state(kill_switch_)) return deny(*no);
  if (const Verdict no = check_symbol_known(request, rules_.size())) return deny(*no);
  if (const Verdict no = check_strategy_known(request, limits_->strategies.size()))
    return deny(*no);
  if (const Verdict no = judge_modes(request, false)) return deny(*no);
  std::uint64_t name = DuplicateFilter::name_of(request);
  prefetch(request, name);
  const VenueRules& rules = rules_[request.symbol.raw()];
  const SymbolLimits& limits = limits_->of(request.symbol);
  const StrategyLimits& strategy = limits_->of(request.strategy);
  const PairLimits& pair = limits_->of(request.strategy, request.symbol);
  if (const Verdict no = check_symbol_open(limits, rules)) return deny(*no);
  if (const Verdict no = check_strategy_symbol(strategy, pair)) return deny(*no);
  if (const Verdict no = check_offered(request, rules)) return deny(*no);
  if (const Verdict no = check_market_order(request, limits)) return deny(*no);
  if (const Verdict no = check_signal_age(request, strategy, now)) return deny(*no);
  if (const Verdict no = check_confidence(request, strategy)) return deny(*no);

  MarketSnapshot market;  // a cell that cannot be read stays empty, which check_book refuses
  if (!market_.read(request.symbol, market)) market = MarketSnapshot{};
  NewOrderSingle order = request;
  if (request.is_by_quote()) [[unlikely]] {
    if (const Verdict no = check_book(market, limits, now)) return deny(*no);
    // The quantity that stands in for a quote quantity.
    order.qty = qty_bound_of_quote(request.terms.quote_qty, market.top, limits, rules);
    if (const Verdict no = check_bounded(order)) return deny(*no);
    name = DuplicateFilter::name_of(order);
  }
  const Price px = judged_px(order, market.top);
  order.held_px = px;

  if (const Verdict no = check_price_filter(order, rules)) return deny(*no);
  if (const Verdict no = check_stop_filter(order, rules)) return deny(*no);
  if (const Verdict no = check_lot_size(order, rules)) return deny(*no);
  if (const Verdict no = check_iceberg(order, rules)) return deny(*no);
  if (const Verdict no = check_trailing_delta(order, rules)) return deny(*no);
  if (const Verdict no = check_has_px(px)) return deny(*no);
  if (const Verdict no = check_venue_notional(order, px, rules)) return deny(*no);
  const Worth worth = worth_of(order, px, market, now);
  const Subject subject{order, market,    now, rules,       limits,      strategy,
                        pair,  placement, px,  worth.value, worth.growth};
  if (const Verdict no = check_sizes(subject)) return deny(*no);
  if (const Verdict no = check_book(market, limits, now)) return deny(*no);
  if (const Verdict no = check_references(subject)) return deny(*no);
  if (const Verdict no = duplicates_.check(name, strategy.duplicates, now.mono)) return deny(*no);
  if (const Verdict no = check_exposure_known(exposure_.at(order.symbol))) return deny(*no);
  if (const Verdict no = check_positions(subject)) return deny(*no);
  if (const Verdict no = check_open(subject)) return deny(*no);
  if (const Verdict no = check_exposures(subject)) return deny(*no);
  if (const Verdict no = check_day(subject)) return deny(*no);
  if (allowance_->refusal.reason != RejectReason::kNone) return deny(allowance_->refusal);
  if (const Verdict no = order_rate_.check(order.symbol, order.strategy, now.mono))
    return deny(*no);

  order_rate_.take(order.symbol, order.strategy, now.mono);
  duplicates_.note(name, strategy.duplicates, now.mono);
  exposure_.reserve(held_of(order), order.qty, subject.growth);
  counters_.accepted.add();
  return Approved<NewOrderSingle>{order};
}

// An order touches some forty cache lines of its own symbol and strategy; asked for at once they
// come together instead of one after another.
void PreTradeGate::prefetch(const NewOrderSingle& request, std::uint64_t name) const noexcept {
  market_.prefetch(request.symbol);
  exposure_.prefetch(request.strategy, request.symbol);
  duplicates_.prefetch(name);
  order_rate_.prefetch(request.symbol, request.strategy);
}

PreTradeGate::Worth PreTradeGate::worth_of(const NewOrderSingle& order, Price px,
                                           const MarketSnapshot& market, const Now& now) noexcept {
  exposure_.roll_day(now.wall);
  valuation_.mark(order.symbol, order.strategy, market, now);
  const Mark& mark = exposure_.mark(order.symbol);
  const Value held_value = Value{px.raw()} * order.qty.raw();
  const ExposureCell& own = exposure_.cell(order.strategy, order.symbol);
  const ExposureCell& account = exposure_.cell(order.symbol);
  return {.value = mark.rate.convert(product_of(order, px)),
          .growth = {.own = growth_of(own, order.side, order.qty, held_value, mark),
                     .account = growth_of(account, order.side, order.qty, held_value, mark)}};
}

Verdict PreTradeGate::check_sizes(const Subject& s) const noexcept {
  using enum RiskScope;
  if (const Verdict no = check_order_qty(s.order, s.symbol.max_order_qty, kSymbol)) return no;
  if (const Verdict no = check_order_qty(s.order, s.pair.max_order_qty, kStrategySymbol)) return no;
  if (const Verdict no = check_order_notional(s.order, s.px, s.symbol)) return no;
  if (!exposure_.mark(s.order.symbol).rate.is_known()) return reference_missing(kSymbol);
  return check_value(s.value, s.symbol, s.strategy);
}

Verdict PreTradeGate::check_value(Value value, const SymbolLimits& symbol,
                                  const StrategyLimits& strategy) const noexcept {
  using enum RiskScope;
  // The least of them holds for all; which it is matters only to the text of a reject.
  const Notional least =
      std::min({symbol.scope.max_order_value, strategy.scope.max_order_value,
                limits_->account.scope.max_order_value, limits_->global.max_order_value});
  if (!check_order_value(value, least, kSymbol)) [[likely]]
    return {};
  const std::array<std::pair<Notional, RiskScope>, 4> limits{{
      {symbol.scope.max_order_value, kSymbol},
      {strategy.scope.max_order_value, kStrategy},
      {limits_->account.scope.max_order_value, kAccount},
      {limits_->global.max_order_value, kGlobal},
  }};
  for (const auto& [max, scope] : limits) {
    if (const Verdict no = check_order_value(value, max, scope)) return no;
  }
  return {};
}

// Against each price that is known of the market. The book is complete, young and not crossed.
Verdict PreTradeGate::check_references(const Subject& s) const noexcept {
  const MarketSnapshot& market = s.market;
  const SymbolLimits& limits = s.symbol;
  if (const Verdict no = check_spread(market.top, limits)) return no;
  if (const Verdict no = check_collar(s.px, market.top, limits)) return no;
  if (const Verdict no = check_stop_collar(s.order, market.top, limits)) return no;
  if (s.placement == Placement::kNow) {
    if (const Verdict no = check_stop_side(s.order, market)) return no;
  }
  const CollarReference last{RejectReason::kLastTradeCollar, market.last_trade_px,
                             book_age_ns(market.last_trade_received, s.now.mono),
                             limits.last_trade_age_max.count()};
  if (const Verdict no = check_reference_collar(s.px, last, limits.last_collar_ppm)) return no;
  const CollarReference venue{RejectReason::kVenueReferenceCollar, market.venue_reference_px,
                              book_age_ns(market.venue_reference_received, s.now.mono),
                              limits.venue_reference_age_max.count()};
  if (const Verdict no = check_reference_collar(s.px, venue, limits.venue_collar_ppm)) return no;
  return check_percent_price(s.order, percent_reference(market, s.rules), s.rules);
}

Verdict PreTradeGate::check_positions(const Subject& s) const noexcept {
  using enum RiskScope;
  const NewOrderSingle& order = s.order;
  const SymbolExposure& account = exposure_.at(order.symbol);
  const SymbolExposure& own = exposure_.cell(order.strategy, order.symbol).held;
  if (const Verdict no = check_reduce_only(order, account, s.symbol.is_reduce_only, kSymbol))
    return no;
  if (const Verdict no = check_reduce_only(order, own, s.strategy.is_reduce_only, kStrategy))
    return no;
  if (const Verdict no = check_reduce_only(order, own, s.pair.is_reduce_only, kStrategySymbol))
    return no;
  if (const Verdict no = check_covered(order, account, s.symbol)) return no;
  if (const Verdict no = check_position(order, account, s.symbol.max_long_position,
                                        s.symbol.max_short_position, kSymbol))
    return no;
  if (const Verdict no = check_position(order, own, s.pair.max_long_position,
                                        s.pair.max_short_position, kStrategySymbol))
    return no;
  return check_venue_position(order, account, s.symbol.position_baseline, s.rules);
}

Verdict PreTradeGate::check_open(const Subject& s) const noexcept {
  using enum RiskScope;
  const SymbolId symbol = s.order.symbol;
  const ExposureCell& cell = exposure_.cell(symbol);
  const ScopeExposure& strategy = exposure_.of(s.order.strategy);
  const ScopeExposure& account = exposure_.account();
  const std::uint32_t symbol_count = cell.held.buy_order_count + cell.held.sell_order_count;
  const ScopeLimits& of_symbol = s.symbol.scope;
  const ScopeLimits& of_strategy = s.strategy.scope;
  const ScopeLimits& of_account = limits_->account.scope;
  if (const Verdict no = check_open_orders(symbol_count, of_symbol.max_open_orders, kSymbol))
    return no;
  if (const Verdict no =
          check_open_orders(strategy.open_count, of_strategy.max_open_orders, kStrategy))
    return no;
  if (const Verdict no =
          check_open_orders(account.open_count, of_account.max_open_orders, kAccount))
    return no;
  if (const Verdict no =
          check_venue_open_orders(s.order, cell.held, exposure_.open_algo_count(symbol),
                                  exposure_.open_iceberg_count(symbol), s.rules))
    return no;
  const Value more = s.growth.account.open;
  const Value more_own = s.growth.own.open;
  if (const Verdict no =
          check_open_value(cell.open, cell.open + more, of_symbol.max_open_value, kSymbol))
    return no;
  if (const Verdict no = check_open_value(strategy.open, strategy.open + more_own,
                                          of_strategy.max_open_value, kStrategy))
    return no;
  if (s.strategy.group != kNoGroup) {
    const ScopeExposure& group = exposure_.group(s.strategy.group);
    const Notional max = limits_->groups[s.strategy.group].max_open_value;
    if (const Verdict no = check_open_value(group.open, group.open + more_own, max, kGroup))
      return no;
  }
  return check_open_value(account.open, account.open + more, of_account.max_open_value, kAccount);
}

// The strategies' part first, then the account, then the gateway's own ceiling over it.
Verdict PreTradeGate::check_exposures(const Subject& s) const noexcept {
  using enum RiskScope;
  if (!is_exposure_limited_) return {};
  const bool is_fresh = valuation_.is_fresh(s.now);
  const auto judge = [&](const ScopeExposure& sums, const Growth& growth,
                         const ExposureLimits& limits, RiskScope scope) noexcept -> Verdict {
    if (const Verdict no = check_valued(sums, is_fresh, is_set(limits), scope)) return no;
    if (const Verdict no = check_gross(sums, growth, limits.max_gross, scope)) return no;
    return check_net(s.order, sums, growth, limits.max_net, scope);
  };
  if (s.strategy.group != kNoGroup) {
    if (const Verdict no = judge(exposure_.group(s.strategy.group), s.growth.own,
                                 limits_->groups[s.strategy.group].exposure, kGroup))
      return no;
  }
  // The account's and the gateway's own are of the same sums: the narrower holds for both.
  const Growth& growth = s.growth.account;
  const ScopeExposure& sums = exposure_.account();
  const ExposureLimits& of_account = limits_->account.exposure;
  const ExposureLimits& of_gateway = limits_->global.exposure;
  const ExposureLimits narrower{.max_gross = std::min(of_account.max_gross, of_gateway.max_gross),
                                .max_net = std::min(of_account.max_net, of_gateway.max_net)};
  if (!judge(sums, growth, narrower, kAccount)) [[likely]]
    return {};
  if (const Verdict no = judge(sums, growth, of_account, kAccount)) return no;
  return judge(sums, growth, of_gateway, kGlobal);
}

Verdict PreTradeGate::check_day(const Subject& s) const noexcept {
  using enum RiskScope;
  const ExposureCell& cell = exposure_.cell(s.order.symbol);
  const DayTraded& traded = exposure_.traded(s.order.symbol);
  if (const Verdict no = check_daily_qty(s.order, traded.qty, cell.held, s.symbol.max_daily_qty))
    return no;
  const auto judge = [](Value used, Value more, bool is_unvalued, Notional max,
                        RiskScope scope) noexcept -> Verdict {
    if (max != kOffNotional && is_unvalued) return reference_missing(scope);
    return check_daily_value(used, used + more, max, scope);
  };
  const Value more = s.growth.account.open;
  if (const Verdict no = judge(traded.value + cell.open, more, traded.is_unvalued,
                               s.symbol.scope.max_daily_value, kSymbol))
    return no;
  const ScopeExposure& strategy = exposure_.of(s.order.strategy);
  const Value more_own = s.growth.own.open;
  if (const Verdict no =
          judge(strategy.traded + strategy.open, more_own, exposure_.is_day_unvalued(),
                s.strategy.scope.max_daily_value, kStrategy))
    return no;
  const ScopeExposure& account = exposure_.account();
  return judge(account.traded + account.open, more, exposure_.is_day_unvalued(),
               limits_->account.scope.max_daily_value, kAccount);
}

Verdict PreTradeGate::approve_amended(const NewOrderSingle& amended, std::uint32_t amend_count,
                                      const Now& now) noexcept {
  using enum RiskScope;
  const VenueRules& rules = rules_[amended.symbol.raw()];
  const SymbolLimits& limits = limits_->of(amended.symbol);
  const PairLimits& pair = limits_->of(amended.strategy, amended.symbol);
  if (const Verdict no = check_strategy_known(amended, limits_->strategies.size())) return no;
  if (const Verdict no = check_lot_size(amended, rules)) return no;
  if (const Verdict no = check_iceberg(amended, rules)) return no;
  if (const Verdict no = check_order_qty(amended, limits.max_order_qty, kSymbol)) return no;
  if (const Verdict no = check_order_qty(amended, pair.max_order_qty, kStrategySymbol)) return no;
  // What has no price of its own the venue values by the market.
  const Price px = amended.px.is_zero() ? amended.terms.stop_px : amended.px;
  if (!px.is_zero()) {
    if (const Verdict no = check_venue_notional(amended, px, rules)) return no;
    if (const Verdict no = check_order_notional(amended, px, limits)) return no;
    const Rate& rate = exposure_.mark(amended.symbol).rate;
    if (!rate.is_known()) return reference_missing(kSymbol);
    const Value value = rate.convert(product_of(amended, px));
    if (const Verdict no = check_value(value, limits, limits_->of(amended.strategy))) return no;
  }
  if (const Verdict no = check_amend_count(amend_count, rules)) return no;
  if (const Verdict no = amend_rate_.check(amended.symbol, amended.strategy, now.mono)) return no;
  amend_rate_.take(amended.symbol, amended.strategy, now.mono);
  return {};
}

int PreTradeGate::do_work(const Now& now) noexcept {
  exposure_.roll_day(now.wall);
  return valuation_.step(now);
}

Verdict PreTradeGate::judge_modes(const NewOrderSingle& order, bool is_reserved) const noexcept {
  const Verdict stop = stops_ != nullptr ? stops_->check(order.strategy, order.symbol) : Verdict{};
  if (modes_ == nullptr) return stop;
  const ModeBoard::Standing standing = modes_->strictest(order.strategy, order.symbol);
  if (standing.mode == Mode::kRunning) [[likely]]
    return stop;
  SymbolExposure others = exposure_.at(order.symbol);
  Qty& working = order.side == Side::kBuy ? others.working_buy : others.working_sell;
  if (is_reserved) working = working > order.qty ? working - order.qty : Qty{};
  const Verdict no = check_modes(order, others, standing);
  return no ? no : stop;
}

void PreTradeGate::set_limits(const Limits& limits) noexcept {
  PORTCULLIS_CHECK(limits.strategies.size() <= exposure_.strategy_count(),
                   "an exposure for each strategy that has limits");
  limits_ = &limits;
  valuation_.set_limits(limits);
  order_rate_.configure(limits, &ScopeLimits::order_rate);
  amend_rate_.configure(limits, &ScopeLimits::amend_rate);
  std::array<std::uint16_t, kStrategyMax> groups{};
  for (std::size_t i = 0; i < limits.strategies.size(); ++i) {
    groups[i] = limits.strategies[i].group;
    PORTCULLIS_CHECK(groups[i] == kNoGroup || groups[i] < limits.groups.size(),
                     "a strategy's group is one of the limits");
  }
  exposure_.set_groups({groups.data(), limits.strategies.size()}, limits.groups.size());
  is_exposure_limited_ = is_set(limits.account.exposure) || is_set(limits.global.exposure);
  for (const GroupLimits& group : limits.groups) {
    is_exposure_limited_ = is_exposure_limited_ || is_set(group.exposure);
  }
}

void PreTradeGate::record_denial(RejectReason reason) noexcept {
  counters_.denied[std::to_underlying(reason)].add();
}

std::int64_t PreTradeGate::denied(RejectReason reason) const noexcept {
  return counters_.denied[std::to_underlying(reason)].get();
}

std::unexpected<Reject> PreTradeGate::deny(const Reject& reject) noexcept {
  record_denial(reject.reason);
  return std::unexpected{reject};
}

}  // namespace portcullis::risk
