#include "risk/pre_trade_gate.hpp"

#include <optional>
#include <utility>

#include "core/check.hpp"
#include "risk/checks/book.hpp"
#include "risk/checks/collar.hpp"
#include "risk/checks/modes.hpp"
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

}  // namespace

PreTradeGate::PreTradeGate(const KillSwitch& kill_switch, const InstrumentTable& instruments,
                           const MarketView& market, const Limits& limits, Exposure& exposure,
                           const GateCounters& counters)
    : kill_switch_{kill_switch},
      market_{market},
      limits_{&limits},
      allowance_{&kNothingAgainst},
      exposure_{exposure},
      counters_{counters} {
  PORTCULLIS_CHECK(exposure.size() >= instruments.size(), "an exposure for each instrument");
  rules_.reserve(instruments.size());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    rules_.emplace_back(instruments.at(SymbolId{static_cast<SymbolId::rep>(i)}));
  }
  set_limits(limits);
}

// The order of the checks, and nothing else: cheapest and most final first; what makes a change
// (the rate's token, the reservation) comes last, so that a refusal leaves no trace.
std::expected<Approved<NewOrderSingle>, Reject> PreTradeGate::approve(
    const NewOrderSingle& request, const Now& now, Placement placement) noexcept {
  if (const Verdict no = check_order_form(request)) return deny(*no);
  if (const Verdict no = check_trading_state(kill_switch_)) return deny(*no);
  if (const Verdict no = check_symbol_known(request, rules_.size())) return deny(*no);
  if (const Verdict no = judge_modes(request, false)) return deny(*no);
  const VenueRules& rules = rules_[request.symbol.raw()];
  const SymbolLimits& limits = limits_->of(request.symbol);
  if (const Verdict no = check_symbol_open(limits, rules)) return deny(*no);
  if (const Verdict no = check_offered(request, rules)) return deny(*no);

  MarketSnapshot market;  // a cell that cannot be read stays empty, which check_book refuses
  if (!market_.read(request.symbol, market)) market = MarketSnapshot{};
  const Price px = judged_px(request, market.top);

  std::optional<NewOrderSingle> sized;  // with the quantity that stands in for a quote quantity
  if (request.is_by_quote()) [[unlikely]] {
    if (const Verdict no = check_book(market, limits, now)) return deny(*no);
    sized = request;
    sized->qty = qty_bound_of_quote(request.terms.quote_qty, market.top, limits, rules);
    if (const Verdict no = check_bounded(*sized)) return deny(*no);
  }
  const NewOrderSingle& order = sized ? *sized : request;

  if (const Verdict no = check_price_filter(order, rules)) return deny(*no);
  if (const Verdict no = check_stop_filter(order, rules)) return deny(*no);
  if (const Verdict no = check_lot_size(order, rules)) return deny(*no);
  if (const Verdict no = check_iceberg(order, rules)) return deny(*no);
  if (const Verdict no = check_trailing_delta(order, rules)) return deny(*no);
  if (const Verdict no = check_has_px(px)) return deny(*no);
  if (const Verdict no = check_venue_notional(order, px, rules)) return deny(*no);
  if (const Verdict no = check_order_qty(order, limits)) return deny(*no);
  if (const Verdict no = check_order_notional(order, px, limits)) return deny(*no);
  if (const Verdict no = check_book(market, limits, now)) return deny(*no);
  if (const Verdict no = check_collar(px, market.top, limits)) return deny(*no);
  if (const Verdict no = check_stop_collar(order, market.top, limits)) return deny(*no);
  if (placement == Placement::kNow) {
    if (const Verdict no = check_stop_side(order, market)) return deny(*no);
  }
  const SymbolExposure& exposure = exposure_.at(order.symbol);
  if (const Verdict no = check_exposure_known(exposure)) return deny(*no);
  if (const Verdict no = check_position(order, exposure, limits)) return deny(*no);
  if (allowance_->refusal.reason != RejectReason::kNone) return deny(allowance_->refusal);
  if (!order_rate_.try_take(now.mono)) return deny(order_rate_reject(now.mono));

  exposure_.reserve(order.symbol, order.side, order.qty);
  counters_.accepted.add();
  return Approved<NewOrderSingle>{order};
}

Verdict PreTradeGate::judge_amended(const NewOrderSingle& amended) const noexcept {
  const VenueRules& rules = rules_[amended.symbol.raw()];
  if (const Verdict no = check_lot_size(amended, rules)) return no;
  if (const Verdict no = check_iceberg(amended, rules)) return no;
  // What has no price of its own the venue values by the market.
  const Price px = amended.px.is_zero() ? amended.terms.stop_px : amended.px;
  return px.is_zero() ? Verdict{} : check_venue_notional(amended, px, rules);
}

Verdict PreTradeGate::judge_modes(const NewOrderSingle& order, bool is_reserved) const noexcept {
  if (modes_ == nullptr) return {};
  const ModeBoard::Standing standing = modes_->strictest(order.strategy, order.symbol);
  if (standing.mode == Mode::kRunning) [[likely]]
    return {};
  SymbolExposure others = exposure_.at(order.symbol);
  Qty& working = order.side == Side::kBuy ? others.working_buy : others.working_sell;
  if (is_reserved) working = working > order.qty ? working - order.qty : Qty{};
  return check_modes(order, others, standing);
}

void PreTradeGate::set_limits(const Limits& limits) noexcept {
  limits_ = &limits;
  const AccountLimits& account = limits.account;
  order_rate_.configure(account.order_rate_max, account.order_rate_window, account.order_burst_max);
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

Reject PreTradeGate::order_rate_reject(MonoTime now) const noexcept {
  const std::int64_t in_use = order_rate_.in_use(now);
  return {.reason = RejectReason::kOrderRate,
          .unit = RejectUnit::kCount,
          .limit = limits_->account.order_burst_max,
          .value = in_use,
          .projected = in_use + 1};
}

}  // namespace portcullis::risk
