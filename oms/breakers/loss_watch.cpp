#include "oms/breakers/loss_watch.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "oms/results.hpp"

namespace portcullis::oms {

namespace {

// A quote asset's price; the middle, rounded up.
Price mid_of(const TopOfBook& top) noexcept {
  const Int128 sum = Int128{top.bid_px.raw()} + top.ask_px.raw();
  return Price::from_raw(static_cast<std::int64_t>((sum + 1) / 2));
}

std::int64_t day_of(WallTime wall) noexcept {
  constexpr std::int64_t kDayNs = std::int64_t{86'400} * 1'000'000'000;
  return count_ns(wall) / kDayNs;
}

}  // namespace

LossWatch::LossWatch(const risk::BreakerLimits& limits, const InstrumentTable& instruments,
                     const MarketView& market, std::size_t strategy_count)
    : limits_{limits},
      instruments_{instruments},
      market_{market},
      scope_count_{BreakerMarks::kFirstStrategy + strategy_count},
      step_interval_{kRound /
                     static_cast<Nanos::rep>(std::max<std::size_t>(1, instruments.size()))} {
  for (Sum& sum : sums_) sum.is_known = false;  // before the first round
  PORTCULLIS_CHECK(scope_count_ <= kScopeMax, "at most so many strategies have limits");
  for (std::size_t i = 0; i < scope_count_; ++i) {
    const Nanos window = limits_of(i).rolling_window;
    rolling_[i].set_length(window == risk::kOffAge ? Nanos{0} : window);
  }
}

const risk::LossLimits& LossWatch::limits_of(std::size_t scope) const noexcept {
  if (scope == BreakerMarks::kGlobal) return limits_.global;
  if (scope == BreakerMarks::kAccount) return limits_.account.loss;
  const auto strategy = static_cast<StrategyId::rep>(scope - BreakerMarks::kFirstStrategy);
  return limits_.of(StrategyId{strategy}).loss;
}

LossWatch::Looked LossWatch::step(const PositionKeeper& positions, const Now& now) noexcept {
  if (now.mono < step_next_ || instruments_.size() == 0) return {};
  step_next_ = now.mono + step_interval_;
  const SymbolId symbol{static_cast<SymbolId::rep>(next_)};
  MarketSnapshot market;
  if (!market_.read(symbol, market)) market = MarketSnapshot{};
  value(symbol, positions, market, now.mono);
  Looked looked{.symbol = symbol,
                .is_book_usable = is_usable_mark(market, now.mono, limits_.mark_age_max)};
  if (++next_ < instruments_.size()) return looked;
  next_ = 0;
  adding_[BreakerMarks::kGlobal] = adding_[BreakerMarks::kAccount];
  sums_ = adding_;
  adding_ = {};
  looked.is_round_complete = true;
  return looked;
}

void LossWatch::value(SymbolId symbol, const PositionKeeper& positions,
                      const MarketSnapshot& market, MonoTime now) noexcept {
  const risk::Rate rate = rate_of(symbol, now);
  add(adding_[BreakerMarks::kAccount], positions.account(symbol), market, rate, now);
  for (std::size_t i = BreakerMarks::kFirstStrategy; i < scope_count_; ++i) {
    const auto strategy = static_cast<StrategyId::rep>(i - BreakerMarks::kFirstStrategy);
    if (strategy >= positions.strategy_count()) break;
    add(adding_[i], positions.account(StrategyId{strategy}, symbol), market, rate, now);
  }
}

void LossWatch::add(Sum& sum, const PositionAccount& account, const MarketSnapshot& market,
                    risk::Rate rate, MonoTime now) const noexcept {
  const Position& position = account.position();
  const bool is_flat = position.qty().is_zero();
  if (!account.is_fee_complete()) {
    sum.is_known = false;
    return;
  }
  if (is_flat && position.realized().raw == 0) return;
  const bool has_mark = is_flat || is_usable_mark(market, now, limits_.mark_age_max);
  if (!rate.is_known() || !has_mark) {
    sum.is_known = false;
    return;
  }
  sum.realized += rate.convert(position.realized().raw);
  if (is_flat) return;
  const auto open =
      unrealized(account.snapshot(), CostMethod::kAverage, market, now, limits_.mark_age_max);
  sum.unrealized += rate.convert(open->raw);
}

risk::Rate LossWatch::rate_of(SymbolId symbol, MonoTime now) const noexcept {
  const risk::Conversion conversion = limits_.conversion(symbol);
  if (conversion.is_reference) return risk::Rate::one();
  MarketSnapshot market;
  if (conversion.symbol == kNoSymbol || !market_.read(conversion.symbol, market)) return {};
  if (!is_usable_mark(market, now, limits_.mark_age_max)) return {};
  return risk::Rate::of(mid_of(market.top));
}

std::optional<risk::LossFigures> LossWatch::figures(std::size_t scope, const Now& now) noexcept {
  const Sum& sum = sums_[scope];
  if (!sum.is_known) return std::nullopt;
  ScopeMarks& marks = marks_.scopes[scope];
  const risk::Value total = sum.realized + sum.unrealized;
  const std::int64_t today = day_of(now.wall);
  if (!marks.is_valid || counts_anew_[scope]) marks.high_water = total;
  counts_anew_[scope] = false;
  // A wall clock that was set back does not give the day a new start.
  if (!marks.is_valid || today > marks.day) {
    marks.day = today;
    marks.day_total = total;
    marks.day_realized = sum.realized;
  }
  marks.is_valid = true;
  marks.high_water = std::max(marks.high_water, total);
  rolling_[scope].add(total, now.mono);
  return risk::LossFigures{.realized = marks.day_realized - sum.realized,
                           .unrealized = -sum.unrealized,
                           .daily = marks.day_total - total,
                           .rolling = rolling_[scope].highest(total, now.mono) - total,
                           .drawdown = marks.high_water - total,
                           .losses_in_row = marks.losses_in_row};
}

void LossWatch::count_anew(std::size_t scope) noexcept {
  ScopeMarks& marks = marks_.scopes[scope];
  counts_anew_[scope] = true;
  rolling_[scope].clear();
  marks.losses_in_row = 0;
  marks.executions = 0;
  marks.is_tripped = false;
}

}  // namespace portcullis::oms
